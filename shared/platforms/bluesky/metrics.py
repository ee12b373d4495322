"""Counts from the public AppView: https://docs.bsky.app/docs/api/app-bsky-feed-get-posts (read 2026-11-22).

Bluesky counts likes, reposts, replies, quotes and bookmarks; it tells nobody how often a post was seen.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared.platforms import _wire
from shared.platforms.bluesky import errors, wire
from shared.platforms.contract import Call, Metrics, Published, Refused


def post(call: Call, published: Published) -> Metrics:
    """The counts of one post; Refused (post_not_found) when the AppView does not know it."""
    request = _wire.get(wire.method(wire.APPVIEW, "app.bsky.feed.getPosts"), {"uris": published.id})
    posts = _wire.ask(call, request, errors.refusal).json.get("posts")
    found = next((view for view in posts or () if view.get("uri") == published.id), None)
    if found is None:
        row = errors.TABLE[400, "RecordNotFound", ""]
        raise Refused(row, platform=errors.NAME, status=200, platform_message="no such post in getPosts' answer")
    reposts, quotes = _count(found, "repostCount"), _count(found, "quoteCount")
    return Metrics(
        likes=_count(found, "likeCount"),
        comments=_count(found, "replyCount"),
        shares=reposts + quotes,
        saves=_count(found, "bookmarkCount"),
        extra={"reposts": reposts, "quotes": quotes},
        raw={name: value for name, value in found.items() if name.endswith("Count")},
    )


def account(call: Call) -> Metrics:
    """Followers, following and posts of the account."""
    actor = {"actor": call.who.platform_account_id}
    profile = _wire.ask(
        call, _wire.get(wire.method(wire.APPVIEW, "app.bsky.actor.getProfile"), actor), errors.refusal
    ).json
    return Metrics(
        extra={
            "followers": _count(profile, "followersCount"),
            "following": _count(profile, "followsCount"),
            "posts": _count(profile, "postsCount"),
        },
        raw={name: value for name, value in profile.items() if name.endswith("Count")},
    )


def _count(view: Mapping[str, Any], name: str) -> int:
    value = view.get(name)
    return value if isinstance(value, int) else 0
