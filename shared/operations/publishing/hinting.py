"""A network says that something became of an account's posts: whoever waits to hear looks now, instead of later.

A hint decides nothing. What became of a post is what reading it says (``reconciling``), at whatever time it is read; a look
proves absence only after the settling time, a hint or not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from shared.domain import codec
from shared.domain.accounts import Account
from shared.domain.posts import Target
from shared.domain.states import State
from shared.domain.targets import SWEEP_GRACE
from shared.operations.publishing import dispatch, records
from shared.ports.store import Query
from shared.ports.world import Ports

WAITING = frozenset({State.CONFIRMING, State.UNKNOWN, State.RECONCILING})
SOON = timedelta(seconds=5)  # who looks so soon anyway needs no hint
MOST = 20  # targets of one account in one such state: few ever are


def hinted(ports: Ports, account: Account, at: datetime, handle: str = "") -> int:
    """Have the account's waiting targets look now; how many will. ``at``: when it happened. ``handle``: what the network
    called the post while it was making it, where it says so. Raises store.Unavailable."""
    woken = [after for target in _waiting(ports, account) if (after := _woken(ports, target, at, handle))]
    for target in woken:
        dispatch.enqueue(ports, target)
    return len(woken)


def _waiting(ports: Ports, account: Account) -> Iterator[Target]:
    for state in sorted(WAITING):
        where = (("account_id", "==", account.id), ("state", "==", str(state)))
        query = Query(f"workspaces/{account.space}/targets", where=where, limit=MOST)  # type: ignore[arg-type]
        yield from (codec.decode(Target, doc.data) for doc in ports.store.query(query))


def _woken(ports: Ports, target: Target, at: datetime, handle: str) -> Target | None:
    now = ports.clock.now()

    def step(current: Target) -> Target | None:
        if current.state not in WAITING or not _concerned(current, at, handle):
            return None
        if current.next_at is None or current.next_at - now <= SOON:
            return None
        return replace(current, next_at=now, wake_at=now + SWEEP_GRACE, tick=current.tick + 1)

    return records.change(ports, target, step) if step(target) else None


def _concerned(target: Target, at: datetime, handle: str) -> bool:
    """Whether it can be about the piece at hand: by its handle, else by the time (networks tell it in whole seconds)."""
    if handle:
        return handle in {value for value in target.piece.handles.values() if isinstance(value, str)}
    return target.arm is not None and at >= target.arm.at.replace(microsecond=0)
