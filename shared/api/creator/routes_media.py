"""Media: the routes, as data."""

from __future__ import annotations

from typing import Any

from shared.api.creator.routes_posts import BASE
from shared.api.engine.routes import Route, Upload

_HANDLERS = "shared.api.creator.handlers_media:"
_MODELS = "shared.api.creator.models_media:"
_FIND = ("media.not_found",)
_KEYED = ("idempotency.key_reused", "idempotency.in_progress")
_LOOKED_AT = (
    "media.empty",
    "media.broken",
    "media.too_many_pixels",
    "media.unsupported_type",
    "validation.media_type_mismatch",
    "account.unsupported_platform",
    "billing.storage_quota",
    "system.blobs_unavailable",
)
_MEDIA_ID = "med_01KB2M3N4P5Q6R7S8T9V0W1X2Y"
_FILE: dict[str, Any] = {
    "media_id": _MEDIA_ID,
    "type": "image",
    "status": "ready",
    "dimensions": {"width": 1200, "height": 628},
    "alt_text": "The new menu on a table",
    "platform_compatibility": {
        "instagram": {
            "compatible": False,
            "optimized": False,
            "kinds": [],
            "reason": "Media format not supported",
            "suggestion": "Convert to image/jpeg",
        }
    },
    "created_at": "2026-11-22T12:00:00Z",
}

MEDIA: tuple[Route, ...] = (
    Route(
        "POST",
        f"{BASE}/media/upload",
        f"{_HANDLERS}upload",
        "Upload a file of at most 50 MB, and learn where it fits",
        {201: f"{_MODELS}MediaResponse"},
        scope="media:write",
        body=f"{_MODELS}UploadFields",
        upload=Upload(
            "file", 50_000_000, "media.too_large", "Larger files go to GET /v1/media/upload-url.", with_fields=True
        ),
        errors=("media.too_large", *_LOOKED_AT, *_KEYED),
        idempotency="claim",
        location=f"{BASE}/media/{{media_id}}",
        example={"file": "the bytes of photo.jpg"},
        answer_example=_FILE,
    ),
    Route(
        "GET",
        f"{BASE}/media/{{media_id}}",
        f"{_HANDLERS}get",
        "One file",
        {200: f"{_MODELS}MediaResponse"},
        scope="media:read",
        errors=_FIND,
        answer_example=_FILE,
    ),
    Route(
        "DELETE",
        f"{BASE}/media/{{media_id}}",
        f"{_HANDLERS}delete",
        "Delete a file and its thumbnails",
        {204: None},
        scope="media:write",
        errors=(*_FIND, "media.in_use"),
    ),
)
