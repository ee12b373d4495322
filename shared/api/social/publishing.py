"""Verbs that make something others see: accepted at once, waited for a short while, and told as the document shows.

Nothing is published in here (``operations.waiting``). Under an Idempotency-Key the answer is kept twice: with the effect, as
«accepted»; and as it was given after waiting, in its place, so that every later request is answered the same.
"""

from __future__ import annotations

from shared.api.engine.exchange import Reply
from shared.api.social import spelling
from shared.api.social.asked import Asked
from shared.api.social.errors import failed, spell
from shared.api.social.models_common import AcceptedResponse, DoneResponse
from shared.domain.posts import Target
from shared.domain.states import State
from shared.operations import idempotency, waiting
from shared.operations.engaging import acting
from shared.operations.engaging.commands import Order
from shared.operations.idempotency import Answer
from shared.operations.posts import creating
from shared.operations.posts.commands import CreatePost, MediaInput, Segment, TargetOrder
from shared.operations.posts.views import PostView


def publish(asked: Asked) -> Reply:
    """A post, now, on one account."""
    account = asked.account()
    order = TargetOrder(account_id=account.id, platform_data=asked.options())
    first, *rest = asked.value("segments") or [asked.value("text", "")]
    command = CreatePost(
        text=first,
        segments=tuple(Segment(one) for one in rest),
        title=asked.value("title", ""),
        targets=(order,),
        media=media(asked),
        first_comment=asked.value("first_comment", ""),
        publish_now=True,
    )
    x = asked.x
    made = creating.create(x.ports, x.caller, command, x.receipt(_accepted_post))
    return settled(asked, made.targets[0])


def act(asked: Asked) -> Reply:
    """One of the network's actions, now."""
    on = asked.value("on", "")
    account = asked.account(on)
    return ordered(
        asked,
        Order(
            account_id=account.id,
            verb=asked.verb.verb,
            on=on,
            text=asked.value("text", ""),
            arguments=asked.options(),
            media=media(asked),
        ),
    )


def ordered(asked: Asked, order: Order) -> Reply:
    """What became of an act."""
    x = asked.x
    return settled(asked, acting.act(x.ports, x.caller, order, x.receipt(_accepted)))


def media(asked: Asked) -> tuple[MediaInput, ...]:
    """The files that the request names: addresses, or ids of the media library."""
    one = asked.verb.field_to("media")
    given = asked.value("media")
    if one is None or not given:
        return ()
    named = [given] if isinstance(given, str) else given
    return tuple(
        MediaInput("media_id" if item.startswith("med_") else "url", item, one.media or None) for item in named
    )


def settled(asked: Asked, target: Target) -> Reply:
    """The answer, as soon as it is known or nobody waits any longer; kept under the request's key."""
    reply = _outcome(asked, waiting.settled(asked.ports, target))
    if asked.x.key is None or reply.status == 202:
        return reply
    answer = Answer(reply.status, reply.encode())
    kept = idempotency.amend(asked.ports, asked.x.key, answer)
    return reply if kept == answer else Reply(kept.status, raw=kept.body)


def _outcome(asked: Asked, target: Target) -> Reply:
    live = target.first
    if live is not None:
        return Reply(200, DoneResponse(message=asked.verb.says)) if asked.verb.says else spelling.made(asked, live.id)
    if target.state is State.FAILED and target.error is not None:
        said = asked.area.said(failed(target.error, asked.platform))
        return spell(said, asked.x.request_id)
    return _accepted(target)


def _accepted_post(made: PostView) -> Reply:
    return _accepted(made.targets[0])


def _accepted(target: Target) -> Reply:
    post, action = target.post_id or None, None if target.post_id else target.id
    status = (
        "awaiting_approval" if target.state is State.DRAFT else target.status
    )  # nothing else is made as a draft here
    poll = f"/v1/posts/{post}" if post else f"/v1/actions/{action}"
    return Reply(202, AcceptedResponse(status=str(status), post=post, action=action, poll=poll))
