"""Making a post: judged as a whole, written in one commit, and handed to the queue with it."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from shared.domain import codec
from shared.domain.callers import Caller
from shared.domain.errors import Broken, Clash, Invalid
from shared.domain.instants import rfc3339
from shared.domain.posts import Entry, Post, Target, noting, post_path, status_now, target_path
from shared.domain.states import Status
from shared.operations import allowances, telling
from shared.operations.idempotency import Receipt
from shared.operations.posts import building, duplicates, labels, outgoing, rooms, slots
from shared.operations.posts.asking import awaiting, must_ask
from shared.operations.posts.commands import CreatePost
from shared.operations.posts.planning import plan
from shared.operations.posts.resolving import find_accounts
from shared.operations.posts.views import PostView, view
from shared.operations.publishing import dispatch
from shared.ports.store import AlreadyExists, TooLarge, Unavailable, Write
from shared.ports.world import Ports

SLOT_TRIES = 50  # each loss means that another post got a slot


class SlotTaken(Exception):
    """Another post was faster; the next free slot is another one now."""


log = logging.getLogger(__name__)


def create(ports: Ports, caller: Caller, command: CreatePost, receipt: Receipt | None = None) -> PostView:
    """Make a post with its targets: all of it, or nothing.

    Judged completely before anything is written; then post, targets and the caller's idempotency record are one
    commit. Fault-free and for one target with a text: one read (the account), three writes (and the record's).

    Raises Invalid (every finding in its ``meta``), Missing, Reconnect, Broken (nothing was made), and
    ``idempotency.AlreadyDone`` when another request with the same key was faster.
    """
    in_a_brand(caller, command)
    command = labels.tidied(command)
    if not command.queue:
        return _create(ports, caller, command, receipt)
    for _ in range(SLOT_TRIES):
        timed, brand_id = _queued(ports, caller, command)
        with suppress(SlotTaken):
            return _create(ports, caller, timed, receipt, brand_id)
    raise Broken("system.unavailable", "Others took every slot that was tried. Send the request again.")


def rehearse(ports: Ports, caller: Caller, command: CreatePost, said: duplicates.Said) -> bool:
    """Refuse what ``create`` would refuse, and make nothing. ``said``: by what was rehearsed before; this joins it.

    Whether the post would count against the plan. Raises Invalid, Missing, Reconnect, Clash.
    """
    in_a_brand(caller, command)
    planned = plan(ports, caller, labels.tidied(command))
    planned.found.raise_if_any()
    due_ats = [one.due_at for one in planned.targets]
    goes = any(due_ats) and not must_ask(ports, caller)
    if command.check_duplicates:
        dues = duplicates.planned_dues(ports, planned.targets, due_ats)
        duplicates.refuse(ports, caller, dues)
        said.refuse(dues)
        said.add(dues if goes else {})
    return goes


def _queued(ports: Ports, caller: Caller, command: CreatePost) -> tuple[CreatePost, str]:
    """The command at the time of the next free slot, and whose queue that is."""
    if command.publish_now or command.scheduled_at or any(one.scheduled_at for one in command.targets):
        message = "queue: the queue gives the time. Leave out publish_now and every scheduled_at, or queue."
        raise Invalid("validation.field_invalid", message, field="queue")
    accounts = find_accounts(ports, caller, [order.account_id for order in command.targets])
    brand_id = slots.brand_for(accounts, command.queue_brand_id)
    _, at = slots.next_free(ports, caller, brand_id)
    return replace(command, queue=False, scheduled_at=at.isoformat(), timezone=None), brand_id


def _create(ports: Ports, caller: Caller, command: CreatePost, receipt: Receipt | None, queue_of: str = "") -> PostView:
    planned = plan(ports, caller, command)
    planned.found.raise_if_any()
    timed = any(one.due_at for one in planned.targets)
    held = timed and must_ask(ports, caller)
    now, post_id = ports.clock.now(), ports.ids.new("post")
    dues = [one.due_at for one in planned.targets]
    given = replace(planned, targets=tuple(replace(one, due_at=None) for one in planned.targets)) if held else planned
    targets = building.new_targets(ports, caller, post_id, command, given)
    if command.check_duplicates:
        _refuse_duplicates(ports, caller, duplicates.dues(targets, dues), receipt)
    post = _with_history(building.new_post(caller, post_id, command, given, targets, now), caller, command, held)
    post = allowances.posts_meter(ports, caller)(None, post)
    slot = [slots.taking(caller, queue_of, planned.due_at, post_id)] if queue_of and planned.due_at else []
    made = view(replace(post, slot=slot[0].path) if slot else post, targets)
    writes = _writes(made)
    rooms.leave_for(command, writes)
    said = outgoing.said(ports, None, made.post) if telling.wanted(ports, caller.space) else []
    dispatch.commit(ports, targets, lambda: _commit(ports, made, [*writes, *slot, *said], receipt))
    outgoing.send(ports, said)
    return made


def _with_history(post: Post, caller: Caller, command: CreatePost, held: bool) -> Post:
    created = Entry(post.created_at, caller.actor, "created")
    if held:
        post = awaiting(noting(post, created), caller, post.created_at)
        return replace(post, status=status_now(post, post.targets))
    if command.publish_now:
        return noting(post, created, Entry(post.created_at, caller.actor, "publish_requested"))
    if post.status is Status.DRAFT:
        return noting(post, created)
    at = rfc3339(post.scheduled_at) if post.scheduled_at else None
    planned = Entry(post.created_at, caller.actor, "scheduled", {"scheduled_at": at} if at else {})
    return noting(post, created, planned)


def _refuse_duplicates(ports: Ports, caller: Caller, dues: dict[str, datetime], receipt: Receipt | None) -> None:
    """What another request with the same key has made meanwhile is no duplicate, but the answer."""
    try:
        duplicates.refuse(ports, caller, dues)
    except Clash:
        if receipt:
            receipt.refuse_done()
        raise


def in_a_brand(caller: Caller, command: CreatePost) -> None:
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
    writes = [Write("create", post_path(space, made.post.id), codec.Document(made.post))]
    return writes + [Write("create", target_path(space, one.id), codec.Document(one)) for one in made.targets]


def _commit(ports: Ports, made: PostView, writes: list[Write], receipt: Receipt | None) -> None:
    try:
        if receipt:
            receipt.commit(writes, made)
        else:
            ports.store.commit(writes)
    except AlreadyExists as error:
        if made.post.slot and ports.store.get(made.post.slot) is not None:
            raise SlotTaken from error
        raise
    except TooLarge as error:
        raise rooms.too_large() from error
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
