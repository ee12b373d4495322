"""Publishing on the plain network: one POST, and a listing to look into."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from shared.domain.content import Kind, MediaFacts, Piece
from shared.platforms import _wire
from shared.platforms.contract import (
    Absent,
    Accepted,
    Armed,
    Call,
    ErrorRow,
    Fate,
    Published,
    Ready,
    Refused,
    Unsure,
    Wait,
)
from shared.ports.http import Request, Response

POSTS = "https://api.plain.test/posts"


def choose_kind(text: str, media: Sequence[MediaFacts], options: Mapping[str, Any]) -> Kind:
    """Only text."""
    return Kind.TEXT


def prepare(call: Call, piece: Piece, state: Mapping[str, Any]) -> Ready | Wait:
    """Nothing to prepare."""
    return Ready({})


def commit(call: Call, piece: Piece, state: Mapping[str, Any]) -> Published | Accepted:
    """The post."""
    body = {"text": piece.text, "reply_to": piece.parent.id if piece.parent else ""}
    answer = _wire.ask(call, _wire.post_json(POSTS, body, Authorization=call.tokens.access), _refusal)
    return _published(str(answer.json["id"]))


def confirm(call: Call, piece: Piece, state: Mapping[str, Any]) -> Published | Wait:
    """The network never works on anything."""
    raise AssertionError("never accepted")


def find(call: Call, piece: Piece, armed: Armed) -> Published | Absent | Unsure:
    """The own posts since the arm, by text."""
    listed = _wire.ask(call, _wire.get(POSTS, Authorization=call.tokens.access), _refusal).json["posts"]
    since = armed.at - timedelta(seconds=1)
    recent = [post for post in listed if datetime.fromisoformat(post["at"]) >= since]
    mine = [post["id"] for post in recent if post["text"] == piece.text and not armed.taken(post["id"])]
    if len(mine) > 1:
        return Unsure("several posts of this text since the arm")
    return _published(mine[0]) if mine else Absent("not among the posts since the arm")


def describe(call: Call, published: Published) -> Published:
    """Permalinks are known at once."""
    return published


def delete(call: Call, published: Published) -> None:
    """Gone afterwards."""
    request = Request("DELETE", f"{POSTS}/{published.id}", {"Authorization": call.tokens.access})
    _wire.ask(call, request, _refusal)


def _published(id: str) -> Published:
    return Published(id, f"https://plain.test/{id}")


def _refusal(response: Response, now: datetime) -> Refused:
    row = ErrorRow(Fate.UNKNOWN, "unknown", "The network said something that is on no list.")
    return Refused(row, platform="plain", status=response.status)
