"""Changing a post and its targets together, in one transaction: all of it, or nothing.

The publishing engine changes targets too, one at a time; both sides are transactions over the same documents, so
either the engine's step or the caller's wish comes first, and the second sees it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from shared.domain import codec
from shared.domain import queue as slots
from shared.domain.callers import Caller
from shared.domain.errors import Broken, Clash
from shared.domain.posts import Post, Target, TargetNote, post_path, status_now, target_path
from shared.domain.targets import WrongState
from shared.operations import allowances, telling
from shared.operations.posts import outgoing, rooms
from shared.operations.posts.creating import dispatch_all
from shared.operations.posts.views import PostView, load_post, no_post, plain_id, targets_query, view
from shared.operations.publishing.records import OVER, post_event
from shared.ports.store import TooLarge, Transaction, Unavailable, Write
from shared.ports.world import Ports

Step = Callable[[Post, Sequence[Target]], tuple[Post, Sequence[Target]]]


def change(ports: Ports, caller: Caller, post_id: str, step: Step) -> PostView:
    """Apply ``step`` to the post and its targets as they are now, and hand what became due to the queue.

    ``step`` may run several times. It answers the new post and the targets to write (changed or new ones). A post that
    was deleted is not changed any more. Raises Missing, Clash (it was deleted, or a target's state does not allow it:
    nothing was changed), Limited (the plan's posts are used), Broken, and whatever ``step`` raises.
    """
    if not plain_id(post_id):
        raise no_post(post_id)
    if caller.brand_ids:
        load_post(ports, caller, post_id, whole=True)

    meter, listening = allowances.posts_meter(ports, caller), telling.wanted(ports, caller.space)

    def body(txn: Transaction) -> tuple[PostView, list[Target], list[Write]]:
        post, before = _read(txn, caller, post_id)
        refuse_deleted(post)
        after, touched = step(post, before)
        changed = [target for target in touched if target not in before]
        made, changed = _write(txn, ports, (post, before), (meter(post, _noted(after, changed)), changed))
        said = outgoing.said(ports, post, made.post) if listening else []
        for write in said:
            txn.write(write)
        return made, changed, said

    try:
        made, changed, said = ports.store.transact(body)
    except WrongState as error:
        raise wrong_state(error) from error
    except TooLarge as error:
        raise rooms.too_large() from error
    except Unavailable as error:
        message = "Whether the change was stored is not known. Read the post, or send the request again: it is safe."
        raise Broken("system.unavailable", message) from error
    dispatch_all(ports, changed)
    outgoing.send(ports, said)
    return made


def refuse_deleted(post: Post) -> None:
    """A deleted post stays as it is. Raises Clash."""
    if post.deleted_at is not None:
        message = "This post was deleted: it can be read, but not changed or sent. Make a new post."
        raise Clash("post.state_invalid", message, state=str(post.status))


def wrong_state(error: WrongState) -> Clash:
    """A transition that does not exist, as the caller's error."""
    message = f"A post that is {error.state} on an account cannot become {error.wanted}: {_HINTS.get(error.state, '')}"
    return Clash("post.state_invalid", message.rstrip(": ") + ".", state=str(error.state), wanted=str(error.wanted))


_HINTS = {
    "armed": "it is being sent at this moment",
    "confirming": "the network has it and is still working on it",
    "unknown": "its outcome is being checked",
    "reconciling": "its outcome is being checked",
    "published": "it is live; unpublish it first",
    "needs_review": "look at the account, then resolve it",
    "cancelled": "make a new post",
}


def _read(txn: Transaction, caller: Caller, post_id: str) -> tuple[Post, list[Target]]:
    doc = txn.get(post_path(caller.space, post_id))
    if doc is None:
        raise no_post(post_id)
    post = codec.decode(Post, doc.data)
    found = txn.query(targets_query(caller.space, post_id)) if post.targets else []
    return post, [one for one in (codec.decode(Target, doc.data) for doc in found) if one.id in post.targets]


def _write(
    txn: Transaction, ports: Ports, old: tuple[Post, list[Target]], new: tuple[Post, list[Target]]
) -> tuple[PostView, list[Target]]:
    (before, unchanged), (after, changed) = old, new
    noted = after
    changed = [replace(one, noted=one.status) if one.id in after.targets else one for one in changed]
    if noted.slot and not slots.still_holds(noted):
        txn.write(Write("delete", noted.slot))
        noted = replace(noted, slot="")
    writes = []
    if noted != before:
        noted = replace(noted, updated_at=ports.clock.now())
        changed = _with_event(ports, before, noted, changed)
        writes.append(Write("set", post_path(noted.space, noted.id), codec.encode(noted)))
    writes += [Write("set", target_path(target.space, target.id), codec.encode(target)) for target in changed]
    if rooms.size(noted.request) > rooms.size(
        before.request
    ):  # what is only decided or stopped never fails for its size
        rooms.leave(writes)
    for write in writes:
        txn.write(write)
    ids = {target.id for target in changed}
    return view(noted, [*changed, *(one for one in unchanged if one.id not in ids)]), changed


def _noted(post: Post, changed: Sequence[Target]) -> Post:
    """The post with its targets' present statuses; targets that it does not have (any more) are not noted."""
    notes = dict(post.targets)
    for target in changed:
        if target.id in notes:
            notes[target.id] = TargetNote(target.account_id, target.platform, target.status)
    return replace(post, targets=notes, status=status_now(post, notes))


def _with_event(ports: Ports, before: Post, after: Post, changed: list[Target]) -> list[Target]:
    """When the post comes to an end by this change, its last target carries the post's own event."""
    if not changed or after.status is before.status or after.status not in OVER:
        return changed
    last: Any = changed[-1]
    return [*changed[:-1], replace(last, events=(*last.events, post_event(last, after, ports)))]
