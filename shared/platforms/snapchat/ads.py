"""Snapchat's ads: organizations' ad accounts, campaigns, ad squads, creatives, ads and their figures.

Everything is created paused, one thing per request (the envelope is a batch's), and carries the beginning of our key at the end
of its name: Snapchat keeps no key for us, and a lost answer is settled by that mark. A status is changed by sending the whole
thing back. Sources: README, «Ads».
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final, Literal, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from shared.domain.content import Act
from shared.domain.errors import Invalid
from shared.platforms import _ads, _wire
from shared.platforms.contract import Absent, Armed, Call, Published, Ready, Refused, Unsure, Wait
from shared.platforms.contract_ads import AdAccount, AdObject, AdStats, Level
from shared.platforms.contract_inbox import Page
from shared.platforms.snapchat import MANIFEST, ads_media, ads_wire, errors, profiles, wire
from shared.ports.http import AnswerLost, Request

_PAGE: Final = 50
_LARGE_PAGE: Final = 1000
_MOST_PAGES: Final = 10
_DAYS: Final = 28  # of daily figures in one request
_FIELDS: Final = "impressions,swipes,spend,video_views,conversion_purchases,quartile_1,view_completion"
_ACCOUNT_FIELDS: Final = "spend"  # all that an ad account's own figures have
_PATHS: Final[Mapping[str, str]] = {"account": "adaccounts", **ads_wire.PLURAL}


# ----------------------------------------------------------------------------------------------------- reading


def accounts(call: Call, cursor: str) -> Page[AdAccount]:
    """The ad accounts of the person's organizations. Raises Refused."""
    found = []
    for organization in profiles.organizations(call):
        url = f"{wire.ADS}/organizations/{wire.segment(str(organization['id']))}/adaccounts"
        found += [_account(one) for one in profiles.listing(call, url, "adaccounts")]
    return Page(tuple(found))


def objects(call: Call, level: Level, ad_account_id: str, parent_id: str, cursor: str) -> Page[AdObject]:
    """Things of one level of the ad account; ``parent_id`` narrows the page that Snapchat gives. Raises Refused."""
    said = _listed(call, level, ads_wire.identifier(ad_account_id, "ad_account_id"), cursor, _PAGE)
    shown = (ads_wire.thing(level, one, ad_account_id) for one in wire.items(said, ads_wire.PLURAL[level]))
    return Page(tuple(one for one in shown if not parent_id or one.parent_id == parent_id), wire.next_cursor(said))


def stats(
    call: Call, level: str, ad_account_id: str, ids: Sequence[str], since: date, until: date
) -> tuple[AdStats, ...]:
    """Daily figures, summed, in the ad account's zone; of an account only what was spent. Raises Refused."""
    account = ads_wire.identifier(ad_account_id, "ad_account_id")
    zone = _zone(call, account)
    wanted = [account] if level == "account" else [ads_wire.identifier(one, "ids") for one in ids]
    found = []
    for one in wanted:
        sums: dict[str, float] = {}
        for start, end in _windows(since, until, zone):
            for name, value in _figures(call, level, one, start, end):
                sums[name] = sums.get(name, 0) + value
        if sums:
            found.append(_stats(level, one, since, until, sums))
    return tuple(found)


def _account(one: Mapping[str, Any]) -> AdAccount:
    active = str(one.get("status") or "ACTIVE").upper() == "ACTIVE"
    currency, zone = str(one.get("currency") or ""), str(one.get("timezone") or "")
    return AdAccount(str(one["id"]), str(one.get("name") or ""), currency, zone, active, dict(one))


def _listed(call: Call, level: str, account: str, cursor: str, size: int) -> dict[str, Any]:
    url = f"{wire.ADS}/adaccounts/{account}/{ads_wire.PLURAL[level]}"
    return wire.ask(call, _wire.get(url, {"limit": size, "cursor": cursor or None}))


def _zone(call: Call, account: str) -> ZoneInfo:
    said = wire.ask(call, _wire.get(f"{wire.ADS}/adaccounts/{account}"))
    found = wire.items(said, "adaccounts")
    try:
        return ZoneInfo(str(found[0].get("timezone") or "UTC") if found else "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def _windows(since: date, until: date, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime]]:
    """Whole days of the zone, at most so many at once."""
    start = since
    while start <= until:
        end = min(start + timedelta(days=_DAYS), until + timedelta(days=1))
        yield datetime.combine(start, time(), zone), datetime.combine(end, time(), zone)
        start = end


def _figures(call: Call, level: str, one: str, start: datetime, end: datetime) -> Iterator[tuple[str, float]]:
    query = {
        "granularity": "DAY",
        "fields": _ACCOUNT_FIELDS if level == "account" else _FIELDS,
        "start_time": start.isoformat(timespec="milliseconds"),
        "end_time": end.isoformat(timespec="milliseconds"),
    }
    said = wire.ask(call, _wire.get(f"{wire.ADS}/{_PATHS[level]}/{one}/stats", query))
    if not isinstance(said.get("timeseries_stats"), list):
        raise AnswerLost("an answer without its figures")
    for entry in said["timeseries_stats"]:
        series = (entry.get("timeseries_stat") or {}).get("timeseries") if isinstance(entry, Mapping) else None
        if not isinstance(series, list):
            raise AnswerLost("figures that cannot be read")
        for day in series:
            yield from ((name, value) for name, value in day["stats"].items() if isinstance(value, int | float))


def _stats(level: str, one: str, since: date, until: date, sums: Mapping[str, float]) -> AdStats:
    def count(name: str) -> int | None:
        return int(sums[name]) if name in sums else None

    known = ("impressions", "swipes", "spend", "video_views", "conversion_purchases")
    return AdStats(
        level=cast('Literal["account", "campaign", "ad_group", "ad"]', level),
        id=one,
        since=since,
        until=until,
        impressions=count("impressions"),
        clicks=count("swipes"),
        spend_micros=count("spend"),
        conversions=sums.get("conversion_purchases"),
        video_views=count("video_views"),
        extra={name: value for name, value in sums.items() if name not in known},
        raw=dict(sums),
    )


# ------------------------------------------------------------------------------------------------------ acting


def prepare(call: Call, act: Act, state: Mapping[str, Any]) -> Ready | Wait:
    """A creative's file; an ad's type, which is its creative's; the whole thing whose status is to change."""
    if act.verb == "creative.create":
        return _prepare_creative(call, act, state)
    if act.verb == "ad.create":
        if state.get("type"):
            return Ready(state)
        found = _thing(call, "creative", str(act.arguments.get("creative_id") or ""), "creative_id")
        return Ready({**state, "type": ads_wire.AD_TYPES.get(str((found or {}).get("type")), "SNAP_AD")})
    if act.verb.endswith(".status"):
        return Ready({"thing": _thing(call, act.verb.partition(".")[0], act.on, "on")})
    return Ready(state)


def _prepare_creative(call: Call, act: Act, state: Mapping[str, Any]) -> Ready | Wait:
    media = dict(state.get("media") or {})
    if media.get("phase") == "ready":
        return Ready(state)
    media, seconds = ads_media.step(call, act, media)
    profile = str(act.arguments.get("profile_id") or call.who.platform_account_id)
    known = {"media": media, "profile": ads_wire.identifier(profile, "profile_id"), "brand": call.who.username}
    return Wait(known, seconds)


def commit(call: Call, act: Act, state: Mapping[str, Any]) -> Published:
    """The one request. Raises Refused (also for the item's own status in a 200), AnswerLost, NotSent, Invalid."""
    level, _, what = act.verb.partition(".")
    if what == "status":
        return _commit_status(call, act, state, level)
    request = _wire.post_json(
        f"{wire.ADS}/{_parent(act, level)}/{ads_wire.PLURAL[level]}",
        {ads_wire.PLURAL[level]: [_MAKING[level](act, state)]},
        read_timeout=MANIFEST.timing.send_deadline,
    )
    made = _only(call, request, level)
    return Published(str(made["id"]), None, {"ad_account_id": ads_wire.account_of(act)}, made)


def _commit_status(call: Call, act: Act, state: Mapping[str, Any], level: str) -> Published:
    wished, thing = str(act.arguments.get("status")), state.get("thing")
    one = f"{wire.ADS}/{ads_wire.PLURAL[level]}/{ads_wire.identifier(act.on, 'on')}"
    if wished == "deleted":
        return _delete(call, act, one)
    if wished not in ads_wire.STATUSES:
        raise Invalid("validation.field_invalid", "status: active, paused or deleted", field="arguments.status")
    if not isinstance(thing, Mapping):
        raise errors.missing(f"no {level} {act.on}")
    changed = ads_wire.whole(thing, ads_wire.STATUSES[wished])
    parents = {"campaign": ("adaccounts", "ad_account_id"), "ad_group": ("campaigns", "campaign_id")}
    above, field = parents.get(level, ("adsquads", "ad_squad_id"))
    url = f"{wire.ADS}/{above}/{thing.get(field) or ads_wire.account_of(act)}/{ads_wire.PLURAL[level]}"
    request = _wire.post_json(url, {ads_wire.PLURAL[level]: [changed]}, read_timeout=MANIFEST.timing.send_deadline)
    sent = Request("PUT", request.url, request.headers, request.body, read_timeout=request.read_timeout)
    return Published(act.on, None, {"ad_account_id": ads_wire.account_of(act)}, _only(call, sent, level))


def _delete(call: Call, act: Act, url: str) -> Published:
    try:
        said = wire.ask(call, Request("DELETE", url, read_timeout=MANIFEST.timing.send_deadline))
    except Refused as refused:
        if refused.row.code != "not_found":
            raise
        said = dict(refused.raw)
    return Published(act.on, None, {"ad_account_id": ads_wire.account_of(act)}, said)


def confirm(call: Call, act: Act, state: Mapping[str, Any]) -> Published | Wait:
    """Never needed: Snapchat answers with what it made."""
    raise TypeError("commit never answers Accepted here")


def find(call: Call, act: Act, armed: Armed) -> Published | Absent | Unsure:
    """By the mark in its name, or by its status. Raises Refused, AnswerLost, NotSent."""
    level, _, what = act.verb.partition(".")
    if what == "status":
        return _status_found(call, act, level)
    account = ads_wire.account_of(act)
    return _ads.settled(act, armed, account, _every(call, level, account))


def _every(call: Call, level: str, account: str) -> Iterator[dict[str, Any] | None]:
    """All of a level; None for a page that does not say SUCCESS, and where there is more than we read."""
    cursor = ""
    for _ in range(_MOST_PAGES):
        said = _listed(call, level, account, cursor, _LARGE_PAGE)
        yield from wire.items(said, ads_wire.PLURAL[level])
        if not wire.says_success(said):
            yield None
        cursor = wire.next_cursor(said)
        if not cursor:
            return
    yield None


def _status_found(call: Call, act: Act, level: str) -> Published | Absent | Unsure:
    wished, thing = str(act.arguments.get("status")), _thing(call, level, act.on, "on")
    if thing is None:
        return Published(act.on) if wished == "deleted" else Unsure("it is not there any more")
    is_so = str(thing.get("status") or "").upper() == {**ads_wire.STATUSES, "deleted": "DELETED"}.get(wished)
    return Published(act.on, None, {}, thing) if is_so else Absent(f"its status is {thing.get('status')}")


def _thing(call: Call, level: str, thing_id: str, name: str) -> dict[str, Any] | None:
    """One thing as it is now, None when it is gone."""
    plural = ads_wire.PLURAL[level]
    url = f"{wire.ADS}/{plural}/{ads_wire.identifier(thing_id, name)}"
    try:
        found = wire.items(wire.ask(call, _wire.get(url)), plural)
    except Refused as refused:
        if refused.row.code == "not_found":
            return None
        raise
    return found[0] if found else None


def _parent(act: Act, level: str) -> str:
    above = {"ad_group": "campaigns", "ad": "adsquads"}.get(level)
    return f"{above}/{ads_wire.identifier(act.on, 'on')}" if above else f"adaccounts/{ads_wire.account_of(act)}"


def _only(call: Call, request: Request, level: str) -> dict[str, Any]:
    """The one thing of a batch of one. Raises Refused where its own status is an error."""
    said = wire.ask_batch(call, request, ads_wire.PLURAL[level])
    found = wire.items(said, ads_wire.PLURAL[level])
    if len(found) != 1 or not found[0].get("id"):
        raise AnswerLost("a success that names nothing")
    return found[0]


_MAKING: Final[Mapping[str, Callable[[Act, Mapping[str, Any]], dict[str, Any]]]] = {
    "campaign": ads_wire.campaign,
    "ad_group": ads_wire.ad_squad,
    "creative": ads_wire.creative,
    "ad": ads_wire.ad,
}
