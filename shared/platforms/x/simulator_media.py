"""The simulated X's uploads: in one request for images, in segments for videos and GIFs, then processing that takes time.

An upload belongs to one person and ends after a day. Processing takes 3 seconds and one more per 20 MB of the world's
clock; a file that begins with ``corrupt`` fails in it. Of a file only its size and beginning are kept.
Source: docs.x.com/x-api/media, 2026-11-22.
"""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import Mapping, Sequence
from typing import Any, Final

from shared.platforms.contract import World
from shared.platforms.x.limits import MAX_ALT_TEXT
from shared.platforms.x.simulator_wire import Asked, Denied, answer, epoch, invalid, snowflake
from shared.ports.http import Response

EXPIRES_SECONDS: Final = 86_400
_MB: Final = 1024 * 1024
_SEGMENT_MAX: Final = 5 * _MB
_MAX_BYTES: Final = {"tweet_image": 5 * _MB, "tweet_gif": 15 * _MB, "tweet_video": 512 * _MB}
_TYPES: Final = {
    "tweet_image": ("image/jpeg", "image/png", "image/webp", "image/bmp", "image/tiff", "image/pjpeg"),
    "tweet_gif": ("image/gif",),
    "tweet_video": ("video/mp4", "video/quicktime", "video/webm", "video/mp2t"),
}
_KEY_PREFIX: Final = {"tweet_image": "3", "tweet_video": "7", "tweet_gif": "16"}
_INITIALIZE: Final = {"media_category", "media_type", "total_bytes", "shared", "additional_owners"}
_METADATA: Final = {
    "allow_download_status",
    "alt_text",
    "audience_policy",
    "content_expiration",
    "domain_restrictions",
    "found_media_origin",
    "geo_restrictions",
    "management_info",
    "preview_image",
    "sensitive_media_warning",
    "shared_info",
    "sticker_info",
    "upload_source",
}


def upload(asked: Asked) -> Response:
    """POST /2/media/upload: a whole file."""
    fields = _file_form(asked, {"media", "media_category", "additional_owners"})
    category = str(fields.get("media_category", ""))
    content = fields["media"]
    if category not in _MAX_BYTES:
        return invalid("The `media_category` body parameter value is not valid", media_category=category)
    if not content or len(content) > min(_MAX_BYTES[category], 15 * _MB):
        return invalid("File size exceeds the limit for this media category.", media=len(content))
    media = _new(asked, category, len(content))
    media |= {"segments": {"0": len(content)}, "corrupt": content.startswith(b"corrupt")}
    return _finished(asked.world, media)


def initialize(asked: Asked) -> Response:
    """POST /2/media/upload/initialize."""
    body = asked.json()
    category, kind, total = (str(body.get(name, "")) for name in ("media_category", "media_type", "total_bytes"))
    if extra := set(body) - _INITIALIZE:
        return _unknown(extra)
    if not isinstance(body.get("total_bytes"), int) or body["total_bytes"] <= 0:
        return invalid("The `total_bytes` body parameter value is not valid", total_bytes=total)
    if kind not in _TYPES.get(category, ()):
        return invalid("The media type is not valid for this media category", media_type=kind, media_category=category)
    if body["total_bytes"] > _MAX_BYTES[category]:
        return invalid("File size exceeds the limit for this media category.", total_bytes=total)
    media = _new(asked, category, int(total))
    asked.world.put("x.media", str(media["id"]), media)
    shown = {"id": media["id"], "media_key": media["key"], "expires_after_secs": EXPIRES_SECONDS}
    return answer(200, {"data": shown})


def append(asked: Asked, media_id: str) -> Response:
    """POST /2/media/upload/{id}/append: one segment; sent again it takes the place of the first."""
    media = _own(asked, media_id)
    fields = _file_form(asked, {"media", "segment_index"})
    number, content = str(fields.get("segment_index", "")), fields["media"]
    if not number.isdigit() or int(number) > 999:
        return invalid("The `segment_index` body parameter value is not valid", segment_index=number)
    if media["state"] != "open":
        return invalid("Media is already finalized.", id=media_id)
    if not content or len(content) > _SEGMENT_MAX:
        return invalid("The segment size is not valid", media=len(content))
    media["segments"][number] = len(content)
    media["corrupt"] = media["corrupt"] or (number == "0" and content.startswith(b"corrupt"))
    asked.world.put("x.media", media_id, media)
    return answer(200, {"data": {"expires_at": int(media["until"])}})


def finalize(asked: Asked, media_id: str) -> Response:
    """POST /2/media/upload/{id}/finalize: all segments are there; videos and GIFs go into processing."""
    media = _own(asked, media_id)
    segments = media["segments"]
    in_order = all(str(number) in segments for number in range(len(segments)))
    if media["state"] != "open":
        return invalid("Media is already finalized.", id=media_id)
    if not in_order or sum(segments.values()) != media["total"]:
        return invalid("Segments do not add up to provided total file size.", id=media_id)
    return _finished(asked.world, media)


def status(asked: Asked) -> Response:
    """GET /2/media/upload?command=STATUS."""
    if asked.query.get("command", "STATUS") != "STATUS":
        return invalid("The `command` query parameter value is not valid", command=asked.query["command"])
    media = _own(asked, asked.query.get("media_id", ""))
    if media["state"] == "open":
        return invalid("Media is not finalized.", media_id=media["id"])
    return answer(200, {"data": _shown(asked.world, media)})


def metadata(asked: Asked) -> Response:
    """POST /2/media/metadata: alt text."""
    body = asked.json()
    given = body.get("metadata") or {}
    if extra := (set(body) - {"id", "metadata"}) | (set(given) - _METADATA):
        return _unknown(extra)
    media = _own(asked, str(body.get("id", "")))
    text = (given.get("alt_text") or {}).get("text", "")
    if not isinstance(text, str) or len(text) > MAX_ALT_TEXT:
        return invalid(f"$.metadata.alt_text.text: must be at most {MAX_ALT_TEXT} characters long", text=len(str(text)))
    asked.world.put("x.media", str(media["id"]), {**media, "alt_text": text})
    return answer(200, {"data": {"id": media["id"], "associated_metadata": given}})


def attachable(asked: Asked, media_ids: Sequence[str]) -> list[dict[str, Any]]:
    """The uploads of these ids, if a post may have them: own, processed, alive, in a mix that X takes. Raises Denied."""
    found = [asked.world.get("x.media", media_id) for media_id in media_ids]
    usable = [media for media in found if media and _is_usable(asked, media)]
    alone = any(media["category"] != "tweet_image" for media in usable)
    if len(usable) != len(media_ids) or len(set(media_ids)) != len(media_ids) or (alone and len(usable) > 1):
        raise Denied(invalid("Your media IDs are invalid.", **{"media.media_ids": list(media_ids)}))
    return usable


def _is_usable(asked: Asked, media: Mapping[str, Any]) -> bool:
    alive = bool(media["owner"] == asked.user_id and media["until"] > epoch(asked.world.now))
    return alive and _progress(asked.world, media)["state"] == "succeeded"


def _new(asked: Asked, category: str, total: int) -> dict[str, Any]:
    media_id = snowflake(asked.world)
    return {
        "id": media_id,
        "key": f"{_KEY_PREFIX[category]}_{media_id}",
        "owner": asked.user_id,
        "category": category,
        "total": total,
        "state": "open",
        "segments": {},
        "corrupt": False,
        "until": epoch(asked.world.now) + EXPIRES_SECONDS,
    }


def _own(asked: Asked, media_id: str) -> dict[str, Any]:
    media = asked.world.get("x.media", media_id) if media_id.isdigit() else None
    if not media or media["owner"] != asked.user_id or media["until"] <= epoch(asked.world.now):
        raise Denied(invalid("Invalid or expired media id", media_id=media_id))
    return media


def _finished(world: World, media: dict[str, Any]) -> Response:
    done = {**media, "state": "closed", "finalized": epoch(world.now)}
    world.put("x.media", str(done["id"]), done)
    return answer(200, {"data": _shown(world, done)})


def _shown(world: World, media: Mapping[str, Any]) -> dict[str, Any]:
    left = max(0, int(media["until"] - epoch(world.now)))
    shown = {"id": media["id"], "media_key": media["key"], "size": media["total"], "expires_after_secs": left}
    return shown if media["category"] == "tweet_image" else {**shown, "processing_info": _progress(world, media)}


def _progress(world: World, media: Mapping[str, Any]) -> dict[str, Any]:
    """``processing_info`` at this instant."""
    if media["state"] == "open":
        return {"state": "pending", "check_after_secs": 1}
    needed = 0.0 if media["category"] == "tweet_image" else 3 + media["total"] / (20 * _MB)
    passed = epoch(world.now) - media["finalized"]
    if passed >= needed:
        return {"state": "failed"} if media["corrupt"] else {"state": "succeeded", "progress_percent": 100}
    if passed < 1:
        return {"state": "pending", "check_after_secs": 1}
    left = max(1, round(needed - passed))
    return {"state": "in_progress", "check_after_secs": left, "progress_percent": int(100 * passed / needed)}


def _file_form(asked: Asked, known: set[str]) -> dict[str, Any]:
    """A body with a file: raw in a form, or base64 in JSON. Raises Denied."""
    if "application/json" in asked.headers.get("content-type", ""):
        fields: dict[str, Any] = asked.json()
        content = _decoded(fields.get("media"))
    else:
        parts = asked.multipart()
        content = parts.get("media")
        fields = {name: value if name == "media" else value.decode("utf-8", "replace") for name, value in parts.items()}
    if extra := set(fields) - known:
        raise Denied(_unknown(extra))
    if content is None:
        raise Denied(invalid("$.media: is missing but it is required"))
    return {**fields, "media": content}


def _decoded(value: Any) -> bytes | None:
    try:
        return b64decode(value, validate=True) if isinstance(value, str) else None
    except binascii.Error:
        return None


def _unknown(names: set[str]) -> Response:
    name = min(names)
    return invalid(f"$.{name}: is not defined in the schema and the schema does not allow additional properties")
