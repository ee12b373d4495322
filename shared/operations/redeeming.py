"""What somebody does with a link that they were sent: consents at the network, or hands over credentials; then chooses.

Nothing is used up before an account is connected: who opens the link and turns back can open it again. The transaction
that keeps the account (``linking``) closes the invite, so that of two people with one link one connects. They are told
nothing of the workspace but that somebody has sent them a link.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from shared.domain import codec
from shared.domain.accounts import Account
from shared.domain.callers import Caller
from shared.domain.connections import Choice
from shared.domain.errors import Limited, Missing
from shared.domain.invites import Invite, invite_path
from shared.operations import accounts, choosing, consents
from shared.operations.consents import Redirect
from shared.operations.linking import Owner
from shared.platforms import registry
from shared.ports.store import Transaction, Write
from shared.ports.world import Ports

MAX_TOKEN = 128
MAX_TRIES = 20  # of one link in TRIED
TRIED = timedelta(minutes=10)


def open_(ports: Ports, token: str) -> Redirect | Invite:
    """Where to go for consent; the invite itself where the network takes credentials (ask for ``manifest.oauth.fields``).

    Raises Missing (``invite.invalid``: unknown, used, revoked; ``invite.expired``), Limited, Clash (no app), Broken,
    store.Unavailable.
    """
    invite = _active(ports, token)
    if registry.manifest(invite.platform).oauth.style == "credentials":
        return invite
    _count(ports, token)
    return consents.begin(ports, _caller(invite), invite.platform, owner=_owner(invite, token))


def sign_in(ports: Ports, token: str, given: Mapping[str, Any]) -> Account:
    """Connect by credentials, where the network takes them. Raises as :func:`open_`, and Invalid, NetworkRefused, Limited."""
    invite = _active(ports, token)
    if registry.manifest(invite.platform).oauth.style != "credentials":
        raise _invalid()
    _count(ports, token)
    fields = accounts.checked(invite.platform, {name: value for name, value in given.items() if value})
    return accounts.sign_in(ports, _owner(invite, token), invite.platform, fields)


def choice(ports: Ports, token: str, choice_id: str) -> Choice:
    """What the invited person's own consent gave to choose from. Raises Missing."""
    return _choice(ports, token, choice_id)[1]


def choose(ports: Ports, token: str, choice_id: str, wanted: Sequence[str]) -> list[Account]:
    """Connect the chosen. Raises Missing, Invalid (``page_ids``), Clash, Broken, store.Unavailable."""
    invite, found = _choice(ports, token, choice_id)
    return choosing.select(ports, _caller(invite), found.id, wanted, "page_ids", invite_path(token))


def _choice(ports: Ports, token: str, choice_id: str) -> tuple[Invite, Choice]:
    invite = _known(ports, token)
    if invite.choice_id != choice_id:
        invite = _active(ports, token)
    return invite, choosing.get(ports, _caller(invite), choice_id, invite_path(token))


def _known(ports: Ports, token: str) -> Invite:
    doc = ports.store.get(invite_path(token)) if len(token) <= MAX_TOKEN else None
    if doc is None:
        raise _invalid()
    return codec.of(Invite, doc)


def _active(ports: Ports, token: str) -> Invite:
    invite, now = _known(ports, token), ports.clock.now()
    if invite.used_at is None and invite.revoked_at is None and invite.expires_at <= now:
        raise Missing("invite.expired", "This link was good for some days, and they are over. Ask for another.")
    if not invite.is_active(now):
        raise _invalid()
    return invite


def _count(ports: Ports, token: str) -> None:
    """Nobody guesses passwords with a link, or fills the store with consents that are never given. Raises Limited."""
    path, now = invite_path(token), ports.clock.now()

    def body(txn: Transaction) -> datetime | None:
        doc = txn.get(path)
        if doc is None:
            raise _invalid()
        known = codec.of(Invite, doc)
        since, tries = known.tries_since, known.tries
        if since is None or now - since >= TRIED:
            since, tries = now, 0
        if tries >= MAX_TRIES:
            return since + TRIED
        txn.write(Write("update", path, {"tries": tries + 1, "tries_since": since}))
        return None

    until = ports.store.transact(body)
    if until is not None:
        wait = max(1, ceil((until - now).total_seconds()))
        text = f"This link was tried {MAX_TRIES} times within {TRIED // timedelta(minutes=1)} minutes: try again in {wait} s."
        raise Limited("ratelimit.exceeded", text, retry_after_seconds=wait)


def _invalid() -> Missing:
    return Missing("invite.invalid", "This link is not good, or was used already. Ask whoever sent it for another.")


def _caller(invite: Invite) -> Caller:
    return Caller(invite.workspace, "test" if invite.sandbox else "live", invite.id)


def _owner(invite: Invite, token: str) -> Owner:
    return Owner(invite.space, invite.sandbox, invite.brand_id, invite=invite_path(token))
