"""functions/manifest.json, read and checked: a row per entry point, and what the folders need together.

A row: ``name``; ``folder`` under functions/ (entry points that share one are one bundle); ``entry_point`` in its main.py;
``trigger`` (http | task with ``queue`` | schedule with ``schedule`` as a cron line in UTC |
event with the ``topic`` that it has a push subscription of); ``memory``; ``cpu``;
``concurrency`` (requests at once in an instance); ``timeout_seconds``; ``ports`` it uses (fields of shared.ports.world.Ports:
what it may do on Google Cloud follows from them); ``rooms`` of shared/ that its bundle carries; ``requirements``: the distributions that it loads, by their names in pyproject.toml.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
FUNCTIONS = ROOT / "functions"
MANIFEST = FUNCTIONS / "manifest.json"
ALWAYS = {"name", "folder", "entry_point", "trigger", "memory", "cpu", "concurrency", "timeout_seconds", "ports"}
OPTIONAL = {"event": {"dead_letter"}}  # the topic that takes what no attempt of the subscription could deliver
TRIGGERS: dict[str, set[str]] = {"http": set(), "task": {"queue"}, "schedule": {"schedule"}, "event": {"topic"}}


class BadManifest(ValueError):
    """A row that cannot be deployed; the message names row, field and remedy."""


@dataclass(frozen=True, slots=True)
class Folder:
    """One deployable folder: its entry points, and the union of what they need, sorted."""

    name: str
    entry_points: tuple[str, ...]
    rooms: tuple[str, ...]
    requirements: tuple[str, ...]


def rows(path: Path = MANIFEST) -> list[dict[str, Any]]:
    """The manifest's rows. Raises BadManifest."""
    found: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    for row in found:
        check(row)
    return found


def check(row: dict[str, Any]) -> None:
    """Raises BadManifest where a field is missing, unknown, or not one of its choices."""
    name = row.get("name", "?")
    if row.get("trigger") not in TRIGGERS:
        raise BadManifest(f"manifest.json, {name}: trigger is {row.get('trigger')!r}; use one of {sorted(TRIGGERS)}")
    wanted = ALWAYS | {"rooms", "requirements"} | TRIGGERS[row["trigger"]]
    if missing := wanted - set(row):
        raise BadManifest(f"manifest.json, {name}: add {', '.join(sorted(missing))}")
    if unknown := set(row) - wanted - OPTIONAL.get(row["trigger"], set()):
        raise BadManifest(f"manifest.json, {name}: remove {', '.join(sorted(unknown))}; known are {sorted(wanted)}")


def folders(path: Path = MANIFEST) -> list[Folder]:
    """What is deployed together, in the order of the manifest."""
    together: dict[str, list[dict[str, Any]]] = {}
    for row in rows(path):
        together.setdefault(row["folder"], []).append(row)
    return [
        Folder(
            name=name,
            entry_points=tuple(row["entry_point"] for row in members),
            rooms=tuple(sorted({room for row in members for room in row["rooms"]})),
            requirements=tuple(sorted({needed for row in members for needed in row["requirements"]})),
        )
        for name, members in together.items()
    ]
