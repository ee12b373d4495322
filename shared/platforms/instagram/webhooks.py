"""What Instagram delivers: comments, messages, reactions, reads; and how an account's deliveries are switched on.

https://developers.facebook.com/docs/instagram-platform/webhooks and …/webhooks/examples (updated 2025-11-24), read
2026-11-22. With Instagram Login an entry has «field» and «value» itself, or within «changes»: both are read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from shared.platforms._graph import messaging, webhooks
from shared.platforms._graph.hooks import CALLBACKS
from shared.platforms.contract import Call
from shared.platforms.contract_webhooks import Event, EventKind, Reply, Subscription
from shared.platforms.instagram import errors, graph

# What the page lists for Instagram Login, and the permission that each needs. «mentions» come within «comments»;
# «story_insights» are Facebook Login's only.
_MESSAGES, _COMMENTS = "instagram_business_manage_messages", "instagram_business_manage_comments"
FIELDS: Mapping[str, str] = {
    "comments": _COMMENTS,
    "live_comments": _COMMENTS,
    "messages": _MESSAGES,
    "message_reactions": _MESSAGES,
    "messaging_postbacks": _MESSAGES,
    "messaging_referral": _MESSAGES,
    "messaging_seen": _MESSAGES,
}
PUSHES = frozenset(
    {"comment", "message"}
)  # of mentions those with @ only: in whose photos the account is tagged has to be asked
_CHANGES: Mapping[str, EventKind] = {
    "comments": "comment.created",
    "live_comments": "comment.created",
    "mentions": "mention.created",
}


def challenge(query: Mapping[str, str], secret: str, verify_token: str) -> Reply | None:
    """The answer to the handshake, None when it is none of ours."""
    return webhooks.challenge(query, verify_token)


def verify(headers: Mapping[str, str], body: bytes, secret: str, now: datetime) -> bool:
    """Whether these bytes were signed with the Instagram app's secret. There is no replay window."""
    return webhooks.verify(headers, body, secret)


def parse(headers: Mapping[str, str], body: bytes) -> list[Event]:
    """What the delivery says. Raises ValueError when it makes no sense."""
    return [event for entry in webhooks.entries(body, "instagram") for event in _events(entry)]


def verify_callback(body: bytes, secret: str) -> bool:
    """Whether Meta signed the form of a deauthorize or data deletion callback."""
    return webhooks.verify_callback(body, secret)


def parse_callback(path: str, body: bytes) -> list[Event]:
    """Whose grant ended, or who wants to be forgotten. Raises ValueError."""
    return webhooks.parse_callback("instagram", CALLBACKS[path], body)


def subscribe(call: Call, callback_url: str, secret: str) -> Subscription:
    """Switch the account's deliveries on; where to is set in Meta's app dashboard, once for all accounts.

    Only what the account's permissions allow is asked for: one field too many, and all are refused. Raises Refused.
    """
    granted = call.tokens.scopes
    fields = [name for name, needed in FIELDS.items() if not granted or not needed or needed in granted]
    if not fields:
        raise errors.refused(errors.BOOK.common.denied, f"none of {', '.join(sorted({*FIELDS.values()}))} was granted")
    graph.GRAPH.post(call, f"{call.who.platform_account_id}/subscribed_apps", {"subscribed_fields": ",".join(fields)})
    return Subscription(state={"fields": fields})


def unsubscribe(call: Call, secret: str = "", state: Mapping[str, Any] | None = None) -> None:
    """Switch them off."""
    graph.remove(call, f"{call.who.platform_account_id}/subscribed_apps")


def _events(entry: Mapping[str, Any]) -> Iterator[Event]:
    account, at = str(entry.get("id") or ""), webhooks.instant(entry.get("time"))
    if entry.get("field") and isinstance(entry.get("value"), dict):
        yield _change(account, at, str(entry["field"]), entry["value"])
    for field, value in webhooks.changes(entry):
        yield _change(account, at, field, value)
    for name in ("messaging", "standby"):
        items = entry.get(name)
        for item in items if isinstance(items, list) else ():
            if isinstance(item, dict):
                yield _messaging(account, item)


def _change(account: str, at: datetime, field: str, value: Mapping[str, Any]) -> Event:
    author, media = _object(value, "from"), _object(value, "media")
    comment = str(value.get("comment_id") or (value.get("id") if field != "mentions" else "") or "")
    post = str(media.get("id") or value.get("media_id") or "")
    data: dict[str, Any] = {"post_id": post, "comment_id": comment, "parent_id": str(value.get("parent_id") or "")}
    if field in {"comments", "live_comments"}:
        name = str(author.get("username") or "")
        data |= {"text": str(value.get("text") or ""), "author_id": str(author.get("id") or ""), "author_name": name}
        data |= {"author_username": name, "own": author.get("id") == account or "self_ig_scoped_id" in author}
    else:
        data |= {name: count for name, count in value.items() if isinstance(count, int) and not isinstance(count, bool)}
    id_ = f"instagram.{field}.{comment or post or int(at.timestamp())}"
    return Event(_CHANGES.get(field, "other"), id_, account, at, data, dict(value))


def _messaging(account: str, item: Mapping[str, Any]) -> Event:
    sender, recipient = str(_object(item, "sender").get("id") or ""), str(_object(item, "recipient").get("id") or "")
    at, (kind, thing) = webhooks.instant(item.get("timestamp")), _kind(item)
    # Who came by a link has written nothing: that has no id of its own.
    mid = str(thing.get("mid") or (f"referral.{sender}.{int(at.timestamp() * 1000)}" if "referral" in item else ""))
    own = thing.get("is_echo") is True or sender == account
    data: dict[str, Any] = {
        **messaging.told(item, thing),
        "message_id": mid,
        "author_id": sender,
        "person_id": recipient if own else sender,
        "own": own,
        "text": str(thing.get("text") or thing.get("title") or ""),
    }
    if kind.startswith("reaction."):
        data["reaction"] = str(thing.get("emoji") or thing.get("reaction") or "")
    # A message is received once; reactions and reads of it come and go.
    when = (
        ""
        if mid and kind in {"message.received", "message.sent", "message.deleted"}
        else f".{int(at.timestamp() * 1000)}"
    )
    id_ = f"instagram.{kind}.{mid or sender}{when}"
    return Event(kind, id_, account, at, data, dict(item))


def _kind(item: Mapping[str, Any]) -> tuple[EventKind, Mapping[str, Any]]:
    if message := _object(item, "message"):
        if message.get("is_deleted") is True:
            return "message.deleted", message
        return "message.sent" if message.get("is_echo") is True else "message.received", message
    if reaction := _object(item, "reaction"):
        return "reaction.deleted" if reaction.get("action") == "unreact" else "reaction.created", reaction
    if read := _object(item, "read"):
        return "message.read", read
    if postback := _object(item, "postback"):
        return "message.received", postback
    if referral := _object(item, "referral"):
        return "message.received", referral
    return "other", _object(item, "message_edit")


def _object(value: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = value.get(name)
    return found if isinstance(found, dict) else {}
