"""Cursors of the inbox's lists: where each network goes on, and which list they are of. Opaque to callers; pure.

A cursor of another list, of another workspace, or one that was changed is refused (``validation.cursor_invalid``).
"""

from __future__ import annotations

import hashlib
import json
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from typing import Any

from shared.domain.errors import Invalid

MAX = 16_384  # characters: fifty accounts' own cursors, packed
_MARK = 12
_UNPACKED = 256 * 1024  # bytes: what a cursor may unpack to


def bound(*parts: object) -> str:
    """The list that a cursor belongs to, by all that selects what is in it."""
    return json.dumps([str(part) for part in parts], ensure_ascii=True)


def write(of: str, state: Any) -> str:
    """A cursor of the list ``of``; ``state`` is JSON."""
    text = json.dumps(state, separators=(",", ":"), ensure_ascii=True).encode()
    return urlsafe_b64encode(_mark(of, text) + zlib.compress(text, 6)).decode().rstrip("=")


def read(of: str, cursor: str) -> Any:
    """The state that was written. Raises Invalid."""
    try:
        data = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        unpack = zlib.decompressobj()
        text = unpack.decompress(data[_MARK:], _UNPACKED)
        exact = (
            urlsafe_b64encode(data).decode().rstrip("=") == cursor
        )  # base64 decoders pass over what they do not know
        whole = exact and unpack.eof and not unpack.unused_data
        if whole and len(cursor) <= MAX and data[:_MARK] == _mark(of, text):
            return json.loads(text)
    except (ValueError, zlib.error):
        pass
    said = (
        "cursor: not one of this list's. Send next_cursor as it was answered, with the same filters, or leave it out."
    )
    raise Invalid("validation.cursor_invalid", said, field="cursor")


def _mark(of: str, text: bytes) -> bytes:
    return hashlib.sha256(of.encode() + b"\x00" + text).digest()[:_MARK]


def place(of: str, cursor: str) -> Sequence[Any]:
    """``[the network's cursor, items of that page to skip]``: the beginning without a cursor. Raises Invalid."""
    return read(of, cursor) if cursor else ("", 0)
