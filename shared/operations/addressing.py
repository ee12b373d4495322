"""From what a caller calls an account by (a platform's name, an id, both) to the account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shared.domain import codec
from shared.domain.accounts import Account, account_path
from shared.domain.brands import brand_of
from shared.domain.callers import Caller
from shared.domain.errors import Invalid
from shared.operations import accounts, lookup, networks
from shared.ports.world import Ports

SHOWN = 5  # accounts that a refusal names


@dataclass(frozen=True, slots=True)
class Address:
    """An account by its platform, which is enough where there is one of it, and by its id where there are several."""

    platform: str
    account_id: str = ""


def find(ports: Ports, caller: Caller, wanted: Sequence[Address], field: str) -> list[Account]:
    """The accounts, in this order: one round trip for those with ids, one query for all others.

    ``field``: the name of the list (``platforms``). Raises Invalid naming the item: an unknown platform, an account of
    another platform, none or several of the platform; Missing.
    """
    platforms = [networks.resolved(one.platform, f"{field}[{index}].platform") for index, one in enumerate(wanted)]
    named = _named(ports, caller, wanted)
    everyone = accounts.list_(ports, caller) if any(not one.account_id for one in wanted) else []
    found = []
    for index, (one, platform) in enumerate(zip(wanted, platforms, strict=True)):
        where = f"{field}[{index}]"
        if one.account_id:
            found.append(_checked(named.get(one.account_id), one, platform, f"{where}.account_id"))
        else:
            found.append(_only([account for account in everyone if account.platform == platform], platform, where))
    return found


def _named(ports: Ports, caller: Caller, wanted: Sequence[Address]) -> dict[str, Account]:
    ids = [one.account_id for one in wanted if lookup.plain(one.account_id)]
    docs = ports.store.get_many([account_path(caller.space, one) for one in ids]) if ids else []
    found = (codec.of(Account, doc) for doc in docs if doc)
    return {one.id: one for one in found if one.status != "disconnected" and caller.sees(brand_of(one))}


def _checked(account: Account | None, wanted: Address, platform: str, field: str) -> Account:
    if account is None:
        raise lookup.missing("account", wanted.account_id)
    if account.platform != platform:
        text = f"{field}: this account is on {networks.title(account.platform)}, not on {networks.title(platform)}."
        raise Invalid("validation.field_invalid", text, field=field)
    return account


def _only(found: Sequence[Account], platform: str, field: str) -> Account:
    usable = [account for account in found if account.status == "active"] or list(found)
    if len(usable) == 1:
        return usable[0]
    title = networks.title(platform)
    if not usable:
        text = f"{field}: no {title} account is connected. Connect one first, or leave {title} out."
        raise Invalid("validation.field_invalid", text, field=field)
    names = ", ".join(f"{one.id} ({one.username})" for one in usable[:SHOWN])
    text = f"{field}: {len(usable)} {title} accounts are connected. Say which, by its account_id: {names}."
    raise Invalid("validation.field_invalid", text, field=field, accounts=[one.id for one in usable[:SHOWN]])
