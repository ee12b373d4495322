"""Comments, Messenger conversations, mentions and recommendations of a Page: reading them. Acting: ``inbox_actions``.

https://developers.facebook.com/docs/graph-api/reference/object/comments, …/page/conversations, …/page/tagged, …/page/ratings,
read 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

from shared.platforms.contract import Call, Published
from shared.platforms.contract_inbox import Attachment, Comment, Conversation, Mention, Message, Page, Person, Review
from shared.platforms.facebook import graph, wire
from shared.platforms.facebook.inbox_actions import commit, confirm, find, prepare

__all__ = ["comments", "commit", "confirm", "conversations", "find", "mentions", "messages", "prepare", "reviews"]

LIMIT = 50
WINDOW = timedelta(
    hours=24
)  # https://developers.facebook.com/docs/messenger-platform/policy/policy-overview, 2026-11-22
PERSON = "from{id,name}"
COMMENT_FIELDS = (
    f"id,message,created_time,{PERSON},parent{{id}},is_hidden,can_comment,can_hide,can_like,can_remove,can_reply_privately,"
    "like_count,comment_count,user_likes,permalink_url"
)
CONVERSATION_FIELDS = (
    "id,updated_time,snippet,unread_count,can_reply,participants{id,name},messages.limit(20){id,created_time,from{id}}"
)
MESSAGE_FIELDS = (
    f"id,message,created_time,{PERSON},attachments{{id,mime_type,name,file_url,image_data{{url}},video_data{{url}}}}"
)
MENTION_FIELDS = f"id,message,created_time,permalink_url,{PERSON}"
REVIEW_FIELDS = (
    "created_time,has_rating,has_review,rating,recommendation_type,review_text,reviewer{id,name},open_graph_story{id}"
)
_VERBS = {
    "can_comment": ("comment.reply",),
    "can_like": ("comment.like", "comment.unlike"),
    "can_hide": ("comment.hide", "comment.unhide"),
    "can_remove": ("comment.delete",),
    "can_reply_privately": ("comment.private_reply",),
}
T = TypeVar("T")


def comments(call: Call, post: Published, cursor: str) -> Page[Comment]:
    """All comments below a post, answers too, newest first. Raises Refused."""
    query = {"filter": "stream", "order": "reverse_chronological", "fields": COMMENT_FIELDS}
    return _page(call, f"{post.id}/comments", query, cursor, lambda row: _comment(call, post.id, row))


def conversations(call: Call, cursor: str) -> Page[Conversation]:
    """The Page's Messenger conversations, the last touched first. Raises Refused."""
    query = {"platform": "messenger", "fields": CONVERSATION_FIELDS}
    return _page(call, f"{graph.page_id(call)}/conversations", query, cursor, lambda row: _conversation(call, row))


def messages(call: Call, conversation_id: str, cursor: str) -> Page[Message]:
    """The messages of one conversation, newest first. Raises Refused."""
    query = {"fields": MESSAGE_FIELDS}
    return _page(call, f"{conversation_id}/messages", query, cursor, lambda row: _message(call, conversation_id, row))


def mentions(call: Call, cursor: str) -> Page[Mention]:
    """Public posts that tag the Page, newest first. Raises Refused."""
    return _page(call, f"{graph.page_id(call)}/tagged", {"fields": MENTION_FIELDS}, cursor, _mention)


def reviews(call: Call, cursor: str) -> Page[Review]:
    """The Page's recommendations (and its ratings of before August 2018), newest first. Raises Refused."""
    return _page(call, f"{graph.page_id(call)}/ratings", {"fields": REVIEW_FIELDS}, cursor, _review)


def _page(
    call: Call, path: str, query: Mapping[str, Any], cursor: str, read: Callable[[Mapping[str, Any]], T | None]
) -> Page[T]:
    rows, after = graph.listing(call, path, {**query, "limit": LIMIT}, cursor or None)
    return Page(tuple(found for row in rows if (found := read(row)) is not None), after or "")


def _comment(call: Call, post: str, row: Mapping[str, Any]) -> Comment | None:
    at = wire.instant(row.get("created_time"))
    if at is None or not row.get("id"):
        return None
    author = person(row.get("from"))
    parent = str((row.get("parent") or {}).get("id") or "")
    return Comment(
        id=str(row["id"]),
        post_id=post,
        text=str(row.get("message") or ""),
        author=author,
        at=at,
        parent_id=parent,
        own=author.id == graph.page_id(call),
        hidden=row.get("is_hidden") is True,
        liked=row.get("user_likes") is True,
        likes=_count(row.get("like_count")),
        replies=_count(row.get("comment_count")),
        permalink=str(row.get("permalink_url") or ""),
        can=frozenset(verb for name, verbs in _VERBS.items() if row.get(name) is True for verb in verbs),
        handles={"post": post, "top": parent or str(row["id"])},
        raw=dict(row),
    )


def _conversation(call: Call, row: Mapping[str, Any]) -> Conversation | None:
    at = wire.instant(row.get("updated_time"))
    if at is None or not row.get("id"):
        return None
    page = graph.page_id(call)
    people = [person(one) for one in _data(row.get("participants"))]
    others = tuple(one for one in people if one.id != page)
    return Conversation(
        id=str(row["id"]),
        people=others,
        updated_at=at,
        snippet=str(row.get("snippet") or ""),
        unread=_count(row.get("unread_count")),
        reply_until=_window(page, _data(row.get("messages"))),
        handles={"recipient": others[0].id} if others else {},
        raw=dict(row),
    )


def _window(page: str, newest: Sequence[Mapping[str, Any]]) -> datetime | None:
    """When the 24 hours after the person's last message end.

    Where the listed messages are all the Page's own, that was before the oldest of them.
    """
    times = [(at, person(row.get("from")).id) for row in newest if (at := wire.instant(row.get("created_time")))]
    incoming = [at for at, author in times if author != page]
    if incoming:
        return max(incoming) + WINDOW
    return min(at for at, _ in times) + WINDOW if times else None


def _message(call: Call, conversation: str, row: Mapping[str, Any]) -> Message | None:
    at = wire.instant(row.get("created_time"))
    if at is None or not row.get("id"):
        return None
    sender = person(row.get("from"))
    return Message(
        id=str(row["id"]),
        conversation_id=conversation,
        text=str(row.get("message") or ""),
        sender=sender,
        at=at,
        own=sender.id == graph.page_id(call),
        attachments=tuple(_attachment(one) for one in _data(row.get("attachments"))),
        raw=dict(row),
    )


def _attachment(row: Mapping[str, Any]) -> Attachment:
    kind = str(row.get("mime_type") or "file").partition("/")[0]
    picture, video = row.get("image_data") or {}, row.get("video_data") or {}
    url = picture.get("url") or video.get("url") or row.get("file_url") or ""
    return Attachment(kind if kind in {"image", "video", "audio"} else "file", str(url), str(row.get("id") or ""))


def _mention(row: Mapping[str, Any]) -> Mention | None:
    at = wire.instant(row.get("created_time"))
    if at is None or not row.get("id"):
        return None
    id_, address = str(row["id"]), str(row.get("permalink_url") or "")
    return Mention(id_, person(row.get("from")), str(row.get("message") or ""), at, id_, "", address, {}, dict(row))


def _review(row: Mapping[str, Any]) -> Review | None:
    """A recommendation has no id of its own: its story's, else who said it when."""
    at = wire.instant(row.get("created_time"))
    if at is None:
        return None
    author = person(row.get("reviewer"))
    story = str((row.get("open_graph_story") or {}).get("id") or "")
    kind = row.get("recommendation_type")
    return Review(
        id=story or f"{author.id}.{int(at.timestamp())}",
        author=author,
        text=str(row.get("review_text") or ""),
        at=at,
        stars=_count(row.get("rating")) if row.get("has_rating") else None,
        recommends=kind == "positive" if kind in {"positive", "negative"} else None,
        permalink=f"{wire.WEB}/{story}" if story else "",
        raw=dict(row),
    )


def person(value: object) -> Person:
    """Somebody as Facebook tells them: it keeps back who is not known to the app."""
    found = value if isinstance(value, Mapping) else {}
    return Person(str(found.get("id") or ""), str(found.get("name") or ""))


def _data(value: object) -> list[Mapping[str, Any]]:
    rows = value.get("data") if isinstance(value, Mapping) else None
    return [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
