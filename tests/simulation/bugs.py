"""Deliberate bugs, each one that a real scheduler has had. The gate fails if the explorer lets one of them live.

Each patches the real code for the time of a ``with``; none of them touches the explorer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import Any, Literal
from unittest import mock

from shared.domain import targets
from shared.domain.posts import Live, Target
from shared.domain.states import State
from shared.operations import publishing
from shared.operations.engaging import acting
from shared.operations.posts import creating, deleting
from shared.operations.publishing import (
    advancing,
    announcing,
    claims,
    dispatch,
    reconciling,
    records,
    sending,
    sweeping,
    turns,
)
from shared.platforms import registry
from shared.platforms.contract import Absent
from shared.ports.bus import BusUnavailable
from shared.ports.http import HttpFailure
from shared.ports.store import Write

About = Literal["posts", "races", "twins", "cancelling", "actions"]


@dataclass(frozen=True, slots=True)
class Bug:
    """A bug and what it breaks: ``betrayed`` is the kind of ``invariants.Broken`` that a run must show. Any other kind does
    not count: a patch that no longer fits the code breaks every run, and would pass for caught. ``about``: which runs are
    the likeliest to show it."""

    name: str
    why: str
    patch: Callable[[], Any]
    betrayed: str = "duplicate"
    about: About = "posts"


def _patched(module: Any, name: str, replacement: Any) -> Callable[[], Any]:
    return lambda: mock.patch.object(module, name, replacement)


def _publish_then_save(ports: Any, loaded: Any, account: Any, call: Any, prepared: Any) -> Any:
    verdict = sending._send(ports, loaded.target, account, call, prepared.piece)
    arm = sending._arm(ports, loaded.target)
    armed = targets.armed(loaded.target, arm, prepared.handles)
    return announcing.follow_up(ports, records.put(ports, loaded, verdict(armed)))


def _retry_on_timeout(ports: Any, target: Any, account: Any, call: Any, piece: Any) -> Any:
    publisher = registry.publisher(target.platform)
    for _ in range(2):
        try:
            return sending._accepted(ports, publisher.commit(call, piece, target.piece.handles))
        except HttpFailure:
            continue
    return _real_send(ports, target, account, call, piece)


def _doubt_is_failure(ports: Any, failure: Any) -> Any:
    return lambda now: targets.rejected(now, failure, ports.clock.now())


def _lease_takeover(ports: Any, target: Target) -> Any:
    if target.state is State.ARMED:
        arm = target.arm
        assert arm is not None
        again = lambda now: targets.postponed(now, ports.clock.now())  # noqa: E731 - as short as the bug is
        return announcing.follow_up(ports, records.settle(ports, target, arm, reconciling.ARMED, again))
    return _real_reconcile(ports, target)


def _absence_at_once(ports: Any, arm: Any, finding: Any) -> Any:
    if isinstance(finding, Absent):
        now = ports.clock.now()
        return lambda target: targets.postponed(target, now, doubted=True)
    return _real_verdict(ports, arm, finding)


def _no_sweeper(ports: Any, _body: Any = None) -> Any:
    return sweeping.Swept(0, 0)


def _same_task_name(target: Target) -> str:
    return f"t-{target.id}"


def _arm_without_cas(ports: Any, before: Any, after: Target) -> Any:
    if after.state is not State.ARMED:
        return _real_put(ports, before, after)
    from shared.domain import codec
    from shared.domain.posts import target_path

    ports.store.commit([Write("update", target_path(after.space, after.id), codec.encode(after))])
    return after


def _event_outside(target: Target, what: str, now: Any) -> Target:
    return replace(target, wake_at=None)


def _strike_off_anyway(ports: Any, target: Target, struck: Callable[[], None]) -> bool:
    with suppress(BusUnavailable):
        ports.bus.publish_before([announcing._message(target, event) for event in target.events], lambda: None)
    struck()
    return True


def _no_idempotency(ports: Any, made: Any, writes: Any, receipt: Any) -> None:
    ports.store.commit(writes)


def _act_without_receipt(ports: Any, made: Target, receipt: Any) -> None:
    _real_act_commit(ports, made, None)


def _cancel_whatever_is_sent(target: Target, now: Any) -> Target:
    if target.state in (State.ARMED, State.UNKNOWN, State.RECONCILING):
        target = replace(target, state=State.SCHEDULED)
    return _real_cancelled(target, now)


def _older_plans_too(ports: Any, target: Target, body: Any) -> bool:
    return target.state is State.DRAFT


def _doubt_is_success(ports: Any, failure: Any) -> Any:
    return lambda now: targets.published(now, Live("probably", ports.clock.now()), ports.clock.now())


def _lost_queue_is_fine(target: Target, now: Any) -> Target:
    return replace(_real_swept(target, now), tick=target.tick)


def _repeat_what_is_no_post(ports: Any, target: Target, account: Any, call: Any, act: Any) -> Any:
    if target.post_id:
        return _real_send(ports, target, account, call, act)
    actor = registry.actor(target.platform, target.module)
    for _ in range(2):
        try:
            return sending._accepted(ports, actor.commit(call, act, target.piece.handles))
        except HttpFailure:
            continue
    return _real_send(ports, target, account, call, act)


def _settled_at_once(ports: Any, target: Target) -> Any:
    arm = _real_arm(ports, target)
    return arm if target.post_id else replace(arm, settles_at=arm.over_at)


def _wish_settled_at_once(ports: Any, target: Target) -> Any:
    deed = target.piece.deed
    return _settled_at_once(ports, target) if deed and deed.repeatable else _real_arm(ports, target)


@contextmanager
def _cancelling_anything() -> Iterator[None]:
    unguarded = mock.patch.object(deleting, "_refuse_in_flight", return_value=None)
    with unguarded, mock.patch.object(targets, "cancelled", _cancel_whatever_is_sent):
        yield


@contextmanager
def _taking_anything() -> Iterator[None]:
    nobodys = mock.patch.object(claims, "taken", return_value=False)
    with nobodys, mock.patch.object(claims, "contested", return_value=False):
        yield


_real_act_commit = acting._commit
_real_send = sending._send
_real_reconcile = reconciling.reconcile
_real_verdict = reconciling._verdict
_real_put = records.put
_real_arm = sending._arm
_real_cancelled = targets.cancelled
_real_swept = targets.swept

BUGS: tuple[Bug, ...] = (
    Bug(
        "publish_then_save",
        "sends before anything says that it will",
        _patched(sending, "arm_and_send", _publish_then_save),
    ),
    Bug(
        "retry_on_timeout", "an SDK that repeats a POST after a timeout", _patched(sending, "_send", _retry_on_timeout)
    ),
    Bug(
        "doubt_is_failure",
        "what is not a success is called a failure",
        _patched(sending, "_doubt", _doubt_is_failure),
        "lie",
    ),
    Bug("lease_takeover", "an expired lease is run again", _patched(reconciling, "reconcile", _lease_takeover)),
    Bug("absence_at_once", "not found at once is taken as proof", _patched(reconciling, "_verdict", _absence_at_once)),
    Bug("no_sweeper", "the queue is trusted", _patched(publishing, "sweep", _no_sweeper), "loss"),
    Bug(
        "same_task_name",
        "a task is named after its target alone",
        _patched(dispatch, "task_name", _same_task_name),
        "loss",
    ),
    Bug(
        "arm_without_cas",
        "the arm is written, not compared and set",
        _patched(sending, "put", _arm_without_cas),
        about="races",
    ),
    Bug(
        "event_outside",
        "the event is not part of the commit",
        _patched(targets, "_announcing", _event_outside),
        "silence",
    ),
    Bug(
        "strike_off_anyway",
        "an event that was not taken is forgotten",
        _patched(announcing, "_publish", _strike_off_anyway),
        "silence",
    ),
    Bug("no_idempotency", "the key is not in the commit", _patched(creating, "_commit", _no_idempotency)),
    Bug(
        "no_idempotency_of_acts",
        "the key is not in the commit of a comment",
        _patched(acting, "_commit", _act_without_receipt),
        about="actions",
    ),
    Bug("cancel_what_is_sent", "a cancel is confirmed after sending", _cancelling_anything, "lie", "cancelling"),
    Bug(
        "older_plans_too",
        "a task of an older plan publishes",
        _patched(advancing, "_not_for_now", _older_plans_too),
        "early",
    ),
    Bug(
        "doubt_is_success",
        "what is not a failure is called a success",
        _patched(sending, "_doubt", _doubt_is_success),
        "lie",
    ),
    Bug(
        "swept_without_a_name",
        "the sweeper's task has a used name",
        _patched(targets, "swept", _lost_queue_is_fine),
        "loss",
    ),
    Bug("anybodys_post", "a post that looks alike is taken for one's own", _taking_anything, "lie", "twins"),
    Bug(
        "repeated_comment",
        "only posts are sent once: a comment is repeated after a lost reply",
        _patched(sending, "_send", _repeat_what_is_no_post),
        about="actions",
    ),
    Bug(
        "comment_settled_at_once",
        "a comment that the listing does not show yet is taken to be absent",
        _patched(sending, "_arm", _settled_at_once),
        about="actions",
    ),
    Bug(
        "wish_settled_at_once",
        "what can be repeated is sent again as soon as its sender is over: its first request comes after a newer wish",
        _patched(sending, "_arm", _wish_settled_at_once),
        "lie",
        "actions",
    ),
    Bug(
        "out_of_turn",
        "an older wish is fulfilled after a newer one on the same thing",
        _patched(turns, "wait_until", lambda ports, target: None),
        "lie",
        "actions",
    ),
)


@contextmanager
def planted(bug: Bug) -> Iterator[None]:
    """The bug, for the time of the ``with``."""
    with bug.patch():
        yield
