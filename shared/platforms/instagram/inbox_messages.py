"""Messages: an answer within 24 hours of the other's last one, and one private answer to who commented, for 7 days.

https://developers.facebook.com/docs/instagram-platform/instagram-api-with-instagram-login/messaging-api and
https://developers.facebook.com/documentation/instagram-platform/private-replies (updated 2026-06-30), read 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared.domain.content import Act, MediaType
from shared.domain.errors import Invalid
from shared.platforms._graph import messaging
from shared.platforms.contract import Absent, Armed, Call, Published, Ready, Unsure
from shared.platforms.instagram import errors, graph, limits, wire
from shared.platforms.instagram.settle import SKEW
from shared.ports.http import AnswerLost

VERBS = frozenset({"message.send", "comment.private_reply"})
SHOWN = 20  # so many messages of a conversation, and no older ones


def prepare(call: Call, act: Act, state: Mapping[str, Any]) -> Ready:
    """Check the message; look up whom a conversation is with, or who commented, where nobody kept it."""
    if bool(act.text.strip()) == bool(act.media):
        raise _invalid("A message is a text or one file: give one of them, and the other as a message of its own.")
    if limits.message_bytes(act.text) > limits.MAX_MESSAGE:
        raise errors.refused(errors.TEXT_TOO_LONG, f"a message has at most {limits.MAX_MESSAGE} bytes")
    try:
        messaging.quick_replies(act.arguments)
    except ValueError as error:
        raise _invalid(str(error), "arguments.quick_replies") from None
    known = str(state.get("person") or "")
    return Ready(
        {"person": known or (_author(call, act) if act.verb == "comment.private_reply" else _other(call, act))}
    )


def commit(call: Call, act: Act, state: Mapping[str, Any]) -> Published:
    """The one visible request."""
    answer = graph.send_json(call, f"{call.who.platform_account_id}/messages", body(act, state))
    found = str(answer.get("message_id") or "")
    if not found:
        raise AnswerLost("a success without the message's id")
    return Published(found, state={"person": str(answer.get("recipient_id") or "")}, raw=answer)


def body(act: Act, state: Mapping[str, Any]) -> dict[str, Any]:
    """To whom, and the words or the file."""
    if act.verb == "comment.private_reply":
        return {"recipient": {"comment_id": act.on}, "message": _content(act)}
    made = {"recipient": {"id": state["person"]}, "message": _content(act)}
    return made | ({"messaging_type": "MESSAGE_TAG", "tag": act.arguments["tag"]} if act.arguments.get("tag") else {})


def find(call: Call, act: Act, armed: Armed) -> Published | Absent | Unsure:
    """The account's own message of this text since, among the newest that Instagram shows."""
    named = act.verb == "message.send" and not act.on.isdigit()
    conversation = act.on if named else _conversation(call, str(armed.state.get("person") or ""))
    if not conversation:
        return Unsure("no conversation with this person is shown")
    listed = graph.read(call, conversation, fields=wire.MESSAGES_FIELDS).get("messages")
    if not isinstance(listed, dict) or not isinstance(listed.get("data"), list):
        return Unsure("Instagram does not show the conversation's messages")
    rows = wire.data(listed)
    alike = [row for row in rows if _is_alike(call, act, armed, row)]
    ours = [row for row in alike if wire.is_account(call, wire.author(row))]
    if len(ours) == 1:
        return Published(str(ours[0]["id"]), raw=ours[0])
    if ours:
        return Unsure(f"{len(ours)} messages of this text were sent since")
    if any(not wire.author(row) for row in alike):
        return Unsure("Instagram does not tell who sent a message of this text since")
    if rows and (len(rows) < SHOWN or _before(rows[-1], armed)):
        return Absent("all messages of the conversation since then were read, and ours is not among them")
    return Unsure(f"the {len(rows)} messages that are shown do not reach back so far")


def _content(act: Act) -> dict[str, Any]:
    more = messaging.quick_replies(act.arguments)
    if not act.media:
        return {"text": act.text, **more}
    return {"attachment": {"type": _type(act), "payload": {"url": act.media[0].url}}, **more}


def _type(act: Act) -> str:
    return "video" if act.media[0].facts.type is MediaType.VIDEO else "image"


def _is_alike(call: Call, act: Act, armed: Armed, row: Mapping[str, Any]) -> bool:
    at = wire.instant(row.get("created_time"))
    since = at is not None and armed.at - SKEW <= at <= call.now + SKEW
    same = str(row.get("message") or "").strip() == act.text.strip() and _carries(act, row)
    return since and same and not armed.taken(str(row.get("id")))


def _carries(act: Act, row: Mapping[str, Any]) -> bool:
    """Whether the file of a message may be the act's. Likes, stickers and shares have no words either."""
    attached = wire.data(row.get("attachments"))
    return not act.media or any(f"{_type(act)}_data" in one or "file_url" in one for one in attached)


def _before(row: Mapping[str, Any], armed: Armed) -> bool:
    at = wire.instant(row.get("created_time"))
    return at is not None and at < armed.at - SKEW


def _author(call: Call, act: Act) -> str:
    return wire.kept(act, "author") or str((graph.read(call, act.on, fields="from").get("from") or {}).get("id") or "")


def _other(call: Call, act: Act) -> str:
    """Who the conversation is with; digits are a person's id (webhooks tell no other). Raises Refused, Invalid."""
    if known := wire.kept(act, "recipient") or (act.on if act.on.isdigit() else ""):
        return known
    people = wire.data(graph.read(call, act.on, fields="participants").get("participants"))
    others = [str(one.get("id") or "") for one in people if not wire.is_account(call, one)]
    if not others or not others[0]:
        raise _invalid("Instagram does not say who this conversation is with.")
    return others[0]


def _conversation(call: Call, person: str) -> str:
    """The conversation with somebody, empty when none is shown."""
    if not person:
        return ""
    query = {"platform": "instagram", "user_id": person, "fields": "id"}
    rows = graph.read(call, f"{call.who.platform_account_id}/conversations", **query).get("data") or []
    return str(rows[0].get("id") or "") if rows else ""


def _invalid(message: str, field: str = "text") -> Invalid:
    return Invalid("platform.instagram.message_invalid", message, field=field, platform="instagram")
