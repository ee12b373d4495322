"""Requests to open.tiktokapis.com, and pure mapping between our words and TikTok's.

https://developers.tiktok.com/doc/content-posting-api-get-started, read 2026-11-22.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

from shared.domain.content import Kind, Piece
from shared.platforms import _wire
from shared.platforms.contract import Call, Published
from shared.platforms.tiktok import errors
from shared.ports.http import AnswerLost, Response

API: Final = "https://open.tiktokapis.com/v2"
JSON: Final = "application/json; charset=UTF-8"
PUBLIC: Final = "PUBLIC_TO_EVERYONE"
PRIVATE: Final = "SELF_ONLY"
VIDEO_FIELDS: Final = "id,create_time,title,video_description,duration,share_url"


# ---------------------------------------------------------------------------------------------------- requests


def post(call: Call, path: str, body: Mapping[str, Any], *, fields: str = "", timeout: float = 30.0) -> dict[str, Any]:
    """POST JSON below the API version; the answer's ``data``. Raises Refused (also for a 200 that is none), AnswerLost."""
    url = f"{API}/{path}" + (f"?{urlencode({'fields': fields}, safe=',')}" if fields else "")
    headers = {"Authorization": bearer(call), "Content_Type": JSON}
    return data_of(call, _wire.ask(call, _wire.post_json(url, body, read_timeout=timeout, **headers), errors.refusal))


def get(call: Call, path: str, fields: str) -> dict[str, Any]:
    """GET with ``fields``. Raises as :func:`post`."""
    url = f"{API}/{path}?{urlencode({'fields': fields}, safe=',')}"
    return data_of(call, _wire.ask(call, _wire.get(url, Authorization=bearer(call)), errors.refusal))


def data_of(call: Call, answer: _wire.Answer) -> dict[str, Any]:
    """Only ``error.code == "ok"`` is a success: TikTok refuses with status 200, too."""
    said = answer.json.get("error")
    if not isinstance(said, dict) or "code" not in said:
        raise AnswerLost("a success that does not say so")
    if said["code"] != "ok":
        raise errors.refusal(Response(answer.status, answer.headers, encoded(answer.json)), call.now)
    data = answer.json.get("data")
    return dict(data) if isinstance(data, dict) else {}


def encoded(body: Mapping[str, Any]) -> bytes:
    """A body that was read already, as ``errors.refusal`` reads it."""
    return json.dumps(body).encode()


def bearer(call: Call) -> str:
    """The Authorization header."""
    return f"Bearer {call.tokens.access}"


# ------------------------------------------------------------------------------------------------------ bodies


def is_draft(piece: Piece) -> bool:
    """Whether it goes into the creator's inbox, to be finished in the TikTok app."""
    return piece.options.get("post_mode") == "MEDIA_UPLOAD"


def video_info(piece: Piece, settings: Mapping[str, Any]) -> dict[str, Any]:
    """``post_info`` of a video: the caption is its title."""
    info = _common(piece, settings, ("disable_comment", "disable_duet", "disable_stitch"))
    chosen = {name: piece.options[name] for name in ("is_aigc", "video_cover_timestamp_ms") if name in piece.options}
    return info | chosen | ({"title": piece.text} if piece.text else {})


def photo_body(piece: Piece, settings: Mapping[str, Any]) -> dict[str, Any]:
    """The whole request that posts photos, or hands them to the creator's inbox."""
    info = {} if is_draft(piece) else _common(piece, settings, ("disable_comment",))
    if not is_draft(piece) and "auto_add_music" in piece.options:
        info["auto_add_music"] = piece.options["auto_add_music"]
    texts = {"title": piece.options.get("title", ""), "description": description(piece)}
    return {
        "media_type": "PHOTO",
        "post_mode": "MEDIA_UPLOAD" if is_draft(piece) else "DIRECT_POST",
        "post_info": info | {name: text for name, text in texts.items() if text},
        "source_info": {
            "source": "PULL_FROM_URL",
            "photo_images": [file.url for file in piece.media],
            "photo_cover_index": piece.options.get("photo_cover_index", 0),
        },
    }


def description(piece: Piece) -> str:
    """The long text of photos: ``platform_data.description``, else the post's own."""
    return str(piece.options.get("description") or piece.text)


def _common(piece: Piece, settings: Mapping[str, Any], switches: Sequence[str]) -> dict[str, Any]:
    flags = {name: bool(settings.get(name)) for name in switches}
    brands = {name: bool(piece.options.get(name)) for name in ("brand_content_toggle", "brand_organic_toggle")}
    return {"privacy_level": settings["privacy_level"], **flags, **brands}


# ----------------------------------------------------------------------------------------------------- answers


class Listed(NamedTuple):
    """An entry of the account's public list."""

    id: str
    at: datetime
    texts: frozenset[str]
    is_video: bool
    link: str
    raw: Mapping[str, Any]


def listed(entry: Mapping[str, Any]) -> Listed | None:
    """An entry, None where it lacks what makes it one."""
    made = entry.get("create_time")
    if not entry.get("id") or not isinstance(made, int):
        return None
    texts = frozenset(folded(str(entry.get(name) or "")) for name in ("title", "video_description"))
    seconds = entry.get("duration")
    is_video = isinstance(seconds, int | float) and seconds > 0
    return Listed(
        str(entry["id"]), datetime.fromtimestamp(made, UTC), texts, is_video, str(entry.get("share_url") or ""), entry
    )


def folded(text: str) -> str:
    """A text without differences of white space: how TikTok joins and trims is not documented."""
    return " ".join(text.split())


def looks_like(entry: Listed, piece: Piece) -> bool:
    """Whether a listed entry may be these photos: it has their title and description, or both in one, and nothing else."""
    if entry.is_video:
        return False
    title, words = folded(str(piece.options.get("title") or "")), folded(description(piece))
    both, told = folded(f"{title} {words}"), entry.texts - {""}
    return told <= {title, words, both} and all(not part or part in told or both in told for part in (title, words))


def live(call: Call, kind: Kind, post_id: str, publish_id: str, raw: Mapping[str, Any]) -> Published:
    """A post that everybody can see."""
    state = {"publish_id": publish_id, "kind": kind.value}
    return Published(post_id, permalink(call.who.username, kind, post_id), state, raw)


def permalink(username: str, kind: Kind | str, post_id: str) -> str:
    """The address of a post."""
    return f"https://www.tiktok.com/@{username}/{'video' if kind == Kind.VIDEO else 'photo'}/{post_id}"


def post_ids(status: Mapping[str, Any]) -> list[str]:
    """``publicaly_available_post_id`` (TikTok's spelling): known once the review of a public post is over."""
    found = status.get("publicaly_available_post_id")
    return [str(one) for one in found if one] if isinstance(found, list) else []
