"""What may happen to a target, as pure functions: a target and the facts in, the next target out.

They neither read clocks nor write: the publishing engine and the posts operations commit what they return, fenced by
the document's version. An impossible transition raises :class:`WrongState`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from shared.domain.content import Role
from shared.domain.posts import (
    MAX_PAST,
    Arm,
    Deed,
    EventDoc,
    Failure,
    Live,
    Past,
    PieceDoc,
    Target,
    event_id,
    likeness,
)
from shared.domain.states import ALLOWED, EDITABLE, TERMINAL, State, Status

PATIENT = timedelta(minutes=2)  # at most between two looks of the sweeper, as long as it matters
AT_LEISURE = timedelta(hours=1)  # ... and later
SWEEP_GRACE = timedelta(seconds=10)  # how long after its time a target is left to the queue before the sweeper looks
RESTORED = "publishing.restored"  # why a person must look at a target that a backup brought back
FAR_AHEAD = timedelta(days=29)  # beyond this the queue's horizon (30 days) is near: the sweeper enqueues later
ENQUEUE_AHEAD = timedelta(hours=24)  # ... this long before it is due


class WrongState(Exception):
    """The transition does not exist. ``state`` is where the target is."""

    def __init__(self, state: State, wanted: State) -> None:
        super().__init__(f"a target that is {state} cannot become {wanted}")
        self.state = state
        self.wanted = wanted


def _become(target: Target, state: State, **changes: Any) -> Target:
    if state not in ALLOWED[target.state]:
        raise WrongState(target.state, state)
    return replace(target, state=state, **changes)


def wake_for(due_at: datetime, now: datetime) -> datetime:
    """When the sweeper must look at a target that is due then: shortly after, or a day before if that is far ahead."""
    if due_at - now > FAR_AHEAD:
        return due_at - ENQUEUE_AHEAD
    return max(due_at, now) + SWEEP_GRACE


# ------------------------------------------------------------------------------------------- by callers' wish


def scheduled(target: Target, due_at: datetime, now: datetime) -> Target:
    """A draft or waiting target, due at another time (or now). What is over needs :func:`retried` or a verdict."""
    if target.state not in EDITABLE:
        raise WrongState(target.state, State.SCHEDULED)
    return _due(target, due_at, now)


def _due(target: Target, due_at: datetime, now: datetime) -> Target:
    return _become(
        target,
        State.SCHEDULED,
        due_at=due_at,
        immediate=due_at <= now,
        next_at=due_at,
        wake_at=wake_for(due_at, now),
        generation=target.generation + 1,
        refusals=0,
        doubts=0,
        refreshed=False,
        swept=0,
        began_at=None,
        error=None,
    )


def unscheduled(target: Target) -> Target:
    """A waiting target, a draft again."""
    return _become(target, State.DRAFT, due_at=None, next_at=None, wake_at=None, generation=target.generation + 1)


def edited(target: Target, pieces: tuple[PieceDoc, ...]) -> Target:
    """Other content, before anything was sent. Handles of the old content are dropped with it."""
    if target.state not in (State.DRAFT, State.SCHEDULED, State.PREPARING, State.FAILED, State.MISSED):
        raise WrongState(target.state, State.SCHEDULED)
    if any(piece.live for piece in target.pieces):
        raise WrongState(State.PUBLISHED, State.SCHEDULED)
    state = State.SCHEDULED if target.state is State.PREPARING else target.state
    return replace(
        target,
        state=state,
        pieces=pieces,
        current=0,
        began_at=None,
        generation=target.generation + 1,
        likeness=likeness(target.account_id, pieces),
    )


def cancelled(target: Target, now: datetime) -> Target:
    """Never to be sent. What is over stays as it is: taking it down is :func:`unpublished`."""
    if target.state in TERMINAL:
        raise WrongState(target.state, State.CANCELLED)
    done = _become(target, State.CANCELLED, next_at=None, wake_at=None, generation=target.generation + 1)
    return _announcing(done, event_type(done), now)


def retried(target: Target, now: datetime) -> Target:
    """A failed or missed target, once more, from the piece where it stopped."""
    if target.state not in (State.FAILED, State.MISSED):
        raise WrongState(target.state, State.SCHEDULED)
    return _due(_with_piece(_remembering(target, now), replace(target.piece, error=None, handles={})), now, now)


def _remembering(target: Target, now: datetime) -> Target:
    """It keeps how this attempt ended, before it is taken up again."""
    code, message = (target.error.code, target.error.message) if target.error else ("", "")
    ended = Past(target.settled_at or now, target.state, code, message)
    return replace(target, past=(*target.past, ended)[-MAX_PAST:])


def resolved_live(target: Target, live: Live, now: datetime) -> Target:
    """A person looked: the piece in doubt is live; of what a backup brought back, all of it (see :func:`restored`)."""
    if target.state is not State.NEEDS_REVIEW:
        raise WrongState(target.state, State.PUBLISHED)
    if target.error and target.error.code == RESTORED:
        whole = published(replace(target, pieces=target.pieces[: target.current + 1]), live, now)
        return replace(whole, pieces=(*whole.pieces, *target.pieces[target.current + 1 :]))
    return published(target, live, now)


def resolved_retry(target: Target, now: datetime) -> Target:
    """A person looked: the piece in doubt is not live, send it again."""
    if target.state is not State.NEEDS_REVIEW:
        raise WrongState(target.state, State.SCHEDULED)
    again = _with_piece(_remembering(target, now), replace(target.piece, error=None))
    return _due(replace(again, arm=None), now, now)


def unpublished(target: Target, now: datetime) -> Target:
    """Taken down from the network again."""
    if target.state is not State.PUBLISHED:
        raise WrongState(target.state, State.CANCELLED)
    gone = _become(target, State.CANCELLED, wake_at=None, generation=target.generation + 1, unpublished_at=now)
    return _announcing(gone, "target.unpublished", now)


def held(target: Target) -> Target:
    """A waiting target that nothing publishes until somebody releases it, or gives it another time. Its time stays."""
    if target.state not in (State.SCHEDULED, State.PREPARING):
        raise WrongState(target.state, State.SCHEDULED)
    return replace(target, next_at=None, wake_at=None, generation=target.generation + 1)


def released(target: Target, now: datetime) -> Target:
    """A held target, due at its time again: what has become too late meanwhile is missed."""
    if not target.held:
        raise WrongState(target.state, State.SCHEDULED)
    return _due(target, target.due_at or now, now)


# ----------------------------------------------------------------------------------------------- by the engine


def preparing(target: Target, handles: Mapping[str, Any], again_at: datetime, now: datetime) -> Target:
    """Something invisible was done; look again at ``again_at``."""
    piece = replace(target.piece, handles=handles)
    return _become(
        _with_piece(target, piece),
        State.PREPARING,
        began_at=target.began_at or now,
        next_at=again_at,
        wake_at=again_at + SWEEP_GRACE,
        tick=target.tick + 1,
        swept=0,
    )


def armed(target: Target, arm: Arm, handles: Mapping[str, Any]) -> Target:
    """The permission to send, given once."""
    piece = replace(target.piece, handles=handles, attempt=target.piece.attempt + 1)
    return _become(
        _with_piece(target, piece),
        State.ARMED,
        arm=arm,
        attempt=arm.attempt,
        next_at=arm.over_at,
        wake_at=arm.over_at + SWEEP_GRACE,
        probes=0,
        swept=0,
    )


def postponed(target: Target, at: datetime, failure: Failure | None = None, *, doubted: bool = False) -> Target:
    """Nothing was published, certainly: try again at ``at``. ``doubted``: that took a proof of absence."""
    if target.state in TERMINAL:  # from there only a person's word leads back
        raise WrongState(target.state, State.SCHEDULED)
    return _become(
        target,
        State.SCHEDULED,
        arm=None,
        error=failure or target.error,
        next_at=at,
        wake_at=at + SWEEP_GRACE,
        tick=target.tick + 1,
        refusals=target.refusals + (1 if failure else 0),
        doubts=target.doubts + (1 if doubted else 0),
        swept=0,
    )


def confirming(target: Target, handles: Mapping[str, Any], again_at: datetime) -> Target:
    """The network has it and is still working on it."""
    piece = replace(target.piece, handles=handles)
    return _become(
        _with_piece(target, piece),
        State.CONFIRMING,
        next_at=again_at,
        wake_at=again_at + SWEEP_GRACE,
        tick=target.tick + 1,
        swept=0,
    )


def in_doubt(target: Target, failure: Failure, again_at: datetime) -> Target:
    """Nobody knows whether it was sent: to be settled by reading."""
    return _become(
        target,
        State.UNKNOWN,
        error=failure,
        next_at=again_at,
        wake_at=again_at + SWEEP_GRACE,
        tick=target.tick + 1,
        probes=0,
        swept=0,
    )


def looked(target: Target, again_at: datetime) -> Target:
    """Reading settled nothing yet."""
    return _become(
        target,
        State.RECONCILING,
        probes=target.probes + 1,
        next_at=again_at,
        wake_at=again_at + SWEEP_GRACE,
        tick=target.tick + 1,
        swept=0,
    )


def published(target: Target, live: Live, now: datetime) -> Target:
    """The piece at hand is live. Ends the target, or goes on with its next piece."""
    if State.PUBLISHED not in ALLOWED[target.state]:
        raise WrongState(target.state, State.PUBLISHED)
    done = _with_piece(target, replace(target.piece, live=live, error=None))
    new = not (done.piece.deed and done.piece.deed.repeatable)
    if new and live.id and live.id not in done.live_ids:
        done = replace(done, live_ids=(*done.live_ids, live.id))
    if target.current + 1 < len(target.pieces):
        return _next_piece(done, now)
    return _ended(done, State.PUBLISHED, None, now, published_at=done.published_at or now)


def rejected(target: Target, failure: Failure, now: datetime) -> Target:
    """The network refused the piece at hand, definitely."""
    return _given_up(target, State.FAILED, failure, now)


def missed(target: Target, failure: Failure, now: datetime) -> Target:
    """Too late to be welcome."""
    return _ended(target, State.MISSED, failure, now)


def for_review(target: Target, failure: Failure, now: datetime) -> Target:
    """It cannot be known: a person must look."""
    return _given_up(target, State.NEEDS_REVIEW, failure, now)


def restored(target: Target, failure: Failure, now: datetime) -> Target:
    """Brought back from a backup, and due since it was made: whether it, or how much of it, went out meanwhile is not
    known here, and no look could prove its absence (the arm that was sent under is lost). A person must look."""
    if target.state in TERMINAL or target.state is State.DRAFT:
        raise WrongState(target.state, State.NEEDS_REVIEW)
    lost = replace(target, state=State.RECONCILING, arm=None, generation=target.generation + 1)
    return for_review(lost, failure, now)


def perhaps_sent(target: Target, now: datetime) -> bool:
    """Whether a target of a backup, restored now, may have gone out since the backup was made."""
    if target.state in EDITABLE:
        return target.due_at is not None and target.due_at <= now
    return target.state not in TERMINAL


def announced(target: Target, ids: frozenset[str]) -> Target:
    """These events were delivered to the bus."""
    left = tuple(event for event in target.events if event.id not in ids)
    wake = target.wake_at if left or target.state not in TERMINAL else None
    return replace(target, events=left, wake_at=wake)


def swept(target: Target, now: datetime) -> Target:
    """The sweeper enqueues it once more, and looks again later each time, so that a poison row starves nobody.

    A target whose time is still ahead (it lay beyond the queue's horizon) is only handed to the queue.
    """
    if target.next_at and target.next_at > now:
        return replace(target, tick=target.tick + 1, wake_at=target.next_at + SWEEP_GRACE)
    longest = PATIENT if _urgent(target, now) else AT_LEISURE
    back_off = min(timedelta(seconds=30 * 2 ** min(target.swept, 10)), longest)  # a week of looks fits in no timedelta
    return replace(target, tick=target.tick + 1, swept=target.swept + 1, wake_at=now + back_off)


def _urgent(target: Target, now: datetime) -> bool:
    """Whether its next step, or the telling of its end, is still worth being in time: a queue or a bus that comes back after
    an outage must not find it put off for long."""
    since = target.next_at or target.settled_at
    return since is not None and now <= since + timedelta(seconds=target.max_lateness)


def _next_piece(target: Target, now: datetime) -> Target:
    first = target.current == 0
    return replace(
        target,
        state=State.SCHEDULED,
        current=target.current + 1,
        arm=None,
        error=None,
        refusals=0,
        doubts=0,
        refreshed=False,
        swept=0,
        began_at=None,
        tick=target.tick + 1,
        next_at=now,
        wake_at=now + SWEEP_GRACE,
        published_at=now if first else target.published_at,
    )


def _ended(target: Target, state: State, failure: Failure | None, now: datetime, **changes: Any) -> Target:
    ended = _become(target, state, error=failure, next_at=None, swept=0, tick=target.tick + 1, **changes)
    return _announcing(ended, event_type(ended), now)


def _given_up(target: Target, state: State, failure: Failure, now: datetime) -> Target:
    """The piece at hand will not be live by our doing. Nothing after acceptance can un-publish a post: a first comment
    that failed leaves its target published, with the error on the piece."""
    if state not in ALLOWED[target.state]:
        raise WrongState(target.state, state)
    failed = _with_piece(target, replace(target.piece, error=failure))
    if target.piece.role is not Role.FIRST_COMMENT:
        return _ended(failed, state, failure, now)
    return _announcing(
        replace(failed, state=State.PUBLISHED, error=None, next_at=None, swept=0, tick=target.tick + 1),
        "target.published",
        now,
    )


def _announcing(target: Target, what: str, now: datetime) -> Target:
    event = EventDoc(event_id(target, what), what, now, event_data(target))
    return replace(target, events=(*target.events, event), wake_at=now + SWEEP_GRACE, settled_at=now)


def event_type(target: Target) -> str:
    """``target.published``, ``target.failed`` …; of an action ``action.done``, ``action.failed`` …"""
    if target.piece.deed is None:
        return f"target.{target.status}"
    return f"action.{action_status(target)}"


def action_status(target: Target) -> str:
    """What callers see of an action: a target's status, in words that fit what is no post (``done``, ``sending``)."""
    words = {Status.PUBLISHED: "done", Status.PUBLISHING: "sending"}
    return words.get(target.status, str(target.status))


def event_data(target: Target) -> dict[str, Any]:
    """What an event says of a target: ids and outcome, no content and no secret."""
    if target.piece.deed is not None:
        return _action_data(target, target.piece.deed)
    return {
        "post_id": target.post_id,
        "target_id": target.id,
        "account_id": target.account_id,
        "platform": target.platform,
        "status": str(target.status),
        "platform_post_id": target.first.id if target.first else None,
        "permalink": target.first.permalink if target.first else None,
        **_error(target),
    }


def _action_data(target: Target, deed: Deed) -> dict[str, Any]:
    return {
        "action_id": target.id,
        "account_id": target.account_id,
        "platform": target.platform,
        "verb": deed.verb,
        "on": deed.on,
        "status": action_status(target),
        "platform_id": target.first.id if target.first else None,
        "permalink": target.first.permalink if target.first else None,
        **_error(target),
    }


def _error(target: Target) -> dict[str, str | None]:
    error = target.error
    return {
        "error_code": error.code if error else None,
        "error_category": error.category if error else None,
        "error_message": error.message if error else None,
    }


def _with_piece(target: Target, piece: PieceDoc) -> Target:
    index = min(target.current, len(target.pieces) - 1)
    return replace(target, pieces=(*target.pieces[:index], piece, *target.pieces[index + 1 :]))
