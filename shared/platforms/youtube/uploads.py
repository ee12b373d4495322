"""The resumable upload: a session, the file in chunks, and what the session says of itself.

A session makes at most one video, and makes it when the last byte is in. So everything but the last bytes is preparing;
sending them is the visible request, and asking the session how far it is settles a lost answer. State: ``session`` (its
address), ``total``, ``sent`` (bytes that YouTube has), ``asked`` (epoch s of its last word), ``until`` (epoch s of its end),
``doubtful`` (ask before sending on), ``restarts``.
https://developers.google.com/youtube/v3/guides/using_resumable_upload_protocol, read 2026-11-22.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from shared.domain.content import MediaFile, Piece
from shared.platforms import _wire
from shared.platforms._google.oauth import bearer
from shared.platforms.contract import Call, Fate, Ready, Refused, Wait
from shared.platforms.youtube import api, errors, wire
from shared.ports.http import AnswerLost, Request, Response, Stream

QUANTUM: Final = 256 * 1024  # every chunk but the last is a multiple of this
CHUNK: Final = 32 * QUANTUM
_READ: Final = 4 * QUANTUM  # how much of a file is held at a time
_LIVES: Final = 6 * 86_400.0  # seconds; YouTube says «about a week» nowhere in writing: a day less is safe
_FRESH: Final = 30.0  # seconds for which the session's last word is good enough
_RESTARTS: Final = 2
_RANGE: Final = re.compile(r"bytes=0-(\d+)")


@dataclass(frozen=True, slots=True)
class Progress:
    """What a session says: how many bytes it has, or the video that came of it. ``gone``: there is no such session."""

    sent: int = 0
    video: Mapping[str, Any] | None = None
    gone: bool = False


def prepare(call: Call, piece: Piece, state: Mapping[str, Any]) -> Ready | Wait:
    """One step: begin a session, send a chunk, or ask the session how far it is."""
    file, now = piece.media[0], call.now.timestamp()
    if not state.get("session") or float(state["until"]) <= now:
        return Wait(_begin(call, piece, file, int(state.get("restarts", 0))), 0)
    if state.get("doubtful"):
        return _after(call, piece, state, ask(call, state))
    if int(state["sent"]) < tail_at(int(state["total"])):
        return _send_on(call, piece, file, state)
    if now - float(state["asked"]) > _FRESH:  # perhaps it ended meanwhile, or an earlier attempt finished it
        return _after(call, piece, state, ask(call, state))
    return Ready(state)


def finish(call: Call, piece: Piece, state: Mapping[str, Any]) -> Mapping[str, Any]:
    """Send the last bytes: the video as YouTube then has it. Raises Refused, AnswerLost, NotSent."""
    start = tail_at(int(state["total"]))
    response = _put(call, piece.media[0], state, start, int(state["total"]) - start)
    if response.status == 308:
        raise AnswerLost("YouTube lacks some of the file")
    if response.status not in {200, 201}:
        raise errors.refusal(response, call.now)
    return _video(response)


def ask(call: Call, state: Mapping[str, Any]) -> Progress:
    """How far the session is; changes nothing. Raises Refused, AnswerLost, NotSent."""
    headers = {"Authorization": bearer(call), "Content-Range": f"bytes */{state['total']}"}
    response = call.http.send(Request("PUT", _checked(state["session"]), headers, b""))
    return _progress(call, response)


def tail_at(total: int) -> int:
    """Where the last bytes begin, which are sent when the video is to appear: at most 256 KiB."""
    return max(0, (total - 1) // QUANTUM * QUANTUM)


def _begin(call: Call, piece: Piece, file: MediaFile, restarts: int) -> dict[str, Any]:
    total = file.facts.size or 0
    notify = piece.options.get("notify_subscribers")
    query = {
        "uploadType": "resumable",
        "part": "snippet,status",
        "notifySubscribers": None if notify is None else str(notify).lower(),
    }
    headers = {
        "Authorization": bearer(call),
        "Content-Type": "application/json; charset=UTF-8",
        "X-Upload-Content-Length": str(total),
        "X-Upload-Content-Type": file.facts.content_type,
        "Slug": wire.file_name(piece),
    }
    body = json.dumps(wire.video_body(piece), ensure_ascii=False, sort_keys=True).encode()
    request = Request("POST", _wire.with_query(f"{api.UPLOAD}/videos", query), headers, body)
    answer = _wire.ask(call, request, errors.refusal)
    now = call.now.timestamp()
    session = _checked(answer.headers.get("location", ""))
    return {"session": session, "total": total, "sent": 0, "asked": now, "until": now + _LIVES, "restarts": restarts}


def _send_on(call: Call, piece: Piece, file: MediaFile, state: Mapping[str, Any]) -> Wait | Ready:
    start = int(state["sent"])
    length = min(CHUNK, tail_at(int(state["total"])) - start)
    try:
        progress = _progress(call, _put(call, file, state, start, length))
    except Refused as refused:
        if refused.fate not in {Fate.UNKNOWN, Fate.REJECTED} or int(state.get("strikes", 0)) >= _RESTARTS:
            raise
        # Sent before, its answer lost, and YouTube takes no byte twice: it will say how far it is.
        return Wait({**state, "doubtful": True, "strikes": int(state.get("strikes", 0)) + 1}, 0)
    return _after(call, piece, state, progress)


def _after(call: Call, piece: Piece, state: Mapping[str, Any], progress: Progress) -> Wait | Ready:
    """The state once the session has spoken."""
    further = progress.sent > int(state["sent"])  # what was refused on the way here is no longer held against it
    known = {key: value for key, value in state.items() if key != "doubtful" and not (further and key == "strikes")}
    now = call.now.timestamp()
    if progress.gone:
        restarts = int(state.get("restarts", 0)) + 1
        if restarts > _RESTARTS:
            raise AnswerLost("YouTube forgot the upload again and again")
        return Wait({"restarts": restarts}, 0)
    if progress.video:  # an earlier attempt finished it: sending the last bytes again answers the same video
        return Ready({**known, "sent": tail_at(int(state["total"])), "asked": now})
    return Wait({**known, "sent": min(progress.sent, tail_at(int(state["total"]))), "asked": now}, 0)


def _put(call: Call, file: MediaFile, state: Mapping[str, Any], start: int, length: int) -> Response:
    headers = {
        "Authorization": bearer(call),
        "Content-Type": file.facts.content_type,
        "Content-Range": f"bytes {start}-{start + length - 1}/{state['total']}",
    }
    body = file.read(start, length) if length <= QUANTUM else Stream(length, lambda: _pieces(file, start, length))
    return call.http.send(Request("PUT", _checked(state["session"]), headers, body, read_timeout=api.SEND_DEADLINE))


def _pieces(file: MediaFile, start: int, length: int) -> Iterator[bytes]:
    for at in range(start, start + length, _READ):
        yield file.read(at, min(_READ, start + length - at))


def _progress(call: Call, response: Response) -> Progress:
    if response.status in {200, 201}:
        return Progress(video=_video(response))
    if response.status == 308:
        found = _RANGE.fullmatch(response.headers.get("range", ""))
        return Progress(int(found.group(1)) + 1 if found else 0)
    if response.status in {404, 410}:
        return Progress(gone=True)
    raise errors.refusal(response, call.now)


def _video(response: Response) -> Mapping[str, Any]:
    video = _wire.parsed(response)
    api.id_of(video)
    return video


def _checked(session: str) -> str:
    """The session's address, if the token may go there. Raises AnswerLost."""
    parts = urlsplit(session)
    host = parts.hostname or ""
    if parts.scheme != "https" or not (host == "www.googleapis.com" or host.endswith(".googleapis.com")):
        raise AnswerLost("YouTube named no address for the upload")
    return session
