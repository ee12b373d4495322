"""The sweeper: each minute, every target whose time has passed and that nobody has moved gets one more task.

It is safe to run twice at once and safe to be skipped. It decides nothing: it enqueues, and advance decides.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from shared.domain import codec, targets
from shared.domain.posts import SHARDS, Target
from shared.operations.publishing import dispatch
from shared.operations.publishing.records import Loaded, put
from shared.ports.store import Conflict, Doc, NotFound, Query, Unavailable, Write
from shared.ports.world import Ports

log = logging.getLogger(__name__)
PAGE = 100
FRUITLESS = 10  # pages in a row of which somebody else was faster with all, or nothing can be read
POISON_PAUSE = timedelta(hours=1)
SECONDS = 45.0  # a run ends in time for the next one


@dataclass(frozen=True, slots=True)
class Swept:
    """What one run did: targets found overdue, and how many of them were enqueued (the rest: someone was faster)."""

    found: int
    enqueued: int


@dataclass(slots=True)
class _Waiting:
    """Of one run: the targets that nobody settled although their step was due, and the one that waits longest."""

    count: int = 0
    since: datetime | None = None
    oldest: Target | None = None

    def met(self, target: Target, now: datetime) -> None:
        """One that was swept. Its ``next_at`` stays until somebody makes the step; what is over has none."""
        if target.next_at is None or target.next_at > now:
            return
        self.count += 1
        if self.since is None or target.next_at < self.since:
            self.since, self.oldest = target.next_at, target

    def tell(self, now: datetime) -> None:
        """One line a run, and none where nothing waits: terraform/modules/watch measures its ``seconds``."""
        if self.since is not None and self.oldest is not None:
            seconds = round((now - self.since).total_seconds())
            found = {"seconds": seconds, "targets": self.count, "target_id": self.oldest.id, "space": self.oldest.space}
            log.warning("targets wait past their time", extra={**found, "state": str(self.oldest.state)})


def sweep(ports: Ports, _body: Mapping[str, Any] | None = None) -> Swept:
    """Enqueue every overdue target of every workspace once; a schedule's body says nothing.

    Raises store.Unavailable: the next run goes on.
    """
    deadline = ports.clock.monotonic() + SECONDS
    found = enqueued = fruitless = 0
    waiting = _Waiting()
    while fruitless < FRUITLESS and (page := _overdue(ports, ports.clock.now())):
        found += len(page)
        moved = sum(_woken(ports, doc, waiting) for doc in page if ports.clock.monotonic() <= deadline)
        enqueued, fruitless = enqueued + moved, 0 if moved else fruitless + 1
        if len(page) < PAGE or ports.clock.monotonic() > deadline:
            break
    waiting.tell(ports.clock.now())
    return Swept(found, enqueued)


def wake(ports: Ports, doc: Doc) -> bool:
    """What a run does with one target, for an operator: enqueued once more; False where somebody was faster. Raises
    store.Unavailable."""
    return _woken(ports, doc, _Waiting())


def _overdue(ports: Ports, now: datetime) -> list[Doc]:
    """A page of all shards, the longest overdue first; what was enqueued moves out of the page by its new time.

    One query for all: it is asked each minute, and a query that finds nothing is billed as a read
    (https://firebase.google.com/docs/firestore/pricing, 2026-11).
    """
    query = Query(
        group="targets",
        where=(("shard", "in", tuple(range(SHARDS))), ("wake_at", "<=", now)),
        order_by=(("wake_at", "asc"),),
        limit=PAGE,
    )
    return ports.store.query(query)


def _woken(ports: Ports, doc: Doc, waiting: _Waiting) -> bool:
    """:func:`_wake`; a document that cannot be moved is looked at again later, so that the others get their turn."""
    try:
        return _wake(ports, doc, waiting)
    except Unavailable:
        raise
    except Exception:  # whatever is wrong with one row must not keep the rows behind it waiting
        log.exception("a target cannot be swept", extra={"path": doc.path})
    with suppress(Conflict, NotFound):
        ports.store.commit([Write("update", doc.path, {"wake_at": ports.clock.now() + POISON_PAUSE}, doc.version)])
    return False


def _wake(ports: Ports, doc: Doc, waiting: _Waiting) -> bool:
    target = codec.decode(Target, doc.data)
    waiting.met(target, ports.clock.now())
    woken = put(ports, Loaded(target, doc.version), targets.swept(target, ports.clock.now()))
    if woken is None:
        return False
    dispatch.enqueue(ports, woken)
    return True
