"""Deliveries to callers' webhook endpoints that were given up, and sending them again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from shared.domain.callers import Caller, Mode
from shared.domain.errors import RostrumError
from shared.operations import lookup
from shared.operations.operating import spaces
from shared.operations.webhooks import recovering
from shared.ports.store import Doc, Op, Query
from shared.ports.world import Ports


@dataclass(frozen=True, slots=True)
class Letter:
    """One event that an endpoint did not take. ``reason``: of its last attempt."""

    id: str
    space: str
    endpoint_id: str
    event_type: str
    created_at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Recovered:
    """An endpoint to which what failed since then is sent again; ``problem``: why not."""

    space: str
    endpoint_id: str
    since: datetime
    problem: str = ""


def failed(ports: Ports, workspace: str = "") -> Iterator[Letter]:
    """All that are kept (their plan's days), a page at a time. Raises Missing, store.Unavailable."""
    where: tuple[tuple[str, Op, Any], ...] = (("status", "==", "failed"),)
    for space in spaces.every(ports, workspace):
        for doc in lookup.every(ports, Query(f"workspaces/{space}/deliveries", where=where)):
            yield _letter(space, doc)


def recover(ports: Ports, workspace: str = "") -> Iterator[Recovered]:
    """Send again what every endpoint that is switched on did not take, from the oldest on, at the pace that it bears.
    Safe to run twice. Raises Missing, store.Unavailable."""
    oldest: dict[tuple[str, str], datetime] = {}
    for one in failed(ports, workspace):
        key = (one.space, one.endpoint_id)
        oldest[key] = min(one.created_at, oldest.get(key, one.created_at))
    for (space, endpoint), since in oldest.items():
        name, _, mode = space.partition(".")
        caller = Caller(name, cast("Mode", mode), spaces.OPERATOR)
        try:
            recovering.recover(ports, caller, endpoint, since.isoformat())
        except RostrumError as error:
            yield Recovered(space, endpoint, since, error.message)
            continue
        spaces.note(ports, space, "webhook.recovered", endpoint, since=since.isoformat())
        yield Recovered(space, endpoint, since)


def _letter(space: str, doc: Doc) -> Letter:
    data, attempts = doc.data, doc.data.get("attempts") or [{}]
    last = attempts[-1]
    reason = str(last.get("error_message") or f"answered {last.get('status_code')}")
    return Letter(doc.id, space, str(data["endpoint_id"]), str(data["event_type"]), data["created_at"], reason)
