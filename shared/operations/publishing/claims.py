"""Whose is a post that a look found? Two posts of one text on one account look alike, and a network may hold only one.

So do two equal actions (the same answer to the same comment), and a first comment and an action that says the same.

A post belongs to one target: to the one that has its id already, else to the one that was armed first of those whose
outcome is still open. Otherwise the second of two equal posts, refused as a duplicate, would take the first for its own
and call itself published.
"""

from __future__ import annotations

from typing import Protocol

from shared.domain import codec
from shared.domain.posts import PieceDoc, Target
from shared.domain.states import IN_DOUBT, State
from shared.ports.store import Doc, Query

_OPEN = sorted(state.value for state in IN_DOUBT | {State.CONFIRMING})


class Reader(Protocol):
    """The store, or a transaction in it."""

    def query(self, query: Query) -> list[Doc]: ...


def taken(reader: Reader, target: Target, post_id: str) -> bool:
    """Whether this post is another piece's: of this target, or of another one in the same space."""
    if any(piece.live and piece.live.id == post_id for piece in target.pieces):
        return True
    holders = Query(_targets(target), where=(("live_ids", "array_contains", post_id),))
    return any(doc.data["platform"] == target.platform and doc.data["id"] != target.id for doc in reader.query(holders))


def contested(reader: Reader, target: Target, post_id: str) -> bool:
    """Whether the post is taken, or may turn out to be that of a target of the same text that was armed before.

    A target whose post the network has accepted may know its id already, and waits until it is live.
    """
    if taken(reader, target, post_id):
        return True
    return any(_goes_before(doc, target) or _awaits(doc, target, post_id) for doc in _open(reader, target))


def _open(reader: Reader, target: Target) -> list[Doc]:
    """The account's targets whose outcome is not known yet."""
    query = Query(_targets(target), where=(("account_id", "==", target.account_id), ("state", "in", _OPEN)))
    return reader.query(query)


def _goes_before(doc: Doc, target: Target) -> bool:
    """Whether the other target may have the better claim. One that cannot be read may: then a person will look."""
    try:
        other = codec.decode(Target, doc.data)
    except (TypeError, ValueError, KeyError, AttributeError):
        return True
    if other.id == target.id or other.arm is None or target.arm is None:
        return False
    return _alike(other.piece, target.piece) and (other.arm.at, other.id) < (target.arm.at, target.id)


def _awaits(doc: Doc, target: Target, post_id: str) -> bool:
    """Whether the other target was told this very id when the network accepted its post."""
    pieces = doc.data.get("pieces")
    listed = pieces if isinstance(pieces, list) and doc.data.get("id") != target.id else []
    return any(post_id in (piece.get("handles") or {}).values() for piece in listed if isinstance(piece, dict))


def _alike(one: PieceDoc, other: PieceDoc) -> bool:
    """Whether what is found could be either's. Of two actions only when they do the same to the same thing."""
    if one.deed and other.deed and (one.deed.verb, one.deed.on) != (other.deed.verb, other.deed.on):
        return False
    return one.text.strip() == other.text.strip()


def _targets(target: Target) -> str:
    return f"workspaces/{target.space}/targets"
