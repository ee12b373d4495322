"""Lists that simulators keep in one value: a value of a world has at most 1 MiB, so the oldest give way to the newest."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")
ROOM = 700_000  # bytes of JSON, as worlds write it: what else the value holds has room beside


def newest(entries: Sequence[T], most: int, room: int = ROOM) -> list[T]:
    """The last ``most`` entries, fewer where they would not fit; the very last is always kept."""
    kept: list[T] = []
    for entry in reversed(entries[-most:]):
        room -= len(json.dumps(entry, separators=(",", ":"))) + 1
        if kept and room < 0:
            break
        kept.append(entry)
    return kept[::-1]
