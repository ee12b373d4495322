"""Our words for ads and the Marketing API's: objectives, money, targeting, statuses, figures. Pure.

https://developers.facebook.com/documentation/ads-commerce/marketing-api/reference, read 2026-11-22, and the parameter
tables of facebook-business 26.0.3. Money goes out in the currency's own smallest unit, which for some is the whole one:
https://developers.facebook.com/documentation/ads-commerce/marketing-api/currencies, read 2026-11-22.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from shared.domain.content import Act
from shared.domain.errors import Invalid
from shared.platforms._graph.currencies import WHOLE_UNITS
from shared.platforms.contract_ads import AdAccount, AdObject, AdStats, Level, Status

OBJECTIVES = {
    "awareness": "OUTCOME_AWARENESS",
    "traffic": "OUTCOME_TRAFFIC",
    "engagement": "OUTCOME_ENGAGEMENT",
    "leads": "OUTCOME_LEADS",
    "app_promotion": "OUTCOME_APP_PROMOTION",
    "sales": "OUTCOME_SALES",
    "video_views": "OUTCOME_ENGAGEMENT",  # since 2022 a goal of engagement, not an objective of its own
}
GOALS = {
    "OUTCOME_AWARENESS": "REACH",
    "OUTCOME_TRAFFIC": "LINK_CLICKS",
    "OUTCOME_ENGAGEMENT": "POST_ENGAGEMENT",
    "OUTCOME_LEADS": "LEAD_GENERATION",
    "OUTCOME_APP_PROMOTION": "APP_INSTALLS",
    "OUTCOME_SALES": "LINK_CLICKS",
}
PLACEMENTS = ("facebook", "instagram", "messenger", "audience_network", "threads")
STATUSES: Mapping[str, str] = {"active": "ACTIVE", "paused": "PAUSED", "deleted": "DELETED", "archived": "ARCHIVED"}
EDGES: Mapping[str, str] = {"campaign": "campaigns", "ad_group": "adsets", "creative": "adcreatives", "ad": "ads"}
BY_LABEL: Mapping[str, str] = {level: f"{edge}bylabels" for level, edge in EDGES.items()}
INSIGHT_LEVELS: Mapping[str, str] = {"account": "account", "campaign": "campaign", "ad_group": "adset", "ad": "ad"}
ACCOUNT_FIELDS = "id,name,currency,timezone_name,account_status"
FIELDS: Mapping[str, str] = {
    "campaign": "id,name,status,effective_status,objective,daily_budget,lifetime_budget,start_time,stop_time,created_time",
    "ad_group": "id,name,status,effective_status,campaign_id,daily_budget,lifetime_budget,start_time,end_time,created_time,"
    "targeting",
    "creative": "id,name,status,object_story_id,effective_object_story_id",
    "ad": "id,name,status,effective_status,adset_id,creative,created_time",
}
STATS_FIELDS = "impressions,reach,clicks,inline_link_clicks,spend,conversions,video_play_actions,date_start,date_stop"
_OURS = {theirs: ours for ours, theirs in reversed(OBJECTIVES.items())}
_ACTIVE_ACCOUNT = 1
_GENDERS = {"male": 1, "female": 2}


def ad_account_id(given: str, field: str = "ad_account_id") -> str:
    """``act_…``, which callers may leave out. Raises Invalid."""
    if not re.fullmatch(r"(act_)?[0-9]{1,30}", given):
        raise _wrong(field, "an ad account's id, as act_1234567890.")
    return given if given.startswith("act_") else f"act_{given}"


def smallest(micros: int, currency: str) -> int:
    """Millionths of a currency in the unit that Meta takes: hundredths, or whole ones."""
    return micros // (1_000_000 if currency in WHOLE_UNITS else 10_000)


def micros(value: object, currency: str) -> int | None:
    """What Meta says of a budget, in millionths; None for none (Meta says «0»)."""
    number = int(str(value)) if str(value or "").isdecimal() else 0
    return number * (1_000_000 if currency in WHOLE_UNITS else 10_000) or None


def account(row: Mapping[str, Any]) -> AdAccount:
    """One of ``/me/adaccounts``; its id is ``act_…``."""
    active = row.get("account_status") == _ACTIVE_ACCOUNT
    zone = str(row.get("timezone_name") or "")
    return AdAccount(str(row["id"]), str(row.get("name") or ""), str(row.get("currency") or ""), zone, active, raw=row)


def thing(level: Level, row: Mapping[str, Any], ad_account_id: str, currency: str) -> AdObject:
    """A campaign, ad set, creative or ad."""
    ours = {theirs: ours for ours, theirs in STATUSES.items()}
    status: Any = ours.get(str(row.get("status")), "unknown")
    return AdObject(
        level=level,
        id=str(row["id"]),
        account_id=ad_account_id,
        name=str(row.get("name") or ""),
        status=status,
        parent_id=str(row.get("campaign_id") or row.get("adset_id") or ""),
        delivery=str(row.get("effective_status") or ""),
        objective=_OURS.get(str(row.get("objective")), str(row.get("objective") or "")),
        daily_budget_micros=micros(row.get("daily_budget"), currency),
        lifetime_budget_micros=micros(row.get("lifetime_budget"), currency),
        starts_at=_instant(row.get("start_time")),
        ends_at=_instant(row.get("end_time") or row.get("stop_time")),
        creative_id=str((row.get("creative") or {}).get("id") or ""),
        created_at=_instant(row.get("created_time")),
        placements=tuple((row.get("targeting") or {}).get("publisher_platforms") or ()),
        raw=row,
    )


def is_status(row: Mapping[str, Any], wished: Status) -> bool:
    """Whether the thing has the wished status: what was set, not what it does."""
    return row.get("status") == STATUSES[wished]


def figures(level: str, row: Mapping[str, Any], ad_account_id: str, since: date, until: date) -> AdStats:
    """One row of ``/insights``. Spend comes as a decimal number in the account's currency."""
    known: Any = level
    id_ = ad_account_id if level == "account" else str(row.get(f"{INSIGHT_LEVELS[level]}_id") or "")
    return AdStats(
        level=known,
        id=id_,
        since=since,
        until=until,
        impressions=_count(row.get("impressions")),
        clicks=_count(row.get("clicks")),
        spend_micros=_money(row.get("spend")),
        conversions=_actions(row.get("conversions")),
        video_views=_count(_actions(row.get("video_play_actions"))),
        extra={name: found for name in ("reach", "inline_link_clicks") if (found := _count(row.get(name))) is not None},
        raw=row,
    )


# ------------------------------------------------------------------------------------------------- what we create


def campaign(act: Act, currency: str) -> dict[str, Any]:
    """A campaign's parameters. ``special_ad_categories`` must be given, also when there are none; and without a budget
    of its own a campaign must say that its ad sets do not share theirs (v24.0 and later)."""
    budget, times = budgets(act, currency), _times(act)
    return {
        "name": act.text,
        "objective": OBJECTIVES[str(act.arguments["objective"])],
        "special_ad_categories": json.dumps(act.arguments.get("special_ad_categories") or []),
        **({"bid_strategy": "LOWEST_COST_WITHOUT_CAP"} if budget else {"is_adset_budget_sharing_enabled": "false"}),
        **budget,
        "start_time": times["starts_at"],
        "stop_time": times["ends_at"],
    }


def ad_set(act: Act, currency: str, objective: str, page_id: str) -> dict[str, Any]:
    """An ad set's parameters; ``objective`` is its campaign's, which decides what can be optimized for. Raises Invalid."""
    given, times, budget = act.arguments, _times(act), budgets(act, currency)
    bid = given.get("bid_micros")
    if "lifetime_budget" in budget and not times["ends_at"]:
        raise _wrong("arguments.ends_at", "a budget for the whole life needs an end.", "required")
    return {
        "name": act.text,
        "campaign_id": act.on,
        "billing_event": str(given.get("billing_event") or "IMPRESSIONS").upper(),
        "optimization_goal": str(given.get("optimization_goal") or GOALS.get(objective, "REACH")).upper(),
        "bid_amount": smallest(bid, currency) if bid else None,
        "bid_strategy": "LOWEST_COST_WITH_BID_CAP" if bid else None,
        **budget,
        "start_time": times["starts_at"],
        "end_time": times["ends_at"],
        "targeting": json.dumps(targeting(given), sort_keys=True),
        "promoted_object": _promoted(given.get("promoted_object"), objective, page_id),
        "dsa_beneficiary": given.get("dsa_beneficiary"),
        "dsa_payor": given.get("dsa_payor"),
    }


def _promoted(given: object, objective: str, page_id: str) -> str | None:
    """What is advertised, where Meta must be told: the Page by itself; an app or a pixel by its own object."""
    if given:
        if not isinstance(given, Mapping):
            raise _wrong("arguments.promoted_object", "Meta's object, as {application_id, object_store_url}.")
        return json.dumps(dict(given), sort_keys=True)
    if objective == "OUTCOME_APP_PROMOTION":
        text = "for an app, Meta's object {application_id, object_store_url}."
        raise _wrong("arguments.promoted_object", text, "required")
    return json.dumps({"page_id": page_id}) if objective in ("OUTCOME_ENGAGEMENT", "OUTCOME_LEADS") else None


def targeting(given: Mapping[str, Any]) -> dict[str, Any]:
    """Meta's targeting: ours, with its own object over it. Advantage+ audience must be said yes or no to: no.

    Raises Invalid.
    """
    wished, own = _targeting(given)
    placements = given.get("placements") or ["facebook", "instagram"]
    if unknown := [one for one in placements if one not in PLACEMENTS]:
        raise _wrong("arguments.placements", f"{unknown[0]!r} is none of {', '.join(PLACEMENTS)}.")
    made: dict[str, Any] = {
        "publisher_platforms": list(placements),
        "targeting_automation": {"advantage_audience": 0},
    }
    if countries := wished.get("countries"):
        made["geo_locations"] = {"countries": list(countries)}
    made |= {name: _age(wished[name]) for name in ("age_min", "age_max") if wished.get(name)}
    if genders := wished.get("genders"):
        made["genders"] = [_gender(one) for one in genders]
    made |= own
    if "geo_locations" not in made and "custom_audiences" not in made:
        text = "name at least one of countries (ISO 3166 codes), or network.geo_locations."
        raise _wrong("arguments.targeting", text, "required")
    return made


def creative(act: Act, page_id: str, uploaded: Mapping[str, Any]) -> dict[str, Any]:
    """A creative's parameters: a post of the Page's own, or a story made for the ad. ``uploaded``: what prepare uploaded."""
    given = act.arguments
    if post_id := str(given.get("post_id") or ""):
        story = post_id if "_" in post_id else f"{page_id}_{post_id}"
        return {"name": act.text, "object_story_id": story}
    if not uploaded.get("video_id") and not given.get("link"):
        text = "where the ad leads to; or name a post_id of the Page's own, or attach a video."
        raise _wrong("arguments.link", text, "required")
    spec: dict[str, Any] = {"page_id": page_id}
    if given.get("instagram_user_id"):
        spec["instagram_user_id"] = given["instagram_user_id"]
    spec |= _video_story(given, uploaded) if uploaded.get("video_id") else _link_story(given, uploaded)
    return {"name": act.text, "object_story_spec": json.dumps(spec, sort_keys=True)}


def _link_story(given: Mapping[str, Any], uploaded: Mapping[str, Any]) -> dict[str, Any]:
    link = given["link"]
    data = {
        "link": link,
        "message": given.get("body"),
        "name": given.get("headline"),
        "image_hash": uploaded.get("image_hash"),
        "call_to_action": _button(given, link),
    }
    return {"link_data": {name: value for name, value in data.items() if value}}


def _video_story(given: Mapping[str, Any], uploaded: Mapping[str, Any]) -> dict[str, Any]:
    data = {
        "video_id": uploaded["video_id"],
        "image_url": uploaded.get("picture"),
        "message": given.get("body"),
        "title": given.get("headline"),
        "call_to_action": _button(given, given.get("link")),
    }
    return {"video_data": {name: value for name, value in data.items() if value}}


def _button(given: Mapping[str, Any], link: str | None) -> dict[str, Any] | None:
    if not given.get("call_to_action"):
        return None
    return {"type": str(given["call_to_action"]).upper(), **({"value": {"link": link}} if link else {})}


def budgets(act: Act, currency: str) -> dict[str, Any]:
    """A budget a day or one in all. Raises Invalid where both are given."""
    found = {name: act.arguments.get(f"{name}_micros") for name in ("daily_budget", "lifetime_budget")}
    if all(found.values()):
        raise _wrong("arguments.lifetime_budget_micros", "a budget is daily or for the whole life: give one of them.")
    return {name: smallest(int(value), currency) for name, value in found.items() if value}


def _gender(word: object) -> int:
    if not isinstance(word, str) or word not in _GENDERS:
        raise _wrong("arguments.targeting.genders", f"{word!r} is none of {', '.join(_GENDERS)}.")
    return _GENDERS[word]


def _targeting(given: Mapping[str, Any]) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Our words for it and Meta's own object. Raises Invalid where their types are wrong."""
    wished = given.get("targeting") or {}
    own = wished.get("network") or {}
    if not isinstance(own, Mapping):
        raise _wrong("arguments.targeting", "network: an object, Meta's own targeting.")
    if not isinstance(wished.get("countries") or [], list | tuple):
        raise _wrong("arguments.targeting", "countries: a list of ISO 3166 codes.")
    return wished, own


def _age(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise _wrong("arguments.targeting", "age_min, age_max: whole numbers.")
    return value


def _times(act: Act) -> dict[str, str | None]:
    """Both instants as they were given. Raises Invalid for what is none."""
    found = {name: act.arguments.get(name) or None for name in ("starts_at", "ends_at")}
    for name, value in found.items():
        try:
            at = datetime.fromisoformat(str(value)) if value else None
        except ValueError:
            at = None
        if value and (at is None or at.tzinfo is None):
            raise _wrong(f"arguments.{name}", "an instant with its zone (RFC 3339), as 2026-12-01T00:00:00Z.")
    return found


def _wrong(field: str, message: str, what: str = "invalid") -> Invalid:
    return Invalid(f"validation.field_{what}", f"{field}: {message}", field=field)


def _instant(value: object) -> datetime | None:
    try:
        return datetime.strptime(str(value), "%Y-%m-%dT%H:%M:%S%z") if value else None
    except ValueError:
        return None


def _count(value: object) -> int | None:
    try:
        return int(float(str(value))) if value is not None else None
    except (ValueError, OverflowError):
        return None


def _money(value: object) -> int | None:
    try:
        return int(Decimal(str(value)) * 1_000_000) if value is not None else None
    except (InvalidOperation, OverflowError):
        return None


def _actions(rows: Sequence[Mapping[str, Any]] | None) -> float | None:
    """The sum of an action list (``[{"action_type", "value"}]``), None where there is none."""
    if not isinstance(rows, list):
        return None
    return sum(float(row.get("value") or 0) for row in rows)
