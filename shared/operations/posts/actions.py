"""Orders on a post that exists: send it now, try again, take it down, say what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from shared.domain import codec, targets
from shared.domain.callers import Caller
from shared.domain.errors import Clash, Invalid, Missing
from shared.domain.post_settings import APPROVE
from shared.domain.posts import Approval, Entry, Live, Post, Target, noting
from shared.domain.states import TERMINAL, State, status_of
from shared.operations.posts import building
from shared.operations.posts.asking import awaiting, must_ask, refuse_awaiting, refuse_unagreed
from shared.operations.posts.changing import change, refuse_deleted
from shared.operations.posts.commands import CreatePost
from shared.operations.posts.planning import PlannedTarget, plan
from shared.operations.posts.views import PostView, load_post
from shared.ports.world import Ports

WAITING = (State.DRAFT, State.SCHEDULED)
RETRYABLE = (State.FAILED, State.MISSED)
OVER = frozenset(status_of(state) for state in TERMINAL)
_PUBLISHABLE = "a draft or a scheduled post can be published"


def publish(ports: Ports, caller: Caller, post_id: str) -> PostView:
    """Send a draft or scheduled post now. The answer says ``scheduled`` or ``publishing``; the outcome follows.

    It is judged once more, as a new post is: a draft may have been saved unfinished, an account may be gone. Raises
    Missing, Invalid, Reconnect, Clash.
    """
    post, _ = load_post(ports, caller, post_id)
    refuse_deleted(post)
    if post.awaiting and not caller.may(APPROVE):
        refuse_awaiting(post, "published")
    asks = must_ask(ports, caller)
    if post.targets and all(note.status in OVER for note in post.targets.values()):
        raise _nothing(post, "publish", _PUBLISHABLE)
    command = replace(codec.decode(CreatePost, post.request), publish_now=True, scheduled_at=None, timezone=None)
    judged = replace(command, targets=tuple(replace(one, scheduled_at=None) for one in command.targets))
    planned = plan(ports, caller, judged)
    planned.found.raise_if_any()
    by_account = {one.account.id: one for one in planned.targets}

    def step(latest: Post, old: Sequence[Target]) -> tuple[Post, list[Target]]:
        now = ports.clock.now()
        waiting = [target for target in old if target.state in WAITING]
        if not waiting:
            raise _nothing(latest, "publish", _PUBLISHABLE)
        if latest.request != post.request:  # judged, and perhaps approved, was something else
            message = "This post was changed at the same moment. Read it again, then publish it."
            raise Clash("post.state_invalid", message, state=str(latest.status))
        if not caller.may(APPROVE):
            refuse_awaiting(latest, "published")
        if asks and _unapproved(latest, waiting):
            return _to_be_asked(latest, caller, now), []
        fresh = [_judged_anew(ports, target, by_account.get(target.account_id)) for target in waiting]
        agreed = _agreed(latest, caller, now) if latest.awaiting else latest
        noted = noting(replace(agreed, scheduled_at=None), Entry(now, caller.actor, "publish_requested"))
        return noted, [targets.scheduled(target, now, now) for target in fresh]

    return change(ports, caller, post_id, step)


def _unapproved(post: Post, waiting: Sequence[Target]) -> bool:
    """Whether what waits is a draft that nobody has agreed to as it is."""
    approved = post.approval is not None and post.approval.state == "approved"
    return not approved and any(target.state is State.DRAFT for target in waiting)


def _to_be_asked(post: Post, caller: Caller, now: datetime) -> Post:
    """The order to publish waits for somebody who may agree to it."""
    asked = replace(codec.decode(CreatePost, post.request), publish_now=True, scheduled_at=None, timezone=None)
    judged = replace(asked, targets=tuple(replace(one, scheduled_at=None) for one in asked.targets))
    return awaiting(replace(post, scheduled_at=None, request=codec.encode(judged)), caller, now)


def _agreed(post: Post, caller: Caller, now: datetime) -> Post:
    """Whoever may approve and publishes has agreed."""
    done = replace(post, approval=Approval("approved", now, caller.actor))
    return noting(done, Entry(now, caller.actor, "approved"))


def _judged_anew(ports: Ports, target: Target, planned: PlannedTarget | None) -> Target:
    """A draft takes its pieces from the second look; what was scheduled was complete and keeps its own."""
    if target.state is not State.DRAFT or planned is None:
        return target
    return targets.edited(target, building.pieces(ports.ids, planned, ports.clock.now()))


def retry(ports: Ports, caller: Caller, post_id: str) -> PostView:
    """Try the failed and the missed targets again, from the piece where each stopped. Raises Missing, Clash, Invalid."""
    asks = must_ask(ports, caller)

    def step(post: Post, old: Sequence[Target]) -> tuple[Post, list[Target]]:
        refuse_unagreed(post, "retried", asks=asks)
        now = ports.clock.now()
        again = [targets.retried(target, now) for target in old if target.state in RETRYABLE]
        done = (State.PUBLISHED, State.CANCELLED)
        if not again and (not old or any(target.state not in done for target in old)):
            raise _nothing(post, "retry", "a failed, missed or partial post can be retried")
        if not again:
            raise Invalid("post.no_retryable_deliveries", "Nothing of this post failed, so there is nothing to retry.")
        entry = Entry(now, caller.actor, "retried", {"targets": [target.id for target in again]})
        return noting(replace(post, retry_count=post.retry_count + 1), entry), again

    return change(ports, caller, post_id, step)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a person saw: the piece in doubt is live (``published``), or it is not and shall be sent (``retry``).

    One of ``target_id`` and ``account_id`` names the target; neither is needed when only one is in review.
    """

    outcome: Literal["published", "retry"]
    target_id: str | None = None
    account_id: str | None = None
    platform_post_id: str | None = None
    permalink: str | None = None


def resolve(ports: Ports, caller: Caller, post_id: str, verdict: Verdict) -> PostView:
    """Settle a target that is ``needs_review``. Raises Missing (no such target), Clash (it is not in review), Invalid."""
    asks = verdict.outcome == "retry" and must_ask(ports, caller)

    def step(post: Post, old: Sequence[Target]) -> tuple[Post, list[Target]]:
        target = _named(post, old, verdict)
        if target.state is not State.NEEDS_REVIEW:
            message = f"This target is {target.status}; only one that is needs_review can be resolved."
            raise Clash("post.state_invalid", message, state=str(target.state), target_id=target.id)
        now = ports.clock.now()
        detail = {"target_id": target.id, "outcome": verdict.outcome}
        noted = noting(post, Entry(now, caller.actor, "resolved", detail))
        if verdict.outcome == "retry":
            refuse_unagreed(post, "sent again", asks=asks)
            return noted, [targets.resolved_retry(target, now)]
        live = Live(verdict.platform_post_id or "", now, verdict.permalink, dict(target.piece.handles))
        return noted, [targets.resolved_live(target, live, now)]

    return change(ports, caller, post_id, step)


def _named(post: Post, old: Sequence[Target], verdict: Verdict) -> Target:
    if verdict.target_id is None and verdict.account_id is None:
        in_review = [target for target in old if target.state is State.NEEDS_REVIEW]
        if not in_review:
            raise _nothing(post, "resolve", "one that needs_review can be resolved")
        if len(in_review) == 1:
            return in_review[0]
        message = "Name the target by target_id or account_id: several of this post's are in review."
        raise Invalid("validation.field_required", message, field="target_id")
    for target in old:
        if verdict.target_id in (None, target.id) and verdict.account_id in (None, target.account_id):
            return target
    field = "target_id" if verdict.target_id else "account_id"
    named = verdict.target_id or verdict.account_id or ""
    message = f"{field}: this post has no target {named[:64]!r}."
    raise Missing("resource.not_found", message, field=field, resource="target", id=named[:128])


def _nothing(post: Post, verb: str, rule: str) -> Clash:
    message = f"This post is {post.status}, so there is nothing to {verb}: {rule}."
    return Clash("post.state_invalid", message, state=str(post.status))
