"""How videos and the channel do: the Data API's public counts, and the Analytics API's for what only the owner sees.

Analytics is a second opinion that comes a day or two late; where it cannot be had the counts stand alone.
https://developers.google.com/youtube/analytics/metrics, read 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from shared.platforms import _wire
from shared.platforms._google.oauth import bearer
from shared.platforms.contract import Call, Metrics, Published, Refused
from shared.platforms.youtube import api, errors, wire
from shared.ports.http import HttpFailure

REPORTS: Final = "https://youtubeanalytics.googleapis.com/v2/reports"
SINCE: Final = "2005-02-14"  # YouTube's first day: all there ever was
MOST_POSTS: Final = 50  # ids in one request of videos.list
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
    found = posts(call, [published])[published.id]
    if isinstance(found, Refused):
        raise found
    return found


def posts(call: Call, published: Sequence[Published]) -> Mapping[str, Metrics | Refused]:
    """The counts of several videos: one unit of the Data API's quota for them all, and one report."""
    ids = ",".join(one.id for one in published)
    listed = api.listed(api.read(call, "videos", part="statistics", id=ids))
    known = {str(video.get("id")): video.get("statistics") or {} for video in listed}
    reports = _reports(call, ids) if known else {}
    return {
        one.id: _metrics(known[one.id], reports.get(one.id, {})) if one.id in known else errors.gone("video")
        for one in published
    }


def _metrics(counts: Mapping[str, Any], report: Mapping[str, Any]) -> Metrics:
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
    report = {name: value for name, value in _report(call).items() if name != _SHARE_OF_VIDEO}
    known = {name: value for name, value in extra.items() if value is not None}
    return Metrics(extra={**_extra(report), **known}, raw={"statistics": counts, "report": report})


def _report(call: Call) -> dict[str, Any]:
    """The channel's sums."""
    return next(iter(_rows(call, {})), {})


def _reports(call: Call, ids: str) -> dict[str, dict[str, Any]]:
    """A row for each video: the report «top videos», which must be sorted and holds 200 rows at most."""
    query = {"dimensions": "video", "filters": f"video=={ids}", "sort": "-estimatedMinutesWatched", "maxResults": "200"}
    return {str(row.pop("video", "")): row for row in _rows(call, query)}


def _rows(call: Call, query: Mapping[str, str]) -> list[dict[str, Any]]:
    span = {"startDate": SINCE, "endDate": call.now.date().isoformat()}
    whole = {"ids": "channel==MINE", **span, "metrics": ",".join(_METRICS), **query}
    try:
        request = _wire.get(REPORTS, whole, Authorization=bearer(call))
        table = _wire.ask(call, request, errors.refusal).json
    except (Refused, HttpFailure):  # without the scope, or for a moment: the public counts are there all the same
        return []
    names = [str(column.get("name")) for column in table.get("columnHeaders") or ()]
    return [dict(zip(names, row, strict=False)) for row in table.get("rows") or ()]


def _extra(report: Mapping[str, Any]) -> dict[str, int | float]:
    named = {_METRICS.get(name, ""): value for name, value in report.items()}
    return {
        name: value for name, value in named.items() if name and name != "shares" and isinstance(value, int | float)
    }


def _whole(value: Any) -> int | None:
    return int(value) if isinstance(value, int | float) else None
