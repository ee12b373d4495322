"""What others say to an X account: replies to its posts, direct messages, mentions; and its answers (``inbox_acts``).

Replies come from the recent search (the last seven days); X's API does not show which replies are hidden.
Sources: docs.x.com/x-api/posts/search/integrate/operators, .../direct-messages/lookup/integrate, 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from shared.platforms import _wire
from shared.platforms.contract import Call, Published
from shared.platforms.contract_inbox import Attachment, Comment, Conversation, Mention, Message, Page, Person
from shared.platforms.x import errors, wire
from shared.platforms.x.inbox_acts import commit, confirm, find, need, prepare

__all__ = ["comments", "commit", "confirm", "conversations", "find", "mentions", "messages", "prepare"]

_POST_FIELDS: Final = "attachments,conversation_id,created_at,entities,note_post,public_metrics,text"
_DM_FIELDS: Final = "attachments,created_at,dm_conversation_id,entities,event_type,id,text"
_USER_FIELDS: Final = "profile_image_url"
_ALWAYS: Final = frozenset({"comment.reply", "comment.like", "comment.unlike"})
_TO_OTHERS: Final = frozenset({"comment.hide", "comment.unhide", "comment.private_reply"})


def comments(call: Call, post: Published, cursor: str) -> Page[Comment]:
    """The replies of the last seven days below the post, newest first; replies to replies where it opens the
    conversation, direct replies where it does not. Raises Refused."""
    wire.post_id(post.id, "platform_post_id")
    query = {
        "query": f"(conversation_id:{post.id} OR in_reply_to_tweet_id:{post.id}) is:reply",
        "max_results": 50,
        "post.fields": _POST_FIELDS,
        "expansions": "author_id,referenced_posts",
        "user.fields": _USER_FIELDS,
        "next_token": cursor or None,
    }
    said = _read(call, f"{wire.API}/tweets/search/recent", query)
    people = _people(said)
    found = [_comment(call, post.id, item, people) for item in said.get("data") or () if str(item["id"]) != post.id]
    return Page(tuple(found), _next(said))


def mentions(call: Call, cursor: str) -> Page[Mention]:
    """Posts that name the account, replies to it among them, newest first. Raises Refused."""
    query = {
        "max_results": 50,
        "post.fields": _POST_FIELDS,
        "expansions": "author_id,referenced_posts",
        "user.fields": _USER_FIELDS,
        "pagination_token": cursor or None,
    }
    said = _read(call, f"{wire.API}/users/{call.who.platform_account_id}/mentions", query)
    people = _people(said)
    return Page(tuple(_mention(item, people) for item in said.get("data") or ()), _next(said))


def conversations(call: Call, cursor: str) -> Page[Conversation]:
    """The conversations of the account's last 30 days, by their newest message. X lists events, not conversations: one may
    come again on a later page, with an older message. Raises Refused."""
    need(call, "dm.read")
    said = _read(call, f"{wire.API}/dm_events", _dm_query(cursor))
    people = _people(said)
    newest: dict[str, list[Mapping[str, Any]]] = {}
    for event in said.get("data") or ():
        newest.setdefault(str(event["dm_conversation_id"]), []).append(event)
    found = [_conversation(call, conversation, events, people) for conversation, events in newest.items()]
    return Page(tuple(found), _next(said))


def messages(call: Call, conversation_id: str, cursor: str) -> Page[Message]:
    """The messages of one conversation, newest first. Raises Refused."""
    need(call, "dm.read")
    wire.conversation_id(conversation_id, "conversation_id")
    said = _read(call, f"{wire.API}/dm_conversations/{conversation_id}/dm_events", _dm_query(cursor))
    people = _people(said)
    return Page(tuple(_message(call, event, people) for event in said.get("data") or ()), _next(said))


# ----------------------------------------------------------------------------------------------------- mapping


def _comment(call: Call, post_id: str, item: Mapping[str, Any], people: Mapping[str, Person]) -> Comment:
    author, refers = str(item.get("author_id") or ""), wire.references(item)
    own, counts = author == call.who.platform_account_id, item.get("public_metrics") or {}
    parent = refers.get("replied_to", "")
    return Comment(
        id=str(item["id"]),
        post_id=post_id,
        text=wire.plain_text(item),
        author=people.get(author) or Person(author),
        at=_instant(item),
        parent_id="" if parent == post_id else parent,
        own=own,
        likes=counts.get("like_count"),
        replies=counts.get("reply_count"),
        permalink=wire.permalink("", str(item["id"])),
        can=_ALWAYS | ({"comment.delete"} if own else _TO_OTHERS),
        handles={"of": str(item["id"]), "author_id": author},
        raw=item,
    )


def _mention(item: Mapping[str, Any], people: Mapping[str, Person]) -> Mention:
    author, post_id = str(item.get("author_id") or ""), str(item["id"])
    is_reply = "replied_to" in wire.references(item)
    return Mention(
        id=post_id,
        author=people.get(author) or Person(author),
        text=wire.plain_text(item),
        at=_instant(item),
        post_id=wire.references(item).get("replied_to", post_id),
        comment_id=post_id if is_reply else "",
        permalink=wire.permalink("", post_id),
        handles={"of": post_id, "author_id": author},
        raw=item,
    )


def _conversation(
    call: Call, conversation_id: str, events: Sequence[Mapping[str, Any]], people: Mapping[str, Person]
) -> Conversation:
    """A conversation of two has both their ids for its own; of a group only who spoke is known."""
    ids = conversation_id.split("-") if "-" in conversation_id else [str(e.get("sender_id") or "") for e in events]
    others = [one for one in dict.fromkeys(ids) if one and one != call.who.platform_account_id]
    newest = events[0]
    return Conversation(
        id=conversation_id,
        people=tuple(people.get(one) or Person(one) for one in others),
        updated_at=_instant(newest),
        snippet=wire.plain_text(newest)[:200],
        handles={"participants": others},
        raw=newest,
    )


def _message(call: Call, event: Mapping[str, Any], people: Mapping[str, Person]) -> Message:
    sender = str(event.get("sender_id") or "")
    keys = (event.get("attachments") or {}).get("media_keys") or ()
    return Message(
        id=str(event["id"]),
        conversation_id=str(event.get("dm_conversation_id") or ""),
        text=wire.plain_text(event),
        sender=people.get(sender) or Person(sender),
        at=_instant(event),
        own=sender == call.who.platform_account_id,
        attachments=tuple(
            Attachment("video" if str(key).startswith(("7_", "13_")) else "image", id=key) for key in keys
        ),
        raw=event,
    )


# ----------------------------------------------------------------------------------------------------- reading


def _dm_query(cursor: str) -> dict[str, Any]:
    return {
        "max_results": 50,
        "event_types": "MessageCreate",
        "dm_event.fields": _DM_FIELDS,
        "expansions": "sender_id",
        "user.fields": _USER_FIELDS,
        "pagination_token": cursor or None,
    }


def _read(call: Call, url: str, query: Mapping[str, Any]) -> dict[str, Any]:
    return _wire.ask(call, wire.authorised(call, _wire.get(url, query)), errors.refusal).json


def _next(said: Mapping[str, Any]) -> str:
    return str((said.get("meta") or {}).get("next_token") or "")


def _people(said: Mapping[str, Any]) -> dict[str, Person]:
    listed = (said.get("includes") or {}).get("users") or ()
    return {
        str(user["id"]): Person(
            str(user["id"]),
            str(user.get("name") or ""),
            str(user.get("username") or ""),
            str(user.get("profile_image_url") or ""),
        )
        for user in listed
    }


def _instant(item: Mapping[str, Any]) -> datetime:
    """When it was made, by its own field or else by its id."""
    given = item.get("created_at")
    return datetime.fromisoformat(str(given)) if given else wire.instant_of(str(item["id"]))
