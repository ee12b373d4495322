"""What the posts that are stored already cost the next one: operations, time, file and memory, from ten posts to 100,000."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count

from bench import processes
from bench.counting import CountingStore, Counts
from bench.filling import FILE, Filling
from bench.report import Row, at_most, median, ratio
from bench.world import World, in_seconds, world
from shared.operations import event_pages, housekeeping
from shared.operations.analytics import readings
from shared.operations.event_pages import ListEvents
from shared.operations.posts import cancelling, creating, listing, reading
from shared.operations.posts.commands import CreatePost, TargetOrder
from shared.operations.posts.listing import ListPosts
from shared.operations.publishing import advance, sweep
from shared.operations.webhooks import deliveries
from shared.operations.webhooks.deliveries import Wanted
from shared.ports.world import Ports

FEW, SIZES, QUICK = 10, (1_000, 10_000, 100_000), (1_000,)
ROUNDS = 20
SETTLED = 3  # runs until a new installation's upkeep has nothing to plan any more
PAGE = 5  # as many as ten stored posts can fill, of those that went out
SAME = at_most(1.5)  # the scatter of two equal runs on shared cores reaches 1.3
MEMORY = at_most(1.25)
Act = Callable[[Ports], object]
# A process of its own on the state folder: what it needs at most, once it has read, listed, swept and created.
_PROCESS = """
import json, resource
from shared.runtime import bootstrap
from shared.operations import callers, housekeeping
from shared.operations.posts import listing
from shared.operations.posts.listing import ListPosts
ports = bootstrap.ports()
caller = callers.authenticate(ports, {key!r})
for _ in range(20):
    listing.list_(ports, caller, ListPosts(limit=25, sort="created_desc"))
    housekeeping.keep(ports)
print(json.dumps({{"kib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}}))
"""


@dataclass(frozen=True, slots=True)
class Side:
    """One installation, and what is done to it by name."""

    at: World
    filling: Filling
    acts: dict[str, Act]


def measure(sizes: Sequence[int] = SIZES) -> list[Row]:
    """A small installation beside one that grows: the same acts in turn on both, at each size."""
    with world() as one, world() as other:
        small, large = side(one), side(other)
        small.filling.grow(FEW)
        operations: dict[str, list[int]] = {name: [operations_of(small, name)] for name in small.acts}
        times: dict[str, list[tuple[float, float]]] = {name: [] for name in small.acts}
        for size in sizes:
            large.filling.grow(size)
            print(f"  {size:,} posts stored", flush=True)
            for name in small.acts:
                operations[name].append(operations_of(large, name))
                times[name].append(_beside(large, small, name))
        rows = [counted(operations, sizes), *(_timed(name, found, sizes) for name, found in times.items())]
        return [*rows, *_held(small, large, sizes[-1])]


def side(at: World) -> Side:
    """An installation with nothing stored yet."""
    filling = Filling(at)
    return Side(at, filling, _acts(at, filling))


def _acts(at: World, filling: Filling) -> dict[str, Act]:
    """What callers and the schedule do. Each is done once before it is measured: a query's first run makes its index."""
    account = at.connected[min(at.connected)][0].id
    known, due = at.create("Known", [account], in_seconds(86_400)).post.id, in_seconds(86_400).isoformat()
    waiting = _endless(at, account)
    texts = count()

    def pages(**which: object) -> Act:
        wanted = ListPosts(limit=PAGE, sort="created_desc", **which)  # type: ignore[arg-type]  # by name
        return lambda ports: listing.list_(ports, at.caller, wanted)

    return {
        "create": lambda ports: creating.create(ports, at.caller, _order(next(texts), account, scheduled_at=due)),
        "accept and publish": lambda ports: _published(ports, at, _order(next(texts), account, publish_now=True)),
        "get": lambda ports: reading.get(ports, at.caller, known),
        "cancel": lambda ports: cancelling.cancel(ports, at.caller, next(waiting)),
        "list": pages(),
        "list of a status": pages(status="published"),
        "list of an account": pages(account_ids=(account,)),
        "list of a span of time": pages(until=(at.ports.clock.now() - timedelta(hours=1)).isoformat()),
        "list of a webhook's deliveries": lambda ports: deliveries.list_(
            ports, at.caller, filling.endpoint.id, Wanted(limit=PAGE)
        ),
        "list of events": lambda ports: event_pages.list_(ports, at.caller, ListEvents(limit=PAGE)),
        "numbers of an account": lambda ports: readings.of_accounts(ports, at.caller.space, [account]),
        "sweep": sweep,
        "all that a minute asks for": housekeeping.keep,
    }


def _endless(at: World, account: str) -> Iterator[str]:
    """Posts to cancel, made ahead: ten at a time, so that making them is seldom part of what is measured."""
    while True:
        yield from [at.create("To be cancelled", [account], in_seconds(86_400)).post.id for _ in range(ROUNDS)]


def _order(number: int, account: str, **when: object) -> CreatePost:
    """Another text each time: the look for duplicates reads those of the same."""
    return CreatePost(f"Post {number}", targets=(TargetOrder(account),), **when)  # type: ignore[arg-type]  # by name


def _published(ports: Ports, at: World, order: CreatePost) -> None:
    made = creating.create(ports, at.caller, order)
    (target,) = made.targets
    advance(ports, {"space": target.space, "target_id": target.id, "generation": target.generation})


def operations_of(one: Side, name: str) -> int:
    """Documents that the act reads and writes, once it has done what is done the first time only."""
    for _ in range(SETTLED):
        one.acts[name](one.at.ports)
    store = CountingStore(one.at.ports.store)
    store.counts = Counts()
    one.acts[name](replace(one.at.ports, store=store))
    return store.counts.reads + store.counts.writes


def _beside(large: Side, small: Side, name: str) -> tuple[float, float]:
    """The ratio of the act's CPU time, and its median on the large side (seconds)."""
    pairs = [(_seconds(large, name), _seconds(small, name)) for _ in range(ROUNDS)]
    ours, theirs = [a for a, _ in pairs], [b for _, b in pairs]
    return ratio(ours, theirs), median(ours)


def _seconds(one: Side, name: str) -> float:
    began = time.process_time_ns()
    one.acts[name](one.at.ports)
    return max(time.process_time_ns() - began, 1) / 1e9


def counted(operations: dict[str, list[int]], sizes: Sequence[int]) -> Row:
    """The act that grows most; none may."""
    worst = max(found[at] / found[0] for found in operations.values() for at in range(1, len(found)))
    said = ", ".join(f"{name} {'/'.join(map(str, sorted(set(found))))}" for name, found in operations.items())
    what = f"operations with {_several(sizes)} stored posts / with {FEW}, the most"
    print(f"  operations: {said}", flush=True)
    return Row("counts", what, worst, "×", at_most(1.0), said)


def _timed(name: str, found: Sequence[tuple[float, float]], sizes: Sequence[int]) -> Row:
    ratios = " / ".join(f"{one:.2f}" for one, _ in found)
    detail = f"{ratios} with {_several(sizes)}; {found[-1][1] * 1000:.2f} ms of CPU"
    print(f"  {name}: {detail}", flush=True)
    return Row("counts", f"time of {name}, {sizes[-1]:,} posts / {FEW}", found[-1][0], "×", SAME, detail)


def _held(small: Side, large: Side, size: int) -> list[Row]:
    """The file's size for each post, and a process's memory beside one on the small file."""
    file = (large.at.home / FILE).stat().st_size
    mib = [_memory(one) / 1024 for one in (large, small)]
    detail = f"{mib[0]:.0f} / {mib[1]:.0f} MiB at most"
    print(f"  file {file / 1e6:.0f} MB; memory {detail}", flush=True)
    kept = f"{file / 1e6:,.0f} MB: post, target, event and delivery, with the indexes that were used"
    return [
        Row("counts", f"file of {size:,} stored posts, for each", file / size / 1024, "KiB", None, kept),
        Row("counts", f"memory of a process, {size:,} posts / {FEW}", mib[0] / mib[1], "×", MEMORY, detail),
    ]


def _memory(one: Side) -> int:
    return int(str(processes.python(_PROCESS.format(key=one.at.key), one.at.env)["kib"]))


def _several(sizes: Sequence[int]) -> str:
    return " / ".join(f"{size:,}" for size in sizes)
