"""What the simulated YouTube keeps: channels, videos (broadcasts are videos too), and who comments under them.

State: ``yt.person/{id}`` (the channel; ``yt.handle`` finds it), ``yt.video/{id}``, ``yt.videos/{channel}`` (the last 300),
``yt.session/{id}``, ``yt.streams/{channel}``, ``yt.comment/{id}``, ``yt.said/{video}`` (comments that were written),
``yt.fate/{comment}`` (what became of one), ``yt.playlist/{id}``, ``yt.playlists/{channel}``, ``yt.caption/{video}``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from shared.platforms import _alive, _faults
from shared.platforms._google.simulator import Denied, error
from shared.platforms._google.simulator_oauth import Accounts
from shared.platforms.contract import World
from shared.platforms.youtube import wire
from shared.ports.http import Response

KEPT: Final = 300
SCOPE: Final = "https://www.googleapis.com/auth/"
SCOPES: Final = tuple(
    SCOPE + name
    for name in ("youtube", "youtube.force-ssl", "youtube.readonly", "youtube.upload", "yt-analytics.readonly")
)
_SIGNS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def token(seed: str, length: int) -> str:
    """So many characters as YouTube's ids have them, the same for the same seed."""
    number = int(sha256(seed.encode()).hexdigest(), 16)
    return "".join(_SIGNS[number >> (6 * place) & 63] for place in range(length))


def person(world: World, name: str) -> dict[str, Any]:
    """The channel of the simulated person of that name, made at first sight."""
    handle = re.sub(r"[^a-z0-9._-]", "_", name.lower())[:30] or "someone"
    known = world.get("yt.handle", handle)
    if known:
        return world.get("yt.person", str(known["id"])) or {}
    tail = token(f"channel/{handle}", 22)
    channel = {
        "id": "UC" + tail,
        "uploads": "UU" + tail,
        "handle": handle,
        "title": handle.replace("_", " ").title(),
        "created_at": world.now.isoformat(),
    }
    world.put("yt.handle", handle, {"id": channel["id"]})
    world.put("yt.person", str(channel["id"]), channel)
    return channel


ACCOUNTS: Final = Accounts("yt", person, SCOPES)


def new_video(world: World, channel: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """A video of the channel: ``snippet`` and ``status`` as they were given, and what belongs to a file or a broadcast."""
    video_id = token(f"video/{world.serial('yt.video')}/{channel}", 11)
    video = {"id": video_id, "channel": channel, "at": world.now.isoformat(), **fields}
    world.put("yt.video", video_id, video)
    ids = (world.get("yt.videos", channel) or {"ids": []})["ids"]
    for old in ids[: max(0, len(ids) + 1 - KEPT)]:
        world.delete("yt.video", old)
    world.put("yt.videos", channel, {"ids": [*ids, video_id][-KEPT:]})
    return video


def videos(world: World, channel: str) -> list[dict[str, Any]]:
    """The channel's videos, oldest first."""
    ids = (world.get("yt.videos", channel) or {"ids": []})["ids"]
    return [video for video in (world.get("yt.video", one) for one in ids) if video]


def video_of(world: World, video_id: str, channel: str = "") -> dict[str, Any] | None:
    """A video that this channel may see: its own, or one that is not private."""
    video = world.get("yt.video", video_id) if re.fullmatch(r"[A-Za-z0-9_-]{1,40}", video_id) else None
    if not video or (video["channel"] != channel and privacy(world, video) == "private"):
        return None
    return video


def privacy(world: World, video: Mapping[str, Any]) -> str:
    """Who may see it now: YouTube itself publishes at ``publishAt``."""
    status = video["status"]
    due = wire.instant(status["publishAt"]) if status.get("publishAt") else None
    return "public" if due and due <= world.now else str(status.get("privacyStatus", "public"))


def went_public(world: World, video: Mapping[str, Any]) -> datetime:
    """Since when the public sees it."""
    due = wire.instant(video["status"].get("publishAt") or "")
    return due if due and due <= world.now else at(video)


def at(thing: Mapping[str, Any]) -> datetime:
    """When it was made."""
    return datetime.fromisoformat(str(thing["at"]))


def upload_status(world: World, video: Mapping[str, Any]) -> tuple[str, str]:
    """How far the file is, and why not further. It takes 4 seconds and one more per 20 MB."""
    file = video.get("file")
    if not file:
        return "uploaded", ""
    if file["corrupt"]:
        return "failed", "invalidFile"
    needed = 4 + int(file["size"]) / 20_000_000
    return ("processed" if (world.now - at(video)).total_seconds() >= needed else "uploaded"), ""


def is_shown(world: World, video: Mapping[str, Any]) -> bool:
    """Whether followers see it: public, or public by now, and not failed."""
    return privacy(world, video) == "public" and upload_status(world, video)[0] in {"uploaded", "processed"}


def reception(world: World, video: Mapping[str, Any]) -> _alive.Reception:
    """How the video does."""
    return _alive.reception(f"yt/{video['id']}", went_public(world, video), world.now)


def missing(reason: str, message: str, domain: str = "youtube.video") -> Denied:
    """A 404."""
    return Denied(error(404, reason, message, domain))


def wrong(reason: str, message: str, domain: str = "youtube.video") -> Denied:
    """A 400."""
    return Denied(error(400, reason, message, domain))


def broken() -> Response:
    """YouTube's own trouble."""
    return error(503, "backendError", "The service is currently unavailable.", "global")


def limited() -> Response:
    """Too many requests; when to come back, as Google's front ends say it."""
    refused = error(403, "rateLimitExceeded", "Rate Limit Exceeded", "usageLimits")
    return Response(refused.status, {**refused.headers, "retry-after": str(_faults.LIMITED_SECONDS)}, refused.body)
