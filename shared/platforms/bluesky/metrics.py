"""Counts from the public AppView: https://docs.bsky.app/docs/api/app-bsky-feed-get-posts (read 2026-11-22).

Bluesky counts likes, reposts, replies, quotes and bookmarks; it tells nobody how often a post was seen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlencode

from shared.platforms import _wire
from shared.platforms.bluesky import errors, wire
from shared.platforms.contract import Call, Metrics, Published, Refused

MOST_POSTS: Final = 25  # maxLength of ``uris``, in the method's lexicon


def post(call: Call, published: Published) -> Metrics:
    """The counts of one post; Refused (post_not_found) when the AppView does not know it."""
    found = posts(call, [published])[published.id]
    if isinstance(found, Refused):
        raise found
    return found


def posts(call: Call, published: Sequence[Published]) -> Mapping[str, Metrics | Refused]:
    """The counts of several posts, in one request; the AppView leaves out what it does not know."""
    uris = "&".join(urlencode({"uris": one.id}) for one in published)
    request = _wire.get(f"{wire.method(wire.APPVIEW, 'app.bsky.feed.getPosts')}?{uris}")
    views = _wire.ask(call, request, errors.refusal).json.get("posts") or ()
    known = {view.get("uri"): _metrics(view) for view in views}
    return {one.id: known.get(one.id) or _unknown() for one in published}


def _unknown() -> Refused:
    row = errors.TABLE[400, "RecordNotFound", ""]
    return Refused(row, platform=errors.NAME, status=200, platform_message="no such post in getPosts' answer")


def _metrics(found: Mapping[str, Any]) -> Metrics:
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
