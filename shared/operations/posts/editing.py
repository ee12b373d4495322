"""Editing a post that is not sent yet. It never publishes by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from shared.domain import codec, targets
from shared.domain.callers import Caller
from shared.domain.errors import Clash, Invalid
from shared.domain.instants import rfc3339
from shared.domain.posts import Entry, MediaRef, Post, Target, noting
from shared.domain.states import EDITABLE, State, Status
from shared.operations import networks
from shared.operations.posts import building, labels
from shared.operations.posts.asking import awaiting, must_ask
from shared.operations.posts.changing import change, refuse_deleted
from shared.operations.posts.commands import EDITABLE_FIELDS, CreatePost, MediaInput
from shared.operations.posts.creating import in_a_brand
from shared.operations.posts.planning import Plan, PlannedTarget, plan
from shared.operations.posts.views import PostView, load_post, load_targets
from shared.ports.world import Ports

CONTENT = EDITABLE_FIELDS - {"scheduled_at", "timezone"}
TIMES = frozenset({"scheduled_at", "timezone"})
RETRYABLE = (State.FAILED, State.MISSED)


@dataclass(frozen=True, slots=True)
class _Edit:
    """One edit: what was asked (``changes``), what it amounts to, and at what time it is done."""

    ports: Ports
    changes: Mapping[str, Any]
    command: CreatePost
    planned: Plan
    now: datetime
    caller: Caller
    asks: bool  # whoever edits may not decide that it goes out

    @property
    def retimes(self) -> bool:
        return bool(TIMES & set(self.changes))


def update(ports: Ports, caller: Caller, post_id: str, changes: Mapping[str, Any]) -> PostView:
    """Change a draft, a scheduled, a failed or a missed post: ``changes`` by field name of ``CreatePost``, or ``hidden``.

    Labels (``hidden``, ``tags``, ``campaign_id``) alone can always be changed. A post that awaits approval still does after
    an edit, and one that was approved awaits it again when it is edited by somebody who may not approve.

    ``scheduled_at`` None makes it a draft again; a new time also schedules a failed one. ``targets`` replaces the list:
    an account that stays keeps its target, one that goes is cancelled. The result is judged as a whole, as a new post
    is. Raises Missing, Invalid, Reconnect, Clash (naming the state that does not allow it), Broken.
    """
    unknown = set(changes) - EDITABLE_FIELDS - labels.NAMES
    if unknown:
        raise Invalid("validation.field_unknown", f"{min(unknown)} cannot be changed.", field=min(unknown))
    if not set(changes) - labels.NAMES:
        return change(ports, caller, post_id, lambda post, _: (_relabelled(ports, caller, post, changes), ()))
    post, _ = load_post(ports, caller, post_id)
    refuse_deleted(post)
    known = known_media(load_targets(ports, caller, [post]))
    command = _command(post, changes)
    in_a_brand(caller, command)
    planned = plan(ports, caller, _judged(command, changes), known)
    planned.found.raise_if_any()
    edit = _Edit(ports, changes, command, planned, ports.clock.now(), caller, must_ask(ports, caller))
    return change(ports, caller, post_id, lambda now, before: _apply(edit, now, before))


def _command(post: Post, changes: Mapping[str, Any]) -> CreatePost:
    """The accepted request with the changes."""
    fields = {name: value for name, value in changes.items() if name not in labels.NAMES}
    asked = codec.decode(CreatePost, post.request)
    still_now = asked.publish_now and post.awaiting and not TIMES & set(changes)  # what it waits for stays
    unfinished = asked.unfinished and post.status is Status.DRAFT
    command = replace(asked, publish_now=still_now, unfinished=unfinished, **fields)
    return command if "timezone" in changes else _without_idle_zone(command)


def _without_idle_zone(command: CreatePost) -> CreatePost:
    """A zone goes with the last time that it was sent beside."""
    timed = command.scheduled_at or any(one.scheduled_at for one in command.targets)
    return command if timed else replace(command, timezone=None)


def _judged(command: CreatePost, changes: Mapping[str, Any]) -> CreatePost:
    """Times that the edit does not touch are not judged by today's clock: they may be past by now."""
    if not TIMES & set(changes):
        command = replace(command, scheduled_at=None)
        if "targets" not in changes:
            command = replace(command, targets=tuple(replace(one, scheduled_at=None) for one in command.targets))
        command = _without_idle_zone(command)
    return command


def _apply(edit: _Edit, post: Post, old: Sequence[Target]) -> tuple[Post, list[Target]]:
    _refuse_live(old)
    by_account = {target.account_id: target for target in old}
    wanted = [one.account.id for one in edit.planned.targets]
    gone = [target for target in old if target.account_id not in wanted]
    if gone or set(wanted) - set(by_account):
        _refuse_begun(old)
    held = _held(edit, post, old)
    kept = [
        _next(edit, post, one, by_account.get(one.account.id), (index, held))
        for index, one in enumerate(edit.planned.targets)
    ]
    due_at = edit.planned.due_at if edit.retimes else post.scheduled_at
    after = _asked(edit, labels.labelled(post, edit.changes), kept, held=held)
    described = building.described(after, edit.command, due_at, kept, edit.now)
    return described, [*(targets.cancelled(target, edit.now) for target in gone), *kept]


def _held(edit: _Edit, post: Post, old: Sequence[Target]) -> bool:
    """Whether nothing may go out after this edit before somebody agrees."""
    drops_time = edit.retimes and edit.planned.due_at is None and not any(one.due_at for one in edit.planned.targets)
    if drops_time and all(target.state in EDITABLE for target in old):
        return False  # a draft, which nobody need agree to
    timed = edit.retimes and not drops_time
    return post.awaiting or (edit.asks and (timed or any(target.state is not State.DRAFT for target in old)))


def _asked(edit: _Edit, post: Post, kept: Sequence[Target], *, held: bool) -> Post:
    """The post with what the edit means for its approval, and a line of history."""
    entry = Entry(edit.now, edit.caller.actor, "edited", {"fields": sorted(edit.changes)})
    noted = noting(post, entry)
    if held:
        return noted if post.awaiting else awaiting(noted, edit.caller, edit.now)
    stale = post.awaiting or (edit.asks and post.approval and post.approval.state == "approved")
    noted = replace(noted, approval=None) if stale else noted
    at = edit.planned.due_at
    if not edit.retimes or not any(one.state is State.SCHEDULED for one in kept):
        return noted
    detail = {"scheduled_at": rfc3339(at)} if at else {}
    return noting(noted, Entry(edit.now, edit.caller.actor, "scheduled", detail))


def _refuse_live(old: Sequence[Target]) -> None:
    """A post of which a part is out would no longer be what it says."""
    for target in old:
        if any(piece.live for piece in target.pieces):
            where = networks.title(target.platform)
            message = f"This post is live on {where}, or a part of it is. Delete it and make a new one."
            raise Clash("post.state_invalid", message, state=str(target.state), account_id=target.account_id)


def _refuse_begun(old: Sequence[Target]) -> None:
    for target in old:
        if target.state not in EDITABLE:
            message = (
                f"The accounts of a post cannot change once it is {target.status} on one of them. Make a new post."
            )
            raise Clash("post.state_invalid", message, field="targets", state=str(target.state))


def _next(edit: _Edit, post: Post, planned: PlannedTarget, before: Target | None, place: tuple[int, bool]) -> Target:
    """The target after the edit: a new one, or the old one with other content, another time, another place.

    ``place``: its position, and whether nothing may go out before somebody agrees.
    """
    position, held = place
    due_at = planned.due_at if edit.retimes or planned.due_at else post.scheduled_at
    if before is None:
        fresh = replace(planned, due_at=None if held else due_at)
        return building.new_target(edit.ports, post.id, edit.command, fresh, (post.space, position))
    target = replace(
        before,
        position=position,
        max_lateness=edit.command.max_lateness * 60,
        overrides=building.overrides(edit.command, before.account_id),
    )
    if CONTENT & set(edit.changes):
        target = targets.edited(target, building.pieces(edit.ports.ids, planned, edit.now))
    if held:
        return targets.unscheduled(target) if target.state in (State.SCHEDULED, State.PREPARING) else target
    if edit.retimes or ("targets" in edit.changes and due_at):
        target = _rescheduled(target, due_at, edit.now)
    return target


def _rescheduled(target: Target, due_at: datetime | None, now: datetime) -> Target:
    if due_at is None:
        return targets.unscheduled(target) if target.state in (State.SCHEDULED, State.PREPARING) else target
    if target.due_at == due_at and target.next_at:
        return target
    if target.state in RETRYABLE:
        target = targets.retried(target, now)
    return targets.scheduled(target, due_at, now)


def _relabelled(ports: Ports, caller: Caller, post: Post, changes: Mapping[str, Any]) -> Post:
    after = labels.labelled(post, changes)
    entry = Entry(ports.clock.now(), caller.actor, "edited", {"fields": sorted(changes)})
    return post if after == post else noting(after, entry)


def known_media(made: Sequence[Target]) -> dict[MediaInput, MediaRef]:
    """Media that were looked at when the post was made: not fetched again for a corrected word."""
    refs = [ref for target in made for piece in target.pieces for ref in piece.media]
    known = {}
    for ref in refs:
        for kind in (None, str(ref.facts.type)):
            for alt in {"", ref.facts.alt_text}:
                facts = ref.facts if alt else replace(ref.facts, alt_text="")
                known[MediaInput(ref.source_type, ref.source, kind, alt)] = replace(ref, facts=facts)
    return known
