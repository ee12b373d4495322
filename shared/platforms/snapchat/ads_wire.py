"""Between our words for ads and Snapchat's: new campaigns, ad squads, creatives and ads, and what a listing shows of them.

Sources: README («Ads»); field names as in Airbyte's manifest 1.2.12 and in public adapters, 2026-11-22.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from shared.domain.content import Act
from shared.domain.errors import Invalid
from shared.platforms import _ads
from shared.platforms.contract_ads import AdObject, Level, Status

NAME_MAX: Final = 375
PLURAL: Final[Mapping[str, str]] = {
    "campaign": "campaigns",
    "ad_group": "adsquads",
    "creative": "creatives",
    "ad": "ads",
}
OBJECTIVES: Final = {
    "awareness": "AWARENESS_AND_ENGAGEMENT",
    "engagement": "AWARENESS_AND_ENGAGEMENT",
    "video_views": "AWARENESS_AND_ENGAGEMENT",
    "traffic": "TRAFFIC",
    "leads": "LEADS",
    "app_promotion": "APP_PROMOTION",
    "sales": "SALES",
}
AD_TYPES: Final = {"SNAP_AD": "SNAP_AD", "WEB_VIEW": "REMOTE_WEBPAGE"}  # a creative's type, and that of its ad
LEAST_BUDGET: Final = 5_000_000  # of an ad squad, a day
STATUSES: Final = {"active": "ACTIVE", "paused": "PAUSED"}
_OURS: Final[Mapping[str, Status]] = {"ACTIVE": "active", "PAUSED": "paused", "DELETED": "deleted"}
# What Snapchat says of a thing and nobody tells it: left out when a thing is sent back whole.
_TOLD: Final = frozenset(
    {"created_at", "updated_at", "review_status", "review_status_reasons", "delivery_status", "effective_status"}
)
_ID: Final = re.compile(r"[0-9A-Za-z-]{1,64}")


def account_of(act: Act) -> str:
    """Who pays. Raises Invalid."""
    return identifier(act.arguments.get("ad_account_id"), "ad_account_id")


def identifier(value: Any, name: str) -> str:
    """An id that can stand in an address. Raises Invalid."""
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise _invalid(name, "give Snapchat's id of it.")
    return value


# ------------------------------------------------------------------------------------------------------ making


def campaign(act: Act, state: Mapping[str, Any]) -> dict[str, Any]:
    """A new campaign, paused. Raises Invalid."""
    objective = OBJECTIVES.get(str(act.arguments.get("objective")))
    if objective is None:
        raise _invalid("objective", f"Snapchat's campaigns are for {', '.join(OBJECTIVES)}.")
    optional = {
        "daily_budget_micro": _ads.micros(act, "daily_budget_micros"),
        "lifetime_spend_cap_micro": _ads.micros(act, "lifetime_budget_micros"),
        "end_time": _time(act, "ends_at"),
    }
    return {
        "name": _ads.marked(act),
        "ad_account_id": account_of(act),
        "status": "PAUSED",
        "start_time": _time(act, "starts_at") or _stamp(datetime.fromtimestamp(act.created_at / 1_000_000, UTC)),
        "objective_v2_properties": {"objective_v2_type": objective},
        **{name: value for name, value in optional.items() if value is not None},
    }


def ad_squad(act: Act, state: Mapping[str, Any]) -> dict[str, Any]:
    """A new ad squad of the campaign, paused. Raises Invalid."""
    daily, whole, bid = (_ads.micros(act, f"{name}_micros") for name in ("daily_budget", "lifetime_budget", "bid"))
    if (daily is None) == (whole is None):
        raise _invalid("daily_budget_micros", "give daily_budget_micros or lifetime_budget_micros, one of them.")
    if daily is not None and daily < LEAST_BUDGET:
        raise _invalid("daily_budget_micros", f"at least {LEAST_BUDGET} (5.00) a day.")
    goal = str(act.arguments.get("optimization_goal") or "impressions")
    budget = {"daily_budget_micro": daily} if daily is not None else {"lifetime_budget_micro": whole}
    optional = {"bid_micro": bid, "start_time": _time(act, "starts_at"), "end_time": _time(act, "ends_at")}
    return {
        "name": _ads.marked(act),
        "campaign_id": identifier(act.on, "on"),
        "type": "SNAP_ADS",
        "status": "PAUSED",
        "placement_v2": {"config": "AUTOMATIC"},
        "billing_event": "IMPRESSION",
        "optimization_goal": goal.upper(),
        "bid_strategy": "AUTO_BID" if bid is None else "LOWEST_COST_WITH_MAX_BID",
        "delivery_constraint": "DAILY_BUDGET" if daily is not None else "LIFETIME_BUDGET",
        "targeting": _targeting(act.arguments.get("targeting")),
        **budget,
        **{name: value for name, value in optional.items() if value is not None},
    }


def creative(act: Act, state: Mapping[str, Any]) -> dict[str, Any]:
    """A new creative around an uploaded file: with a link a page opens, without one it is the film alone. Raises Invalid."""
    link = _text(act, "link", 2048)
    if link and not link.startswith("https://"):
        raise _invalid("link", "an https address.")
    body: dict[str, Any] = {
        "ad_account_id": account_of(act),
        "name": _ads.marked(act),
        "type": "WEB_VIEW" if link else "SNAP_AD",
        "headline": _text(act, "headline", 34) or act.text[:34],
        "brand_name": _text(act, "brand_name", 32) or str(state.get("brand") or "")[:32],
        "top_snap_media_id": str(state["media"]["id"]),
        "profile_properties": {"profile_id": str(state["profile"])},
        "shareable": True,
    }
    if link:
        call = str(act.arguments.get("call_to_action") or "more").upper()
        body |= {"call_to_action": call, "web_view_properties": {"url": link, "block_preload": True}}
    return body


def ad(act: Act, state: Mapping[str, Any]) -> dict[str, Any]:
    """A new ad of the ad squad, paused. Raises Invalid."""
    return {
        "ad_squad_id": identifier(act.on, "on"),
        "creative_id": identifier(act.arguments.get("creative_id"), "creative_id"),
        "name": _ads.marked(act),
        "type": str(state.get("type") or "SNAP_AD"),
        "status": "PAUSED",
    }


def whole(thing: Mapping[str, Any], status: str) -> dict[str, Any]:
    """A thing as it is sent back to change its status: whole, for what is left out falls back to its default."""
    return {**{name: value for name, value in thing.items() if name not in _TOLD}, "status": status}


def _targeting(given: Any) -> dict[str, Any]:
    """Raises Invalid. ``network`` is handed on as it is."""
    wanted = given if isinstance(given, Mapping) else {}
    if isinstance(wanted.get("network"), Mapping):
        return dict(wanted["network"])
    countries = wanted.get("countries")
    if not isinstance(countries, list) or not countries or not all(isinstance(one, str) for one in countries):
        raise _invalid("targeting", "countries: at least one ISO 3166 code; Snapchat shows no ad without a country.")
    targeting: dict[str, Any] = {"geos": [{"country_code": one.lower()} for one in countries]}
    ages = {f"{end}_age": str(wanted[f"age_{end}"]) for end in ("min", "max") if wanted.get(f"age_{end}") is not None}
    genders = wanted.get("genders")
    only = {"gender": str(genders[0]).upper()} if isinstance(genders, list) and len(genders) == 1 else {}
    if ages or only:
        targeting["demographics"] = [{**ages, **only}]
    return targeting


def _text(act: Act, name: str, most: int) -> str:
    value = act.arguments.get(name)
    text = value if isinstance(value, str) else ""
    if len(text) > most:
        raise _invalid(name, f"at most {most} characters.")
    return text


def _time(act: Act, name: str) -> str | None:
    value = act.arguments.get(name)
    if value is None:
        return None
    try:
        return _stamp(datetime.fromisoformat(str(value)))
    except ValueError:
        raise _invalid(name, "an instant as in RFC 3339, like 2026-12-01T09:00:00Z.") from None


def _stamp(at: datetime) -> str:
    known = at if at.tzinfo else at.replace(tzinfo=UTC)
    return known.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _invalid(name: str, text: str) -> Invalid:
    return Invalid("validation.field_invalid", f"arguments.{name}: {text}", field=f"arguments.{name}")


# ----------------------------------------------------------------------------------------------------- reading


def thing(level: Level, one: Mapping[str, Any], account_id: str) -> AdObject:
    """A campaign, ad squad, creative or ad in our words."""
    objective = (one.get("objective_v2_properties") or {}).get("objective_v2_type") or one.get("objective") or ""
    parent = {"ad_group": "campaign_id", "ad": "ad_squad_id"}.get(level, "")
    return AdObject(
        level=level,
        id=str(one["id"]),
        account_id=str(one.get("ad_account_id") or account_id),
        name=str(one.get("name") or ""),
        status=_OURS.get(str(one.get("status") or "ACTIVE").upper(), "unknown"),
        parent_id=str(one.get(parent) or ""),
        delivery=_words(one.get("review_status") or one.get("delivery_status")),
        objective=str(objective).lower(),
        daily_budget_micros=_number(one.get("daily_budget_micro")),
        lifetime_budget_micros=_number(one.get("lifetime_spend_cap_micro") or one.get("lifetime_budget_micro")),
        starts_at=_instant(one.get("start_time")),
        ends_at=_instant(one.get("end_time")),
        creative_id=str(one.get("creative_id") or ""),
        raw=dict(one),
    )


def _words(value: Any) -> str:
    """One word, or several: delivery_status is a list of reasons."""
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value or "")


def _number(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _instant(value: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(str(value)) if value else None
    except ValueError:
        return None
