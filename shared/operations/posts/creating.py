"""Making a post: judged as a whole, written in one commit, and only then handed to the queue."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from shared.domain import codec
from shared.domain.callers import Caller
from shared.domain.errors import Broken, Invalid
from shared.domain.posts import Target, post_path, target_path
from shared.operations import allowances
from shared.operations.idempotency import Receipt
from shared.operations.posts import building
from shared.operations.posts.commands import CreatePost
from shared.operations.posts.planning import plan
from shared.operations.posts.views import PostView, view
from shared.operations.publishing import dispatch
from shared.ports.store import TooLarge, Unavailable, Write
from shared.ports.world import Ports

log = logging.getLogger(__name__)


def create(ports: Ports, caller: Caller, command: CreatePost, receipt: Receipt | None = None) -> PostView:
    """Make a post with its targets: all of it, or nothing.

    Judged completely before anything is written; then post, targets and the caller's idempotency record are one
    commit. Fault-free and for one target with a text: one read (the account), three writes (and the record's).

    Raises Invalid (every finding in its ``meta``), Missing, Reconnect, Broken (nothing was made), and
    ``idempotency.AlreadyDone`` when another request with the same key was faster.
    """
    _in_a_brand(caller, command)
    planned = plan(ports, caller, command)
    planned.found.raise_if_any()
    now, post_id = ports.clock.now(), ports.ids.new("post")
    targets = building.new_targets(ports, caller, post_id, command, planned)
    post = building.new_post(caller, post_id, command, planned, targets, now)
    made = view(allowances.posts_meter(ports, caller)(None, post), targets)
    _commit(ports, made, _writes(made), receipt)
    dispatch_all(ports, targets)
    return made


def _in_a_brand(caller: Caller, command: CreatePost) -> None:
    """A draft without accounts is in no brand: a caller of some brands would never see it again. Raises Invalid."""
    if caller.brand_ids and not command.targets:
        text = "targets: a key that is bound to brands names at least one account, also for a draft."
        raise Invalid("validation.field_required", text, field="targets")


def dispatch_all(ports: Ports, targets: Sequence[Target]) -> None:
    """Hand what has a time, or an event to announce, to the queue. Best effort: the sweeper makes up for it."""
    for target in targets:
        if target.next_at is not None or target.events:
            dispatch.enqueue(ports, target)


def _writes(made: PostView) -> list[Write]:
    space = made.post.space
    writes = [Write("create", post_path(space, made.post.id), codec.encode(made.post))]
    return writes + [Write("create", target_path(space, one.id), codec.encode(one)) for one in made.targets]


def _commit(ports: Ports, made: PostView, writes: list[Write], receipt: Receipt | None) -> None:
    try:
        if receipt:
            receipt.commit(writes, made)
        else:
            ports.store.commit(writes)
    except TooLarge as error:
        message = "The post is too large to be stored (1 MiB with all its targets' texts). Make several posts of it."
        raise Invalid("validation.body_too_large", message, field="targets") from error
    except Unavailable as error:
        _read_back(ports, made, error)


def _read_back(ports: Ports, made: PostView, error: Unavailable) -> None:
    """The commit's outcome is unknown, but the post's id is ours alone: if it is there, all of it is."""
    try:
        found = ports.store.get(post_path(made.post.space, made.post.id))
    except Unavailable:
        found = None
    if found is None:
        message = "Whether the post was stored is not known. Send the request again with the same Idempotency-Key."
        raise Broken("system.unavailable", message) from error
    log.info("commit without an answer was found to have succeeded", extra={"post_id": made.post.id})
