"""What Facebook delivers of a Page: posts, comments, reactions, mentions, recommendations, messages, leads.

https://developers.facebook.com/docs/graph-api/webhooks/reference/page and
https://developers.facebook.com/docs/messenger-platform/reference/webhook-events, read 2026-11-22. The callback's address and
verify token are the app's, set once in Meta's dashboard; each Page is subscribed by a call. The secret is the app's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from shared.platforms._graph import messaging, webhooks
from shared.platforms._graph.hooks import CALLBACKS
from shared.platforms.contract import Call, Fate, Refused
from shared.platforms.contract_webhooks import Event, EventKind, Reply, Subscription
from shared.platforms.facebook import errors, graph

# Each field with the permission that subscribing to it needs beside pages_manage_metadata: one that lacks its permission
# would have the whole subscription refused.
_NEEDS: Mapping[str, str] = {
    "feed": "",
    "mention": "pages_read_user_content",
    "ratings": "pages_read_user_content",
    "leadgen": "leads_retrieval",
    "messages": "pages_messaging",
    "message_echoes": "pages_messaging",
    "message_deliveries": "pages_messaging",
    "message_reads": "pages_messaging",
    "message_reactions": "pages_messaging",
    "messaging_postbacks": "pages_messaging",
}
FIELDS = tuple(_NEEDS)
PUSHES = frozenset({"comment", "message", "mention", "review"})
_POSTS = frozenset({"status", "photo", "video", "post", "share", "album", "reel", "story"})
_COMMENT: Mapping[str, EventKind] = {
    "add": "comment.created",
    "edit": "comment.updated",
    "edited": "comment.updated",
    "hide": "comment.updated",
    "unhide": "comment.updated",
    "remove": "comment.deleted",
    "delete": "comment.deleted",
}
_POST: Mapping[str, EventKind] = {
    "add": "post.published",
    "edit": "post.updated",
    "edited": "post.updated",
    "hide": "post.updated",
    "unhide": "post.updated",
    "remove": "post.deleted",
    "delete": "post.deleted",
}
_REACTION: Mapping[str, EventKind] = {
    "add": "reaction.created",
    "edit": "reaction.created",
    "remove": "reaction.deleted",
}
_REVIEW: Mapping[str, EventKind] = {"add": "review.created", "edit": "review.updated", "edited": "review.updated"}


def challenge(query: Mapping[str, str], secret: str, verify_token: str) -> Reply | None:
    """The answer to the handshake, None when it is none of ours."""
    return webhooks.challenge(query, verify_token)


def verify(headers: Mapping[str, str], body: bytes, secret: str, now: datetime) -> bool:
    """Whether these bytes were signed with the app's secret. There is no replay window."""
    return webhooks.verify(headers, body, secret)


def parse(headers: Mapping[str, str], body: bytes) -> list[Event]:
    """What the delivery says. Raises ValueError when it makes no sense."""
    return [event for entry in webhooks.entries(body, "page") for event in _entry(entry)]


def verify_callback(body: bytes, secret: str) -> bool:
    """Whether Meta signed the form of a deauthorize or data deletion callback."""
    return webhooks.verify_callback(body, secret)


def parse_callback(path: str, body: bytes) -> list[Event]:
    """Whose grant ended, or who wants to be forgotten. Raises ValueError."""
    return webhooks.parse_callback("facebook", CALLBACKS[path], body)


def subscribe(call: Call, callback_url: str, secret: str) -> Subscription:
    """Have the Page's events delivered to the app's callback. Repeatable. Raises Refused."""
    granted = set(call.tokens.scopes)
    fields = [name for name, needed in _NEEDS.items() if not needed or needed in granted]
    graph.post(call, f"{graph.page_id(call)}/subscribed_apps", {"subscribed_fields": ",".join(fields)})
    return Subscription(state={"fields": fields})


def unsubscribe(call: Call, secret: str = "", state: Mapping[str, Any] | None = None) -> None:
    """Have them delivered no more; what is already gone is fine. Raises Refused."""
    try:
        graph.remove(call, f"{graph.page_id(call)}/subscribed_apps")
    except Refused as refused:
        if refused.fate is not Fate.UNAUTHORISED and not errors.is_gone(refused):
            raise


def _entry(entry: Mapping[str, Any]) -> Iterator[Event]:
    page = webhooks.plain(entry.get("id"))
    for name, value in webhooks.changes(entry):
        yield _change(page, entry, name, value)
    items = entry.get("messaging") or []
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise ValueError("«messaging» is a list of objects")
    for item in items:
        yield from _messaging(page, item)


# ----------------------------------------------------------------------------------------------------- changes


def _change(page: str, entry: Mapping[str, Any], name: str, value: dict[str, Any]) -> Event:
    kind = _kind(page, name, value)
    made, told = value.get("created_time"), entry.get("time")
    when = webhooks.instant((made or told) if value.get("verb") in ("add", None) else (told or made))
    return Event(kind, _identity(name, value, when), page, when, _data(page, name, value), value)


def _kind(page: str, name: str, value: Mapping[str, Any]) -> EventKind:
    item, verb = webhooks.plain(value.get("item")), webhooks.plain(value.get("verb"))
    if name == "leadgen":
        return "lead.created"
    if name == "mention":
        return "mention.created" if verb in {"add", ""} else "other"
    if name == "ratings":
        return _REVIEW.get(verb, "other") if item in {"rating", ""} else "other"
    if name != "feed":
        return "other"
    if item == "comment":
        return _COMMENT.get(verb, "other")
    if item in {"reaction", "like"}:
        return _REACTION.get(verb, "other")
    # Visitors' posts come without their author where Facebook keeps them back; the Page's own new ones never do.
    by = _author(value)[0]
    ours = (by == page or (not by and verb != "add")) and value.get("published") != 0
    return _POST.get(verb, "other") if item in _POSTS and ours else "other"


def _identity(name: str, value: Mapping[str, Any], at: datetime) -> str:
    """The same however often it is delivered: what happened, to what, by whom, when."""
    what = ("item", "verb", "comment_id", "post_id", "open_graph_story_id", "leadgen_id", "reaction_type")
    parts = [webhooks.plain(value.get(key)) for key in what]
    return ".".join(
        ["facebook", name, *(part for part in (*parts, _author(value)[0]) if part), str(int(at.timestamp()))]
    )


def _data(page: str, name: str, value: Mapping[str, Any]) -> dict[str, Any]:
    author, called = _author(value)
    data: dict[str, Any] = {
        "post_id": value.get("post_id"),
        "comment_id": value.get("comment_id"),
        "parent_id": _parent(value),
        "text": value.get("message") or value.get("review_text"),
        "author_id": author,
        "author_name": called,
        "reaction": value.get("reaction_type"),
        "review_id": value.get("open_graph_story_id"),
        "lead_id": value.get("leadgen_id"),
        "form_id": value.get("form_id"),
        "ad_id": value.get("ad_id"),
        "link": value.get("link"),
    }
    if name == "ratings" and value.get("recommendation_type"):
        data["recommends"] = str(value["recommendation_type"]).lower() == "positive"
    if author:
        data["own"] = author == page
    if value.get("verb") in ("hide", "unhide"):
        data["hidden"] = value["verb"] == "hide"
    return {
        key: found for key, found in data.items() if isinstance(found, bool) or (found and isinstance(found, str | int))
    }


def _author(value: Mapping[str, Any]) -> tuple[str, str]:
    by = value.get("from")
    found = by if isinstance(by, dict) else {}
    id_ = found.get("id") or value.get("sender_id") or value.get("reviewer_id")
    name = found.get("name") or value.get("sender_name") or value.get("reviewer_name")
    return webhooks.plain(id_), webhooks.plain(name)


def _parent(value: Mapping[str, Any]) -> str:
    """The comment that is answered; below a post itself, Facebook names the post."""
    parent = webhooks.plain(value.get("parent_id"))
    return "" if parent == webhooks.plain(value.get("post_id")) else parent


# --------------------------------------------------------------------------------------------------- messaging


def _messaging(page: str, item: Mapping[str, Any]) -> Iterator[Event]:
    """What happened with a message; of each, where several have arrived at once."""
    at = webhooks.instant(item.get("timestamp"))
    sender, recipient = _id(item, "sender"), _id(item, "recipient")
    kind, about = _told(item)
    mids = about.get("mids")
    named = [webhooks.plain(one) for one in (mids if isinstance(mids, list) else [about.get("mid")])] or [""]
    for mid in named:
        which = mid if mid and not kind.startswith("reaction") else f"{mid}.{int(at.timestamp() * 1000)}"
        data: dict[str, Any] = {
            "message_id": mid,
            "person_id": recipient if sender == page else sender,
            "text": text if isinstance(text := about.get("text"), str) else "",
            "author_id": sender,
            "own": sender == page,
            "reaction": webhooks.plain(about.get("emoji") or about.get("reaction")),
            **messaging.told(item, about),
        }
        kept = {key: value for key, value in data.items() if value != ""}
        yield Event(kind, f"facebook.{kind}.{which}.{sender}", page, at, kept, dict(item))


def _told(item: Mapping[str, Any]) -> tuple[EventKind, Mapping[str, Any]]:
    """What a messaging entry is about, and the part that says it."""
    for name, kind in (("delivery", "message.delivered"), ("read", "message.read")):
        if isinstance(item.get(name), dict):
            return kind, item[name]  # type: ignore[return-value]
    message = item.get("message")
    if isinstance(message, dict):
        return ("message.sent" if message.get("is_echo") else "message.received"), message
    reaction = item.get("reaction")
    if isinstance(reaction, dict):
        return ("reaction.deleted" if reaction.get("action") == "unreact" else "reaction.created"), reaction
    postback = item.get("postback")
    if isinstance(postback, dict):
        return "message.received", {**postback, "text": postback.get("title") or ""}
    return "other", {}


def _id(item: Mapping[str, Any], name: str) -> str:
    found = item.get(name)
    return webhooks.plain(found.get("id")) if isinstance(found, dict) else ""
