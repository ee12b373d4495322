"""Comments of one's own: made by one request, found again under their video.

https://developers.google.com/youtube/v3/docs/commentThreads, read 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from shared.platforms.contract import Absent, Call, Published, Unsure
from shared.platforms.youtube import api, wire

PAGE: Final = 100  # threads, YouTube's most
_PAGES: Final = 5
SKEW: Final = timedelta(seconds=30)  # between our clock and YouTube's

Taken = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is looked for: our words under a video since then, if they are not another piece's."""

    video_id: str
    text: str
    since: datetime
    taken: Taken


def make(call: Call, video_id: str, text: str) -> Published:
    """Comment on a video. The one visible request."""
    top = {"snippet": {"textOriginal": text}}
    body = {"snippet": {"videoId": video_id, "topLevelComment": top}}
    return published(api.write(call, "POST", "commentThreads", {"part": "snippet"}, body), video_id)


def reply(call: Call, comment_id: str, video_id: str, text: str) -> Published:
    """Answer a comment. The one visible request."""
    body = {"snippet": {"parentId": comment_id, "textOriginal": text}}
    return published(api.write(call, "POST", "comments", {"part": "snippet"}, body), video_id)


def find(call: Call, video_id: str, text: str, since: datetime, taken: Taken) -> Published | Absent | Unsure:
    """Look for our comment on a video among the newest; absent only when all since then were read."""
    wanted = _Wanted(video_id, text, since, taken)
    return _settle(call, "commentThreads", {"videoId": video_id, "order": "time"}, wanted)


def find_reply(
    call: Call, comment_id: str, video_id: str, text: str, since: datetime, taken: Taken
) -> Published | Absent | Unsure:
    """Look for our reply to a comment; absent only when all replies were read."""
    return _settle(call, "comments", {"parentId": comment_id}, _Wanted(video_id, text, since, taken))


def published(resource: Mapping[str, Any], video_id: str) -> Published:
    """A comment that is live. ``state``: what a reply to it and its deletion need."""
    found = api.id_of(resource)
    state = {"kind": "comment", "video": video_id}
    return Published(found, wire.comment_link(video_id, found) if video_id else None, state, dict(resource))


def comment_of(resource: Mapping[str, Any]) -> Mapping[str, Any]:
    """The comment itself: a thread's is one level down."""
    top = (resource.get("snippet") or {}).get("topLevelComment")
    return top if isinstance(top, dict) else resource


def _settle(call: Call, path: str, query: Mapping[str, Any], wanted: _Wanted) -> Published | Absent | Unsure:
    found: list[Mapping[str, Any]] = []
    token: str | None = None
    for _ in range(_PAGES):
        listing = {"part": "snippet", "textFormat": "plainText", "maxResults": PAGE, "pageToken": token, **query}
        page = api.read(call, path, **listing)
        items = [comment_of(item) for item in api.listed(page)]
        found += [one for one in items if _is_ours(call, one, wanted) and not wanted.taken(str(one.get("id")))]
        token = page.get("nextPageToken")
        if not token or (path == "commentThreads" and _before(items, wanted.since)):
            return _verdict(found, wanted.video_id, complete=True)
    return _verdict(found, wanted.video_id, complete=False)


def _verdict(found: list[Mapping[str, Any]], video_id: str, *, complete: bool) -> Published | Absent | Unsure:
    if len(found) == 1:
        return published(found[0], video_id)
    if found:
        return Unsure(f"{len(found)} comments of this text were made since")
    return Absent("all comments since then were read, and ours is not among them") if complete else Unsure("too many")


def _is_ours(call: Call, comment: Mapping[str, Any], wanted: _Wanted) -> bool:
    snippet = comment.get("snippet") or {}
    author = (snippet.get("authorChannelId") or {}).get("value")
    said = snippet.get("textOriginal", snippet.get("textDisplay"))
    at = wire.instant(snippet.get("publishedAt"))
    own = author == call.who.platform_account_id and str(said).strip() == wanted.text.strip()
    return own and at is not None and wanted.since - SKEW <= at <= call.now + SKEW


def _before(items: list[Mapping[str, Any]], since: datetime) -> bool:
    """Whether a page, newest first, reaches back beyond the instant."""
    at = wire.instant((items[-1].get("snippet") or {}).get("publishedAt")) if items else None
    return at is not None and at < since - SKEW
