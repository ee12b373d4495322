"""The simulated Pinterest's video uploads: registered, sent to the storage service, then processed.

Processing takes 3 seconds and one more per 50 MB; a file that begins with ``corrupt`` fails in it. A registration is good
for an hour (Pinterest names no number). Of a file only its size and beginning are kept.
"""

from __future__ import annotations

from typing import Any, Final

from shared.platforms.contract import World
from shared.platforms.pinterest.simulator_wire import Asked, answer, epoch, invalid, new_id, refused, secret
from shared.ports.http import Response

HOST: Final = "pinterest-media-upload.s3-accelerate.amazonaws.com"
_UNTIL_SECONDS: Final = 3600
_MOST_BYTES: Final = 2 * 1024 * 1024 * 1024


def register(asked: Asked) -> Response:
    """POST /v5/media."""
    if asked.fields("media_type").get("media_type") != "video":
        return invalid("'media_type' is not one of ['video']")
    world, media_id = asked.world, new_id(asked.world, 5)
    parameters = {
        "x-amz-date": world.now.strftime("%Y%m%dT%H%M%SZ"),
        "x-amz-signature": secret(world, "signature"),
        "x-amz-security-token": secret(world, "token"),
        "x-amz-algorithm": "AWS4-HMAC-SHA256",
        "key": f"uploads/{secret(world, 'key')[:32]}:video:{media_id}",
        "policy": secret(world, "policy"),
        "x-amz-credential": "ASIA/20261122/us-east-1/s3/aws4_request",
        "Content-Type": "multipart/form-data",
    }
    kept = {"user": asked.user_id, "parameters": parameters, "until": epoch(world) + _UNTIL_SECONDS, "ready_at": None}
    world.put("pinterest.media", media_id, {**kept, "corrupt": False})
    shown = {"media_id": media_id, "media_type": "video", "upload_url": f"https://{HOST}/"}
    return answer({**shown, "upload_parameters": parameters}, 201)


def store(asked: Asked) -> Response:
    """POST to the storage service: all parameters of the registration, then the file."""
    parts = asked.multipart()
    fields = {name: value.decode("utf-8", "replace") for name, value in parts.items() if name != "file"}
    media_id = fields.get("key", "").rpartition(":")[2]
    media = asked.world.get("pinterest.media", media_id) if media_id.isdecimal() else None
    if not media or media["parameters"] != fields or media["until"] < epoch(asked.world):
        return _xml(403, "AccessDenied", "Invalid according to Policy: Policy Condition failed")
    if "file" not in parts or list(parts)[-1] != "file":
        return _xml(400, "InvalidArgument", "POST requires exactly one file upload per request.")
    size = len(parts["file"])
    if size > _MOST_BYTES:
        return _xml(400, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size")
    ready = epoch(asked.world) + 3 + size // (50 * 1024 * 1024)
    corrupt = parts["file"].startswith(b"corrupt")
    asked.world.put("pinterest.media", media_id, {**media, "ready_at": ready, "corrupt": corrupt})
    return Response(204, {}, b"")


def status(asked: Asked, media_id: str) -> Response:
    """GET /v5/media/{media_id}."""
    media = asked.world.get("pinterest.media", media_id)
    if not media or media["user"] != asked.user_id:
        return refused(404, 404, "Media not found.")
    return answer({"media_id": media_id, "media_type": "video", "status": _status(asked.world, media)})


def usable(world: World, user_id: str, media_id: str) -> bool:
    """Whether a Pin can be made of it."""
    media = world.get("pinterest.media", media_id) if media_id.isdecimal() else None
    return bool(media and media["user"] == user_id and _status(world, media) == "succeeded")


def _status(world: World, media: dict[str, Any]) -> str:
    if media["ready_at"] is None:
        return "registered"
    if epoch(world) < media["ready_at"]:
        return "processing"
    return "failed" if media["corrupt"] else "succeeded"


def _xml(status: int, code: str, message: str) -> Response:
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{code}</Code><Message>{message}</Message></Error>'
    return Response(status, {"content-type": "application/xml"}, body.encode())
