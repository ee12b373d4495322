"""The media library: the routes, as data."""

from __future__ import annotations

from typing import Any

from shared.api.engine.routes import Route, Upload

_HANDLERS = "shared.api.v1.handlers_media:"
_MODELS = "shared.api.v1.models_media:"
_FIND = ("media.not_found",)
_KEYED = ("idempotency.key_reused", "idempotency.in_progress")
_LOOKED_AT = (  # what a file may turn out to be
    "media.empty",
    "media.broken",
    "media.too_many_pixels",
    "media.unsupported_type",
    "validation.media_type_mismatch",
    "system.blobs_unavailable",
)
_MEDIA_ID = "med_01KB2M3N4P5Q6R7S8T9V0W1X2Y"
_FILE: dict[str, Any] = {
    "id": _MEDIA_ID,
    "filename": "photo.jpg",
    "content_type": "image/jpeg",
    "size_bytes": 482113,
    "status": "ready",
    "created_at": "2026-11-22T12:00:00Z",
    "width": 1080,
    "height": 1350,
}

ROUTES = (
    Route(
        "GET",
        "/v1/media",
        f"{_HANDLERS}list_",
        "Ready files, newest first",
        {200: f"{_MODELS}MediaListResponse"},
        scope="media:read",
        query=f"{_MODELS}ListMediaQuery",
        errors=("validation.field_invalid", "validation.cursor_invalid"),
        answer_example={"data": [_FILE], "count": 1},
    ),
    Route(
        "GET",
        "/v1/media/upload-url",
        f"{_HANDLERS}upload_url",
        "An address that takes a file directly, for files over 50 MB",
        {200: f"{_MODELS}MediaUploadInfoResponse"},
        scope="media:write",
        query=f"{_MODELS}UploadUrlQuery",
        errors=("validation.field_required", "media.unsupported_type", "billing.storage_quota"),
        description="PUT the bytes to `upload_url` with exactly the `headers` of the answer, within 15 minutes, then verify.",
    ),
    Route(
        "POST",
        "/v1/media/upload",
        f"{_HANDLERS}upload",
        "Upload a file of at most 50 MB through the API",
        {201: f"{_MODELS}MediaUploadResponse"},
        scope="media:write",
        upload=Upload("file", 50_000_000, "media.too_large", "Larger files go to GET /v1/media/upload-url."),
        errors=("media.too_large", "billing.storage_quota", *_LOOKED_AT, *_KEYED),
        idempotency="claim",
        location="/v1/media/{media_id}",
        example={"file": "the bytes of photo.jpg"},
        answer_example={"media_id": _MEDIA_ID},
    ),
    Route(
        "GET",
        "/v1/media/storage",
        f"{_HANDLERS}storage",
        "Bytes used, limit and file count",
        {200: f"{_MODELS}StorageUsageResponse"},
        scope="media:read",
        answer_example={"used_bytes": 482113, "limit_bytes": -1, "count": 1},
    ),
    Route(
        "POST",
        "/v1/media/{id}/verify",
        f"{_HANDLERS}verify",
        "Confirm a direct upload: pending to ready",
        {200: "shared.api.v1.models_common:SuccessResponse"},
        scope="media:write",
        errors=(*_FIND, "media.not_uploaded", "media.failed", "billing.storage_quota", *_LOOKED_AT, *_KEYED),
        idempotency="claim",
        answer_example={"success": True},
    ),
    Route(
        "GET",
        "/v1/media/{id}",
        f"{_HANDLERS}get",
        "One file, whatever its status",
        {200: f"{_MODELS}MediaItemResponse"},
        scope="media:read",
        errors=_FIND,
        answer_example=_FILE,
    ),
    Route(
        "DELETE",
        "/v1/media/{id}",
        f"{_HANDLERS}delete",
        "Delete a file",
        {204: None},
        scope="media:write",
        errors=(*_FIND, "media.in_use"),
    ),
)
