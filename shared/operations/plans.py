"""Which plan a workspace has: read at most once a minute, and remembered by the process in between."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any, Generic, TypeVar

from shared.domain import codec
from shared.domain.plans import Plan, plan_of
from shared.domain.workspaces import Workspace, workspace_path
from shared.ports.world import Ports

REMEMBERED = 60.0  # seconds that a change of plan may take to be seen everywhere
REMEMBERED_BLOCKED = 5.0  # ... and the end of a block: who has just paid shall not wait
MAX_REMEMBERED = 10_000  # workspaces
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Standing:
    """How a workspace stands with us. ``until``: when (monotonic) it must be read again."""

    plan: Plan
    past_due_since: datetime | None
    until: float


class Recent(Generic[T]):
    """The values used last, by name; the least recently used go first. Thread safe."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._held: OrderedDict[str, T] = OrderedDict()
        self._lock = Lock()

    def get(self, name: str) -> T | None:
        """What is kept of this name."""
        with self._lock:
            found = self._held.get(name)
            if found is not None:
                self._held.move_to_end(name)
            return found

    def put(self, name: str, value: T) -> T:
        """Keep it in place of what was there; answers it."""
        with self._lock:
            return self._put(name, value)

    def setdefault(self, name: str, value: T) -> T:
        """Keep it unless something is there; answers what is kept."""
        with self._lock:
            return self._held[name] if name in self._held else self._put(name, value)

    def _put(self, name: str, value: T) -> T:
        self._held[name] = value
        self._held.move_to_end(name)
        while len(self._held) > self._size:
            self._held.popitem(last=False)
        return value

    def forget(self, name: str) -> None:
        """Keep nothing of this name."""
        with self._lock:
            self._held.pop(name, None)

    def __len__(self) -> int:
        return len(self._held)


def of(ports: Ports, workspace: str) -> Plan:
    """The workspace's plan, at most a minute old. Raises store.Unavailable."""
    return standing(ports, workspace).plan


def standing(ports: Ports, workspace: str) -> Standing:
    """Plan and debts, at most a minute old; one read when they are not remembered. Raises store.Unavailable."""
    held = _held(ports).get(workspace)
    if held is not None and ports.clock.monotonic() < held.until:
        return held
    doc = ports.store.get(workspace_path(workspace))
    return remember(ports, workspace, doc.data if doc else None)


def remember(ports: Ports, workspace: str, data: Mapping[str, Any] | None) -> Standing:
    """What a workspace's document (None: it has none) says, kept for the next minute."""
    found = codec.decode(Workspace, data) if data else None
    plan = plan_of(found.tier if found else "", ports.default_plan)
    due = found.billing.past_due_since if found and found.billing else None
    age = REMEMBERED_BLOCKED if due else REMEMBERED
    return _held(ports).put(workspace, Standing(plan, due, ports.clock.monotonic() + age))


def forget(ports: Ports, workspace: str) -> None:
    """Read it again next time: it was changed here."""
    _held(ports).forget(workspace)


def _held(ports: Ports) -> Recent[Standing]:
    held = ports.memory.get("plans")
    if held is None:
        held = ports.memory.setdefault("plans", Recent[Standing](MAX_REMEMBERED))
    found: Recent[Standing] = held
    return found
