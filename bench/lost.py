"""The queue lost everything: how late the sweeper alone makes a post, in virtual time on the real operations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bench.report import Row, at_most, median
from bench.world import World, world
from shared.operations.posts import creating
from shared.operations.posts.commands import CreatePost, TargetOrder
from shared.operations.publishing import advance, sweep
from shared.ports.queue import Queue, Task
from shared.ports.world import Ports

MINUTE = timedelta(minutes=1)
MINUTES = 4  # one until the last post is due, and time for the sweeper's second look


class VirtualClock:
    """Time that only :attr:`time` moves."""

    def __init__(self, time: datetime) -> None:
        self.time = time

    def now(self) -> datetime:
        return self.time

    def monotonic(self) -> float:
        return self.time.timestamp()

    def sleep(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


class ForgetfulQueue(Queue):
    """Accepts and forgets, until it is mended; then it hands its tasks out when they are asked for."""

    def __init__(self) -> None:
        self.lost = True
        self.tasks: list[Mapping[str, Any]] = []

    def enqueue(self, task: Task) -> bool:
        if not self.lost:
            self.tasks.append(task.body)
        return True


def measure() -> list[Row]:
    """A post due in each second of a minute; the sweeper comes at :00 of each."""
    with world() as at:
        clock, queue = VirtualClock(at.ports.clock.now()), ForgetfulQueue()
        ports = replace(at.ports, clock=clock, queue=queue)
        start = clock.time.replace(second=0, microsecond=0) + 2 * MINUTE
        for second in range(60):
            _create(ports, at, second, start + timedelta(seconds=second))
        queue.lost = False
        for minute in range(MINUTES):
            clock.time = start + minute * MINUTE
            sweep(ports)
            _deliver(ports, queue)
        late = [
            (one.published_at - one.due_at).total_seconds() for one in at.targets() if one.published_at and one.due_at
        ]
    if len(late) != 60:
        raise AssertionError(f"the sweeper brought {len(late)} of 60 posts out in {MINUTES} minutes")
    detail = f"p50 {median(late):.0f} s of 60 posts, one due in each second of a minute; virtual time"
    print(f"  queue lost: worst {max(late):.0f} s, {detail}", flush=True)
    return [Row("lost", "queue lost, sweeper alone: worst lateness", max(late), "s", at_most(75), detail)]


def _create(ports: Ports, at: World, number: int, due: datetime) -> None:
    account = at.connected[min(at.connected)][0].id
    order = CreatePost(f"Post {number}", targets=(TargetOrder(account),), scheduled_at=due.isoformat())
    creating.create(ports, at.caller, order)


def _deliver(ports: Ports, queue: ForgetfulQueue) -> None:
    while queue.tasks:
        advance(ports, queue.tasks.pop())
