"""Replies and mentions on Threads: reading them, and what the account does about them (``inbox_actions``).

https://developers.facebook.com/documentation/threads/reference/reply-management (updated 2026-02-13) and
https://developers.facebook.com/docs/threads/threads-mentions, read 2026-11-22. Threads has no messages.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared.platforms.contract import Call, Published
from shared.platforms.contract_inbox import Comment, Mention, Page, Person
from shared.platforms.threads import wire
from shared.platforms.threads.graph import GRAPH
from shared.platforms.threads.inbox_actions import commit, confirm, find, prepare

__all__ = ["comments", "commit", "confirm", "find", "mentions", "prepare"]

PAGE = 50
_FIELDS = "id,text,timestamp,permalink,username,profile_picture_url,is_verified"
REPLY_FIELDS = f"{_FIELDS},media_type,has_replies,is_reply_owned_by_me,root_post,replied_to,hide_status"
MENTION_FIELDS = f"{_FIELDS},media_type,is_reply,root_post,replied_to"
_HIDDEN = {"HIDDEN", "COVERED", "BLOCKED", "RESTRICTED"}


def comments(call: Call, post: Published, cursor: str) -> Page[Comment]:
    """All replies below a post, nested ones too, newest first. Raises Refused."""
    answer = GRAPH.read(call, f"{post.id}/conversation", fields=REPLY_FIELDS, after=cursor or None)
    items = tuple(found for row in answer.get("data") or [] if (found := _comment(post.id, row)))
    return Page(items, wire.next_page(answer) or "")


def mentions(call: Call, cursor: str) -> Page[Mention]:
    """Public posts and replies that name the account, newest first. Raises Refused."""
    path = f"{call.who.platform_account_id}/mentions"
    answer = GRAPH.read(call, path, fields=MENTION_FIELDS, limit=PAGE, after=cursor or None)
    items = tuple(found for row in answer.get("data") or [] if (found := _mention(row)))
    return Page(items, wire.next_page(answer) or "")


def _comment(post_id: str, row: Mapping[str, Any]) -> Comment | None:
    at = wire.instant(row.get("timestamp"))
    if at is None or not row.get("id"):
        return None
    root, parent = _id(row.get("root_post")) or post_id, _id(row.get("replied_to"))
    own = row.get("is_reply_owned_by_me") is True
    hidden = row.get("hide_status") in _HIDDEN
    return Comment(
        id=str(row["id"]),
        post_id=root,
        text=str(row.get("text") or ""),
        author=_person(row),
        at=at,
        parent_id="" if parent == root else parent,
        own=own,
        hidden=hidden,
        permalink=str(row.get("permalink") or ""),
        can=_can(own, top=parent == root),
        handles={"root": root},
        raw=dict(row),
    )


def _can(own: bool, *, top: bool) -> frozenset[str]:
    """Only top-level replies can be hidden (nested ones follow them), only one's own deleted."""
    if own:
        return frozenset({"comment.reply", "comment.delete"})
    return frozenset({"comment.reply", "comment.hide", "comment.unhide"} if top else {"comment.reply"})


def _mention(row: Mapping[str, Any]) -> Mention | None:
    at = wire.instant(row.get("timestamp"))
    if at is None or not row.get("id"):
        return None
    id_, root = str(row["id"]), _id(row.get("root_post"))
    return Mention(
        id=id_,
        author=_person(row),
        text=str(row.get("text") or ""),
        at=at,
        post_id=root or id_,
        comment_id=id_ if root else "",
        permalink=str(row.get("permalink") or ""),
        raw=dict(row),
    )


def _person(row: Mapping[str, Any]) -> Person:
    """Threads tells no ids of people, only their names, which can change."""
    name = str(row.get("username") or "")
    return Person(name, name, name, str(row.get("profile_picture_url") or ""))


def _id(value: object) -> str:
    found = value.get("id") if isinstance(value, Mapping) else value
    return str(found or "")
