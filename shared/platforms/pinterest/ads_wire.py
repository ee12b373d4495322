"""Between our words for ads and Pinterest's: new campaigns, ad groups and ads, and what a listing shows of them.

Source: CampaignCreateRequest, AdGroupCreateRequest, AdCreateRequest in the OpenAPI document 5.23.0; 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from shared.domain.content import Act
from shared.platforms import _ads
from shared.platforms.contract_ads import AdObject, Level, Status

NAME_MAX: Final = 255
OBJECTIVES: Final = {
    "awareness": "AWARENESS",
    "traffic": "CONSIDERATION",
    "engagement": "CONSIDERATION",
    "sales": "WEB_CONVERSION",
    "video_views": "VIDEO_COMPLETION",
}
BILLING: Final = {"clicks": "CLICKTHROUGH", "impressions": "IMPRESSION", "video_views": "VIDEO_V_50_MRC"}
PLACEMENTS: Final = {"all": "ALL", "search": "SEARCH", "browse": "BROWSE"}
STATUSES: Final = {"active": "ACTIVE", "paused": "PAUSED", "deleted": "ARCHIVED"}
_OURS: Final[Mapping[str, Status]] = {
    "ACTIVE": "active",
    "PAUSED": "paused",
    "ARCHIVED": "deleted",
    "DELETED_DRAFT": "deleted",
}
_CREATIVES: Final = {"image": "REGULAR", "video": "VIDEO", "multiple_images": "CAROUSEL"}
_TIMES: Final = {"start_time": "starts_at", "end_time": "ends_at"}
_GENDERS: Final = {"male", "female", "unknown"}


# ------------------------------------------------------------------------------------------------------ making


def campaign(act: Act) -> dict[str, Any]:
    """A new campaign, paused. Raises Invalid."""
    body = {
        "ad_account_id": account_of(act),
        "name": _ads.marked(act),
        "status": "PAUSED",
        "objective_type": _ads.word(act, "objective", OBJECTIVES),
        "daily_spend_cap": _ads.micros(act, "daily_budget_micros"),
        "lifetime_spend_cap": _ads.micros(act, "lifetime_budget_micros"),
        **_times(act),
    }
    return _ads.present(body)


def ad_group(act: Act) -> dict[str, Any]:
    """A new ad group, paused. Raises Invalid."""
    daily, lifetime = _ads.micros(act, "daily_budget_micros"), _ads.micros(act, "lifetime_budget_micros")
    if daily and lifetime:
        raise _ads.invalid("lifetime_budget_micros", "Give the ad group one budget: by the day or in all.")
    times, bid = _times(act), _ads.micros(act, "bid_micros")
    if lifetime and "end_time" not in times:
        raise _ads.invalid("ends_at", "A budget for all of its time needs ends_at.")
    body = {
        "campaign_id": number(act.on, "on"),
        "name": _ads.marked(act),
        "status": "PAUSED",
        "billable_event": _ads.word(act, "billing_event", BILLING, "impressions"),
        "budget_in_micro_currency": daily or lifetime,
        "budget_type": "LIFETIME" if lifetime else "DAILY",
        "bid_in_micro_currency": bid,
        "bid_strategy_type": "MAX_BID" if bid else "AUTOMATIC_BID",
        "placement_group": _placement(act),
        "targeting_spec": _targeting(act),
        **times,
    }
    return _ads.present(body)


def ad(act: Act, creative_type: str) -> dict[str, Any]:
    """A new ad, paused: a Pin in an ad group. Raises Invalid."""
    body = {
        "ad_group_id": number(act.on, "on"),
        "pin_id": number(act.arguments.get("creative_id"), "creative_id"),
        "creative_type": creative_type,
        "name": _ads.marked(act),
        "status": "PAUSED",
        "destination_url": _link(act),
    }
    return _ads.present(body)


def _link(act: Act) -> str | None:
    value = act.arguments.get("link")
    if value is not None and (not isinstance(value, str) or not value.startswith(("https://", "http://"))):
        raise _ads.invalid("link", "link is an address: http or https.")
    return value


def creative_type(pin: Mapping[str, Any]) -> str:
    """The creative type of a Pin."""
    media = pin.get("media") or {}
    return str(pin.get("creative_type") or _CREATIVES.get(str(media.get("media_type")), "REGULAR"))


def status(act: Act) -> dict[str, Any]:
    """The change of a status. Raises Invalid."""
    change = {"id": number(act.on, "on"), "status": _ads.word(act, "status", STATUSES)}
    return {**change, "ad_account_id": account_of(act)} if act.verb == "campaign.status" else change


def account_of(act: Act) -> str:
    """Who pays. Raises Invalid."""
    return number(act.arguments.get("ad_account_id"), "ad_account_id")


def number(value: Any, name: str) -> str:
    """An id. Raises Invalid."""
    return _ads.number(value, name, "Pinterest's")


def _placement(act: Act) -> str:
    given = act.arguments.get("placements") or ["all"]
    if not isinstance(given, list | tuple) or len(given) != 1 or str(given[0]) not in PLACEMENTS:
        raise _ads.invalid("placements", f"placements is one of {', '.join(PLACEMENTS)}.")
    return PLACEMENTS[str(given[0])]


def _targeting(act: Act) -> dict[str, Any] | None:
    """Pinterest's targeting object; ages go together, a missing end is open."""
    given, spec = _ads.targeting(act)
    if countries := _ads.strings(given, "countries"):
        spec["LOCATION"] = countries
    if genders := _ads.strings(given, "genders"):
        if not set(genders) <= _GENDERS:
            raise _ads.invalid("targeting", "targeting.genders are male and female.")
        spec["GENDER"] = genders
    if "age_min" in given or "age_max" in given:
        spec["MINIMUM_AGE"] = str(_ads.age(given, "age_min") or "18")
        spec["MAXIMUM_AGE"] = str(_ads.age(given, "age_max") or "65+")
    return spec or None


def _times(act: Act) -> dict[str, int]:
    given = {theirs: _ads.instant(act, ours) for theirs, ours in _TIMES.items()}
    return {name: int(at.timestamp()) for name, at in given.items() if at}


# ----------------------------------------------------------------------------------------------------- reading


def ad_object(level: Level, found: Mapping[str, Any]) -> AdObject:
    """A campaign, an ad group or an ad as a listing shows it."""
    daily = found.get("daily_spend_cap")
    lifetime = found.get("lifetime_spend_cap")
    if level == "ad_group":
        kind, budget = found.get("budget_type"), found.get("budget_in_micro_currency")
        daily, lifetime = (budget if kind == "DAILY" else None), (budget if kind == "LIFETIME" else None)
    parents = {"ad_group": "campaign_id", "ad": "ad_group_id"}
    objectives = {theirs: ours for ours, theirs in reversed(OBJECTIVES.items())}
    return AdObject(
        level=level,
        id=str(found.get("id")),
        account_id=str(found.get("ad_account_id") or ""),
        name=str(found.get("name") or ""),
        status=_OURS.get(str(found.get("status")), "unknown"),
        parent_id=str(found.get(parents.get(level, "")) or ""),
        delivery=str(found.get("summary_status") or found.get("review_status") or ""),
        objective=objectives.get(str(found.get("objective_type")), ""),
        daily_budget_micros=daily or None,
        lifetime_budget_micros=lifetime or None,
        starts_at=_at(found.get("start_time")),
        ends_at=_at(found.get("end_time")),
        creative_id=str(found.get("pin_id") or ""),
        raw=dict(found),
    )


def pin_object(account_id: str, pin: Mapping[str, Any]) -> AdObject:
    """A Pin as what ads show."""
    name = str(pin.get("title") or pin.get("description") or "")[:NAME_MAX]
    return AdObject("creative", str(pin.get("id")), account_id, name, "active", raw=dict(pin))


def _at(seconds: Any) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if isinstance(seconds, int) and 0 < seconds < 10**11 else None
