"""Between our words and YouTube's: video and broadcast resources, titles, addresses. Pure.

https://developers.google.com/youtube/v3/docs/videos#resource, read 2026-11-22.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from shared.domain.content import Kind, Piece
from shared.platforms.youtube.limits import TITLE_CHARS

UNTITLED: Final = "Untitled"
_TITLE_END: Final = "…"
LEAD: Final = timedelta(hours=1)  # from making to the start of a broadcast that names no start


def title(piece: Piece) -> str:
    """The title option; without one the first line of the text, as far as a title may go."""
    given = str(piece.options.get("title") or "").strip()
    if given:
        return given
    lines = piece.text.strip().splitlines()
    first = lines[0].strip() if lines else ""
    if not first:
        return UNTITLED
    return first if len(first) <= TITLE_CHARS else first[: TITLE_CHARS - 1].rstrip() + _TITLE_END


def video_body(piece: Piece) -> dict[str, Any]:
    """The parts snippet and status of videos.insert."""
    options = piece.options
    snippet = {
        "title": title(piece),
        "description": piece.text,
        "tags": options.get("tags") or None,
        "categoryId": options.get("category_id"),
        "defaultLanguage": options.get("default_language"),
    }
    status = {
        "privacyStatus": privacy(options),
        "publishAt": options.get("publish_at"),
        "selfDeclaredMadeForKids": options.get("made_for_kids"),
        "containsSyntheticMedia": options.get("contains_synthetic_media"),
        "license": options.get("license"),
        "embeddable": options.get("embeddable"),
    }
    return {"snippet": _present(snippet), "status": _present(status)}


def privacy(options: Mapping[str, Any]) -> str:
    """What is asked for; public otherwise, but private where YouTube is to publish it later itself."""
    return str(options.get("privacy_status") or ("private" if options.get("publish_at") else "public"))


def broadcast_body(piece: Piece) -> dict[str, Any]:
    """The parts snippet and status of a broadcast as it is announced."""
    options = piece.options
    made = datetime.fromtimestamp(piece.created_at / 1_000_000, UTC)
    start = options.get("scheduled_start_time") or rfc3339(made + LEAD)
    snippet = {
        "title": title(piece),
        "description": piece.text,
        "scheduledStartTime": start,
        "scheduledEndTime": options.get("scheduled_end_time"),
    }
    status = {"privacyStatus": privacy(options), "selfDeclaredMadeForKids": options.get("made_for_kids")}
    return {"snippet": _present(snippet), "status": _present(status)}


def draft(piece: Piece) -> str:
    """The description of a broadcast that is not announced yet: a mark of its own, by which it is found."""
    return f"rst-{piece.key}"


def file_name(piece: Piece) -> str:
    """The name under which YouTube keeps the file: a mark of its own too."""
    return f"rst-{piece.key}.mp4"


def is_file_name(name: Any) -> bool:
    """Whether a file has the name of one of our pieces."""
    return str(name).startswith("rst-")


def permalink(video_id: str, kind: str) -> str:
    """The video's page."""
    path = f"shorts/{video_id}" if kind == Kind.SHORT else f"watch?v={video_id}"
    return f"https://www.youtube.com/{path}"


def comment_link(video_id: str, comment_id: str) -> str:
    """The video's page with the comment on top."""
    return f"https://www.youtube.com/watch?v={video_id}&lc={comment_id}"


def instant(value: Any) -> datetime | None:
    """An RFC 3339 time, None where it is none. In UTC: a time at the edge of the calendar may have none."""
    try:
        at = datetime.fromisoformat(str(value))
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def rfc3339(at: datetime) -> str:
    """As YouTube writes a time."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def plain(value: Any) -> str:
    """A text for comparing, whatever became of its blanks on the way; empty where there is none."""
    return " ".join(unicodedata.normalize("NFC", str(value or "")).split())


def number(value: Any) -> int | None:
    """A count, which YouTube writes as text; None where it hides it."""
    text = str(value)
    return int(text) if text.isdecimal() else None


def _present(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}
