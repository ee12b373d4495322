"""Messages of a Page: answers within 24 hours, a human agent's within 7 days, and one private answer to a comment.

https://developers.facebook.com/docs/messenger-platform/reference/send-api and
https://developers.facebook.com/documentation/business-messaging/messenger-platform/discovery/private-replies (2026-04-16),
read 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from shared.domain.content import Act, MediaType
from shared.domain.errors import Invalid
from shared.platforms._graph import messaging
from shared.platforms.contract import Absent, Armed, Call, Published, Ready, Refused, Unsure
from shared.platforms.facebook import errors, graph, limits, wire
from shared.platforms.facebook.settle import SKEW

VERBS = frozenset({"message.send", "comment.private_reply"})
PAGE = 50
MAX_PAGES = 4
Outcome = Published | Absent | Unsure


def prepare(call: Call, act: Act, state: Mapping[str, Any]) -> Ready:
    """Check the message; look up whom a conversation is with, where nobody kept it. Raises Invalid, Refused."""
    if bool(act.text.strip()) == bool(act.media):
        raise _invalid(
            "text", "A message is a text or one file: give one of them, and the other as a message of its own."
        )
    if limits.count(act.text) > limits.MAX_MESSAGE:
        raise errors.refused(errors.TEXT_TOO_LONG, f"a message has at most {limits.MAX_MESSAGE} characters")
    try:
        messaging.quick_replies(act.arguments)
    except ValueError as error:
        raise _invalid("arguments.quick_replies", str(error)) from None
    if act.verb == "comment.private_reply":
        return Ready()
    recipient = str(state.get("recipient") or act.handles.get("recipient") or "") or _recipient(call, act.on)
    return Ready({"recipient": recipient})


def commit(call: Call, act: Act, state: Mapping[str, Any]) -> Published:
    """The one visible request. Raises Refused, AnswerLost, NotSent."""
    try:
        answer = graph.send_json(call, f"{graph.page_id(call)}/messages", body(act, state))
    except Refused as refused:
        raise errors.definite(refused) from None
    found = str(answer.get("message_id") or "")
    if not found:
        raise errors.refused(errors.UNLISTED, "a success without the message's id")
    return Published(found, state={"recipient": str(answer.get("recipient_id") or "")}, raw=answer)


def body(act: Act, state: Mapping[str, Any]) -> dict[str, Any]:
    """What is sent: to whom, of which kind, and the words or the file."""
    if act.verb == "comment.private_reply":
        return {"recipient": {"comment_id": act.on}, "message": _content(act)}
    tag = str(act.arguments.get("tag") or "")
    kind = {"messaging_type": "MESSAGE_TAG", "tag": tag} if tag else {"messaging_type": "RESPONSE"}
    return {"recipient": {"id": state["recipient"]}, "message": _content(act), **kind}


def find(call: Call, act: Act, armed: Armed) -> Outcome:
    """The Page's own message of this text in the conversation since."""
    conversation = act.on
    if not conversation.startswith("t_"):
        rows, _ = graph.listing(call, f"{graph.page_id(call)}/conversations", {"user_id": act.on, "fields": "id"}, None)
        if not rows:
            return Absent("the Page has no conversation with this person")
        conversation = str(rows[0].get("id") or "")
    return _look(call, conversation, act, armed)


def find_private(call: Call, act: Act, armed: Armed) -> Outcome:
    """A comment has at most one private answer, and says whether it has."""
    fields = "id,can_reply_privately,private_reply_conversation{id}"
    comment = graph.read(call, act.on, fields=fields)
    conversation = str((comment.get("private_reply_conversation") or {}).get("id") or "")
    if conversation:
        return _look(call, conversation, act, armed)
    if comment.get("can_reply_privately") is True:
        return Absent("the comment can still be answered privately: nothing was sent")
    return Unsure("Facebook does not say whether the comment was answered privately")


def _look(call: Call, conversation: str, act: Act, armed: Armed) -> Outcome:
    rows, complete = _since(call, conversation, armed.at - SKEW)
    ours = [row for row in rows if _is_ours(call, act, row) and not armed.taken(str(row.get("id")))]
    if len(ours) == 1:
        return Published(str(ours[0]["id"]), raw=dict(ours[0]))
    if ours:
        return Unsure(f"{len(ours)} messages like this one were sent since")
    if complete:
        return Absent("every message since the attempt was read, and none is this one")
    return Unsure("there are more messages since the attempt than could be read")


def _since(call: Call, conversation: str, earliest: datetime) -> tuple[list[dict[str, Any]], bool]:
    found: list[dict[str, Any]] = []
    after: str | None = None
    query = {"fields": "id,message,created_time,from{id},attachments{id,mime_type}", "limit": PAGE}
    for _ in range(MAX_PAGES):
        rows, after = graph.listing(call, f"{conversation}/messages", query, after)
        times = [wire.instant(row.get("created_time")) for row in rows]
        found += [row for row, at in zip(rows, times, strict=True) if at is None or at >= earliest]
        oldest = times[-1] if times else None
        if after is None or (oldest is not None and oldest < earliest):
            return found, True
    return found, False


def _is_ours(call: Call, act: Act, row: Mapping[str, Any]) -> bool:
    if str((row.get("from") or {}).get("id") or "") != graph.page_id(call):
        return False
    if not act.media:
        return wire.same_text(act.text, row.get("message"))
    attached = (row.get("attachments") or {}).get("data") or ()
    return any(str(one.get("mime_type") or "").partition("/")[0] in {"", _kind(act)} for one in attached)


def _recipient(call: Call, on: str) -> str:
    """Whom a conversation is with; an id of a person is its own."""
    if not on.startswith("t_"):
        return on
    people = graph.read(call, on, fields="participants{id}").get("participants") or {}
    others = [str(one.get("id")) for one in people.get("data") or () if str(one.get("id")) != graph.page_id(call)]
    if not others:
        raise errors.refused(errors.TABLE[551, None], "the conversation has nobody else in it")
    return others[0]


def _content(act: Act) -> dict[str, Any]:
    more = messaging.quick_replies(act.arguments)
    if not act.media:
        return {"text": act.text, **more}
    return {"attachment": {"type": _kind(act), "payload": {"url": act.media[0].url, "is_reusable": False}}, **more}


def _kind(act: Act) -> str:
    """What the file is: images and videos alone are taken (capabilities)."""
    return "video" if act.media[0].facts.type is MediaType.VIDEO else "image"


def _invalid(field: str, message: str) -> Invalid:
    return Invalid("platform.facebook.message_invalid", message, field=field, platform="facebook")
