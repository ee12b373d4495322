"""Reading what people say to the account: comments on a post, messages, mentions. Acting on it is in ``inbox_acts``.

Private messages became Reddit Chat in 2025; their endpoints go on, and reach the chats
(https://www.reddit.com/r/modnews/comments/1jf1dy5/, 2025-03-19); README says what is not known of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from shared.platforms.contract import Call, Published
from shared.platforms.contract_inbox import Comment, Conversation, Mention, Message, Page, Person
from shared.platforms.reddit import api, wire
from shared.platforms.reddit.inbox_acts import commit, confirm, find, prepare
from shared.ports.http import AnswerLost

__all__ = ["comments", "commit", "confirm", "conversations", "find", "mentions", "messages", "prepare"]

PAGE: Final = 50
_TREE: Final = 500  # the most comments that Reddit gives with a post
_POST_IN_CONTEXT: Final = re.compile(r"/comments/([0-9a-z]+)/")
_ALWAYS: Final = frozenset({"comment.like", "comment.unlike"})


# ---------------------------------------------------------------------------------------------------- comments


def comments(call: Call, post: Published, cursor: str) -> Page[Comment]:
    """The comments on a post, replies included, newest first. What Reddit folds away is fetched when its page comes."""
    query, post_id = {"limit": _TREE, "sort": "new"}, api.fullname(post.id, "t3", field="id")
    answer = api.get_list(call, f"/comments/{post_id.removeprefix('t3_')}", query)
    if len(answer) < 2:
        raise AnswerLost("a post without its comments")
    shown = list(_flat(answer[1]))
    start = _start(cursor)
    chosen = shown[start : start + PAGE]
    found = [thing for thing in chosen if isinstance(thing, dict)]
    folded = [name for name in chosen if isinstance(name, str)]
    if folded:
        found += _unfolded(call, post_id, folded)
    items = tuple(_comment(call, thing) for thing in found)
    return Page(items, str(start + PAGE) if len(shown) > start + PAGE else "")


def _start(cursor: str) -> int:
    """Where a page of ours begins."""
    return int(cursor) if cursor.isdecimal() and len(cursor) < 6 else 0


def _flat(listing: Any) -> Iterator[dict[str, Any] | str]:
    """Comments as they stand in the tree, and the ids of those that it only names, these last."""
    folded: list[str] = []
    inner = listing.get("data") if isinstance(listing, dict) else None
    for child in (inner or {}).get("children") or ():
        data = child.get("data") or {}
        if child.get("kind") == "more":
            folded += [str(name) for name in data.get("children") or ()]
            continue
        yield data
        for below in _flat(data.get("replies")):
            if isinstance(below, str):
                folded.append(below)
            else:
                yield below
    yield from folded


def _unfolded(call: Call, post_id: str, names: list[str]) -> list[dict[str, Any]]:
    query = {"link_id": post_id, "children": ",".join(names), "api_type": "json", "sort": "new"}
    things = api.data(api.get(call, "/api/morechildren", query)).get("things") or ()
    return [thing["data"] for thing in things if isinstance(thing, dict) and thing.get("kind") == "t1"]


def _comment(call: Call, thing: Mapping[str, Any]) -> Comment:
    own = str(thing.get("author")) == call.who.username
    replies = ((thing.get("replies") or {}).get("data") or {}) if isinstance(thing.get("replies"), dict) else {}
    parent = str(thing.get("parent_id") or "")
    return Comment(
        id=str(thing.get("name") or f"t1_{thing.get('id')}"),
        post_id=str(thing.get("link_id") or ""),
        text=str(thing.get("body") or ""),
        author=_author(thing),
        at=_at(thing),
        parent_id=parent if parent.startswith("t1_") else "",
        own=own,
        hidden=bool(thing.get("removed") or thing.get("banned_by")),
        liked=thing.get("likes") is True,
        likes=thing.get("score") if isinstance(thing.get("score"), int) else None,
        replies=len(replies.get("children") or ()),
        permalink=wire.SITE + str(thing.get("permalink") or ""),
        can=_allowed(thing, own=own),
        handles={"author": str(thing.get("author") or ""), "subreddit": str(thing.get("subreddit") or "")},
        raw=dict(thing, replies=None),
    )


def _allowed(thing: Mapping[str, Any], *, own: bool) -> frozenset[str]:
    """What Reddit takes on a comment now: hiding is a moderator's, a private reply needs somebody else to get it."""
    if thing.get("author") == "[deleted]":
        return _ALWAYS
    verbs = {"comment.delete"} if own else {"comment.private_reply"}
    if not (thing.get("locked") or thing.get("archived")):
        verbs.add("comment.reply")
    if thing.get("can_mod_post"):
        verbs |= {"comment.hide", "comment.unhide"}
    return _ALWAYS | verbs


# ---------------------------------------------------------------------------------------------------- messages


def conversations(call: Call, cursor: str) -> Page[Conversation]:
    """The account's private messages by thread, newest thread first."""
    listing = api.get(call, "/message/messages", {"limit": PAGE, "after": cursor or None})
    items = tuple(_conversation(call, thing) for thing in api.children(listing))
    return Page(items, str(listing["data"].get("after") or ""))


def messages(call: Call, conversation_id: str, cursor: str) -> Page[Message]:
    """The messages of one thread, newest first. Reddit gives a thread whole: its pages are ours."""
    first = api.fullname(conversation_id, "t4", field="id")
    listing = api.get(call, f"/message/messages/{first.removeprefix('t4_')}")
    found = [one for thing in api.children(listing) for one in _thread(thing)]
    newest = sorted(found, key=lambda one: float(one.get("created_utc") or 0), reverse=True)
    start = _start(cursor)
    items = tuple(_message(call, conversation_id, one) for one in newest[start : start + PAGE])
    return Page(items, str(start + PAGE) if len(newest) > start + PAGE else "")


def _conversation(call: Call, first: Mapping[str, Any]) -> Conversation:
    thread = sorted(_thread(first), key=lambda one: float(one.get("created_utc") or 0))
    last, me = thread[-1], call.who.username
    incoming = [one for one in thread if one.get("author") != me]
    other = incoming[-1] if incoming else first
    person = _author(other) if incoming else Person("", str(first.get("dest") or ""), str(first.get("dest") or ""))
    return Conversation(
        id=str(first.get("first_message_name") or first.get("name")),
        people=(person,),
        updated_at=_at(last),
        snippet=str(last.get("body") or "")[:200],
        unread=sum(1 for one in incoming if one.get("new")),
        handles={"reply_to": str(other.get("name") or ""), "subject": str(first.get("subject") or "")},
        raw=dict(first, replies=None),
    )


def _thread(first: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    replies = first.get("replies")
    return [first, *(api.children(replies) if isinstance(replies, dict) else ())]


def _message(call: Call, conversation_id: str, thing: Mapping[str, Any]) -> Message:
    own = str(thing.get("author")) == call.who.username
    text, name = str(thing.get("body") or ""), str(thing.get("name"))
    return Message(name, conversation_id, text, _author(thing), _at(thing), own, raw=dict(thing, replies=None))


# ---------------------------------------------------------------------------------------------------- mentions


def mentions(call: Call, cursor: str) -> Page[Mention]:
    """Comments that name the account (u/name), newest first."""
    listing = api.get(call, "/message/mentions", {"limit": PAGE, "after": cursor or None})
    items = tuple(_mention(thing) for thing in api.children(listing))
    return Page(items, str(listing["data"].get("after") or ""))


def _mention(thing: Mapping[str, Any]) -> Mention:
    context = str(thing.get("context") or thing.get("permalink") or "")
    post, name = _POST_IN_CONTEXT.search(context), str(thing.get("name"))
    return Mention(
        id=name,
        author=_author(thing),
        text=str(thing.get("body") or ""),
        at=_at(thing),
        post_id=f"t3_{post[1]}" if post else "",
        comment_id=name,
        permalink=wire.SITE + context.partition("?")[0],
        handles={"author": str(thing.get("author") or "")},
        raw=dict(thing, replies=None),
    )


def _author(thing: Mapping[str, Any]) -> Person:
    name = str(thing.get("author") or "")
    return Person(str(thing.get("author_fullname") or ""), name, name)


def _at(thing: Mapping[str, Any]) -> datetime:
    return datetime.fromtimestamp(float(thing.get("created_utc") or 0), UTC)
