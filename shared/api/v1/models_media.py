"""The media library: what callers send and are sent."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from shared.api.engine.models import Body, Time, View


class ListMediaQuery(Body):
    """A page of the library."""

    limit: int = Field(50, ge=1, le=100)
    cursor: str | None = Field(None, max_length=128)


class UploadUrlQuery(Body):
    """The file to be uploaded."""

    media_type: str = Field(min_length=1, max_length=100)
    """Its content type: ``video/mp4``."""
    filename: str = Field(min_length=1, max_length=255)


class MediaItemResponse(View):
    """A file of the library. ``url`` is a link to look at it, good for an hour."""

    id: str
    filename: str
    content_type: str
    size_bytes: int
    status: Literal["pending", "ready", "failed"]
    failure: str | None = None
    """Why it was refused, of a failed one."""
    created_at: Time
    url: str | None = None
    thumbnails: dict[str, str] | None = None
    """Links to smaller copies of an image (``small``, ``medium``), where they were made already."""
    alt_text: str | None = None
    width: int | None = None
    height: int | None = None
    duration_seconds: float | None = None


class MediaListResponse(View):
    """The ready files, newest first."""

    data: list[MediaItemResponse]
    count: int
    next_cursor: str | None = None


class MediaUploadInfoResponse(View):
    """PUT the bytes to ``upload_url`` with exactly these ``headers``, then verify."""

    media_id: str
    upload_url: str
    headers: dict[str, str]
    """To be sent with the PUT: they are part of what the address was signed for."""
    expires_at: Time


class MediaUploadResponse(View):
    """The file is ready to be used."""

    media_id: str


class StorageUsageResponse(View):
    """What the library holds; ``limit_bytes`` -1: no limit."""

    used_bytes: int
    limit_bytes: int
    count: int
