"""Who delivers what on one machine: each process has its share of every network's queue, the server all the rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from local.app import Function
from local.inside import Inside
from shared.backends.embedded.deliveries import QueueLimits, QueueSettings
from shared.backends.embedded.worker import QueueWorker
from shared.backends.live.clock import SystemClock
from shared.operations.publishing.dispatch import queue_of
from shared.platforms import registry
from shared.runtime.settings import Settings

AT_ONCE = 4  # deliveries per network, of all processes together; settings.MOST_PROCESSES leaves each of them one
PER_SECOND = 500.0
GLANCE = 0.02  # seconds between two looks whether another process has written
NOT_HERE = QueueLimits(concurrent=0)
SINGLE = {
    "bus:events:record": QueueLimits(concurrent=1),  # the log may trail behind publishing
    "sandbox": QueueLimits(concurrent=1),  # whatever waits is handed over by one, not by each
}


def worker(chosen: Settings, functions: Mapping[str, Function], number: int = 0, count: int = 1) -> QueueWorker:
    """Of ``count`` processes the one of this number; 0 is the server."""
    inside = Inside(functions, chosen.internal_token)
    glance = GLANCE if count > 1 else None
    return QueueWorker(chosen.home / "rostrum.sqlite3", SystemClock(), limits(number, count), inside, glance)


def limits(number: int, count: int) -> QueueSettings:
    """What this process may deliver at once and per second, of each queue."""
    every = QueueLimits(concurrent=AT_ONCE, per_second=PER_SECOND)
    # What does not divide goes to the last, not to the server, which has other things to do.
    share = replace(every, concurrent=(AT_ONCE + number) // count, per_second=PER_SECOND / count)
    networks = {queue_of(name): share for name in registry.all_names()}
    if number == 0:
        return QueueSettings(queues={**networks, **SINGLE}, default=every)
    return QueueSettings(queues=networks, default=NOT_HERE)
