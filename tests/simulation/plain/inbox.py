"""Comments, likes and messages on the plain network: one POST each, and listings to look into."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from shared.domain.content import Act
from shared.platforms.contract import Absent, Accepted, Armed, Call, Published, Ready, Unsure, Wait
from shared.platforms.contract_inbox import Comment, Conversation, Message, Page, Person
from tests.simulation.plain import wire

KINDS = {"comment.reply": "comments", "comment.like": "likes", "message.send": "messages"}
CAN = frozenset({"comment.reply", "comment.like"})


def comments(call: Call, post: Published, cursor: str) -> Page[Comment]:
    """What others said under the post, and what the account answered."""
    rows = wire.listed(call, "comments", f"post={post.id}")
    return Page(tuple(_comment(call, post.id, row) for row in rows))


def conversations(call: Call, cursor: str) -> Page[Conversation]:
    """There is one, from the start."""
    return Page((Conversation("talk-1", (Person("friend", "A friend"),), call.now),))


def messages(call: Call, conversation_id: str, cursor: str) -> Page[Message]:
    """What the account wrote."""
    rows = [row for row in wire.listed(call, "messages") if row["on"] == conversation_id]
    me = Person(call.who.platform_account_id)
    return Page(tuple(Message(r["id"], r["on"], r["text"], me, _at(r), own=True) for r in rows))


def prepare(call: Call, act: Act, state: Mapping[str, Any]) -> Ready | Wait:
    """Nothing to prepare."""
    return Ready({})


def commit(call: Call, act: Act, state: Mapping[str, Any]) -> Published | Accepted:
    """The write."""
    made = wire.made(call, KINDS[act.verb], {"on": act.on, "text": act.text})
    return Published(act.on if act.verb == "comment.like" else made)


def confirm(call: Call, act: Act, state: Mapping[str, Any]) -> Published | Wait:
    """The network never works on anything."""
    raise AssertionError("never accepted")


def find(call: Call, act: Act, armed: Armed) -> Published | Absent | Unsure:
    """A like is there or not; what was written is looked for by place, text and time."""
    if act.verb == "comment.like":
        there = any(row["on"] == act.on for row in wire.listed(call, "likes"))
        return Published(act.on) if there else Absent("the account does not like it")
    return wire.found(call, KINDS[act.verb], act, armed)


def _comment(call: Call, post_id: str, row: Mapping[str, Any]) -> Comment:
    who = Person(row["by"])
    own = row["by"] == call.who.platform_account_id
    return Comment(row["id"], post_id, row["text"], who, _at(row), parent_id=row["on"], own=own, can=CAN)


def _at(row: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(row["at"])
