"""Deleting a brand, with all that is in it: first it is gone for everybody, then it is emptied, then forgotten.

Each step can be done again: whoever is interrupted deletes the brand again, or leaves it to the sweeper. An account that is
being connected while its brand goes is refused by the transaction that would keep it (``linking``), or is found by the emptying,
because that begins later.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.domain import codec
from shared.domain.accounts import Account
from shared.domain.brands import Brand, brand_path
from shared.domain.callers import Caller, Mode
from shared.domain.errors import Missing, RostrumError
from shared.domain.queue import queue_path
from shared.operations import accounts, apps, auditing, brands, events, invites, lookup, permissions
from shared.ports import about
from shared.ports.store import Query, Transaction, Write
from shared.ports.world import Ports

PATIENCE = timedelta(minutes=5)  # until the sweeper goes on with what somebody began
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Begun:
    """A deletion under way: ``brand_deletions/{space}.{brand_id}``."""

    workspace: str
    mode: Mode
    brand_id: str
    key_id: str
    at: datetime


def delete(ports: Ports, caller: Caller, brand_id: str) -> None:
    """Delete a brand: its invites are revoked, its accounts disconnected, its own apps and its queue's slots removed.

    Keys keep the id, on purpose: a key of deleted brands sees nothing, and one without brands would see everything.
    Raises Forbidden, Missing, Clash (the default brand), store.Unavailable.
    """
    permissions.full_access(caller, "Brands")
    brands.deletable(brand_id)
    _close(ports, caller, brand_id)
    _empty(ports, caller, brand_id)


def go_on(ports: Ports, limit: int = 10) -> int:
    """Finish what was begun over five minutes ago; answers how many were. For the sweeper. Safe to run twice at once."""
    late = Query("brand_deletions", where=(("at", "<", ports.clock.now() - PATIENCE),), limit=limit)
    done = 0
    for doc in ports.store.query(late):
        try:
            begun = codec.decode(Begun, doc.data)
            with about.part():
                _empty(ports, Caller(begun.workspace, begun.mode, begun.key_id), begun.brand_id)
            done += 1
        except RostrumError as error:  # one that cannot be finished keeps none of the others waiting
            log.warning("a brand's deletion could not go on", extra={"path": doc.path, "error_code": error.code})
        except (TypeError, ValueError, KeyError, AttributeError):  # nor does one that cannot be read
            log.exception("a brand's deletion cannot be read", extra={"path": doc.path})
    return done


def _empty(ports: Ports, caller: Caller, brand_id: str) -> None:
    space = caller.space
    invites.revoke_all(ports, space, brand_id)
    inside = Query(f"workspaces/{space}/accounts", where=(("brand_id", "==", brand_id),))
    for doc in list(lookup.every(ports, inside)):
        account = codec.decode(Account, doc.data)
        if account.status != "disconnected" or account.sealed:
            with suppress(Missing):  # somebody else disconnected it
                accounts.disconnect(ports, caller, account.id)
    apps.forget_brand(ports, space, brand_id)
    left = (queue_path(space, brand_id), brand_path(space, brand_id), _path(space, brand_id))
    ports.store.commit([Write("delete", path) for path in left])


def _close(ports: Ports, caller: Caller, brand_id: str) -> None:
    """From here on it is gone. Raises Missing (it never was, or is gone for good)."""
    if not lookup.plain(brand_id):
        raise brands.missing(brand_id)
    path, now = brand_path(caller.space, brand_id), ports.clock.now()
    begun = Begun(caller.workspace, caller.mode, brand_id, caller.key_id, now)

    def body(txn: Transaction) -> None:
        doc, audit = txn.get(path), auditing.opened(ports, txn, caller.space)
        if doc is None:
            raise brands.missing(brand_id)
        if codec.decode(Brand, doc.data).deleted_at is None:
            txn.write(Write("update", path, {"deleted_at": now}))
            txn.write(Write("set", _path(caller.space, brand_id), codec.encode(begun)))
            txn.write(events.noted(ports, caller, "brand", "brand.deleted", brand_id, "A brand was deleted."))
            audit.add(txn, caller.actor, "brand.deleted", brand_id)

    ports.store.transact(body)


def _path(space: str, brand_id: str) -> str:
    return f"brand_deletions/{space}.{brand_id}"
