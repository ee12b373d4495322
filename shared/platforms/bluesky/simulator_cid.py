"""Content ids as the network makes them: CIDv1, sha-256, over raw bytes (blobs) or DAG-CBOR (records).

https://atproto.com/specs/data-model (read 2026-11-22). JSON's ``{"$link": …}`` is a CBOR link, ``{"$bytes": …}`` bytes.
"""

from __future__ import annotations

import hashlib
from base64 import b32decode, b32encode, b64decode
from collections.abc import Iterable, Mapping
from typing import Any

_RAW, _DAG_CBOR = 0x55, 0x71
_LINK_TAG = 42


def of_digest(digest: bytes, codec: int = _RAW) -> str:
    """The CID of content with this sha-256 digest."""
    return "b" + b32encode(bytes([1, codec, 0x12, 0x20]) + digest).decode().lower().rstrip("=")


def of_chunks(chunks: Iterable[bytes]) -> tuple[str, int]:
    """The CID and the size of a blob."""
    digest, size = hashlib.sha256(), 0
    for chunk in chunks:
        digest.update(chunk)
        size += len(chunk)
    return of_digest(digest.digest()), size


def of_record(record: Mapping[str, Any]) -> str:
    """The CID of a record in its JSON form."""
    return of_digest(hashlib.sha256(encode(record)).digest(), _DAG_CBOR)


def encode(value: Any) -> bytes:
    """DAG-CBOR: shortest heads, map keys by length and then by bytes, no floats."""
    if value is None or isinstance(value, bool):
        return {None: b"\xf6", False: b"\xf4", True: b"\xf5"}[value]
    if isinstance(value, int):
        return _head(0, value) if value >= 0 else _head(1, -1 - value)
    if isinstance(value, str):
        return _counted(3, value.encode())
    if isinstance(value, list):
        return _head(4, len(value)) + b"".join(encode(item) for item in value)
    if isinstance(value, Mapping):
        return _map(value)
    raise ValueError(f"no DAG-CBOR for {type(value).__name__}")


def _map(value: Mapping[str, Any]) -> bytes:
    if set(value) == {"$link"}:
        return _head(6, _LINK_TAG) + _counted(2, b"\x00" + _bytes_of(str(value["$link"])))
    if set(value) == {"$bytes"}:
        text = str(value["$bytes"])
        return _counted(2, b64decode(text + "=" * (-len(text) % 4)))
    pairs = sorted(((key.encode(), item) for key, item in value.items()), key=lambda pair: (len(pair[0]), pair[0]))
    return _head(5, len(pairs)) + b"".join(_counted(3, key) + encode(item) for key, item in pairs)


def _bytes_of(cid: str) -> bytes:
    text = cid[1:].upper()
    return b32decode(text + "=" * (-len(text) % 8))


def _counted(major: int, data: bytes) -> bytes:
    return _head(major, len(data)) + data


def _head(major: int, number: int) -> bytes:
    if number < 24:
        return bytes([major << 5 | number])
    for extra, size in ((24, 1), (25, 2), (26, 4), (27, 8)):
        if number < 1 << 8 * size:
            return bytes([major << 5 | extra]) + number.to_bytes(size, "big")
    raise ValueError("an integer over 64 bits")
