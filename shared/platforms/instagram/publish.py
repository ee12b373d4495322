"""Publishing on Instagram: containers first (invisible), then one ``media_publish``.

https://developers.facebook.com/docs/instagram-platform/content-publishing, read 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from shared.domain.content import Kind, MediaFacts, Piece, Role
from shared.domain.errors import Unsupported
from shared.platforms.contract import Absent, Armed, Call, ErrorRow, Fate, Published, Ready, Refused, Unsure, Wait
from shared.platforms.instagram import comments, containers, errors, graph, kinds, settle

_LIVE_ALREADY = ErrorRow(Fate.UNKNOWN, "already_published", "Instagram says that this is live already.")


def choose_kind(text: str, media: Sequence[MediaFacts], options: Mapping[str, Any]) -> Kind:
    """Image, carousel, reel or story; raises Invalid when these make up none of them."""
    return kinds.choose(text, media, options)


def prepare(call: Call, piece: Piece, state: Mapping[str, Any]) -> Ready | Wait:
    """Make and poll the containers, one step per call; at last note what looks alike. A first comment needs nothing."""
    if piece.role is Role.FIRST_COMMENT:
        return comments.prepare(piece)
    outcome = containers.advance(call, piece, state)
    return settle.noted(call, piece, outcome) if isinstance(outcome, Ready) else outcome


def commit(call: Call, piece: Piece, state: Mapping[str, Any]) -> Published:
    """Publish the container, or make the comment: one request.

    A container that was seen PUBLISHED is not sent again: that raises Refused with an unknown fate, and ``find``
    tells which post it is.
    """
    if piece.role is Role.FIRST_COMMENT:
        return comments.commit(call, piece)
    progress = containers.Progress.of(state)
    if progress.published:
        raise errors.refused(_LIVE_ALREADY, f"container {progress.container} is PUBLISHED")
    fields = {"creation_id": progress.container}
    answer = graph.make_visible(call, f"{call.who.platform_account_id}/media_publish", fields)
    made = str(answer.get("id") or "")
    if not made:
        raise errors.refused(errors.UNLISTED, "a success without the post's id")
    return Published(made, None, {"kind": piece.kind.value, "container": progress.container}, answer)


def confirm(call: Call, piece: Piece, state: Mapping[str, Any]) -> Published | Wait:
    """Look whether the container is out. ``commit`` never answers Accepted, so the engine has no need of it."""
    progress = containers.Progress.of(state)
    code, _ = containers.status_of(call, progress.container)
    if code != "PUBLISHED":
        return Wait(state, 5)
    return settle.identify(call, piece, replace(progress, published=True), call.now)


def find(call: Call, piece: Piece, armed: Armed) -> Published | Absent | Unsure:
    """Ask the container, whose id was saved before it was published, for its status; of what is out, find the one new post like it."""
    if piece.role is Role.FIRST_COMMENT:
        return comments.find(call, piece, armed)
    return settle.find(call, piece, armed)


def describe(call: Call, published: Published) -> Published:
    """Add the permalink. Comments have none, and a post may not be readable yet (100/33): then nothing is added."""
    if not published.id or published.permalink or "comment_on" in published.state:
        return published
    try:
        answer = graph.read(call, published.id, fields="permalink")
    except Refused as refused:
        if errors.is_gone(refused):
            return published
        raise
    return replace(published, permalink=answer.get("permalink") or None)


def delete(call: Call, published: Published) -> None:
    """Remove a comment; for a post, raise Unsupported unless it is gone already.

    Meta deletes media for connections through Facebook Login only (``instagram_manage_contents``): README.
    """
    try:
        if "comment_on" in published.state:
            graph.remove(call, published.id)
            return
        graph.read(call, published.id, fields="id")
    except Refused as refused:
        if errors.is_gone(refused):
            return
        raise
    message = "Instagram deletes no posts through this connection (Instagram Login): delete it in the Instagram app."
    raise Unsupported("platform.instagram.delete_not_offered", message, platform="instagram", id=published.id)
