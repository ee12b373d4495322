"""The blobs port: media files, with signed URLs for upload and download (Cloud Storage on Google Cloud)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

MAX_URL_AGE = timedelta(days=7)  # the longest a V4 signed URL lives


@dataclass(frozen=True, slots=True)
class BlobInfo:
    """What is known of a stored blob. ``size`` in bytes; ``md5`` in hex; ``created_at`` aware UTC."""

    key: str
    size: int
    content_type: str
    md5: str
    created_at: datetime


class Blobs(Protocol):
    """Files by key (``t/{workspace}/{media id}``: letters, digits and ``._-/~``, no empty or dotted segment). Thread safe."""

    def put(self, key: str, chunks: Iterable[bytes], content_type: str, max_bytes: int) -> BlobInfo:
        """Store the stream; all or nothing. Raises BlobTooLarge as soon as ``max_bytes`` is passed (nothing is kept),
        BlobsUnavailable."""

    def info(self, key: str) -> BlobInfo | None:
        """What is stored under the key, or None."""

    def read(self, key: str, start: int = 0, length: int | None = None) -> bytes:
        """Bytes from ``start``, at most ``length`` (None: to the end). Raises BlobNotFound, BlobsUnavailable."""

    def delete(self, key: str) -> None:
        """Gone afterwards, whether or not it existed."""

    def upload_url(self, key: str, content_type: str, max_bytes: int, age: timedelta) -> str:
        """A URL that accepts one HTTP PUT with exactly :meth:`upload_headers` and at most ``max_bytes``, for ``age``."""

    def upload_headers(self, content_type: str, max_bytes: int) -> dict[str, str]:
        """What the uploader has to send with the upload URL, byte for byte: the signature covers it."""

    def download_url(self, key: str, age: timedelta) -> str:
        """A URL that serves the blob to anyone by GET and HEAD, with ranges, for ``age`` (at most 7 days)."""


class BlobsError(Exception):
    """Root of the blobs' errors."""


class BlobNotFound(BlobsError):
    """No such blob."""


class BlobTooLarge(BlobsError):
    """The stream passed its limit; nothing was kept."""


class BlobsUnavailable(BlobsError):
    """The storage did not answer clearly."""
