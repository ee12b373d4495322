"""Cursors of the inbox's lists: where each network goes on, and which list they are of. Opaque to callers; pure.

A cursor of another list, of another workspace, or one that was changed is refused (``validation.cursor_invalid``). That is no
signature: who makes one up gets what he could have asked for anyway, so what is in it is judged like any other input.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

from shared.domain.errors import Invalid

MAX = 16_384  # characters: fifty accounts' own cursors, packed
_MARK = 12
_UNPACKED = 256 * 1024  # bytes: what a cursor may unpack to
_MOST_SKIPPED = 10_000  # items of one page

Place = tuple[str, int]  # the network's cursor, and how many items of that page were told already


def bound(*parts: object) -> str:
    """The list that a cursor belongs to, by all that selects what is in it."""
    return json.dumps([str(part) for part in parts], ensure_ascii=True)


def write(of: str, state: Any) -> str:
    """A cursor of the list ``of``; ``state`` is JSON."""
    packed = zlib.compress(json.dumps(state, separators=(",", ":"), ensure_ascii=True).encode(), 6)
    return _spelled(_mark(of, packed) + packed)


def read(of: str, cursor: str) -> Any:
    """The state that was written. Raises Invalid."""
    try:
        data = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)) if len(cursor) <= MAX else b""
        mark, packed = data[:_MARK], data[_MARK:]
        # The mark is of the packed bytes (several unpack to the same text), and base64 passes over what it does not know.
        if mark == _mark(of, packed) and _spelled(data) == cursor:
            return json.loads(_unpacked(packed))
    except (ValueError, zlib.error, RecursionError):
        pass
    raise refused()


def _unpacked(packed: bytes) -> bytes:
    """Raises ValueError for what is not whole, or too much."""
    unpack = zlib.decompressobj()
    text = unpack.decompress(packed, _UNPACKED)
    if not unpack.eof or unpack.unused_data:
        raise ValueError("no cursor of ours")
    return text


def _spelled(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def place(of: str, cursor: str) -> Place:
    """Where one list goes on: at the beginning without a cursor. Raises Invalid."""
    return _place(read(of, cursor)) if cursor else ("", 0)


def places(of: str, cursor: str) -> dict[str, Place]:
    """Where each of several lists goes on, by their names; none without a cursor. Raises Invalid."""
    state = read(of, cursor) if cursor else {}
    if not isinstance(state, dict):
        raise refused()
    return {name: _place(one) for name, one in state.items()}


def refused() -> Invalid:
    """It is no cursor of this list."""
    said = (
        "cursor: not one of this list's. Send next_cursor as it was answered, with the same filters, or leave it out."
    )
    return Invalid("validation.cursor_invalid", said, field="cursor")


def _place(state: Any) -> Place:
    match state:
        case [str(at), int(skip)] if 0 <= skip <= _MOST_SKIPPED:
            return at, skip
    raise refused()


def _mark(of: str, packed: bytes) -> bytes:
    return hashlib.sha256(of.encode() + b"\x00" + packed).digest()[:_MARK]
