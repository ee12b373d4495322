"""Taking posts back: cancelling what is not sent, deleting what is live.

Deleting on a network is repeatable (what is gone stays gone), so it may happen inside the request.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

from shared.domain import targets
from shared.domain.callers import Caller
from shared.domain.errors import Clash, Missing, RostrumError, Unsupported
from shared.domain.posts import Entry, Post, Target, noting
from shared.domain.states import EDITABLE, State
from shared.operations import networks, sessions
from shared.operations.posts.changing import change
from shared.operations.posts.views import PostView, load_post, load_targets, view
from shared.platforms import registry
from shared.platforms.contract import Call, Published, Publisher
from shared.ports.http import AnswerLost
from shared.ports.world import Ports

Outcome = Literal["deleted", "not_supported", "failed"]
_GONE = "It is no longer live."
IN_FLIGHT = (State.ARMED, State.CONFIRMING, State.UNKNOWN, State.RECONCILING)


@dataclass(frozen=True, slots=True)
class Deletion:
    """What became of one live copy. ``error`` is set where it could not be deleted."""

    target: Target
    outcome: Outcome
    message: str
    error: RostrumError | None = None


@dataclass(frozen=True, slots=True)
class Deleted:
    """``deleted``: no live copy remains, and the post left the lists. ``results``: the copies that were live."""

    deleted: bool
    results: tuple[Deletion, ...]


def delete(ports: Ports, caller: Caller, post_id: str) -> Deleted:
    """Cancel what is not sent yet, delete what is live, and take the post off the lists when nothing is left.

    A deleted post can still be read by its id: it says ``cancelled``. Repeatable, with the same answer. Raises Missing,
    Clash (it is being sent at this moment).
    """
    before = _load(ports, caller, post_id)
    if before.post.deleted_at is not None:
        return _deleted(before)
    _refuse_in_flight(before)
    try:
        return _delete(ports, caller, post_id, str(before.post.status))
    except Clash:  # two requests at once: the other one has marked it
        after = _load(ports, caller, post_id)
        if after.post.deleted_at is None:
            raise
        return _deleted(after)


def _delete(ports: Ports, caller: Caller, post_id: str, was: str) -> Deleted:
    waiting = change(ports, caller, post_id, lambda post, old: _cancelled(ports, caller, post, old))
    results = [_take_down(ports, caller, target) for target in waiting.targets if _may_be_live(target)]
    if not all(result.outcome == "deleted" for result in results):
        return Deleted(False, tuple(results))
    return _deleted(change(ports, caller, post_id, lambda post, old: (_marked(ports, caller, (post, was), old), ())))


def _cancelled(ports: Ports, caller: Caller, post: Post, old: Sequence[Target]) -> tuple[Post, list[Target]]:
    stopped = _cancel_waiting(ports, old)
    if not stopped:
        return post, stopped
    detail = {"targets": [target.id for target in stopped]}
    return noting(post, Entry(ports.clock.now(), caller.actor, "cancelled", detail)), stopped


def _marked(ports: Ports, caller: Caller, before: tuple[Post, str], now: Sequence[Target]) -> Post:
    """Deleted, unless it was taken up again between our steps. ``before``: with its status when that began. Raises Clash."""
    post, was = before
    for target in now:
        if target.state in (*EDITABLE, *IN_FLIGHT) or _may_be_live(target):
            message = "This post was changed while it was being deleted. Delete it again."
            raise Clash("post.state_invalid", message, state=str(target.state), account_id=target.account_id)
    gone_at = ports.clock.now()
    return noting(replace(post, deleted_at=gone_at), Entry(gone_at, caller.actor, "deleted", {"was_status": was}))


def _deleted(post: PostView) -> Deleted:
    """The answer for a post that is gone: every copy that ever was live, with what became of it."""
    were_live = [target for target in post.targets if target.unpublished_at is not None]
    return Deleted(True, tuple(Deletion(target, "deleted", _GONE) for target in were_live))


def unpublish(ports: Ports, caller: Caller, post_id: str, account_id: str | None = None) -> PostView:
    """Take the live copies down, on one account or on all.

    Raises Missing, Clash (nothing is live), Unsupported (a network that cannot; nothing was done), and the error of the
    first copy that could not be deleted.
    """
    live = [target for target in _load(ports, caller, post_id).targets if _copies(target)]
    if account_id is not None:
        live = [target for target in live if target.account_id == account_id]
    if not live:
        raise _nothing_live(account_id)
    for target in live:
        if target.state in (*EDITABLE, *IN_FLIGHT):  # a thread between two of its items
            where = networks.title(target.platform)
            message = f"This post is still {target.status} on {where}. Delete it, or wait until it is settled."
            raise Clash("post.state_invalid", message, state=str(target.state), account_id=target.account_id)
        if not registry.manifest(target.platform).deletes:
            message = (
                f"{networks.title(target.platform)} lets nobody delete posts through its API: delete it in the app. Nothing "
                "was taken down. For another account give its account_id; DELETE takes down all that can be."
            )
            raise Unsupported("resource.not_supported", message, platform=target.platform, account_id=target.account_id)
    results = [_take_down(ports, caller, target) for target in live]
    for result in results:
        if result.error is not None:
            raise result.error
    return _load(ports, caller, post_id)


def _load(ports: Ports, caller: Caller, post_id: str) -> PostView:
    post, _ = load_post(ports, caller, post_id, whole=True)
    return view(post, load_targets(ports, caller, [post]))


def _refuse_in_flight(before: PostView) -> None:
    for target in before.targets:
        if target.state in IN_FLIGHT:
            where = networks.title(target.platform)
            message = f"This post is {target.status} on {where} and cannot be stopped. Delete it once it is settled."
            raise Clash("post.state_invalid", message, state=str(target.state), account_id=target.account_id)


def _cancel_waiting(ports: Ports, old: Sequence[Target]) -> list[Target]:
    """Whoever armed meanwhile is found by the transaction: a target in flight cannot be cancelled (WrongState).

    A thread of which a part is live is stopped as well: what is live is taken down afterwards.
    """
    now = ports.clock.now()
    open_ones = [target for target in old if target.state in (*EDITABLE, *IN_FLIGHT)]
    return [targets.cancelled(target, now) for target in open_ones]


def _copies(target: Target) -> list[int]:
    """The pieces that are live."""
    if target.unpublished_at is not None:
        return []
    return [index for index, piece in enumerate(target.pieces) if piece.live is not None]


def _may_be_live(target: Target) -> bool:
    return bool(_copies(target)) or target.state is State.NEEDS_REVIEW


def _take_down(ports: Ports, caller: Caller, target: Target) -> Deletion:
    """Delete one target's copies on its network, the last piece first, and note it."""
    if not registry.manifest(target.platform).deletes:
        message = f"{networks.title(target.platform)} lets nobody delete posts through its API; it is still live."
        return Deletion(target, "not_supported", message)
    if target.state is State.NEEDS_REVIEW:
        return Deletion(target, "failed", "Nobody knows yet whether it is live: look at the account, then resolve it.")
    try:
        _delete_pieces(ports, target)
    except RostrumError as error:
        return Deletion(target, "failed", error.message, error)
    after = change(ports, caller, target.post_id, lambda post, old: _taken_down(ports, caller, post, old, target.id))
    now = next((one for one in after.targets if one.id == target.id), target)
    return Deletion(now, "deleted", _GONE)


def _taken_down(
    ports: Ports, caller: Caller, post: Post, old: Sequence[Target], target_id: str
) -> tuple[Post, list[Target]]:
    changed = _noted(ports, old, target_id)
    entry = Entry(ports.clock.now(), caller.actor, "unpublished", {"target_id": target_id})
    return (noting(post, entry) if changed else post), changed


def _delete_pieces(ports: Ports, target: Target) -> None:
    account = sessions.open_account(ports, target.space, target.account_id)
    publisher = registry.publisher(target.platform)
    for index in reversed(_copies(target)):
        live = target.pieces[index].live
        if live is not None:
            published = Published(live.id, live.permalink, live.state, live.raw)
            with networks.asking(target.platform, ports.clock.now()):
                sessions.insisted(ports, account, partial(_insist, publisher, published))


def _insist(publisher: Publisher, published: Published, call: Call) -> None:
    """Delete; a lost answer is asked for once more, because deleting what is gone succeeds. Raises Refused, HttpFailure."""
    try:
        publisher.delete(call, published)
    except AnswerLost:
        publisher.delete(call, published)


def _noted(ports: Ports, old: Sequence[Target], target_id: str) -> list[Target]:
    now = ports.clock.now()
    found = [target for target in old if target.id == target_id and target.unpublished_at is None]
    return [
        targets.unpublished(target, now) if target.state is State.PUBLISHED else replace(target, unpublished_at=now)
        for target in found
    ]


def _nothing_live(account_id: str | None) -> RostrumError:
    if account_id is not None:
        message = f"account_id: this post is not live on {account_id[:64]!r}."
        return Missing("account.not_found", message, field="account_id", resource="account", id=account_id[:128])
    return Clash("post.state_invalid", "Nothing of this post is live, so there is nothing to take down.")
