"""The figures of the simulated Facebook: they follow from the post (or the Page) and the time, and never fall.

https://developers.facebook.com/docs/graph-api/reference/insights, …/docs/platforminsights/page/deprecated-metrics: names that
Meta took away are refused for the whole call, as it does.
"""

from __future__ import annotations

from datetime import UTC, datetime

from shared.platforms import _alive
from shared.platforms._graph import simulated
from shared.platforms._graph.simulated import Ask, Document, Problem, answer
from shared.platforms.contract import World
from shared.platforms.facebook.simulator_state import Session
from shared.ports.http import Response

POST_METRICS = (
    "post_media_view",
    "post_total_media_view_unique",
    "post_clicks",
    "post_reactions_by_type_total",
    "post_video_views",
    "post_video_avg_time_watched",
)
PAGE_METRICS = (
    "page_media_view",
    "page_total_media_view_unique",
    "page_follows",
    "page_daily_follows_unique",
    "page_daily_unfollows_unique",
    "page_post_engagements",
    "page_views_total",
    "page_video_views",
    "page_total_actions",
)


def post(ask: Ask, who: Session, document: Document, world: World) -> Response:
    """GET /{post}/insights."""
    who.need("read_insights")
    ask.allow("metric", "period", "since", "until", "date_preset")
    counts = reception(document, world)
    values: Document = {
        "post_media_view": counts.views,
        "post_total_media_view_unique": counts.reach,
        "post_clicks": counts.clicks,
        "post_reactions_by_type_total": {"like": counts.likes - counts.likes // 5, "love": counts.likes // 5},
        "post_video_views": counts.views // 2 if document.get("video") else 0,
        "post_video_avg_time_watched": 4200 if document.get("video") else 0,
    }
    names = _names(ask, POST_METRICS)
    return answer({"data": [_metric(document["id"], name, "lifetime", [{"value": values[name]}]) for name in names]})


def page(ask: Ask, who: Session, world: World) -> Response:
    """GET /{page}/insights, by day: the last two days."""
    who.need("read_insights")
    ask.allow("metric", "period", "since", "until", "date_preset", "breakdown")
    if ask.text("period") not in {"", "day"}:
        raise Problem(100, "(#100) The sandbox has these metrics by day")
    today = int(world.now.timestamp()) // simulated.DAY
    days = [today - 1, today]
    rows = [
        _metric(who.page["id"], name, "day", [_day(who, world, name, d) for d in days])
        for name in _names(ask, PAGE_METRICS)
    ]
    return answer({"data": rows})


def reception(document: Document, world: World) -> _alive.Reception:
    """How a post does, as of now."""
    return _alive.reception(document["id"], datetime.fromtimestamp(document["at"], UTC), world.now)


def _day(who: Session, world: World, name: str, day: int) -> Document:
    end = datetime.fromtimestamp(day * simulated.DAY, UTC)
    if name == "page_follows":
        value = _alive.followers(who.page["id"], datetime.fromtimestamp(who.page["made"], UTC), max(end, world.now))
    else:
        least, most = (1, 12) if "follows" in name else (20, 400)
        value = _alive.daily(f"{who.page['id']}/{name}", day, least=least, most=most)
    return {"value": value, "end_time": end.strftime("%Y-%m-%dT08:00:00+0000")}


def _names(ask: Ask, allowed: tuple[str, ...]) -> list[str]:
    names = [str(name) for name in ask.items("metric")]
    if not names:
        raise Problem(100, "(#100) The parameter metric is required")
    if any(name not in allowed for name in names):
        raise Problem(100, "(#100) The value must be a valid insights metric")
    return names


def _metric(id_: str, name: str, period: str, values: list[Document]) -> Document:
    title = name.replace("_", " ").capitalize()
    entry = {"name": name, "period": period, "values": values, "title": title, "description": title}
    return entry | {"id": f"{id_}/insights/{name}/{period}"}
