"""Comments of the account's own: made by one POST, found again under their post, removed by DELETE.

A first comment and an answer from the inbox are the same thing here; only the edge differs that they are posted to.
https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-media/comments and
…/ig-comment/replies, read 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared.domain.content import Kind, Piece
from shared.platforms.contract import Absent, Armed, Call, ErrorRow, Fate, Published, Ready, Unsure
from shared.platforms.instagram import errors, graph, wire
from shared.platforms.instagram.settle import SKEW

PAGE = 50  # Instagram's most per request
MAX_PAGES = 5

_NO_POST = ErrorRow(
    Fate.REJECTED, "post_unknown", "The post is live, but Instagram does not say which it is: comment there by hand."
)
_STORY = ErrorRow(Fate.REJECTED, "story_takes_no_comments", "A story takes no comments.", "validation", "user")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A comment to make or to look for. ``top``: the top-level comment that it hangs on, empty when it is one itself."""

    media: str
    text: str
    top: str = ""


def prepare(piece: Piece) -> Ready:
    """Nothing to prepare. Raises Refused when the post is a story, which takes no comments."""
    parent = piece.parent or piece.root
    if parent and parent.handles.get("kind") == Kind.STORY:
        raise errors.refused(_STORY, "")
    return Ready({})


def commit(call: Call, piece: Piece) -> Published:
    """Comment. The one visible request."""
    media = post_of(piece)
    if not media:
        raise errors.refused(_NO_POST, "")
    return make(call, Wanted(media, piece.text), f"{media}/comments")


def find(call: Call, piece: Piece, armed: Armed) -> Published | Absent | Unsure:
    """What became of a first comment."""
    media = post_of(piece)
    if not media:
        return Unsure("the post under which the comment would be is not known")
    return look(call, Wanted(media, piece.text), armed)


def make(call: Call, wanted: Wanted, edge: str) -> Published:
    """POST it to this edge."""
    return _published(wanted, graph.make_visible(call, edge, {"message": wanted.text}))


def look(call: Call, wanted: Wanted, armed: Armed) -> Published | Absent | Unsure:
    """Look for it under the post; absent only when every comment that Instagram counts was seen (replies count too)."""
    counted = graph.read(call, wanted.media, fields="comments_count").get("comments_count")
    found, complete = everything(call, wanted.media)
    alike = [comment for comment in found if _is_alike(call, wanted, armed, comment)]
    ours = [comment for comment in alike if wire.is_account(call, wire.author(comment))]
    if len(ours) == 1:
        return _published(wanted, ours[0])
    if ours:
        return Unsure(f"{len(ours)} comments of this text were made since")
    if any(not wire.author(comment) for comment in alike):
        return Unsure("Instagram does not tell who made a comment of this text since")
    if complete and counted == len(found):
        return Absent(f"all {counted} comments of the post were read, and ours is not among them")
    return Unsure(f"Instagram counts {counted} comments and shows {len(found)}: ours may be among the others")


def post_of(piece: Piece) -> str:
    """The media that a first comment belongs to, empty when it is not known."""
    parent = piece.parent or piece.root
    return parent.id if parent else ""


def everything(call: Call, media: str) -> tuple[list[dict[str, Any]], bool]:
    """The comments below a post with their replies, and whether these are all that can be read."""
    found: list[dict[str, Any]] = []
    after: str | None = None
    for _ in range(MAX_PAGES):
        query: dict[str, Any] = {"fields": wire.COMMENT_FIELDS, "limit": PAGE, "after": after}
        answer = graph.read(call, f"{media}/comments", **query)
        found += wire.comments(answer.get("data"))
        after = graph.next_page(answer)
        if after is None:
            return found, True
    return found, False


def _is_alike(call: Call, wanted: Wanted, armed: Armed, comment: Mapping[str, Any]) -> bool:
    at = wire.instant(comment.get("timestamp"))
    same = wire.same_caption(wanted.text, str(comment.get("text") or ""))
    same = same and str(comment.get("parent_id") or "") == wanted.top
    since = at is not None and armed.at - SKEW <= at <= call.now + SKEW
    return same and since and not armed.taken(str(comment.get("id")))


def _published(wanted: Wanted, comment: Mapping[str, Any]) -> Published:
    found = str(comment.get("id") or "")
    if not found:
        raise errors.refused(errors.UNLISTED, "a success without the comment's id")
    return Published(found, state={"comment_on": wanted.media, "top": wanted.top}, raw=dict(comment))
