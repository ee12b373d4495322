"""The queue port on the SQLite file: durable tasks that a :class:`~shared.backends.embedded.worker.QueueWorker` delivers."""

from __future__ import annotations

import json
import os
import re
import sqlite3
from collections.abc import Callable, Sequence
from datetime import UTC
from typing import TypeVar

from shared.backends.embedded import deliveries
from shared.backends.embedded.database import FileError, open_database
from shared.backends.embedded.deliveries import Delivery, QueueSettings
from shared.ports.clock import Clock
from shared.ports.queue import HORIZON, NAME_RESERVED, Queue, QueueUnavailable, Task, TaskRefused

T = TypeVar("T")
MAX_BODY_BYTES = 102_400  # https://cloud.google.com/tasks/docs/quotas (2026-11)
_NAME = re.compile(r"[A-Za-z0-9_-]{1,500}")
_QUEUE = re.compile(r"[A-Za-z0-9-]{1,100}")
_FUNCTION = re.compile(r"[A-Za-z0-9_-]{1,100}")


class EmbeddedQueue(Queue):
    """Tasks in the SQLite file at ``path``.

    An accepted task survives the end of the process at once, and a power cut from the next synced commit on (every
    commit of the store is one): the sweeper, which makes up for any lost task, makes up for that one too.
    """

    def __init__(self, path: str | os.PathLike[str], clock: Clock, settings: QueueSettings | None = None) -> None:
        self.settings = settings or QueueSettings()
        self._clock = clock
        self._database = _translated(lambda: open_database(path, self))

    def enqueue(self, task: Task) -> bool:
        """Accept the task. False when its name is in use or reserved. Raises TaskRefused, QueueUnavailable."""
        unit = self._accepting([task])
        accepted = _translated(lambda: self._database.write(unit, durable=False))
        if accepted:
            self._database.announce()
        return accepted == 1

    def enqueue_with(self, tasks: Sequence[Task], commit: Callable[[], None]) -> None:
        """Run ``commit`` and accept the tasks in its transaction; right after it, if it wrote to another file."""
        unit = self._accepting(tasks)
        if not self._database.along(unit, commit):
            _translated(lambda: self._database.write(unit, durable=False))
        self._database.announce()

    def close(self) -> None:
        """Close the file; the queue cannot be used afterwards."""
        self._database.close(self)

    def _accepting(self, tasks: Sequence[Task]) -> Callable[[sqlite3.Connection], int]:
        """What writes the tasks, and says how many of their names were free. Raises TaskRefused."""
        rows = [self._row(task) for task in tasks]
        free = self._clock.now() - NAME_RESERVED
        return lambda held: deliveries.insert(held, rows, free)

    def _row(self, task: Task) -> Delivery:
        """The task as a row. Raises TaskRefused for what Cloud Tasks would refuse."""
        known = self.settings.queues
        if not _QUEUE.fullmatch(task.queue) or (known is not None and task.queue not in known):
            raise TaskRefused(f"queue: there is no queue {task.queue!r}")
        if not _NAME.fullmatch(task.name):
            raise TaskRefused("name: 1 to 500 letters, digits, - and _")
        if not _FUNCTION.fullmatch(task.function):
            raise TaskRefused(f"function: {task.function!r} is no entry point's name")
        now = self._clock.now()
        at = now if task.at is None else task.at
        if at.tzinfo is None:
            raise TaskRefused("at: must be aware; use datetime.now(UTC)")
        if at - now > HORIZON:
            raise TaskRefused("at: over 30 days ahead; let the sweeper enqueue it in time")
        copies = 2 if self.settings.deliver_twice else 1
        return Delivery(task.queue, task.name, "task", task.function, _body(task), at.astimezone(UTC), copies)


def _body(task: Task) -> str:
    try:
        body = json.dumps(task.body, separators=(",", ":"))
    except (TypeError, ValueError) as error:
        raise TaskRefused(f"body: not JSON ({error})") from None
    if len(body) > MAX_BODY_BYTES:
        raise TaskRefused(f"body: {len(body)} bytes, the limit is {MAX_BODY_BYTES}; send ids, not content")
    return body


def _translated(action: Callable[[], T]) -> T:
    try:
        return action()
    except FileError as error:
        raise QueueUnavailable(str(error)) from error
