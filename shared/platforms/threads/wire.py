"""Pure mapping between our words and Threads': container parameters, listed posts, insights.

https://developers.facebook.com/documentation/threads/reference/publishing (updated 2026-04-20), read 2026-11-22.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from shared.domain.content import Kind, MediaFile, MediaType, Piece, Role
from shared.platforms.contract import Metrics

LISTED_FIELDS = "id,text,timestamp,permalink,media_type"
REPLY_FIELDS = f"{LISTED_FIELDS},replied_to,root_post"

# https://developers.facebook.com/docs/threads/insights, read 2026-11-22
POST_METRICS = ("views", "likes", "replies", "reposts", "quotes", "shares")
ACCOUNT_METRICS = ("views", "likes", "replies", "reposts", "quotes", "clicks")
_COUNTS = {"likes": "likes", "replies": "comments", "shares": "shares", "views": "views"}
_TYPES = {
    "TEXT_POST": Kind.TEXT,
    "GIF": Kind.TEXT,
    "IMAGE": Kind.IMAGE,
    "VIDEO": Kind.VIDEO,
    "CAROUSEL_ALBUM": Kind.CAROUSEL,
}
# What belongs to the first post of a thread only; the rest of it are plain replies.
_TEXTS = ("reply_control", "topic_tag", "link_attachment", "quote_post_id", "location_id")
_JSON = ("poll_attachment", "text_attachment", "text_entities")
_FLAGS = ("is_spoiler_media", "is_ghost_post", "enable_reply_approvals")


@dataclass(frozen=True, slots=True)
class Listed:
    """An item of ``GET /{user}/threads`` or ``/replies``. ``parent``: what it answers, empty where that is not told."""

    id: str
    at: datetime
    kind: Kind
    text: str
    permalink: str | None
    parent: str = ""


def single(piece: Piece) -> dict[str, str]:
    """The container of a post without media or with one item."""
    fields = {"media_type": "TEXT"} if not piece.media else _source(piece.media[0])
    return _filled(fields | {"text": piece.text} | _shared(piece))


def carousel_item(file: MediaFile) -> dict[str, str]:
    """The container of one item of a carousel."""
    return _filled({"is_carousel_item": "true", **_source(file)})


def carousel(piece: Piece, children: Sequence[str]) -> dict[str, str]:
    """The container that joins the items, in order."""
    return _filled({"media_type": "CAROUSEL", "children": ",".join(children), "text": piece.text} | _shared(piece))


def parent_of(piece: Piece) -> str:
    """The id of what a piece answers, empty for a post of its own."""
    parent = piece.parent or (piece.root if piece.role is not Role.POST else None)
    return parent.id if parent else ""


def listed(item: Mapping[str, Any]) -> Listed | None:
    """One listed item in our words, None when it is a repost, or lacks what we need to recognise it."""
    at, kind = instant(item.get("timestamp")), _TYPES.get(str(item.get("media_type")))
    if not item.get("id") or at is None or kind is None:
        return None
    parent = (item.get("replied_to") or {}).get("id") or ""
    return Listed(str(item["id"]), at, kind, str(item.get("text") or ""), item.get("permalink"), str(parent))


def same_text(ours: str, theirs: str) -> bool:
    """Whether a listed text is ours: a tag may have lost its ``#``, blanks may have changed."""
    return _bare(ours) == _bare(theirs)


def instant(value: object) -> datetime | None:
    """``2026-11-22T12:00:00+0000`` as an instant, None when it is none."""
    try:
        return datetime.strptime(str(value), "%Y-%m-%dT%H:%M:%S%z").astimezone(UTC)
    except ValueError:
        return None


def insights(answer: Mapping[str, Any]) -> dict[str, int | float]:
    """Metric names and values: totals as they are, a series' last value, links' clicks together."""
    found: dict[str, int | float] = {}
    for entry in answer.get("data") or []:
        value = (entry.get("total_value") or {}).get("value")
        if value is None and entry.get("values"):
            value = entry["values"][-1].get("value")
        if value is None and "link_total_values" in entry:
            value = sum(link.get("value") or 0 for link in entry["link_total_values"])
        if isinstance(value, int | float):
            found[str(entry.get("name"))] = value
    return found


def metrics(values: Mapping[str, int | float], extra: Mapping[str, int | float] | None = None) -> Metrics:
    """Threads' metric names as ours; what has no name with us goes to ``extra`` under Threads'."""
    ours = {_COUNTS[name]: int(value) for name, value in values.items() if name in _COUNTS}
    others = {name: value for name, value in values.items() if name not in _COUNTS}
    return Metrics(**ours, extra={**others, **(extra or {})}, raw=dict(values))


def next_page(answer: Mapping[str, Any]) -> str | None:
    """The cursor of the next page. Threads gives no ``next``, and cursors on the last page too: an empty page is the end."""
    after = ((answer.get("paging") or {}).get("cursors") or {}).get("after")
    return str(after) if after and answer.get("data") else None


def _source(file: MediaFile) -> dict[str, str]:
    video = file.facts.type is MediaType.VIDEO
    address = (
        {"media_type": "VIDEO", "video_url": file.url} if video else {"media_type": "IMAGE", "image_url": file.url}
    )
    return address | {"alt_text": file.facts.alt_text}


def _shared(piece: Piece) -> dict[str, str]:
    reply = {"reply_to_id": parent_of(piece)}
    if piece.role is not Role.POST:
        return reply
    options = piece.options
    fields = {name: str(options.get(name) or "") for name in _TEXTS}
    fields |= {name: _json(options[name]) for name in _JSON if options.get(name)}
    fields |= {name: "true" for name in _FLAGS if options.get(name)}
    if gif := options.get("gif_attachment"):
        fields["gif_attachment"] = _json({"gif_id": gif["gif_id"], "provider": gif.get("provider", "GIPHY")})
    return fields | reply | {"allowlisted_country_codes": ",".join(options.get("allowlisted_country_codes") or ())}


def _filled(fields: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in fields.items() if value}


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _bare(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace("#", "")).strip()
