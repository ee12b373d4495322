"""The simulated Reddit's uploads: a lease, then a form to the storage service, whose fields must come back as leased.

A lease is good for an hour (Reddit publishes no number). Of a file only its size is kept.
"""

from __future__ import annotations

from typing import Any, Final

from shared.platforms.contract import World
from shared.platforms.reddit.simulator_wire import Asked, answer, base36, epoch, plain, secret
from shared.ports.http import Response

LEASE_SECONDS: Final = 3600
MEDIA_HOST: Final = "reddit-uploaded-media.s3-accelerate.amazonaws.com"
VIDEO_HOST: Final = "reddit-uploaded-video.s3-accelerate.amazonaws.com"
_MB: Final = 1024 * 1024
_MOST: Final = {"image": 20 * _MB, "video": 1024 * _MB}
_TYPES: Final = ("image/jpeg", "image/png", "image/gif", "video/mp4", "video/quicktime")


def lease(asked: Asked) -> Response:
    """POST /api/media/asset.json."""
    form = asked.form("filepath mimetype")
    kind = form.get("mimetype", "")
    if not form.get("filepath") or kind not in _TYPES:
        return plain(400, "Bad Request")
    asset = base36(36**12 + int(secret(asked.world, "asset")[:15], 16))
    video = kind.startswith("video/")
    key = asset if video else f"rte_images/{asset}"
    fields = {
        "acl": "private",
        "key": key,
        "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
        "X-Amz-Date": asked.world.now.strftime("%Y%m%dT%H%M%SZ"),
        "success_action_status": "201",
        "content-type": kind,
        "x-amz-storage-class": "STANDARD",
        "x-amz-meta-ext": kind.rpartition("/")[2],
        "policy": secret(asked.world, "policy"),
        "X-Amz-Signature": secret(asked.world, "signature"),
    }
    host = VIDEO_HOST if video else MEDIA_HOST
    kept = {"user": asked.user_id, "type": kind, "host": host, "fields": fields, "size": 0}
    asked.world.put("reddit.asset", asset, {**kept, "until": epoch(asked.world) + LEASE_SECONDS})
    shown = [{"name": name, "value": value} for name, value in fields.items()]
    about = {
        "asset_id": asset,
        "processing_state": "incomplete",
        "payload": {"filepath": form["filepath"]},
        "websocket_url": f"wss://ws-0a1b2c3d.wss.redditmedia.com/{key}?m=AQAA",
    }
    return answer({"args": {"action": f"//{host}", "fields": shown}, "asset": about})


def store(asked: Asked) -> Response:
    """POST to the storage service: all fields of the lease, then the file."""
    parts = asked.multipart()
    fields = {name: value.decode("utf-8", "replace") for name, value in parts.items() if name != "file"}
    asset = asked.world.get("reddit.asset", fields.get("key", "").rpartition("/")[2])
    if not asset or asset["fields"] != fields or asset["host"] != asked.host:
        return _xml(403, "AccessDenied", "Invalid according to Policy: Policy Condition failed")
    if asset["until"] < epoch(asked.world):
        return _xml(403, "AccessDenied", "Invalid according to Policy: Policy expired.")
    if "file" not in parts or list(parts)[-1] != "file":
        return _xml(400, "InvalidArgument", "POST requires exactly one file upload per request.")
    size = len(parts["file"])
    if size > _MOST[str(asset["type"]).partition("/")[0]]:
        return _xml(400, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size")
    asked.world.put("reddit.asset", fields["key"].rpartition("/")[2], {**asset, "size": size})
    body = f"<PostResponse><Location>https://{asked.host}/{fields['key']}</Location></PostResponse>"
    return Response(201, {"content-type": "application/xml"}, body.encode())


def stored(world: World, user_id: str, asset_id: str, kind: str) -> dict[str, Any] | None:
    """An upload of this person and this kind (image, video) whose file has arrived; None otherwise."""
    asset = world.get("reddit.asset", asset_id) if asset_id.isalnum() else None
    right = asset and asset["user"] == user_id and asset["size"] and str(asset["type"]).startswith(f"{kind}/")
    return asset if right else None


def at_url(world: World, user_id: str, url: str, kind: str) -> dict[str, Any] | None:
    """The same, by the address that the form names."""
    asset = stored(world, user_id, url.rpartition("/")[2], kind)
    return asset if asset and url == f"https://{asset['host']}/{asset['fields']['key']}" else None


def _xml(status: int, code: str, message: str) -> Response:
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{code}</Code><Message>{message}</Message></Error>'
    return Response(status, {"content-type": "application/xml"}, body.encode())
