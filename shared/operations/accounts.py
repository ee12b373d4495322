"""Accounts: connect them (by credentials or by the network's consent page), list them, disconnect them."""

from __future__ import annotations

import difflib
import logging
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any, Literal
from urllib.parse import urlencode

from shared.domain import codec
from shared.domain.accounts import Account, account_path
from shared.domain.brands import DEFAULT_BRAND, brand_of
from shared.domain.callers import Caller
from shared.domain.connections import Choice, Connection
from shared.domain.errors import Invalid, RostrumError
from shared.operations import (
    auditing,
    brands,
    choosing,
    consents,
    invites,
    linking,
    lookup,
    networks,
    sessions,
    subscribing,
    telling,
    tokens,
)
from shared.operations.consents import Redirect, callback_url, sandbox_authorize
from shared.operations.linking import Owner
from shared.operations.redirect_uris import check_redirect_uri
from shared.platforms import registry
from shared.platforms.contract import Call, Candidates, Refused
from shared.ports.http import HttpFailure
from shared.ports.store import Query, Transaction, Write
from shared.ports.vault import VaultError
from shared.ports.world import Ports

__all__ = ["Connect", "Exchange", "Landing", "Redirect", "callback_url", "sandbox_authorize"]

MAX_CREDENTIAL = 4096  # characters
log = logging.getLogger(__name__)
CALLBACK = "redirect_uri"  # the metadata of networks with a consent page
_ADDRESSES = ("service", "server", "instance")  # fields that name the server to speak to
_SECRET_ENDINGS = ("password", "secret", "token")


@dataclass(frozen=True, slots=True)
class Connect:
    """An account to connect. ``metadata``: the credentials, where the network takes them (``manifest.oauth.fields``).

    For the others, ``redirect_uri`` is where the browser goes at the end (empty: a page of ours), with ``state``. A
    caller that hosts the callback itself names it as ``metadata.redirect_uri``: the network then sends the browser
    there, with the code and the state that connect answered, both for :class:`Exchange`.
    """

    platform: str
    redirect_uri: str = ""
    state: str = ""
    metadata: Mapping[str, Any] = field(default_factory=dict, repr=False)
    brand_id: str = ""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A code that the caller's own callback received. ``state`` is the one that connect answered.

    ``redirect_uri``: what connect was given as ``metadata.redirect_uri`` (empty: that one, or ours if none was).
    """

    platform: str
    code: str = field(repr=False)
    state: str = field(repr=False)
    redirect_uri: str = ""


@dataclass(frozen=True, slots=True)
class Landing:
    """How a consent ended. ``location`` is where to send the browser, empty where a page of ours has to say it.

    ``state`` is the caller's; ``error`` a code of ours or the network's own (``access_denied``).
    """

    location: str
    status: Literal["success", "error", "selection_required"]
    platform: str
    state: str = ""
    account_id: str = ""
    connection_id: str = ""
    error: str = ""
    error_description: str = ""


def list_(ports: Ports, caller: Caller, platform: str | None = None, brand_id: str | None = None) -> list[Account]:
    """The connected accounts, oldest first; of a caller of some brands, only theirs. Raises Invalid (an unknown platform)."""
    where: list[tuple[str, Literal["=="], Any]] = []
    if platform:
        where.append(("platform", "==", networks.resolved(platform)))
    found = lookup.every(ports, Query(f"workspaces/{caller.space}/accounts", where=tuple(where)))
    connected = (one for one in (codec.of(Account, doc) for doc in found) if one.status != "disconnected")
    seen = (one for one in connected if caller.sees(brand_of(one)) and brand_id in (None, "", brand_of(one)))
    return sorted(seen, key=lambda one: (one.created_at, one.id))


def get(ports: Ports, caller: Caller, account_id: str) -> Account:
    """One connected account. Raises Missing."""
    return sessions.callers_account(ports, caller, account_id)


def move(ports: Ports, caller: Caller, account_id: str, brand_id: str) -> Account:
    """Put an account into another brand. Raises Missing (the account, the brand), store.Unavailable."""
    if not caller.sees(brand_id):
        raise brands.missing(brand_id)
    path = account_path(caller.space, sessions.callers_account(ports, caller, account_id).id)
    now, listening = ports.clock.now(), telling.wanted(ports, caller.space)

    def body(txn: Transaction) -> tuple[Account, Write]:
        doc, gone = txn.get(path), brands.gone(txn, caller.space, brand_id)
        audit = auditing.opened(ports, txn, caller.space)
        account = codec.decode(Account, doc.data) if doc else None
        if account is None or account.status == "disconnected" or not caller.sees(brand_of(account)):
            raise lookup.missing("account", account_id)
        if gone:
            raise brands.missing(brand_id)
        txn.write(Write("update", path, {"brand_id": brand_id, "updated_at": now}))
        text = "An account was moved to another brand."
        said = linking.said(ports, account, "updated", text, caller.actor, listening, change="brand_id")
        txn.write(said)
        audit.add(txn, caller.actor, "account.moved", account_id, brand_id=brand_id, came_from=brand_of(account))
        return replace(account, brand_id=brand_id, updated_at=now), said

    moved, said = ports.store.transact(body)
    linking.tell(ports, said)
    return moved


def connect(ports: Ports, caller: Caller, command: Connect) -> Account | Redirect:
    """Connect by credentials (the account, at once), or say where the person has to give consent.

    An account that is connected already is renewed and keeps its id; with another brand it moves there. Raises Missing
    (``brand.not_found``), Clash (``account.already_linked``), Invalid (naming ``metadata.<field>``),
    Clash (``platform.app_missing``), NetworkRefused, Limited, Broken, store.Unavailable.
    """
    platform = networks.resolved(command.platform)
    brand_id = brands.chosen(ports, caller, command.brand_id)
    given = checked(platform, command.metadata)
    check_redirect_uri(command.redirect_uri)
    owner = Owner(caller.space, caller.sandbox, brand_id, caller.brand_ids, actor=caller.actor)
    if registry.manifest(platform).oauth.style == "credentials":
        return sign_in(ports, owner, platform, given)
    return consents.begin(
        ports,
        caller,
        platform,
        redirect_uri=command.redirect_uri,
        state=command.state,
        callback=given.pop(CALLBACK, ""),
        extra=given,
        owner=owner,
    )


def callback(ports: Ports, platform: str, query: Mapping[str, str]) -> Landing:
    """The network sent the browser back to us. Whatever went wrong is told to the caller's redirect URI.

    Raises Invalid (an unknown platform), Forbidden (``auth.state_mismatch``: nobody knows whom to tell), and
    store.Unavailable.
    """
    name, ours = networks.resolved(platform), callback_url(ports, networks.resolved(platform))
    connection = consents.spend(ports, query.get("state", ""), lambda k: k.platform == name and k.callback == ours)
    if query.get("error"):
        return _landed(connection, error=query["error"][:100], text=query.get("error_description", "")[:500])
    try:
        made = _finish(ports, connection, query.get("code", ""), connection.callback)
    except RostrumError as error:
        return _landed(connection, error=error.code, text=error.message)
    landing = _landed(connection, made)
    if connection.invite and isinstance(made, Choice):
        return replace(landing, location=invites.choosing_url(ports, connection.invite, made.id))
    return landing


def exchange(ports: Ports, caller: Caller, command: Exchange) -> Account | Choice:
    """Finish a consent whose callback is the caller's: the account, or what to choose from. Raises Forbidden (``auth.state_mismatch``), Invalid,
    NetworkRefused, Limited, Broken, store.Unavailable."""
    platform = networks.resolved(command.platform)
    for name in ("code", "state"):
        if not getattr(command, name):
            raise Invalid("validation.field_required", f"{name}: as it came with the browser.", field=name)
    connection = consents.spend(ports, command.state, lambda known: _matches(known, caller, platform, command))
    return _finish(ports, connection, command.code, connection.callback)


def disconnect(ports: Ports, caller: Caller, account_id: str) -> None:
    """Give the grant back to the network (best effort), destroy the tokens, forget all but the account's id.

    What is scheduled on it fails with ``account.not_found`` when its time comes, unless the account is connected again
    before: it then has the same id. Repeatable until it has succeeded.
    Raises Missing, store.Unavailable.
    """
    account = _parted(ports, caller, account_id)
    subscribing.end(ports, account)
    _revoke(ports, account)
    _forgotten(ports, account)
    while left := linking.forget(ports, account):  # an operator's re-wrapping exchanged it, once per rotation
        account = replace(account, sealed=left)
        _forgotten(ports, account)


def _forgotten(ports: Ports, account: Account) -> None:
    with suppress(VaultError):
        ports.vault.destroy(tokens.place(account.space, account.id), account.sealed)


def _parted(ports: Ports, caller: Caller, account_id: str) -> Account:
    """Gone for everybody from now on, and told, in one transaction; the account as it was. Raises Missing."""
    if not lookup.plain(account_id):
        raise lookup.missing("account", account_id)
    path, listening = account_path(caller.space, account_id), telling.wanted(ports, caller.space)
    text = "An account was disconnected."

    def body(txn: Transaction) -> tuple[Account, list[Write]]:
        doc, audit = txn.get(path), auditing.opened(ports, txn, caller.space)
        account = codec.decode(Account, doc.data) if doc else None
        over = account is None or (account.status == "disconnected" and not account.sealed)
        if account is None or over or not caller.sees(brand_of(account)):
            raise lookup.missing("account", account_id)
        if account.status == "disconnected":  # a disconnect that did not come to its end
            return account, []
        said = linking.said(ports, account, "disconnected", text, caller.actor, listening, reason="disconnected")
        txn.write(Write("update", path, {"status": "disconnected", "updated_at": ports.clock.now()}))
        txn.write(said)
        audit.add(txn, caller.actor, "account.disconnected", account_id, platform=account.platform)
        return account, [said]

    account, said = ports.store.transact(body)
    linking.tell(ports, *said)
    return account


def sign_in(ports: Ports, owner: Owner, platform: str, credentials: Mapping[str, str]) -> Account:
    """Connect by credentials that were looked at (:func:`checked`). Raises as :func:`connect`."""
    now, app = ports.clock.now(), networks.app_for(ports, platform, sandbox=owner.sandbox)
    call = Call(networks.http_for(ports, platform, sandbox=owner.sandbox, world=owner.space), None, app, now)
    address = next((f"metadata.{name}" for name in _ADDRESSES if credentials.get(name)), "")
    with networks.asking(platform, now, _blamed(platform, credentials), address):
        connected = registry.connector(platform).sign_in(call, credentials)
    return linking.link(ports, owner, platform, connected)


def _finish(ports: Ports, connection: Connection, code: str, redirect_uri: str) -> Account | Choice:
    if not code:
        raise Invalid("validation.field_required", "The network sent no code: start again with connect.", field="code")
    connected = consents.trade(ports, connection, code, redirect_uri)
    known = connection
    owner = Owner(known.space, known.sandbox, known.brand_id, known.brand_ids, known.invite, actor=known.actor)
    if isinstance(connected, Candidates):
        return choosing.offer(ports, owner, connection.platform, connected.accounts)
    return linking.link(ports, owner, connection.platform, connected)


def _matches(known: Connection, caller: Caller, platform: str, command: Exchange) -> bool:
    """The state is bound to workspace and mode, platform, and the address that the network was given. Raises Invalid."""
    if known.space != caller.space or known.platform != platform or known.invite:
        return False
    if not caller.sees(known.brand_id or DEFAULT_BRAND):
        return False
    if command.redirect_uri not in ("", known.callback):
        text = "metadata.redirect_uri: not the one that this consent began with; name it on connect, too."
        raise Invalid("validation.redirect_uri_invalid", text, field="metadata.redirect_uri")
    return True


def _landed(connection: Connection, made: Account | Choice | None = None, error: str = "", text: str = "") -> Landing:
    landing = Landing("", "error", connection.platform, connection.caller_state, error=error, error_description=text)
    if isinstance(made, Choice):
        landing = replace(landing, status="selection_required", connection_id=made.id)
    elif made:
        landing = replace(landing, status="success", account_id=made.id)
    names = ("status", "platform", "state", "account_id", "connection_id", "error", "error_description")
    said = {name: getattr(landing, name) for name in names}
    query = urlencode({name: value for name, value in said.items() if value})
    base = connection.redirect_uri
    location = f"{base}{'&' if '?' in base else '?'}{query}" if base else ""
    return replace(landing, location=location)


def checked(platform: str, metadata: Mapping[str, Any]) -> dict[str, str]:
    """The metadata that this network knows, as strings. Raises Invalid naming the field."""
    oauth = registry.manifest(platform).oauth
    known = {option.name for option in (*oauth.fields, *oauth.extra)}
    known |= {CALLBACK} if oauth.style == "redirect" else set()
    for name, value in metadata.items():
        label = f"metadata.{str(name)[:60]}"
        if name not in known:
            near = difflib.get_close_matches(str(name), known, 1)
            hint = f"Did you mean metadata.{near[0]}?" if near else f"Known: {', '.join(sorted(known)) or 'none'}."
            raise Invalid(
                "validation.field_unknown",
                f"{label}: {networks.title(platform)} knows no such field. {hint}",
                field=label,
            )
        if not isinstance(value, str) or len(value) > MAX_CREDENTIAL:
            text = f"{label}: a text of at most {MAX_CREDENTIAL} characters."
            raise Invalid("validation.field_invalid", text, field=label)
    return dict(metadata)


def _blamed(platform: str, credentials: Mapping[str, str]) -> str:
    """The field to name when the network refuses the credentials: the secret one."""
    names = [option.name for option in registry.manifest(platform).oauth.fields]
    secrets = [name for name in names if name.endswith(_SECRET_ENDINGS) and name in credentials]
    return f"metadata.{secrets[0]}" if secrets else "metadata"


def _revoke(ports: Ports, account: Account) -> None:
    """Best effort: the person can also end the grant at the network."""
    try:
        registry.connector(account.platform).revoke(sessions.open_call(ports, account))
    except (RostrumError, Refused, HttpFailure, VaultError) as error:
        log.info("a grant could not be given back", extra={"account_id": account.id, "reason": str(error)[:200]})
    except Exception:  # an adapter that breaks would do so at each repetition, and the tokens would stay for ever
        log.exception("adapter failed while revoking", extra={"account_id": account.id})
