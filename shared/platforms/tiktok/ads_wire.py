"""Our words for ads and the Marketing API's: objectives, money, targeting, statuses, figures. Pure.

https://business-api.tiktok.com/portal/docs (campaign, ad group, ad, report), read 2026-11-22, and the models of TikTok's own
SDK 1.1.3. Instants are UTC, ``2026-11-22 12:00:00``; money is a number of the account's currency.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final, cast

from shared.domain.content import Act
from shared.domain.errors import Invalid
from shared.platforms.contract_ads import MARK, AdAccount, AdObject, AdStats, Level, Status

OBJECTIVES: Final = {
    "awareness": "REACH",
    "traffic": "TRAFFIC",
    "engagement": "ENGAGEMENT",
    "leads": "LEAD_GENERATION",
    "app_promotion": "APP_PROMOTION",
    "sales": "WEB_CONVERSIONS",
    "video_views": "VIDEO_VIEWS",
}
_OURS: Final = {theirs: ours for ours, theirs in OBJECTIVES.items()}
GOALS: Final = {
    "REACH": "REACH",
    "TRAFFIC": "CLICK",
    "ENGAGEMENT": "FOLLOWERS",
    "LEAD_GENERATION": "CLICK",
    "APP_PROMOTION": "CLICK",
    "WEB_CONVERSIONS": "CLICK",
    "VIDEO_VIEWS": "ENGAGED_VIEW",
}
BILLING: Final = {"REACH": "CPM", "CLICK": "CPC", "ENGAGED_VIEW": "CPV", "ENGAGED_VIEW_FIFTEEN": "CPV"}  # others: OCPM
PROMOTIONS: Final = {"APP_PROMOTION": "APP_ANDROID", "LEAD_GENERATION": "LEAD_GENERATION", "ENGAGEMENT": None}
STATUSES: Final = {"active": "ENABLE", "paused": "DISABLE", "deleted": "DELETE"}
AGES: Final = (
    (13, 17, "AGE_13_17"),
    (18, 24, "AGE_18_24"),
    (25, 34, "AGE_25_34"),
    (35, 44, "AGE_35_44"),
    (45, 54, "AGE_45_54"),
    (55, 100, "AGE_55_100"),
)
PLACEMENT: Final = "PLACEMENT_TIKTOK"
LEVELS: Final[Mapping[str, str]] = {"campaign": "campaign", "ad_group": "adgroup", "ad": "ad"}
DATA_LEVELS: Final = {
    "account": ("AUCTION_ADVERTISER", "advertiser_id"),
    "campaign": ("AUCTION_CAMPAIGN", "campaign_id"),
    "ad_group": ("AUCTION_ADGROUP", "adgroup_id"),
    "ad": ("AUCTION_AD", "ad_id"),
}
METRICS: Final = ("spend", "impressions", "clicks", "reach", "conversion", "video_play_actions", "video_watched_6s")
_TARGETING: Final = frozenset({"countries", "age_min", "age_max", "genders", "network"})
_MARKED: Final = re.compile(rf" {MARK}-[0-9a-f]{{12}}(?:\.\w+)?$")


# ------------------------------------------------------------------------------------------------- what we create


def marked(act: Act) -> str:
    """The new thing's name, with the mark by which it is found again."""
    return f"{act.text} {mark(act)}"


def mark(act: Act) -> str:
    """What tells this act's thing from all others."""
    return f"{MARK}-{act.key[:12]}"


def request_id(act: Act) -> str:
    """TikTok's own guard against a repeated creation: a 64-bit number as a text. It holds for ten seconds only."""
    return str(int(act.key[:16] or "0", 16) >> 1)


def campaign(act: Act) -> dict[str, Any]:
    """``campaign/create``; without a budget of its own it spends what its ad groups may."""
    objective = _one_of(act, "objective", OBJECTIVES)
    mode, budget = _budget(act)
    sales = {"virtual_objective_type": "SALES", "sales_destination": "WEBSITE"} if objective == "sales" else {}
    return {
        "advertiser_id": act.arguments.get("ad_account_id"),
        "campaign_name": marked(act),
        "objective_type": OBJECTIVES[objective],
        "app_promotion_type": "APP_INSTALL" if objective == "app_promotion" else None,
        **sales,
        "budget_mode": mode,
        "budget": budget,
        "operation_status": "DISABLE",
        "request_id": request_id(act),
    }


def ad_group(act: Act, objective: str, locations: Sequence[str]) -> dict[str, Any]:
    """``adgroup/create``. ``objective``: the campaign's, in TikTok's words; ``locations``: TikTok's ids of the countries."""
    given = act.arguments
    mode, budget = _budget(act)
    if budget is None:
        text = "arguments.daily_budget_micros: an ad group on TikTok needs it, or lifetime_budget_micros."
        raise Invalid("validation.field_required", text, field="arguments.daily_budget_micros")
    goal = str(given.get("optimization_goal") or GOALS.get(objective, "CLICK")).upper()
    return {
        "advertiser_id": given.get("ad_account_id"),
        "campaign_id": act.on,
        "adgroup_name": marked(act),
        "promotion_type": given.get("promotion_type") or PROMOTIONS.get(objective, "WEBSITE"),
        "app_id": given.get("app_id"),
        "pixel_id": given.get("pixel_id"),
        "placement_type": "PLACEMENT_TYPE_NORMAL",
        "placements": list(given.get("placements") or [PLACEMENT]),
        "budget_mode": mode,
        "budget": budget,
        **_schedule(act),
        "optimization_goal": goal,
        "billing_event": str(given.get("billing_event") or BILLING.get(goal, "OCPM")).upper(),
        **_bid(act, goal),
        "pacing": "PACING_MODE_SMOOTH",
        "operation_status": "DISABLE",
        "request_id": request_id(act),
        **targeting(act, locations),
    }


def countries(act: Act) -> list[str]:
    """The countries that the targeting names, as ISO codes. Raises Invalid."""
    found = _targeting(act).get("countries") or []
    if not isinstance(found, list | tuple) or not all(isinstance(one, str) for one in found):
        raise _wrong("arguments.targeting", "countries: a list of ISO 3166 codes.")
    return [one.upper() for one in found]


def targeting(act: Act, locations: Sequence[str]) -> dict[str, Any]:
    """Ages, gender and places as TikTok has them; ``network`` goes over it as it is. Raises Invalid."""
    wished = _targeting(act)
    own = wished.get("network") or {}
    if not isinstance(own, dict):
        raise _wrong("arguments.targeting", "network: an object of TikTok's own ad group fields.")
    if not locations and not own.get("location_ids"):
        raise _wrong("arguments.targeting", "name at least one of countries (ISO 3166), or network.location_ids.")
    genders = {str(one) for one in wished.get("genders") or ()}
    if not genders <= {"male", "female"}:
        raise _wrong("arguments.targeting", "genders: male, female, or both.")
    gender = f"GENDER_{genders.pop().upper()}" if len(genders) == 1 else "GENDER_UNLIMITED"
    ages = _ages(wished)
    return {"location_ids": list(locations), "gender": gender, **({"age_groups": ages} if ages else {}), **own}


def ad(act: Act, creative: Mapping[str, Any], identity: Mapping[str, Any]) -> dict[str, Any]:
    """``ad/create``: the creative lies inside the ad."""
    given = act.arguments
    made = {
        "ad_name": marked(act),
        **identity,
        **creative,
        "ad_text": given.get("body"),
        "call_to_action": str(given["call_to_action"]).upper() if given.get("call_to_action") else None,
        "landing_page_url": given.get("link"),
        "operation_status": "DISABLE",
    }
    known = {name: value for name, value in made.items() if value is not None}
    return {"advertiser_id": given.get("ad_account_id"), "adgroup_id": act.on, "creatives": [known]}


# --------------------------------------------------------------------------------------------------- what we read


def account(row: Mapping[str, Any], details: Mapping[str, Any]) -> AdAccount:
    """An advertiser: from the list of those that gave consent, with what ``advertiser/info`` says of it."""
    name = str(details.get("name") or row.get("advertiser_name") or "")
    active = details.get("status", "STATUS_ENABLE") == "STATUS_ENABLE"
    zone = str(details.get("display_timezone") or details.get("timezone") or "")
    return AdAccount(
        str(row["advertiser_id"]), name, str(details.get("currency") or ""), zone, active, {**row, **details}
    )


def thing(level: Level, row: Mapping[str, Any], ad_account_id: str) -> AdObject:
    """A campaign, ad group or ad."""
    prefix, parent = LEVELS[level], {"ad_group": "campaign_id", "ad": "adgroup_id"}.get(level, "")
    daily, lifetime = _budgets(row)
    return AdObject(
        level=level,
        id=str(row.get(f"{prefix}_id") or ""),
        account_id=ad_account_id,
        name=unmarked(str(row.get(f"{prefix}_name") or "")),
        status=status(row),
        parent_id=str(row.get(parent) or "") if parent else "",
        delivery=str(row.get("secondary_status") or ""),
        objective=_OURS.get(str(row.get("objective_type")), str(row.get("objective_type") or "")),
        daily_budget_micros=daily,
        lifetime_budget_micros=lifetime,
        starts_at=_instant(row.get("schedule_start_time")),
        ends_at=_instant(row.get("schedule_end_time")),
        creative_id=_creative_id(row) if level == "ad" else "",
        raw=row,
    )


def asset(kind: str, row: Mapping[str, Any], ad_account_id: str) -> AdObject:
    """A file of the ad account's library, which is what we call a creative here."""
    id_ = f"{kind}:{row.get(f'{kind}_id') or ''}"
    name = unmarked(str(row.get("file_name") or ""))
    return AdObject(level="creative", id=id_, account_id=ad_account_id, name=name, status="active", raw=row)


def figures(level: str, row: Mapping[str, Any], ad_account_id: str, since: date, until: date) -> AdStats:
    """One row of a report; every number is a text."""
    metrics = row.get("metrics") or {}
    id_ = str((row.get("dimensions") or {}).get(DATA_LEVELS[level][1]) or ad_account_id)
    conversions = _decimal(metrics.get("conversion"))
    return AdStats(
        level=cast(Any, level),
        id=id_,
        since=since,
        until=until,
        impressions=_count(metrics.get("impressions")),
        clicks=_count(metrics.get("clicks")),
        spend_micros=_micros(metrics.get("spend")),
        conversions=None if conversions is None else float(conversions),
        video_views=_count(metrics.get("video_play_actions")),
        extra={name: n for name in ("reach", "video_watched_6s") if (n := _count(metrics.get(name))) is not None},
        raw=row,
    )


def status(row: Mapping[str, Any]) -> Status:
    """What was wished, in our words."""
    if str(row.get("secondary_status") or "").endswith("_STATUS_DELETE"):
        return "deleted"
    ours: dict[str, Status] = {"ENABLE": "active", "DISABLE": "paused", "DELETE": "deleted"}
    return ours.get(str(row.get("operation_status")), "unknown")


def unmarked(name: str) -> str:
    """A name as its author gave it."""
    return _MARKED.sub("", name)


def stamp(instant: datetime) -> str:
    """An instant as TikTok writes it."""
    return instant.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


# ---------------------------------------------------------------------------------------------------------- parts


def _budget(act: Act) -> tuple[str, float | None]:
    if all(act.arguments.get(name) for name in ("daily_budget_micros", "lifetime_budget_micros")):
        text = "a budget is daily or for the whole life: give one of them."
        raise _wrong("arguments.lifetime_budget_micros", text)
    for name, mode in (("daily_budget_micros", "BUDGET_MODE_DAY"), ("lifetime_budget_micros", "BUDGET_MODE_TOTAL")):
        value = act.arguments.get(name)
        if value:
            return mode, int(value) / 1_000_000
    return "BUDGET_MODE_INFINITE", None


def _schedule(act: Act) -> dict[str, Any]:
    """From ``starts_at`` (by default from now, that is from when the act was made) to ``ends_at``, or without end."""
    begins = _given_instant(act, "starts_at") or datetime.fromtimestamp(act.created_at / 1_000_000, UTC)
    ends = _given_instant(act, "ends_at")
    if ends is None and act.arguments.get("lifetime_budget_micros") and not act.arguments.get("daily_budget_micros"):
        text = "arguments.ends_at: a lifetime budget on TikTok needs an end."
        raise Invalid("validation.field_required", text, field="arguments.ends_at")
    until = {"schedule_end_time": stamp(ends)} if ends else {}
    return {
        "schedule_type": "SCHEDULE_START_END" if ends else "SCHEDULE_FROM_NOW",
        "schedule_start_time": stamp(begins),
        **until,
    }


def _bid(act: Act, goal: str) -> dict[str, Any]:
    value = act.arguments.get("bid_micros")
    if not value:
        return {"bid_type": "BID_TYPE_NO_BID"}
    billed_later = BILLING.get(goal, "OCPM") == "OCPM"
    return {
        "bid_type": "BID_TYPE_CUSTOM",
        "conversion_bid_price" if billed_later else "bid_price": int(value) / 1_000_000,
    }


def _targeting(act: Act) -> Mapping[str, Any]:
    wished = act.arguments.get("targeting") or {}
    unknown = sorted(set(wished) - _TARGETING)
    if unknown:
        raise _wrong("arguments.targeting", f"{unknown[0][:40]!r} is none of {', '.join(sorted(_TARGETING))}.")
    return cast(Mapping[str, Any], wished)


def _ages(wished: Mapping[str, Any]) -> list[str]:
    """Every group that overlaps the range; none where no age is named."""
    given = [wished.get("age_min"), wished.get("age_max")]
    if not any(given):
        return []
    if any(one is not None and (not isinstance(one, int) or isinstance(one, bool)) for one in given):
        raise _wrong("arguments.targeting", "age_min, age_max: whole numbers.")
    least, most = given[0] or 0, given[1] or 100
    found = [name for low, high, name in AGES if low <= most and high >= least]
    if not found:
        raise _wrong("arguments.targeting", "age_min, age_max: a range between 13 and 100.")
    return found


def _given_instant(act: Act, name: str) -> datetime | None:
    value = act.arguments.get(name)
    if not value:
        return None
    try:
        found = datetime.fromisoformat(str(value))
    except ValueError:
        raise _wrong(f"arguments.{name}", "an instant (RFC 3339), as 2026-11-22T12:00:00Z.") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _one_of(act: Act, name: str, known: Mapping[str, Any]) -> str:
    given = str(act.arguments.get(name) or "")
    if given not in known:
        raise _wrong(f"arguments.{name}", f"one of {', '.join(known)}.")
    return given


def _creative_id(row: Mapping[str, Any]) -> str:
    if row.get("video_id"):
        return f"video:{row['video_id']}"
    images = row.get("image_ids") or []
    return f"image:{images[0]}" if images else ""


def _budgets(row: Mapping[str, Any]) -> tuple[int | None, int | None]:
    amount = _micros(row.get("budget")) or None
    mode = str(row.get("budget_mode") or "")
    daily = mode in {"BUDGET_MODE_DAY", "BUDGET_MODE_DYNAMIC_DAILY_BUDGET"}
    return (amount if daily else None), (amount if mode == "BUDGET_MODE_TOTAL" else None)


def _instant(value: object) -> datetime | None:
    try:
        return datetime.strptime(str(value), "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC) if value else None
    except ValueError:
        return None


def _decimal(value: object) -> Decimal | None:
    try:
        found = Decimal(str(value)) if value is not None else None
    except InvalidOperation:
        return None
    return found if found is not None and found.is_finite() else None


def _count(value: object) -> int | None:
    found = _decimal(value)
    return None if found is None else int(found)


def _micros(value: object) -> int | None:
    found = _decimal(value)
    return None if found is None else int(found * 1_000_000)


def _wrong(field: str, message: str) -> Invalid:
    return Invalid("validation.field_invalid", f"{field}: {message}", field=field)
