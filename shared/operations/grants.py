"""The end of a grant: the account has to be connected again, and that is said once, in the commit that makes it so."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from shared.domain import codec
from shared.domain.accounts import Account, account_path
from shared.operations import chores_planning, events, telling
from shared.ports.store import StoreError, Transaction, Write
from shared.ports.world import Ports

REVOKED = "access_revoked"  # the network says that the grant is no more
EXPIRED = "token_expired"  # its time is over, and only a person can give another
UNREADABLE = "secret_unreadable"  # our own copy of the tokens is lost


def revoked(ports: Ports, account: Account, reason: str = REVOKED, at: datetime | None = None) -> bool:
    """The network told us, unasked, that the person has ended the grant. True when that made the account
    ``reconnect_required``; False when it was already, is gone, or was connected (again) since.

    ``account`` as it was read; ``at``: when it was ended, where the network says so. Raises store.Unavailable.
    """

    def still(current: Account) -> bool:
        since = current.connected_at
        return since == account.connected_at and (at is None or since is None or at >= since.replace(microsecond=0))

    return end(ports, account, reason, still, reason, final=True)[1]


def expired(ports: Ports, account: Account) -> bool:
    """Its tokens have come to their end, and nothing renews them. True when that made it ``reconnect_required``.

    ``account`` as it was read: whoever has renewed its tokens since is right. Raises store.Unavailable.
    """
    return end(ports, account, EXPIRED, lambda now: now.token_version == account.token_version, EXPIRED)[1]


def undone(ports: Ports, before: Account, after: Account) -> list[Write]:
    """What else it takes for an account that was given up while a refresh was under way which then succeeded: it is told
    (by the sweep: this is rare), and what its end took off the schedule is planned. Nothing for one that was active."""
    if before.status == "active":
        return []
    said = events.written(
        ports,
        after.space,
        "account",
        "account.connected",
        resource_id=after.id,
        account_id=after.id,
        platform=after.platform,
        summary="The account works again.",
    )
    return [telling.told(ports, said), *chores_planning.planned(after, ports.clock.now())]


def end(
    ports: Ports,
    account: Account,
    why: str,
    still: Callable[[Account], bool],
    told: str = REVOKED,
    final: bool = False,
) -> tuple[Account | None, bool]:
    """Mark the account for reconnection if ``still`` says so of it as it is: what it is afterwards (None: gone), and whether
    this did it.

    ``why`` is shown on the account, ``told`` is the event's reason. ``final``: a refresh under way does not bring it back,
    whatever it gets. Raises what ``still`` raises, store.Unavailable.
    """
    listening, now = telling.wanted(ports, account.space), ports.clock.now()
    said = _said(ports, account, told)
    said = telling.told(ports, said) if listening else said
    path = account_path(account.space, account.id)
    ended = {"status": "reconnect_required", "reconnect_reason": why, "updated_at": now}
    settled = {**ended, "refresh_nonce": "", "refresh_note": "", "refresh_until": None}

    def body(txn: Transaction) -> tuple[Account | None, bool]:
        doc = txn.get(path)
        current = codec.decode(Account, doc.data) if doc else None
        if current is None or current.status == "disconnected":
            return None, False
        if current.status != "active" or not still(current):
            return current, False
        changes = {**settled, "token_version": current.token_version + final}
        txn.write(Write("update", path, changes))
        txn.write(said)
        return replace(current, **changes), True  # type: ignore[arg-type]  # the names above are its fields

    after, done = ports.store.transact(body)
    if done:
        with suppress(StoreError):  # the account is marked: what was not sent now, the minute's sweep sends
            telling.publish(ports, [said])
    return after, done


def _said(ports: Ports, account: Account, reason: str) -> Write:
    return events.written(
        ports,
        account.space,
        "account",
        "account.disconnected",
        status="failed",
        resource_id=account.id,
        account_id=account.id,
        platform=account.platform,
        summary="The account has to be connected again.",
        metadata={"reason": reason, "reconnect_required": True},
    )
