"""Handing a target's next step to the queue: an optimisation that the sweeper makes true."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

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
    for task in _tasks(ports, [target]):
        try:
            ports.queue.enqueue(task)
        except QueueUnavailable:
            log.warning("task not enqueued, left to the sweeper", extra={"target_id": target.id})


def commit(ports: Ports, targets: Sequence[Target], write: Callable[[], None]) -> None:
    """Run ``write``, the one commit that makes these targets true, and ask for their next steps: of what has a time, or
    an event to announce. Raises what ``write`` raises."""
    waiting = [target for target in targets if target.next_at is not None or target.events]
    if not waiting:
        return write()
    try:
        ports.queue.enqueue_with(_tasks(ports, waiting), write)
    except QueueUnavailable:
        log.warning("tasks not enqueued, left to the sweeper", extra={"post_id": waiting[0].post_id})


def _tasks(ports: Ports, targets: Sequence[Target]) -> list[Task]:
    """Their next steps, but for what is left to the sweeper, and what is held."""
    now, going = ports.clock.now(), [one for one in targets if not one.held]
    return [_task(one) for one in going if one.next_at is None or one.next_at - now <= FAR_AHEAD]


def _task(target: Target) -> Task:
    body = {"space": target.space, "target_id": target.id, "generation": target.generation}
    return Task(queue_of(target.platform), task_name(target), "publish", body, target.next_at)
