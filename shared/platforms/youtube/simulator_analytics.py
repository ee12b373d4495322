"""The simulated YouTube Analytics: one row of sums for the channel or some videos, or a row for each of them.

https://developers.google.com/youtube/analytics/reference/reports/query, read 2026-11-22.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any, Final

from shared.platforms._google.simulator import Asked, Denied, answer, error
from shared.platforms.youtube import simulator_state as state
from shared.ports.http import Response

_MOST_ROWS: Final = 200
_FLOATS: Final = {"averageViewPercentage"}
_KNOWN: Final = {
    "views",
    "likes",
    "comments",
    "shares",
    "estimatedMinutesWatched",
    "averageViewDuration",
    "averageViewPercentage",
    "subscribersGained",
    "subscribersLost",
}


def query(asked: Asked) -> Response:
    """GET /v2/reports."""
    asked.allow("ids", "startDate", "endDate", "metrics", "filters", "dimensions", "sort", "maxResults", "startIndex")
    names = asked.query.get("metrics", "").split(",")
    if asked.query.get("ids") not in {"channel==MINE", f"channel=={asked.user_id}"}:
        raise Denied(error(403, "forbidden", "Forbidden"))
    by_video = asked.query.get("dimensions") == "video"
    if not set(names) <= _KNOWN or not _days(asked) or (asked.query.get("dimensions") and not by_video):
        raise _unsupported()
    if by_video and (asked.query.get("sort", "").lstrip("-") not in names or not _page(asked)):
        raise _unsupported()  # «top videos» must be sorted by one of its metrics, and has 200 rows at most
    headers = [
        {"name": name, "columnType": "METRIC", "dataType": "FLOAT" if name in _FLOATS else "INTEGER"} for name in names
    ]
    chosen = _chosen(asked)
    if by_video:
        headers.insert(0, {"name": "video", "columnType": "DIMENSION", "dataType": "STRING"})
        rows = [[one["id"], *_figures(asked, [one], names)] for one in chosen if _figures(asked, [one], ["views"])[0]]
    else:
        rows = [_figures(asked, chosen, names)]
    return answer({"kind": "youtubeAnalytics#resultTable", "columnHeaders": headers, "rows": rows})


def _days(asked: Asked) -> bool:
    try:
        start, end = (date.fromisoformat(asked.query.get(name, "")) for name in ("startDate", "endDate"))
    except ValueError:
        return False
    return start <= end


def _page(asked: Asked) -> bool:
    given = asked.query.get("maxResults", "")
    return given.isdecimal() and 1 <= int(given) <= _MOST_ROWS


def _chosen(asked: Asked) -> list[dict[str, Any]]:
    """The channel's videos, or those of the filter: at most 500 ids."""
    own = [one for one in state.videos(asked.world, asked.user_id) if state.is_shown(asked.world, one)]
    if "filters" not in asked.query:
        return own
    only = re.fullmatch(r"video==([A-Za-z0-9_-]{11}(?:,[A-Za-z0-9_-]{11}){0,499})", asked.query["filters"])
    if not only:
        raise _unsupported()
    return [one for one in own if one["id"] in only.group(1).split(",")]


def _figures(asked: Asked, videos: list[dict[str, Any]], names: list[str]) -> list[Any]:
    seen = [state.reception(asked.world, one) for one in videos]
    views = sum(one.views for one in seen)
    sums = {
        "views": views,
        "likes": sum(one.likes for one in seen),
        "comments": 0,
        "shares": sum(one.shares for one in seen),
        "estimatedMinutesWatched": views // 2,
        "averageViewDuration": 30 if views else 0,
        "averageViewPercentage": 41.5 if views else 0.0,
        "subscribersGained": views // 50,
        "subscribersLost": views // 400,
    }
    return [sums[name] for name in names]


def _unsupported() -> Denied:
    return Denied(
        error(400, "badRequest", "The query is not supported. Check the documentation for supported queries.")
    )
