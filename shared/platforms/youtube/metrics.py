"""How videos and the channel do: the Data API's public counts, and the Analytics API's for what only the owner sees.

Analytics is a second opinion that comes a day or two late; where it cannot be had the counts stand alone.
https://developers.google.com/youtube/analytics/metrics, read 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from shared.platforms import _wire
from shared.platforms._google.oauth import bearer
from shared.platforms.contract import Call, Metrics, Published, Refused
from shared.platforms.youtube import api, errors, wire
from shared.ports.http import HttpFailure

REPORTS: Final = "https://youtubeanalytics.googleapis.com/v2/reports"
SINCE: Final = "2005-02-14"  # YouTube's first day: all there ever was
_SHARE_OF_VIDEO: Final = "averageViewPercentage"
_METRICS: Final = {
    "shares": "shares",
    "estimatedMinutesWatched": "minutes_watched",
    "averageViewDuration": "average_view_seconds",
    _SHARE_OF_VIDEO: "average_view_percentage",
    "subscribersGained": "followers_gained",
    "subscribersLost": "followers_lost",
}


def post(call: Call, published: Published) -> Metrics:
    """The counts of one video. Raises Refused; a video that is gone is refused as ``not_found``."""
    video = api.one(call, "videos", part="statistics", id=published.id)
    if not video:
        raise errors.gone("video")
    counts = video.get("statistics") or {}
    report = _report(call, f"video=={published.id}")
    return Metrics(
        likes=wire.number(counts.get("likeCount")),
        comments=wire.number(counts.get("commentCount")),
        shares=_whole(report.get("shares")),
        views=wire.number(counts.get("viewCount")),
        extra=_extra(report),
        raw={"statistics": counts, "report": report},
    )


def account(call: Call) -> Metrics:
    """The counts of the channel: subscribers (rounded by YouTube to three figures), public videos, views."""
    channel = api.one(call, "channels", part="statistics", mine="true")
    if not channel:
        raise errors.gone("channel")
    counts = channel.get("statistics") or {}
    extra: dict[str, int | float | None] = {
        "followers": wire.number(counts.get("subscriberCount")),
        "posts": wire.number(counts.get("videoCount")),
        "views": wire.number(counts.get("viewCount")),
    }
    report = {name: value for name, value in _report(call, None).items() if name != _SHARE_OF_VIDEO}
    known = {name: value for name, value in extra.items() if value is not None}
    return Metrics(extra={**_extra(report), **known}, raw={"statistics": counts, "report": report})


def _report(call: Call, filters: str | None) -> dict[str, Any]:
    query = {
        "ids": "channel==MINE",
        "startDate": SINCE,
        "endDate": call.now.date().isoformat(),
        "metrics": ",".join(_METRICS),
        "filters": filters,
    }
    try:
        request = _wire.get(REPORTS, query, Authorization=bearer(call))
        return _row(_wire.ask(call, request, errors.refusal).json)
    except (Refused, HttpFailure):  # without the scope, or for a moment: the public counts are there all the same
        return {}


def _row(table: Mapping[str, Any]) -> dict[str, Any]:
    names = [str(column.get("name")) for column in table.get("columnHeaders") or ()]
    rows = table.get("rows") or ()
    return dict(zip(names, rows[0], strict=False)) if rows else {}


def _extra(report: Mapping[str, Any]) -> dict[str, int | float]:
    named = {_METRICS.get(name, ""): value for name, value in report.items()}
    return {
        name: value for name, value in named.items() if name and name != "shares" and isinstance(value, int | float)
    }


def _whole(value: Any) -> int | None:
    return int(value) if isinstance(value, int | float) else None
