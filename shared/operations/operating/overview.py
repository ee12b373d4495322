"""One page about an installation: what is on its way, what waits for somebody, and with which keys it seals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.domain import raw_events
from shared.domain.posts import SHARDS
from shared.domain.states import TERMINAL, State
from shared.operations.operating import spaces
from shared.operations.operating.holding import WAITING
from shared.ports.store import Op, Query
from shared.ports.vault import Keys
from shared.ports.world import Ports

COUNTED = [state for state in State if state not in TERMINAL and state is not State.DRAFT] + [State.NEEDS_REVIEW]
Where = tuple[tuple[str, Op, Any], ...]
Said = Callable[[int], object]  # is told how many spaces more were looked at


@dataclass(frozen=True, slots=True)
class Overview:
    """``targets``: how many per state that is not over, and those that need review; ``held``: how many of the waiting ones are.
    ``overdue_since``: the longest time for which the sweeper has owed something, None when nothing is owed.
    ``deliveries``: inbound ones that wait, and that were given up."""

    workspaces: int
    targets: Mapping[str, int]
    held: int
    overdue_since: datetime | None
    waiting_deliveries: int
    dead_deliveries: int
    keys: Keys


def look(ports: Ports, workspace: str, said: Said) -> Overview:
    """Count: eight queries a space that read no document. Raises Missing, store.Unavailable, vault.VaultUnavailable."""
    counted: Counter[str] = Counter({state.value: 0 for state in COUNTED})
    held = looked = 0
    for space in spaces.every(ports, workspace):
        for state in COUNTED:
            counted[state.value] += _count(ports, space, (("state", "==", state.value),))
        held += _count(ports, space, (("state", "in", list(WAITING)), ("next_at", "==", None)))
        looked += 1
        said(1)
    inbound = {state: _inbound(ports, state) for state in ("waiting", "dead")}
    named = len(spaces.MODES) if "." not in workspace else 1
    keys = ports.vault.keys()
    return Overview(looked // named, counted, held, _overdue(ports), inbound["waiting"], inbound["dead"], keys)


def _count(ports: Ports, space: str, where: Where) -> int:
    return ports.store.count(Query(f"workspaces/{space}/targets", where=where))


def _inbound(ports: Ports, state: str) -> int:
    return ports.store.count(Query(raw_events.COLLECTION, where=(("state", "==", state),)))


def _overdue(ports: Ports) -> datetime | None:
    """The first answer to the sweeper's own question."""
    where: Where = (("shard", "in", tuple(range(SHARDS))), ("wake_at", "<=", ports.clock.now()))
    docs = ports.store.query(Query(group="targets", where=where, order_by=(("wake_at", "asc"),), limit=1))
    return docs[0].data["wake_at"] if docs else None
