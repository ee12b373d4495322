"""Between our words for ads and Pinterest's: new campaigns, ad groups and ads, and what a listing shows of them.

Source: CampaignCreateRequest, AdGroupCreateRequest, AdCreateRequest in the OpenAPI document 5.23.0; 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from shared.domain.content import Act
from shared.domain.errors import Invalid
from shared.platforms.contract_ads import MARK, AdObject, Level, Status

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
_GENDERS: Final = {"male", "female", "unknown"}


def marked(act: Act) -> str:
    """The new thing's name with our key at its end, by which it is found again."""
    return f"{act.text} {mark(act)}"


def mark(act: Act) -> str:
    """The beginning of our key, as it stands in a name."""
    return f"[{MARK}-{act.key[:12]}]"


# ------------------------------------------------------------------------------------------------------ making


def campaign(act: Act) -> dict[str, Any]:
    """A new campaign, paused. Raises Invalid."""
    objective = OBJECTIVES.get(str(act.arguments.get("objective")))
    if objective is None:
        raise _invalid("objective", f"Pinterest's campaigns are for {', '.join(OBJECTIVES)}.")
    body = {
        "ad_account_id": account_of(act),
        "name": marked(act),
        "status": "PAUSED",
        "objective_type": objective,
        "daily_spend_cap": _micros(act, "daily_budget_micros"),
        "lifetime_spend_cap": _micros(act, "lifetime_budget_micros"),
        **_times(act),
    }
    return _present(body)


def ad_group(act: Act) -> dict[str, Any]:
    """A new ad group, paused. Raises Invalid."""
    daily, lifetime = _micros(act, "daily_budget_micros"), _micros(act, "lifetime_budget_micros")
    if daily and lifetime:
        raise _invalid("lifetime_budget_micros", "Give the ad group one budget: by the day or in all.")
    times, bid = _times(act), _micros(act, "bid_micros")
    if lifetime and "end_time" not in times:
        raise _invalid("ends_at", "A budget for all of its time needs ends_at.")
    body = {
        "campaign_id": number(act.on, "on"),
        "name": marked(act),
        "status": "PAUSED",
        "billable_event": _word(act, "billing_event", BILLING, "impressions"),
        "budget_in_micro_currency": daily or lifetime,
        "budget_type": "LIFETIME" if lifetime else "DAILY",
        "bid_in_micro_currency": bid,
        "bid_strategy_type": "MAX_BID" if bid else "AUTOMATIC_BID",
        "placement_group": _placement(act),
        "targeting_spec": _targeting(act.arguments.get("targeting")),
        **times,
    }
    return _present(body)


def ad(act: Act, creative_type: str) -> dict[str, Any]:
    """A new ad, paused: a Pin in an ad group. Raises Invalid."""
    body = {
        "ad_group_id": number(act.on, "on"),
        "pin_id": number(act.arguments.get("creative_id"), "creative_id"),
        "creative_type": creative_type,
        "name": marked(act),
        "status": "PAUSED",
        "destination_url": _link(act),
    }
    return _present(body)


def _link(act: Act) -> str | None:
    value = act.arguments.get("link")
    if value is not None and (not isinstance(value, str) or not value.startswith(("https://", "http://"))):
        raise _invalid("link", "link is an address: http or https.")
    return value


def creative_type(pin: Mapping[str, Any]) -> str:
    """The creative type of a Pin."""
    media = pin.get("media") or {}
    return str(pin.get("creative_type") or _CREATIVES.get(str(media.get("media_type")), "REGULAR"))


def status(act: Act) -> dict[str, Any]:
    """The change of a status. Raises Invalid."""
    wished = STATUSES.get(str(act.arguments.get("status")))
    if wished is None:
        raise _invalid("status", "status is active, paused or deleted.")
    change = {"id": number(act.on, "on"), "status": wished}
    return {**change, "ad_account_id": account_of(act)} if act.verb == "campaign.status" else change


def account_of(act: Act) -> str:
    """Who pays. Raises Invalid."""
    return number(act.arguments.get("ad_account_id"), "ad_account_id")


def number(value: Any, name: str) -> str:
    """An id. Raises Invalid."""
    if not isinstance(value, str) or not (value.isdecimal() and value.isascii()) or len(value) > 25:
        raise _invalid(name, f"{name} is an id of Pinterest's: digits.")
    return value


def _placement(act: Act) -> str:
    given = act.arguments.get("placements") or ["all"]
    if not isinstance(given, list | tuple) or len(given) != 1 or str(given[0]) not in PLACEMENTS:
        raise _invalid("placements", f"placements is one of {', '.join(PLACEMENTS)}.")
    return PLACEMENTS[str(given[0])]


def _targeting(given: Any) -> dict[str, Any] | None:
    """Pinterest's targeting object; ages go together, a missing end is open."""
    if not given:
        return None
    if not isinstance(given, Mapping) or not set(given) <= {"countries", "age_min", "age_max", "genders", "network"}:
        raise _invalid("targeting", "targeting takes countries, age_min, age_max, genders and network.")
    network = given.get("network") or {}
    spec = dict(network) if isinstance(network, Mapping) else {}
    if countries := _strings(given, "countries"):
        spec["LOCATION"] = countries
    if genders := _strings(given, "genders"):
        if not set(genders) <= _GENDERS:
            raise _invalid("targeting", "targeting.genders are male and female.")
        spec["GENDER"] = genders
    if "age_min" in given or "age_max" in given:
        spec["MINIMUM_AGE"], spec["MAXIMUM_AGE"] = _age(given, "age_min", "18"), _age(given, "age_max", "65+")
    return spec or None


def _strings(given: Mapping[str, Any], name: str) -> list[str]:
    value = given.get(name) or ()
    if not isinstance(value, list | tuple) or not all(isinstance(item, str) and item for item in value):
        raise _invalid("targeting", f"targeting.{name} is a list of texts.")
    return list(value)


def _age(given: Mapping[str, Any], name: str, otherwise: str) -> str:
    value = given.get(name)
    if value is None:
        return otherwise
    if isinstance(value, bool) or not isinstance(value, int) or not 18 <= value <= 65:
        raise _invalid("targeting", f"targeting.{name} is a whole number from 18 to 65.")
    return str(value)


def _word(act: Act, name: str, words: Mapping[str, str], otherwise: str) -> str:
    found = words.get(str(act.arguments.get(name) or otherwise))
    if found is None:
        raise _invalid(name, f"{name} is one of {', '.join(words)}.")
    return found


def _micros(act: Act, name: str) -> int | None:
    value = act.arguments.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < 10**15:
        raise _invalid(name, f"{name} is an amount in millionths of the account's currency, above 0.")
    return value


def _times(act: Act) -> dict[str, int]:
    names = {"start_time": "starts_at", "end_time": "ends_at"}
    return {theirs: _instant(act, ours) for theirs, ours in names.items() if act.arguments.get(ours) is not None}


def _instant(act: Act, name: str) -> int:
    try:
        at = datetime.fromisoformat(str(act.arguments[name]))
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise _invalid(name, f"{name} is an instant such as 2026-12-01T08:00:00Z.")
    return int(at.timestamp())


def _present(body: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if value is not None}


def _invalid(name: str, message: str) -> Invalid:
    field = name if name == "on" else f"arguments.{name}"
    return Invalid("validation.field_invalid", message, field=field)


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
