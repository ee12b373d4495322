"""The media library: one function per route."""

from __future__ import annotations

from typing import Any

from shared.api.engine.exchange import Exchange, File, Reply
from shared.api.v1 import models_media as models
from shared.api.v1.models_common import SuccessResponse
from shared.domain.errors import Invalid
from shared.domain.media import Media
from shared.operations import media


def list_(x: Exchange[None, models.ListMediaQuery]) -> Reply:
    """GET /v1/media"""
    page = media.list_(x.ports, x.caller, x.query.limit, x.query.cursor)
    items = [_shown(x, one) for one in page.items]
    return Reply(200, models.MediaListResponse(data=items, count=len(items), next_cursor=page.next_cursor))


def get(x: Exchange[None, None]) -> Reply:
    """GET /v1/media/{id}"""
    return Reply(200, _shown(x, media.get(x.ports, x.caller, x.path["id"])))


def upload_url(x: Exchange[None, models.UploadUrlQuery]) -> Reply:
    """GET /v1/media/upload-url"""
    made = media.upload_url(x.ports, x.caller, filename=x.query.filename, media_type=x.query.media_type)
    answer = models.MediaUploadInfoResponse(
        media_id=made.media.id, upload_url=made.url, expires_at=made.expires_at, headers=dict(made.headers)
    )
    return Reply(200, answer)


def upload(x: Exchange[None, None]) -> Reply:
    """POST /v1/media/upload"""
    file = _file(x.file)
    kept = media.upload(x.ports, x.caller, filename=file.filename, content_type=file.content_type, chunks=file.chunks())
    return Reply(201, models.MediaUploadResponse(media_id=kept.id))


def verify(x: Exchange[None, None]) -> Reply:
    """POST /v1/media/{id}/verify"""
    media.verify(x.ports, x.caller, x.path["id"])
    return Reply(200, SuccessResponse())


def delete(x: Exchange[None, None]) -> Reply:
    """DELETE /v1/media/{id}"""
    media.delete(x.ports, x.caller, x.path["id"])
    return Reply(204)


def storage(x: Exchange[None, None]) -> Reply:
    """GET /v1/media/storage"""
    usage = media.storage(x.ports, x.caller)
    headers = {"X-Storage-Used": str(usage.used_bytes), "X-Storage-Limit": str(usage.limit_bytes)}
    answer = models.StorageUsageResponse(used_bytes=usage.used_bytes, limit_bytes=usage.limit_bytes, count=usage.count)
    return Reply(200, answer, headers)


def _file(file: File | None) -> File:
    if file is None:
        raise Invalid("validation.field_required", "file: send the file in this field.", field="file")
    return file


def _shown(x: Exchange[Any, Any], one: Media) -> models.MediaItemResponse:
    facts = one.facts
    return models.MediaItemResponse(
        id=one.id,
        filename=one.filename,
        content_type=one.content_type,
        size_bytes=one.size,
        status=one.status,
        failure=one.failure or None,
        created_at=one.created_at,
        url=media.preview_url(x.ports, one) if one.status == "ready" else None,
        thumbnails=media.thumbnail_urls(x.ports, one) or None,
        alt_text=(facts.alt_text or None) if facts else None,
        width=facts.width if facts else None,
        height=facts.height if facts else None,
        duration_seconds=facts.duration if facts else None,
    )
