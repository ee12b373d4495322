"""A simulated network has sent webhooks: somebody is to hand them over soon, without keeping its caller waiting."""

from __future__ import annotations

import logging
from secrets import token_hex

from shared.ports.clock import Clock
from shared.ports.queue import Queue, QueueError, Task

QUEUE = "sandbox"
FUNCTION = "hand_over"
log = logging.getLogger(__name__)


class Notice:
    """Called after it happened. Never raises QueueError: the schedule hands over what was left."""

    def __init__(self, queue: Queue, clock: Clock) -> None:
        self._queue = queue
        self._clock = clock

    def __call__(self) -> None:
        """One task; its body is empty, because it hands over whatever waits."""
        name = f"s-{self._clock.now().timestamp():.0f}-{token_hex(8)}"
        try:
            self._queue.enqueue(Task(QUEUE, name, FUNCTION, {}))
        except QueueError:  # also a queue that is missing: what has happened in the network must not look undone
            log.warning("webhooks of the sandbox left to the schedule")
