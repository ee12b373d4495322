"""The simulated YouTube's resumable uploads: a session per video, bytes in order, a video when the last one is in.

A byte that is here already is not taken again: such a chunk is refused, and the client must ask how far the session is.
Of a file only its size and its beginning are kept. A session lives a week.
https://developers.google.com/youtube/v3/guides/using_resumable_upload_protocol, read 2026-11-22.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from email import message_from_bytes
from email.message import Message
from typing import Any, Final

from shared.platforms._google.simulator import Asked, Denied, answer, error, keep_until, visible
from shared.platforms.youtube import simulator_push as push
from shared.platforms.youtube import simulator_state as state
from shared.platforms.youtube import simulator_videos as videos
from shared.platforms.youtube.uploads import QUANTUM
from shared.ports.http import Response

SESSION_SECONDS: Final = 7 * 86_400
DAILY_INSERTS: Final = 100  # the default quota of videos.insert, which has a bucket of its own
MAX_BYTES: Final = 274_877_906_944
_CHUNK: Final = re.compile(r"bytes (\d+)-(\d+)/(\d+)")
_ASKING: Final = re.compile(r"bytes \*/(\d+|\*)")


def begin(asked: Asked) -> Response:
    """POST upload/videos?uploadType=resumable: what the video is to be, but none of its bytes."""
    asked.allow("part", "notifySubscribers", "autoLevels", "stabilize")
    if asked.query.get("uploadType") != "resumable":
        raise Denied(error(400, "badRequest", "This simulator takes resumable uploads only."))
    given = videos.parts(asked)
    total = asked.headers.get("x-upload-content-length", "")
    kind = asked.headers.get("x-upload-content-type", "")
    if not total.isdecimal() or not 0 < int(total) <= MAX_BYTES:
        raise state.wrong("mediaBodyRequired", "The request does not include the video content.")
    if not (kind.startswith("video/") or kind == "application/octet-stream"):
        raise Denied(error(400, "badContent", f"Media type '{kind}' is not supported. Valid media types: [video/*]"))
    fields = videos.checked(asked.json(), given)
    _count_insert(asked)
    session = {
        "channel": asked.user_id,
        "fields": fields,
        "parts": given,
        "file": {"name": asked.headers.get("slug") or "unknown", "size": int(total), "corrupt": False},
        "received": 0,
        "until": asked.world.now.timestamp() + SESSION_SECONDS,
    }
    name = state.token(f"session/{asked.world.serial('yt.session')}/{asked.user_id}", 40)
    keep_until(asked.world, "yt.session", asked.user_id, name, session)
    where = f"https://{asked.host}{asked.path}?uploadType=resumable&part={','.join(given)}&upload_id={name}"
    return Response(200, {"location": where, "x-guploader-uploadid": name, "content-length": "0"}, b"")


def put(asked: Asked) -> Response:
    """PUT to the session's address: a chunk, or the question how far it is."""
    name = asked.query.get("upload_id", "")
    session = asked.world.get("yt.session", name) if re.fullmatch(r"[A-Za-z0-9_-]{40}", name) else None
    if not session or session["channel"] != asked.user_id or session["until"] <= asked.world.now.timestamp():
        return error(404, "notFound", "Not Found")
    if session.get("video"):
        return _finished(asked, session)
    ranged = asked.headers.get("content-range", f"bytes 0-{max(0, len(asked.body) - 1)}/{session['file']['size']}")
    if _ASKING.fullmatch(ranged):
        return _incomplete(session)
    chunk = _CHUNK.fullmatch(ranged)
    if not chunk:
        return error(400, "badRequest", "Failed to parse Content-Range header.")
    first, last, total = (int(number) for number in chunk.groups())
    if total != session["file"]["size"] or last - first + 1 != len(asked.body) or first != session["received"]:
        return error(400, "badRequest", f"Invalid request. The server has {session['received']} bytes of {total}.")
    return _take(asked, name, session, last + 1)


def _take(asked: Asked, name: str, session: dict[str, Any], end: int) -> Response:
    corrupt = session["file"]["corrupt"] or (session["received"] == 0 and asked.body.startswith(b"corrupt"))
    after = {**session, "received": end, "file": {**session["file"], "corrupt": corrupt}}
    if end < session["file"]["size"]:
        if end % QUANTUM:
            return error(400, "badRequest", "Chunks must be multiples of 262144 bytes, except for the last one.")
        asked.world.put("yt.session", name, after)
        return _incomplete(after)
    snippet = session["fields"]["snippet"]

    def appear() -> Response:
        video = state.new_video(asked.world, asked.user_id, {**after["fields"], "file": after["file"]})
        asked.world.put("yt.session", name, {**after, "video": video["id"]})
        push.changed(asked.world, video)
        return _finished(asked, {**after, "video": video["id"]})

    return visible(
        asked,
        f"{snippet['title']} {snippet.get('description', '')}",
        name,
        appear,
        rejected=lambda: error(400, "invalidVideoMetadata", "The request metadata is invalid.", "youtube.video"),
        limited=state.limited,
        broken=state.broken,
    )


def _incomplete(session: Mapping[str, Any]) -> Response:
    ranged = {"range": f"bytes=0-{session['received'] - 1}"} if session["received"] else {}
    return Response(308, {**ranged, "content-length": "0"}, b"")


def _finished(asked: Asked, session: Mapping[str, Any]) -> Response:
    video = asked.world.get("yt.video", str(session["video"]))
    if not video:  # deleted meanwhile: the session still tells what came of it
        return answer({"kind": "youtube#video", "etag": "e", "id": session["video"]})
    return answer(videos.shape(asked, video, list(session["parts"])))


def _count_insert(asked: Asked) -> None:
    """One of the day's uploads. Raises Denied. Per channel here: the whole sandbox is one project."""
    day = asked.world.now.date().isoformat()
    used = asked.world.get("yt.quota", asked.user_id) or {}
    count = int(used.get("count", 0)) + 1 if used.get("day") == day else 1
    if count > DAILY_INSERTS:
        message = 'The request cannot be completed because you have exceeded your <a href="/youtube/v3/getting-started#quota">quota</a>.'
        raise Denied(error(403, "quotaExceeded", message, "youtube.quota"))
    asked.world.put("yt.quota", asked.user_id, {"day": day, "count": count})


def multipart(asked: Asked) -> tuple[dict[str, Any], bytes]:
    """A ``multipart/related`` body: the resource, and the file. Raises Denied."""
    head = f"Content-Type: {asked.headers.get('content-type', '')}\r\n\r\n".encode()
    pieces = message_from_bytes(head + asked.body).get_payload()
    bodies = [_payload(piece) for piece in pieces] if isinstance(pieces, list) else []
    if len(bodies) != 2:
        raise Denied(error(400, "badRequest", "Multipart must have 2 parts."))
    try:
        resource = json.loads(bodies[0])
    except ValueError:
        resource = None
    if not isinstance(resource, dict):
        raise Denied(error(400, "parseError", "Invalid JSON payload received."))
    return resource, bodies[1]


def _payload(piece: Any) -> bytes:
    return bytes(piece.get_payload(decode=True) or b"") if isinstance(piece, Message) else b""
