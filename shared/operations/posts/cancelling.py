"""Stopping a scheduled post: nothing of it will be sent any more. It stays to be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from shared.domain import targets
from shared.domain.callers import Caller
from shared.domain.errors import Clash
from shared.domain.posts import Entry, Post, Target, noting
from shared.domain.states import State
from shared.operations.posts.changing import change
from shared.operations.posts.views import PostView
from shared.ports.world import Ports


def cancel(ports: Ports, caller: Caller, post_id: str) -> PostView:
    """Cancel what is scheduled of a post, or what awaits approval, on every account where nothing of it was sent yet; what is live stays live.

    Whoever is quicker, this or the sending, is seen by the other. Raises Missing, Clash (``post.state_invalid``: nothing
    of it is scheduled), Broken.
    """

    def step(post: Post, old: Sequence[Target]) -> tuple[Post, list[Target]]:
        now = ports.clock.now()
        planned = (State.SCHEDULED, State.PREPARING, *((State.DRAFT,) if post.awaiting else ()))
        waiting = [target for target in old if target.state in planned and not target.first]
        if not waiting:
            raise _nothing(post)
        entry = Entry(now, caller.actor, "cancelled", {"targets": [target.id for target in waiting]})
        decided = replace(post, approval=None) if post.awaiting else post
        return noting(decided, entry), [targets.cancelled(target, now) for target in waiting]

    return change(ports, caller, post_id, step)


def _nothing(post: Post) -> Clash:
    how = "delete it instead" if post.status == "draft" else "only what is not sent yet can be cancelled"
    message = f"This post is {post.status}, so nothing of it is scheduled: {how}."
    return Clash("post.state_invalid", message, state=str(post.status))
