"""A line now and then, while something takes long."""

from __future__ import annotations

import time
from collections.abc import Callable

EVERY = 2.0  # seconds


class Progress:
    """Counts bytes, and says where it is every two seconds. ``say``: what shows a line."""

    def __init__(self, verb: str, say: Callable[[str], object], clock: Callable[[], float] = time.monotonic) -> None:
        self._verb, self._say, self._clock = verb, say, clock
        self._next = clock() + EVERY
        self.bytes = 0

    def __call__(self, more: int) -> None:
        """So many bytes more."""
        self.bytes += more
        if self._clock() >= self._next:
            self._next = self._clock() + EVERY
            self._say(f"  {self._verb}: {megabytes(self.bytes)} …")


def megabytes(count: int) -> str:
    """A size for people."""
    return f"{count / 1e6:,.1f} MB"
