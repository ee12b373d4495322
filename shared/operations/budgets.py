"""Requests a minute: counted in memory, limited in total.

A workspace has a budget for each one-minute window, kept in one document (``rate_budgets/{workspace}``: the window, and
how much of it was given out). A process leases a slice of it in one transaction and hands it out by itself, so that no
request costs a write. What all processes hand out in a window is never more than the budget: a slice is handed out only
once its lease is known to be committed.

* A slice is a tenth of the budget at first, twice the last one when that was used up, and never more than a quarter of
  what is left: the last requests of a window are leased one by one, and not stranded where nobody asks for them.
* A slice is good for 20 seconds: then what is left of it goes back with the next lease. A process that nobody calls any
  more keeps its slice until the window ends.
* Windows are the store's, not the clock's: a process whose clock is up to a minute behind takes from the window that
  others opened. A window further ahead than that is a broken clock's, and is begun anew.
* If the store does not answer, nobody knows what was leased: the request is refused as any other that needs the store
  (503), and the slice counts as given out.
* Plans without a limit are counted by each process alone, up to :data:`CEILING`, without the store.

The workspace's plan is read with each lease.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from math import ceil
from threading import Lock

from shared.domain.plans import UNLIMITED, Plan
from shared.domain.workspaces import workspace_path
from shared.operations import plans, recent
from shared.operations.plans import Standing
from shared.operations.recent import Recent
from shared.ports.store import Transaction, Write
from shared.ports.world import Ports

WINDOW = 60  # seconds
LIFE = 20.0  # seconds that a slice is good for
AGAIN = 5.0  # seconds until an exhausted budget is asked for once more: something may have been given back
CEILING = 1_000_000  # requests a minute and process, where the plan has no limit
MAX_WORKSPACES = 10_000  # that a process holds slices for


@dataclass(frozen=True, slots=True)
class Taken:
    """One request's share. ``remaining`` as far as this process knows; ``reset``: seconds until the window ends."""

    granted: bool
    limit: int
    remaining: int
    reset: int
    past_due_since: datetime | None


@dataclass(slots=True)
class _Slice:
    """What a process may still hand out. ``left`` is in its hands, ``unleased`` was left in the store.

    ``wish``: how large the last slice should have been. ``leased``: False for a budget of the process's own.
    """

    lock: Lock = field(default_factory=Lock)
    past_due_since: datetime | None = None
    limit: int = 0
    window: int = 0
    left: int = 0
    unleased: int = 0
    wish: int = 0
    leased: bool = False
    leased_at: float = 0.0
    good_until: float = 0.0


def budget_path(workspace: str) -> str:
    """``rate_budgets/{workspace}``"""
    return f"rate_budgets/{workspace}"


def take(ports: Ports, workspace: str) -> Taken:
    """Count one request of the workspace. Thread safe; waits for a lease, if one is needed. Raises store.Unavailable."""
    now = ports.clock.now().timestamp()
    mine = _slice(ports, workspace)
    with mine.lock:
        if not mine.leased_at <= now < mine.good_until or (mine.left == 0 and mine.unleased > 0):
            _renew(ports, workspace, mine, now)
        granted = mine.left > 0
        mine.left -= granted
        reset = max(1, ceil((mine.window + 1) * WINDOW - now))
        return Taken(granted, mine.limit, mine.left + mine.unleased, reset, mine.past_due_since)


def refresh(ports: Ports, workspace: str) -> None:
    """Ask the store with the next request: the workspace's plan was changed here. What is left of the slice goes back."""
    plans.forget(ports, workspace)
    mine = _held(ports).get(workspace)
    if mine is not None:
        with mine.lock:
            mine.good_until = 0.0


def slice_of(remaining: int, wish: int) -> int:
    """How much to lease of what is left."""
    return max(0, min(wish, ceil(remaining / 4)))


def _renew(ports: Ports, workspace: str, mine: _Slice, now: float) -> None:
    if plans.standing(ports, workspace).plan.requests_per_minute != UNLIMITED and _lease(ports, workspace, mine, now):
        return
    _count_alone(mine, plans.standing(ports, workspace), now)


def _count_alone(mine: _Slice, standing: Standing, now: float) -> None:
    """A new window of the process's own."""
    window = int(now // WINDOW)
    if mine.window != window or mine.limit != CEILING:
        mine.window, mine.limit, mine.left, mine.unleased = window, CEILING, CEILING, 0
    mine.past_due_since, mine.leased, mine.leased_at, mine.wish = standing.past_due_since, False, now, 0
    mine.good_until = now + AGAIN if standing.past_due_since else (window + 1.0) * WINDOW


def _lease(ports: Ports, workspace: str, mine: _Slice, now: float) -> bool:
    """Another slice, in place of what is left of this one. False: the plan has no limit any more."""
    held_window, held = mine.window, mine.left if mine.leased else 0
    wish = mine.wish * 2 if mine.left == 0 and now < mine.good_until else 0
    mine.left = mine.unleased = 0  # if the answer is lost, the slice may have been given back
    mine.good_until = 0.0

    def body(txn: Transaction) -> tuple[Standing, int, int, int]:
        about, doc = txn.get(workspace_path(workspace)), txn.get(budget_path(workspace))
        standing = plans.remember(ports, workspace, about.data if about else None)
        limit = standing.plan.requests_per_minute
        window, granted = _window(doc.data if doc else {}, now)
        back = min(held, granted) if window == held_window else 0
        size = slice_of(limit - granted + back, max(wish, _first(standing.plan)))
        if limit != UNLIMITED and size != back:
            txn.write(Write("set", budget_path(workspace), {"window": window, "granted": granted - back + size}))
        return standing, window, size, max(0, limit - granted + back - size)

    standing, window, size, unleased = ports.store.transact(body)
    limit = standing.plan.requests_per_minute
    if limit == UNLIMITED:
        return False
    mine.limit, mine.window, mine.left, mine.unleased = limit, window, size, unleased
    mine.past_due_since = standing.past_due_since
    mine.leased, mine.leased_at, mine.wish = True, now, min(limit, max(wish, _first(standing.plan)))
    mine.good_until = min(now + (LIFE if size and not standing.past_due_since else AGAIN), (window + 1.0) * WINDOW)
    return True


def _first(plan: Plan) -> int:
    return max(1, plan.requests_per_minute // 10)


def _window(data: dict[str, int], now: float) -> tuple[int, int]:
    """The window to take from, and what was given out of it."""
    present = int(now // WINDOW)
    window = data.get("window", present)
    if present <= window <= present + 1:
        return window, data.get("granted", 0)
    return present, 0


def _slice(ports: Ports, workspace: str) -> _Slice:
    held = _held(ports)
    return held.get(workspace) or held.setdefault(workspace, _Slice())


def _held(ports: Ports) -> Recent[_Slice]:
    return recent.of(ports, "budgets", MAX_WORKSPACES)
