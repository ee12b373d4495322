"""The folder's fixtures: X's payloads (``case.twitter.json``) beside what we make of them (``case.canonical.json``)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[1] / "fixtures"


def pairs(prefix: str) -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
    """(case, theirs, ours) of every pair whose name begins so."""
    names = sorted(path.name.removesuffix(".twitter.json") for path in FOLDER.glob(f"{prefix}*.twitter.json"))
    return [(name, _read(name, "twitter"), _read(name, "canonical")) for name in names]


def _read(name: str, kind: str) -> dict[str, Any]:
    value: dict[str, Any] = json.loads((FOLDER / f"{name}.{kind}.json").read_text())
    return value
