"""Publishing to YouTube: videos and Shorts by a resumable upload, broadcasts by an announcement, first comments.

Which request is the visible one: the last bytes of the upload (uploads.py), the update that announces a broadcast
(live.py), the comment (comments.py). README has how each one's lost answer is settled.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from shared.domain.content import Kind, MediaFacts, Piece, Role
from shared.platforms.contract import Absent, Accepted, Armed, Call, Fate, Published, Ready, Refused, Unsure, Wait
from shared.platforms.youtube import api, checks, comments, errors, live, uploads, wire

SHORT_SECONDS: Final = 180.0
_FIRST_POLL: Final = 5.0
_SLOWEST_POLL: Final = 120.0
_UPLOADS_PAGES: Final = 4
_VIDEO_ID: Final = 11  # how long a video's id is


def choose_kind(text: str, media: Sequence[MediaFacts], options: Mapping[str, Any]) -> Kind:
    """A broadcast where the options have a start; else one video: a Short when upright or square and 3 minutes at most.

    YouTube itself makes a video a Short by its shape; nothing of it is sent. Raises Invalid.
    """
    checks.check(text, options)
    if checks.is_broadcast(options):
        checks.thumbnail(media)
        return Kind.LIVE
    video = checks.video(media)
    upright = bool(video.width and video.height and video.width <= video.height)
    short = video.duration is not None and video.duration <= SHORT_SECONDS
    return Kind.SHORT if upright and short else Kind.VIDEO


def prepare(call: Call, piece: Piece, state: Mapping[str, Any]) -> Ready | Wait:
    """All of the file but its last bytes; or the private draft of a broadcast. A comment needs nothing."""
    if piece.role is not Role.POST:
        return Ready(state)
    if piece.kind is Kind.LIVE:
        return live.prepare(call, piece, state)
    return uploads.prepare(call, piece, state)


def commit(call: Call, piece: Piece, state: Mapping[str, Any]) -> Published | Accepted:
    """The one visible request."""
    if piece.role is not Role.POST:
        return comments.make(call, _parent(piece), piece.text)
    if piece.kind is Kind.LIVE:
        return live.commit(call, piece, state)
    video = uploads.finish(call, piece, state)
    return Accepted({**state, "id": video["id"]}, _FIRST_POLL)


def confirm(call: Call, piece: Piece, state: Mapping[str, Any]) -> Published | Wait:
    """Whether YouTube has processed the file. Raises Refused where it failed or was taken down.

    A question that is refused says nothing of the video, which YouTube has taken: it is asked again.
    """
    try:
        video = api.one(call, "videos", part="snippet,status,processingDetails", id=state["id"])
    except Refused as refused:
        if refused.fate is not Fate.REJECTED:
            raise
        video = {}
    status = video.get("status") or {}
    stage = status.get("uploadStatus")
    if stage == "processed":
        return _published(piece, video)
    if stage in {"failed", "rejected", "deleted"}:
        reason = str(status.get("failureReason") or status.get("rejectionReason") or "")
        raise errors.unprocessed(stage, reason, video)
    polls = int(state.get("polls", 0)) + 1
    return Wait({**state, "polls": polls}, min(_SLOWEST_POLL, _FIRST_POLL * 1.5 ** min(polls, 12)))


def find(call: Call, piece: Piece, armed: Armed) -> Published | Absent | Unsure:
    """Ask the upload session, or look for the broadcast or our comment by a key of its own."""
    if piece.role is not Role.POST:
        return comments.find(call, _parent(piece), piece.text, armed.at, armed.taken)
    if piece.kind is Kind.LIVE:
        return live.find(call, piece, armed)
    if not armed.state.get("session"):
        return Unsure("no upload is known for this attempt")
    progress = uploads.ask(call, armed.state)
    if progress.video:
        return _published(piece, progress.video)
    if progress.sent >= int(armed.state["total"]):
        return Unsure("YouTube has the whole file and names no video yet")
    if not progress.gone:
        return Absent(f"the upload has {progress.sent} of {armed.state['total']} bytes: no video came of it")
    return _among_uploads(call, piece, armed)


def describe(call: Call, published: Published) -> Published:
    """The same, with its address: it follows from the id, nothing is asked."""
    kind = _kind(published)
    link = published.permalink or (None if kind == "comment" else wire.permalink(published.id, kind))
    return Published(published.id, link, published.state, published.raw)


def delete(call: Call, published: Published) -> None:
    """Take it down; what is gone already is fine. Raises Refused."""
    path = {"comment": "comments", str(Kind.LIVE): "liveBroadcasts"}.get(_kind(published), "videos")
    api.remove(call, path, published.id)


def _kind(published: Published) -> str:
    """What it is; by its id, where somebody told us the id alone: comments' begin with Ug, and videos' have 11 signs."""
    comment = published.id.startswith("Ug") and len(published.id) > _VIDEO_ID
    return str(published.state.get("kind") or ("comment" if comment else ""))


def _published(piece: Piece, video: Mapping[str, Any]) -> Published:
    found = api.id_of(video)
    return Published(found, wire.permalink(found, piece.kind), {"kind": str(piece.kind)}, dict(video))


def _parent(piece: Piece) -> str:
    parent = piece.parent or piece.root
    return parent.id if parent else ""


def _among_uploads(call: Call, piece: Piece, armed: Armed) -> Published | Unsure:
    """The session is gone: the channel's own uploads still say under which name and of which size each file came.

    That none of them is ours proves nothing: how late the list is, and how late a file's details, is documented nowhere.
    """
    alike: list[Mapping[str, Any]] = []
    for ids in _recent_uploads(call):
        if ids is None:
            return Unsure("the upload's session is gone, and YouTube lists the channel's uploads only in part")
        named = api.listed(api.read(call, "videos", part="snippet,fileDetails", id=",".join(ids))) if ids else []
        for video in named:
            if (video.get("fileDetails") or {}).get("fileName") == wire.file_name(piece):
                return _published(piece, video)
        alike += [video for video in named if _looks_like(piece, armed, video)]
    if alike:  # should YouTube not keep the name that we gave the file
        return _published(piece, alike[0]) if len(alike) == 1 else Unsure("several uploads look like this file")
    return Unsure("the upload's session is gone, and none of the channel's uploads is known to be of this file")


def _looks_like(piece: Piece, armed: Armed, video: Mapping[str, Any]) -> bool:
    """Of this title and size, uploaded since the arming, known for no other piece, and not under another one's name."""
    snippet, file = video.get("snippet") or {}, video.get("fileDetails") or {}
    if wire.is_file_name(file.get("fileName")):
        return False
    at = wire.instant(snippet.get("publishedAt"))
    same = snippet.get("title") == wire.title(piece) and wire.number(file.get("fileSize")) == armed.state["total"]
    return same and at is not None and at >= armed.at - comments.SKEW and not armed.taken(str(video.get("id")))


def _recent_uploads(call: Call) -> Sequence[Sequence[str] | None]:
    """Pages of video ids, newest first; None, as the last one, where there are more."""
    playlist = str(call.who.metadata.get("uploads") or "UU" + call.who.platform_account_id[2:])
    pages: list[Sequence[str] | None] = []
    token: str | None = None
    for _ in range(_UPLOADS_PAGES):
        query = {"part": "contentDetails", "playlistId": playlist, "maxResults": 50, "pageToken": token}
        page = api.read(call, "playlistItems", **query)
        pages.append([str((item.get("contentDetails") or {}).get("videoId")) for item in api.listed(page)])
        token = page.get("nextPageToken")
        if not token:
            return pages
    return [*pages, None]
