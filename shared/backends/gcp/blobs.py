"""The blobs port on Cloud Storage, in one bucket.

Signed URLs are V4: https://cloud.google.com/storage/docs/access-control/signed-urls (2026-11). An upload URL signs the
headers of :meth:`GcsBlobs.upload_headers`, which the uploader has to send: the service then refuses another type, what is larger,
and a second upload (which would replace a file that was already checked).
"""

from __future__ import annotations

import base64
import re
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Any

from shared.ports.blobs import MAX_URL_AGE, BlobInfo, BlobNotFound, BlobsError, BlobsUnavailable, BlobTooLarge

if TYPE_CHECKING:
    from google.cloud.storage import Blob, Bucket

CHUNK = 8 * 1_048_576  # held in memory: up to this one request stores the file, beyond it a resumable upload does
PUBLIC = "https://storage.googleapis.com"
IAM = "https://iamcredentials.googleapis.com"
SECONDS = 30.0  # for one request, and for all its repetitions together
_KEY = re.compile(r"(?!\.)[A-Za-z0-9._~-]+(?:/(?!\.)[A-Za-z0-9._~-]+)*")
_MAX_KEY = 1024


class GcsBlobs:
    """Files of one bucket. Thread safe; the client loads and connects at the first call.

    ``credentials``: makes Google credentials when first needed (None: the environment's). They sign URLs with their
    key if they have one, else through IAM's signBlob as ``service_account`` (whose token creator they must be).
    ``endpoint``: ``http://host:port`` of an emulator. ``iam``: where signBlob is asked. ``strict_uploads`` False signs the
    Content-Type only, for uploaders that know no other header: size and replacement are then checked by nobody but
    whoever looks at the file afterwards.
    """

    def __init__(
        self,
        bucket: str,
        *,
        service_account: str | None = None,
        credentials: Callable[[], Any] | None = None,
        endpoint: str | None = None,
        iam: str = IAM,
        strict_uploads: bool = True,
    ) -> None:
        self._name = bucket
        self._strict = strict_uploads
        self._service_account = service_account
        self._credentials = credentials
        self._endpoint = endpoint
        self._iam = iam
        self._connecting = threading.Lock()
        self._connected: tuple[Bucket, Any] | None = None

    def put(self, key: str, chunks: Iterable[bytes], content_type: str, max_bytes: int) -> BlobInfo:
        with _errors(key):
            blob = self._blob(key)
            parts = _parts(chunks, max_bytes)
            first = next(parts, b"")
            second = next(parts, None)
            if second is None:
                blob.upload_from_string(first, content_type=content_type, **_call())
            else:
                _upload(blob, content_type, first, second, parts)
            blob.reload(**_call())
            return _info(key, blob)

    def info(self, key: str) -> BlobInfo | None:
        with _errors(key):
            blob = self._blob(key)
            try:
                blob.reload(**_call())
            except _not_found():
                return None
            return _info(key, blob)

    def read(self, key: str, start: int = 0, length: int | None = None) -> bytes:
        from google.api_core.exceptions import RequestRangeNotSatisfiable

        with _errors(key):
            blob = self._blob(key)
            if length == 0:
                blob.reload(**_call())
                return b""
            end = None if length is None else start + length - 1
            try:
                whole = start == 0 and end is None
                # A part has no checksum of its own; as stored, whatever encoding the uploader declared.
                options = {"raw_download": True, "checksum": "auto" if whole else None, **_call()}
                return bytes(blob.download_as_bytes(start=None if whole else start, end=end, **options))
            except RequestRangeNotSatisfiable:
                return b""

    def delete(self, key: str) -> None:
        with _errors(key):
            try:
                self._blob(key).delete(**_call())
            except _not_found():
                return

    def upload_url(self, key: str, content_type: str, max_bytes: int, age: timedelta) -> str:
        return self._signed(key, "PUT", age, self.upload_headers(content_type, max_bytes))

    def upload_headers(self, content_type: str, max_bytes: int) -> dict[str, str]:
        if not self._strict:
            return {"Content-Type": content_type}
        return {
            "Content-Type": content_type,
            "x-goog-content-length-range": f"0,{max_bytes}",
            "x-goog-if-generation-match": "0",  # only while there is no such object
        }

    def download_url(self, key: str, age: timedelta) -> str:
        return self._signed(key, "GET", age, {})

    def _signed(self, key: str, method: str, age: timedelta, headers: dict[str, str]) -> str:
        if not timedelta() < age <= MAX_URL_AGE:
            raise ValueError("age: more than nothing and at most 7 days, as for a V4 signed URL")
        with _errors(key):
            blob, signer = self._blob(key), self._bucket()[1]
            where = self._endpoint or PUBLIC
            url = blob.generate_signed_url(
                age, where, method, headers=dict(headers), credentials=signer, version="v4", client=blob.client
            )
            return str(url)

    def _blob(self, key: str) -> Blob:
        if len(key) > _MAX_KEY or not _KEY.fullmatch(key):
            raise BlobsError("key: letters, digits and ._-/~, no empty or dotted segment, at most 1,024")
        return self._bucket()[0].blob(key, chunk_size=CHUNK)

    def _bucket(self) -> tuple[Bucket, Any]:
        with self._connecting:
            if self._connected is None:
                from shared.backends.gcp import _storage

                made = self._credentials() if self._credentials else _storage.environment(self._endpoint)
                signer = _storage.signer(made, self._service_account, self._iam)
                self._connected = (_storage.bucket(self._name, made, self._endpoint), signer)
        return self._connected


def _call() -> dict[str, Any]:
    """How one call is made: all of them may be repeated; the client's own patience is two minutes."""
    from google.cloud.storage.retry import DEFAULT_RETRY

    return {"timeout": SECONDS, "retry": DEFAULT_RETRY.with_timeout(SECONDS)}


def _parts(chunks: Iterable[bytes], max_bytes: int) -> Iterator[bytes]:
    """The stream in parts of CHUNK bytes (the last one shorter). Raises BlobTooLarge as soon as the limit is passed."""
    size, held = 0, bytearray()
    for chunk in chunks:
        size += len(chunk)
        if size > max_bytes:
            raise BlobTooLarge(f"over {max_bytes} bytes")
        held += chunk
        while len(held) > CHUNK:
            yield bytes(held[:CHUNK])
            del held[:CHUNK]
    yield bytes(held)


def _upload(blob: Blob, content_type: str, first: bytes, second: bytes, rest: Iterator[bytes]) -> None:
    """A resumable upload. The object appears with its last byte; what ends early leaves nothing."""
    writer = blob.open("wb", content_type=content_type, **_call())
    try:
        writer.write(first)
        writer.write(second)
        for part in rest:
            writer.write(part)
    except BaseException:
        writer.terminate()
        raise
    writer.close()


def _info(key: str, blob: Blob) -> BlobInfo:
    digest = base64.b64decode(blob.md5_hash or "").hex()
    return BlobInfo(key, int(blob.size), blob.content_type or "", digest, blob.time_created.astimezone(UTC))


def _not_found() -> type[Exception]:
    from google.api_core.exceptions import NotFound

    return NotFound


@contextmanager
def _errors(key: str) -> Iterator[None]:
    """Google's and the transport's errors as the port's; messages name the key, never a signed URL."""
    from google.api_core.exceptions import GoogleAPIError, NotFound
    from google.auth.exceptions import GoogleAuthError
    from requests.exceptions import RequestException

    try:
        yield
    except NotFound as error:
        raise BlobNotFound(key) from error
    except GoogleAPIError as error:
        raise BlobsUnavailable(f"{key}: {getattr(error, 'code', None) or type(error).__name__}") from error
    except (GoogleAuthError, RequestException) as error:
        raise BlobsUnavailable(f"{key}: {type(error).__name__}") from error
