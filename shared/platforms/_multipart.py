"""A file as ``multipart/form-data`` (RFC 7578), streamed: what the upload forms of storage services want.

The boundary comes from the caller (a piece's key), not from chance: the same step sends the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from shared.domain.content import MediaFile
from shared.platforms import _wire
from shared.ports.http import Request, Stream

CHUNK: Final = 1024 * 1024


def upload(
    url: str, fields: Mapping[str, str], file: MediaFile, name: str, tag: str, *, read_timeout: float = 300.0
) -> Request:
    """A POST of the fields in their order and the file last, under ``file`` (what S3 POST policies ask for)."""
    boundary = f"rostrum-{tag}"
    size = file.facts.size or 0
    head = _head(boundary, fields, name, file.facts.content_type)
    tail = f"\r\n--{boundary}--\r\n".encode()

    def chunks() -> Iterator[bytes]:
        yield head
        for start in range(0, size, CHUNK):
            yield file.read(start, min(CHUNK, size - start))
        yield tail

    body = Stream(len(head) + size + len(tail), chunks)
    return _wire.post_bytes(url, body, f"multipart/form-data; boundary={boundary}", read_timeout=read_timeout)


def _head(boundary: str, fields: Mapping[str, str], name: str, content_type: str) -> bytes:
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{value}\r\n'
        for field, value in fields.items()
    ]
    file = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
    return "".join([*parts, file, f"Content-Type: {content_type}\r\n\r\n"]).encode()
