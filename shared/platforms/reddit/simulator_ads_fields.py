"""What the simulated ads API takes for a new campaign, ad group or ad, and for a report: the fields of its version 3."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from shared.platforms import _alive

STATUSES: Final = ("ACTIVE", "ARCHIVED", "DELETED", "PAUSED")
PIXEL: Final = "px_sandbox"  # every simulated ad account has this one
_NAME: Final = range(3, 501)
_KNOWN: Final[Mapping[str, str]] = {
    "campaign": "name configured_status objective funding_instrument_id spend_cap app_id "
    "is_campaign_budget_optimization goal_type goal_value start_time end_time bid_strategy bid_type "
    "optimization_goal conversion_pixel_id view_through_conversion_type",
    "ad_group": "campaign_id name configured_status bid_strategy bid_type bid_value goal_type goal_value start_time "
    "end_time optimization_goal view_through_conversion_type conversion_pixel_id targeting",
    "ad": "ad_group_id name configured_status post_id profile_id click_url",
}
_NEEDED: Final[Mapping[str, str]] = {
    "campaign": "name configured_status objective",
    "ad_group": "campaign_id name configured_status bid_strategy goal_type goal_value conversion_pixel_id",
    "ad": "ad_group_id name configured_status post_id",
}
_ENUMS: Final[Mapping[str, tuple[str, ...]]] = {
    "configured_status": STATUSES,
    "objective": (
        "APP_INSTALLS",
        "BRAND_AWARENESS",
        "CATALOG_SALES",
        "CLICKS",
        "CONVERSIONS",
        "IMPRESSIONS",
        "LEAD_GENERATION",
        "SALES",
        "VIDEO_VIEWABLE_IMPRESSIONS",
    ),
    "bid_strategy": ("BIDLESS", "MANUAL_BIDDING", "MAXIMIZE_VOLUME", "TARGET_CPX"),
    "bid_type": ("CPC", "CPM", "CPV", "CPV6", "CPV15"),
    "goal_type": ("DAILY_SPEND", "LIFETIME_SPEND"),
}
_NUMBERS: Final = ("spend_cap", "bid_value", "goal_value")
_TARGETING: Final = frozenset(
    [
        "age",
        "carriers",
        "communities",
        "custom_audience_ids",
        "devices",
        "excluded_communities",
        "excluded_custom_audience_ids",
        "excluded_geolocations",
        "excluded_keywords",
        "expand_targeting",
        "gender",
        "geolocations",
        "interests",
        "keywords",
        "languages",
        "locations",
        "platforms",
    ]
)
_COUNTED: Final = ("IMPRESSIONS", "CLICKS", "SPEND", "KEY_CONVERSION_TOTAL_COUNT")
_BY: Final = ("AD_ACCOUNT_ID", "CAMPAIGN_ID", "AD_GROUP_ID", "AD_ID")
_HOUR: Final = re.compile(r"20\d\d-[01]\d-[0-3]\dT[0-2]\d:00:00Z")


def instrument(user_id: str) -> str:
    """The one way to pay of a person."""
    return _alive.digits(f"reddit/{user_id}/visa", 9)


def problem(level: str, data: Mapping[str, Any]) -> tuple[str, str] | None:
    """(field, what is wrong with it) of a new thing, None where nothing is."""
    if unknown := sorted(set(data) - set(_KNOWN[level].split())):
        return unknown[0], "is unknown"
    if missing := [name for name in _NEEDED[level].split() if not data.get(name)]:
        return missing[0], "is required"
    if not isinstance(data["name"], str) or len(data["name"]) not in _NAME:
        return "name", "must have 3 to 500 characters"
    for name, words in _ENUMS.items():
        if name in data and data[name] not in words:
            return name, f"must be one of {', '.join(words)}"
    for name in _NUMBERS:
        if name in data and (isinstance(data[name], bool) or not isinstance(data[name], int) or data[name] <= 0):
            return name, "must be a positive integer"
    return _group_problem(data) if level == "ad_group" else None


def report_problem(data: Mapping[str, Any]) -> tuple[str, str] | None:
    """The same of a report."""
    if set(data) - {"fields", "breakdowns", "starts_at", "ends_at", "time_zone_id", "filter"}:
        return "data", "has unknown fields"
    listed = data.get("fields")
    if not isinstance(listed, list) or not listed or not set(listed) <= set(_COUNTED):
        return "fields", f"must be some of {', '.join(_COUNTED)}"
    by = data.get("breakdowns")
    if not isinstance(by, list) or len(by) != 1 or by[0] not in _BY:
        return "breakdowns", f"must be one of {', '.join(_BY)} in the sandbox"
    for name in ("starts_at", "ends_at"):
        if not _HOUR.fullmatch(str(data.get(name))):
            return name, "must be a full hour"
    return ("ends_at", "must not be before starts_at") if data["ends_at"] < data["starts_at"] else None


def _group_problem(data: Mapping[str, Any]) -> tuple[str, str] | None:
    if data["bid_strategy"] == "MANUAL_BIDDING" and not data.get("bid_value"):
        return "bid_value", "is required for manual bidding"
    if data["goal_type"] == "LIFETIME_SPEND" and not data.get("end_time"):
        return "end_time", "is required for a lifetime budget"
    targeting = data.get("targeting", {})
    if not isinstance(targeting, dict) or set(targeting) - _TARGETING:
        return "targeting", "has unknown fields"
    if targeting.get("gender", "MALE") not in {"MALE", "FEMALE"}:
        return "targeting.gender", "must be one of MALE, FEMALE"
    return None
