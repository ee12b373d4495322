"""Ad accounts, campaigns and what they brought: asked of the network at this moment. Making them is ``acting.act``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import get_args

from shared.domain.accounts import Account
from shared.domain.callers import Caller
from shared.domain.errors import Invalid
from shared.operations.engaging.ids import check
from shared.operations.engaging.reading import asked, offering
from shared.platforms import registry
from shared.platforms.contract_ads import AdAccount, AdObject, Ads, AdStats, Level
from shared.platforms.contract_inbox import Page
from shared.ports.world import Ports

LEVELS: tuple[str, ...] = get_args(Level)
STAT_LEVELS = ("account", "campaign", "ad_group", "ad")
MOST_IDS = 100
MOST_DAYS = 366


def accounts(ports: Ports, caller: Caller, account_id: str, cursor: str = "") -> Page[AdAccount]:
    """The ad accounts that the account may use. As all of these, raises Unsupported, Missing, Reconnect, Limited,
    NetworkRefused, Broken."""
    account, ads = _ads(ports, caller, account_id)
    return asked(ports, account, lambda call: ads.accounts(call, cursor))


def objects(
    ports: Ports,
    caller: Caller,
    account_id: str,
    level: Level,
    ad_account_id: str,
    *,
    parent_id: str = "",
    cursor: str = "",
) -> Page[AdObject]:
    """The campaigns, ad groups, creatives or ads of an ad account; of one campaign or ad group with ``parent_id``."""
    _one_of(level, LEVELS)
    check(ad_account_id=ad_account_id, parent_id=parent_id)
    account, ads = _ads(ports, caller, account_id)
    return asked(ports, account, lambda call: ads.objects(call, level, ad_account_id, parent_id, cursor))


def stats(
    ports: Ports,
    caller: Caller,
    account_id: str,
    level: str,
    ad_account_id: str,
    *,
    ids: Sequence[str],
    since: date,
    until: date,
) -> tuple[AdStats, ...]:
    """Figures per id over the days, both included; level ``account`` needs no ids. Raises Invalid for a span that is none."""
    _one_of(level, STAT_LEVELS)
    if not 0 <= (until - since).days < MOST_DAYS:
        text = f"until: the day of since or a later one, at most {MOST_DAYS} days in all."
        raise Invalid("validation.field_invalid", text, field="until")
    if len(ids) > MOST_IDS or (not ids and level != "account"):
        raise Invalid("validation.field_invalid", f"ids: name 1 to {MOST_IDS} of them.", field="ids")
    check(ad_account_id=ad_account_id)
    for one in ids:
        check(ids=one)
    account, ads = _ads(ports, caller, account_id)
    return asked(ports, account, lambda call: ads.stats(call, level, ad_account_id, ids, since, until))


def _one_of(level: str, known: Sequence[str]) -> None:
    if level not in known:
        text = f"level: one of {', '.join(known)}."
        raise Invalid("validation.field_invalid", text, field="level", accepted=list(known))


def _ads(ports: Ports, caller: Caller, account_id: str) -> tuple[Account, Ads]:
    account = offering(ports, caller, account_id, "ads")
    ads = registry.ads(account.platform)
    if ads is None:
        raise TypeError(f"{account.platform} offers ads without a module for them")
    return account, ads
