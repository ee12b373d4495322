"""Doing something that others will see: judged as a whole, written in one commit, and only then handed to the queue."""

from __future__ import annotations

import logging

from shared.domain import codec, targets
from shared.domain.callers import Caller
from shared.domain.content import Role
from shared.domain.errors import Broken, Invalid
from shared.domain.posts import Deed, PieceDoc, Target, shard_of, subject_of, target_path
from shared.domain.states import State
from shared.operations import allowances
from shared.operations.engaging import origins, windows
from shared.operations.engaging.commands import Order
from shared.operations.engaging.judging import Judged, judge
from shared.operations.idempotency import Receipt
from shared.operations.publishing import dispatch
from shared.ports.store import TooLarge, Unavailable, Write
from shared.ports.world import Ports

PREFIX = "act"  # an action's id: act_…
log = logging.getLogger(__name__)


def act(ports: Ports, caller: Caller, order: Order, receipt: Receipt | None = None) -> Target:
    """Accept an act. The answer is its target, due now or at its time; what becomes of it follows (``following.get``).

    Judged completely before anything is written; then the target and the caller's idempotency record are one commit.
    Raises Invalid, Unsupported, Missing, Reconnect, Limited (the plan's interactions are used), Broken (nothing was made), and ``idempotency.AlreadyDone`` when another
    request with the same key was faster.
    """
    judged = judge(ports, caller, order)
    windows.check(ports, caller, judged)
    allowances.check_interactions(ports, caller, order.verb)
    made = _target(ports, caller, judged.order, judged)
    _commit(ports, made, receipt)
    dispatch.enqueue(ports, made)
    return made


def _target(ports: Ports, caller: Caller, order: Order, judged: Judged) -> Target:
    target_id, now, account = ports.ids.new(PREFIX), ports.clock.now(), judged.account
    handles = order.handles or origins.handles(ports, caller, account.platform, order.on)
    deed = Deed(order.verb, order.on, handles, judged.action.repeatable)
    piece = PieceDoc(
        role=Role.ACTION,
        kind=None,
        text=order.text,
        key=f"{ports.ids.below(1 << 128):032x}",
        created_at=int(now.timestamp() * 1_000_000),
        media=judged.media,
        options=order.arguments,
        deed=deed,
    )
    draft = Target(
        id=target_id,
        post_id="",
        space=caller.space,
        account_id=account.id,
        platform=account.platform,
        sandbox=account.sandbox,
        position=0,
        state=State.DRAFT,
        pieces=(piece,),
        created_at=now,
        max_lateness=order.max_lateness * 60,
        shard=shard_of(target_id),
        module=judged.action.module,
        created_by=caller.key_id,
        subject=subject_of(account.id, deed),
        metered_at=allowances.metered(ports, order.verb),
        media_ids=tuple(dict.fromkeys(ref.source for ref in judged.media if ref.source_type == "media_id")),
    )
    return targets.scheduled(draft, judged.due_at, now)


def _commit(ports: Ports, made: Target, receipt: Receipt | None) -> None:
    writes = [Write("create", target_path(made.space, made.id), codec.encode(made))]
    try:
        if receipt:
            receipt.commit(writes, made)
        else:
            ports.store.commit(writes)
    except TooLarge as error:
        text = "The act is too large to be stored (1 MiB): make its arguments smaller."
        raise Invalid("validation.body_too_large", text, field="arguments") from error
    except Unavailable as error:
        _read_back(ports, made, error)


def _read_back(ports: Ports, made: Target, error: Unavailable) -> None:
    """The commit's outcome is unknown, but the id is ours alone: if it is there, all of it is."""
    try:
        found = ports.store.get(target_path(made.space, made.id))
    except Unavailable:
        found = None
    if found is None:
        text = "Whether the act was stored is not known. Send the request again with the same Idempotency-Key."
        raise Broken("system.unavailable", text) from error
    log.info("commit without an answer was found to have succeeded", extra={"target_id": made.id})
