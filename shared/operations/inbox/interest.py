"""Somebody looks at what people say to an account: what its network does not push is polled often again for a while."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta

from shared.domain.accounts import Account
from shared.operations import chores, recent
from shared.operations.syncing import thrift
from shared.platforms import registry
from shared.ports.store import StoreError
from shared.ports.world import Ports

AGAIN = timedelta(minutes=30)  # after which looking counts anew: it costs a write
MOST = 5  # accounts of one request: the others are noted with the next ones
REMEMBERED = 10_000


def noted(ports: Ports, accounts: Iterable[Account]) -> None:
    """Have these accounts polled soon. That it cannot be noted just now hurts nobody."""
    known, now = recent.of(ports, "inbox_interest", REMEMBERED), ports.clock.now()
    polled = (one for one in accounts if registry.inbox(one.platform) and not thrift.sparing(ports, one.platform))
    fresh = (one for one in polled if not _is_noted(known.get(_name(one)), now))
    with suppress(StoreError):
        for account, _ in zip(fresh, range(MOST), strict=False):
            chores.hurry(ports, account.space, account.id, "sync")
            known.put(_name(account), now)


def _is_noted(at: datetime | None, now: datetime) -> bool:
    return at is not None and now - at < AGAIN


def _name(account: Account) -> str:
    return f"{account.space}/{account.id}"
