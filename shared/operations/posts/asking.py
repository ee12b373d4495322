"""Who must ask before something goes out, and what a post looks like that waits for the answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from shared.domain.callers import Caller
from shared.domain.errors import Clash
from shared.domain.post_settings import APPROVE
from shared.domain.posts import Approval, Entry, Post, noting
from shared.operations.posts import settings
from shared.ports.world import Ports


def must_ask(ports: Ports, caller: Caller) -> bool:
    """Whether what this caller makes needs somebody's approval. No read for whoever may approve."""
    return not caller.may(APPROVE) and settings.read(ports, caller).approval == "required"


def awaiting(post: Post, caller: Caller, now: datetime) -> Post:
    """The post, waiting for somebody who may agree."""
    entry = Entry(now, caller.actor, "submitted")
    return noting(replace(post, approval=Approval("awaiting", now, caller.actor)), entry)


def refuse_awaiting(post: Post, verb: str) -> None:
    """Nothing of a post that awaits approval is sent. Raises Clash."""
    if post.awaiting:
        message = (
            f"This post awaits approval, so it cannot be {verb}. Somebody with the scope {APPROVE} can approve it."
        )
        raise Clash("post.approval_pending", message, state=str(post.status))


def refuse_unagreed(post: Post, verb: str, *, asks: bool) -> None:
    """Nothing is sent that waits for somebody's word, nor, of one who must ask (``asks``), what was sent back: it may
    have failed before, and hold since then what nobody agreed to. Raises Clash."""
    refuse_awaiting(post, verb)
    if asks and post.approval is not None and post.approval.state == "rejected":
        message = (
            f"This post was sent back, so it cannot be {verb}. Change it, which asks for approval again; or somebody "
            f"with the scope {APPROVE} sends it."
        )
        raise Clash("post.approval_pending", message, state=str(post.status), reason=post.approval.reason)
