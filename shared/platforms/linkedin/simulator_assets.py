"""The simulated LinkedIn's files: announced, PUT in parts, finalized, processed for a while, then available.

An asset belongs to the account that announced it; its addresses end after a day. Processing takes 1 s for an image, 3 s for
a document, 4 s and one more per 20 MB for a video, of the world's clock; a file that begins with ``corrupt`` fails in it.
Of a file only its size and beginning are kept. Reading an asset's state takes a scope that reads.
Source: learn.microsoft.com/en-us/linkedin/marketing/community-management/shares (images-api, videos-api, documents-api),
2026-11-22.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final

from shared.platforms.contract import World
from shared.platforms.linkedin import limits
from shared.platforms.linkedin.simulator_access import check_author, check_reader
from shared.platforms.linkedin.simulator_wire import (
    Asked,
    Denied,
    answer,
    decoded,
    epoch,
    forbidden,
    invalid,
    missing,
    ms,
    refused,
    secret,
)
from shared.platforms.linkedin.simulator_wire import number as new_number
from shared.ports.http import Response

UPLOAD_SECONDS: Final = 86_400
_UPLOADS: Final = "https://www.linkedin.com/dms-uploads/"
_SINGULAR: Final = {"images": "image", "videos": "video", "documents": "document"}
_MOST: Final = {"image": 50 * limits.MB, "video": 5000 * limits.MB, "document": 100 * limits.MB}
_MAGIC: Final = {"image": (b"\xff\xd8\xff", b"\x89PNG", b"GIF8"), "document": (b"%PDF", b"PK", b"\xd0\xcf")}


def initialize(asked: Asked, resource: str) -> Response:
    """POST /rest/{images,videos,documents}?action=initializeUpload."""
    wanted = asked.json("initializeUploadRequest").get("initializeUploadRequest")
    kind = _SINGULAR[resource]
    known = {"owner", "mediaLibraryMetadata"} | (
        {"fileSizeBytes", "uploadCaptions", "uploadThumbnail"} if kind == "video" else set()
    )
    if not isinstance(wanted, dict) or set(wanted) - known or not wanted.get("owner"):
        return invalid("MISSING_FIELD", "ERROR :: /owner :: field is required but not found")
    check_author(asked, str(wanted["owner"]), resource)
    size = wanted.get("fileSizeBytes", 0)
    if kind == "video" and not (isinstance(size, int) and 0 < size <= _MOST["video"]):
        return invalid("INVALID_VALUE_FOR_FIELD", "fileSizeBytes must lie within 1 and 5 GB")
    urn = f"urn:li:{kind}:D4E10AQ{sha256(str(new_number(asked.world)).encode()).hexdigest()[:12]}"
    asset = {
        "urn": urn,
        "kind": kind,
        "owner": wanted["owner"],
        "key": secret(asked.world, "upload"),
        "size": size,
        "parts": {},
        "state": "WAITING_UPLOAD",
        "corrupt": False,
        "until": epoch(asked.world.now) + UPLOAD_SECONDS,
        "done": 0.0,
    }
    asked.world.put("li.asset", urn, asset)
    asked.world.put("li.upload", str(asset["key"]), {"urn": urn})
    return answer(200, {"value": _announced(asset, ms(asked.world.now) + UPLOAD_SECONDS * 1000)})


def _announced(asset: Mapping[str, Any], ends: int) -> dict[str, Any]:
    kind, address = str(asset["kind"]), f"{_UPLOADS}{asset['key']}"
    if kind != "video":
        return {
            "uploadUrlExpiresAt": ends,
            "uploadUrl": f"{address}/uploaded-{kind}/0?ca=vector_feedshare&cn=uploads",
            kind: asset["urn"],
        }
    parts = []
    for index, first in enumerate(range(0, int(asset["size"]), limits.PART)):
        last = min(first + limits.PART, int(asset["size"])) - 1
        parts.append({"uploadUrl": f"{address}/uploadedVideo/{index}?sau=part", "lastByte": last, "firstByte": first})
    return {"uploadUrlsExpireAt": ends, "video": asset["urn"], "uploadInstructions": parts, "uploadToken": ""}


def put(asked: Asked) -> Response:
    """PUT to an address of an upload: images and documents need the token beside it."""
    key, _, rest = asked.path.removeprefix("/dms-uploads/").partition("/")
    held = asked.world.get("li.upload", key)
    asset = asked.world.get("li.asset", str(held["urn"])) if held else None
    if not asset or asset["until"] <= epoch(asked.world.now):
        return invalid("EXPIRED_UPLOAD_URL", "The upload URL is expired")
    if asset["kind"] != "video" and not asked.headers.get("authorization", "").startswith("Bearer "):
        return refused(401, "EMPTY_ACCESS_TOKEN", "Empty oauth2 access token", 65604)
    part = rest.rpartition("/")[2]
    if not asked.body or len(asked.body) > (limits.PART if asset["kind"] == "video" else _MOST[str(asset["kind"])]):
        return invalid("ILLEGAL_ARGUMENT", "The part is empty or larger than was announced")
    parts = {**asset["parts"], part: len(asked.body)}
    known = {**asset, "parts": parts, "corrupt": asset["corrupt"] or asked.body.startswith(b"corrupt")}
    etag = _etag(key, part)
    if asset["kind"] != "video":
        bad = not asked.body.startswith(_MAGIC[str(asset["kind"])]) and not known["corrupt"]
        known |= {
            "state": "PROCESSING",
            "done": epoch(asked.world.now),
            "size": len(asked.body),
            "corrupt": bad or known["corrupt"],
        }
    asked.world.put("li.asset", str(asset["urn"]), known)
    return answer(201 if asset["kind"] != "video" else 200, etag=etag)


def _etag(key: str, part: str) -> str:
    return "/ambry-video/signedId/" + sha256(f"{key}.{part}".encode()).hexdigest()[:24]


def finalize(asked: Asked) -> Response:
    """POST /rest/videos?action=finalizeUpload."""
    wanted = asked.json("finalizeUploadRequest").get("finalizeUploadRequest")
    if not isinstance(wanted, dict) or set(wanted) != {"video", "uploadToken", "uploadedPartIds"}:
        return invalid(
            "MISSING_FIELD", "ERROR :: /finalizeUploadRequest :: video, uploadToken and uploadedPartIds are required"
        )
    asset = asked.world.get("li.asset", str(wanted["video"]))
    if not asset or asset["kind"] != "video":
        return invalid("INVALID_VIDEO_ID", "This Video ID is invalid")
    check_author(asked, str(asset["owner"]), "videos")
    expected = [_etag(str(asset["key"]), str(index)) for index in range(-(-int(asset["size"]) // limits.PART))]
    if sum(asset["parts"].values()) < int(asset["size"]):
        return invalid("MEDIA_ASSET_WAITING_UPLOAD", "Media asset is waiting upload")
    if wanted["uploadedPartIds"] != expected:
        return invalid("INVALID_VALUE_FOR_FIELD", "uploadedPartIds does not match the uploaded parts")
    if asset["state"] == "WAITING_UPLOAD":
        asked.world.put("li.asset", str(asset["urn"]), {**asset, "state": "PROCESSING", "done": epoch(asked.world.now)})
    return answer(200)


def show(asked: Asked, resource: str, urn: str) -> Response:
    """GET /rest/{images,videos,documents}/{urn}."""
    asset = asked.world.get("li.asset", decoded(urn))
    if not asset or asset["kind"] != _SINGULAR[resource]:
        return missing(f"{_SINGULAR[resource]} {decoded(urn)}")
    check_reader(asked, str(asset["owner"]), f"{resource}.GET.NO_VERSION")
    status = state_of(asked.world, asset)
    body = {"owner": asset["owner"], "id": asset["urn"], "status": status}
    if status == "PROCESSING_FAILED":
        body["processingFailureReason"] = "The file could not be read"
    return answer(200, body)


def state_of(world: World, asset: Mapping[str, Any]) -> str:
    """WAITING_UPLOAD, PROCESSING, AVAILABLE or PROCESSING_FAILED at this instant."""
    if asset["state"] != "PROCESSING":
        return str(asset["state"])
    needed = {"image": 1.0, "document": 3.0, "video": 4 + int(asset["size"]) / (20 * limits.MB)}[str(asset["kind"])]
    if epoch(world.now) - float(asset["done"]) < needed:
        return "PROCESSING"
    return "PROCESSING_FAILED" if asset["corrupt"] else "AVAILABLE"


def attachable(asked: Asked, urn: str, author: str, kinds: tuple[str, ...]) -> None:
    """Raises Denied where the asset is not the author's, of another kind, or not ready."""
    asset = asked.world.get("li.asset", urn)
    if not asset or asset["kind"] not in kinds:
        raise Denied(invalid("INVALID_URN_ID", f"{urn} is not a valid asset"))
    if asset["owner"] != author:
        raise Denied(forbidden(f"asset {urn}"))
    state = state_of(asked.world, asset)
    if state == "PROCESSING_FAILED":
        raise Denied(invalid("MEDIA_ASSET_PROCESSING_FAILED", "Media asset failed processing"))
    if state == "WAITING_UPLOAD" or (state == "PROCESSING" and asset["kind"] == "video"):
        raise Denied(invalid("MEDIA_ASSET_WAITING_UPLOAD", "Media asset is waiting upload"))
