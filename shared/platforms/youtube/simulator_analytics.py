"""The simulated YouTube Analytics: one row of sums for the channel or one video.

https://developers.google.com/youtube/analytics/reference/reports/query, read 2026-11-22.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any, Final

from shared.platforms._google.simulator import Asked, Denied, answer, error
from shared.platforms.youtube import simulator_state as state
from shared.ports.http import Response

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
    if not set(names) <= _KNOWN or asked.query.get("dimensions") or not _days(asked):
        raise Denied(
            error(400, "badRequest", "The query is not supported. Check the documentation for supported queries.")
        )
    headers = [
        {"name": name, "columnType": "METRIC", "dataType": "FLOAT" if name in _FLOATS else "INTEGER"} for name in names
    ]
    sums = _sums(asked)
    rows = [[sums[name] for name in names]]
    return answer({"kind": "youtubeAnalytics#resultTable", "columnHeaders": headers, "rows": rows})


def _days(asked: Asked) -> bool:
    try:
        start, end = (date.fromisoformat(asked.query.get(name, "")) for name in ("startDate", "endDate"))
    except ValueError:
        return False
    return start <= end


def _sums(asked: Asked) -> dict[str, Any]:
    only = re.fullmatch(r"video==([A-Za-z0-9_-]{11})", asked.query.get("filters", "video==-----------"))
    if not only:
        raise Denied(
            error(400, "badRequest", "The query is not supported. Check the documentation for supported queries.")
        )
    own = [one for one in state.videos(asked.world, asked.user_id) if state.is_shown(asked.world, one)]
    chosen = [one for one in own if "filters" not in asked.query or one["id"] == only.group(1)]
    seen = [state.reception(asked.world, one) for one in chosen]
    views = sum(one.views for one in seen)
    return {
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
