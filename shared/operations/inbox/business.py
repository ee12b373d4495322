"""Numbers, profiles and templates of a business's messenger: read and set by whoever owns them.

Setting a number (codes, PINs) is asked of the network at once, one request that is never repeated here and whose arguments
are kept nowhere. Templates and profiles are actions like any other (``engaging.acting``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared.domain.accounts import Account
from shared.domain.callers import Caller
from shared.domain.errors import Broken, Missing, RostrumError
from shared.operations import accounts, lookup, networks
from shared.operations.engaging import reading, resources
from shared.operations.inbox import cursors, doing
from shared.operations.inbox.paging import PAGES, filled
from shared.operations.posts.issues import Issue, as_error
from shared.operations.publishing import failures
from shared.platforms import registry
from shared.platforms.contract import Call, Fate, Refused
from shared.platforms.contract_inbox import Fault, Page
from shared.ports.world import Ports

MOST = 20  # accounts that are asked for a template of which only the id is known


def account_of(ports: Ports, caller: Caller, platform: str, named: str) -> Account:
    """The account of this network by our id, or by the network's id of its number. Raises Missing (``account.not_found``)."""
    try:
        found = accounts.get(ports, caller, named)
    except Missing:
        of_network = accounts.list_(ports, caller, platform)
        same = [one for one in of_network if one.platform_account_id == named]
        if not same:
            raise
        return same[0]
    if found.platform != networks.resolved(platform):
        raise lookup.missing("account", named)
    return found


def change(ports: Ports, caller: Caller, account: Account, name: str, arguments: Mapping[str, Any]) -> None:
    """Set something of the account (``manifest.settings``): one request.

    Raises Invalid, Clash, Limited, Reconnect, NetworkRefused; Broken where nobody knows whether it was done.
    """
    module = registry.settings(account.platform)
    if module is None:
        raise TypeError(f"{account.platform} has nothing to set")

    def once(call: Call) -> None:
        try:
            module.change(call, name, arguments)
        except Refused as refused:
            if refused.fate in (Fate.UNAUTHORISED, Fate.TRANSIENT, Fate.UNKNOWN):
                raise
            raise doing.error_of(failures.refused(refused), account.platform) from refused

    try:
        reading.asked(ports, account, once)
    except Broken as error:
        if error.code != "platform.no_answer":
            raise
        title = networks.title(account.platform)
        text = f"{title} did not answer clearly: {name} may have been done. Look how the number stands before trying again."
        raise Broken(error.code, text, **error.meta) from error


def number(ports: Ports, caller: Caller, account: Account) -> Mapping[str, Any]:
    """The account's own number, in the network's words. Raises Missing, and what reading a resource raises."""
    at = ""
    for _ in range(PAGES):
        page = resources.read(ports, caller, account.id, "numbers", {}, at)
        for row in page.items:
            if str(row.get("id")) == account.platform_account_id:
                return row
        at = page.next
        if not at:
            break
    raise Missing(
        f"platform.{account.platform}.not_found", f"{networks.title(account.platform)} lists this number no more."
    )


def profile(ports: Ports, caller: Caller, account: Account) -> Mapping[str, Any]:
    """What people see of the business, in the network's words."""
    return next(iter(resources.read(ports, caller, account.id, "profile").items), {})


def templates(ports: Ports, caller: Caller, account: Account, limit: int, cursor: str = "") -> Page[Mapping[str, Any]]:
    """A page of message templates. Raises Invalid (the cursor), and what reading a resource raises."""
    of = cursors.bound("templates", caller.space, account.id)
    return filled(lambda at: resources.read(ports, caller, account.id, "templates", {}, at), of, limit, cursor)


def template(
    ports: Ports, caller: Caller, platform: str, template_id: str, account_id: str = ""
) -> tuple[Account, Mapping[str, Any]]:
    """A template by the network's id, and an account that has it: the first of the caller's that does.

    Raises Missing (``….no_account`` where there is no account of this network, ``….template_not_found``), and what reading raises of an
    account, where no other has it.
    """
    if account_id:
        asked = [account_of(ports, caller, platform, account_id)]
    else:
        asked = accounts.list_(ports, caller, platform)[:MOST]
    if not asked:
        title = networks.title(platform)
        raise Missing(f"platform.{platform}.no_account", f"No account of {title} is connected in this workspace.")
    unasked: RostrumError | None = None
    for account in asked:
        try:
            return account, resources.read(ports, caller, account.id, "templates", {"id": template_id}).items[0]
        except Missing:
            continue
        except RostrumError as error:  # another account may have it all the same
            unasked = unasked or error
    if unasked:
        raise unasked
    text = f"No account of {networks.title(platform)} here has a template {template_id[:64]!r}."
    raise Missing(f"platform.{platform}.template_not_found", text)


def examine(platform: str, verb: str, arguments: Mapping[str, Any]) -> list[Fault]:
    """What the network would find in an action's arguments, without asking it."""
    module = registry.settings(platform)
    return module.examine(verb, arguments) if module else []


def refuse_faults(platform: str, verb: str, arguments: Mapping[str, Any]) -> None:
    """Raise Invalid with every severe finding."""
    severe = [one for one in examine(platform, verb, arguments) if one.severe]
    if severe:
        raise as_error(
            [Issue("validation.field_invalid", one.message.partition(":")[0], one.message) for one in severe]
        )
