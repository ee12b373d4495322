"""Handing out what is due for accounts: one task each, every account at its own time, and again if nobody did it.

The schedule calls :func:`hand_out`; the task's function takes the chore with :func:`taken` and ends with :func:`done` or
:func:`failed`. A chore is handed out at least once: what it does has to be safe to be done twice.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from shared.domain import chores, codec
from shared.domain.accounts import Account
from shared.domain.chores import Chore, ChoreKind, chore_path
from shared.ports.queue import QueueUnavailable, Task, TaskRefused
from shared.ports.store import AlreadyExists, Conflict, Doc, NotFound, Query, Transaction, Write
from shared.ports.world import Ports

log = logging.getLogger(__name__)
PAGE = 100
FRUITLESS = 10  # pages in a row of which somebody else was faster with all, or nothing can be read
SECONDS = 45.0  # a run ends in time for the next one
Handed = tuple[Chore, Task]  # a chore with its next ticket, and what asks for it
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
    found = enqueued = fruitless = 0
    while fruitless < FRUITLESS and (page := _due(ports, kind)):
        moved = _leased(ports, page)
        for chore, task in moved:
            _enqueue(ports, chore, task)
        found, enqueued, fruitless = found + len(page), enqueued + len(moved), 0 if moved else fruitless + 1
        if len(page) < PAGE or ports.clock.monotonic() > deadline:
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
    _settle(ports, chore, left, last=again is None)


def failed(ports: Ports, chore: Chore, until: datetime | None = None) -> None:
    """It did not succeed: again after a back-off, or not before ``until``. Raises store.Unavailable."""
    failures = chore.failures + 1
    again = ports.clock.now() + chores.back_off(failures)
    _settle(ports, chore, replace(chore, failures=failures, wake_at=max(again, until) if until else again))


def hurry(ports: Ports, space: str, account_id: str, kind: ChoreKind) -> None:
    """Have it done with the next run; where it is handed out now, once more after that. Nothing if there is no such chore.
    Raises store.Unavailable."""
    path = chore_path(space, account_id, kind)

    def body(txn: Transaction) -> None:
        doc = txn.get(path)
        if doc is not None:
            now = ports.clock.now()
            changes = {"hurried": True} if doc.data.get("handed") else {"wake_at": now}
            txn.write(Write("update", path, {**changes, "asked_at": now}))

    ports.store.transact(body)


def _settle(ports: Ports, chore: Chore, left: Chore, *, last: bool = False) -> None:
    """Keep what is left of it, if it is still the one that was taken. ``last``: nothing is, unless somebody is in a hurry."""

    def body(txn: Transaction) -> None:
        doc = txn.get(chore.path)
        if doc is None or doc.data["ticket"] != chore.ticket or doc.data["wake_at"] != chore.wake_at:
            return
        hurried = doc.data.get("hurried")
        after = replace(left, handed=0, hurried=False, asked_at=doc.data.get("asked_at"))
        after = replace(after, wake_at=ports.clock.now()) if hurried else after
        gone = last and not hurried
        txn.write(Write("delete", chore.path) if gone else Write("set", chore.path, codec.encode(after)))

    ports.store.transact(body)


def _due(ports: Ports, kind: ChoreKind) -> list[Doc]:
    """A page of all shards, the longest overdue first; what was handed out moves out of the page by its new time."""
    shards = tuple(range(chores.SHARDS))  # in one query: one that finds nothing is billed as a read
    query = Query(
        group="chores",
        where=(("kind", "==", kind), ("shard", "in", shards), ("wake_at", "<=", ports.clock.now())),
        order_by=(("wake_at", "asc"),),
        limit=PAGE,
    )
    return ports.store.query(query)


def _leased(ports: Ports, page: Sequence[Doc]) -> list[Handed]:
    """The page's chores with their next tickets: in one commit, or one by one when somebody was faster with some of them."""
    try:
        return _committed(ports, page)
    except (Conflict, NotFound, AlreadyExists):
        pass
    found: list[Handed] = []
    for doc in page:
        with suppress(Conflict, NotFound):
            found += _committed(ports, [doc])
    return found


def _committed(ports: Ports, page: Sequence[Doc]) -> list[Handed]:
    now = ports.clock.now()
    made = [(doc, _next(doc, now)) for doc in page]
    writes = [Write("update", doc.path, _changes(handed, now + chores.LEASE), doc.version) for doc, handed in made]
    if writes:
        ports.store.commit(writes)
    return [handed for _, handed in made if handed]


def _next(doc: Doc, now: datetime) -> Handed | None:
    """None for a document that is no chore: it is put off with the others, so that it keeps none of them waiting."""
    try:
        chore = codec.decode(Chore, doc.data)
        until = now + chores.lease(chore.handed)
        chore = replace(chore, ticket=chore.ticket + 1, handed=chore.handed + 1, wake_at=until, hurried=False)
        queue = QUEUES[chore.kind].format(platform=chore.platform.replace("_", "-"))
        body = {"space": chore.space, "account_id": chore.account_id, "ticket": chore.ticket}
        return chore, Task(queue, chores.task_name(chore), chore.kind, body)
    except (TypeError, ValueError, KeyError, AttributeError):
        log.exception("a chore cannot be read", extra={"path": doc.path})
        return None


def _changes(handed: Handed | None, later: datetime) -> dict[str, Any]:
    """What handing it out changes; of a document that is no chore only its time."""
    if handed is None:
        return {"wake_at": later}
    chore, _ = handed
    return {"ticket": chore.ticket, "wake_at": chore.wake_at, "handed": chore.handed, "hurried": False}


def _enqueue(ports: Ports, chore: Chore, task: Task) -> None:
    """Never raises: after the lease it is handed out again."""
    try:
        ports.queue.enqueue(task)
    except QueueUnavailable:
        log.warning("chore not enqueued, left to the next run", extra={"path": chore.path})
    except TaskRefused:  # its queue is missing: the chores behind it have queues of their own
        log.exception("a chore's queue refuses it", extra={"path": chore.path, "queue": task.queue})
