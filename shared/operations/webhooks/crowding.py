"""No endpoint takes a whole process: a few deliveries to the same one are under way at once, others queue up behind them.

Whoever has made an attempt goes on with what is behind. It is remembered by this process alone: if that dies, the sweep
finds the deliveries by their time.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from threading import Lock
from typing import Any

from shared.ports.world import Ports

AT_ONCE = 4  # of one endpoint, in one process: a quarter of what it does at once (functions/manifest.json)
NARROW = 8  # endpoints that fail or are slow, in one process: half of it
BEHIND = 1_000  # tasks remembered; the sweep finds what is more
SECONDS = 40.0  # for which a task goes on with what is behind it
MEMORY = "webhook_crowds"
Body = Mapping[str, Any]


class _Crowds:
    """By endpoint: how many are under way, and what queues up."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._under_way: dict[str, int] = {}
        self._behind: dict[str, deque[Body]] = {}
        self._narrow = 0

    def enter(self, endpoint: str, body: Body) -> bool:
        """Whether there is a place; else the task is kept for who has one."""
        with self._lock:
            if self._under_way.get(endpoint, 0) >= AT_ONCE:
                self._behind.setdefault(endpoint, deque(maxlen=BEHIND)).append(body)
                return False
            self._under_way[endpoint] = self._under_way.get(endpoint, 0) + 1
            return True

    def next(self, endpoint: str) -> Body | None:
        """What to go on with in the same place; None: the place was given back."""
        with self._lock:
            if behind := self._behind.get(endpoint):
                return behind.popleft()
            self._leave(endpoint)
            return None

    def leave(self, endpoint: str) -> None:
        """Give the place back; what is behind is somebody else's."""
        with self._lock:
            self._leave(endpoint)

    def enter_narrow(self) -> bool:
        """Whether there is a place among those for endpoints that fail or are slow."""
        with self._lock:
            if self._narrow >= NARROW:
                return False
            self._narrow += 1
            return True

    def leave_narrow(self) -> None:
        """Give it back."""
        with self._lock:
            self._narrow -= 1

    def _leave(self, endpoint: str) -> None:
        left = self._under_way.get(endpoint, 1) - 1
        if left:
            self._under_way[endpoint] = left
        else:
            self._under_way.pop(endpoint, None)
        if not self._behind.get(endpoint):
            self._behind.pop(endpoint, None)


@contextmanager
def narrow(ports: Ports) -> Iterator[bool]:
    """A place for an endpoint that fails or is slow, if there is one: many of them together leave places for the others."""
    crowds: _Crowds = ports.memory.setdefault(MEMORY, _Crowds())
    entered = crowds.enter_narrow()
    try:
        yield entered
    finally:
        if entered:
            crowds.leave_narrow()


def go(ports: Ports, endpoint: str, body: Body, work: Callable[[Ports, Body], str]) -> str:
    """Do the work if there is a place for it, and then what came behind it. Raises what ``work`` raises."""
    crowds: _Crowds = ports.memory.setdefault(MEMORY, _Crowds())
    if not crowds.enter(endpoint, body):
        return "behind"
    deadline = ports.clock.monotonic() + SECONDS
    given = False
    try:
        outcome = work(ports, body)
        while ports.clock.monotonic() < deadline:
            more = crowds.next(endpoint)
            given = more is None
            if more is None:
                break
            work(ports, more)
    finally:
        if not given:
            crowds.leave(endpoint)
    return outcome
