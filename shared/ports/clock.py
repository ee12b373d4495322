"""The clock port: the only source of time, so that a simulation can own it."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Wall and monotonic time."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""

    def monotonic(self) -> float:
        """Seconds that never go back, for deadlines within this process."""

    def sleep(self, seconds: float) -> None:
        """Let so many seconds pass. Only where an answer is waited for on purpose: never in a task's handler."""
