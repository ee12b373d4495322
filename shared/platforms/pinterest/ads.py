"""Pinterest's ads: accounts, campaigns, ad groups, ads and their figures. What an ad shows is a Pin, made by publishing.

Everything is created paused, one thing per request, and carries the beginning of our key at the end of its name: Pinterest
keeps no key for us, and a lost answer is settled by that mark. Deleting is archiving. Source: /ad_accounts in the OpenAPI
document 5.23.0; 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final

from shared.domain.content import Act
from shared.domain.errors import Invalid
from shared.platforms import _ads
from shared.platforms.contract import Absent, Armed, Call, Published, Ready, Unsure, Wait
from shared.platforms.contract_ads import AdAccount, AdObject, AdStats, Level
from shared.platforms.contract_inbox import Page
from shared.platforms.pinterest import ads_wire, api, errors
from shared.ports.http import AnswerLost

_PAGE: Final = 50
_MOST_IDS: Final = 250
_MOST_PAGES: Final = 10
_PATHS: Final[Mapping[str, str]] = {"campaign": "campaigns", "ad_group": "ad_groups", "ad": "ads"}
_PARENTS: Final[Mapping[str, str]] = {"ad_group": "campaign_ids", "ad": "ad_group_ids"}
_ALL: Final = ("ACTIVE", "PAUSED", "ARCHIVED")
_COLUMNS: Final = (
    "TOTAL_IMPRESSION",
    "TOTAL_CLICKTHROUGH",
    "SPEND_IN_MICRO_DOLLAR",
    "TOTAL_CONVERSIONS",
    "TOTAL_VIDEO_MRC_VIEWS",
    "TOTAL_ENGAGEMENT",
)
_KEYS: Final[Mapping[str, str]] = {
    "account": "AD_ACCOUNT_ID",
    "campaign": "CAMPAIGN_ID",
    "ad_group": "AD_GROUP_ID",
    "ad": "AD_ID",
}


# ----------------------------------------------------------------------------------------------------- reading


def accounts(call: Call, cursor: str) -> Page[AdAccount]:
    """The ad accounts that the connected account may use. Raises Refused."""
    answer = api.get(call, "/ad_accounts", {"page_size": _PAGE, "bookmark": cursor or None})
    found = tuple(
        AdAccount(str(one["id"]), str(one.get("name") or ""), str(one.get("currency") or ""), raw=one)
        for one in api.items(answer)
        if one.get("id")
    )
    return Page(found, str(answer.get("bookmark") or ""))


def objects(call: Call, level: Level, ad_account_id: str, parent_id: str, cursor: str) -> Page[AdObject]:
    """Things of one level, newest first, archived ones too; creatives are the account's Pins. Raises Refused."""
    if level == "creative":
        answer = api.get(call, "/pins", {"page_size": _PAGE, "bookmark": cursor or None})
        pins = tuple(ads_wire.pin_object(ad_account_id, pin) for pin in api.items(answer))
        return Page(pins, str(answer.get("bookmark") or ""))
    narrowed = {_PARENTS[level]: (parent_id,)} if parent_id and level in _PARENTS else {}
    answer = _listed(call, level, ad_account_id, narrowed, cursor)
    found = tuple(ads_wire.ad_object(level, one) for one in api.items(answer))
    return Page(found, str(answer.get("bookmark") or ""))


def stats(
    call: Call, level: str, ad_account_id: str, ids: Sequence[str], since: date, until: date
) -> tuple[AdStats, ...]:
    """Figures per id, summed over the days (at most 90, the first at most 90 days ago). Raises Refused."""
    account = ads_wire.number(ad_account_id, "ad_account_id")
    days = {"start_date": since.isoformat(), "end_date": until.isoformat(), "granularity": "TOTAL"}
    asked = {**days, "columns": ",".join(_COLUMNS)}
    if level == "account":
        rows = api.get_list(call, f"/ad_accounts/{account}/analytics", asked)
        return tuple(_stats(level, row, since, until) for row in rows)
    path = f"/ad_accounts/{account}/{_PATHS[level]}/analytics"
    found: list[AdStats] = []
    for start in range(0, len(ids), _MOST_IDS):
        wanted = tuple(ids[start : start + _MOST_IDS])
        rows = api.get_list(call, path, {**asked, f"{level}_ids": wanted})
        found += [_stats(level, row, since, until) for row in rows]
    return tuple(found)


def _stats(level: Any, row: Mapping[str, Any], since: date, until: date) -> AdStats:
    def count(name: str) -> int | None:
        value = row.get(name)
        return int(value) if isinstance(value, int | float) else None

    conversions = row.get("TOTAL_CONVERSIONS")
    engagement = count("TOTAL_ENGAGEMENT")
    return AdStats(
        level=level,
        id=str(row.get(_KEYS[level]) or ""),
        since=since,
        until=until,
        impressions=count("TOTAL_IMPRESSION"),
        clicks=count("TOTAL_CLICKTHROUGH"),
        spend_micros=count("SPEND_IN_MICRO_DOLLAR"),
        conversions=float(conversions) if isinstance(conversions, int | float) else None,
        video_views=count("TOTAL_VIDEO_MRC_VIEWS"),
        extra={} if engagement is None else {"engagements": engagement},
        raw=dict(row),
    )


def _listed(
    call: Call, level: str, ad_account_id: str, narrowed: Mapping[str, Any], cursor: str, size: int = _PAGE
) -> dict[str, Any]:
    path = f"/ad_accounts/{ads_wire.number(ad_account_id, 'ad_account_id')}/{_PATHS[level]}"
    query = {"page_size": size, "bookmark": cursor or None, "order": "DESCENDING", "entity_statuses": _ALL, **narrowed}
    return api.get(call, path, query)


# ------------------------------------------------------------------------------------------------------ acting


def prepare(call: Call, act: Act, state: Mapping[str, Any]) -> Ready | Wait:
    """Only an ad needs something before: of which type its Pin is. Raises Refused, Invalid."""
    if act.verb != "ad.create" or state.get("creative_type"):
        return Ready(state)
    pin = api.get(call, f"/pins/{ads_wire.number(act.arguments.get('creative_id'), 'creative_id')}")
    return Ready({**state, "creative_type": ads_wire.creative_type(pin)})


def commit(call: Call, act: Act, state: Mapping[str, Any]) -> Published:
    """The one request. Raises Refused (also for the item's exceptions in a 200), AnswerLost, NotSent, Invalid."""
    level, _, what = act.verb.partition(".")
    path = f"/ad_accounts/{ads_wire.account_of(act)}/{_PATHS[level]}"
    if what == "status":
        answer = api.send_list(call, "PATCH", path, [ads_wire.status(act)])
    else:
        answer = api.send_list(call, "POST", path, [_MAKING[act.verb](act, state)])
    item = (api.items(answer) or [{}])[0]
    made = str((item.get("data") or {}).get("id") or "")
    if exceptions := _exceptions(item):
        if made and what != "status":
            raise AnswerLost("an exception beside something that was made")
        raise errors.item_refusal(exceptions[0])
    if not made.isdecimal():
        raise AnswerLost("a success that names nothing")
    return Published(made, None, {"ad_account_id": ads_wire.account_of(act)}, dict(item.get("data") or {}))


def confirm(call: Call, act: Act, state: Mapping[str, Any]) -> Published | Wait:
    """Never needed: Pinterest answers with what it made."""
    raise TypeError("commit never answers Accepted here")


def find(call: Call, act: Act, armed: Armed) -> Published | Absent | Unsure:
    """By the mark in its name, or by its status. Raises Refused, AnswerLost, NotSent."""
    level, _, what = act.verb.partition(".")
    if what == "status":
        return _status_found(call, act, level)
    account = ads_wire.account_of(act)
    return _ads.settled(act, armed, account, _newest(call, level, account))


def _status_found(call: Call, act: Act, level: str) -> Published | Absent | Unsure:
    wished = ads_wire.status(act)["status"]
    narrowed = {f"{level}_ids": (ads_wire.number(act.on, "on"),)}
    listed = api.items(_listed(call, level, ads_wire.account_of(act), narrowed, ""))
    found = [one for one in listed if str(one.get("id")) == act.on]
    if not found:
        return Unsure("it is not there any more")
    return Published(act.on) if found[0].get("status") == wished else Absent("its status is another")


def _newest(call: Call, level: str, ad_account_id: str) -> Iterator[dict[str, Any] | None]:
    cursor = ""
    for _ in range(_MOST_PAGES):
        page = _listed(call, level, ad_account_id, {}, cursor, api.PAGE)
        yield from api.items(page)
        cursor = str(page.get("bookmark") or "")
        if not cursor:
            return
    yield None


def _exceptions(item: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """An item's exceptions: a list, and for ads one object."""
    found = item.get("exceptions")
    listed = found if isinstance(found, list) else [found] if found else []
    return [one for one in listed if isinstance(one, Mapping) and one.get("code") is not None]


def _made_campaign(act: Act, state: Mapping[str, Any]) -> dict[str, Any]:
    del state
    return ads_wire.campaign(act)


def _made_ad_group(act: Act, state: Mapping[str, Any]) -> dict[str, Any]:
    del state
    return ads_wire.ad_group(act)


def _made_ad(act: Act, state: Mapping[str, Any]) -> dict[str, Any]:
    if not state.get("creative_type"):
        raise Invalid("validation.field_required", "An ad needs its Pin's type.", field="arguments.creative_id")
    return ads_wire.ad(act, str(state["creative_type"]))


_MAKING: Final[Mapping[str, Callable[[Act, Mapping[str, Any]], dict[str, Any]]]] = {
    "campaign.create": _made_campaign,
    "ad_group.create": _made_ad_group,
    "ad.create": _made_ad,
}
