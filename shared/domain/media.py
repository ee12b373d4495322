"""The media library: files that a workspace keeps with us, to use in posts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from shared.domain.content import MediaFacts, MediaType

MediaStatus = Literal["pending", "ready", "failed"]

CONTENT_TYPES: dict[str, MediaType] = {
    "image/jpeg": MediaType.IMAGE,
    "image/png": MediaType.IMAGE,
    "image/gif": MediaType.IMAGE,
    "image/webp": MediaType.IMAGE,
    "video/mp4": MediaType.VIDEO,
    "video/quicktime": MediaType.VIDEO,
    "application/pdf": MediaType.DOCUMENT,
}
ALIASES = {
    "image/jpg": "image/jpeg",
    "video/mov": "video/quicktime",
    "video/x-m4v": "video/mp4",
    "application/x-pdf": "application/pdf",
}

MAX_UPLOAD_BYTES = 50_000_000  # through the API; what is larger goes to the blobs directly
MAX_DIRECT_BYTES = 1_000_000_000  # by a signed URL: the networks' largest videos are well below
UPLOAD_URL_AGE = timedelta(minutes=15)
MAX_FILENAME = 255


@dataclass(frozen=True, slots=True)
class Media:
    """A file of the library: ``workspaces/{space}/media/{id}``.

    ``pending``: an upload URL was handed out; ``ready``: its bytes were looked at; ``failed``: they are not what was
    announced (``failure`` says why) and were removed. ``facts`` and ``size`` (bytes) are known once it is ready.
    ``blob`` is its key in the blobs port. ``thumbnails``: the keys of its smaller copies by name, empty where there can be
    none, None before anybody asked. ``hints``: the networks that the sender means it for.
    """

    id: str
    space: str
    filename: str
    content_type: str
    status: MediaStatus
    blob: str
    created_at: datetime
    size: int = 0
    md5: str = ""
    facts: MediaFacts | None = None
    failure: str = ""
    created_by: str = ""
    thumbnails: Mapping[str, str] | None = None
    hints: tuple[str, ...] = ()


def media_path(space: str, media_id: str) -> str:
    """``workspaces/{space}/media/{media_id}``"""
    return f"workspaces/{space}/media/{media_id}"


def blob_key(space: str, media_id: str) -> str:
    """``t/{space}/{media_id}``: where the library's own files lie."""
    return f"t/{space}/{media_id}"


def copy_key(space: str, digest: str) -> str:
    """``copies/{space}/{digest}``: where copies of callers' URLs lie; to be aged out after a week or more."""
    return f"copies/{space}/{digest}"


def normal_type(content_type: str) -> str:
    """A content type without parameters, in lower case, under its registered name."""
    bare = content_type.partition(";")[0].strip().lower()
    return ALIASES.get(bare, bare)
