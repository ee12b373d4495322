"""The simulated figures of ads: daily, from the day on which a campaign was set running."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from shared.platforms import _alive
from shared.platforms.snapchat import simulator_core as core
from shared.platforms.snapchat.simulator_core import Asked, Fail, success
from shared.ports.http import Response

_TYPES: Final = {"campaigns": "CAMPAIGN", "adsquads": "AD_SQUAD", "ads": "AD"}
_FIELDS: Final = frozenset(
    [
        "impressions",
        "swipes",
        "spend",
        "video_views",
        "quartile_1",
        "quartile_2",
        "quartile_3",
        "view_completion",
        "screen_time_millis",
        "conversion_purchases",
        "shares",
        "saves",
        "uniques",
        "frequency",
    ]
)
_MOST_DAYS: Final = 31


def of_account(asked: Asked, account_id: str) -> Response:
    """GET /v1/adaccounts/{id}/stats: only what was spent."""
    core.own_account(asked, account_id)
    if asked.query.get("fields", "spend") != "spend":
        raise Fail(400, "E4002", "Only spend is supported for ad accounts")
    ids = (asked.world.get("snap.campaigns.of", account_id) or {"ids": []})["ids"]
    running = [held for one in ids if (held := asked.world.get("snap.campaigns", one))]
    return _answer(asked, account_id, "AD_ACCOUNT", running)


def of_thing(asked: Asked, plural: str, thing_id: str) -> Response:
    """GET /v1/{campaigns,adsquads,ads}/{id}/stats."""
    held = asked.world.get(f"snap.{plural}", thing_id)
    if held is None or plural not in _TYPES:
        raise Fail(404, "E3006", f"{thing_id} not found")
    core.own_account(asked, held["account"])
    return _answer(asked, thing_id, _TYPES[plural], [held])


def _answer(asked: Asked, thing_id: str, kind: str, things: list[dict[str, Any]]) -> Response:
    names = [name for name in asked.query.get("fields", "").split(",") if name]
    start, end = _days(asked)
    if set(names) - _FIELDS:
        raise Fail(400, "E4002", f"fields {sorted(set(names) - _FIELDS)} are not known")
    series = []
    day = start
    while day < end and day <= asked.now:
        sums = _sums([_day(one, day) for one in things])
        shown = {name: sums.get(name, 0) for name in names}
        series.append(
            {"start_time": day.isoformat(), "end_time": (day + timedelta(days=1)).isoformat(), "stats": shown}
        )
        day += timedelta(days=1)
    stat = {
        "id": thing_id,
        "type": kind,
        "granularity": asked.query["granularity"],
        "start_time": start.isoformat(),
        "end_time": end.isoformat(),
        "timeseries": series,
    }
    item = {"sub_request_status": "SUCCESS", "timeseries_stat": stat}
    return success(asked, timeseries_stats=[item])


def _days(asked: Asked) -> tuple[datetime, datetime]:
    """The days that were asked for: from midnight to midnight, at most 31. Raises Fail."""
    if asked.query.get("granularity") != "DAY":
        raise Fail(400, "E4002", "the sandbox has daily figures only")
    try:
        start, end = (datetime.fromisoformat(asked.query[name]) for name in ("start_time", "end_time"))
    except (KeyError, ValueError):
        raise Fail(400, "E4002", "start_time and end_time are required") from None
    midnights = start.tzinfo and end.tzinfo and not any((start.hour, start.minute, end.hour, end.minute))
    if not midnights or not timedelta(0) < end - start <= timedelta(days=_MOST_DAYS):
        raise Fail(400, "E4002", "start_time and end_time must be midnights, at most 31 days apart")
    return start, end


def _day(thing: Mapping[str, Any], day: datetime) -> dict[str, float]:
    """One day of one thing: nothing before it was set running."""
    if not thing.get("started") or datetime.fromisoformat(thing["started"]) >= day + timedelta(days=1):
        return {}
    views = _alive.daily(str(thing["id"]), day.toordinal(), least=400, most=4000)
    return {
        "impressions": views,
        "swipes": views // 60,
        "spend": views * 4200,
        "video_views": views // 3,
        "quartile_1": views // 4,
        "view_completion": views // 12,
        "conversion_purchases": views // 900,
    }


def _sums(days: list[dict[str, float]]) -> dict[str, float]:
    found: dict[str, float] = {}
    for one in days:
        for name, value in one.items():
            found[name] = found.get(name, 0) + value
    return found
