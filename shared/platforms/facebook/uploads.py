"""Preparing a post: photos are uploaded unpublished, videos into a session; one step per call, nothing visible.

Photos and hosted videos are fetched by Facebook from their address; a video post's bytes are handed over in the parts that
Facebook asks for. https://developers.facebook.com/docs/pages-api/posts, …/docs/video-api/guides/reels-publishing,
…/docs/page-stories-api, and the start, transfer and finish of …/docs/graph-api/reference/page/videos, read 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from shared.domain.content import Kind, MediaType, Piece
from shared.platforms import _wire
from shared.platforms.contract import Call, Ready, Refused, Wait
from shared.platforms.facebook import errors, graph, wire
from shared.platforms.facebook.progress import Progress
from shared.ports.http import Request

POLLS = (1, 2, 4, 8, 15, 30)
MOST = 8 * 1024 * 1024  # of one part, whatever more Facebook would take


def advance(call: Call, piece: Piece, state: Mapping[str, Any]) -> Ready | Wait:
    """The next step. Raises Refused, AnswerLost, NotSent."""
    progress = Progress.of(state)
    if progress.stale(call.now):
        progress = Progress()
    return steps(piece)(call, piece, progress)


def steps(piece: Piece) -> Callable[[Call, Piece, Progress], Ready | Wait]:
    """What prepares this kind of piece."""
    if piece.kind in {Kind.TEXT, Kind.LINK}:
        return _nothing
    if piece.kind is Kind.VIDEO:
        return _bytes
    return _hosted if is_video(piece) else _photos


def is_video(piece: Piece) -> bool:
    """Whether the piece is made of a video."""
    return bool(piece.media) and piece.media[0].facts.type is MediaType.VIDEO


def edge(piece: Piece) -> str:
    """Where a hosted video belongs: the edge that begins and finishes it."""
    return "video_stories" if piece.kind is Kind.STORY else "video_reels"


def video_of(call: Call, video: str) -> dict[str, Any]:
    """What Facebook says of a video. Raises Refused, AnswerLost, NotSent."""
    return graph.read(call, video, fields=wire.VIDEO_FIELDS)


def phase(video: Mapping[str, Any], name: str) -> str:
    """``not_started``, ``in_progress``, ``complete`` or ``error`` of a phase; empty when Facebook does not say."""
    status = video.get("status") or {}
    return str((status.get(f"{name}_phase") or {}).get("status") or "")


def failed(video: Mapping[str, Any]) -> bool:
    """Whether Facebook gave the video up: it is not and will not be live."""
    status = str((video.get("status") or {}).get("video_status") or "")
    return status in {"error", "expired", "upload_failed"}


def _nothing(call: Call, piece: Piece, progress: Progress) -> Ready:
    return _ready(call, progress)


def _ready(call: Call, progress: Progress) -> Ready:
    return Ready(replace(progress, since=progress.since or int(call.now.timestamp()), polls=0).state())


# ------------------------------------------------------------------------------------------------------ photos


def _photos(call: Call, piece: Piece, progress: Progress) -> Ready | Wait:
    done = len(progress.photos)
    if done == len(piece.media):
        return _ready(call, progress)
    caption = piece.text if piece.kind is Kind.STORY else ""  # not shown; the sandbox reads its fault markers from it
    made = graph.create(call, f"{graph.page_id(call)}/photos", wire.photo(piece.media[done], caption))
    at = progress.made_at or int(call.now.timestamp())
    progress = replace(progress, photos=(*progress.photos, made), made_at=at)
    return _ready(call, progress) if done + 1 == len(piece.media) else Wait(progress.state(), 0)


# -------------------------------------------------------------------------------------------- videos, in parts


def _bytes(call: Call, piece: Piece, progress: Progress) -> Ready | Wait:
    if not progress.session:
        return Wait(_begun(call, piece).state(), 0)
    if progress.start < progress.end and not progress.uploaded:
        return Wait(_part(call, piece, progress).state(), 0)
    return _ready(call, replace(progress, uploaded=True))


def _begun(call: Call, piece: Piece) -> Progress:
    fields = {"upload_phase": "start", "file_size": piece.media[0].facts.size or 0}
    answer = graph.VIDEO.post(call, f"{graph.page_id(call)}/videos", fields)
    session, video = str(answer.get("upload_session_id") or ""), str(answer.get("video_id") or "")
    if not session or not video:
        raise errors.refused(errors.BOOK.common.server, "an upload session without its ids")
    return _offsets(Progress(session=session, video=video, made_at=int(call.now.timestamp())), answer)


def _part(call: Call, piece: Piece, progress: Progress) -> Progress:
    request = part_request(call, piece, progress)
    try:
        return _offsets(progress, _wire.ask(call, request, errors.refusal).json)
    except Refused as refused:
        said = (refused.raw.get("error") or {}).get("error_data") or {}
        if refused.row.code == "upload_offset" and said:  # this part is there already: Facebook says which it wants
            return _offsets(progress, said)
        raise


def part_request(call: Call, piece: Piece, progress: Progress) -> Request:
    """One part of the file, from where Facebook wants it."""
    size = min(progress.end - progress.start, MOST)
    fields = {"upload_phase": "transfer", "upload_session_id": progress.session, "start_offset": str(progress.start)}
    content, tag = piece.media[0].read(progress.start, size), f"{piece.key}.{progress.start}"
    return graph.VIDEO.part(call, f"{graph.page_id(call)}/videos", fields, content, field="video_file_chunk", tag=tag)


def _offsets(progress: Progress, answer: Mapping[str, Any]) -> Progress:
    try:
        start, end = int(answer["start_offset"]), int(answer["end_offset"])
    except (KeyError, TypeError, ValueError):
        raise errors.refused(errors.BOOK.common.server, "an upload step without offsets") from None
    return replace(progress, start=start, end=end, uploaded=start == end)


# ---------------------------------------------------------------------------------- reels and stories, hosted


def _hosted(call: Call, piece: Piece, progress: Progress) -> Ready | Wait:
    if not progress.video:
        return Wait(_opened(call, piece).state(), 0)
    if not progress.handed:
        graph.hand_over(call, progress.upload_url, piece.media[0].url)
        return Wait(replace(progress, handed=True).state(), 0)
    return _ready(call, progress) if progress.uploaded else _poll(call, progress)


def _opened(call: Call, piece: Piece) -> Progress:
    answer = graph.post(call, f"{graph.page_id(call)}/{edge(piece)}", {"upload_phase": "start"})
    video, url = str(answer.get("video_id") or ""), str(answer.get("upload_url") or "")
    if not video or not url.startswith("https://rupload.facebook.com/"):
        raise errors.refused(errors.BOOK.common.server, "an upload session without its id and address")
    return Progress(video=video, upload_url=url, made_at=int(call.now.timestamp()))


def _poll(call: Call, progress: Progress) -> Ready | Wait:
    video = video_of(call, progress.video)
    if failed(video) or phase(video, "uploading") == "error":
        raise errors.refused(errors.PROCESSING_FAILED, str(video.get("status")))
    if phase(video, "uploading") == "complete":
        return _ready(call, replace(progress, uploaded=True))
    seconds = float(POLLS[min(progress.polls, len(POLLS) - 1)])
    return Wait(replace(progress, polls=progress.polls + 1).state(), seconds)
