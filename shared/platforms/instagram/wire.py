"""Pure mapping between our words and Instagram's: container parameters, listed media, comments, insights.

https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-user/media, read 2026-11-22.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from shared.domain.content import Act, Kind, MediaFile, MediaType, Piece
from shared.platforms.contract import Call, Metrics

MEDIA_FIELDS = "id,caption,timestamp,permalink,media_product_type,media_type"
_COMMENT = "id,text,timestamp,username,from,hidden,like_count,parent_id"
COMMENT_FIELDS = f"{_COMMENT},replies.limit(50){{{_COMMENT}}}"
TAGGED_FIELDS = "id,caption,timestamp,permalink,username"
CONVERSATION_FIELDS = "id,updated_time,participants,messages.limit(20){id,created_time,from,message}"
MESSAGES_FIELDS = "messages.limit(20){id,created_time,from,message,attachments}"

# https://developers.facebook.com/docs/instagram-platform/reference/instagram-media/insights, read 2026-11-22
POST_METRICS: Mapping[Kind, tuple[str, ...]] = {
    Kind.IMAGE: ("views", "reach", "likes", "comments", "saved", "shares", "total_interactions"),
    Kind.CAROUSEL: ("views", "reach", "likes", "comments", "saved", "shares", "total_interactions"),
    Kind.REEL: (
        "views",
        "reach",
        "likes",
        "comments",
        "saved",
        "shares",
        "total_interactions",
        "ig_reels_avg_watch_time",
        "ig_reels_video_view_total_time",
    ),
    Kind.STORY: (
        "views",
        "reach",
        "replies",
        "shares",
        "follows",
        "navigation",
        "profile_visits",
        "total_interactions",
    ),
}
ACCOUNT_METRICS = ("views", "reach", "likes", "comments", "shares", "replies", "total_interactions")
_COUNTS = {"likes": "likes", "comments": "comments", "shares": "shares", "saved": "saves", "views": "views"}


@dataclass(frozen=True, slots=True)
class Listed:
    """An item of ``GET /{ig-user}/media`` or ``/stories``."""

    id: str
    at: datetime
    kind: Kind
    caption: str
    permalink: str | None


def single(piece: Piece) -> dict[str, str]:
    """The container of a post with one item: image, reel or story."""
    if piece.kind is Kind.REEL:
        return _reel(piece)
    fields = _source(piece.media[0])
    if piece.kind is Kind.STORY:
        # A story shows no caption and Instagram drops it; the sandbox reads its fault markers from it.
        fields |= {"media_type": "STORIES", "caption": piece.text}
    else:
        fields |= {"caption": piece.text, "alt_text": piece.media[0].facts.alt_text}
        fields |= _shared(piece)
    return _filled(fields | {"user_tags": _tags(piece, 0), "is_ai_generated": _flag(piece, "is_ai_generated")})


def carousel_item(piece: Piece, index: int) -> dict[str, str]:
    """The container of one item of a carousel."""
    file = piece.media[index]
    fields = _source(file) | {"is_carousel_item": "true"}
    if file.facts.type is MediaType.VIDEO:
        return fields | {"media_type": "VIDEO"}
    return _filled(fields | {"alt_text": file.facts.alt_text, "user_tags": _tags(piece, index)})


def carousel(piece: Piece, children: Sequence[str]) -> dict[str, str]:
    """The container that joins the items, in order."""
    fields = {"media_type": "CAROUSEL", "children": ",".join(children), "caption": piece.text}
    return _filled(fields | _shared(piece) | {"is_ai_generated": _flag(piece, "is_ai_generated")})


def listed(item: Mapping[str, Any]) -> Listed | None:
    """One listed item in our words, None when it lacks what we need to recognise it."""
    at, kind = instant(item.get("timestamp")), _kind(item)
    if not item.get("id") or at is None or kind is None:
        return None
    return Listed(str(item["id"]), at, kind, str(item.get("caption") or ""), item.get("permalink"))


def same_caption(ours: str, theirs: str) -> bool:
    """Whether a listed caption is ours. Instagram trims it, and shows some callers no ``@`` (IG Media, limitations)."""
    return _bare(ours) == _bare(theirs)


def instant(value: object) -> datetime | None:
    """``2026-11-22T12:00:00+0000`` as an instant, None when it is none."""
    try:
        return datetime.strptime(str(value), "%Y-%m-%dT%H:%M:%S%z").astimezone(UTC)
    except ValueError:
        return None


def comments(rows: object) -> list[dict[str, Any]]:
    """Comments of a listing, each followed by its replies (which name it in ``parent_id``, where Graph does not)."""
    found: list[dict[str, Any]] = []
    for row in rows if isinstance(rows, list) else []:
        found.append(row)
        found += [{"parent_id": row.get("id"), **reply} for reply in data(row.get("replies"))]
    return found


def kept(act: Act, name: str) -> str:
    """One of an act's handles; empty where they are not those of what is named by ``on``, for a caller may mix them up."""
    return str(act.handles.get(name) or "") if act.handles.get("of") == act.on else ""


def author(row: Mapping[str, Any]) -> dict[str, Any]:
    """``id`` and ``username`` of who wrote a comment or a message, as far as they are told."""
    told = row.get("from")
    if isinstance(told, Mapping) and (told.get("id") or told.get("username")):
        return dict(told)
    return {"username": row["username"]} if row.get("username") else {}


def is_account(call: Call, person: Mapping[str, Any]) -> bool:
    """Whether this is the account itself: by its id, or by its name (which can change, as the id cannot)."""
    same_name = bool(person.get("username")) and person["username"] == call.who.username
    return same_name or person.get("id") == call.who.platform_account_id


def data(value: object) -> list[dict[str, Any]]:
    """The rows of an edge within a node, ``{"data": […]}``."""
    rows = value.get("data") if isinstance(value, Mapping) else None
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def insights(answer: Mapping[str, Any]) -> dict[str, int | float]:
    """Metric names and values; one that Instagram does not know yet is absent («an empty data set instead of 0»)."""
    found: dict[str, int | float] = {}
    for entry in answer.get("data") or []:
        value = (entry.get("total_value") or {}).get("value")
        if value is None and entry.get("values"):
            value = entry["values"][-1].get("value")
        if isinstance(value, int | float):
            found[str(entry.get("name"))] = value
    return found


def metrics(values: Mapping[str, int | float], extra: Mapping[str, int | float] | None = None) -> Metrics:
    """Instagram's metric names as ours; what has no name with us goes to ``extra`` under Instagram's."""
    ours = {_COUNTS[name]: int(value) for name, value in values.items() if name in _COUNTS}
    others = {name: value for name, value in values.items() if name not in _COUNTS}
    return Metrics(**ours, extra={**others, **(extra or {})}, raw=dict(values))


def _reel(piece: Piece) -> dict[str, str]:
    options = piece.options
    fields = {
        "media_type": "REELS",
        **_source(piece.media[0]),
        "caption": piece.text,
        "share_to_feed": _flag(piece, "share_to_feed"),
        "cover_url": str(options.get("cover_url") or ""),
        "thumb_offset": "" if options.get("thumb_offset") is None else str(options["thumb_offset"]),
        "audio_name": str(options.get("audio_name") or ""),
        "user_tags": _tags(piece, 0),
        "is_ai_generated": _flag(piece, "is_ai_generated"),
    }
    return _filled(fields | _shared(piece))


def _source(file: MediaFile) -> dict[str, str]:
    return {"image_url" if file.facts.type is MediaType.IMAGE else "video_url": file.url}


def _shared(piece: Piece) -> dict[str, str]:
    names = piece.options.get("collaborators") or []
    return {
        "collaborators": _json([str(name).removeprefix("@") for name in names]) if names else "",
        "location_id": str(piece.options.get("location_id") or ""),
    }


def _tags(piece: Piece, index: int) -> str:
    """The tags of one item. x and y belong to images only."""
    tags = [tag for tag in piece.options.get("user_tags") or [] if tag.get("media_index", 0) == index]
    keys = ("username", "x", "y") if piece.media[index].facts.type is MediaType.IMAGE else ("username",)
    kept = [{key: tag[key] for key in keys if tag.get(key) is not None} for tag in tags]
    return _json([tag | {"username": tag["username"].removeprefix("@")} for tag in kept]) if kept else ""


def _flag(piece: Piece, name: str) -> str:
    value = piece.options.get(name)
    return "" if value is None else "true" if value else "false"


def _filled(fields: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in fields.items() if value}


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _bare(caption: str) -> str:
    return caption.replace("@", "").strip()


def _kind(item: Mapping[str, Any]) -> Kind | None:
    product, type_ = item.get("media_product_type"), item.get("media_type")
    if product == "STORY":
        return Kind.STORY
    if product == "REELS":
        return Kind.REEL
    return {"IMAGE": Kind.IMAGE, "CAROUSEL_ALBUM": Kind.CAROUSEL, "VIDEO": Kind.REEL}.get(str(type_))
