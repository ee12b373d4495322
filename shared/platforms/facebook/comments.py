"""Comments of the Page's own: the first comment and answers, made by one POST, found again by reading.

https://developers.facebook.com/docs/graph-api/reference/object/comments, read 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from shared.domain.content import Kind, Piece
from shared.platforms.contract import Absent, Armed, Call, Published, Ready, Unsure
from shared.platforms.facebook import errors, graph, limits, wire
from shared.platforms.facebook.settle import SKEW

PAGE = 50
MAX_PAGES = 6
FIELDS = "id,message,created_time,from{id},attachment{type}"
_FILES = ("photo", "video_inline")  # a link in the text has a preview, which is an attachment too


def prepare(piece: Piece) -> Ready:
    """Nothing to prepare. Raises Refused when the post takes no comments."""
    parent = piece.parent or piece.root
    if parent and parent.handles.get("kind") == Kind.STORY:
        raise errors.refused(errors.STORY, "")
    if limits.count(piece.text) > limits.MAX_COMMENT:
        raise errors.refused(errors.TEXT_TOO_LONG, f"a comment has at most {limits.MAX_COMMENT} characters")
    return Ready({})


def commit(call: Call, piece: Piece) -> Published:
    """Comment on the post. The one visible request."""
    post = _post_of(piece)
    if not post:
        raise errors.refused(errors.NO_POST, "")
    return make(call, post, {"message": piece.text})


def find(call: Call, piece: Piece, armed: Armed) -> Published | Absent | Unsure:
    """Look for our comment under the post."""
    post = _post_of(piece)
    if not post:
        return Unsure("the post under which the comment would be is not known")
    return look(call, post, piece.text, armed.at, armed.taken)


def make(call: Call, on: str, fields: Mapping[str, str]) -> Published:
    """POST a comment on a post or on a comment."""
    answer = graph.act(call, f"{on}/comments", fields)
    found = str(answer.get("id") or "")
    if not found:
        raise errors.refused(errors.UNLISTED, "a success without the comment's id")
    return _published(on, {"id": found})


def look(
    call: Call, on: str, text: str, since: datetime, taken: Callable[[str], bool], *, pictured: bool = False
) -> Published | Absent | Unsure:
    """The Page's own comment of this text since then; absent only when every comment since then was seen.

    ``pictured``: a file is attached to it. Answers hang below the top comment, so they are matched by author and text.
    """
    rows, complete = _since(call, on, since - SKEW)
    own = [row for row in rows if _is_own(call, row, pictured) and not taken(str(row.get("id")))]
    alike = [row for row in own if wire.same_text(text, row.get("message"))]
    if len(alike) == 1:
        return _published(on, alike[0])
    if alike:
        return Unsure(f"{len(alike)} comments of this text were made since")
    if any(wire.may_be(text, row.get("message")) for row in own):
        return Unsure("there is a comment that may be this one, with names for its mentions")
    if complete:
        return Absent("every comment since the attempt was read, and none is this one")
    return Unsure("there are more comments since the attempt than could be read")


def _since(call: Call, on: str, earliest: datetime) -> tuple[list[dict[str, Any]], bool]:
    found: list[dict[str, Any]] = []
    after: str | None = None
    query = {"filter": "stream", "order": "reverse_chronological", "fields": FIELDS, "limit": PAGE}
    for _ in range(MAX_PAGES):
        rows, after = graph.listing(call, f"{on}/comments", query, after)
        times = [wire.instant(row.get("created_time")) for row in rows]
        found += [row for row, at in zip(rows, times, strict=True) if at is None or at >= earliest]
        oldest = times[-1] if times else None
        if after is None or (oldest is not None and oldest < earliest):
            return found, True
    return found, False


def _is_own(call: Call, comment: Mapping[str, Any], pictured: bool) -> bool:
    author = str((comment.get("from") or {}).get("id") or "")
    type_ = (comment.get("attachment") or {}).get("type")
    return author == graph.page_id(call) and (type_ is not None if pictured else type_ not in _FILES)


def _post_of(piece: Piece) -> str:
    parent = piece.parent or piece.root
    return parent.id if parent else ""


def _published(on: str, comment: Mapping[str, Any]) -> Published:
    return Published(str(comment["id"]), None, {"comment_on": on}, dict(comment))
