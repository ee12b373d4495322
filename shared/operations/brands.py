"""Brands: a workspace's accounts in groups; and which accounts a caller of some brands may know of.

The brand ``default`` is always there: until somebody renames it, it has no document. Names are not unique: ids are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from shared.domain import codec
from shared.domain.accounts import Account, account_path
from shared.domain.brands import DEFAULT_BRAND, MAX_BRAND_NAME, Brand, brand_of, brand_path
from shared.domain.callers import Caller
from shared.domain.errors import Clash, Forbidden, Invalid, Missing
from shared.domain.workspaces import workspace_path
from shared.operations import allowances, events, lookup, permissions
from shared.operations.posts.times import checked_zone
from shared.ports.store import Query, Transaction, Write
from shared.ports.world import Ports

DEFAULT_NAME = "Default"
MAX_BRANDS = 1000  # of one workspace and mode, whatever its plan says
_ALWAYS = datetime(2026, 1, 1, tzinfo=UTC)  # when the default brand of a workspace without a document came to be


@dataclass(frozen=True, slots=True)
class Counted:
    """A brand, and how many connected accounts are in it."""

    brand: Brand
    accounts_count: int


def list_(ports: Ports, caller: Caller) -> list[Counted]:
    """The caller's brands: the default one, then oldest first. Raises store.Unavailable."""
    found = {brand.id: brand for brand in _stored(ports, caller.space)}
    first = found.pop(DEFAULT_BRAND) if DEFAULT_BRAND in found else _virtual(ports, caller)
    everything = [first, *sorted(found.values(), key=_age)]
    visible = [brand for brand in everything if brand.deleted_at is None and caller.sees(brand.id)]
    counts = Counter(brand_of(account) for account in _accounts(ports, caller.space))
    return [Counted(brand, counts[brand.id]) for brand in visible]


def get(ports: Ports, caller: Caller, brand_id: str) -> Brand:
    """One brand. One read; two for a default brand that was never written. Raises Missing (``brand.not_found``)."""
    if not caller.sees(brand_id):
        raise missing(brand_id)
    doc = ports.store.get(brand_path(caller.space, brand_id)) if lookup.plain(brand_id) else None
    brand = codec.decode(Brand, doc.data) if doc else None
    if brand is None and brand_id == DEFAULT_BRAND:
        return _virtual(ports, caller)
    if brand is None or brand.deleted_at is not None:
        raise missing(brand_id)
    return brand


def counted(ports: Ports, caller: Caller, brand_id: str) -> Counted:
    """One brand with its number of accounts. Raises Missing."""
    brand = get(ports, caller, brand_id)
    inside = (account for account in _accounts(ports, caller.space) if brand_of(account) == brand_id)
    return Counted(brand, sum(1 for _ in inside))


def create(ports: Ports, caller: Caller, name: str, timezone: str = "UTC") -> Brand:
    """Make a brand. Raises Forbidden (also ``brand.limit_reached``, ``billing.brands_limit``), Invalid, store.Unavailable."""
    permissions.full_access(caller, "Brands")
    named, zone = _named(name), checked_zone(timezone, "timezone").key
    if ports.store.count(Query(f"workspaces/{caller.space}/brands")) >= MAX_BRANDS:
        raise Forbidden("brand.limit_reached", f"This workspace has {MAX_BRANDS} brands: delete one first.")
    allowances.check_brands(ports, caller)
    now = ports.clock.now()
    brand = Brand(ports.ids.new("br"), named, now, now, zone)
    said = events.noted(ports, caller, "brand", "brand.created", brand.id, "A brand was made.")
    ports.store.commit([Write("create", brand_path(caller.space, brand.id), codec.encode(brand)), said])
    return brand


def update(
    ports: Ports, caller: Caller, brand_id: str, *, name: str | None = None, timezone: str | None = None
) -> Brand:
    """Another name or zone. Raises Forbidden, Invalid, Missing, store.Unavailable."""
    permissions.full_access(caller, "Brands")
    if name is None and timezone is None:
        raise Invalid("validation.field_required", "name: send a new name, or a timezone.", field="name")
    named, zone = (
        None if name is None else _named(name),
        None if timezone is None else checked_zone(timezone, "timezone").key,
    )
    virtual, now = get(ports, caller, brand_id), ports.clock.now()

    def body(txn: Transaction) -> Brand:
        known = _known(txn, caller.space, brand_id) or (virtual if brand_id == DEFAULT_BRAND else None)
        if known is None:
            raise missing(brand_id)
        changed = replace(known, name=named or known.name, timezone=zone or known.timezone, updated_at=now)
        txn.write(Write("set", brand_path(caller.space, brand_id), codec.encode(changed)))
        txn.write(events.noted(ports, caller, "brand", "brand.updated", brand_id, "A brand was changed."))
        return changed

    return ports.store.transact(body)


def gone(txn: Transaction, space: str, brand_id: str) -> bool:
    """Whether nothing can be put into this brand (any more); read in the transaction that would."""
    return brand_id != DEFAULT_BRAND and (not lookup.plain(brand_id) or _known(txn, space, brand_id) is None)


def chosen(ports: Ports, caller: Caller, brand_id: str) -> str:
    """The brand that something is put into: the one that was named, else the caller's only one, else ``""`` (no choice).

    Raises Missing (``brand.not_found``; also another's), Invalid (a caller of several brands named none).
    """
    if brand_id:
        return get(ports, caller, brand_id).id
    if len(caller.brand_ids) == 1:
        return get(ports, caller, caller.brand_ids[0]).id
    if caller.brand_ids:
        text = f"brand_id: this key is of several brands; name one of {', '.join(caller.brand_ids[:20])}, or use a key of one."
        raise Invalid("validation.field_required", text, field="brand_id")
    return ""


def allowed_accounts(ports: Ports, caller: Caller) -> frozenset[str] | None:
    """The ids of the accounts that a caller of some brands may know of, disconnected ones too (posts outlive them).

    None for a caller of all brands, which costs no read; else one query of the workspace's accounts.
    """
    if not caller.brand_ids:
        return None
    found = lookup.every(ports, Query(f"workspaces/{caller.space}/accounts"))
    return frozenset(doc.id for doc in found if caller.sees(brand_of(codec.of(Account, doc))))


def sees_account(ports: Ports, caller: Caller, account_id: str) -> bool:
    """Whether the caller may know of this account, connected or not. One read for a caller of some brands, else none."""
    return sees_accounts(ports, caller, [account_id], whole=True)


def sees_accounts(ports: Ports, caller: Caller, account_ids: Iterable[str], *, whole: bool) -> bool:
    """Whether what belongs to these accounts is the caller's: to know of (one of them is), or ``whole`` to change (all are).

    What belongs to no account is not a matter for a caller of some brands. Such a one costs a round trip, else none.
    """
    if not caller.brand_ids:
        return True
    paths = [account_path(caller.space, one) for one in dict.fromkeys(account_ids) if lookup.plain(one)]
    docs = ports.store.get_many(paths) if paths else []
    seen = [doc is not None and caller.sees(brand_of(codec.of(Account, doc))) for doc in docs]
    return bool(seen) and (all(seen) if whole else any(seen))


def missing(brand_id: str) -> Missing:
    """What is said of a brand that is not there, or not the caller's."""
    return lookup.missing("brand", brand_id)


def deletable(brand_id: str) -> None:
    """Raises Clash for the default brand."""
    if brand_id == DEFAULT_BRAND:
        text = "The default brand cannot be deleted: accounts that name no brand are in it. Disconnect them instead."
        raise Clash("resource.conflict", text, resource="brand", id=brand_id)


def _stored(ports: Ports, space: str) -> Iterable[Brand]:
    return (codec.decode(Brand, doc.data) for doc in lookup.every(ports, Query(f"workspaces/{space}/brands")))


def _accounts(ports: Ports, space: str) -> Iterable[Account]:
    found = lookup.every(ports, Query(f"workspaces/{space}/accounts"))
    accounts = (codec.decode(Account, doc.data) for doc in found)
    return (account for account in accounts if account.status != "disconnected")


def _known(txn: Transaction, space: str, brand_id: str) -> Brand | None:
    doc = txn.get(brand_path(space, brand_id))
    brand = codec.decode(Brand, doc.data) if doc else None
    return brand if brand and brand.deleted_at is None else None


def _virtual(ports: Ports, caller: Caller) -> Brand:
    """The default brand that nobody wrote yet: as old as its workspace."""
    doc = ports.store.get(workspace_path(caller.workspace))
    since = doc.data.get("created_at", _ALWAYS) if doc else _ALWAYS
    return Brand(DEFAULT_BRAND, DEFAULT_NAME, since, since)


def _age(brand: Brand) -> tuple[datetime, str]:
    return brand.created_at, brand.id


def _named(name: str) -> str:
    trimmed = name.strip()
    if not trimmed:
        raise Invalid("validation.field_required", "name: give the brand a name.", field="name")
    if len(trimmed) > MAX_BRAND_NAME:
        text = f"name: at most {MAX_BRAND_NAME} characters."
        raise Invalid("validation.field_invalid", text, field="name")
    return trimmed
