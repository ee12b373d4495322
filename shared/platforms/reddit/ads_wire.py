"""Between our words for ads and Reddit's: new campaigns, ad groups and ads, and what a listing shows of them.

Source: the Reddit Advertising API v3, https://ads-api.reddit.com/docs/v3/; 2026-11-22.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC
from typing import Any, Final

from shared.domain.content import Act
from shared.platforms import _ads
from shared.platforms.contract_ads import AdObject, Level, Status

OBJECTIVES: Final = {
    "awareness": "IMPRESSIONS",
    "traffic": "CLICKS",
    "sales": "CONVERSIONS",
    "video_views": "VIDEO_VIEWABLE_IMPRESSIONS",
}
BILLING: Final = {"clicks": "CPC", "impressions": "CPM", "video_views": "CPV"}
PLACEMENTS: Final = {"feed": "FEED", "comments": "COMMENTS_PAGE"}
# DELETED is refused until three hours after something was archived, and what is archived never runs again.
STATUSES: Final = {"active": "ACTIVE", "paused": "PAUSED", "deleted": "ARCHIVED"}
_OURS: Final[Mapping[str, Status]] = {
    "ACTIVE": "active",
    "PAUSED": "paused",
    "ARCHIVED": "archived",
    "DELETED": "deleted",
}
_GENDERS: Final = {"male": "MALE", "female": "FEMALE"}
_ACCOUNT: Final = re.compile(r"[a-z][0-9]_[0-9a-z]{1,20}")
_THING: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_POST: Final = re.compile(r"t3_[0-9a-z]{1,13}")


# ------------------------------------------------------------------------------------------------------ making


def campaign(act: Act) -> dict[str, Any]:
    """A new campaign, paused. Its budget by the day is its ad groups'. Raises Invalid."""
    body = {
        "name": _ads.marked(act),
        "configured_status": "PAUSED",
        "objective": _ads.word(act, "objective", OBJECTIVES, ""),
        "funding_instrument_id": _optional_id(act, "funding_instrument_id"),
        "spend_cap": _ads.micros(act, "lifetime_budget_micros"),
    }
    return _ads.present(body)


def ad_group(act: Act) -> dict[str, Any]:
    """A new ad group, paused. Raises Invalid."""
    daily, lifetime = _ads.micros(act, "daily_budget_micros"), _ads.micros(act, "lifetime_budget_micros")
    if (daily is None) == (lifetime is None):
        raise _ads.invalid("daily_budget_micros", "Give the ad group one budget: by the day or in all.")
    if lifetime and act.arguments.get("ends_at") is None:
        raise _ads.invalid("ends_at", "A budget for all of its time needs ends_at.")
    bid = _ads.micros(act, "bid_micros")
    body = {
        "campaign_id": number(act.on, "on"),
        "name": _ads.marked(act),
        "configured_status": "PAUSED",
        "bid_strategy": "MANUAL_BIDDING" if bid else "MAXIMIZE_VOLUME",
        "bid_type": _ads.word(act, "billing_event", BILLING, "clicks"),
        "bid_value": bid,
        "goal_type": "DAILY_SPEND" if daily else "LIFETIME_SPEND",
        "goal_value": daily or lifetime,
        "conversion_pixel_id": _optional_id(act, "conversion_pixel_id"),
        "optimization_goal": _optional_id(act, "optimization_goal"),
        "start_time": _instant(act, "starts_at"),
        "end_time": _instant(act, "ends_at"),
        "targeting": _targeting(act),
    }
    return _ads.present(body)


def ad(act: Act) -> dict[str, Any]:
    """A new ad, paused: a post in an ad group. Raises Invalid."""
    post = act.arguments.get("creative_id")
    if not isinstance(post, str) or not _POST.fullmatch(post):
        raise _ads.invalid("creative_id", "creative_id is a post's id: t3_ and what follows.")
    link = act.arguments.get("link")
    if link is not None and (not isinstance(link, str) or not link.startswith("https://") or len(link) > 5000):
        raise _ads.invalid("link", "link is an https:// address of up to 5000 characters.")
    body = {
        "ad_group_id": number(act.on, "on"),
        "name": _ads.marked(act),
        "configured_status": "PAUSED",
        "post_id": post,
        "click_url": link,
    }
    return _ads.present(body)


def status(act: Act) -> str:
    """The wished status in Reddit's word. Raises Invalid."""
    return _ads.word(act, "status", STATUSES, "")


def account(value: Any) -> str:
    """The ad account's id. Raises Invalid."""
    if not isinstance(value, str) or not _ACCOUNT.fullmatch(value):
        raise _ads.invalid("ad_account_id", "ad_account_id is an ad account's id, such as a2_1234.")
    return value


def number(value: Any, name: str) -> str:
    """The id of a campaign, ad group or ad. Raises Invalid."""
    return _ads.number(value, name, "Reddit's ads")


def _targeting(act: Act) -> dict[str, Any] | None:
    given, target = _ads.targeting(act)
    if countries := _ads.strings(given, "countries"):
        target["geolocations"] = countries
    if gender := _gender(given):
        target["gender"] = gender
    if ages := _ads.present({name: _ads.age(given, ours) for name, ours in _AGES.items()}):
        target["age"] = ages
    if places := _placements(act):
        target["locations"] = places
    return target or None


_AGES: Final = {"min_age": "age_min", "max_age": "age_max"}


def _gender(given: Mapping[str, Any]) -> str | None:
    """Reddit aims at one or at all."""
    genders = _ads.strings(given, "genders")
    if not set(genders) <= set(_GENDERS):
        raise _ads.invalid("targeting", "targeting.genders are male and female.")
    return _GENDERS[genders[0]] if len(set(genders)) == 1 else None


def _placements(act: Act) -> list[str]:
    given = act.arguments.get("placements") or ()
    if not isinstance(given, list | tuple) or not {str(one) for one in given} <= set(PLACEMENTS):
        raise _ads.invalid("placements", f"placements are some of {', '.join(PLACEMENTS)}.")
    return [PLACEMENTS[str(one)] for one in given]


def _optional_id(act: Act, name: str) -> str | None:
    value = act.arguments.get(name)
    if value is not None and (not isinstance(value, str) or not _THING.fullmatch(value)):
        raise _ads.invalid(name, f"{name} is a word of Reddit's.")
    return value


def _instant(act: Act, name: str) -> str | None:
    at = _ads.instant(act, name)
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at else None


# ----------------------------------------------------------------------------------------------------- reading


def ad_object(level: Level, account_id: str, found: Mapping[str, Any]) -> AdObject:
    """A campaign, an ad group or an ad as a listing shows it."""
    goal, amount = found.get("goal_type"), _whole(found.get("goal_value"))
    parents = {"ad_group": "campaign_id", "ad": "ad_group_id"}
    objectives = {theirs: ours for ours, theirs in OBJECTIVES.items()}
    return AdObject(
        level=level,
        id=str(found.get("id")),
        account_id=account_id,
        name=str(found.get("name") or ""),
        status=_OURS.get(str(found.get("configured_status")), "unknown"),
        parent_id=str(found.get(parents.get(level, "")) or ""),
        delivery=str(found.get("effective_status") or ""),
        objective=objectives.get(str(found.get("objective")), ""),
        daily_budget_micros=amount if goal == "DAILY_SPEND" else None,
        lifetime_budget_micros=amount if goal == "LIFETIME_SPEND" else _whole(found.get("spend_cap")),
        starts_at=_ads.parsed(found.get("start_time")),
        ends_at=_ads.parsed(found.get("end_time")),
        creative_id=str(found.get("post_id") or ""),
        raw=dict(found),
    )


def post_object(account_id: str, post: Mapping[str, Any]) -> AdObject:
    """A post as what ads show."""
    return AdObject(
        "creative", str(post.get("name")), account_id, str(post.get("title") or ""), "active", raw=dict(post)
    )


def _whole(value: Any) -> int | None:
    return int(value) if isinstance(value, int | float) and not isinstance(value, bool) and value > 0 else None
