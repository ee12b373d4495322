"""Marking what was filed as read: some of it by id, or a whole conversation. Bounded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any

from shared.domain import codec
from shared.domain.accounts import Account
from shared.domain.inbox import Item
from shared.operations.inbox import shelf
from shared.ports.store import Conflict, Doc, NotFound, Op, Query, Write
from shared.ports.world import Ports

BATCH = 100  # items at once
BATCHES = 5


def conversation(ports: Ports, account: Account, names: Collection[str]) -> None:
    """Up to 500 unread messages of a conversation, by each of its ids, are read. Raises store.Unavailable."""
    for name in sorted(names):
        where: list[tuple[str, Op, Any]] = [("account_id", "==", account.id), ("kind", "==", "message")]
        where += [("conversation_id", "==", name), ("status", "==", "unread")]
        for _ in range(BATCHES):
            docs = ports.store.query(Query(f"workspaces/{account.space}/inbox", where=tuple(where), limit=BATCH))
            if not items(ports, docs) or len(docs) < BATCH:
                break


def items(ports: Ports, docs: Sequence[Doc]) -> int:
    """These are read, and their conversations count them no more; answers how many were not before. What has gone or changed
    meanwhile is passed over."""
    marked = _marked(ports, [doc for doc in docs if codec.of(Item, doc).status == "unread"])
    read = [codec.of(Item, doc) for doc in marked]
    counted = [one for one in read if one.kind == "message" and one.shown]  # what was taken back counts no more
    threads = Counter((one.space, one.account_id, one.conversation_id) for one in counted if one.conversation_id)
    for thread, count in threads.items():
        shelf.some_read(ports, shelf.path(*thread), count)
    return len(marked)


def _marked(ports: Ports, unread: Sequence[Doc]) -> Sequence[Doc]:
    """All in one commit, or one by one where somebody was faster with some."""
    if not unread:
        return ()
    try:
        ports.store.commit([_mark(doc) for doc in unread])
    except (Conflict, NotFound):
        return [doc for doc in unread if len(unread) > 1 and _marked(ports, [doc])]
    return unread


def _mark(doc: Doc) -> Write:
    return Write("update", doc.path, {"status": "read"}, if_version=doc.version)
