"""Handing out what is due for accounts: one task each, every account at its own time, and again if nobody did it.

The schedule calls :func:`hand_out`; the task's function takes the chore with :func:`taken` and ends with :func:`done` or
:func:`failed`. A chore is handed out at least once: what it does has to be safe to be done twice.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from shared.domain import chores, codec
from shared.domain.accounts import Account
from shared.domain.chores import Chore, ChoreKind, chore_path
from shared.ports.queue import QueueUnavailable, Task
from shared.ports.store import AlreadyExists, Conflict, Doc, NotFound, Query, Transaction, Write
from shared.ports.world import Ports

log = logging.getLogger(__name__)
PAGE = 100
SECONDS = 45.0  # a run ends in time for the next one
LEASE = timedelta(minutes=15)  # longer than a task may take, with its queue's delay
QUEUES: Mapping[ChoreKind, str] = {"refresh": "refresh", "subscribe": "subscribe", "sync": "sync-{platform}"}


@dataclass(frozen=True, slots=True)
class HandedOut:
    """What one run did: chores found due, and how many of them were handed out (the rest: somebody was faster)."""

    found: int
    enqueued: int


def planned(account: Account, kind: ChoreKind, at: datetime) -> Write:
    """The write that plans a chore anew, for the commit that connects the account or changes what the chore follows from."""
    made = chores.new(account.space, account.id, account.platform, kind, at)
    # Names of tasks stay reserved for a day: one that is planned anew does not count from where the one before began.
    made = replace(made, ticket=int(at.timestamp()))
    return Write("set", made.path, codec.encode(made))


def hand_out(ports: Ports, kind: ChoreKind) -> HandedOut:
    """One task for every due chore of a kind; safe to run twice at once and safe to be skipped. Raises store.Unavailable."""
    deadline = ports.clock.monotonic() + SECONDS
    found = enqueued = 0
    for shard in range(chores.SHARDS):
        while page := _due(ports, kind, shard):
            found += len(page)
            moved = _leased(ports, page)
            for chore in moved:
                _enqueue(ports, chore)
            enqueued += len(moved)
            if len(page) < PAGE or not moved or ports.clock.monotonic() > deadline:
                break
    return HandedOut(found, enqueued)


def taken(ports: Ports, kind: ChoreKind, body: Mapping[str, Any]) -> Chore | None:
    """The task's chore, None when it was handed out again since, or is gone. Raises store.Unavailable."""
    doc = ports.store.get(chore_path(str(body["space"]), str(body["account_id"]), kind))
    chore = codec.decode(Chore, doc.data) if doc else None
    return chore if chore and chore.ticket == body.get("ticket") else None


def done(ports: Ports, chore: Chore, again: datetime | None, state: Mapping[str, Any] | None = None) -> None:
    """It is done: ``again`` at that time, None never. Nothing if it was handed out or planned anew meanwhile."""
    left = replace(chore, wake_at=again or chore.wake_at, failures=0, state=chore.state if state is None else state)
    _settle(ports, chore, left if again else None)


def failed(ports: Ports, chore: Chore, until: datetime | None = None) -> None:
    """It did not succeed: again after a back-off, or not before ``until``. Raises store.Unavailable."""
    failures = chore.failures + 1
    again = ports.clock.now() + chores.back_off(failures)
    _settle(ports, chore, replace(chore, failures=failures, wake_at=max(again, until) if until else again))


def hurry(ports: Ports, space: str, account_id: str, kind: ChoreKind) -> None:
    """Have it done with the next run. Nothing if there is no such chore. Raises store.Unavailable."""
    with suppress(NotFound):
        ports.store.commit([Write("update", chore_path(space, account_id, kind), {"wake_at": ports.clock.now()})])


def _settle(ports: Ports, chore: Chore, left: Chore | None) -> None:
    """Keep what is left of it, if it is still the one that was taken."""

    def body(txn: Transaction) -> None:
        doc = txn.get(chore.path)
        if doc is None or doc.data["ticket"] != chore.ticket or doc.data["wake_at"] != chore.wake_at:
            return
        txn.write(Write("set", chore.path, codec.encode(left)) if left else Write("delete", chore.path))

    ports.store.transact(body)


def _due(ports: Ports, kind: ChoreKind, shard: int) -> list[Doc]:
    """A page of this shard, the longest overdue first; what was handed out moves out of the page by its new time."""
    query = Query(
        group="chores",
        where=(("kind", "==", kind), ("shard", "==", shard), ("wake_at", "<=", ports.clock.now())),
        order_by=(("wake_at", "asc"),),
        limit=PAGE,
    )
    return ports.store.query(query)


def _leased(ports: Ports, page: Sequence[Doc]) -> list[Chore]:
    """The page's chores with their next tickets: in one commit, or one by one when somebody was faster with some of them."""
    try:
        return _committed(ports, page)
    except (Conflict, NotFound, AlreadyExists):
        pass
    found: list[Chore] = []
    for doc in page:
        with suppress(Conflict, NotFound):
            found += _committed(ports, [doc])
    return found


def _committed(ports: Ports, page: Sequence[Doc]) -> list[Chore]:
    until = ports.clock.now() + LEASE
    readable = [(doc, chore) for doc in page if (chore := _readable(doc))]
    leased = [(doc, replace(chore, ticket=chore.ticket + 1, wake_at=until)) for doc, chore in readable]
    writes = [
        Write("update", doc.path, {"ticket": chore.ticket, "wake_at": until}, if_version=doc.version)
        for doc, chore in leased
    ]
    broken = [doc for doc in page if not _readable(doc)]
    writes += [Write("update", doc.path, {"wake_at": until}, if_version=doc.version) for doc in broken]
    if writes:
        ports.store.commit(writes)
    return [chore for _, chore in leased]


def _readable(doc: Doc) -> Chore | None:
    """None for a document that is no chore: it is put off with the others, so that it keeps none of them waiting."""
    try:
        return codec.decode(Chore, doc.data)
    except (TypeError, ValueError, KeyError, AttributeError):
        log.exception("a chore cannot be read", extra={"path": doc.path})
        return None


def _enqueue(ports: Ports, chore: Chore) -> None:
    """Never raises QueueUnavailable: after the lease it is handed out again."""
    queue = QUEUES[chore.kind].format(platform=chore.platform.replace("_", "-"))
    body = {"space": chore.space, "account_id": chore.account_id, "ticket": chore.ticket}
    try:
        ports.queue.enqueue(Task(queue, chores.task_name(chore), chore.kind, body))
    except QueueUnavailable:
        log.warning("chore not enqueued, left to the next run", extra={"path": chore.path})
