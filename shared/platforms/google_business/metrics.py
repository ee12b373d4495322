"""How local posts and the location do.

A post's figures come from v4's localPosts:reportInsights, which the reference still has (read 2026-11-22); the location's
from the Performance API, summed over the last 30 days that it has. A location has no followers.
https://developers.google.com/my-business/reference/performance/rest, read 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

from shared.platforms.contract import Call, Fate, Metrics, Published, Refused
from shared.platforms.google_business import api, publish, wire

POST_METRICS: Final = ("LOCAL_POST_VIEWS_SEARCH", "LOCAL_POST_ACTIONS_CALL_TO_ACTION")
MOST_POSTS: Final = 50  # the reference names no bound for ``localPostNames``; with a dead name Google refuses them all
DAYS: Final = 30
REPORTED_FOR: Final = timedelta(days=540)  # the longest time that a report may cover is 18 months
_VIEWS: Final = (
    "BUSINESS_IMPRESSIONS_DESKTOP_MAPS",
    "BUSINESS_IMPRESSIONS_DESKTOP_SEARCH",
    "BUSINESS_IMPRESSIONS_MOBILE_MAPS",
    "BUSINESS_IMPRESSIONS_MOBILE_SEARCH",
)
_ACTIONS: Final = {
    "BUSINESS_CONVERSATIONS": "conversations",
    "BUSINESS_DIRECTION_REQUESTS": "direction_requests",
    "CALL_CLICKS": "call_clicks",
    "WEBSITE_CLICKS": "website_clicks",
    "BUSINESS_BOOKINGS": "bookings",
    "BUSINESS_FOOD_ORDERS": "food_orders",
    "BUSINESS_FOOD_MENU_CLICKS": "food_menu_clicks",
}


def post(call: Call, published: Published) -> Metrics:
    """The counts of one local post; None where Google reports none. Raises Refused."""
    return _report(call, [published])[published.id]


def posts(call: Call, published: Sequence[Published]) -> Mapping[str, Metrics | Refused]:
    """The counts of several local posts, in one request; one by one where Google refuses them together."""
    try:
        return _report(call, published)
    except Refused as refused:
        if refused.fate is not Fate.REJECTED:
            raise
        if len(published) == 1:
            return {published[0].id: refused}
    half = len(published) // 2
    return {**posts(call, published[:half]), **posts(call, published[half:])}


def _report(call: Call, published: Sequence[Published]) -> dict[str, Metrics]:
    names = {one.id: str(one.state.get("name") or api.part_of(call, "localPosts", one.id)) for one in published}
    times = {"startTime": wire.rfc3339(call.now - REPORTED_FOR), "endTime": wire.rfc3339(call.now)}
    wanted = [{"metric": metric, "options": ["AGGREGATED_TOTAL"]} for metric in POST_METRICS]
    body = {"localPostNames": list(names.values()), "basicRequest": {"metricRequests": wanted, "timeRange": times}}
    answer = api.write(call, "POST", f"{api.V4}/{api.place(call)}/localPosts:reportInsights", body)
    return {post_id: _metrics(answer, name) for post_id, name in names.items()}


def _metrics(answer: Mapping[str, Any], name: str) -> Metrics:
    own = [one for one in api.items(answer, "localPostMetrics") if one.get("localPostName") == name]
    counts = _post_counts(answer, name)
    views, clicks = (counts.get(metric) for metric in POST_METRICS)
    extra = {} if clicks is None else {"link_clicks": clicks}
    return Metrics(views=views, extra=extra, raw={"localPostMetrics": own})


def account(call: Call) -> Metrics:
    """The counts of the location: its posts, its reviews, and what people did in the last 30 days."""
    reviews = api.read(call, f"{api.V4}/{api.place(call)}/reviews", pageSize=1)
    series = _performance(call)
    sums = {metric: sum(values.values()) for metric, values in series.items()}
    extra: dict[str, int | float] = {
        "posts": _posts(call),
        "reviews": int(reviews.get("totalReviewCount") or 0),
        "views": sum(sums.get(metric, 0) for metric in _VIEWS),
        **{ours: sums[theirs] for theirs, ours in _ACTIONS.items() if theirs in sums},
    }
    rating = reviews.get("averageRating")
    return Metrics(extra=extra, raw={"averageRating": rating, "dailyMetrics": series})


def _posts(call: Call) -> int:
    url = f"{api.V4}/{api.place(call)}/localPosts"
    listed = api.pages(call, url, publish.MAX_PAGES, pageSize=publish.PAGE)
    return sum(post.get("state") != "REJECTED" for page in listed for post in api.items(page, "localPosts"))


def _post_counts(answer: Mapping[str, Any], name: str) -> dict[str, int]:
    found = [one for one in api.items(answer, "localPostMetrics") if one.get("localPostName") == name]
    values = [value for one in found for value in api.items(one, "metricValues")]
    return {str(value.get("metric")): _whole((value.get("totalValue") or {}).get("value")) for value in values}


def _performance(call: Call) -> dict[str, dict[str, int]]:
    """Each metric's values by day."""
    end = call.now.date()
    query: dict[str, Any] = {**_day("startDate", end - timedelta(days=DAYS)), **_day("endDate", end)}
    metrics = "&".join(f"dailyMetrics={metric}" for metric in (*_VIEWS, *_ACTIONS))
    place = f"locations/{call.who.platform_account_id}:fetchMultiDailyMetricsTimeSeries"
    answer = api.read(call, f"{api.PERFORMANCE}/{place}?{metrics}", **query)
    found: dict[str, dict[str, int]] = {}
    for multi in api.items(answer, "multiDailyMetricTimeSeries"):
        for one in api.items(multi, "dailyMetricTimeSeries"):
            dated = api.items(one.get("timeSeries") or {}, "datedValues")
            found[str(one.get("dailyMetric"))] = {_written(value): _whole(value.get("value")) for value in dated}
    return found


def _day(name: str, day: date) -> dict[str, int]:
    return {f"dailyRange.{name}.{part}": getattr(day, part) for part in ("year", "month", "day")}


def _written(value: Mapping[str, Any]) -> str:
    day = value.get("date") or {}
    return f"{day.get('year', 0):04d}-{day.get('month', 0):02d}-{day.get('day', 0):02d}"


def _whole(value: Any) -> int:
    """A count, which Google writes as text and leaves out where it is nought."""
    return int(value) if isinstance(value, int | str) and str(value).isdecimal() else 0
