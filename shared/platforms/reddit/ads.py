"""Reddit's ads: accounts, campaigns, ad groups, ads and their figures. What an ad shows is a post, made by publishing.

Everything is created paused, one thing per request, and carries the beginning of our key at the end of its name: Reddit keeps
no key for us, and a lost answer is settled by that mark. Source: https://ads-api.reddit.com/docs/v3/; 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Final

from shared.domain.content import Act
from shared.platforms import _ads
from shared.platforms.contract import Absent, Armed, Call, Fate, Published, Ready, Refused, Unsure, Wait
from shared.platforms.contract_ads import AdAccount, AdObject, AdStats, Level
from shared.platforms.contract_inbox import Page
from shared.platforms.reddit import ads_api, ads_wire, api
from shared.ports.http import AnswerLost

_POSTS: Final = 50
_PATHS: Final[Mapping[str, str]] = {"campaign": "campaigns", "ad_group": "ad_groups", "ad": "ads"}
_PARENTS: Final[Mapping[str, str]] = {"ad_group": "campaign_id", "ad": "ad_group_id"}
_FIELDS: Final = ("IMPRESSIONS", "CLICKS", "SPEND", "KEY_CONVERSION_TOTAL_COUNT")
_KEYS: Final[Mapping[str, str]] = {
    "account": "AD_ACCOUNT_ID",
    "campaign": "CAMPAIGN_ID",
    "ad_group": "AD_GROUP_ID",
    "ad": "AD_ID",
}


# ----------------------------------------------------------------------------------------------------- reading


def accounts(call: Call, cursor: str) -> Page[AdAccount]:
    """The ad accounts of the businesses that the connected account belongs to: a page per business. Raises Refused."""
    businesses = [one for one in ads_api.every(call, "/me/businesses") if one and one.get("id")]
    position = int(cursor) if cursor.isdecimal() and len(cursor) < 5 else 0
    if position >= len(businesses):
        return Page(())
    listed = ads_api.every(call, f"/businesses/{businesses[position]['id']}/ad_accounts")
    found = tuple(_account(one) for one in listed if one and one.get("id"))
    return Page(found, str(position + 1) if position + 1 < len(businesses) else "")


def objects(call: Call, level: Level, ad_account_id: str, parent_id: str, cursor: str) -> Page[AdObject]:
    """Things of one level; creatives are the connected account's posts. Raises Refused, Invalid."""
    account = ads_wire.account(ad_account_id)
    if level == "creative":
        listing = api.get(
            call, f"/user/{call.who.username}/submitted", {"sort": "new", "limit": _POSTS, "after": cursor or None}
        )
        posts = tuple(ads_wire.post_object(account, post) for post in api.children(listing))
        return Page(posts, str(listing["data"].get("after") or ""))
    narrowed = {_PARENTS[level]: ads_wire.number(parent_id, "parent_id")} if parent_id and level in _PARENTS else {}
    found, following = ads_api.page(call, f"/ad_accounts/{account}/{_PATHS[level]}", narrowed, cursor)
    return Page(tuple(ads_wire.ad_object(level, account, one) for one in found), following)


def stats(
    call: Call, level: str, ad_account_id: str, ids: Sequence[str], since: date, until: date
) -> tuple[AdStats, ...]:
    """Figures per id, summed over the days in UTC. Raises Refused, Invalid."""
    asked = {
        "fields": list(_FIELDS),
        "breakdowns": [_KEYS[level]],
        "starts_at": f"{since.isoformat()}T00:00:00Z",
        "ends_at": f"{until.isoformat()}T00:00:00Z",  # Reddit counts the 24 hours from then on too
    }
    account = ads_wire.account(ad_account_id)
    rows = ads_api.rows(call, f"/ad_accounts/{account}/reports", asked)
    found = (_stats(level, account, row, since, until) for row in rows)
    return tuple(one for one in found if level == "account" or one.id in ids)


def _account(found: Mapping[str, Any]) -> AdAccount:
    return AdAccount(
        str(found["id"]),
        str(found.get("name") or ""),
        str(found.get("currency") or ""),
        str(found.get("time_zone_id") or ""),
        raw=dict(found),
    )


def _stats(level: Any, account: str, row: Mapping[str, Any], since: date, until: date) -> AdStats:
    def count(name: str) -> int | None:
        value = row.get(name)
        return int(value) if isinstance(value, int | float) else None

    conversions = row.get("key_conversion_total_count")
    return AdStats(
        level=level,
        id=account if level == "account" else str(row.get(_KEYS[level].lower()) or ""),
        since=since,
        until=until,
        impressions=count("impressions"),
        clicks=count("clicks"),
        spend_micros=count("spend"),
        conversions=float(conversions) if isinstance(conversions, int | float) else None,
        raw=dict(row),
    )


# ------------------------------------------------------------------------------------------------------ acting


def prepare(call: Call, act: Act, state: Mapping[str, Any]) -> Ready | Wait:
    """Nothing is needed before."""
    del call, act
    return Ready(state)


def commit(call: Call, act: Act, state: Mapping[str, Any]) -> Published:
    """The one request. Raises Refused, AnswerLost, NotSent, Invalid."""
    del state
    level, _, what = act.verb.partition(".")
    account = ads_wire.account(act.arguments.get("ad_account_id"))
    if what == "status":
        path = f"/{_PATHS[level]}/{ads_wire.number(act.on, 'on')}"
        made = ads_api.send(call, "PATCH", path, {"configured_status": ads_wire.status(act)})
    else:
        made = ads_api.send(call, "POST", f"/ad_accounts/{account}/{_PATHS[level]}", _MAKING[level](act))
    made_id = str(made.get("id") or "")
    if not made_id.isdecimal():
        raise AnswerLost("a success that names nothing")
    return Published(made_id, None, {"ad_account_id": account}, made)


def confirm(call: Call, act: Act, state: Mapping[str, Any]) -> Published | Wait:
    """Never needed: Reddit answers with what it made."""
    raise TypeError("commit never answers Accepted here")


def find(call: Call, act: Act, armed: Armed) -> Published | Absent | Unsure:
    """By the mark in its name, or by its status. Raises Refused, AnswerLost, NotSent."""
    level, _, what = act.verb.partition(".")
    if what == "status":
        return _status_found(call, act, level)
    account = ads_wire.account(act.arguments.get("ad_account_id"))
    parent = {_PARENTS[level]: ads_wire.number(act.on, "on")} if level in _PARENTS else {}
    return _ads.settled(act, armed, account, ads_api.every(call, f"/ad_accounts/{account}/{_PATHS[level]}", parent))


def _status_found(call: Call, act: Act, level: str) -> Published | Absent | Unsure:
    try:
        found = ads_api.get(call, f"/{_PATHS[level]}/{ads_wire.number(act.on, 'on')}")
    except Refused as refused:
        if refused.fate is Fate.REJECTED and refused.status == 404:
            return Unsure("it is not there any more")
        raise
    shown, wished = found.get("configured_status"), ads_wire.status(act)
    same = shown == wished or (shown == "DELETED" and wished == "ARCHIVED")
    return Published(act.on) if same else Absent("its status is another")


_MAKING: Final[Mapping[str, Callable[[Act], dict[str, Any]]]] = {
    "campaign": ads_wire.campaign,
    "ad_group": ads_wire.ad_group,
    "ad": ads_wire.ad,
}
