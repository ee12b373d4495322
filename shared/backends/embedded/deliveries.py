"""The table of deliveries: what the queue and the bus promised to bring to a function, and who is bringing it now.

A row is *waiting* (``due`` set), *leased* (``leased_until`` set: some worker is delivering it) or *released*
(``released_at`` set: delivered or given up; it only keeps its name reserved). A lease that nobody renews runs out, so
whatever a killed worker held is delivered again. Instants are microseconds since 1970.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from shared.backends.embedded.database import Database

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_INSERT = (
    "INSERT INTO deliveries (queue, name, kind, function, body, due, eta, copies) VALUES (?, ?, ?, ?, ?, ?, ?, ?) "
    "ON CONFLICT (queue, name) DO UPDATE SET (kind, function, body, due, eta, copies, attempts, released_at) = "
    "(excluded.kind, excluded.function, excluded.body, excluded.due, excluded.eta, excluded.copies, 0, NULL) "
    "WHERE released_at <= ?"
)
_LEASE = (
    "UPDATE deliveries SET due = NULL, leased_until = ?, lease = ?, attempts = attempts + 1 WHERE id IN "
    "(SELECT id FROM deliveries WHERE queue = ? AND due <= ? ORDER BY due LIMIT ?) "
    "RETURNING id, queue, name, kind, function, body, eta, attempts, lease"
)
_EXPIRED = (
    "UPDATE deliveries SET due = leased_until, leased_until = NULL, lease = NULL "
    "WHERE leased_until IS NOT NULL AND leased_until <= ?"
)
_LATE = "SELECT 1 FROM deliveries WHERE leased_until IS NOT NULL AND leased_until <= ?"
_GIVE_BACK = "UPDATE deliveries SET due = ?, attempts = attempts - 1, leased_until = NULL, lease = NULL WHERE id = ? AND lease = ?"
_AGAIN = (
    "UPDATE deliveries SET due = ?, copies = copies - ?, leased_until = NULL, lease = NULL WHERE id = ? AND lease = ?"
)
_RELEASE = (
    "UPDATE deliveries SET released_at = ?, body = '', due = NULL, leased_until = NULL, lease = NULL "
    "WHERE id = ? AND lease = ?"
)

# One seek per queue, however many rows wait: the index is asked for the next name after each.
_HEADS = (
    "WITH RECURSIVE q (name) AS (SELECT min(queue) FROM deliveries WHERE due IS NOT NULL UNION ALL "
    "SELECT (SELECT min(queue) FROM deliveries WHERE due IS NOT NULL AND queue > q.name) FROM q "
    "WHERE q.name IS NOT NULL) SELECT name, (SELECT min(due) FROM deliveries WHERE due IS NOT NULL AND queue = q.name) "
    "FROM q WHERE name IS NOT NULL"
)

_DROP = "DELETE FROM deliveries WHERE id = ? AND lease = ?"  # a message's name is unique by itself


@dataclass(frozen=True, slots=True)
class Delivery:
    """A row to insert. ``copies``: how many successful deliveries it gets."""

    queue: str
    name: str
    kind: Literal["task", "push"]
    function: str
    body: str
    at: datetime
    copies: int = 1


@dataclass(frozen=True, slots=True)
class Leased:
    """A delivery that this worker is to make now. ``attempts`` counts this one."""

    id: int
    queue: str
    name: str
    kind: str
    function: str
    body: str
    eta: datetime
    attempts: int
    lease: str


@dataclass(frozen=True, slots=True)
class Ended:
    """A delivery that was made. Not accepted, it is to be made at ``again``; None: it is given up."""

    leased: Leased
    at: datetime
    accepted: bool
    again: datetime | None = None


@dataclass(frozen=True, slots=True)
class Retry:
    """When a failed delivery is made again: doubling from ``first`` to ``longest`` seconds.

    It is given up after ``attempts`` (None: never) or at ``age`` after its time. The defaults are those of the
    queues that terraform makes.
    """

    first: float = 1.0
    longest: float = 60.0
    attempts: int | None = 8
    age: timedelta | None = None

    def next_at(self, leased: Leased, now: datetime) -> datetime | None:
        """The next attempt's instant, None when it is given up."""
        worn = self.attempts is not None and leased.attempts >= self.attempts
        if worn or (self.age is not None and now - leased.eta >= self.age):
            return None
        return now + timedelta(seconds=min(self.longest, self.first * 2 ** min(leased.attempts - 1, 30)))


@dataclass(frozen=True, slots=True)
class QueueLimits:
    """How fast one queue is dispatched by one worker: deliveries at once (0: not by this one), and per second (Cloud
    Tasks: at most 500)."""

    concurrent: int = 8
    per_second: float = 500.0


@dataclass(frozen=True, slots=True)
class QueueSettings:
    """The queues of an installation.

    ``queues``: limits by queue name; when given, other names are refused. ``deliver_twice``: every task arrives (at
    least) twice, to prove that handlers bear it.
    """

    queues: Mapping[str, QueueLimits] | None = None
    default: QueueLimits = field(default_factory=QueueLimits)
    retry: Retry = field(default_factory=Retry)
    push_retry: Retry = field(default_factory=lambda: Retry(attempts=None, age=timedelta(days=7)))
    deliver_twice: bool = False

    def limits(self, queue: str) -> QueueLimits:
        """The limits of a queue."""
        return (self.queues or {}).get(queue, self.default)


def insert(connection: sqlite3.Connection, rows: Sequence[Delivery], free: datetime = _EPOCH) -> int:
    """Insert those whose name is free, or was released before ``free``; how many that were."""
    before, until = connection.total_changes, micros(free)
    for row in rows:
        at = micros(row.at)
        connection.execute(_INSERT, (row.queue, row.name, row.kind, row.function, row.body, at, at, row.copies, until))
    return connection.total_changes - before


class Deliveries:
    """The workers' side of the table."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def heads(self) -> list[tuple[str, datetime]]:
        """Each queue that waits for something, and when its first delivery is due."""
        with self._database.errors():
            rows = self._database.read().execute(_HEADS).fetchall()
        return [(queue, _instant(due)) for queue, due in rows]

    def lease(self, queue: str, now: datetime, limit: int, lasts: timedelta) -> list[Leased]:
        """Take up to ``limit`` due deliveries of a queue."""
        return self.turn((), [(queue, limit)], now, lasts)

    def turn(
        self, ended: Sequence[Ended], rooms: Sequence[tuple[str, int]], now: datetime, lasts: timedelta
    ) -> list[Leased]:
        """Settle what ended, then take up to so many due deliveries of each of these queues: all in one transaction."""
        key = os.urandom(8).hex()
        given = [(micros(now + lasts), key, queue, micros(now), limit) for queue, limit in rooms]

        def unit(held: sqlite3.Connection) -> list[tuple[Any, ...]]:
            for one in ended:
                _settle(held, one)
            return [row for each in given for row in held.execute(_LEASE, each).fetchall()]

        return [_leased(row) for row in self._database.write(unit, durable=False)]

    def renew(self, leases: Sequence[Leased], until: datetime) -> None:
        """Keep what is still being delivered."""
        given = [(micros(until), leased.id, leased.lease) for leased in leases]
        sql = "UPDATE deliveries SET leased_until = ? WHERE id = ? AND lease = ?"
        self._database.write(lambda held: held.executemany(sql, given), durable=False)

    def expire(self, now: datetime) -> int:
        """Make due again what some worker leased and neither settled nor renewed; how many."""
        given = (micros(now),)
        with self._database.errors():
            late = self._database.read().execute(_LATE, given).fetchone()
        return self._database.write(lambda held: held.execute(_EXPIRED, given).rowcount, durable=False) if late else 0

    def give_back(self, leased: Sequence[Leased], now: datetime) -> None:
        """Make due again what was leased and never begun."""
        given = [(micros(now), one.id, one.lease) for one in leased]
        self._database.write(lambda held: held.executemany(_GIVE_BACK, given), durable=False)

    def succeed(self, leased: Leased, now: datetime) -> None:
        """The delivery was accepted: release it, or make it due once more where it has copies left."""
        self.turn([Ended(leased, now, accepted=True)], (), now, timedelta())

    def fail(self, leased: Leased, now: datetime, again: datetime | None) -> None:
        """The delivery was not accepted: make it due at ``again``, or give it up."""
        self.turn([Ended(leased, now, accepted=False, again=again)], (), now, timedelta())

    def forget(self, before: datetime) -> int:
        """Free the names of what was released before then; how many."""
        sql = "DELETE FROM deliveries WHERE released_at < ?"
        return self._database.write(lambda held: held.execute(sql, (micros(before),)).rowcount, durable=False)


def _settle(held: sqlite3.Connection, ended: Ended) -> None:
    leased, again, used = ended.leased, ended.again, 0
    if ended.accepted:
        (copies,) = held.execute("SELECT copies FROM deliveries WHERE id = ?", (leased.id,)).fetchone() or (1,)
        again, used = (ended.at, 1) if copies > 1 else (None, 0)
    if again is None:
        _release(held, leased, ended.at)
    else:
        held.execute(_AGAIN, (micros(again), used, leased.id, leased.lease))


def _release(held: sqlite3.Connection, leased: Leased, now: datetime) -> None:
    if leased.kind == "push":
        held.execute(_DROP, (leased.id, leased.lease))
    else:
        held.execute(_RELEASE, (micros(now), leased.id, leased.lease))


def micros(at: datetime) -> int:
    """An instant as the table holds it."""
    return (at - _EPOCH) // timedelta(microseconds=1)


def _leased(row: tuple[Any, ...]) -> Leased:
    number, queue, name, kind, function, body, eta, attempts, lease = row
    return Leased(number, queue, name, kind, function, body, _instant(eta), attempts, lease)


def _instant(at: int) -> datetime:
    return _EPOCH + timedelta(microseconds=at)
