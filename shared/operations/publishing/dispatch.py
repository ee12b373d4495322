"""Handing a target's next step to the queue: an optimisation that the sweeper makes true."""

from __future__ import annotations

import logging
from datetime import datetime

from shared.domain.posts import Target, task_name
from shared.domain.targets import FAR_AHEAD
from shared.ports.queue import QueueUnavailable, Task
from shared.ports.world import Ports

log = logging.getLogger(__name__)


def queue_of(platform: str) -> str:
    """One queue per network, so that a network's trouble slows only its own. A queue's name has no underscores."""
    return f"publish-{platform.replace('_', '-')}"


def enqueue(ports: Ports, target: Target) -> None:
    """Ask for the target's next step at its time (``next_at``, or now). Never raises QueueUnavailable.

    What lies beyond the queue's horizon is left to the sweeper.
    """
    at = target.next_at
    if at and at - ports.clock.now() > FAR_AHEAD:
        return
    try:
        ports.queue.enqueue(_task(target, at))
    except QueueUnavailable:
        log.warning("task not enqueued, left to the sweeper", extra={"target_id": target.id})


def _task(target: Target, at: datetime | None) -> Task:
    body = {"space": target.space, "target_id": target.id, "generation": target.generation}
    return Task(queue_of(target.platform), task_name(target), "publish", body, at)
