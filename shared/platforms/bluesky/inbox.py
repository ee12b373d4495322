"""What others say to a Bluesky account: replies, mentions and quotes, conversations; and its answers (``inbox_acts``).

Reading goes through the account's own PDS, which hands it on to the service named in ``atproto-proxy``: so it works for
accounts whose PDS has no AppView of its own too, and the answers know what the account liked.
Source: https://atproto.com/specs/xrpc (service proxying) and the lexicons at d6296a1, read 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from shared.platforms import _wire
from shared.platforms.bluesky import errors, tid, wire
from shared.platforms.bluesky.inbox_acts import CHAT, commit, confirm, find, pds, prepare
from shared.platforms.contract import Call, Published
from shared.platforms.contract_inbox import Comment, Conversation, Mention, Message, Page, Person
from shared.ports.http import AnswerLost

__all__ = ["comments", "commit", "confirm", "conversations", "find", "mentions", "messages", "prepare"]

BSKY = "did:web:api.bsky.app#bsky_appview"
_DEPTH = 100  # of replies to replies
_A_PAGE = 50
_LARGE = 16 << 20  # bytes: a thread comes in one answer, without pages


def comments(call: Call, post: Published, cursor: str) -> Page[Comment]:
    """The replies below a post, newest first. The network answers a thread whole: the pages are ours. Raises Refused."""
    query = {"uri": post.id, "depth": _DEPTH, "parentHeight": 0}
    said = _read(call, BSKY, "app.bsky.feed.getPostThread", query)
    if not isinstance(said.get("thread"), Mapping):
        raise AnswerLost("a thread without its posts")
    gate = (said.get("threadgate") or {}).get("record") or {}
    hidden = frozenset(map(str, gate.get("hiddenReplies") or ()))
    found = sorted(_below(call, post.id, said["thread"], hidden), key=lambda one: (one.at, one.id), reverse=True)
    start = int(cursor) if cursor.isdecimal() else 0
    end = start + _A_PAGE
    return Page(tuple(found[start:end]), str(end) if len(found) > end else "")


def mentions(call: Call, cursor: str) -> Page[Mention]:
    """Posts that name or quote the account, newest first. Raises Refused."""
    query = [("reasons", "mention"), ("reasons", "quote"), ("limit", str(_A_PAGE))]
    said = _read(call, BSKY, "app.bsky.notification.listNotifications", [*query, *_at(cursor)])
    return Page(tuple(_mention(item) for item in _listed(said, "notifications")), str(said.get("cursor") or ""))


def conversations(call: Call, cursor: str) -> Page[Conversation]:
    """The account's conversations, the liveliest first. Needs an app password that may read messages. Raises Refused."""
    query = [("limit", str(_A_PAGE)), *_at(cursor)]
    said = _read(call, CHAT, "chat.bsky.convo.listConvos", query)
    return Page(tuple(_conversation(call, item) for item in _listed(said, "convos")), str(said.get("cursor") or ""))


def messages(call: Call, conversation_id: str, cursor: str) -> Page[Message]:
    """The messages of a conversation, newest first; deleted ones are left out. Raises Refused."""
    query = [("convoId", conversation_id), ("limit", str(_A_PAGE)), *_at(cursor)]
    said = _read(call, CHAT, "chat.bsky.convo.getMessages", query)
    people = {str(one.get("did")): _person(one) for one in said.get("relatedProfiles") or ()}
    shown = [item for item in _listed(said, "messages") if "text" in item]
    found = [_message(call, conversation_id, item, people) for item in shown]
    return Page(tuple(found), str(said.get("cursor") or ""))


# ----------------------------------------------------------------------------------------------------- mapping


def _below(call: Call, post_id: str, thread: Mapping[str, Any], hidden: frozenset[str]) -> Iterator[Comment]:
    """Every reply of a thread; what is gone or blocked has no text and is passed over."""
    for reply in thread.get("replies") or ():
        view = reply.get("post")
        if isinstance(view, Mapping) and isinstance(view.get("record"), Mapping):
            yield _comment(call, post_id, view, hidden)
            yield from _below(call, post_id, reply, hidden)


def _comment(call: Call, post_id: str, view: Mapping[str, Any], hidden: frozenset[str]) -> Comment:
    record, author, me = view["record"], view.get("author") or {}, call.who.platform_account_id
    reply, uri, own = record.get("reply") or {}, str(view["uri"]), author.get("did") == me
    parent, root = (reply.get("parent") or {}).get("uri", ""), reply.get("root") or {}
    can = {"comment.reply", "comment.like", "comment.unlike", *({"comment.delete"} if own else ())}
    if not own and str(root.get("uri", "")).startswith(f"at://{me}/"):
        can |= {"comment.hide", "comment.unhide"}
    return Comment(
        id=uri,
        post_id=post_id,
        text=str(record.get("text") or ""),
        author=_person(author),
        at=_instant(view.get("indexedAt")),
        parent_id="" if parent == post_id else str(parent),
        own=own,
        hidden=uri in hidden,
        liked=bool((view.get("viewer") or {}).get("like")),
        likes=view.get("likeCount"),
        replies=view.get("replyCount"),
        permalink=wire.permalink(str(author.get("handle") or author.get("did") or ""), uri),
        can=frozenset(can),
        handles={"uri": uri, "cid": view.get("cid"), "root": dict(root)},
        raw=view,
    )


def _mention(item: Mapping[str, Any]) -> Mention:
    record, uri = item.get("record") or {}, str(item["uri"])
    parent = ((record.get("reply") or {}).get("parent") or {}).get("uri", "")
    author = item.get("author") or {}
    return Mention(
        id=uri,
        author=_person(author),
        text=str(record.get("text") or ""),
        at=_instant(item.get("indexedAt")),
        post_id=str(parent or uri),
        comment_id=uri if parent else "",
        permalink=wire.permalink(str(author.get("handle") or ""), uri),
        handles={"uri": uri, "cid": item.get("cid")},
        raw=item,
    )


def _conversation(call: Call, item: Mapping[str, Any]) -> Conversation:
    last = item.get("lastMessage") or {}
    people = [_person(one) for one in item.get("members") or () if one.get("did") != call.who.platform_account_id]
    return Conversation(
        id=str(item["id"]),
        people=tuple(people),
        updated_at=_instant(last["sentAt"]) if last.get("sentAt") else _revised(item),
        snippet=str(last.get("text") or "")[:200],
        unread=item.get("unreadCount"),
        raw=item,
    )


def _revised(item: Mapping[str, Any]) -> datetime:
    """When a conversation without messages last changed: its revision is a TID."""
    return datetime.fromtimestamp(tid.instant(str(item.get("rev") or "")) / 1_000_000, UTC)


def _message(call: Call, conversation_id: str, item: Mapping[str, Any], people: Mapping[str, Person]) -> Message:
    sender = str((item.get("sender") or {}).get("did") or "")
    return Message(
        id=str(item["id"]),
        conversation_id=conversation_id,
        text=str(item["text"]),
        sender=people.get(sender) or Person(sender),
        at=_instant(item.get("sentAt")),
        own=sender == call.who.platform_account_id,
        raw=item,
    )


def _person(author: Mapping[str, Any]) -> Person:
    handle = str(author.get("handle") or "")
    name = str(author.get("displayName") or handle)
    return Person(str(author.get("did") or ""), name, handle, str(author.get("avatar") or ""))


def _instant(text: Any) -> datetime:
    try:
        return datetime.fromisoformat(str(text))
    except ValueError as error:
        raise AnswerLost("an answer without its instants") from error


# ----------------------------------------------------------------------------------------------------- reading


def _read(call: Call, service: str, nsid: str, query: Mapping[str, Any] | list[tuple[str, str]]) -> dict[str, Any]:
    """A query that the account's PDS hands on to this service."""
    pairs = query if isinstance(query, list) else [(name, str(value)) for name, value in query.items()]
    url = wire.with_pairs(wire.method(pds(call), nsid), pairs)
    request = _wire.get(url, None, Authorization=f"Bearer {call.tokens.access}", atproto_proxy=service)
    return _wire.ask(call, replace(request, max_bytes=_LARGE), errors.refusal).json


def _listed(said: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    found = said.get(name)
    if not isinstance(found, list):
        raise AnswerLost(f"an answer without its {name}")
    return found


def _at(cursor: str) -> list[tuple[str, str]]:
    return [("cursor", cursor)] if cursor else []
