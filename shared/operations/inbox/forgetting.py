"""What was filed of an account that was disconnected goes, a bounded part a minute; what came after it was connected again
stays.

``workspaces/{space}/inbox_forgotten/{account_id}`` says that there is something to go, from when: written with the account's end.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from shared.domain.accounts import Account
from shared.ports.store import Doc, Op, Query, Write
from shared.ports.world import Ports

GROUP = "inbox_forgotten"
BATCH = 100  # documents at once
BATCHES = 10  # of one account, in one run
ACCOUNTS = 20  # in one run
_PARTS = (("inbox", "received_at"), ("inbox_posts", "at"), ("conversations", "changed_at"))


def planned(account: Account, now: datetime) -> Write:
    """For the commit that ends the account."""
    where = f"workspaces/{account.space}/{GROUP}/{account.id}"
    return Write("set", where, {"space": account.space, "account_id": account.id, "at": now})


def go_on(ports: Ports) -> int:
    """Some of what is to go; answers how many documents went. Safe to run twice at once. Raises store.Unavailable."""
    waiting = ports.store.query(Query(group=GROUP, order_by=(("at", "asc"),), limit=ACCOUNTS))
    return sum(_forget(ports, doc) for doc in waiting)


def _forget(ports: Ports, told: Doc) -> int:
    gone, left = 0, BATCHES
    for collection, moment in _PARTS:
        while docs := _some(ports, told.data, collection, moment):
            if not left:
                return gone
            ports.store.commit([Write("delete", doc.path) for doc in docs])
            gone, left = gone + len(docs), left - 1
    ports.store.commit([Write("delete", told.path)])
    return gone


def _some(ports: Ports, told: dict[str, Any], collection: str, moment: str) -> list[Doc]:
    where: tuple[tuple[str, Op, Any], ...] = (("account_id", "==", told["account_id"]), (moment, "<=", told["at"]))
    path = f"workspaces/{told['space']}/{collection}"
    return ports.store.query(Query(path, None, where, ((moment, "asc"),), BATCH))
