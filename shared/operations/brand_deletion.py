"""Deleting a brand, with all that is in it: first it is gone for everybody, then it is emptied, then forgotten.

Each step can be done again: whoever is interrupted deletes the brand again. An account that is being connected while its brand goes
is refused by the transaction that would keep it (``linking``), or is found by the emptying, because that begins later.
"""

from __future__ import annotations

from contextlib import suppress

from shared.domain import codec
from shared.domain.accounts import Account
from shared.domain.brands import Brand, brand_path
from shared.domain.callers import Caller
from shared.domain.errors import Missing
from shared.operations import accounts, apps, brands, events, invites, lookup
from shared.ports.store import Query, Transaction, Write
from shared.ports.world import Ports


def delete(ports: Ports, caller: Caller, brand_id: str) -> None:
    """Delete a brand: its invites are revoked, its accounts disconnected, its own apps removed.

    Keys keep the id, on purpose: a key of deleted brands sees nothing, and one without brands would see everything.
    Raises Forbidden, Missing, Clash (the default brand), store.Unavailable.
    """
    brands.full_access(caller)
    brands.deletable(brand_id)
    _close(ports, caller, brand_id)
    invites.revoke_all(ports, caller.space, brand_id)
    inside = Query(f"workspaces/{caller.space}/accounts", where=(("brand_id", "==", brand_id),))
    for doc in list(lookup.every(ports, inside)):
        account = codec.decode(Account, doc.data)
        if account.status != "disconnected" or account.sealed:
            with suppress(Missing):  # somebody else disconnected it
                accounts.disconnect(ports, caller, account.id)
    apps.forget_brand(ports, caller.space, brand_id)
    ports.store.commit([Write("delete", brand_path(caller.space, brand_id))])


def _close(ports: Ports, caller: Caller, brand_id: str) -> None:
    """From here on it is gone. Raises Missing (it never was, or is gone for good)."""
    if not lookup.plain(brand_id):
        raise brands.missing(brand_id)
    path, now = brand_path(caller.space, brand_id), ports.clock.now()

    def body(txn: Transaction) -> None:
        doc = txn.get(path)
        if doc is None:
            raise brands.missing(brand_id)
        if codec.decode(Brand, doc.data).deleted_at is None:
            txn.write(Write("update", path, {"deleted_at": now}))
            txn.write(events.noted(ports, caller, "brand", "brand.deleted", brand_id, "A brand was deleted."))

    ports.store.transact(body)
