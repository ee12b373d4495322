"""Pure mapping between our words and Facebook's: forms, listed posts, times.

https://developers.facebook.com/docs/graph-api/reference/page/feed, …/page/photos, …/page/videos, …/page/video_reels and
…/page-post, read 2026-11-22.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from shared.domain.content import Kind, MediaFile, Piece
from shared.platforms.facebook.progress import Progress

POST_FIELDS = (
    "id,message,created_time,permalink_url,application{id},"
    "attachments{type,url,unshimmed_url,target{id},subattachments{target{id}}}"
)
VIDEO_FIELDS = "id,status,published,post_id,permalink_url"
STORY_FIELDS = "post_id,status,creation_time,media_type,media_id,url"
WEB = "https://www.facebook.com"
# A mention is written so, and is listed as a name: https://developers.facebook.com/docs/pages-api/posts, 2026-11-22.
_MENTION = re.compile(r"@\[[^\]\n]+\]")
_MEDIA = ("photo", "album", "cover_photo", "profile_media", "video_inline", "video_autoplay", "video_direct_response")


def photo(file: MediaFile, caption: str = "") -> dict[str, Any]:
    """An unpublished photo, which a post or a story takes later."""
    fields = {"url": file.url, "published": "false", "alt_text_custom": file.facts.alt_text, "caption": caption}
    return _filled(fields)


def feed(piece: Piece, progress: Progress) -> dict[str, str]:
    """The visible request of a text, a link, a photo or several."""
    attached = [{"media_fbid": id_} for id_ in progress.photos]
    fields = {
        "message": piece.text,
        "link": str(piece.options.get("link") or "") if piece.kind is Kind.LINK else "",
        "place": str(piece.options.get("place") or ""),
        "attached_media": json.dumps(attached, separators=(",", ":")) if attached else "",
    }
    return _filled(fields)


def finish_video(piece: Piece, progress: Progress) -> dict[str, str]:
    """The visible request of a video."""
    fields = {"upload_phase": "finish", "upload_session_id": progress.session, "description": piece.text}
    return _filled(fields | _titled(piece) | {"published": "true"})


def finish_reel(piece: Piece, progress: Progress) -> dict[str, str]:
    """The visible request of a reel."""
    fields = {
        "upload_phase": "finish",
        "video_id": progress.video,
        "video_state": "PUBLISHED",
        "description": piece.text,
    }
    return _filled(fields | _titled(piece) | {"place": str(piece.options.get("place") or "")})


def finish_story(piece: Piece, progress: Progress) -> dict[str, str]:
    """The visible request of a video story. Facebook shows no text; the sandbox reads its fault markers from it."""
    return _filled({"upload_phase": "finish", "video_id": progress.video, "description": piece.text})


def instant(value: object) -> datetime | None:
    """``2026-11-22T12:00:00+0000`` as an instant, None when it is none."""
    try:
        return datetime.strptime(str(value), "%Y-%m-%dT%H:%M:%S%z").astimezone(UTC)
    except ValueError:
        return None


def photos_of(post: Mapping[str, Any]) -> Iterator[str]:
    """The ids of the photos that a post shows."""
    for attachment in (post.get("attachments") or {}).get("data") or ():
        yield from _targets(attachment)
        for part in (attachment.get("subattachments") or {}).get("data") or ():
            yield from _targets(part)


def shows_media(post: Mapping[str, Any]) -> bool:
    """Whether a post is one of photos or of a video; a link's preview may have a target too, and is none."""
    attached = (post.get("attachments") or {}).get("data") or ()
    return any(one.get("type") in _MEDIA or one.get("subattachments") for one in attached)


def same_link(piece: Piece, post: Mapping[str, Any]) -> bool:
    """Whether a listed post leads where a link post of ours does. Other kinds have no link of their own."""
    if piece.kind is not Kind.LINK:
        return True
    attached = (post.get("attachments") or {}).get("data") or ()
    shown = {str(one.get(name) or "").rstrip("/") for one in attached for name in ("unshimmed_url", "url")}
    return str(piece.options.get("link") or "").rstrip("/") in shown


def same_text(ours: str, theirs: object) -> bool:
    """Whether a listed message is ours: Facebook trims it and its lines."""
    return _bare(ours) == _bare(str(theirs or ""))


def may_be(ours: str, theirs: object) -> bool:
    """Whether a listed message may be ours with names where we wrote ``@[…]``. One without mentions is never."""
    parts, listed = _MENTION.split(_bare(ours)), _bare(str(theirs or ""))
    if len(parts) == 1 or not listed.startswith(parts[0]) or not listed.endswith(parts[-1]):
        return False
    at, end = len(parts[0]), len(listed) - len(parts[-1])
    for part in parts[1:-1]:
        found = listed.find(part, at, end)
        if found < 0:
            return False
        at = found + len(part)
    return at <= end


def address(value: object) -> str | None:
    """A permalink: a video's comes without the host."""
    text = str(value or "")
    return f"{WEB}{text}" if text.startswith("/") else text or None


def _targets(attachment: Mapping[str, Any]) -> Iterator[str]:
    if found := (attachment.get("target") or {}).get("id"):
        yield str(found)


def _titled(piece: Piece) -> dict[str, str]:
    ai = piece.options.get("is_ai_generated")
    title = str(piece.options.get("title") or "")
    return {"title": title, "is_ai_generated": "" if ai is None else "true" if ai else "false"}


def _bare(text: str) -> str:
    composed = unicodedata.normalize("NFC", text).replace("\r\n", "\n")
    return "\n".join(line.rstrip() for line in composed.strip().split("\n"))


def _filled(fields: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in fields.items() if value}
