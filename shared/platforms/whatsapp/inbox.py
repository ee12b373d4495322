"""Messages of WhatsApp: sent, and looked for where the answer was lost. What people write arrives by webhook only.

https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/send-messages, read 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from shared.domain.content import Act
from shared.domain.errors import Unsupported
from shared.platforms import _wire
from shared.platforms.contract import Armed, Call, Published, Ready, Unsure, Wait
from shared.platforms.contract_inbox import Comment, Conversation, Mention, Message, Page, Review
from shared.platforms.whatsapp import wire
from shared.platforms.whatsapp.wire import GRAPH, number_id
from shared.ports.http import AnswerLost

_BY_HAND: Final = 16 * 1024 * 1024  # larger files are fetched by WhatsApp from their address
_KEPT: Final = timedelta(days=29)  # WhatsApp keeps an upload for 30
_LINKED: Final = timedelta(hours=20)  # an address is good for a day at least after it was handed to us
_CLOCK_SKEW: Final = timedelta(seconds=5)
_PAGES: Final = 5
_SHOWN: Final = 3
_FIELDS: Final = "id,message_id,events{delivery_status,timestamp}"


# ----------------------------------------------------------------------------------------------------- reading


def comments(call: Call, post: Published, cursor: str) -> Page[Comment]:
    """Not offered: there are no posts."""
    raise _not_here("comments", "WhatsApp has no posts, and so no comments.")


def conversations(call: Call, cursor: str) -> Page[Conversation]:
    """Not offered: WhatsApp keeps none for the API."""
    raise _not_here("messages", "WhatsApp's messages arrive by webhook; they cannot be listed.")


def messages(call: Call, conversation_id: str, cursor: str) -> Page[Message]:
    """Not offered: as the conversations."""
    raise _not_here("messages", "WhatsApp's messages arrive by webhook; they cannot be listed.")


def mentions(call: Call, cursor: str) -> Page[Mention]:
    """Not offered."""
    raise _not_here("mentions", "WhatsApp has no mentions that an API would tell of.")


def reviews(call: Call, cursor: str) -> Page[Review]:
    """Not offered."""
    raise _not_here("reviews", "WhatsApp has no reviews.")


def _not_here(what: str, message: str) -> Unsupported:
    return Unsupported(f"platform.whatsapp.{what}_not_offered", message)


# ----------------------------------------------------------------------------------------------------- sending


def prepare(call: Call, act: Act, state: Mapping[str, Any]) -> Ready | Wait:
    """Upload the file, in one request. Raises Invalid, Refused.

    State: ``media`` (``{"id"}`` or ``{"link"}``) and ``until`` (epoch s), when WhatsApp forgets the upload, or the address ends.
    """
    wire.check(act)
    if not act.media or (state.get("media") and float(state.get("until", 0)) > call.now.timestamp()):
        return Ready(state)
    file, until = act.media[0], (call.now + _KEPT).timestamp()
    if (file.facts.size or 0) > _BY_HAND:
        return Ready({"media": {"link": file.url}, "until": (call.now + _LINKED).timestamp()})
    fields = {"messaging_product": wire.PRODUCT, "type": file.facts.content_type}
    named = {"name": "file", "content_type": file.facts.content_type}
    request = GRAPH.part(call, f"{number_id(call)}/media", fields, file.bytes(), field="file", tag=act.key, **named)
    media = _wire.ask(call, request, GRAPH.book.refusal).json.get("id")
    if not media:
        raise AnswerLost("an upload without an id")
    return Wait({"media": {"id": str(media)}, "until": until}, 0)


def commit(call: Call, act: Act, state: Mapping[str, Any]) -> Published:
    """POST /{number}/messages, once: WhatsApp has taken the message. Raises Invalid, Refused, AnswerLost, NotSent."""
    wire.check(act)
    answer = GRAPH.send_json(call, f"{number_id(call)}/messages", wire.message(act, state.get("media")))
    sent: Mapping[str, Any] = next(iter(answer.get("messages") or ()), {})
    if not sent.get("id"):
        raise AnswerLost("a success that names no message")
    return Published(str(sent["id"]), None, {"to": wire.recipient(act)}, answer)


def confirm(call: Call, act: Act, state: Mapping[str, Any]) -> Published | Wait:
    """Never needed: WhatsApp answers when it has taken the message; what becomes of it is told by webhook."""
    raise TypeError("commit never answers Accepted here: WhatsApp takes the message before it answers")


def find(call: Call, act: Act, armed: Armed) -> Unsure:
    """What the number's history shows to this recipient since the arming, for whoever must decide; it proves nothing.

    The history has no words, and does not say who sent a message: another of ours, the business's own telephone or
    another program may have written to the same person. None proves nothing either: Meta does not say how complete it is.
    """
    wanted, since = wire.recipient(act), (armed.at - _CLOCK_SKEW).timestamp()
    near = [str(entry["message_id"]) for entry in _history(call) if _since(entry) >= since]
    free = [one for one in near if wire.recipient_of(one) in {None, wanted} and not armed.taken(one)]
    if not free:
        return Unsure("the number's history shows no message that it could be, which proves nothing")
    return Unsure(f"the number's history shows {len(free)} that it could be ({', '.join(free[:_SHOWN])}), and no words")


def _history(call: Call) -> list[Mapping[str, Any]]:
    """What the number sent, as far as we read."""
    found: list[Mapping[str, Any]] = []
    after: str | None = None
    for _ in range(_PAGES):
        answer = GRAPH.read(call, f"{number_id(call)}/message_history", fields=_FIELDS, limit=100, after=after)
        page = answer.get("data")
        if not isinstance(page, list):
            break
        found += [entry for entry in page if entry.get("message_id")]
        after = ((answer.get("paging") or {}).get("cursors") or {}).get("after")
        if not after or not page or not (answer.get("paging") or {}).get("next"):
            break
    return found


def _events(entry: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return list((entry.get("events") or {}).get("data") or ())


def _since(entry: Mapping[str, Any]) -> float:
    """When it was sent; one without a word about that may be of now."""
    times = [float(event["timestamp"]) for event in _events(entry) if event.get("timestamp")]
    return min(times) if times else float("inf")
