"""The queue port: tasks that arrive at a function, at least once, not before their time.

The shape is Cloud Tasks': https://cloud.google.com/tasks/docs (2026-11). Delivery is at least once, sometimes twice,
in no order. A task's body carries ids only, never content and never a secret.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

HORIZON = timedelta(days=30)  # a task cannot be scheduled further ahead
NAME_RESERVED = timedelta(hours=24)  # a name stays used so long after the task ran or was deleted


@dataclass(frozen=True, slots=True)
class Task:
    """One delivery to make.

    ``queue``: one of the manifest's queues (one per platform: ``publish-bluesky``). ``name``: letters, digits, ``-``
    and ``_``, at most 500; never used before within 24 h. ``function``: the entry point that receives it as an HTTP
    POST with ``body`` as JSON. ``at``: not before this instant (aware UTC), None for now.
    """

    queue: str
    name: str
    function: str
    body: Mapping[str, Any]
    at: datetime | None = None


class Queue(Protocol):
    """Durable, delayed, at-least-once delivery over HTTP. Thread safe."""

    def enqueue(self, task: Task) -> bool:
        """Accept the task. False when its name is in use or was used within the last 24 h (it will not run again).

        Raises TaskRefused (horizon, name or size: a programming error), QueueUnavailable (it may or may not have been
        accepted: the sweeper makes up for it).
        """

    def enqueue_with(self, tasks: Sequence[Task], commit: Callable[[], None]) -> None:
        """Run ``commit``, which commits once to the store, and accept the tasks once that has succeeded.

        A queue that lies in the store's own file writes both in one transaction; any other accepts them afterwards.
        Raises what ``commit`` raises (nothing is accepted then), and what :meth:`enqueue` raises, when all that could be
        accepted is: TaskRefused perhaps before anything was committed, QueueUnavailable only after it was.
        """
        commit()
        failure: QueueUnavailable | None = None
        for task in tasks:
            try:
                self.enqueue(task)
            except QueueUnavailable as error:
                failure = error
        if failure is not None:
            raise failure


class QueueError(Exception):
    """Root of the queue's errors."""


class QueueUnavailable(QueueError):
    """The queue did not answer clearly."""


class TaskRefused(QueueError):
    """The task can never be accepted: beyond 30 days, over 100 KB, or a malformed name."""
