"""Between our words and Pinterest's: the body of a new Pin, and recognising one in a listing."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from shared.domain.content import Kind, Piece
from shared.domain.errors import Invalid
from shared.platforms.contract import Published

SITE: Final = "https://www.pinterest.com"
MAX_TITLE: Final = 100
MAX_TEXT: Final = 800
MAX_LINK: Final = 2048
MAX_ALT_TEXT: Final = 500
_ID: Final = re.compile(r"[0-9]{1,25}")
_MEDIA_TYPES: Final = {Kind.IMAGE: "image", Kind.VIDEO: "video", Kind.CAROUSEL: "multiple_images"}


def pin_body(piece: Piece, media_id: str) -> dict[str, Any]:
    """The body of POST /pins; what is empty is left out."""
    options = piece.options
    fields = {
        "board_id": str(options["board_id"]),
        "board_section_id": options.get("board_section_id"),
        "title": options.get("title"),
        "description": piece.text,
        "link": options.get("link"),
        "alt_text": alt_text(piece),
        "dominant_color": options.get("dominant_color"),
        "media_source": _media_source(piece, media_id),
    }
    return {name: value for name, value in fields.items() if value}


def alt_text(piece: Piece) -> str:
    """The Pin's own, else the first file's."""
    given = piece.options.get("alt_text") or (piece.media[0].facts.alt_text if piece.media else "")
    return str(given)[:MAX_ALT_TEXT]


def _media_source(piece: Piece, media_id: str) -> dict[str, Any]:
    if piece.kind is Kind.VIDEO:
        cover = piece.options.get("cover_image_url") or (piece.media[1].url if len(piece.media) > 1 else "")
        if cover:
            return {"source_type": "video_id", "media_id": media_id, "cover_image_url": cover}
        seconds = int(piece.options.get("cover_image_key_frame_time") or 0)
        return {"source_type": "video_id", "media_id": media_id, "cover_image_key_frame_time": seconds}
    if piece.kind is Kind.CAROUSEL:
        return {"source_type": "multiple_image_urls", "items": [{"url": file.url} for file in piece.media]}
    return {"source_type": "image_url", "url": piece.media[0].url}


def published(pin: Mapping[str, Any]) -> Published | None:
    """A Pin as what was published; None where the answer names none."""
    pin_id = str(pin.get("id") or "")
    if not pin_id.isdecimal():
        return None
    kept = {"board_id": str(pin.get("board_id") or "")}
    return Published(pin_id, f"{SITE}/pin/{pin_id}/", kept, dict(pin))


def is_piece(piece: Piece, pin: Mapping[str, Any]) -> bool:
    """Whether a listed Pin can be this piece: title, description, link and kind; what Pinterest leaves out is no proof."""
    expected = {"title": piece.options.get("title"), "description": piece.text}
    if any(canonical(pin.get(name)) != canonical(value) for name, value in expected.items()):
        return False
    link = str(piece.options.get("link") or "")
    if str(pin.get("link") or "").rstrip("/") != link.rstrip("/"):
        return False
    if pin.get("is_owner") is False or pin.get("parent_pin_id"):
        return False
    shown = (pin.get("media") or {}).get("media_type")
    return shown is None or shown == _MEDIA_TYPES[piece.kind]


def resembles(piece: Piece, pin: Mapping[str, Any]) -> bool:
    """Whether a listed Pin may be this piece after all, in words or a form that Pinterest or somebody gave it since."""
    if pin.get("is_owner") is False:
        return False
    said = {"title": piece.options.get("title"), "description": piece.text, "link": piece.options.get("link")}
    wanted = {name: canonical(value).rstrip("/") for name, value in said.items()}
    same = [name for name, value in wanted.items() if canonical(pin.get(name)).rstrip("/") == value]
    return any(wanted[name] for name in same) or not any(wanted.values())


def created(pin: Mapping[str, Any]) -> datetime | None:
    """When it was made: UTC, without saying so. None where it is not said."""
    try:
        at = datetime.fromisoformat(str(pin.get("created_at")))
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def identifier(given: object, name: str = "id") -> str:
    """An id of Pinterest's, as it is. Raises Invalid, naming ``name``.

    Ids come from callers: one with a slash or a question mark would be another request, with the account's token.
    """
    if not isinstance(given, str) or not _ID.fullmatch(given):
        raise Invalid("validation.field_invalid", f"{name} is an id of Pinterest's: digits.", field=name)
    return given


def canonical(text: Any) -> str:
    """What is left of a text when escapes and spacing are taken out."""
    return " ".join(html.unescape(str(text or "")).split())
