"""What the simulated Pinterest takes for a new campaign, ad group or ad: the fields of the OpenAPI document 5.23.0."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

STATUSES: Final = ("ACTIVE", "PAUSED", "ARCHIVED")
COLUMNS: Final = (
    "TOTAL_IMPRESSION",
    "TOTAL_CLICKTHROUGH",
    "SPEND_IN_MICRO_DOLLAR",
    "TOTAL_CONVERSIONS",
    "TOTAL_VIDEO_MRC_VIEWS",
    "TOTAL_ENGAGEMENT",
)
_NAME_MAX: Final = 255
_KNOWN: Final[Mapping[str, str]] = {
    "campaign": "ad_account_id name status objective_type daily_spend_cap lifetime_spend_cap start_time end_time "
    "is_campaign_budget_optimization is_flexible_daily_budgets tracking_urls default_ad_group_budget_in_micro_currency",
    "ad_group": "campaign_id name status billable_event budget_in_micro_currency budget_type bid_in_micro_currency "
    "bid_strategy_type placement_group targeting_spec start_time end_time pacing_delivery_type auto_targeting_enabled",
    "ad": "ad_group_id pin_id creative_type name status destination_url tracking_urls click_tracking_url",
}
_NEEDED: Final[Mapping[str, str]] = {
    "campaign": "ad_account_id name objective_type",
    "ad_group": "campaign_id name billable_event",
    "ad": "ad_group_id pin_id creative_type",
}
_ENUMS: Final[Mapping[str, tuple[str, ...]]] = {
    "status": (*STATUSES, "DRAFT"),
    "objective_type": ("AWARENESS", "CONSIDERATION", "WEB_CONVERSION", "CATALOG_SALES", "VIDEO_COMPLETION"),
    "billable_event": ("CLICKTHROUGH", "IMPRESSION", "VIDEO_V_50_MRC"),
    "budget_type": ("DAILY", "LIFETIME", "CBO_ADGROUP"),
    "bid_strategy_type": ("AUTOMATIC_BID", "MAX_BID", "TARGET_AVG"),
    "placement_group": ("ALL", "SEARCH", "BROWSE", "OTHER"),
    "creative_type": ("REGULAR", "VIDEO", "SHOPPING", "CAROUSEL", "MAX_VIDEO", "COLLECTION", "IDEA"),
}
_NUMBERS: Final = (
    "daily_spend_cap",
    "lifetime_spend_cap",
    "budget_in_micro_currency",
    "bid_in_micro_currency",
    "start_time",
    "end_time",
)
_TARGETING: Final = frozenset(
    (
        "AGE_BUCKET",
        "APPTYPE",
        "AUDIENCE_EXCLUDE",
        "AUDIENCE_INCLUDE",
        "GENDER",
        "GEO",
        "INTEREST",
        "LOCALE",
        "LOCATION",
        "MAXIMUM_AGE",
        "MINIMUM_AGE",
        "SHOPPING_RETARGETING",
        "TARGETING_STRATEGY",
    )
)


def problem(level: str, item: Mapping[str, Any]) -> str:
    """What is wrong with a new thing, empty where nothing is."""
    if unknown := set(item) - set(_KNOWN[level].split()):
        return f"{sorted(unknown)} were unexpected"
    if missing := [name for name in _NEEDED[level].split() if not item.get(name)]:
        return f"{missing[0]!r} is a required property"
    if len(str(item.get("name") or "")) > _NAME_MAX:
        return f"name: {str(item['name'])[:40]!r} is too long"
    for name, words in _ENUMS.items():
        if name in item and item[name] not in words:
            return f"{item[name]!r} is not one of {list(words)}"
    for name in _NUMBERS:
        if name in item and (isinstance(item[name], bool) or not isinstance(item[name], int)):
            return f"{name}: {item[name]!r} is not of type integer"
    return _targeting_problem(item.get("targeting_spec"))


def _targeting_problem(spec: Any) -> str:
    if spec is None:
        return ""
    if not isinstance(spec, dict) or (unknown := set(spec) - _TARGETING):
        return f"targeting_spec: {sorted(unknown) if isinstance(spec, dict) else spec!r} were unexpected"
    for name, value in spec.items():
        if name not in {"MAXIMUM_AGE", "MINIMUM_AGE"} and not isinstance(value, list):
            return f"targeting_spec.{name}: {value!r} is not of type array"
    if not spec.get("LOCATION") and not spec.get("GEO"):
        return "targeting_spec: at least one of LOCATION or GEO must be specified"
    return ""
