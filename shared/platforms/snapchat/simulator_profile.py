"""The simulated public profiles: encrypted media, stories, Spotlights, saved stories, and how they do.

It decrypts what it gets and refuses what makes no sense under the key that it was given. Chosen where Snapchat is silent: a
part that comes twice replaces the first, an end that comes twice is fine, a review takes five seconds, a media that was posted
is refused as MEDIA_POSTING_ALREADY_IN_PROGRESS (with a 200) for good.
"""

from __future__ import annotations

import binascii
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final

from shared.platforms import _alive, _faults
from shared.platforms.snapchat import simulator_core as core
from shared.platforms.snapchat.simulator_core import Asked, Fail, success
from shared.platforms.snapchat.simulator_oauth import unauthorized
from shared.ports.http import Response

REVIEW: Final = timedelta(seconds=5)
STORY_LIFE: Final = timedelta(hours=24)
MEDIA_LIFE: Final = timedelta(hours=24)
_PART: Final = 32_000_000
_TTLS: Final = {"ONE_DAY": 1, "TWO_DAYS": 2, "THREE_DAYS": 3, "ONE_WEEK": 7}
_POSTS: Final[Mapping[str, tuple[str, ...]]] = {
    "spotlights": ("media_id", "description", "locale", "skip_save_to_profile"),
    "stories": ("media_id", "customized_ttl"),
    "saved_stories": ("title", "snaps"),
}
_SINGULAR: Final = {"spotlights": "spotlight", "stories": "story", "saved_stories": "saved_story"}
_FIELDS: Final = frozenset(
    [
        "SUBSCRIBERS",
        "SUBSCRIBERS_GAINED",
        "VIEWS",
        "VIEWERS",
        "STORY_VIEWS",
        "SPOTLIGHT_VIEWS",
        "AVG_VIEW_TIME_MILLIS",
        "SHARES",
        "INTERACTIONS",
    ]
)


# -------------------------------------------------------------------------------------------------- profiles


def my_profile(asked: Asked) -> Response:
    """GET /v1/public_profiles/my_profile."""
    own = core.person(asked.world, asked.user)["own"]
    profile = asked.world.get("snap.profile", own)
    if profile is None:
        raise Fail(404, "E3006", "Public profile not found")
    return success(asked, public_profile=core.shown_profile(asked, profile))


def of_organization(asked: Asked, organization_id: str) -> Response:
    """GET /v1/organizations/{id}/public_profiles: those of the organization that the person belongs to."""
    who = core.person(asked.world, asked.user)
    if who["organization"] != organization_id:
        raise Fail(403, "AUTHORIZATION_PERMISSION_DENIED", "Authorization permission denied")
    found = [asked.world.get("snap.profile", one) for one in who["brands"]]
    shown, paging = core.page(asked, [core.shown_profile(asked, one) for one in found if one])
    return success(asked, paging=paging, public_profiles=core.wrapped("public_profile", shown))


# ----------------------------------------------------------------------------------------------------- media


def create_media(asked: Asked, profile_id: str) -> Response:
    """POST /v1/public_profiles/{id}/media."""
    core.own_profile(asked, profile_id)
    body = asked.json("type", "name", "key", "iv")
    if body.get("type") not in {"VIDEO", "IMAGE"} or not body.get("name"):
        raise Fail(400, "E4002", "type must be VIDEO or IMAGE, and name must be given")
    if (len(_decoded(body.get("key"))), len(_decoded(body.get("iv")))) != (32, 16):
        raise Fail(400, "E4002", "key must be 32 and iv 16 bytes, in base64")
    media_id = core.uuid(f"media/{asked.world.serial('snap.media')}")
    made = {"profile": profile_id, "phase": "open", "parts": {}, "at": asked.now.isoformat(), **body}
    asked.world.put("snap.media", media_id, made)
    path = f"/us/v1/public_profiles/{profile_id}/media/{media_id}/multipart-upload"
    return success(asked, media_id=media_id, add_path=path, finalize_path=path)


def multipart_upload(asked: Asked, profile_id: str, media_id: str) -> Response:
    """POST {add_path} or {finalize_path}: one address, told apart by ``action``."""
    core.own_profile(asked, profile_id)
    parts = asked.multipart()
    media = asked.world.get("snap.media", media_id)
    if media is None or media["profile"] != profile_id:
        raise Fail(404, "E3006", f"media {media_id} not found")
    if parts.get("action") == b"ADD":
        return _add(asked, media_id, media, parts)
    if parts.get("action") == b"FINALIZE":
        return _finalize(asked, media_id, media)
    raise Fail(400, "E4002", "action must be ADD or FINALIZE")


def _add(asked: Asked, media_id: str, media: Mapping[str, Any], parts: Mapping[str, bytes]) -> Response:
    """A part: kept as its size and its end, never as bytes."""
    number, content = parts.get("part_number", b"").decode(), parts.get("file", b"")
    if media["phase"] != "open":
        raise Fail(400, "E4002", "the media takes no parts any more")
    if not number.isdecimal() or not 1 <= int(number) <= 35:
        raise Fail(400, "E4002", "part_number must be between 1 and 35")
    if not content or len(content) % 16 or len(content) > _PART:
        raise Fail(400, "E4002", "file must be encrypted in blocks of 16 bytes, at most 32 MB of them")
    kept = {"size": len(content), "last": content[-32:].hex()}
    asked.world.put("snap.media", media_id, {**media, "parts": {**media["parts"], number: kept}})
    return success(asked)


def _finalize(asked: Asked, media_id: str, media: Mapping[str, Any]) -> Response:
    """The end of it: the file must decrypt to something that ends as padding does."""
    if media["phase"] == "open":
        parts = media["parts"]
        if sorted(map(int, parts)) != list(range(1, len(parts) + 1)) or not parts:
            raise Fail(400, "E4002", "parts are missing")
        if not _ends_well(media, "".join(parts[str(number)]["last"] for number in range(1, len(parts) + 1))):
            raise Fail(400, "E4002", "the file cannot be decrypted with this key and iv")
        asked.world.put("snap.media", media_id, {**media, "phase": "ready"})
    return success(asked)


def _ends_well(media: Mapping[str, Any], ends: str) -> bool:
    """Whether the last block is PKCS #7 padding under the media's key; ``ends``: of all parts, in hex."""
    from cryptography.hazmat.primitives.ciphers import Cipher
    from cryptography.hazmat.primitives.ciphers.algorithms import AES256
    from cryptography.hazmat.primitives.ciphers.modes import CBC

    tail = (_decoded(media["iv"]) + bytes.fromhex(ends))[-32:]
    vector, block = tail[:16], tail[16:]
    cipher = Cipher(AES256(_decoded(media["key"])), CBC(vector)).decryptor()
    plain = cipher.update(block) + cipher.finalize()
    return bool(1 <= plain[-1] <= 16 and plain.endswith(bytes([plain[-1]]) * plain[-1]))


def _decoded(text: Any) -> bytes:
    try:
        return b64decode(str(text), validate=True)
    except binascii.Error:
        return b""


# ----------------------------------------------------------------------------------------------------- posts


def post(asked: Asked, profile_id: str, asset: str) -> Response:
    """POST /v1/public_profiles/{id}/{stories,spotlights,saved_stories}."""
    core.own_profile(asked, profile_id)
    body = asked.json(*_POSTS[asset])
    media_id, text = _checked(asset, body)
    media = asked.world.get("snap.media", media_id)
    if media is None or media["profile"] != profile_id or media["phase"] == "open":
        raise Fail(400, "E4002", "media_id is not a finished media of this profile")
    if media["phase"] == "posted":
        return _said_in_200("MEDIA_POSTING_ALREADY_IN_PROGRESS", "This media is posted already")
    if datetime.fromisoformat(media["at"]) + MEDIA_LIFE <= asked.now:
        return _said_in_200("MEDIA_EXPIRED", "The media has expired")
    if asset == "spotlights" and media["type"] != "VIDEO":
        raise Fail(400, "E4002", "a Spotlight must be a video")
    return _faults.visible(
        asked.world,
        text=text,
        key=f"snap.{media_id}",
        effect=lambda: _posted(asked, profile_id, asset, body, media_id),
        limited=lambda: Fail(429, "E4290", "Too many requests").response(),
        expired=unauthorized().response,
        rejected=lambda: Fail(400, "E4002", "The description is not allowed").response(),
        broken=lambda: Response(503, {"content-type": "text/html"}, b"<h1>Service unavailable</h1>"),
    )


def _checked(asset: str, body: Mapping[str, Any]) -> tuple[str, str]:
    """The media and the words of a post. Raises Fail."""
    snaps = body.get("snaps") if asset == "saved_stories" else [body]
    if not isinstance(snaps, list) or len(snaps) != 1 or not isinstance(snaps[0], dict) or "media_id" not in snaps[0]:
        raise Fail(400, "E4002", "media_id is required")
    text = str(body.get("title" if asset == "saved_stories" else "description") or "")
    most = 45 if asset == "saved_stories" else 160
    if len(text) > most:
        raise Fail(400, "E4002", f"The text exceeds the maximum length of {most} characters")
    if asset == "saved_stories" and not text:
        raise Fail(400, "E4002", "title is required")
    if asset == "spotlights" and not body.get("locale"):
        raise Fail(400, "E4002", "locale is required")
    if body.get("customized_ttl", "ONE_DAY") not in _TTLS:
        raise Fail(400, "E4002", "customized_ttl is not known")
    return str(snaps[0]["media_id"]), text


def _posted(asked: Asked, profile_id: str, asset: str, body: Mapping[str, Any], media_id: str) -> Response:
    world = asked.world
    number = world.serial("snap.post")
    asset_id = _spotlight_id(number) if asset == "spotlights" else core.uuid(f"post/{number}")
    made = {
        "id": asset_id,
        "asset": asset,
        "text": str(body.get("title") or body.get("description") or ""),
        "at": asked.now.isoformat(),
        "days": _TTLS[body.get("customized_ttl", "ONE_DAY")],
    }
    world.put("snap.post", asset_id, made)
    ids = (world.get("snap.posts", profile_id) or {"ids": []})["ids"]
    world.put("snap.posts", profile_id, {"ids": [*ids, asset_id][-core.KEPT :]})
    world.put("snap.media", media_id, {**(world.get("snap.media", media_id) or {}), "phase": "posted"})
    if asset == "stories":
        return success(asked)
    return success(asked, **{f"{_SINGULAR[asset]}_id": asset_id})


def _spotlight_id(number: int) -> str:
    """In the form of Snapchat's examples: 59 characters of URL-safe base64."""
    digest = sha256(f"spotlight/{number}".encode()).digest() * 2
    return "W7_" + urlsafe_b64encode(digest).decode()[:56]


def listed(asked: Asked, profile_id: str, asset: str) -> Response:
    """GET the profile's posts of a kind, newest first. Stories are there while they last."""
    core.own_profile(asked, profile_id)
    found = [_shown(asked, one) for one in reversed(live(asked, profile_id)) if one["asset"] == asset]
    shown, paging = core.page(asked, found)
    return success(asked, paging=paging, **{asset: core.wrapped(_SINGULAR[asset], shown)})


def live(asked: Asked, profile_id: str) -> list[dict[str, Any]]:
    """The profile's posts that have not run out, oldest first."""
    ids = (asked.world.get("snap.posts", profile_id) or {"ids": []})["ids"]
    posts = [one for asset_id in ids if (one := asked.world.get("snap.post", asset_id))]
    return [one for one in posts if not _gone(one, asked.now)]


def _gone(one: Mapping[str, Any], now: datetime) -> bool:
    at = datetime.fromisoformat(one["at"])
    return one["asset"] == "stories" and bool(at + STORY_LIFE * one["days"] <= now)


def _shown(asked: Asked, one: Mapping[str, Any]) -> dict[str, Any]:
    at = datetime.fromisoformat(one["at"])
    shown = {"id": one["id"], "created_at": core.stamp(at), "updated_at": core.stamp(at), "status": "LIVE"}
    if one["asset"] == "spotlights":
        return {**shown, "status": status_of(one, asked.now), "description": one["text"]}
    return {**shown, "title": one["text"]} if one["asset"] == "saved_stories" else shown


def status_of(one: Mapping[str, Any], now: datetime) -> str:
    """Where a Spotlight's review is. ``[[sandbox:review_rejected]]`` in its words makes the review say no."""
    if datetime.fromisoformat(one["at"]) + REVIEW > now:
        return "SUBMITTED"
    return "REJECTED" if "[[sandbox:review_rejected]]" in one["text"] else "LIVE"


def _said_in_200(code: str, message: str) -> Response:
    return Fail(200, code, message).response()


# ----------------------------------------------------------------------------------------------------- figures


def profile_stats(asked: Asked, profile_id: str) -> Response:
    """GET /v1/public_profiles/{id}/stats."""
    profile = core.own_profile(asked, profile_id)
    if asked.query.get("assetType") not in {"PROFILE", "STORY", "SPOTLIGHT", "SAVED_STORY"}:
        raise Fail(400, "E4002", "assetType is required")
    since = datetime.fromisoformat(profile["created_at"])
    sums = [_counts(one, asked.now) for one in live(asked, profile_id)]
    total = {name: sum(one[name] for one in sums) for name in ("VIEWS", "VIEWERS", "SHARES", "INTERACTIONS")}
    count = _alive.followers(profile_id, since, asked.now)
    gained = count - _alive.followers(profile_id, since, since)
    counts = {**total, "STORY_VIEWS": total["VIEWS"], "SUBSCRIBERS": count, "SUBSCRIBERS_GAINED": gained}
    return _stats(
        asked, profile_id, "PROFILE", {**counts, "AVG_VIEW_TIME_MILLIS": 3200, "SPOTLIGHT_VIEWS": total["VIEWS"]}
    )


def asset_stats(asked: Asked, profile_id: str, asset: str, asset_id: str) -> Response:
    """GET /v1/public_profiles/{id}/{asset}/{asset_id}/stats."""
    core.own_profile(asked, profile_id)
    one = asked.world.get("snap.post", asset_id)
    if one is None or one["asset"] != asset:
        raise Fail(404, "E3006", f"{_SINGULAR[asset]} {asset_id} not found")
    return _stats(asked, asset_id, _SINGULAR[asset].upper(), _counts(one, asked.now))


def _counts(one: Mapping[str, Any], now: datetime) -> dict[str, int]:
    got = _alive.reception(one["id"], datetime.fromisoformat(one["at"]), now)
    return {
        "VIEWS": got.views,
        "VIEWERS": got.reach,
        "SHARES": got.shares,
        "INTERACTIONS": got.likes + got.shares,
        "AVG_VIEW_TIME_MILLIS": 2500 + _alive.luck(one["id"], 3000),
    }


def _stats(asked: Asked, asset_id: str, kind: str, counts: Mapping[str, int]) -> Response:
    names = [name for name in asked.query.get("fields", "").split(",") if name]
    if asked.query.get("granularity") not in {"DAY", "HOUR", "TOTAL", "LIFETIME"}:
        raise Fail(400, "E4002", "granularity must be DAY, HOUR, TOTAL or LIFETIME")
    if not names or set(names) - _FIELDS:
        raise Fail(400, "E4002", f"fields must be some of {', '.join(sorted(_FIELDS))}")
    fields = [{"field": name, "stats": [{"value": counts[name]}]} for name in names if name in counts]
    series = {"granularity": asked.query["granularity"], "fields": fields}
    return success(asked, assets=[{"assetId": asset_id, "assetType": kind, "timeseries": [series]}])
