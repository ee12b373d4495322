"""A fleet: thousands of accounts connected in the same minute, looked after for months of simulated time.

    .venv/bin/python -m tests.simulation.fleet --accounts 10000 --days 200

Prints per kind of work: whether all of it was done within its window, how much of it came in one run of the schedule, how
many calls the networks got, and what it cost in documents read and written. The store is the embedded one, the networks are
the simulators.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

from shared.backends import indexes
from shared.backends.embedded.store import EmbeddedStore
from shared.backends.live.clock import SystemClock
from shared.domain import chores as domain
from shared.domain import codec
from shared.domain.accounts import Account, account_path
from shared.domain.callers import Caller
from shared.domain.chores import ChoreKind
from shared.domain.content import Kind
from shared.domain.posts import Live, PieceDoc, Target, target_path
from shared.domain.states import State
from shared.operations import accounts, lifetimes, refreshing, sessions
from shared.operations.analytics import readings
from shared.operations.syncing import running
from shared.platforms.contract import Published
from shared.ports.store import Doc, Query, Store, Transaction, Write
from shared.ports.world import Ports
from tests.contract.platforms.harness import Network
from tests.operations.flows import begin, consent
from tests.support import memory_ports
from tests.support.memory_ports import Rig
from tests.support.simulated import SimulatedHttp

T = TypeVar("T")
NETWORKS = ("instagram", "tiktok", "pinterest", "youtube", "twitter", "threads", "reddit", "linkedin")
TEXT = ("twitter", "linkedin")  # what a post of words alone goes out on at once
EVERY: dict[ChoreKind, timedelta] = {"refresh": timedelta(minutes=5), "sync": timedelta(minutes=1)}
HAND_OUT = {"refresh": refreshing.refresh_due, "sync": running.hand_out}
DO = {"refresh": refreshing.refresh, "sync": running.advance}


class Counting:
    """``ports.Store``: counts documents read and written, as they are billed; a query that finds nothing is one read."""

    def __init__(self, inner: Store) -> None:
        self.inner = inner
        self.read = 0
        self.written = 0

    def get(self, path: str) -> Doc | None:
        self.read += 1
        return self.inner.get(path)

    def get_many(self, paths: Sequence[str]) -> list[Doc | None]:
        self.read += len(paths)
        return self.inner.get_many(paths)

    def query(self, query: Query) -> list[Doc]:
        found = self.inner.query(query)
        self.read += max(1, len(found))
        return found

    def count(self, query: Query) -> int:
        self.read += 1
        return self.inner.count(query)

    def commit(self, writes: Sequence[Write]) -> None:
        self.inner.commit(writes)
        self.written += len(writes)

    def transact(self, body: Callable[[Transaction], T]) -> T:
        return self.inner.transact(lambda txn: body(_Counted(txn, self)))


class _Counted:
    """A transaction of :class:`Counting`."""

    def __init__(self, inner: Transaction, store: Counting) -> None:
        self._inner = inner
        self._store = store

    def get(self, path: str) -> Doc | None:
        self._store.read += 1
        return self._inner.get(path)

    def query(self, query: Query) -> list[Doc]:
        found = self._inner.query(query)
        self._store.read += max(1, len(found))
        return found

    def write(self, write: Write) -> None:
        self._store.written += 1
        self._inner.write(write)


@dataclass
class Figures:
    """What one kind of work came to. ``late``: the longest that something was done after its time; ``busiest``: how many
    calls the networks got by one run of the schedule, and ``hour``: in the busiest hour. ``idle``: documents read by runs of the
    schedule that found nothing, however few accounts there are."""

    kind: ChoreKind
    runs: int = 0
    done: int = 0
    calls: int = 0
    busiest: int = 0
    hour: int = 0
    late: timedelta = timedelta()
    idle: int = 0
    read: int = 0
    written: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)


@dataclass
class Fleet:
    """The accounts and their world."""

    rig: Rig
    ports: Ports
    store: Counting
    accounts: list[Account]

    def look_after(self, kind: ChoreKind, days: float) -> Figures:
        """So many days of one kind of work, with the schedule at its times and each task done at once."""
        figures, hours = Figures(kind), Counter[int]()
        read, written = self.store.read, self.store.written
        for idle, waited in self._ticks(kind, days):
            figures.idle += idle
            if kind == "sync":
                figures.late = max(figures.late, waited)
            before = len(self.rig.sandbox.sent)
            self._tick(kind, figures)
            calls = len(self.rig.sandbox.sent) - before
            figures.busiest = max(figures.busiest, calls)
            figures.calls += calls
            hours[int(self.rig.clock.now().timestamp()) // 3600] += calls
            self.rig.sandbox.sent.clear()
            self.rig.bus.messages.clear()
        figures.hour = max(hours.values(), default=0)
        figures.read, figures.written = self.store.read - read, self.store.written - written
        return figures

    def _tick(self, kind: ChoreKind, figures: Figures) -> None:
        figures.runs += 1
        HAND_OUT[kind](self.ports, {})
        now = self.rig.clock.now()
        for task in self.rig.queue.take(now):
            if task.function != kind:
                continue
            life = lifetimes.of(self.known(task.body["space"], task.body["account_id"]))
            figures.outcomes[DO[kind](self.ports, dict(task.body))] += 1
            figures.done += 1
            if kind == "refresh" and life.renew_at is not None:
                figures.late = max(figures.late, now - life.renew_at)

    def _ticks(self, kind: ChoreKind, days: float) -> Iterator[tuple[int, timedelta]]:
        """The runs of the schedule that find something, with how many before did not (those cost a read), and how
        long what it finds has waited."""
        end, every = self.rig.clock.now() + timedelta(days=days), EVERY[kind]
        while (due := self._next(kind)) is not None and due <= end:
            now = self.rig.clock.now()
            idle = max(0, -(-(due - now) // every) - 1)
            self.rig.clock.move_to(now + (idle + 1) * every)
            yield idle, self.rig.clock.now() - due
        self.rig.clock.move_to(max(end, self.rig.clock.now()))

    def _next(self, kind: ChoreKind) -> datetime | None:
        found: list[Doc] = []
        for shard in range(domain.SHARDS):
            where = (("kind", "==", kind), ("shard", "==", shard))
            found += self.store.inner.query(
                Query(group="chores", where=where, order_by=(("wake_at", "asc"),), limit=1)  # type: ignore[arg-type]
            )
        return min((doc.data["wake_at"] for doc in found), default=None)

    def known(self, space: str, account_id: str) -> Account:
        """The account as it is; not counted."""
        doc = self.store.inner.get(account_path(space, account_id))
        assert doc is not None
        return codec.decode(Account, doc.data)

    def post(self, posting: Sequence[Account]) -> list[Target]:
        """These accounts' posts, gone out now: at the simulated networks by their adapters, and as publishing leaves them."""
        made = []
        for account in posting:
            world = self.rig.sandbox.world(account.platform, account.world)
            who = sessions.call(self.ports, account).who
            network = Network(account.platform, world, SimulatedHttp(account.platform, world), who)
            piece = network.piece(Kind.TEXT)
            live, now = network.publish(piece), self.rig.clock.now()
            stored = PieceDoc(piece.role, piece.kind, piece.text, piece.key, piece.created_at, live=_live(live, now))
            name = account.id.removeprefix("acc_")
            target = Target(
                f"tgt_{name}",
                f"post_{name}",
                account.space,
                account.id,
                account.platform,
                True,
                0,
                State.PUBLISHED,
                (stored,),
                now,
                published_at=now,
            )
            self.store.inner.commit([Write("set", target_path(account.space, target.id), codec.encode(target))])
            made.append(target)
        self.rig.sandbox.sent.clear()
        return made

    def readings(self, targets: Sequence[Target]) -> float:
        """How often each of them was read."""
        found = [readings.of_posts(self.ports, one.space, [one.post_id]).get(one.post_id) for one in targets]
        rows = [len(row.at) for numbers in found if numbers for row in numbers.series.values()]
        return sum(rows) / max(1, len(targets))

    def statuses(self) -> Counter[str]:
        """How many accounts are in which status."""
        return Counter(self.known(one.space, one.id).status for one in self.accounts)


def _live(published: Published, at: datetime) -> Live:
    return Live(published.id, at, published.permalink, published.state, published.raw)


def connected(size: int, networks: Sequence[str] = NETWORKS) -> Fleet:
    """So many accounts of these networks, ten to a workspace, all connected at the same instant."""
    rig = memory_ports.rig()
    folder = Path(tempfile.mkdtemp(prefix="rostrum-fleet-"))
    store = Counting(EmbeddedStore(folder / "fleet.sqlite3", SystemClock(), indexes.load(), durability="normal"))
    ports = replace(rig.ports, store=store)
    world = replace(rig, ports=ports)
    made = []
    for number in range(size):
        platform, caller = networks[number % len(networks)], Caller(f"ws_{number // 10}", "test", "key_1")
        query = consent(world, begin(world, platform, caller), sandbox_user=f"fleet{number}")
        landing = accounts.callback(ports, platform, query)
        assert landing.status == "success", landing
        made.append(accounts.get(ports, caller, landing.account_id))
    rig.sandbox.sent.clear()
    return Fleet(world, ports, store, made)


def printed(figures: Figures, size: int, days: float) -> str:
    """The figures, for people."""
    calls = f"{figures.calls:,} calls to networks"
    each = f"{figures.read / size:.1f} reads and {figures.written / size:.1f} writes an account"
    said = [
        f"{figures.kind}: {size:,} accounts, {days:g} days, {figures.runs:,} runs of the schedule found something",
        f"  {figures.done:,} tasks: {dict(figures.outcomes)}",
        f"  {calls}; {figures.busiest} by the busiest run, {figures.hour} in the busiest hour",
        f"  store: {figures.read:,} documents read, {figures.written:,} written: {each}",
        f"  and {figures.idle:,} reads by runs that found nothing, however many accounts there are",
    ]
    said.append(f"  the latest came {figures.late} after its time")
    return "\n".join(said)


def main() -> int:
    """Run it and print it; 1 if an account was lost or something came late."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--accounts", type=int, default=10_000)
    parser.add_argument("--days", type=float, default=200.0, help="of refreshing")
    parser.add_argument("--sync-days", type=float, default=0.1, help="of fetching, which is every hour or so")
    parser.add_argument(
        "--posting", type=int, default=7, help="one in so many of those on networks of words has a fresh post"
    )
    given = parser.parse_args()
    fleet = connected(given.accounts)
    live = fleet.post([one for one in fleet.accounts if one.platform in TEXT][:: given.posting])
    print(f"{len(live):,} accounts have a post that has just gone out")
    sync = fleet.look_after("sync", given.sync_days)
    print(printed(sync, given.accounts, given.sync_days))
    for platform in TEXT:
        there = [one for one in live if one.platform == platform]
        print(f"  {len(there):,} posts on {platform} were read {fleet.readings(there):.1f} times each", flush=True)
    refresh = fleet.look_after("refresh", given.days)
    print(printed(refresh, given.accounts, given.days))
    print(f"accounts: {dict(fleet.statuses())}")
    return int(refresh.late > 2 * EVERY["refresh"] or sync.late > 2 * EVERY["sync"])


if __name__ == "__main__":
    raise SystemExit(main())
