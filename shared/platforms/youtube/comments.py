"""Comments of one's own: made by one request, found again under their video.

https://developers.google.com/youtube/v3/docs/commentThreads, read 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from shared.platforms.contract import Absent, Call, Published, Unsure
from shared.platforms.youtube import api, wire

PAGE: Final = 100  # threads, YouTube's most
_PAGES: Final = 5
_LATEST: Final = timedelta(
    minutes=5
)  # after the arming no request of ours can have its effect (manifest: timing.settle)
_HELD: Final = ("heldForReview", "likelySpam")
SKEW: Final = timedelta(seconds=30)  # between our clock and YouTube's

Taken = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is looked for: our words under a video since then, if they are not another piece's. ``parent``: of a reply."""

    video_id: str
    text: str
    since: datetime
    taken: Taken
    parent: str = ""


@dataclass(slots=True)
class _Seen:
    """What was read: comments with our words, and the channel's others that might be ours, in words that YouTube changed."""

    ours: list[Mapping[str, Any]] = field(default_factory=list)
    strange: int = 0


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
    """Look for our comment on a video among the newest; absent only when all since then were read, the held ones too."""
    wanted, query = _Wanted(video_id, text, since, taken), {"videoId": video_id, "order": "time"}
    shown = _settle(call, "commentThreads", query, wanted)
    if not isinstance(shown, Absent) or not _is_own_ground(call, wanted):
        return shown if not isinstance(shown, Absent) else Unsure("the video's owner may be holding it back")
    for status in _HELD:
        held = _settle(call, "commentThreads", {**query, "moderationStatus": status}, wanted)
        if not isinstance(held, Absent):
            return held
    return shown


def find_reply(
    call: Call, comment_id: str, video_id: str, text: str, since: datetime, taken: Taken
) -> Published | Absent | Unsure:
    """Look for our reply to a comment; absent only when all replies were read, under a video of our own."""
    wanted = _Wanted(video_id, text, since, taken, comment_id)
    shown = _settle(call, "comments", {"parentId": comment_id}, wanted)
    if isinstance(shown, Absent) and not _is_own_ground(call, wanted):
        return Unsure("the video's owner may be holding it back")
    return shown


def published(resource: Mapping[str, Any], video_id: str) -> Published:
    """A comment that is live. ``state``: what a reply to it and its deletion need."""
    found = api.id_of(resource)
    state = {"kind": "comment", "video": video_id}
    return Published(found, wire.comment_link(video_id, found) if video_id else None, state, dict(resource))


def comment_of(resource: Mapping[str, Any]) -> Mapping[str, Any]:
    """The comment itself: a thread's is one level down."""
    top = (resource.get("snippet") or {}).get("topLevelComment")
    return top if isinstance(top, dict) else resource


def _is_own_ground(call: Call, wanted: _Wanted) -> bool:
    """Whether the video is the channel's own: elsewhere comments may be held back, which their author is not shown."""
    path, named = ("comments", wanted.parent) if wanted.parent else ("videos", wanted.video_id)
    shown = api.one(call, path, part="snippet", id=named)
    return bool((shown.get("snippet") or {}).get("channelId") == call.who.platform_account_id)


def _settle(call: Call, path: str, query: Mapping[str, Any], wanted: _Wanted) -> Published | Absent | Unsure:
    seen = _Seen()
    token: str | None = None
    for _ in range(_PAGES):
        listing = {"part": "snippet", "textFormat": "plainText", "maxResults": PAGE, "pageToken": token, **query}
        page = api.read(call, path, **listing)
        items = [comment_of(item) for item in api.listed(page)]
        for one in items:
            _note(call, one, wanted, seen)
        token = page.get("nextPageToken")
        if not token or (path == "commentThreads" and _before(items, wanted.since)):
            return _verdict(seen, wanted.video_id, complete=True)
    return _verdict(seen, wanted.video_id, complete=False)


def _verdict(seen: _Seen, video_id: str, *, complete: bool) -> Published | Absent | Unsure:
    if len(seen.ours) == 1:
        return published(seen.ours[0], video_id)
    if seen.ours:
        return Unsure(f"{len(seen.ours)} comments of this text were made since")
    if seen.strange:
        return Unsure("the channel has commented since, in words that may be ours as YouTube shows them")
    return Absent("all comments since then were read, and ours is not among them") if complete else Unsure("too many")


def _note(call: Call, comment: Mapping[str, Any], wanted: _Wanted, seen: _Seen) -> None:
    """Keep a comment of the channel's own that was made since, unless it is another piece's.

    ``textOriginal`` is what was written; ``textDisplay`` alone may differ from it, even as plain text.
    """
    snippet = comment.get("snippet") or {}
    if (snippet.get("authorChannelId") or {}).get("value") != call.who.platform_account_id:
        return
    at = wire.instant(snippet.get("publishedAt"))
    same = wire.plain(snippet.get("textOriginal", snippet.get("textDisplay"))) == wire.plain(wanted.text)
    if (at is not None and at < wanted.since - SKEW) or wanted.taken(str(comment.get("id"))):
        return
    late = at is not None and at > wanted.since + _LATEST
    if same and at is not None and not late:
        seen.ours.append(comment)
    elif same or ("textOriginal" not in snippet and not late):
        seen.strange += 1


def _before(items: list[Mapping[str, Any]], since: datetime) -> bool:
    """Whether a page, newest first, reaches back beyond the instant."""
    at = wire.instant((items[-1].get("snippet") or {}).get("publishedAt")) if items else None
    return at is not None and at < since - SKEW
