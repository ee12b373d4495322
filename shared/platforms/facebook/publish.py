"""Publishing on a Page: uploads first (invisible), then one request that makes the post.

https://developers.facebook.com/docs/pages-api/posts and …/docs/video-api/guides/reels-publishing, read 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from shared.domain.content import Kind, MediaFacts, Piece, Role
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
from shared.platforms.facebook import comments, errors, graph, kinds, limits, settle, uploads, wire
from shared.platforms.facebook.progress import Progress

CONFIRM_SECONDS = 5.0
_LIVE_ALREADY = ErrorRow(Fate.UNKNOWN, "already_published", "Facebook says that this is live already.")


def choose_kind(text: str, media: Sequence[MediaFacts], options: Mapping[str, Any]) -> Kind:
    """Text, link, image, carousel, video, reel or story; raises Invalid when these make up none of them."""
    return kinds.choose(text, media, options)


def prepare(call: Call, piece: Piece, state: Mapping[str, Any]) -> Ready | Wait:
    """Upload what there is, one step per call. A text, a link and a first comment need nothing."""
    if piece.role is Role.FIRST_COMMENT:
        return comments.prepare(piece)
    if limits.count(piece.text) > limits.MAX_TEXT:  # what Facebook itself answers is not documented
        raise errors.refused(errors.TEXT_TOO_LONG, f"a post has at most {limits.MAX_TEXT} characters")
    return uploads.advance(call, piece, state)


def commit(call: Call, piece: Piece, state: Mapping[str, Any]) -> Published | Accepted:
    """The one visible request. A video is accepted first, and live once it is processed."""
    if piece.role is Role.FIRST_COMMENT:
        return comments.commit(call, piece)
    progress, page = Progress.of(state), graph.page_id(call)
    if piece.kind is Kind.VIDEO:
        answer = graph.VIDEO.make_visible(call, f"{page}/videos", wire.finish_video(piece, progress))
        return _accepted(progress, answer)
    if uploads.is_video(piece):
        fields = wire.finish_story if piece.kind is Kind.STORY else wire.finish_reel
        answer = graph.make_visible(call, f"{page}/{uploads.edge(piece)}", fields(piece, progress))
        return _accepted(progress, answer)
    if piece.kind is Kind.STORY:
        answer = graph.make_visible(call, f"{page}/photo_stories", {"photo_id": progress.photos[0]})
        return _made(piece, progress, answer, "post_id")
    return _made(piece, progress, graph.make_visible(call, f"{page}/feed", wire.feed(piece, progress)), "id")


def confirm(call: Call, piece: Piece, state: Mapping[str, Any]) -> Published | Wait:
    """Look whether the video is out. Raises Refused (REJECTED) when Facebook could not process it."""
    progress = Progress.of(state)
    video = uploads.video_of(call, progress.video)
    if uploads.failed(video):
        raise errors.refused(errors.PROCESSING_FAILED, str(video.get("status")))
    if not settle.is_out(video):
        return Wait(state, CONFIRM_SECONDS)
    if piece.kind is not Kind.STORY:
        return settle.published_video(piece, progress, video)
    story, _ = settle.story_of(call, progress)
    return settle.published_story(piece, progress, story) if story else Wait(state, CONFIRM_SECONDS)


def find(call: Call, piece: Piece, armed: Armed) -> Published | Absent | Unsure:
    """Ask for the video or story by its id; look for a photo by its id, for words by our app's id and text, among the Page's posts since the arm."""
    if piece.role is Role.FIRST_COMMENT:
        return comments.find(call, piece, armed)
    return settle.find(call, piece, armed)


def describe(call: Call, published: Published) -> Published:
    """Add the permalink, best effort: what cannot be read (100/33) stays as it is."""
    if not published.id or published.permalink:
        return published
    try:
        return replace(published, permalink=_permalink(call, published))
    except Refused as refused:
        if errors.is_gone(refused):
            return published
        raise


def delete(call: Call, published: Published) -> None:
    """Remove the post, the video or the comment; a story goes with the photo or video that it is made of."""
    story = published.state.get("kind") == Kind.STORY
    target = str(published.state.get("media") or published.id) if story else published.id
    try:
        graph.remove(call, target)
    except Refused as refused:
        if not errors.is_gone(refused):
            raise


def _permalink(call: Call, published: Published) -> str | None:
    if published.state.get("kind") != Kind.STORY:
        return wire.address(graph.read(call, published.id, fields="permalink_url").get("permalink_url"))
    media = str(published.state.get("media") or "")
    story, _ = settle.story_of(call, Progress(video=media))
    return wire.address((story or {}).get("url"))


def _made(piece: Piece, progress: Progress, answer: Mapping[str, Any], name: str) -> Published:
    made = str(answer.get(name) or "")
    if not made:
        raise errors.refused(errors.UNLISTED, "a success without the post's id")
    return Published(made, None, settle.state_of(piece, progress), dict(answer))


def _accepted(progress: Progress, answer: Mapping[str, Any]) -> Accepted:
    if answer.get("success") is not True:
        raise errors.refused(errors.UNLISTED, "an answer that is no success")
    return Accepted(progress.state(), CONFIRM_SECONDS)
