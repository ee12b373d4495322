"""The files of the example network in docs/adding-a-platform.md: every fenced block that names its file."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "adding-a-platform.md"
NAME = "murmur"
_BLOCK = re.compile(r"^```\w+ file=(\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def files() -> dict[str, str]:
    """Path below the platform's folder to text."""
    return {match[1]: match[2] for match in _BLOCK.finditer(PAGE.read_text("utf-8"))}


def write(root: Path) -> Path:
    """Make the folder below ``root`` (a checkout); answer it."""
    folder = root / "shared" / "platforms" / NAME
    for name, text in files().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder
