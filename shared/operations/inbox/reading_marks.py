"""Marking what was filed as read: some of it by id, or a whole conversation. Bounded."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import suppress
from typing import Any

from shared.domain import codec
from shared.domain.accounts import Account
from shared.domain.inbox import Item
from shared.ports.store import Doc, NotFound, Op, Query, Write
from shared.ports.world import Ports

MOST = 100  # items at once


def conversation(ports: Ports, account: Account, names: Collection[str]) -> None:
    """The newest ``MOST`` unread messages of a conversation, by each of its ids, are read. Raises store.Unavailable."""
    for name in sorted(names):
        where: list[tuple[str, Op, Any]] = [("account_id", "==", account.id), ("kind", "==", "message")]
        where += [("conversation_id", "==", name), ("status", "==", "unread")]
        items(ports, ports.store.query(Query(f"workspaces/{account.space}/inbox", where=tuple(where), limit=MOST)))


def items(ports: Ports, docs: Sequence[Doc]) -> int:
    """These are read; answers how many were not before. What has gone meanwhile is passed over."""
    unread = [doc for doc in docs if codec.of(Item, doc).status == "unread"]
    for doc in unread:
        with suppress(NotFound):
            ports.store.commit([Write("update", doc.path, {"status": "read"})])
    return len(unread)
