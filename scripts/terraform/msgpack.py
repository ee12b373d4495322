"""Reads MessagePack, in which Terraform hands over a block's values: https://github.com/msgpack/msgpack/blob/master/spec.md"""

from __future__ import annotations

import struct
from typing import Any

UNKNOWN = object()  # a value that is not known before something else is made: an extension type
_FIXED = {
    0xCA: ">f",
    0xCB: ">d",
    0xCC: ">B",
    0xCD: ">H",
    0xCE: ">I",
    0xCF: ">Q",
    0xD0: ">b",
    0xD1: ">h",
    0xD2: ">i",
    0xD3: ">q",
}
_SIZED = {  # first byte: what it is, and how its length is written
    0xC4: ("bytes", ">B"),
    0xC5: ("bytes", ">H"),
    0xC6: ("bytes", ">I"),
    0xC7: ("more", ">B"),
    0xC8: ("more", ">H"),
    0xC9: ("more", ">I"),
    0xD9: ("text", ">B"),
    0xDA: ("text", ">H"),
    0xDB: ("text", ">I"),
    0xDC: ("list", ">H"),
    0xDD: ("list", ">I"),
    0xDE: ("map", ">H"),
    0xDF: ("map", ">I"),
}
_PLAIN = {0xC0: None, 0xC2: False, 0xC3: True}


def unpacked(data: bytes) -> Any:
    """The value; what is unknown yet is ``UNKNOWN``. Raises ValueError, struct.error for what is not MessagePack."""
    return _Reader(data).value()


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def value(self) -> Any:
        first = self._take(1)[0]
        if first < 0x80 or first >= 0xE0:
            return first if first < 0x80 else first - 0x100
        if first < 0xC0:
            return self._short(first)
        if first in _PLAIN:
            return _PLAIN[first]
        if first in _FIXED:
            return self._number(_FIXED[first])
        if first in _SIZED:
            kind, width = _SIZED[first]
            return self._sized(kind, int(self._number(width)))
        if 0xD4 <= first <= 0xD8:
            return self._sized("more", 1 << (first - 0xD4))
        raise ValueError(f"no MessagePack: 0x{first:02x}")

    def _short(self, first: int) -> Any:
        if first >= 0xA0:
            return self._sized("text", first & 0x1F)
        return self._sized("list" if first >= 0x90 else "map", first & 0x0F)

    def _sized(self, kind: str, size: int) -> Any:
        if kind == "list":
            return [self.value() for _ in range(size)]
        if kind == "map":
            return {self.value(): self.value() for _ in range(size)}
        if kind == "more":
            self._take(size + 1)  # its type, and what it holds
            return UNKNOWN
        raw = self._take(size)
        return raw.decode() if kind == "text" else raw

    def _number(self, form: str) -> Any:
        return struct.unpack(form, self._take(struct.calcsize(form)))[0]

    def _take(self, size: int) -> bytes:
        self._at += size
        return self._data[self._at - size : self._at]
