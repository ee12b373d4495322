"""How posts and the account do: the Display API's public counts.

https://developers.tiktok.com/doc/tiktok-api-v2-video-query and …/tiktok-api-v2-get-user-info, read 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from shared.platforms.contract import Call, ErrorRow, Fate, Metrics, Published, Refused
from shared.platforms.tiktok import errors, settle, wire

_COUNTS: Final = "id,like_count,comment_count,share_count,view_count"
_STATS: Final = "open_id,follower_count,following_count,likes_count,video_count"
MOST_POSTS: Final = 20  # ids in one request of video/query
_NOT_PUBLIC: Final = ErrorRow(
    Fate.REJECTED,
    "not_public",
    "TikTok gives figures of public posts only, once its review of them is over.",
    "validation",
    "user",
)


def post(call: Call, published: Published) -> Metrics:
    """The counts of one public post. Raises Refused (``not_public`` for drafts, private and unreviewed posts)."""
    found = posts(call, [published])[published.id]
    if isinstance(found, Refused):
        raise found
    return found


def posts(call: Call, published: Sequence[Published]) -> Mapping[str, Metrics | Refused]:
    """The counts of several posts, in one request; TikTok leaves out what is not public."""
    wanted = {one.id: _known_id(call, one) for one in published}
    ids = [name for name in wanted.values() if isinstance(name, str)]
    body = {"filters": {"video_ids": ids}}
    videos = (wire.post(call, "video/query/", body, fields=_COUNTS).get("videos") or []) if ids else []
    known = {str(video.get("id")): _metrics(video) for video in videos}
    return {
        post_id: name if isinstance(name, Refused) else known.get(name) or errors.refused(_NOT_PUBLIC)
        for post_id, name in wanted.items()
    }


def _known_id(call: Call, published: Published) -> str | Refused:
    try:
        return _post_id(call, published)
    except Refused as refused:
        if refused.fate in (Fate.LIMITED, Fate.UNAUTHORISED):
            raise
        return refused


def _metrics(counts: Mapping[str, Any]) -> Metrics:
    return Metrics(
        likes=_number(counts, "like_count"),
        comments=_number(counts, "comment_count"),
        shares=_number(counts, "share_count"),
        views=_number(counts, "view_count"),
        raw=dict(counts),
    )


def account(call: Call) -> Metrics:
    """Followers, following, public posts, and the likes of all of them. Raises Refused."""
    user = wire.get(call, "user/info/", _STATS).get("user") or {}
    names = {
        "followers": "follower_count",
        "following": "following_count",
        "posts": "video_count",
        "likes": "likes_count",
    }
    extra = {ours: value for ours, theirs in names.items() if (value := _number(user, theirs)) is not None}
    return Metrics(extra=extra, raw=dict(user))


def _post_id(call: Call, published: Published) -> str:
    """A post that was known by its publish_id only may have got its own id since."""
    publish_id = str(published.state.get("publish_id") or "")
    if published.id and published.id != publish_id:
        return published.id
    ids = wire.post_ids(settle.fetch(call, publish_id)) if publish_id else []
    if not ids:
        raise errors.refused(_NOT_PUBLIC)
    return ids[0]


def _number(counts: Mapping[str, Any], name: str) -> int | None:
    value = counts.get(name)
    return value if isinstance(value, int) else None
