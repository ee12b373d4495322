"""Files on their way to a post: a lease from Reddit, then one form to the storage service that the lease names.

Nothing of it is visible. A lease is good for a short while (no number is published): when the storage service refuses
it, another is taken. Source: PRAW 8.0.3 praw/models/media.py; 2026-11-22.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from shared.domain.content import MediaFacts, MediaFile, MediaType
from shared.platforms import _multipart
from shared.platforms.contract import Call, Refused
from shared.platforms.reddit import api, errors
from shared.ports.http import AnswerLost

LEASE: Final = "/api/media/asset.json"
STORAGE: Final = ".s3-accelerate.amazonaws.com"
_FRESH_SECONDS: Final = 86_400  # an upload that is not posted within a day is made again
_MOST_LEASES: Final = 5
_EXTENSIONS: Final = {"image/jpeg": "jpg", "image/png": "png", "image/gif": "gif", "video/mp4": "mp4"}


def step(call: Call, file: MediaFile, item: Mapping[str, Any] | None, tag: str) -> dict[str, Any]:
    """The next step of one file: take a lease, or use it. Raises Refused, AnswerLost, NotSent."""
    if item is None or item["phase"] != "leased":
        return _leased(call, file, 1)
    return _uploaded(call, file, item, tag)


def is_ready(item: Mapping[str, Any] | None, now: float) -> bool:
    """Whether it is uploaded, and not too long ago."""
    return item is not None and item["phase"] == "ready" and now < float(item["at"]) + _FRESH_SECONDS


def poster() -> MediaFile:
    """A plain grey picture: Reddit wants a poster with each video, and shows its own frame once it has one."""
    data = _png(640, 360, 0x80)
    facts = MediaFacts(MediaType.IMAGE, "image/png", len(data), 640, 360)
    return MediaFile(facts, "", lambda start, length: data[start : start + length])


def _leased(call: Call, file: MediaFile, count: int) -> dict[str, Any]:
    kind = file.facts.content_type
    name = f"upload.{_EXTENSIONS.get(kind, 'mov')}"
    answer = api.post(call, LEASE, {"filepath": name, "mimetype": kind})
    lease, asset = answer.get("args") or {}, answer.get("asset") or {}
    action = "https:" + str(lease.get("action", "")).removeprefix("https:")
    fields = {str(field["name"]): str(field["value"]) for field in lease.get("fields") or ()}
    if not asset.get("asset_id") or not fields.get("key"):
        raise AnswerLost("a lease without an id or a key")
    host = urlsplit(action).hostname or ""
    if not (host.startswith("reddit-uploaded-") and host.endswith(STORAGE)):
        raise AnswerLost(f"a lease for {host}, where Reddit keeps no uploads")
    return {
        "phase": "leased",
        "asset": str(asset["asset_id"]),
        "action": action,
        "fields": fields,
        "name": name,
        "count": count,
    }


def _uploaded(call: Call, file: MediaFile, item: Mapping[str, Any], tag: str) -> dict[str, Any]:
    request = _multipart.upload(str(item["action"]), item["fields"], file, str(item["name"]), tag)
    response = call.http.send(request)
    if not 200 <= response.status < 300:
        refused = errors.refusal(response, call.now)
        if _is_stale(refused) and int(item["count"]) < _MOST_LEASES:
            return _leased(call, file, int(item["count"]) + 1)
        raise refused
    address = f"{item['action']}/{item['fields']['key']}"
    return {"phase": "ready", "asset": item["asset"], "url": address, "at": call.now.timestamp()}


def _is_stale(refused: Refused) -> bool:
    """The storage service takes this lease no more (403: its policy has run out)."""
    return refused.status == 403


def _png(width: int, height: int, grey: int) -> bytes:
    """A picture of one grey, 8 bits."""
    rows = (b"\x00" + bytes([grey]) * width) * height
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
