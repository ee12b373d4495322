"""From what a network pushed to what is to be filed: which thing, what became of it, and what the log calls that. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from shared.domain.inbox import (
    MAX_ADDRESS,
    MAX_MEDIA,
    MAX_RAW,
    MAX_TEXT,
    MAX_WORD,
    Attachment,
    Delivery,
    Kind,
    Person,
)
from shared.platforms.contract_inbox import Comment, Mention, Message, Review
from shared.platforms.contract_webhooks import Event, EventKind

Change = Literal["new", "update", "delete", "receipt"]

_KINDS: Mapping[EventKind, tuple[Kind, Change]] = {
    "comment.created": ("comment", "new"),
    "comment.updated": ("comment", "update"),
    "comment.deleted": ("comment", "delete"),
    "message.received": ("message", "new"),
    "message.sent": ("message", "new"),
    "message.deleted": ("message", "delete"),
    "message.delivered": ("message", "receipt"),
    "message.read": ("message", "receipt"),
    "message.failed": ("message", "receipt"),
    "mention.created": ("mention", "new"),
    "review.created": ("review", "new"),
    "review.updated": ("review", "update"),
}
_NAMED_BY: Mapping[Kind, tuple[str, ...]] = {
    "comment": ("comment_id",),
    "message": ("message_id",),
    "mention": ("mention_id", "comment_id", "post_id"),
    "review": ("review_id", "comment_id"),
}
_DELIVERIES: Mapping[EventKind, Delivery] = {
    "message.sent": "sent",
    "message.delivered": "delivered",
    "message.read": "read",
    "message.failed": "failed",
}
# What the log calls a thing that was said to the account, and one that the account said itself.
INCOMING: Mapping[Kind, str] = {
    "comment": "comment.received",
    "message": "dm.received",
    "mention": "mention.received",
    "review": "review.received",
}
_METADATA = (  # what of the canonical data is kept as it is
    "reaction",
    "payload",
    "title",
    "interactive_type",
    "mention_type",
    "reply_to",
    "type",
    "account",
    "act_key",
    "ad_id",
    "referral_source",
    "referral_type",
    "platform_code",
    "watermark",
    "app_id",
)


@dataclass(frozen=True, slots=True)
class Report:
    """What is to be filed. ``key``: the same for the same news, however often it comes. ``fields``: of ``Item``, as told;
    what was not told is not among them. ``said``: what the log calls a new thing, empty where it says nothing."""

    kind: Kind
    network_id: str
    change: Change
    key: str
    at: datetime
    fields: Mapping[str, Any] = field(default_factory=dict)
    said: str = ""


def of(event: Event) -> Report | None:
    """What the event says of a thing in the inbox, None where it is about something else, or does not say of what."""
    found = _KINDS.get(event.kind)
    if found is None:
        return None
    kind, change = found
    data = event.data
    if event.kind == "message.sent" and data.get("receipt"):
        change = "receipt"
    named = next((str(data[name]) for name in _NAMED_BY[kind] if data.get(name)), "")
    if not named or len(named) > MAX_ADDRESS:
        return None
    fields = _fields(kind, event)
    if change == "receipt":
        fields |= {"own": True, "delivery": _DELIVERIES[event.kind], "delivery_reason": str(data.get("reason") or "")}
    return Report(kind, named, change, event.id, event.at, fields, _said(kind, event, own=bool(fields.get("own"))))


Thing = Comment | Message | Mention | Review


def read(kind: Kind, thing: Thing) -> Report:
    """What was read of a network, as something new: the same ids as a push of it would have."""
    author = thing.sender if isinstance(thing, Message) else thing.author
    own = getattr(thing, "own", False)
    fields: dict[str, Any] = {
        "author": _cut(author),
        "text": words(thing.text, MAX_TEXT),
        "own": own,
        "raw": verbatim(thing.raw),
        "can": tuple(sorted(getattr(thing, "can", ()))),
        "permalink": getattr(thing, "permalink", "")[:MAX_ADDRESS],
        "handles": storable(getattr(thing, "handles", {})),
    }
    if isinstance(thing, Message):
        files = tuple(Attachment(one.type, one.url, one.id) for one in thing.attachments[:MAX_MEDIA])
        fields |= {"conversation_id": thing.conversation_id, "media": files}
    if isinstance(thing, Comment):
        fields |= {"post_id": thing.post_id, "parent_id": thing.parent_id, "hidden": thing.hidden}
    if isinstance(thing, Mention):
        fields |= {"post_id": thing.post_id, "parent_id": thing.comment_id}
    if isinstance(thing, Review):
        fields |= {name: getattr(thing, name) for name in ("stars", "recommends", "reply", "reply_at")}
        fields |= {"metadata": {"reply_state": thing.reply_state}} if thing.reply_state else {}
    said = ("dm.sent" if kind == "message" else "") if own else INCOMING[kind]
    return Report(kind, thing.id, "new", f"read.{kind}.{thing.id}", thing.at, fields, said)


def _cut(one: Any) -> Person:
    return Person(
        one.id[:MAX_ADDRESS], words(one.name, MAX_WORD), words(one.username, MAX_WORD), one.picture_url[:MAX_ADDRESS]
    )


def storable(handles: Mapping[str, Any]) -> dict[str, Any]:
    """What an adapter needs again, as a document can have it; nothing of it where it cannot, or is too large."""
    text = verbatim(handles)
    return json.loads(text) if text and "[[" not in text and len(text) <= MAX_ADDRESS else {}


def _said(kind: Kind, event: Event, *, own: bool) -> str:
    if event.kind == "review.updated":
        return event.kind
    if event.kind.endswith(".updated"):
        return ""
    if own:
        return "dm.sent" if kind == "message" else ""
    if kind == "message" and event.data.get("postback"):
        return "dm.postback"
    if kind == "message" and event.data.get("referral"):
        return "dm.referral"
    return INCOMING[kind]


def _fields(kind: Kind, event: Event) -> dict[str, Any]:
    data = event.data
    found: dict[str, Any] = {
        "author": _person(data, "author"),
        "recipient": _person(data, "recipient"),
        "text": words(data.get("text"), MAX_TEXT),
        "media": _media(data),
        "post_id": str(data.get("post_id") or ""),
        "parent_id": str(data.get("comment_id" if kind == "mention" else "parent_id") or ""),
        "conversation_id": str(data.get("conversation_id") or data.get("person_id") or ""),
        "permalink": str(data.get("permalink") or data.get("link") or "")[:MAX_ADDRESS],
        "metadata": {name: plain(data[name]) for name in _METADATA if data.get(name) not in (None, "")},
        "raw": verbatim(event.raw),
    }
    if kind == "message" and data.get("person_id") and (data.get("own") or event.kind == "message.sent"):
        found["recipient"] = Person(str(data["person_id"]))
    for name in ("own", "hidden", "recommends"):
        if isinstance(data.get(name), bool):
            found[name] = data[name]
    if isinstance(data.get("stars"), int):
        found["stars"] = data["stars"]
    if event.kind == "message.sent":
        found["own"] = True
    return {name: value for name, value in found.items() if value not in ("", (), Person(), {})}


def _person(data: Mapping[str, Any], which: str) -> Person:
    """Who, by ``author_id``, ``author_name`` …; names as long as any network's, others are cut."""
    return Person(
        str(data.get(f"{which}_id") or "")[:MAX_ADDRESS],
        words(data.get(f"{which}_name"), MAX_WORD),
        words(data.get(f"{which}_username"), MAX_WORD),
        str(data.get(f"{which}_picture") or "")[:MAX_ADDRESS],
    )


def _media(data: Mapping[str, Any]) -> tuple[Attachment, ...]:
    found = [
        Attachment(str(one.get("type") or "file"), str(one.get("url") or ""))
        for one in json.loads(str(data.get("files") or "[]"))
    ]
    if not found and data.get("media_id"):
        kind = str(data.get("content_type") or "file").partition("/")[0]
        found = [Attachment(kind if kind in {"image", "video", "audio"} else "file", "", str(data["media_id"]))]
    return tuple(one for one in found if len(one.url) <= MAX_ADDRESS)[:MAX_MEDIA]


def words(value: Any, most: int) -> str:
    """Text that any store takes, and not too much of it."""
    return value[:most].encode("utf-8", "replace").decode() if isinstance(value, str) else ""


def plain(value: Any) -> Any:
    """A text, a number or a boolean; other things as text."""
    return value if isinstance(value, bool | int | float) else words(str(value), MAX_ADDRESS)


def verbatim(raw: Mapping[str, Any]) -> str:
    """The network's own words as JSON text; empty where there are none, or too many."""
    try:
        text = json.dumps(raw, separators=(",", ":"), default=str) if raw else ""
    except (ValueError, RecursionError):
        return ""
    return text if len(text) <= MAX_RAW else ""
