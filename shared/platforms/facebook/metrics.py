"""Counts of posts and of the Page: Facebook's insights, with its plain counters beside them.

https://developers.facebook.com/docs/graph-api/reference/insights, read 2026-11-22: mostly once a day, for Pages of 100 and
more followers. Meta takes names away without a version, and one dead name spoils the whole call (error 100): so then each
is asked for by itself, and the dead ones are left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from shared.domain.content import Kind
from shared.platforms._graph import batch
from shared.platforms.contract import Call, Metrics, Published, Refused
from shared.platforms.facebook import graph

POST_METRICS = ("post_media_view", "post_total_media_view_unique", "post_clicks", "post_reactions_by_type_total")
VIDEO_METRICS = (*POST_METRICS, "post_video_views")
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
COUNTERS = "shares,comments.limit(0).summary(true),reactions.limit(0).summary(true)"
VIDEO_COUNTERS = "post_id,comments.limit(0).summary(true),likes.limit(0).summary(true)"
MOST_POSTS = 50
Values = dict[str, int | float]


def post(call: Call, published: Published) -> Metrics:
    """The counts of one post. Raises Refused."""
    if "comment_on" in published.state:
        answer = graph.read(call, published.id, fields="like_count,comment_count")
        return Metrics(likes=answer.get("like_count"), comments=answer.get("comment_count"), raw=answer)
    kind = str(published.state.get("kind") or "")
    if kind == Kind.STORY:
        return Metrics(raw={"story": "Facebook's API has no figures of a story's"})
    is_video = kind in {Kind.VIDEO, Kind.REEL}
    counters = graph.read(call, published.id, fields=VIDEO_COUNTERS if is_video else COUNTERS)
    story = _post_of(call, published, counters) if is_video else published.id
    values = insights(call, story, VIDEO_METRICS if is_video else POST_METRICS) if story else {}
    views = values.pop("post_media_view", None)
    return Metrics(
        likes=_total(counters, "likes" if is_video else "reactions"),
        comments=_total(counters, "comments"),
        shares=None if is_video else int((counters.get("shares") or {}).get("count") or 0),
        views=None if views is None else int(views),
        extra=values,
        raw={"counters": counters, "insights": {**values, **({"post_media_view": views} if views is not None else {})}},
    )


def posts(call: Call, published: Sequence[Published]) -> Mapping[str, Metrics | Refused]:
    """The counts of several posts: two batches for fifty of them. Raises Refused."""
    return batch.each(graph.GRAPH, call, {one.id: one for one in published}, post)


def account(call: Call) -> Metrics:
    """The counts of the Page: followers, posts, and the last day's insights. Raises Refused."""
    page = graph.page_id(call)
    profile = graph.read(call, page, fields="followers_count,fan_count")
    listed = graph.read(call, f"{page}/published_posts", fields="id", limit=1, summary="total_count")
    values = insights(call, page, PAGE_METRICS, period="day")
    views = values.pop("page_media_view", None)
    extra: Values = {"followers": profile["followers_count"]} if "followers_count" in profile else {}
    extra |= {"posts": int((listed.get("summary") or {}).get("total_count") or 0)}
    return Metrics(
        views=None if views is None else int(views),
        extra={**values, **extra},
        raw={"page": profile, "insights": values},
    )


def insights(call: Call, node: str, names: Sequence[str], **query: Any) -> Values:
    """The last value of each metric that Facebook (still) has. Raises Refused for anything but a dead name."""
    try:
        return read_insights(graph.read(call, f"{node}/insights", metric=",".join(names), **query))
    except Refused as refused:
        if not _dead_name(refused):
            raise
        if len(names) == 1:
            return {}
    found: Values = {}
    for name in names:
        found |= insights(call, node, (name,), **query)
    return found


def read_insights(answer: Mapping[str, Any]) -> Values:
    """Names and values; reactions by type are one count, and what has no value yet is absent."""
    found: Values = {}
    for entry in answer.get("data") or []:
        values = entry.get("values") or [{}]
        value = values[-1].get("value")
        if isinstance(value, dict):
            value = sum(number for number in value.values() if isinstance(number, int | float))
        if isinstance(value, int | float):
            found[str(entry.get("name"))] = value
    return found


def _dead_name(refused: Refused) -> bool:
    return refused.platform_code == "100" and "metric" in refused.platform_message.lower()


def _post_of(call: Call, published: Published, video: Mapping[str, Any]) -> str:
    """The post that shows a video: insights are kept by post."""
    found = str(video.get("post_id") or published.state.get("post") or "")
    return found if "_" in found or not found else f"{graph.page_id(call)}_{found}"


def _total(counters: Mapping[str, Any], name: str) -> int | None:
    total = ((counters.get(name) or {}).get("summary") or {}).get("total_count")
    return int(total) if isinstance(total, int) else None
