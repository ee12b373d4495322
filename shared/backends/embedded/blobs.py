"""The blobs port on a directory.

``data/`` holds bytes under names of our own (a hash of the key and a random part), ``info/`` one JSON file per key,
named by the hash, that says which bytes are the blob. Replacing the info file is the moment a blob exists: a crash
before leaves bytes without a name, which a write of the key, or its deletion, removes a day later: until then they may be
another writer's. No key ever becomes a path.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import hmac
import json
import os
import re
import secrets
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO
from urllib.parse import parse_qsl, quote, urlencode

from shared.backends.embedded import secretfile
from shared.ports.blobs import MAX_URL_AGE, BlobInfo, BlobNotFound, BlobsError, BlobsUnavailable, BlobTooLarge
from shared.ports.clock import Clock

_KEY = re.compile(r"(?!\.)[A-Za-z0-9._~-]+(?:/(?!\.)[A-Za-z0-9._~-]+)*")
_MAX_KEY = 1024
LEFT_BEHIND = 86_400.0  # seconds after which bytes without a record are nobody's: no write takes so long


class AlreadyStored(BlobsError):
    """An upload URL was used a second time."""


class UrlRefused(BlobsError):
    """A signed URL that was altered, has expired, or was signed for something else."""


class EmbeddedBlobs:
    """Blobs under ``root``, served at ``{public_url}/_blobs/{key}`` (see ``blobs_wsgi``).

    URLs are signed with the secret in the file at ``secret_path``, made on first use.
    """

    def __init__(
        self, root: str | os.PathLike[str], public_url: str, secret_path: str | os.PathLike[str], clock: Clock
    ) -> None:
        self._data, self._info = Path(root) / "data", Path(root) / "info"
        self._public_url, self._clock = public_url.rstrip("/"), clock
        with _unavailable():
            self._data.mkdir(parents=True, exist_ok=True)
            self._info.mkdir(parents=True, exist_ok=True)
            self._secret = secretfile.read_or_make(Path(secret_path), lambda: secrets.token_bytes(32))

    def put(self, key: str, chunks: Iterable[bytes], content_type: str, max_bytes: int) -> BlobInfo:
        """Store the stream; all or nothing. Raises BlobTooLarge, BlobsUnavailable."""
        return self._put(key, chunks, content_type, max_bytes, once=False)

    def put_once(self, key: str, chunks: Iterable[bytes], content_type: str, max_bytes: int) -> BlobInfo:
        """As ``put``, for an upload URL. Raises AlreadyStored when the key holds a blob."""
        return self._put(key, chunks, content_type, max_bytes, once=True)

    def info(self, key: str) -> BlobInfo | None:
        """What is stored under the key, or None."""
        found = self._record(key)
        return found[0] if found else None

    def read(self, key: str, start: int = 0, length: int | None = None) -> bytes:
        """Bytes from ``start``, at most ``length``. Raises BlobNotFound, BlobsUnavailable."""
        with self.open(key)[1] as file, _unavailable():
            file.seek(start)
            return file.read(-1 if length is None else length)

    def open(self, key: str) -> tuple[BlobInfo, BinaryIO]:
        """The blob as a file that the caller closes. Raises BlobNotFound, BlobsUnavailable."""
        for _ in range(3):  # a replacement may remove the bytes between the two steps
            found = self._record(key)
            if found is None:
                break
            with _unavailable(), contextlib.suppress(FileNotFoundError):
                return found[0], (self._data / found[1]).open("rb")
        raise BlobNotFound(key)

    def delete(self, key: str) -> None:
        """Gone afterwards, whether or not it existed."""
        name = _name(key)
        with _unavailable():
            target = self._info_path(name)
            target.parent.mkdir(exist_ok=True)
            with _alone(target.parent):
                before = _data_of(target)
                target.unlink(missing_ok=True)
            self._remove_data(name, before, keep="")

    def upload_url(self, key: str, content_type: str, max_bytes: int, age: timedelta) -> str:
        """A URL that accepts one PUT with exactly this Content-Type and at most ``max_bytes``."""
        return self._signed("PUT", key, content_type, max_bytes, age)

    def upload_headers(self, content_type: str, max_bytes: int) -> dict[str, str]:
        """What the uploader has to send; the size is in the URL."""
        return {"Content-Type": content_type}

    def download_url(self, key: str, age: timedelta) -> str:
        """A URL that serves the blob by GET and HEAD, with ranges."""
        return self._signed("GET", key, "", 0, age)

    def check_url(self, method: str, key: str, query: str) -> tuple[str, int]:
        """The Content-Type and the size that a URL was signed for. Raises UrlRefused with the reason."""
        given = dict(parse_qsl(query, keep_blank_values=True))
        signed = "GET" if method == "HEAD" else method
        expires, most = given.get("expires", ""), given.get("max_bytes", "0")
        made = self._signature(signed, key, given.get("content_type", ""), most, expires)
        if not hmac.compare_digest(made.encode(), given.get("signature", "").encode()):
            raise UrlRefused("the signature does not fit this method, key and query")
        if self._clock.now().timestamp() >= int(expires):
            raise UrlRefused("the URL has expired")
        return given.get("content_type", ""), int(most)

    def _put(self, key: str, chunks: Iterable[bytes], content_type: str, max_bytes: int, *, once: bool) -> BlobInfo:
        name = _name(key)
        file_name = f"{name}.{secrets.token_hex(8)}"
        path = self._data / file_name
        try:
            with _unavailable():
                size, md5 = _write(path, chunks, max_bytes)
            info = BlobInfo(key, size, content_type, md5, self._clock.now())
            with _unavailable():
                self._publish(name, file_name, info, once=once)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return info

    def _publish(self, name: str, file_name: str, info: BlobInfo, *, once: bool) -> None:
        record = {"key": info.key, "size": info.size, "content_type": info.content_type, "md5": info.md5}
        record |= {"created_at": info.created_at.isoformat(), "file": file_name}
        target = self._info_path(name)
        target.parent.mkdir(exist_ok=True)
        draft = target.with_suffix(f".{secrets.token_hex(8)}")
        draft.write_text(json.dumps(record), encoding="utf-8")
        try:
            with _alone(target.parent):
                before = _data_of(target)
                if once:
                    os.link(draft, target)
                else:
                    draft.replace(target)
        except FileExistsError:
            raise AlreadyStored("something was already uploaded here; ask for a new upload URL") from None
        finally:
            draft.unlink(missing_ok=True)
        self._remove_data(name, before, keep=file_name)

    def _record(self, key: str) -> tuple[BlobInfo, str] | None:
        with _unavailable():
            try:
                made = json.loads(self._info_path(_name(key)).read_text(encoding="utf-8"))
            except FileNotFoundError:
                return None
        created_at = datetime.fromisoformat(made["created_at"]).astimezone(UTC)
        return BlobInfo(key, made["size"], made["content_type"], made["md5"], created_at), made["file"]

    def _info_path(self, name: str) -> Path:
        return self._info / name[:2] / f"{name}.json"

    def _remove_data(self, name: str, replaced: str | None, keep: str) -> None:
        """The bytes that the record named before, and what crashes left; others may be about to get their record."""
        for path in self._data.glob(f"{name}.*"):
            with contextlib.suppress(FileNotFoundError):  # another process cleans up too
                if path.name != keep and (path.name == replaced or time.time() - path.stat().st_mtime > LEFT_BEHIND):
                    path.unlink()

    def _signed(self, method: str, key: str, content_type: str, max_bytes: int, age: timedelta) -> str:
        _name(key)
        if not timedelta() < age <= MAX_URL_AGE:
            raise ValueError("age: more than nothing and at most 7 days, as for a V4 signed URL")
        query = {"expires": str(int((self._clock.now() + age).timestamp()))}
        if method == "PUT":
            query |= {"content_type": content_type, "max_bytes": str(max_bytes)}
        given = query.get("content_type", ""), query.get("max_bytes", "0"), query["expires"]
        query["signature"] = self._signature(method, key, *given)
        return f"{self._public_url}/_blobs/{quote(key, safe='/~')}?{urlencode(query)}"

    def _signature(self, *parts: str) -> str:
        text = "|".join(f"{len(part)}:{part}" for part in parts)
        return hmac.new(self._secret, text.encode("utf-8", "replace"), hashlib.sha256).hexdigest()


def _name(key: str) -> str:
    """The key's name on disk. Raises BlobsError for what is no key."""
    if len(key) > _MAX_KEY or not _KEY.fullmatch(key):
        raise BlobsError("key: letters, digits and ._-/~, no empty or dotted segment, at most 1,024")
    return hashlib.sha256(key.encode()).hexdigest()


def _data_of(record: Path) -> str | None:
    """The file that a record names, None where there is no record."""
    try:
        return str(json.loads(record.read_text(encoding="utf-8"))["file"])
    except FileNotFoundError:
        return None


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Nobody else, in any thread or process, changes a record of this folder meanwhile."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _write(path: Path, chunks: Iterable[bytes], max_bytes: int) -> tuple[int, str]:
    """Size and MD5 of what was written and synced."""
    size, digest = 0, hashlib.md5(usedforsecurity=False)
    with path.open("xb") as file:
        for chunk in chunks:
            size += len(chunk)
            if size > max_bytes:
                raise BlobTooLarge(f"over {max_bytes} bytes")
            digest.update(chunk)
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    return size, digest.hexdigest()


@contextmanager
def _unavailable() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise BlobsUnavailable(f"the blobs' directory: {error.strerror}") from error
