"""Counts of posts and of the account: Instagram's insights, with its plain counters beside them.

https://developers.facebook.com/docs/instagram-platform/reference/instagram-media/insights, read 2026-11-22: up to
48 hours late; a story's only for 24 hours, and not below 5 viewers.
"""

from __future__ import annotations

from shared.domain.content import Kind
from shared.platforms.contract import Call, Metrics, Published, Refused
from shared.platforms.instagram import graph, wire

_COUNTERS = ("followers_count", "follows_count", "media_count")
_OURS = ("followers", "following", "posts")


def post(call: Call, published: Published) -> Metrics:
    """The counts of one post. Raises Refused."""
    if "comment_on" in published.state:
        return _comment(call, published)
    kind = _kind(call, published)
    try:
        answer = graph.read(call, f"{published.id}/insights", metric=",".join(wire.POST_METRICS[kind]))
    except Refused as refused:
        if kind is Kind.STORY and refused.platform_code == "10" and _may_measure(call):
            return Metrics(raw={"error": refused.platform_message})  # «Not enough viewers for the media»
        raise
    return wire.metrics(wire.insights(answer))


def account(call: Call) -> Metrics:
    """The counts of the account: followers, following, posts, and yesterday's insights. Raises Refused."""
    who = call.who.platform_account_id
    profile = graph.read(call, who, fields=",".join(_COUNTERS))
    query = {"metric": ",".join(wire.ACCOUNT_METRICS), "period": "day", "metric_type": "total_value"}
    values = wire.insights(graph.read(call, f"{who}/insights", **query))
    counters = {ours: profile[theirs] for ours, theirs in zip(_OURS, _COUNTERS, strict=True) if theirs in profile}
    return wire.metrics(values, counters)


def _comment(call: Call, published: Published) -> Metrics:
    answer = graph.read(call, published.id, fields="like_count")
    return Metrics(likes=answer.get("like_count"), raw=answer)


def _kind(call: Call, published: Published) -> Kind:
    if kept := published.state.get("kind"):
        return Kind(kept)
    answer = graph.read(call, published.id, fields=wire.MEDIA_FIELDS)
    found = wire.listed(answer)
    return found.kind if found else Kind.IMAGE


def _may_measure(call: Call) -> bool:
    return "instagram_business_manage_insights" in call.tokens.scopes
