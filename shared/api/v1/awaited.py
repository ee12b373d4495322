"""Answers that wait a short while for an action: the id of what was made, or why it was refused, or where to look (202).

The action is stored with its idempotency record before anybody waits, so that the same request never sends twice; what it came
to takes the record's place once it is known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from shared.api.engine.exchange import Exchange, Reply
from shared.api.v1 import errors, views_inbox
from shared.api.v1.routes_inbox import SPELLED
from shared.domain import targets
from shared.domain.errors import RostrumError
from shared.domain.posts import Target
from shared.operations import idempotency, waiting
from shared.operations.engaging import acting
from shared.operations.engaging.commands import Order
from shared.operations.idempotency import Answer
from shared.operations.inbox import doing

WAIT = waiting.WAIT  # seconds, for all acts of one request


@dataclass(slots=True)
class Sent:
    """What became of a request's acts so far."""

    done: list[Target] = field(default_factory=list)

    @property
    def ids(self) -> list[str]:
        return [one.first.id for one in self.done if one.first]


@contextmanager
def spelled() -> Iterator[None]:
    """Refusals within are named as the dialect's documents name them."""
    try:
        yield
    except RostrumError as error:
        error.code = SPELLED.get(error.code, error.code)
        raise


def one(x: Exchange[Any, Any], order: Order, done: Callable[[Target], Reply]) -> Reply:
    """Do it, and answer ``done`` once it is; 202 while it is not. Raises what was refused."""
    return several(x, [order], lambda sent: done(sent.done[0]))


def several(x: Exchange[Any, Any], orders: Sequence[Order], done: Callable[[Sent], Reply]) -> Reply:
    """One after the other: the next is begun when the one before it is done, the first that is refused ends it.

    Each act's commit keeps the answer as of then: where this process dies, the same request is told what was begun and what not.
    """
    sent, until = Sent(), x.ports.clock.monotonic() + WAIT
    for index, order in enumerate(orders):
        left = len(orders) - index - 1
        receipt = x.receipt(partial(_accepted, sent=sent, left=left))
        try:
            with spelled():
                target = acting.act(x.ports, x.caller, order, replace(receipt, renews=index > 0) if receipt else None)
        except RostrumError as error:  # nothing was stored of it
            return _ended(x, error, sent, index)
        try:
            with spelled():
                target = waiting.settled(x.ports, target, max(until - x.ports.clock.monotonic(), 0.0))
                over = doing.is_over(target)
        except RostrumError as error:  # it stands as a failed action, which a person may retry: it is never begun anew
            return _told(x, error, sent, index, many=len(orders) > 1)
        if not over:
            return _kept(x, _accepted(target, sent, left))
        sent.done.append(target)
    return _kept(x, done(sent))


def _accepted(target: Target, sent: Sent, left: int) -> Reply:
    """It goes on without us."""
    before = sent.ids
    view = views_inbox.PendingResponse(
        action_id=target.id,
        status=targets.action_status(target),
        poll=f"/v1/actions/{target.id}",
        message_ids=before or None,
        sent_count=len(before) if before or left else None,
        not_begun=left or None,
    )
    return Reply(202, view, {"Location": f"/v1/actions/{target.id}"})


def _ended(x: Exchange[Any, Any], error: RostrumError, sent: Sent, index: int) -> Reply:
    """Nothing was done: the refusal is raised, and the request may be corrected. Something was: its answer is kept."""
    if not sent.done:
        raise error
    return _told(x, error, sent, index, many=True)


def _told(x: Exchange[Any, Any], error: RostrumError, sent: Sent, index: int, *, many: bool) -> Reply:
    """The refusal, with how far the request came; kept as its answer."""
    if many:
        part: Mapping[str, Any] = {"sent_count": len(sent.done), "failed_index": index, "message_ids": sent.ids}
        error.meta = {**error.meta, **part}
    return _kept(x, errors.spell(error, x.request_id))


def _kept(x: Exchange[Any, Any], reply: Reply) -> Reply:
    """The answer, which the same request gets again. Where it could not be kept: the one that was."""
    if x.key is None:
        return reply
    answer = idempotency.amend(x.ports, x.key, Answer(reply.status, reply.encode()))
    return reply if answer.body == reply.encode() else Reply(answer.status, raw=answer.body)
