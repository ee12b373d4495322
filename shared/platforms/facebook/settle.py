"""Settling an unknown publish, by reading: README, «How a lost answer is settled».

* video, reel: the id was known before; its own status says whether it is out
* photos: the post (or story) that shows a photo of ours is ours
* text, link: the Page's own posts since, by this app, of this text
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from shared.domain.content import Kind, Piece
from shared.platforms.contract import Absent, Armed, Call, Published, Refused, Unsure
from shared.platforms.facebook import errors, graph, uploads, wire
from shared.platforms.facebook.progress import Progress

SKEW = timedelta(seconds=60)  # between the engine's clock and Facebook's
PAGE = 25  # with their attachments, more at once is refused now and then («reduce the amount of data»)
MAX_PAGES = 8
Outcome = Published | Absent | Unsure


def find(call: Call, piece: Piece, armed: Armed) -> Outcome:
    """What became of a commit whose answer was lost or settled nothing. Raises Refused, AnswerLost, NotSent."""
    progress = Progress.of(armed.state)
    if piece.kind is Kind.STORY:
        return _story(call, progress)
    if uploads.is_video(piece):
        return _video(call, piece, progress)
    return _post(call, piece, progress, armed)


def state_of(piece: Piece, progress: Progress) -> dict[str, Any]:
    """What a published piece keeps: its kind, and the media that deleting it would have to name."""
    media = progress.video or (progress.photos[0] if progress.photos else "")
    return {"kind": piece.kind.value} | ({"media": media} if media else {})


def published_video(piece: Piece, progress: Progress, video: Mapping[str, Any]) -> Published:
    """A video that is out: it goes by its own id, which was known all along."""
    state = state_of(piece, progress) | ({"post": str(video["post_id"])} if video.get("post_id") else {})
    return Published(progress.video, wire.address(video.get("permalink_url")), state, dict(video))


def published_story(piece: Piece, progress: Progress, story: Mapping[str, Any]) -> Published:
    """A story as the Page lists it."""
    found = str(story.get("post_id") or "")
    return Published(found, wire.address(story.get("url")), state_of(piece, progress), dict(story))


def is_out(video: Mapping[str, Any]) -> bool:
    """Whether followers can see a video."""
    return uploads.phase(video, "publishing") == "complete" or video.get("published") is True


def story_of(call: Call, progress: Progress) -> tuple[dict[str, Any] | None, bool]:
    """The listed story made of our photo or video, and whether all of the Page's stories were read."""
    ours = progress.video or (progress.photos[0] if progress.photos else "")
    after: str | None = None
    for _ in range(MAX_PAGES):
        query = {"fields": wire.STORY_FIELDS, "limit": PAGE}
        rows, after = graph.listing(call, f"{graph.page_id(call)}/stories", query, after)
        for row in rows:
            if ours and str(row.get("media_id")) == ours:
                return row, True
        if after is None:
            return None, True
    return None, False


# ------------------------------------------------------------------------------------------------ text, photos


def _post(call: Call, piece: Piece, progress: Progress, armed: Armed) -> Outcome:
    """From the second attempt on, from the first preparation: a refused duplicate may be an earlier attempt of ours."""
    since = armed.at
    if armed.attempt > 1 and progress.since:
        since = min(since, datetime.fromtimestamp(progress.since, UTC))
    rows, complete = _since(call, since - SKEW)
    free = [row for row in rows if not armed.taken(str(row["id"]))]
    ours = [row for row in free if _is_ours(call, piece, progress, row)]
    if ours and (progress.photos or len(ours) == 1):
        first = ours[-1]  # listed newest first
        return Published(str(first["id"]), wire.address(first.get("permalink_url")), state_of(piece, progress), first)
    if ours:
        return Unsure(f"{len(ours)} posts of this text were made by this app since")
    if not progress.photos and any(_may_be_ours(call, piece, row) for row in free):
        return Unsure("this app made a post of other words since, which may be this one as Facebook shows it")
    if complete:
        return Absent("the Page's own posts since the attempt were all read, and none is this one")
    return Unsure("the Page has more posts since the attempt than could be read")


def _is_ours(call: Call, piece: Piece, progress: Progress, post: Mapping[str, Any]) -> bool:
    if progress.photos:
        return bool(set(progress.photos) & set(wire.photos_of(post)))
    if wire.shows_media(post) or _made_by(call, post) is False:
        return False
    return wire.same_text(piece.text, post.get("message")) and wire.same_link(piece, post)


def _may_be_ours(call: Call, piece: Piece, post: Mapping[str, Any]) -> bool:
    """What nobody else claims of this app's, whatever its words; or our words, with names for mentions or another link."""
    if wire.shows_media(post) or (by := _made_by(call, post)) is False:
        return False
    said = post.get("message")
    return by is True or wire.may_be(piece.text, said) or (bool(piece.text) and wire.same_text(piece.text, said))


def _made_by(call: Call, post: Mapping[str, Any]) -> bool | None:
    """Whether this app made a listed post, None where Facebook does not say which did."""
    by = (post.get("application") or {}).get("id")
    return None if by is None or not call.app.client_id else str(by) == call.app.client_id


def _since(call: Call, earliest: datetime) -> tuple[list[dict[str, Any]], bool]:
    found: list[dict[str, Any]] = []
    after: str | None = None
    for _ in range(MAX_PAGES):
        query = {"fields": wire.POST_FIELDS, "limit": PAGE}
        rows, after = graph.listing(call, f"{graph.page_id(call)}/published_posts", query, after)
        for row in rows:
            at = wire.instant(row.get("created_time"))
            if row.get("id") and (at is None or at >= earliest):
                found.append(row)
        oldest = wire.instant(rows[-1].get("created_time")) if rows else None
        if after is None or (oldest is not None and oldest < earliest):
            return found, True
    return found, False


# ---------------------------------------------------------------------------------------------- videos, stories


def _video(call: Call, piece: Piece, progress: Progress) -> Outcome:
    if not progress.video:
        return Unsure("no video is known for this attempt")
    try:
        video = uploads.video_of(call, progress.video)
    except Refused as refused:
        if errors.is_gone(refused):
            return Unsure(f"Facebook does not show video {progress.video}")
        raise
    if is_out(video):
        return published_video(piece, progress, video)
    return _not_out(progress, video)


def _not_out(progress: Progress, video: Mapping[str, Any]) -> Outcome:
    """A finished upload is processed and then published: while it is processed, nothing is known."""
    if uploads.failed(video):
        return Absent(f"Facebook gave video {progress.video} up: it is not live, and will not be")
    processing, publishing = uploads.phase(video, "processing"), uploads.phase(video, "publishing")
    if publishing == "not_started" and processing in {"not_started", "complete"}:
        return Absent(f"video {progress.video} is not being published; the same one is finished again")
    return Unsure(f"video {progress.video}: processing {processing or 'unknown'}, publishing {publishing or 'unknown'}")


def _story(call: Call, progress: Progress) -> Outcome:
    if not (progress.video or progress.photos):
        return Unsure("no photo or video is known for this attempt")
    story, complete = story_of(call, progress)
    piece_state = {"kind": Kind.STORY.value, "media": progress.video or progress.photos[0]}
    if story is not None:
        return Published(str(story.get("post_id") or ""), wire.address(story.get("url")), piece_state, story)
    if not complete:
        return Unsure("the Page has more stories than could be read")
    if progress.video:
        return _not_out(progress, uploads.video_of(call, progress.video))
    return Absent(f"none of the Page's stories shows photo {progress.photos[0]}; the same one is sent again")
