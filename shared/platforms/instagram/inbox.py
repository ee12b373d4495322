"""Comments, conversations and tags on Instagram: reading them. Acting on them: ``inbox_actions``, ``inbox_messages``.

https://developers.facebook.com/docs/instagram-platform/comment-moderation,
…/instagram-api-with-instagram-login/conversations-api and …/instagram-graph-api/reference/ig-user/tags, read 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from shared.platforms.contract import Call, Published
from shared.platforms.contract_inbox import Attachment, Comment, Conversation, Mention, Message, Page, Person
from shared.platforms.instagram import graph, wire
from shared.platforms.instagram.inbox_actions import commit, confirm, find, prepare

__all__ = ["comments", "commit", "confirm", "conversations", "find", "mentions", "messages", "prepare"]

PAGE = 50
WINDOW = timedelta(hours=24)
PRIVATE_REPLY = timedelta(days=7)


def comments(call: Call, post: Published, cursor: str) -> Page[Comment]:
    """Comments below a post, newest first, each followed by its replies (up to 50). Raises Refused.

    The cursor is Instagram's, behind how many of its page were told already: replies can make a page of it several of ours.
    """
    told, _, after = cursor.partition(".")
    start = int(told) if told.isdecimal() else 0
    query: dict[str, Any] = {"fields": wire.COMMENT_FIELDS, "limit": PAGE, "after": after or None}
    answer = graph.read(call, f"{post.id}/comments", **query)
    rows = wire.comments(answer.get("data"))
    following = graph.next_page(answer)
    rest = f"{start + PAGE}.{after}" if len(rows) > start + PAGE else f"0.{following}" if following else ""
    return Page(tuple(one for row in rows[start : start + PAGE] if (one := _comment(call, post.id, row))), rest)


def conversations(call: Call, cursor: str) -> Page[Conversation]:
    """The account's conversations, newest first. Raises Refused."""
    query: dict[str, Any] = {
        "platform": "instagram",
        "fields": wire.CONVERSATION_FIELDS,
        "limit": PAGE,
        "after": cursor or None,
    }
    answer = graph.read(call, f"{call.who.platform_account_id}/conversations", **query)
    rows = answer.get("data") or []
    return Page(tuple(one for row in rows if (one := _conversation(call, row))), graph.next_page(answer) or "")


def messages(call: Call, conversation_id: str, cursor: str) -> Page[Message]:
    """The 20 newest messages of a conversation: Instagram shows no older ones. Raises Refused, Invalid."""
    named = graph.GRAPH.named(conversation_id, "conversation_id")  # with a slash it would be an edge of something else
    answer = graph.read(call, named, fields=wire.MESSAGES_FIELDS)
    rows = wire.data(answer.get("messages"))
    return Page(tuple(one for row in rows if (one := _message(call, conversation_id, row))))


def mentions(call: Call, cursor: str) -> Page[Mention]:
    """Posts of others in which the account is tagged. Being named with @ is told by webhooks only. Raises Refused."""
    query: dict[str, Any] = {"fields": wire.TAGGED_FIELDS, "limit": PAGE, "after": cursor or None}
    answer = graph.read(call, f"{call.who.platform_account_id}/tags", **query)
    return Page(tuple(one for row in answer.get("data") or [] if (one := _tagged(row))), graph.next_page(answer) or "")


def _comment(call: Call, media: str, row: Mapping[str, Any]) -> Comment | None:
    at = wire.instant(row.get("timestamp"))
    if at is None or not row.get("id"):
        return None
    author, parent = _named(wire.author(row)), str(row.get("parent_id") or "")
    own, hidden = wire.is_account(call, wire.author(row)), row.get("hidden") is True
    return Comment(
        id=str(row["id"]),
        post_id=media,
        text=str(row.get("text") or ""),
        author=author,
        at=at,
        parent_id=parent,
        own=own,
        hidden=hidden,
        likes=_number(row.get("like_count")),
        can=_can(own, call.now - at, hidden=hidden),
        handles={"of": str(row["id"]), "media": media, "top": parent or str(row["id"]), "author": author.id},
        raw=dict(row),
    )


def _can(own: bool, age: timedelta, *, hidden: bool) -> frozenset[str]:
    """Any comment below one's own post can be deleted; others' can be hidden, and answered privately for 7 days."""
    verbs = {"comment.delete"} | (set() if hidden else {"comment.reply"})
    if own:
        return frozenset(verbs)
    return frozenset(
        verbs | {"comment.hide", "comment.unhide"} | ({"comment.private_reply"} if age < PRIVATE_REPLY else set())
    )


def _conversation(call: Call, row: Mapping[str, Any]) -> Conversation | None:
    at = wire.instant(row.get("updated_time"))
    if at is None or not row.get("id"):
        return None
    newest = wire.data(row.get("messages"))
    others = [one for one in wire.data(row.get("participants")) if not wire.is_account(call, one)]
    return Conversation(
        id=str(row["id"]),
        people=tuple(_named(one) for one in others),
        updated_at=at,
        snippet=str(newest[0].get("message") or "") if newest else "",
        reply_until=_until(call, newest),
        handles={"of": str(row["id"]), "recipient": str(others[0].get("id") or "")} if others else {},
        raw=dict(row),
    )


def _until(call: Call, newest: Sequence[Mapping[str, Any]]) -> datetime | None:
    """24 hours after the other's last message; None when that is not among the newest."""
    theirs = [row for row in newest if not wire.is_account(call, wire.author(row))]
    at = wire.instant(theirs[0].get("created_time")) if theirs else None
    return at + WINDOW if at else None


def _message(call: Call, conversation: str, row: Mapping[str, Any]) -> Message | None:
    at = wire.instant(row.get("created_time"))
    if at is None or not row.get("id"):
        return None
    return Message(
        id=str(row["id"]),
        conversation_id=conversation,
        text=str(row.get("message") or ""),
        sender=_named(wire.author(row)),
        at=at,
        own=wire.is_account(call, wire.author(row)),
        attachments=tuple(_attachment(one) for one in wire.data(row.get("attachments"))),
        raw=dict(row),
    )


def _attachment(row: Mapping[str, Any]) -> Attachment:
    for kind in ("image", "video"):
        if found := row.get(f"{kind}_data"):
            return Attachment(kind, str(found.get("url") or ""), str(row.get("id") or ""))
    return Attachment("file", str(row.get("file_url") or ""), str(row.get("id") or ""))


def _tagged(row: Mapping[str, Any]) -> Mention | None:
    at = wire.instant(row.get("timestamp"))
    if at is None or not row.get("id"):
        return None
    name, id_ = str(row.get("username") or ""), str(row["id"])
    return Mention(
        id=id_,
        author=Person(name, name, name),
        text=str(row.get("caption") or ""),
        at=at,
        post_id=id_,
        permalink=str(row.get("permalink") or ""),
        raw=dict(row),
    )


def _named(row: Mapping[str, Any]) -> Person:
    name = str(row.get("username") or "")
    return Person(str(row.get("id") or name), name, name)


def _number(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
