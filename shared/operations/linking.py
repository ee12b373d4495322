"""Keeping an account that a network has just vouched for: new, or connected again with other tokens."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from shared.domain import codec
from shared.domain.accounts import Account, Connected, account_path
from shared.domain.brands import DEFAULT_BRAND, brand_of
from shared.domain.errors import Broken, Clash, Missing, NetworkRefused, RostrumError, Unauthenticated
from shared.domain.invites import Invite
from shared.domain.users import Settings, settings_path
from shared.domain.workspaces import deletion_path
from shared.operations import allowances, auditing, brands, chores_planning, events, lookup, networks, telling, tokens
from shared.operations.inbox import forgetting
from shared.platforms import registry
from shared.ports.store import Doc, Query, StoreError, Transaction, Write
from shared.ports.vault import VaultError, VaultUnavailable
from shared.ports.world import Ports

TRIES = 3


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose the account becomes.

    ``brand_id``: the brand that was named, empty for none. ``brands``: what whoever asked is bound to, empty for all: from
    other brands nothing is taken away. ``invite``: the path of the invite that it is connected with, empty for none, and
    ``choice``: what the person chose from. ``actor``: the key or the person who asked, empty for who was invited.
    """

    space: str
    sandbox: bool
    brand_id: str = ""
    brands: tuple[str, ...] = ()
    invite: str = ""
    choice: str = ""
    actor: str = ""


class _Moved(Exception):
    """Another call connected or disconnected the same account in between."""


def link(ports: Ports, owner: Owner, platform: str, connected: Connected) -> Account:
    """The account with these tokens: one document per account of a network in each space, however often it is connected.

    Connecting again keeps the id, also after a disconnect, so that what is scheduled goes out; with another brand it moves
    there. Raises NetworkRefused (the network did not say who it is), Missing (the brand or the invite is gone), Clash (``account.already_linked``),
    Broken, store.Unavailable.
    """
    if not connected.platform_account_id:
        text = "The network did not say which account this is: try again."
        raise NetworkRefused(f"platform.{platform}.no_account", text, platform=platform)
    query = _same(owner.space, platform, connected)
    for _ in range(TRIES):
        known = _known(ports.store.query(query))
        if known is None or known.status == "disconnected":
            allowances.check_new_accounts(ports, owner.space)
        account_id = known.id if known else ports.ids.new("acc")
        connected = _with_consents(ports, known, connected) if known else connected
        sealed = _seal(ports, owner.space, account_id, connected)
        try:
            account, replaced = _kept(ports, query, owner, _made(ports, owner, platform, connected, account_id, sealed))
        except RostrumError:
            _forget(ports, owner.space, account_id, sealed)
            raise
        except _Moved:
            _forget(ports, owner.space, account_id, sealed)
            continue
        if replaced:
            _forget(ports, owner.space, account_id, replaced)
        return account
    raise Broken("account.busy", "The account is being connected by another request: try again.")


def check_room(ports: Ports, space: str, platform: str, platform_account_ids: Sequence[str]) -> None:
    """Before the first of several accounts is connected: all of them fit into the plan, or none is. Raises Forbidden
    (``billing.profile_units_limit``), store.Unavailable."""
    if len(platform_account_ids) < 2:
        return  # ``link`` looks itself
    there = lookup.every(ports, Query(f"workspaces/{space}/accounts", where=(("platform", "==", platform),)))
    live = {doc.data["platform_account_id"] for doc in there if doc.data["status"] != "disconnected"}
    allowances.check_new_accounts(ports, space, sum(one not in live for one in platform_account_ids))


def _same(space: str, platform: str, connected: Connected) -> Query:
    who = connected.platform_account_id
    return Query(
        f"workspaces/{space}/accounts", where=(("platform", "==", platform), ("platform_account_id", "==", who))
    )


def forget(ports: Ports, account: Account) -> str:
    """Keep of a disconnected account only whose id it is, and nothing to do for it, unless it was connected again.

    Answers empty; where its tokens were sealed anew since it was read, what they are sealed as now, and nothing is
    forgotten: destroy that first. Raises store.Unavailable.
    """
    path, empty = account_path(account.space, account.id), {"username": "", "name": "", "picture_url": "", "sealed": ""}
    bare = replace(account, **empty, status="disconnected", reconnect_reason="", metadata={}, scopes=())  # type: ignore[arg-type]
    bare = replace(bare, known_as=(), expires_at=None, refresh_expires_at=None, refresh_nonce="", refresh_until=None)

    def body(txn: Transaction) -> str:
        doc = txn.get(path)
        if doc is None or doc.data["status"] != "disconnected":
            return ""
        if (sealed := str(doc.data.get("sealed", ""))) not in ("", account.sealed):
            return sealed
        txn.write(Write("set", path, codec.encode(replace(bare, updated_at=ports.clock.now()))))
        for write in (*chores_planning.ended(account), forgetting.planned(account, ports.clock.now())):
            txn.write(write)
        return ""

    return ports.store.transact(body)


def said(
    ports: Ports,
    account: Account,
    what: str,
    summary: str,
    actor: str = "",
    listening: bool = False,
    **metadata: Any,
) -> Write:
    """The log's entry about an account, for the commit that changes it. ``listening`` (``telling.wanted``): it goes out, once
    ``telling.publish`` has it or the sweeper finds it."""
    entry = events.written(
        ports,
        account.space,
        "account",
        f"account.{what}",
        resource_id=account.id,
        account_id=account.id,
        platform=account.platform,
        summary=summary,
        actor=actor,
        metadata=metadata,
    )
    return telling.told(ports, entry) if listening else entry


def tell(ports: Ports, *written: Write) -> None:
    """After the commit: what was said goes out, where anybody listens. Never raises: what is not sent now, the sweep sends."""
    with suppress(StoreError):
        telling.publish(ports, written)


def _known(found: list[Doc]) -> Account | None:
    """The account: as it is connected, else as it was before it was disconnected."""
    accounts = (codec.decode(Account, doc.data) for doc in found)
    return min(accounts, key=lambda one: (one.status == "disconnected", one.created_at, one.id), default=None)


def _made(ports: Ports, owner: Owner, platform: str, connected: Connected, account_id: str, sealed: str) -> Account:
    now = ports.clock.now()
    return Account(
        id=account_id,
        space=owner.space,
        platform=platform,
        sandbox=owner.sandbox,
        platform_account_id=connected.platform_account_id,
        username=connected.username,
        name=connected.name,
        status="active",
        created_at=now,
        updated_at=now,
        picture_url=connected.picture_url,
        brand_id=owner.brand_id,
        metadata=connected.metadata,
        known_as=networks.known_as(platform, connected),
        connected_at=now,
        renewed_at=now,
        world=owner.space if owner.sandbox else "",
        **tokens.repeated(connected.tokens, sealed),
    )


def _kept(ports: Ports, query: Query, owner: Owner, made: Account) -> tuple[Account, str]:
    """Create or renew in one transaction; answers also the sealed tokens that are of no use any more. Raises _Moved."""
    path, listening = account_path(made.space, made.id), telling.wanted(ports, made.space)
    written: list[Write] = []

    def body(txn: Transaction) -> tuple[Account, str]:
        written.clear()
        known = _known(txn.query(query))
        _refuse_leaving(txn, owner)
        audit = auditing.opened(ports, txn, made.space)
        brand_id, invite = _brand(txn, owner, known), _invite(ports, txn, owner)
        if known is not None and known.id != made.id:
            raise _Moved
        if invite is not None and invite.used_at is None:
            used = {"used_at": made.updated_at, "account_id": made.id, "choice_id": owner.choice}
            txn.write(Write("update", owner.invite, used))
        after = replace(made, **(_lasting(known) if known else {}), brand_id=brand_id)
        txn.write(Write("set" if known else "create", path, codec.encode(after)))
        text = "An account was connected again." if known else "An account was connected."
        written.append(said(ports, after, "connected", text, owner.actor, listening))
        for write in (*written, *chores_planning.planned(after, made.updated_at)):
            txn.write(write)
        invited = {"invite": invite.id} if invite is not None else {}
        facts = {"platform": made.platform, "brand_id": brand_of(after), **invited}
        audit.add(txn, owner.actor, "account.connected", made.id, **facts)
        return after, known.sealed if known else ""

    kept = ports.store.transact(body)
    tell(ports, *written)
    return kept


def _brand(txn: Transaction, owner: Owner, known: Account | None) -> str:
    """The brand that the account is in from now on. Raises Missing, Clash."""
    before = brand_of(known) if known else DEFAULT_BRAND
    wanted = owner.brand_id or before
    if brands.gone(txn, owner.space, wanted):
        if owner.brand_id or (known and known.status != "disconnected"):
            raise brands.missing(wanted)
        wanted = DEFAULT_BRAND  # its own went after it was disconnected
    _refuse_others(txn, owner, known, before)
    if known is None or known.status == "disconnected" or wanted == before:
        return wanted
    if _locked(txn, owner.space):
        text = "brand_id: this account is connected already, in another brand, and stays there. Move it on purpose."
        raise Clash("account.already_linked", text, field="brand_id")
    return wanted


def _refuse_others(txn: Transaction, owner: Owner, known: Account | None, before: str) -> None:
    """What is in another brand stays there, also when it is disconnected: with it come its posts, sent and planned."""
    if known is None or not owner.brands or before in owner.brands or brands.gone(txn, owner.space, before):
        return
    text = (
        "brand_id: this account is another brand's, also if it is disconnected now, and stays there. Whoever has full "
        "access to the workspace can connect or move it."
    )
    raise Clash("account.already_linked", text, field="brand_id")


def _refuse_leaving(txn: Transaction, owner: Owner) -> None:
    """A consent may come back to a workspace that its owner has deleted meanwhile. Raises Unauthenticated."""
    if txn.get(deletion_path(owner.space.rpartition(".")[0])) is not None:
        raise Unauthenticated("auth.user_not_found", "The workspace that this account was meant for is gone.")


def _locked(txn: Transaction, space: str) -> bool:
    doc = txn.get(settings_path(space))
    return doc is not None and codec.of(Settings, doc).lock_accounts_to_brand


def _invite(ports: Ports, txn: Transaction, owner: Owner) -> Invite | None:
    """The invite that this is done with, which is open, or was used by this very choice. Raises Missing."""
    if not owner.invite:
        return None
    doc = txn.get(owner.invite)
    invite = codec.of(Invite, doc) if doc else None
    again = invite is not None and invite.used_at is not None and invite.choice_id == owner.choice != ""
    if invite is None or not (again or invite.is_active(ports.clock.now())):
        text = "This link was used before, or is no longer good. Ask whoever sent it for another."
        raise Missing("invite.invalid", text)
    return invite


def _lasting(known: Account) -> dict[str, Any]:
    """What connecting again does not change. A refresh under way loses: its version is no longer the last."""
    return {
        "created_at": known.created_at,
        "token_version": known.token_version + 1,
        "blocked_until": known.blocked_until,
        "limited": known.limited,
    }


def _with_consents(ports: Ports, known: Account, connected: Connected) -> Connected:
    """With what the person handed over beside an earlier consent (``manifest.oauth.extra``), unless they do so again now: it
    is a consent of its own, and this one says nothing of it. Raises Broken, store.Unavailable."""
    names = {option.name for option in registry.manifest(known.platform).oauth.extra}
    if not names or not known.sealed or names & connected.tokens.extra.keys():
        return connected
    try:
        before = tokens.unseal(ports, known).extra
    except VaultUnavailable as error:
        raise _vault_away() from error
    except VaultError:
        doc = ports.store.get(account_path(known.space, known.id))
        if doc is None or doc.data.get("sealed", "") in ("", known.sealed):
            return connected  # it is lost, and is asked for when it is missed
        return _with_consents(ports, codec.decode(Account, doc.data), connected)  # sealed anew meanwhile
    extra = {**{name: before[name] for name in names & before.keys()}, **connected.tokens.extra}
    return replace(connected, tokens=replace(connected.tokens, extra=extra))


def _seal(ports: Ports, space: str, account_id: str, connected: Connected) -> str:
    try:
        return tokens.seal(ports, space, account_id, connected.tokens)
    except VaultError as error:
        raise _vault_away() from error


def _vault_away() -> Broken:
    return Broken("system.vault_unavailable", "The account's tokens could not be kept: try again.")


def _forget(ports: Ports, space: str, account_id: str, sealed: str) -> None:
    with suppress(VaultError):
        ports.vault.destroy(tokens.place(space, account_id), sealed)
