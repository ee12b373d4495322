"""Room in a post's documents for what is still to be written into them.

A document holds 1 MiB. A target that has grown too large when its outcome is to be written would be live and never say so;
so what is made or edited leaves room: for a post's history and its targets' outcomes, for a target's handles, answers and
events. Sizes are counted as Firestore does: https://cloud.google.com/firestore/docs/storage-size (2026-11).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from shared.domain.errors import Invalid
from shared.operations.posts.commands import CreatePost
from shared.ports.store import MAX_DOCUMENT_BYTES, Write

OF_POST = (
    256 * 1024
)  # bytes: a hundred lines of history, of which fifty may be an approver's reason of 1,000 characters
OF_TARGET = 96 * 1024  # two network payloads (16,384 characters each), events, an error
OF_PIECE = 4 * 1024  # each item of a thread keeps what the network said to it
_WIDEST = 4  # bytes of a character
_SMALL = 20_000  # characters of a command: its largest document is far from the limit, however often it repeats them


def leave_for(command: CreatePost, writes: Sequence[Write]) -> None:
    """:func:`leave`, for what this command makes. Raises Invalid."""
    if len(repr(command)) > _SMALL:
        leave(writes)


def leave(writes: Sequence[Write]) -> None:
    """Raises Invalid when a post or a target leaves no room."""
    for write in writes:
        data = dict(write.data)
        most = MAX_DOCUMENT_BYTES - _room(data)
        if len(repr(data)) * _WIDEST > most and size(data) > most:
            raise too_large()


def too_large() -> Invalid:
    """No store keeps a document of that size."""
    message = (
        "The post is too large to be stored: a document holds 1 MiB, with all texts of one account, or of the post itself, "
        "and what will be noted there later. Make several posts of it."
    )
    return Invalid("validation.body_too_large", message, field="targets")


def size(value: Any) -> int:
    """Bytes."""
    if value is None or isinstance(value, bool):
        return 1
    if isinstance(value, str):
        return len(value.encode()) + 1
    if isinstance(value, Mapping):
        return sum(len(name.encode()) + 1 + size(item) for name, item in value.items())
    if isinstance(value, list | tuple):
        return sum(map(size, value))
    return 8


def _room(data: Mapping[str, Any]) -> int:
    pieces = data.get("pieces")
    return OF_POST if pieces is None else OF_TARGET + OF_PIECE * len(pieces)
