"""Waiting a short while for what a queue's worker is doing, for dialects whose answer shows the id of what was made.

Nothing is published in here: the request has been accepted, and is published whether or not anybody waits. Whoever gives
up too early answers 202 with what to poll. Few may wait at once in one process, so that waiting never fills the door
through which the work itself comes in.
"""

from __future__ import annotations

from threading import BoundedSemaphore

from shared.domain import codec
from shared.domain.posts import Target, target_path
from shared.domain.states import TERMINAL, State
from shared.ports.store import Unavailable
from shared.ports.world import Ports

WAIT = 8.0  # seconds; most networks answer a text within one, a photo within five
AT_ONCE = 8  # of an instance's 16 requests, and of one machine's 64 threads
_PAUSES = (0.1, 0.2, 0.3, 0.4)  # then half a second each: a poll is a read
_PAUSE = 0.5
_seats = BoundedSemaphore(AT_ONCE)


def settled(ports: Ports, target: Target, within: float = WAIT) -> Target:
    """The target as it is once its first piece is live or nothing more will happen, else as it is after ``within`` seconds.

    Answers early when the next step is due later than anybody waits, and when the store does not say: it has been accepted,
    and an error would have callers send it again.
    """
    if over(target) or not _seats.acquire(blocking=False):
        return target
    try:
        return _watched(ports, target, ports.clock.monotonic() + within)
    finally:
        _seats.release()


def over(target: Target) -> bool:
    """Whether there is something to tell: an id, a refusal, or that it is not going to happen by itself."""
    return target.first is not None or target.state in TERMINAL or target.state is State.DRAFT


def _watched(ports: Ports, target: Target, until: float) -> Target:
    polls = 0
    while not over(target) and (left := until - ports.clock.monotonic()) > 0 and _due_within(ports, target, left):
        pause = _PAUSES[polls] if polls < len(_PAUSES) else _PAUSE
        ports.clock.sleep(min(pause, left))
        polls += 1
        try:
            doc = ports.store.get(target_path(target.space, target.id))
        except Unavailable:
            break
        target = codec.decode(Target, doc.data) if doc else target
    return target


def _due_within(ports: Ports, target: Target, seconds: float) -> bool:
    return target.next_at is None or (target.next_at - ports.clock.now()).total_seconds() <= seconds
