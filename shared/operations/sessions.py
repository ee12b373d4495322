"""Speaking for an account: its tokens, refreshed by one at a time.

A refresh is like a post: the network may have acted although no answer came, and doing it twice can end the grant (a
refresh token is good for one use on some networks, and its second use ends all of its successors). So:

1. *claim*: compare-and-set of ``refresh_nonce`` and ``refresh_until`` on the account's document; who fails, waits;
2. *ask* the network, once;
3. *persist* the new tokens, sealed, before anybody uses them, unless ``token_version`` has moved on meanwhile;
4. *destroy* what was sealed before.

A crash in between leaves a claim that runs out. Only a network's clear word that the grant is dead, and only if nobody
has refreshed meanwhile, makes an account ``reconnect_required``; a network fault never does.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from shared.domain import codec
from shared.domain.accounts import Account, AccountView, Tokens, account_path
from shared.domain.brands import brand_of
from shared.domain.callers import Caller
from shared.domain.errors import Broken, Clash, Limited, Reconnect, RostrumError
from shared.domain.posts import PUBLISH
from shared.operations import apps, chores, grants, lifetimes, lookup, networks, tokens
from shared.platforms import registry
from shared.platforms.contract import Call, Fate, Refused
from shared.ports import about
from shared.ports.http import AnswerLost, HttpFailure, NotSent
from shared.ports.store import Conflict, Doc, NotFound, StoreError, Transaction, Unavailable, Write
from shared.ports.vault import SecretForged, SecretGone, VaultError, VaultUnavailable
from shared.ports.world import Ports

EARLY = timedelta(seconds=60)  # an access token this close to its end is refreshed first
RENEW = timedelta(days=7)  # ... and this close, where it renews itself: once it has ended, nothing can
CLAIM = timedelta(seconds=90)  # longer than a request with its timeouts, and the writes after it
PAUSE = timedelta(seconds=30)  # after a network fault
LOST_PAUSE = timedelta(seconds=60)  # after a lost answer: the token may be spent, so not too often
PROVEN = timedelta(hours=1)  # after a renewal, for which a grant counts as alive whatever else it is refused
BUSY_SECONDS = 2  # how soon to look again while somebody else refreshes
TRIES = 3  # of a compare-and-set, and of keeping what a network will not give twice
UNANSWERED = "refresh_unanswered"
log = logging.getLogger(__name__)

T = TypeVar("T")


def open_account(ports: Ports, space: str, account_id: str) -> Account:
    """The connected account. One read. Raises Missing (``account.not_found``), store.Unavailable."""
    return _read(ports, space, account_id)[1]


def callers_account(ports: Ports, caller: Caller, account_id: str) -> Account:
    """As :func:`open_account`; what is in a brand that the caller is not bound to is missing, too."""
    account = open_account(ports, caller.space, account_id)
    if not caller.sees(brand_of(account)):
        raise lookup.missing("account", account_id)
    return account


def call(ports: Ports, account: Account) -> Call:
    """What an adapter needs to speak for the account; refreshes first when the access token is about to end.

    No store operation and one vault opening while the token is fresh. ``blocked_until`` is the caller's to heed.
    Raises Reconnect, Limited (somebody else is refreshing, or the network limits us), Broken, Clash (no app), Missing,
    store.Unavailable.
    """
    _alive(account)
    if _due(account, ports.clock.now()):
        account = _fresh(ports, account)
    return open_call(ports, account)


def insisted(ports: Ports, account: Account, question: Callable[[Call], T]) -> T:
    """Ask the account's network for what may be asked twice: a token that it no longer takes is renewed once. That is also
    how a grant that is dead is found out by whoever reads first.

    Raises what ``question`` and :func:`call` raise.
    """
    try:
        return question(call(ports, account))
    except Refused as refused:
        if not worth_renewing(ports, account, refused):
            raise
    return question(call(ports, refresh(ports, account)))


def worth_renewing(ports: Ports, account: Account, refused: Refused) -> bool:
    """Whether other tokens may help, or the grant must be asked about. Not, where the network wants another consent of a
    grant that lived within the hour: each use spends a refresh token, and a permission that is missing stays missing."""
    if refused.fate is not Fate.UNAUTHORISED or not refused.row.reconnect:
        return refused.fate is Fate.UNAUTHORISED
    return account.renewed_at is None or ports.clock.now() - account.renewed_at >= PROVEN


def open_call(ports: Ports, account: Account) -> Call:
    """As :func:`call`, with the tokens as they are: no refresh, whatever the account's status. For revoking."""
    return _opened(ports, account)


def refresh(ports: Ports, account: Account) -> Account:
    """New tokens for the account, whatever the present ones look like, unless somebody was faster.

    ``account`` as the caller last saw it: if its tokens were renewed since, that is the answer. Raises Reconnect (the
    grant is dead), Limited or Broken (try later; ``meta.retry_after_seconds``), Missing, store.Unavailable.
    """
    claimed = _claim(ports, account)
    if claimed.token_version != account.token_version:
        return claimed
    try:
        renewed = _ask(ports, claimed)
    except Refused as refused:
        return _refused(ports, claimed, refused)
    except NotSent as error:
        raise _later(ports, claimed, PAUSE, f"{networks.title(account.platform)} could not be reached") from error
    except AnswerLost as error:
        later = _later(ports, claimed, LOST_PAUSE, f"{networks.title(account.platform)} did not answer", UNANSWERED)
        if not claimed.refresh_note:  # whether the grant still lives is found out soon, also where nobody needs it now
            with suppress(StoreError):  # ... once: a network that never answers is asked less and less often
                chores.hurry(ports, account.space, account.id, "refresh")
        raise later from error
    except (Broken, Clash):
        _release(ports, claimed, ports.clock.now())
        raise
    return _persist(ports, claimed, renewed)


def revoked(ports: Ports, account: Account, reason: str = grants.REVOKED, at: datetime | None = None) -> bool:
    """As :func:`grants.revoked`: the network told us, unasked, that the person has ended the grant."""
    return grants.revoked(ports, account, reason, at)


def block(ports: Ports, account: Account, until: datetime, module: str = PUBLISH) -> None:
    """The network asked us to stay away from the account's posts (or another module) until then. Raises store.Unavailable."""
    known = blocked_until(account, module)
    if known is not None and known >= until:
        return
    path = account_path(account.space, account.id)

    def body(txn: Transaction) -> None:
        current = _decoded(txn.get(path))
        last = blocked_until(current, module) if current else None
        if current is None or (last is not None and last >= until):  # disconnected, or told more by another meanwhile
            return
        other = {"limited": {**current.limited, module: until}}
        txn.write(Write("update", path, {"blocked_until": until} if module == PUBLISH else other))

    ports.store.transact(body)


def blocked_until(account: Account, module: str = PUBLISH) -> datetime | None:
    """Until when the network wants nothing of this kind from the account, None when it has not said so."""
    return account.blocked_until if module == PUBLISH else account.limited.get(module)


# ------------------------------------------------------------------------------------------------- steps


def _claim(ports: Ports, account: Account) -> Account:
    """The account with our claim on it, or as it is when somebody refreshed it. Raises Limited, Reconnect, Missing."""
    for _ in range(TRIES):
        doc, current = _read(ports, account.space, account.id)
        _alive(current)
        now = ports.clock.now()
        if current.token_version != account.token_version:
            return current
        if current.refresh_until is not None and current.refresh_until > now:
            raise _busy(current, now)
        claim = {"refresh_nonce": ports.ids.token(128), "refresh_until": now + CLAIM}
        try:
            ports.store.commit([Write("update", doc.path, claim, if_version=doc.version)])
        except (Conflict, NotFound):
            continue  # somebody wrote in between: look again
        return replace(current, **claim)  # type: ignore[arg-type]  # the names above are its fields
    raise Limited("account.refreshing", "The account is busy: try again.", retry_after_seconds=BUSY_SECONDS)


def _ask(ports: Ports, claimed: Account) -> Tokens:
    """The network's answer, completed by what it leaves out because it did not change (RFC 6749 section 6)."""
    known = _opened(ports, claimed)
    try:
        new = registry.connector(claimed.platform).refresh(known)
    except (Refused, HttpFailure, RostrumError):
        raise
    except (
        Exception
    ) as error:  # an adapter that broke may have spent the token: whoever asked must hear that, not a KeyError
        log.exception("adapter failed while refreshing", extra={"account_id": claimed.id})
        raise AnswerLost(f"the answer could not be read ({type(error).__name__})") from error
    old = known.tokens
    kept = replace(new, scopes=new.scopes or old.scopes, extra={**old.extra, **new.extra})
    if new.refresh is None and old.refresh is not None:
        kept = replace(kept, refresh=old.refresh, refresh_expires_at=new.refresh_expires_at or old.refresh_expires_at)
    return kept


def _persist(ports: Ports, claimed: Account, renewed: Tokens) -> Account:
    """Keep the tokens, sealed, then forget the old ones. Whoever persisted before us keeps precedence.

    The network will not give these tokens twice: what can be tried again is tried again.
    """
    try:
        sealed = _insist(lambda: tokens.seal(ports, claimed.space, claimed.id, renewed))
        stored, replaced = _insist(lambda: _stored(ports, claimed, renewed, sealed))
    except (Unavailable, VaultUnavailable) as error:
        text = "The renewed token could not be kept: try again."
        raise Broken("account.refresh_unsaved", text, retry_after_seconds=CLAIM.seconds) from error
    ours = stored is not None and stored.sealed == sealed
    _destroy(ports, claimed, (replaced or claimed.sealed) if ours else sealed)
    if stored is None:
        raise lookup.missing("account", claimed.id)
    _alive(stored)  # the person may have ended the grant meanwhile
    return stored


def _stored(ports: Ports, claimed: Account, renewed: Tokens, sealed: str) -> tuple[Account | None, str]:
    """The account as it is afterwards, None when it is gone; and the reference that this replaced (an operator may have
    re-wrapped the tokens since they were read). Repeatable."""
    path, now = account_path(claimed.space, claimed.id), ports.clock.now()
    changes = _settled() | tokens.repeated(renewed, sealed)
    changes |= {"token_version": claimed.token_version + 1, "renewed_at": now, "updated_at": now}

    def body(txn: Transaction) -> tuple[Account | None, str]:
        current = _decoded(txn.get(path))
        if current is None or current.token_version != claimed.token_version:
            return current, ""
        after: Account = replace(current, **changes)
        for write in (Write("update", path, codec.encode(changes)), *grants.undone(ports, current, after)):
            txn.write(write)
        return after, current.sealed

    return ports.store.transact(body)


def _refused(ports: Ports, claimed: Account, refused: Refused) -> Account:
    """The network said no: a dead grant, or trouble that will pass. Answers the account if somebody else was faster."""
    if refused.row.reconnect and refused.fate in (Fate.UNAUTHORISED, Fate.REJECTED):
        over = lifetimes.of(claimed).over(ports.clock.now())
        return _dead(ports, claimed, refused.row.code, grants.EXPIRED if over else grants.REVOKED)
    now = ports.clock.now()
    error = networks.refusal(refused, now)
    pause = (refused.retry_at - now) if refused.retry_at and refused.retry_at > now else PAUSE
    _release(ports, claimed, now + pause)
    if isinstance(error, Limited):
        raise error from refused
    raise Broken(error.code, error.message, **{**error.meta, "retry_after_seconds": _seconds(pause)}) from refused


def _dead(ports: Ports, claimed: Account, reason: str, told: str = grants.REVOKED) -> Account:
    """Mark the account for reconnection, if nobody has renewed its tokens, nor is about to.

    Raises Reconnect, Limited (the claim is another's by now), Missing.
    """
    why = f"{reason} (the answer to the refresh before was lost)" if claimed.refresh_note else reason

    def still(current: Account) -> bool:
        if current.token_version != claimed.token_version:
            return False
        if current.refresh_nonce != claimed.refresh_nonce:
            raise _busy(current, ports.clock.now())
        return True

    after, _ = grants.end(ports, claimed, why, still, told)
    if after is None:
        raise lookup.missing("account", claimed.id)
    _alive(after)
    return after


def _later(ports: Ports, claimed: Account, pause: timedelta, why: str, note: str = "") -> Broken:
    """Give the claim back, not before a pause."""
    _release(ports, claimed, ports.clock.now() + pause, note)
    text = f"{why}: the account's token could not be renewed yet. Try again."
    return Broken("account.refresh_failed", text, platform=claimed.platform, retry_after_seconds=_seconds(pause))


def _release(ports: Ports, claimed: Account, until: datetime, note: str = "") -> None:
    """Let the next one claim from ``until`` on: a pause has no nonce. Best effort: a claim runs out by itself."""
    path = account_path(claimed.space, claimed.id)
    changes = {"refresh_nonce": "", "refresh_until": until, "refresh_note": note or claimed.refresh_note}

    def body(txn: Transaction) -> None:
        current = _decoded(txn.get(path))
        if current is not None and current.refresh_nonce == claimed.refresh_nonce:
            txn.write(Write("update", path, changes))

    with suppress(StoreError):
        ports.store.transact(body)


# ------------------------------------------------------------------------------------------------ details


def _fresh(ports: Ports, account: Account) -> Account:
    """Refreshed, or as it is while its access token still lives and the refresh has to wait."""
    try:
        return refresh(ports, account)
    except (Limited, Broken):
        if account.expires_at is not None and account.expires_at > ports.clock.now():
            return account
        raise


def _due(account: Account, now: datetime) -> bool:
    if account.expires_at is None:
        return False
    if lifetimes.renews_itself(account):
        return account.expires_at - now <= RENEW
    return account.expires_at - now <= (timedelta() if account.refreshable is False else EARLY)


def _opened(ports: Ports, account: Account) -> Call:
    """Raises Reconnect when the secret is gone for good, Broken when the vault is down, Clash without an app."""
    about.learnt(account_id=account.id, platform=account.platform)
    try:
        found = tokens.unseal(ports, account)
    except (SecretGone, SecretForged):
        account, found = _reopened(ports, account)
    except VaultError as error:
        raise Broken("system.vault_unavailable", "The vault did not answer: try again.") from error
    app = apps.of_account(ports, account.platform, found, sandbox=account.sandbox)
    view = AccountView(account.platform_account_id, account.username, account.metadata, found)
    http = networks.http_for(ports, account.platform, sandbox=account.sandbox, world=account.world)
    return Call(http, view, app, ports.clock.now())


def _reopened(ports: Ports, account: Account) -> tuple[Account, Tokens]:
    """What we read may have been replaced while we looked: read again once; a secret that is gone is a dead grant."""
    current = open_account(ports, account.space, account.id)
    _alive(current)
    try:
        if current.sealed != account.sealed:
            return current, tokens.unseal(ports, current)
    except VaultUnavailable as error:
        raise Broken("system.vault_unavailable", "The vault did not answer: try again.") from error
    except (SecretGone, SecretForged):
        pass
    _dead(ports, current, grants.UNREADABLE, grants.UNREADABLE)
    raise Limited("account.refreshing", "The account is busy: try again.", retry_after_seconds=BUSY_SECONDS)


def _read(ports: Ports, space: str, account_id: str) -> tuple[Doc, Account]:
    doc = lookup.document(ports, f"workspaces/{space}/accounts", account_id, "account")
    account = _decoded(doc)
    if account is None:
        raise lookup.missing("account", account_id)
    return doc, account


def _decoded(doc: Doc | None) -> Account | None:
    account = codec.decode(Account, doc.data) if doc else None
    return None if account is None or account.status == "disconnected" else account


def _alive(account: Account) -> None:
    if account.status == "reconnect_required":
        network = networks.title(account.platform)
        text = f"{network} no longer accepts the token of {account.username}: connect the account again."
        raise Reconnect("account.reconnection_required", text, account_id=account.id, reason=account.reconnect_reason)


def _settled() -> dict[str, Any]:
    """The fields of an account that is not being refreshed."""
    fields = {"status": "active", "reconnect_reason": "", "refresh_nonce": "", "refresh_note": ""}
    return {**fields, "refresh_until": None}


def _busy(account: Account, now: datetime) -> Limited:
    """Somebody is refreshing, or a refresh that failed has to wait."""
    paused = account.refresh_until is not None and not account.refresh_nonce
    wait = _seconds(account.refresh_until - now) if paused and account.refresh_until else BUSY_SECONDS
    text = f"The account's token is being renewed: try again in {wait} s."
    return Limited("account.refreshing", text, account_id=account.id, retry_after_seconds=wait)


def _seconds(span: timedelta) -> int:
    return max(1, math.ceil(span.total_seconds()))


def _insist(act: Callable[[], T]) -> T:
    for _ in range(TRIES - 1):
        with suppress(Unavailable, VaultUnavailable):
            return act()
    return act()


def _destroy(ports: Ports, account: Account, sealed: str) -> None:
    with suppress(VaultError):  # a version that stays opens at its own place only, and costs a little
        ports.vault.destroy(tokens.place(account.space, account.id), sealed)
