"""What a network says of a connected account itself: its page, what its creator may post, what is left of its quotas, its boards.

Each is one of the network's ``resources`` by a name that all networks share (``creator_info``, ``limits``, ``boards``); what
a manifest does not list, its network does not offer.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared.domain.accounts import Account
from shared.domain.callers import Caller
from shared.domain.errors import Clash, Invalid, Reconnect, Unsupported
from shared.operations import lookup, networks, sessions
from shared.operations.engaging import resources
from shared.platforms import registry
from shared.ports.world import Ports

MOST_PAGES = 20  # of a network's list, in one answer


@dataclass(frozen=True, slots=True)
class Listed:
    """What a network lists, in its own words; ``more``: there is more than one answer takes."""

    rows: tuple[Mapping[str, Any], ...]
    more: bool = False


def page(ports: Ports, caller: Caller, account_id: str) -> Account:
    """The account, which is a page. Here each page is an account of its own: it is the only one.

    Raises Missing, Invalid (``account.pages_not_supported``).
    """
    account = sessions.callers_account(ports, caller, account_id)
    if registry.manifest(account.platform).holds != "page":
        text = f"Accounts of {networks.title(account.platform)} have no pages."
        raise Invalid("account.pages_not_supported", text, platform=account.platform)
    return account


def keep_page(
    ports: Ports, caller: Caller, account_id: str, page_id: str, *, active: bool | None, default: bool | None
) -> Account:
    """The account, whose page stays on and the default: it is its only one. Raises Missing, Invalid, Clash (off)."""
    account = page(ports, caller, account_id)
    if page_id not in (account.id, account.platform_account_id):
        raise lookup.missing("resource", page_id)
    for name, wished in (("is_active", active), ("is_default", default)):
        if wished is False:
            text = f"{name}: the page is this account, and its only one. Disconnect the account to stop using it."
            raise Clash("resource.conflict", text, field=name)
    return account


def creator(ports: Ports, caller: Caller, account_id: str) -> tuple[Account, Mapping[str, Any]]:
    """What the creator may post right now, in the network's words. Raises Missing, Unsupported, and what reading raises."""
    account = _having(ports, caller, account_id, "creator_info")
    found = resources.read(ports, caller, account_id, "creator_info").items
    return account, found[0] if found else {}


def limits(ports: Ports, caller: Caller, account_id: str) -> dict[str, int]:
    """What is left of the network's quotas, by its own names; ``retry_after_seconds`` while it takes nothing.

    Empty where it tells nothing. Raises Missing, Reconnect, and what reading raises.
    """
    account = sessions.callers_account(ports, caller, account_id)
    if account.status == "reconnect_required":
        text = "This account must be connected again before its network can be asked."
        raise Reconnect("account.reconnection_required", text, account_id=account.id)
    found: dict[str, int] = {}
    if _has(account, "limits"):
        rows = resources.read(ports, caller, account_id, "limits").items
        found = {name: value for name, value in (rows[0] if rows else {}).items() if type(value) is int}
    now = ports.clock.now()
    if account.blocked_until and account.blocked_until > now:
        found["retry_after_seconds"] = math.ceil((account.blocked_until - now).total_seconds())
    return found


def boards(ports: Ports, caller: Caller, account_id: str) -> Listed:
    """The account's boards. Raises Missing, Unsupported, and what reading raises."""
    _having(ports, caller, account_id, "boards")
    rows: list[Mapping[str, Any]] = []
    cursor = ""
    for _ in range(MOST_PAGES):
        found = resources.read(ports, caller, account_id, "boards", cursor=cursor)
        rows += found.items
        cursor = found.next
        if not cursor:
            break
    return Listed(tuple(rows), bool(cursor))


def with_boards(ports: Ports, caller: Caller, account_id: str) -> Account:
    """The account, on a network with boards. Raises Missing, Unsupported."""
    return _having(ports, caller, account_id, "boards")


def _having(ports: Ports, caller: Caller, account_id: str, resource: str) -> Account:
    account = sessions.callers_account(ports, caller, account_id)
    if not _has(account, resource):
        what = resource.replace("_", " ")
        text = f"{networks.title(account.platform)} offers no {what}."
        raise Unsupported("resource.not_supported", text, platform=account.platform)
    return account


def _has(account: Account, resource: str) -> bool:
    return any(one.name == resource for one in registry.manifest(account.platform).resources)
