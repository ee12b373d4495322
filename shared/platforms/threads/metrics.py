"""Counts of posts and of the account: Threads' insights.

https://developers.facebook.com/docs/threads/insights, read 2026-11-22. The number of posts is in no answer: it is counted
from the account's own listing, and left out when that is longer than we read.
"""

from __future__ import annotations

from shared.platforms.contract import Call, Metrics, Published, Refused
from shared.platforms.threads import wire
from shared.platforms.threads.graph import GRAPH

PAGE = 100
MAX_PAGES = 5


def post(call: Call, published: Published) -> Metrics:
    """The counts of one post. Raises Refused."""
    answer = GRAPH.read(call, f"{published.id}/insights", metric=",".join(wire.POST_METRICS))
    return wire.metrics(wire.insights(answer))


def account(call: Call) -> Metrics:
    """The counts of the account: followers, posts, and what its posts got since yesterday. Raises Refused."""
    extra: dict[str, int | float] = {}
    values = _insights(call, wire.ACCOUNT_METRICS)
    followers = _followers(call)
    if followers is not None:
        extra["followers"] = followers
    posts = _posts(call)
    if posts is not None:
        extra["posts"] = posts
    return wire.metrics(values, extra)


def _insights(call: Call, metrics: tuple[str, ...]) -> dict[str, int | float]:
    path = f"{call.who.platform_account_id}/threads_insights"
    return wire.insights(GRAPH.read(call, path, metric=",".join(metrics)))


def _followers(call: Call) -> int | None:
    """None for a profile without an Instagram account, which has no such metric."""
    try:
        count = _insights(call, ("followers_count",)).get("followers_count")
    except Refused as refused:
        if refused.row.code == "feature_unavailable":
            return None
        raise
    return None if count is None else int(count)


def _posts(call: Call) -> int | None:
    path, after, count = f"{call.who.platform_account_id}/threads", None, 0
    for _ in range(MAX_PAGES):
        answer = GRAPH.read(call, path, fields="id", limit=PAGE, after=after)
        count += len(answer.get("data") or [])
        after = wire.next_page(answer)
        if after is None:
            return count
    return None
