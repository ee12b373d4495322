"""What is kept of a conversation: put away or not, read until when, and what its filed messages make of it.

``workspaces/{space}/conversations/{hash of account and conversation}``: conversations that somebody archived or marked
read, and those of which messages were pushed (``heard``). A network that pushes names the person at times and not the
conversation: that is then the thread's id, and ``talk_id`` the conversation's once it is known.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import astuple, dataclass, replace
from datetime import datetime
from typing import Any, Literal

from shared.domain import codec
from shared.domain.inbox import KEPT, Item
from shared.platforms import registry
from shared.platforms.contract_inbox import Conversation, Person
from shared.ports.store import Op, Query, Transaction, Write
from shared.ports.world import Ports

Status = Literal["active", "archived"]
MAX_SNIPPET = 300
MAX_PEOPLE = 20


@dataclass(frozen=True, slots=True)
class Note:
    """``workspaces/{space}/conversations/{key}``. ``read_at``: everything until then counts as read.

    ``unread``: filed messages of others that nobody read. ``incoming_at``: the last of them. ``expire_at``: it goes with the
    last of its messages, unless it was put away.
    """

    account_id: str
    platform: str
    platform_id: str
    changed_at: datetime
    updated_at: datetime
    status: Status = "active"
    read_at: datetime | None = None
    people: tuple[Person, ...] = ()
    snippet: str = ""
    heard: bool = False
    unread: int = 0
    incoming_at: datetime | None = None
    talk_id: str = ""
    expire_at: datetime | None = None


def path(space: str, account_id: str, platform_id: str) -> str:
    """``workspaces/{space}/conversations/{key}``"""
    key = hashlib.sha256(f"{account_id}|{platform_id}".encode()).hexdigest()[:40]
    return f"workspaces/{space}/conversations/{key}"


def key_of(platform: str, talk: Conversation) -> str:
    """What the network's pushes call the conversation: what is kept of it here and what is pushed of it is one."""
    alone = registry.manifest(platform).hooks.by_person and len(talk.people) == 1
    return talk.people[0].id if alone else talk.id


def notes(ports: Ports, space: str, of: Sequence[tuple[str, str]]) -> list[Note | None]:
    """The notes of these conversations (account id, the network's id), None where there is none. One round trip."""
    docs = ports.store.get_many([path(space, *one) for one in of]) if of else []
    return [codec.decode(Note, doc.data) if doc else None for doc in docs]


def named(ports: Ports, space: str, account_id: str, platform_id: str) -> Note | None:
    """The note of a conversation by either of its ids. At most two reads."""
    (note,) = notes(ports, space, [(account_id, platform_id)])
    if note is not None:
        return note
    where: tuple[tuple[str, Op, Any], ...] = (("account_id", "==", account_id), ("talk_id", "==", platform_id))
    found = ports.store.query(Query(f"workspaces/{space}/conversations", where=where, limit=1))
    return codec.decode(Note, found[0].data) if found else None


def archived(ports: Ports, space: str, account_id: str, at: str, limit: int) -> list[tuple[str, Note]]:
    """Archived conversations after the document ``at``, each with its document's id."""
    where: list[tuple[str, Op, str]] = [("status", "==", "archived")]
    where += [("account_id", "==", account_id)] if account_id else []
    after = ports.store.get(f"workspaces/{space}/conversations/{at}") if at else None
    query = Query(f"workspaces/{space}/conversations", where=tuple(where), limit=limit, start_after=after)
    return [(doc.id, codec.decode(Note, doc.data)) for doc in ports.store.query(query)]


def said(held: Note | None, item: Item, now: datetime) -> Note:
    """The thread after one more message of it. What somebody else says opens it again."""
    note = held or Note(item.account_id, item.platform, item.conversation_id, now, item.at)
    other = item.recipient if item.own else item.author
    known = {one.id for one in note.people} | {""}
    people = note.people if other.id in known else (*note.people, Person(*astuple(other)))
    fresh = not note.heard or item.at >= note.updated_at
    note = replace(
        note,
        changed_at=now,
        heard=True,
        people=people[:MAX_PEOPLE],
        updated_at=max(item.at, note.updated_at) if note.heard else item.at,
        snippet=item.text[:MAX_SNIPPET] if fresh else note.snippet,
        expire_at=None if item.own and note.status == "archived" else now + KEPT,
    )
    if item.own:
        return note
    last = max(item.at, note.incoming_at) if note.incoming_at else item.at
    return replace(note, status="active", incoming_at=last, unread=note.unread + (item.status == "unread"))


def taken_back(held: Note, item: Item) -> Note:
    """The thread after one of its messages was taken back: its words are gone here, too."""
    last = held.snippet == item.text[:MAX_SNIPPET]
    counted = item.status == "unread" and not item.own
    return replace(held, snippet="" if last else held.snippet, unread=max(held.unread - counted, 0))


def some_read(ports: Ports, where: str, count: int) -> None:
    """So many of the thread's messages were read one by one. Raises store.Unavailable."""

    def body(txn: Transaction) -> None:
        doc = txn.get(where)
        if doc is not None and (unread := doc.data.get("unread")):
            txn.write(Write("update", where, {"unread": max(unread - count, 0)}))

    ports.store.transact(body)


def reacted(ports: Ports, where: str, at: datetime) -> None:
    """The person did something that opens the network's window again, without saying a word. Raises store.Unavailable."""

    def body(txn: Transaction) -> None:
        doc = txn.get(where)
        if doc is not None and (doc.data.get("incoming_at") or at) <= at:
            txn.write(Write("update", where, {"incoming_at": at}))

    ports.store.transact(body)


def threads(ports: Ports, space: str, account_id: str, at: str, limit: int) -> list[tuple[str, Note]]:
    """Active conversations that were heard of, the last touched first, after the document ``at``."""
    where: list[tuple[str, Op, Any]] = [
        ("account_id", "==", account_id),
        ("heard", "==", True),
        ("status", "==", "active"),
    ]
    collection = f"workspaces/{space}/conversations"
    after = ports.store.get(f"{collection}/{at}") if at else None
    if at and after is None:
        return []
    query = Query(collection, None, tuple(where), (("updated_at", "desc"),), limit, after)
    return [(doc.id, codec.decode(Note, doc.data)) for doc in ports.store.query(query)]


def note(
    ports: Ports,
    space: str,
    account_id: str,
    platform: str,
    known: Conversation,
    status: Status | None = None,
    *,
    read: bool = False,
    key: str = "",
) -> Note:
    """Keep a status, or that it was read, beside what is known of the conversation now. ``key``: what its note is kept by,
    where that is not its id. Raises store.Unavailable."""
    where, now = path(space, account_id, key or known.id), ports.clock.now()
    named = known.id if key not in ("", known.id) else ""
    fresh = Note(account_id, platform, key or known.id, now, known.updated_at, talk_id=named)

    def body(txn: Transaction) -> Note:
        doc = txn.get(where)
        held = codec.decode(Note, doc.data) if doc else fresh
        made = replace(
            held,
            changed_at=now,
            updated_at=known.updated_at,
            status=status or held.status,
            read_at=now if read else held.read_at,
            unread=0 if read else held.unread,
            people=known.people or held.people,
            snippet=known.snippet[:MAX_SNIPPET],
        )
        made = replace(made, expire_at=now + KEPT if made.heard and made.status == "active" else None)
        txn.write(Write("set", where, codec.encode(made)))
        return made

    return ports.store.transact(body)
