"""A process that does several tasks at once, on the virtual clock: who waits for an answer keeps a place, and no real time.

Every task has a thread, and only one thread runs at a time: until it sleeps (:meth:`Workers.sleep`, in place of a network's
answer) or ends. So a run is the same each time.
"""

from __future__ import annotations

import heapq
import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from shared.ports.queue import Task
from tests.support.memory_ports import Rig

STUCK = 30.0  # real seconds: nobody runs that long
Function = Callable[[Mapping[str, Any]], object]


class Workers:
    """So many places; ``work`` does a task's work."""

    def __init__(self, rig: Rig, places: int, work: Function) -> None:
        self.rig = rig
        self.free = places
        self._work = work
        self._waiting: list[Task] = []
        self._asleep: list[tuple[datetime, int, threading.Semaphore]] = []
        self._back = threading.Semaphore(0)
        self._order = count()
        self._raised: list[BaseException] = []

    def sleep(self, seconds: float) -> None:
        """Called by a task's work: so much time passes for it, and others get their turn."""
        go = threading.Semaphore(0)
        heapq.heappush(self._asleep, (self.rig.clock.now() + timedelta(seconds=seconds), next(self._order), go))
        self._back.release()
        go.acquire(timeout=STUCK)

    def run(self, until: datetime) -> None:
        """Do what is due, in the order in which it came, as long as there is a place; then let time pass."""
        while True:
            self._waiting += self.rig.queue.take(self.rig.clock.now())
            while self._waiting and self.free:
                self._begin(self._waiting.pop(0))
            at = min(
                filter(None, (self._asleep[0][0] if self._asleep else None, self.rig.queue.next_at())), default=until
            )
            if at > until:
                break
            self.rig.clock.move_to(at)
            while self._asleep and self._asleep[0][0] <= self.rig.clock.now():
                self._resume(heapq.heappop(self._asleep)[2])
            if not self._asleep and self.rig.queue.next_at() is None and not self._waiting:
                break
        self.rig.clock.move_to(until)

    def _begin(self, task: Task) -> None:
        self.free -= 1
        threading.Thread(target=self._do, args=(task,), daemon=True).start()
        self._hand_over()

    def _resume(self, go: threading.Semaphore) -> None:
        go.release()
        self._hand_over()

    def _hand_over(self) -> None:
        assert self._back.acquire(timeout=STUCK)
        if self._raised:
            raise self._raised[0]

    def _do(self, task: Task) -> None:
        try:
            self._work(task.body)
        except BaseException as error:  # noqa: BLE001 - carried to the main thread, whatever it is
            self._raised.append(error)
        self.free += 1
        self._back.release()
