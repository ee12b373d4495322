"""How posts and accounts do on Reddit: what everybody sees, for Reddit has no metrics API. One or two reads each.

``ups`` is a score (Reddit blurs it), ``view_count`` is always null. Source: github.com/Pyprohly/reddit-api-doc-notes, 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from shared.platforms.contract import Call, Metrics, Published, Refused
from shared.platforms.reddit import api, errors

_COUNTS: Final = ("ups", "score", "upvote_ratio", "num_comments", "num_crossposts", "view_count")
MOST_POSTS: Final = 100  # fullnames in one request of /api/info


def post(call: Call, published: Published) -> Metrics:
    """The counts of one post. Raises Refused; a post that is gone is refused as ``not_found``."""
    found = posts(call, [published])[published.id]
    if isinstance(found, Refused):
        raise found
    return found


def posts(call: Call, published: Sequence[Published]) -> Mapping[str, Metrics | Refused]:
    """The counts of several posts, in one request; Reddit leaves out what it does not have."""
    wanted = {one.id: api.fullname(one.id, "t3", field="id") for one in published}
    listed = api.children(api.get(call, "/api/info", {"id": ",".join(wanted.values())}))
    known = {str(one.get("name")): one for one in listed if one.get("removed_by_category") != "deleted"}
    return {
        post_id: _metrics(known[name]) if name in known else errors.gone(f"{post_id} is not there")
        for post_id, name in wanted.items()
    }


def _metrics(found: Mapping[str, Any]) -> Metrics:
    counts: dict[str, Any] = {name: found.get(name) for name in _COUNTS}
    return Metrics(
        likes=_count(found.get("ups")),
        comments=_count(found.get("num_comments")),
        shares=_count(found.get("num_crossposts")),
        extra=_numbers({"score": found.get("score"), "upvote_ratio": found.get("upvote_ratio")}),
        raw=counts,
    )


def account(call: Call) -> Metrics:
    """The counts of the account itself; ``posts`` only where they fit one page, for Reddit counts them nowhere."""
    me = api.get(call, "/api/v1/me")
    page = api.get(call, f"/user/{call.who.username}/submitted", {"sort": "new", "limit": api.PAGE})
    listed = api.children(page)
    profile = me.get("subreddit") or {}
    extra = {
        "followers": profile.get("subscribers"),
        "posts": None if page["data"].get("after") else len(listed),
        "karma": me.get("total_karma"),
        "link_karma": me.get("link_karma"),
        "comment_karma": me.get("comment_karma"),
    }
    return Metrics(extra=_numbers(extra), raw=_numbers(extra))


def _count(value: Any) -> int | None:
    return max(0, value) if isinstance(value, int) else None


def _numbers(counts: Mapping[str, Any]) -> dict[str, int | float]:
    return {name: count for name, count in counts.items() if isinstance(count, int | float)}
