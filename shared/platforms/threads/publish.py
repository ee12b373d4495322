"""Publishing on Threads: containers first (invisible), then one ``threads_publish``. Replies are posts with a parent.

https://developers.facebook.com/documentation/threads/posts, read 2026-11-22. ``auto_publish_text`` is never used: it makes
a post visible in the request that makes the container, so that nothing could be asked about a lost answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from shared.domain.content import Kind, MediaFacts, Piece
from shared.platforms.contract import Absent, Armed, Call, ErrorRow, Fate, Published, Ready, Refused, Unsure, Wait
from shared.platforms.threads import containers, errors, kinds, reposts, settle
from shared.platforms.threads.graph import GRAPH
from shared.ports.http import AnswerLost

_LIVE_ALREADY = ErrorRow(Fate.UNKNOWN, "already_published", "Threads says that this is live already.")
_NO_PARENT = ErrorRow(
    Fate.REJECTED, "post_unknown", "The post is live, but Threads does not say which it is: answer it by hand."
)


def choose_kind(text: str, media: Sequence[MediaFacts], options: Mapping[str, Any]) -> Kind:
    """Text, poll, image, video, carousel or repost; raises Invalid when the options do not fit."""
    return kinds.choose(text, media, options)


def prepare(call: Call, piece: Piece, state: Mapping[str, Any]) -> Ready | Wait:
    """Make and poll the containers, one step per call; at last note what looks alike."""
    if piece.kind is Kind.REPOST:
        return Ready()
    parent = piece.parent or piece.root
    if parent and not parent.id:
        raise errors.refused(_NO_PARENT, "")
    outcome = containers.advance(call, piece, state)
    return settle.noted(call, piece, outcome) if isinstance(outcome, Ready) else outcome


def commit(call: Call, piece: Piece, state: Mapping[str, Any]) -> Published:
    """Publish the container, or repost: one request.

    A container that was seen PUBLISHED is not sent again: that raises Refused with an unknown fate, and ``find``
    tells which post it is.
    """
    if piece.kind is Kind.REPOST:
        return reposts.commit(call, piece)
    progress = containers.Progress.of(state)
    if progress.published:
        raise errors.refused(_LIVE_ALREADY, f"container {progress.container} is PUBLISHED")
    path = f"{call.who.platform_account_id}/threads_publish"
    answer = GRAPH.make_visible(call, path, {"creation_id": progress.container})
    made = str(answer.get("id") or "")
    if not made:
        raise AnswerLost("a success without the post's id")
    return Published(made, None, {"container": progress.container}, answer)


def confirm(call: Call, piece: Piece, state: Mapping[str, Any]) -> Published | Wait:
    """Look whether the container is out. ``commit`` never answers Accepted, so the engine has no need of it."""
    progress = containers.Progress.of(state)
    status, _ = containers.status_of(call, progress.container)
    if status != "PUBLISHED":
        return Wait(state, 5)
    return settle.identify(call, piece, replace(progress, published=True), call.now)


def find(call: Call, piece: Piece, armed: Armed) -> Published | Absent | Unsure:
    """Ask the container, whose id was saved before it was published, for its status; of what is out, find the one new post like it."""
    return reposts.find(call, piece, armed) if piece.kind is Kind.REPOST else settle.find(call, piece, armed)


def describe(call: Call, published: Published) -> Published:
    """Add the permalink. A post may not be readable yet (100/33): then nothing is added."""
    if not published.id or published.permalink:
        return published
    try:
        answer = GRAPH.read(call, published.id, fields="permalink")
    except Refused as refused:
        if errors.is_gone(refused):
            return published
        raise
    return replace(published, permalink=answer.get("permalink") or None)


def delete(call: Call, published: Published) -> None:
    """Take the post (or the reply) down, at most 100 a day. What is gone is fine. Raises Refused."""
    try:
        GRAPH.remove(call, published.id)
    except Refused as refused:
        if not errors.is_gone(refused):
            raise


__all__ = ["choose_kind", "commit", "confirm", "delete", "describe", "find", "prepare"]
