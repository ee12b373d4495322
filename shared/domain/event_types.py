"""What webhook endpoints can ask for: every event type, what it tells, and an example of its ``data``.

One list, ``event_types.json``: it answers ``GET /v1/webhooks/events``, checks what endpoints ask for, and makes the
payloads of tests.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

Category = Literal["posts", "inbox", "accounts", "exports", "webhooks"]


class EventType(NamedTuple):
    """One event type. ``example``: the ``data`` of such an event, with every field that it may have; ``sometimes`` names those
    that are not always there. ``also``: another name that it can be asked for by."""

    name: str
    category: Category
    description: str
    example: Mapping[str, Any]
    also: str = ""
    sometimes: Sequence[str] = ()


@cache
def by_name() -> Mapping[str, EventType]:
    """All event types, in the order in which they are listed; read once."""
    rows = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))
    return MappingProxyType({row["name"]: EventType(**row) for row in rows})


@cache
def every_name() -> Mapping[str, str]:
    """Every name that endpoints can ask for, with the event type that is meant: its own, and what else it is called."""
    rows = by_name().values()
    return MappingProxyType({one.name: one.name for one in rows} | {one.also: one.name for one in rows if one.also})
