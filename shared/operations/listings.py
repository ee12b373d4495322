"""Networks, pages, walls and channels: those that are connected, and those that were entered for a person to look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from shared.domain import codec
from shared.domain.accounts import Account
from shared.domain.callers import Caller
from shared.domain.errors import Clash, Forbidden, Invalid, Missing
from shared.domain.listings import (
    MAX_EXTRA,
    MAX_LISTINGS,
    Listing,
    Sort,
    Standing,
    kept_id,
    listing_id,
    listing_path,
    number_of,
)
from shared.operations import accounts, networks
from shared.operations.analytics import readings
from shared.platforms import registry
from shared.ports.store import Query, Transaction, Write
from shared.ports.world import Ports

MAX_TEXT = 500
REVIEWED: tuple[Standing, ...] = ("accepted", "rejected", "suspended")
_HELD: dict[Sort, tuple[str, ...]] = {
    "network": ("profile", "page", "channel"),
    "page": ("page",),
    "channel": ("channel",),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """Something to enter. ``field_*``: what the caller's dialect calls those fields, for errors."""

    sort: Sort
    platform: str
    platform_id: str
    url: str
    name: str = ""
    followers: int | None = None
    category: str = ""
    field_platform: str = "network"
    field_url: str = "network_url"


@dataclass(frozen=True, slots=True)
class Shown:
    """A connected account or a listing, as both are shown. ``verified``: the network itself has vouched for it.

    ``followers`` None: nobody knows. ``account_id`` is empty for what was only entered.
    """

    number: int
    platform: str
    platform_id: str
    name: str
    url: str
    standing: Standing
    verified: bool
    created_at: datetime
    updated_at: datetime
    followers: int | None = None
    category: str = ""
    account_id: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)


def list_(ports: Ports, caller: Caller, sort: Sort) -> list[Shown]:
    """The connected ones of this sort, then what was entered, each oldest first. Two queries, and what is known of
    followers."""
    connected, entered = accounts.list_(ports, caller), _listings(ports, caller)
    wanted = [one for one in connected if registry.manifest(one.platform).holds in _HELD.get(sort, ())]
    listed = {(one.platform, one.platform_account_id) for one in wanted}
    others = [one for one in entered if one.sort == sort and (one.platform, one.platform_id) not in listed]
    return [*_all_connected(ports, wanted, entered), *_all_entered(connected, others)]


def find(ports: Ports, caller: Caller, number: int) -> Shown:
    """The network, page, wall or channel of this number. Raises Missing (``network.not_found``)."""
    connected, entered = accounts.list_(ports, caller), _listings(ports, caller)
    mine = [one for one in connected if number_of(one.id) == number]
    theirs = [one for one in entered if one.number == number]
    found = [*_all_connected(ports, mine, entered), *_all_entered(connected, theirs)]
    if not found:
        raise Missing("network.not_found", "Network not found", resource="network", id=str(number))
    return found[0]


def _all_connected(ports: Ports, wanted: list[Account], entered: list[Listing]) -> list[Shown]:
    kept = {one.account_id: one for one in entered if one.account_id}
    followers = readings.followers(ports, wanted)
    return [_connected(one, kept.get(one.id), followers.get(one.id)) for one in wanted]


def _all_entered(connected: list[Account], wanted: list[Listing]) -> list[Shown]:
    """What was entered; whose account is connected, its network has vouched for."""
    live = {(one.platform, one.platform_account_id) for one in connected}
    return [_entered(one, live=(one.platform, one.platform_id) in live) for one in wanted if not one.account_id]


def enter(ports: Ports, caller: Caller, entry: Entry) -> Listing:
    """Enter it, to be looked at; entered again, it keeps its number and waits anew unless it was accepted.

    Raises Invalid, Forbidden (too many), store.Unavailable.
    """
    platform, now = _checked(entry), ports.clock.now()
    own = listing_id(entry.sort, platform, entry.platform_id, caller.brand_ids)
    path = listing_path(caller.space, own)
    full = ports.store.count(Query(f"workspaces/{caller.space}/listings")) >= MAX_LISTINGS
    if full and ports.store.get(path) is None:
        raise Forbidden("network.limit_reached", "Maximum number of networks reached")

    def body(txn: Transaction) -> Listing:
        doc = txn.get(path)
        known = codec.of(Listing, doc) if doc else None
        accepted = known is not None and known.standing == "accepted"
        made = Listing(
            id=own,
            space=caller.space,
            number=number_of(f"{caller.space}/{own}"),
            sort=entry.sort,
            platform=platform,
            platform_id=entry.platform_id,
            name=entry.name,
            url=entry.url,
            standing="accepted" if accepted else "pending",
            created_at=known.created_at if known else now,
            updated_at=now,
            followers=entry.followers,
            category=entry.category,
            extra=known.extra if known else {},
            brand_ids=caller.brand_ids,
        )
        txn.write(Write("set", path, codec.encode(made)))
        return made

    return ports.store.transact(body)


def keep(ports: Ports, caller: Caller, number: int, extra: Mapping[str, Any]) -> Shown:
    """Keep these fields with it, beside those that it has. Raises Missing, Invalid (too many, or too long)."""
    shown, now = find(ports, caller, number), ports.clock.now()
    own = kept_id(shown.account_id) if shown.account_id else _id_of(shown, ports, caller)

    def body(txn: Transaction) -> Shown:
        doc = txn.get(listing_path(caller.space, own))
        before = codec.of(Listing, doc) if doc else _about(caller, own, shown, now)
        merged = {**before.extra, **extra}
        _check_extra(merged)
        category = str(extra.get("category", before.category))[:MAX_TEXT]
        txn.write(
            Write(
                "set",
                listing_path(caller.space, own),
                codec.encode(replace(before, extra=merged, category=category, updated_at=now)),
            )
        )
        return replace(shown, extra=merged, category=category, updated_at=now)

    return ports.store.transact(body)


def review(ports: Ports, caller: Caller, number: int, standing: Standing, reason: str = "") -> Shown:
    """A person's word on what was entered. Raises Missing, Invalid, Clash (a connected account needs no approval)."""
    if standing not in REVIEWED:
        raise Invalid("validation.field_invalid", f"status: one of {', '.join(REVIEWED)}.", field="status")
    return _standing(ports, caller, find(ports, caller, number), standing, reason)


def disconnect(ports: Ports, caller: Caller, number: int) -> None:
    """Disconnect the account, or take back what was entered. Raises Missing, store.Unavailable."""
    shown = find(ports, caller, number)
    if shown.account_id:
        accounts.disconnect(ports, caller, shown.account_id)
    else:
        _standing(ports, caller, shown, "disconnected", "")


def _standing(ports: Ports, caller: Caller, shown: Shown, standing: Standing, reason: str) -> Shown:
    if shown.account_id:
        text = "network_id: this account is connected: its network has vouched for it. Disconnect it instead."
        raise Clash("network.connected", text, field="network_id")
    changes = {"standing": standing, "reason": reason, "updated_at": ports.clock.now()}
    ports.store.commit([Write("update", listing_path(caller.space, _id_of(shown, ports, caller)), changes)])
    return replace(shown, standing=standing, verified=standing == "accepted")


def _id_of(shown: Shown, ports: Ports, caller: Caller) -> str:
    """The listing's id, of one that was just found."""
    return next(one.id for one in _listings(ports, caller) if one.number == shown.number)


def _listings(ports: Ports, caller: Caller) -> list[Listing]:
    """What the caller may know of: of what was entered, a caller of some brands sees what callers of those entered. What is
    kept about accounts is looked up by those that the caller sees."""
    query = Query(f"workspaces/{caller.space}/listings", limit=MAX_LISTINGS + 1)
    found = [codec.of(Listing, doc) for doc in ports.store.query(query)]
    seen = (one for one in found if one.account_id or not caller.brand_ids or {*one.brand_ids} & {*caller.brand_ids})
    return sorted(seen, key=lambda one: (one.created_at, one.id))


def _connected(account: Account, kept: Listing | None, followers: int | None) -> Shown:
    manifest = registry.manifest(account.platform)
    known = networks.told(account.platform, account.metadata, "link")
    made = manifest.profile_url.format(username=account.username, id=account.platform_account_id)
    return Shown(
        number=number_of(account.id),
        platform=account.platform,
        platform_id=account.platform_account_id,
        name=account.name or account.username,
        url=known or made,
        standing="accepted" if account.status == "active" else "suspended",
        verified=account.status == "active",
        created_at=account.created_at,
        updated_at=account.updated_at,
        followers=followers,
        category=kept.category if kept else networks.told(account.platform, account.metadata, "category") or "",
        account_id=account.id,
        extra=kept.extra if kept else {},
    )


def _entered(one: Listing, *, live: bool) -> Shown:
    standing: Standing = "accepted" if live and one.standing == "pending" else one.standing
    return Shown(
        number=one.number,
        platform=one.platform,
        platform_id=one.platform_id,
        name=one.name,
        url=one.url,
        standing=standing,
        verified=live,
        created_at=one.created_at,
        updated_at=one.updated_at,
        followers=one.followers,
        category=one.category,
        extra=one.extra,
    )


def _about(caller: Caller, id: str, shown: Shown, now: datetime) -> Listing:
    """A new listing, of what is kept about a connected account."""
    return Listing(
        id=id,
        space=caller.space,
        number=number_of(f"{caller.space}/{id}"),
        sort="network",
        platform=shown.platform,
        platform_id=shown.platform_id,
        name=shown.name,
        url=shown.url,
        standing="accepted",
        created_at=now,
        updated_at=now,
        category=shown.category,
        account_id=shown.account_id,
    )


def _checked(entry: Entry) -> str:
    """The platform's name. Raises Invalid naming the caller's field."""
    platform = networks.resolved(entry.platform, entry.field_platform)
    try:
        parts = urlsplit(entry.url)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and "." in str(parts.hostname)
    except ValueError:
        good = False
    if not good:
        text = f"{entry.field_url}: an address such as https://example.com/name."
        raise Invalid("validation.field_invalid", text, field=entry.field_url)
    return platform


def _check_extra(extra: Mapping[str, Any]) -> None:
    if len(extra) > MAX_EXTRA:
        text = f"extra_data: at most {MAX_EXTRA} fields, and there would be {len(extra)}."
        raise Invalid("validation.field_invalid", text, field="extra_data")
    for name, value in extra.items():
        if not isinstance(value, str | int | float | bool) or len(str(value)) > MAX_TEXT or len(name) > MAX_TEXT:
            text = f"extra_data.{name[:64]}: a text, a number, or true or false, of at most {MAX_TEXT} characters."
            raise Invalid("validation.field_invalid", text, field=f"extra_data.{name[:64]}")
