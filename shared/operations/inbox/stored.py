"""Reading what was filed: pages by account, newest first, and single things by their network's ids. Bounded queries."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from shared.domain import codec
from shared.domain.accounts import Account
from shared.domain.inbox import Item, Kind, item_id, item_path
from shared.operations import lookup
from shared.operations.inbox import cursors
from shared.platforms.contract_inbox import Page
from shared.ports.store import Direction, Doc, Op, Query
from shared.ports.world import Ports

STEP = 50  # items read at once
NEWEST: tuple[tuple[str, Direction], ...] = (("at", "desc"),)


def page(ports: Ports, account: Account, kind: Kind, at: str, **where: str) -> Page[Item]:
    """Items of an account, newest first, those that were taken back among them. ``where``: further fields that must be so.

    ``at``: a page's ``next``. Raises Invalid for one that is none, store.Unavailable.
    """
    equal: list[tuple[str, Op, Any]] = [("account_id", "==", account.id), ("kind", "==", kind)]
    equal += [(name, "==", value) for name, value in where.items()]
    docs = ports.store.query(query(account.space, equal, at, STEP))
    following = place(docs[-1]) if len(docs) == STEP else ""
    return Page(tuple(codec.of(Item, doc) for doc in docs), following)


def query(space: str, where: Sequence[tuple[str, Op, Any]], at: str, limit: int) -> Query:
    """Items that are so, newest first, after the place ``at``. Raises Invalid (the place)."""
    collection = f"workspaces/{space}/inbox"
    return Query(collection, None, tuple(where), NEWEST, limit, after(collection, at) if at else None)


def place(doc: Doc) -> str:
    """Where a list goes on after this one, whether or not it is still there then."""
    return f"{doc.id}|{doc.data['at'].isoformat()}"


def many(ports: Ports, account: Account, kind: Kind, network_ids: Sequence[str]) -> list[Item | None]:
    """What was filed of these, None where nothing was. One round trip."""
    paths = [item_path(account.space, item_id(account.id, kind, one)) for one in network_ids]
    docs = ports.store.get_many(paths) if paths else []
    return [codec.of(Item, doc) if doc else None for doc in docs]


def last(ports: Ports, account: Account, conversation_id: str, *, own: bool) -> Item | None:
    """The newest message of a conversation that is the account's own, or that is not. One query."""
    equal: list[tuple[str, Op, Any]] = [("account_id", "==", account.id), ("kind", "==", "message")]
    equal += [("own", "==", own), ("conversation_id", "==", conversation_id)]
    docs = ports.store.query(query(account.space, equal, "", 1))
    return codec.of(Item, docs[0]) if docs else None


def count_on(ports: Ports, account: Account, post_id: str) -> int:
    """How many comments on a post were filed and stand. One count."""
    where: tuple[tuple[str, Op, Any], ...] = (
        ("account_id", "==", account.id),
        ("kind", "==", "comment"),
        ("post_id", "==", post_id),
        ("complete", "==", True),
        ("deleted", "==", False),
    )
    return ports.store.count(Query(f"workspaces/{account.space}/inbox", where=where))


def after(collection: str, at: str) -> Doc:
    """The document after which a list goes on (:func:`place`). Raises Invalid."""
    name, _, time = at.partition("|")
    try:
        when = datetime.fromisoformat(time)
    except ValueError:
        raise cursors.refused() from None
    if not lookup.plain(name) or when.tzinfo is None:
        raise cursors.refused()
    return Doc(f"{collection}/{name}", {"at": when}, "")
