"""Values as bytes whose order is Firestore's order, so that one B-tree range is one query.

Every encoding is prefix-free: none is the start of another, so a value's keys form one block that ``after`` closes.
Order of types: https://cloud.google.com/firestore/docs/concepts/data-types (2026-11).
"""

from __future__ import annotations

import struct
from datetime import UTC, datetime, timedelta
from typing import Any

from shared.ports.store import InvalidWrite

_NULL, _BOOL, _NUMBER, _INSTANT, _STRING, _BYTES, _LIST, _MAP = (bytes([n]) for n in range(2, 10))
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_END = b"\x00\x01"  # below an escaped NUL (00 FF), so that a shorter string sorts first
_INVERT = bytes(255 - n for n in range(256))


def value(item: Any) -> bytes:
    """One value, ascending."""
    if isinstance(item, str):
        return _STRING + _text(item.encode("utf-8", "surrogatepass"))
    if item is None:
        return _NULL
    if isinstance(item, bool):
        return _BOOL + bytes([item])
    if isinstance(item, int | float):
        return _NUMBER + _number(item)
    if isinstance(item, datetime):
        return _INSTANT + struct.pack(">Q", (item - _EPOCH) // _MICROSECOND + (1 << 63))
    if isinstance(item, bytes):
        return _BYTES + _text(item)
    if isinstance(item, list):
        return _LIST + b"".join(map(value, item)) + b"\x00"
    if isinstance(item, dict):
        return _MAP + b"".join(value(key) + value(item[key]) for key in sorted(item)) + b"\x00"
    raise InvalidWrite(f"{type(item).__name__} cannot be compared")


def invert(key: bytes) -> bytes:
    """The same, descending."""
    return key.translate(_INVERT)


def kind(key: bytes) -> bytes:
    """The start that all values of this type share: a range finds values of its own type only."""
    return key[:1]


def path(name: str) -> bytes:
    """A path, segment by segment, so that ``a/b`` sorts before ``a!/b`` as Firestore sorts names."""
    return _text(name.encode()).replace(b"/", _END)


def after(block: bytes) -> bytes:
    """The first key that is greater than every key starting with ``block``."""
    stripped = block.rstrip(b"\xff")
    return stripped[:-1] + bytes([stripped[-1] + 1]) if stripped else b"\xff" * 16


def _text(raw: bytes) -> bytes:
    return raw.replace(b"\x00", b"\x00\xff") + _END


def _number(item: float) -> bytes:
    """A double in sortable form, then how far the exact integer lies from it (a double holds 53 bits of an int64's 64)."""
    if item != item:  # noqa: PLR0124 - NaN, which sorts before every number
        return b"\x00" * 10
    near = float(item) + 0.0  # -0.0 equals 0.0
    (bits,) = struct.unpack(">Q", struct.pack(">d", near))
    bits = bits ^ 0xFFFFFFFFFFFFFFFF if bits >> 63 else bits | 1 << 63
    rest = item - int(near) if isinstance(item, int) else 0
    return struct.pack(">QH", bits, rest + 0x8000)
