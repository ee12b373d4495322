"""Agreeing to posts: draft → awaiting approval → scheduled, or back to draft.

While a post awaits approval all its targets are drafts, which the publishing engine does not touch: nothing can go out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from shared.domain import codec, targets
from shared.domain.callers import Caller
from shared.domain.errors import Clash, Invalid
from shared.domain.instants import rfc3339
from shared.domain.post_settings import APPROVE
from shared.domain.posts import Approval, Entry, Post, Target, noting
from shared.domain.states import State
from shared.operations import permissions
from shared.operations.posts import building, duplicates, times
from shared.operations.posts.asking import awaiting
from shared.operations.posts.changing import change, refuse_deleted
from shared.operations.posts.commands import CreatePost
from shared.operations.posts.planning import PlannedTarget, plan
from shared.operations.posts.views import PostView, load_post
from shared.ports.world import Ports

HELD = (State.DRAFT, State.FAILED, State.MISSED)


@dataclass(frozen=True, slots=True)
class Agreement:
    """How somebody agrees: at the post's own time, at another one (``scheduled_at``, ``timezone``), or now.

    ``updated_at``: of the post that was looked at; a later change is then not agreed to unseen.
    """

    publish_now: bool = False
    scheduled_at: str | None = None
    timezone: str | None = None
    updated_at: str | None = None
    skip_duplicate_check: bool = False


def submit(ports: Ports, caller: Caller, post_id: str) -> PostView:
    """Ask for approval of a draft. What is awaiting already stays so. Raises Missing, Clash, Invalid."""

    def step(post: Post, old: Sequence[Target]) -> tuple[Post, Sequence[Target]]:
        if post.awaiting:
            return post, ()
        if not old or any(target.state is not State.DRAFT for target in old):
            message = f"This post is {post.status}; a draft with at least one account can be submitted for approval."
            raise Clash("post.state_invalid", message, state=str(post.status))
        return awaiting(replace(post, scheduled_at=_wanted(post)), caller, ports.clock.now()), ()

    return change(ports, caller, post_id, step)


def approve(ports: Ports, caller: Caller, post_id: str, how: Agreement | None = None) -> PostView:
    """Agree: the post is scheduled for its time, sent now when it was meant for now, or stays a draft when it has none.

    It is judged once more, as a new post is. Raises Missing, Forbidden, Invalid, Reconnect, Clash (nothing to agree to;
    ``post.approval_late``: its time has passed; it was changed since ``updated_at``; the same is said elsewhere within a day).
    """
    permissions.scope(caller, APPROVE)
    how = how or Agreement()
    seen, _ = load_post(ports, caller, post_id, whole=True)
    refuse_deleted(seen)
    _refuse_unasked(seen)
    _refuse_unseen(seen, how)
    command = _agreed(codec.decode(CreatePost, seen.request), how)
    untimed = replace(command, publish_now=True, scheduled_at=None, timezone=None)
    planned = plan(
        ports, caller, replace(untimed, targets=tuple(replace(t, scheduled_at=None) for t in command.targets))
    )
    planned.found.raise_if_any()
    dues = _dues(command, how, ports.clock.now())
    if command.check_duplicates and not how.skip_duplicate_check:
        due_ats = [dues.get(one.account.id) for one in planned.targets]
        duplicates.refuse(ports, caller, duplicates.planned_dues(ports, planned.targets, due_ats))
    by_account = {one.account.id: one for one in planned.targets}

    def step(post: Post, old: Sequence[Target]) -> tuple[Post, Sequence[Target]]:
        _refuse_unasked(post)
        if post.request != seen.request:
            raise _changed()
        now = ports.clock.now()
        held = [target for target in old if target.state in HELD]
        made = [_released(ports, one, by_account.get(one.account_id), dues.get(one.account_id), now) for one in held]
        entry = Entry(now, caller.actor, "approved")
        when = None if command.publish_now else _own_due(command, now)
        agreed = replace(post, approval=Approval("approved", now, caller.actor), scheduled_at=when)
        return noting(replace(agreed, request=codec.encode(command)), entry), made

    return change(ports, caller, post_id, step)


def reject(ports: Ports, caller: Caller, post_id: str, reason: str) -> PostView:
    """Send it back: a draft again, with the reason; its slot in a queue is free. Raises Missing, Forbidden, Clash."""
    permissions.scope(caller, APPROVE)

    def step(post: Post, _: Sequence[Target]) -> tuple[Post, Sequence[Target]]:
        _refuse_unasked(post)
        now = ports.clock.now()
        entry = Entry(now, caller.actor, "rejected", {"reason": reason})
        return noting(
            replace(post, approval=Approval("rejected", now, caller.actor, reason), scheduled_at=None), entry
        ), ()

    return change(ports, caller, post_id, step)


def _refuse_unasked(post: Post) -> None:
    if not post.awaiting:
        message = f"This post is {post.status} and does not await approval, so there is nothing to decide."
        raise Clash("post.state_invalid", message, state=str(post.status))


def _refuse_unseen(post: Post, how: Agreement) -> None:
    if how.updated_at and times.read_instant(how.updated_at, None, "updated_at", None) != post.updated_at:
        raise _changed()


def _changed() -> Clash:
    message = "The post was changed since you looked at it. Read it again, then decide."
    return Clash("post.state_invalid", message, state="awaiting_approval", field="updated_at")


def _agreed(command: CreatePost, how: Agreement) -> CreatePost:
    if how.publish_now and how.scheduled_at:
        message = "scheduled_at: publish_now says another time. Leave one of them out."
        raise Invalid("validation.field_invalid", message, field="scheduled_at")
    if how.timezone and not how.scheduled_at:
        message = "timezone: there is no scheduled_at for it. Name a time, or leave the timezone out."
        raise Invalid("validation.field_invalid", message, field="timezone")
    if not how.publish_now and not how.scheduled_at:
        return command
    own = tuple(replace(one, scheduled_at=None) for one in command.targets)
    zone = how.timezone if how.scheduled_at else None
    return replace(command, publish_now=how.publish_now, scheduled_at=how.scheduled_at, timezone=zone, targets=own)


def _wanted(post: Post) -> datetime | None:
    """The time that the post was meant for, past or not."""
    command = codec.decode(CreatePost, post.request)
    return None if command.publish_now else _instant(command, command.scheduled_at)


def _dues(command: CreatePost, how: Agreement, now: datetime) -> dict[str, datetime | None]:
    """When each account's copy is to go out. Raises Clash when a time has passed, Invalid for a new one that is none."""
    if command.publish_now:
        return {one.account_id: now for one in command.targets}
    if how.scheduled_at:
        own = times.due(how.scheduled_at, how.timezone, "scheduled_at", now)
        return {one.account_id: own for one in command.targets}
    found = {one.account_id: _instant(command, one.scheduled_at or command.scheduled_at) for one in command.targets}
    late = [at for at in found.values() if at is not None and at < now - times.SKEW]
    if late:
        message = (
            f"The post was meant for {rfc3339(min(late))}, which has passed. Approve it with publish_now: true, or with "
            "another scheduled_at; it still awaits approval."
        )
        raise Clash("post.approval_late", message, field="scheduled_at", scheduled_at=rfc3339(min(late)))
    return found


def _own_due(command: CreatePost, now: datetime) -> datetime | None:
    at = _instant(command, command.scheduled_at)
    return None if at is None else max(at, now)


def _instant(command: CreatePost, text: str | None) -> datetime | None:
    return times.read_instant(text, command.timezone, "scheduled_at") if text else None


def _released(
    ports: Ports, target: Target, planned: PlannedTarget | None, due_at: datetime | None, now: datetime
) -> Target:
    """The target, free to go at its time; one without a time stays a draft."""
    if target.state is State.DRAFT and planned is not None:
        target = targets.edited(target, building.pieces(ports.ids, planned, now))
    if due_at is None:
        return target
    if target.state is not State.DRAFT:
        target = targets.retried(target, now)
    return targets.scheduled(target, max(due_at, now), now)
