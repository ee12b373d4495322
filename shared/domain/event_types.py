"""What webhook endpoints can ask for: every event type, what it tells, and an example of its ``data``.

One list, ``event_types.json``: it answers ``GET /v1/webhooks/events``, checks what endpoints ask for, and makes the
payloads of tests.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

Category = Literal["posts", "inbox", "accounts", "exports", "webhooks"]


class EventType(NamedTuple):
    """One event type. ``example``: the ``data`` of such an event."""

    name: str
    category: Category
    description: str
    example: Mapping[str, Any]


@cache
def by_name() -> Mapping[str, EventType]:
    """All event types, in the order in which they are listed; read once."""
    rows = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))
    return MappingProxyType({row["name"]: EventType(**row) for row in rows})
