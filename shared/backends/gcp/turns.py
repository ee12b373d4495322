"""Taking turns at documents over which this process's transactions collided.

Firestore locks what a transaction reads. Two that read the same document and then write it wait for each other until the
locks time out, seconds later; threads that try again together collide again. So for a moment after a collision its
documents are read by one transaction of this process at a time; all other documents stay unaffected.
https://cloud.google.com/firestore/docs/transaction-data-contention (2026-11)
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from types import TracebackType
from typing import Self

CROWDED_SECONDS = 3.0


class Crowd:
    """Documents that collided lately, and the turn at them. Thread safe."""

    def __init__(self) -> None:
        self._until: dict[str, float] = {}
        self._guard = threading.Lock()
        self._turn = threading.RLock()  # one for all of them: several could wait for each other

    def collided(self, paths: Iterable[str]) -> None:
        """Remember a collision over these documents."""
        now = time.monotonic()
        with self._guard:
            self._until = {path: until for path, until in self._until.items() if until > now}
            self._until.update((path, now + CROWDED_SECONDS) for path in paths)

    def turn(self) -> Turn:
        """For one attempt at a transaction; leave it (``with``) when the attempt is over."""
        return Turn(self, self._turn)

    def has(self, path: str) -> bool:
        """Whether the document collided lately."""
        with self._guard:
            return self._until.get(path, 0.0) > time.monotonic()


class Turn:
    """What one attempt has read, and whether it holds the turn."""

    def __init__(self, crowd: Crowd, lock: threading.RLock) -> None:
        self._crowd = crowd
        self._lock = lock
        self._held = False
        self.read: set[str] = set()

    def reading(self, path: str) -> None:
        """Wait for the turn if the document, about to be read, needs one."""
        if not self._held and self._crowd.has(path):
            self._held = self._lock.acquire()
        self.read.add(path)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._held:
            self._lock.release()
