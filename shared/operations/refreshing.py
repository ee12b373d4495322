"""Keeping connections alive: the chore that renews tokens before they end, and says in time what only a person can renew.

What is due when is ``lifetimes``; how one account is renewed, by one at a time and without losing it, is ``sessions``. A
network's fault never disconnects: the chore comes again, after 1, 2, 4 … minutes, at most six hours, until the network says
that the grant is dead, or the token is past its end and could not be renewed.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from shared.domain import codec
from shared.domain.accounts import Account, account_path
from shared.domain.chores import Chore
from shared.domain.errors import Missing, Reconnect, RostrumError
from shared.operations import chores, events, grants, lifetimes, sessions, telling
from shared.operations.chores import HandedOut
from shared.operations.lifetimes import Lifetime
from shared.ports.store import AlreadyExists, Transaction, Write
from shared.ports.world import Ports

log = logging.getLogger(__name__)


def refresh_due(ports: Ports, body: Mapping[str, Any] | None = None) -> HandedOut:
    """One task for every account whose connection has to be looked at. Raises store.Unavailable: the next run goes on."""
    return chores.hand_out(ports, "refresh")


def refresh(ports: Ports, body: Mapping[str, Any]) -> str:
    """Look after one account's connection. Answers what was done. Raises store.Unavailable: it is done again."""
    chore = chores.taken(ports, "refresh", body)
    if chore is None:
        return "nothing to do"
    try:
        account = _account(ports, chore)
    except RostrumError as error:  # a vault that is away, an app that was removed: its tokens cannot be looked at now
        return _put_off(ports, chore, error, ports.clock.now())
    if account is None:
        chores.done(ports, chore, None)  # connecting it again plans it anew
        return "not connected"
    return _kept(ports, chore, account)


def _kept(ports: Ports, chore: Chore, account: Account) -> str:
    life, now = lifetimes.of(account), ports.clock.now()
    failure: RostrumError | None = None
    if account.refresh_note or (life.renew_at is not None and life.renew_at <= now):
        try:
            account = sessions.refresh(ports, account)
        except (Reconnect, Missing):
            chores.done(ports, chore, None)
            return "has to be connected again"
        except RostrumError as error:
            failure = error
        life = lifetimes.of(account)
    if life.over(now) and (failure or not life.moves):
        grants.expired(ports, account)
        chores.done(ports, chore, None)
        return "has come to its end"
    if failure or not life.moves:
        chore = _warned(ports, account, life, chore)
    if failure:
        return _put_off(ports, chore, failure, now)
    chores.done(ports, chore, life.next_at(now), chore.state)
    return "kept"


def _put_off(ports: Ports, chore: Chore, failure: RostrumError, now: datetime) -> str:
    log.warning("a token could not be renewed yet", extra={"account_id": chore.account_id, "code": failure.code})
    wait = timedelta(seconds=int(failure.meta.get("retry_after_seconds") or 0))
    chores.failed(ports, chore, now + wait)
    return "put off"


def _account(ports: Ports, chore: Chore) -> Account | None:
    """The account, None when it is not connected. What is not known of one that was connected long ago is looked up."""
    try:
        account = sessions.open_account(ports, chore.space, chore.account_id)
        if account.status != "active":
            return None
        if account.refreshable is not None:
            return account
        known = sessions.open_call(ports, account).tokens.refresh is not None
    except (Missing, Reconnect):
        return None
    return _learnt(ports, account, known)


def _learnt(ports: Ports, account: Account, refreshable: bool) -> Account | None:
    """The account with what its tokens say, as it is if it has others by now."""
    path = account_path(account.space, account.id)

    def body(txn: Transaction) -> Account | None:
        doc = txn.get(path)
        current = codec.decode(Account, doc.data) if doc else None
        if current is None or current.status != "active":
            return None
        if current.sealed != account.sealed:
            return current
        txn.write(Write("update", path, {"refreshable": refreshable}))
        return replace(current, refreshable=refreshable)

    return ports.store.transact(body)


def _warned(ports: Ports, account: Account, life: Lifetime, chore: Chore) -> Chore:
    """Say once per end and warning that it comes nearer; the chore remembers it."""
    due = life.warnings(ports.clock.now())
    if not due or life.ends_at is None:
        return chore
    which = account.token_version if life.moves else ""
    name = f"{account.id}|{account.connected_at or account.created_at}|{which}|{min(due)}"
    if chore.state.get("warned") == name:
        return chore
    listening = telling.wanted(ports, account.space)
    said = _said(ports, account, life.ends_at, f"evt_{hashlib.sha256(name.encode()).hexdigest()[:26]}", min(due))
    said = telling.told(ports, said) if listening else said
    try:
        ports.store.commit([said])
    except AlreadyExists:
        log.info("it was said before", extra={"account_id": account.id})
    else:
        telling.publish(ports, [said])
    return replace(chore, state={**chore.state, "warned": name})


def _said(ports: Ports, account: Account, ends_at: datetime, event_id: str, days: int) -> Write:
    return events.written(
        ports,
        account.space,
        "account",
        "account.expiring",
        id=event_id,
        resource_id=account.id,
        account_id=account.id,
        platform=account.platform,
        summary=f"The account has to be connected again within {days} day{'s' if days > 1 else ''}.",
        metadata={
            "expires_at": ends_at.isoformat(timespec="seconds").replace("+00:00", "Z"),
            "reconnect_required": True,
            "days": days,
        },
    )
