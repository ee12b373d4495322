"""What a workspace itself notes of a conversation: put away or not, read until when. The words stay at the network.

``workspaces/{space}/conversations/{hash of account and conversation}``: only conversations that somebody archived or
marked read have one. What was known of it then is kept beside, so that the archived ones can be listed by themselves.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from shared.domain import codec
from shared.platforms.contract_inbox import Conversation, Person
from shared.ports.store import Op, Query, Transaction, Write
from shared.ports.world import Ports

Status = Literal["active", "archived"]
MAX_SNIPPET = 300


@dataclass(frozen=True, slots=True)
class Note:
    """A conversation's own document. ``read_at``: everything until then counts as read."""

    account_id: str
    platform: str
    platform_id: str
    changed_at: datetime
    updated_at: datetime
    status: Status = "active"
    read_at: datetime | None = None
    people: tuple[Person, ...] = ()
    snippet: str = ""


def path(space: str, account_id: str, platform_id: str) -> str:
    """``workspaces/{space}/conversations/{key}``"""
    key = hashlib.sha256(f"{account_id}|{platform_id}".encode()).hexdigest()[:40]
    return f"workspaces/{space}/conversations/{key}"


def notes(ports: Ports, space: str, of: Sequence[tuple[str, str]]) -> list[Note | None]:
    """The notes of these conversations (account id, the network's id), None where there is none. One round trip."""
    docs = ports.store.get_many([path(space, *one) for one in of]) if of else []
    return [codec.decode(Note, doc.data) if doc else None for doc in docs]


def archived(ports: Ports, space: str, account_id: str, at: str, limit: int) -> list[tuple[str, Note]]:
    """Archived conversations after the document ``at``, each with its document's id."""
    where: list[tuple[str, Op, str]] = [("status", "==", "archived")]
    where += [("account_id", "==", account_id)] if account_id else []
    after = ports.store.get(f"workspaces/{space}/conversations/{at}") if at else None
    query = Query(f"workspaces/{space}/conversations", where=tuple(where), limit=limit, start_after=after)
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
) -> Note:
    """Keep a status, or that it was read, beside what is known of the conversation now. Raises store.Unavailable."""
    where, now = path(space, account_id, known.id), ports.clock.now()
    fresh = Note(account_id, platform, known.id, now, known.updated_at)

    def body(txn: Transaction) -> Note:
        doc = txn.get(where)
        held = codec.decode(Note, doc.data) if doc else fresh
        made = replace(
            held,
            changed_at=now,
            updated_at=known.updated_at,
            status=status or held.status,
            read_at=now if read else held.read_at,
            people=known.people,
            snippet=known.snippet[:MAX_SNIPPET],
        )
        txn.write(Write("set", where, codec.encode(made)))
        return made

    return ports.store.transact(body)
