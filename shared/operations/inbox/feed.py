"""One list of all that was filed, over all accounts, the newest first; and marking it read.

One filter by account, kind or being unread is the store's; network, brand and what a caller may not see are sorted out
while reading, at most ``SCAN`` items a page: a page may hold fewer than ``limit`` and still have a next one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from shared.domain import codec
from shared.domain.accounts import Account
from shared.domain.callers import Caller
from shared.domain.errors import Invalid
from shared.domain.inbox import Item, Kind, item_path
from shared.operations import accounts, lookup
from shared.operations.inbox import cursors, interest, reading_marks, stored
from shared.operations.posts.times import read_instant
from shared.ports.store import Op
from shared.ports.world import Ports

SCAN = 500
MESSAGES = "dms:read"  # the scope without which messages are left out
MOST = 100  # items marked read at once


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which items. ``since``: RFC 3339, said then or later. ``own``: what the accounts said themselves, too."""

    kind: Kind | None = None
    account_id: str = ""
    brand_id: str = ""
    platform: str = ""
    unread: bool = False
    own: bool = False
    since: str = ""
    limit: int = 25
    cursor: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """Some items, each with its account."""

    items: tuple[tuple[Account, Item], ...]
    next: str = ""


def list_(ports: Ports, caller: Caller, wanted: Wanted) -> Page:
    """A page. Raises Missing (the account named), Invalid."""
    visible = {one.id: one for one in _accounts(ports, caller, wanted)}
    interest.noted(ports, visible.values())
    since = read_instant(wanted.since, None, "since", None) if wanted.since else None
    what = (wanted.kind, wanted.account_id, wanted.brand_id, wanted.platform, wanted.unread, wanted.own, wanted.since)
    of = cursors.bound("inbox", caller.space, *what)
    at, _ = cursors.place(of, wanted.cursor)
    found: list[tuple[Account, Item]] = []
    looked = 0
    while looked < SCAN:
        docs = ports.store.query(stored.query(caller.space, _where(wanted), at, stored.STEP))
        for doc in docs:
            item = codec.of(Item, doc)
            if since is not None and item.at < since:
                return Page(tuple(found))
            if item.account_id in visible and _is_wanted(caller, wanted, item):
                if len(found) == wanted.limit:
                    return Page(tuple(found), cursors.write(of, [at, 0]))
                found.append((visible[item.account_id], item))
            at, looked = stored.place(doc), looked + 1
        if len(docs) < stored.STEP:
            return Page(tuple(found))
    return Page(tuple(found), cursors.write(of, [at, 0]))


def mark_read(ports: Ports, caller: Caller, ids: Sequence[str]) -> int:
    """These items are read; answers how many were not before. What the caller cannot see is passed over. Raises Invalid."""
    if len(ids) > MOST:
        raise Invalid("validation.field_invalid", f"item_ids: at most {MOST} at once.", field="item_ids", limit=MOST)
    visible = {one.id for one in accounts.list_(ports, caller, None, None)}
    named = [item_path(caller.space, one) for one in dict.fromkeys(ids) if lookup.plain(one)]
    docs = [doc for doc in ports.store.get_many(named) if doc] if named else []
    seen = [doc for doc in docs if (item := codec.of(Item, doc)).account_id in visible and _may_see(caller, item)]
    return reading_marks.items(ports, seen)


def _accounts(ports: Ports, caller: Caller, wanted: Wanted) -> Sequence[Account]:
    if wanted.account_id:
        return (accounts.get(ports, caller, wanted.account_id),)
    return accounts.list_(ports, caller, wanted.platform or None, wanted.brand_id or None)


def _where(wanted: Wanted) -> list[tuple[str, Op, Any]]:
    where: list[tuple[str, Op, Any]] = [("account_id", "==", wanted.account_id)] if wanted.account_id else []
    where += [("kind", "==", wanted.kind)] if wanted.kind else []
    return where + ([("status", "==", "unread")] if wanted.unread else [])


def _is_wanted(caller: Caller, wanted: Wanted, item: Item) -> bool:
    return item.shown and (wanted.own or not item.own) and _may_see(caller, item)


def _may_see(caller: Caller, item: Item) -> bool:
    return item.kind != "message" or caller.may(MESSAGES)
