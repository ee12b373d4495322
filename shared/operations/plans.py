"""Which plan a workspace has: read at most once a minute, and remembered by the process in between."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.domain import codec
from shared.domain.plans import Plan, plan_of
from shared.domain.workspaces import Workspace, workspace_path
from shared.operations import recent
from shared.operations.recent import Recent
from shared.ports.world import Ports

REMEMBERED = 60.0  # seconds that a change of plan may take to be seen everywhere
REMEMBERED_BLOCKED = 5.0  # ... and the end of a block: who has just paid shall not wait
MAX_REMEMBERED = 10_000  # workspaces


@dataclass(frozen=True, slots=True)
class Standing:
    """How a workspace stands with us. ``until``: when (monotonic) it must be read again."""

    plan: Plan
    past_due_since: datetime | None
    until: float


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
    return recent.of(ports, "plans", MAX_REMEMBERED)
