"""A video on its way to TikTok: init, then its bytes in chunks; all but the last are invisible, the last one posts.

State (JSON): ``settings`` (creator.settings), ``publish_id``, ``upload_url``, ``made_at`` (epoch s of the init), ``size``, ``chunk``
and ``count`` (bytes of the file and of a chunk, number of chunks), ``sent`` (chunks that TikTok has), ``looked_at`` (epoch s of the last thing
that TikTok said), ``doubtful`` (it must be asked how much it has), ``whole`` (it has everything, so nothing may be sent
again), ``restarts``. https://developers.tiktok.com/doc/content-posting-api-media-transfer-guide, read 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from shared.domain.content import MediaFile, Piece
from shared.platforms.contract import Call, Ready, Wait
from shared.platforms.tiktok import creator, errors, wire
from shared.ports.http import AnswerLost, Request, Response

# TikTok's least size of a chunk is «5 MB», and 5 MiB satisfies either reading. The last chunk is the visible request:
# it has between one and two chunks' bytes, so chunks are small.
CHUNK: Final = 5 * 1024 * 1024
LARGE_CHUNK: Final = 20 * 1024 * 1024
LARGE: Final = 200_000_000  # bytes from which on the larger chunks are used: 205 of them at most (TikTok takes 1000)
ADDRESS_LASTS: Final = (
    3600.0 - 600.0
)  # seconds: an upload address is good for an hour, and the last chunk needs its time
STILL_FRESH: Final = 20.0  # seconds after which what was ready is looked at again before it is sent
MAX_RESTARTS: Final = 3
SEND_DEADLINE: Final = 60.0  # manifest: timing.send_deadline

State = dict[str, Any]


def advance(call: Call, piece: Piece, state: Mapping[str, Any]) -> Ready | Wait:
    """The next step: ask for the creator's settings, init, send a chunk, or look how much TikTok has."""
    known: State = dict(state)
    if known.get("whole"):
        return Ready(known)
    if not known.get("publish_id"):
        return _begin(call, piece, known)
    ready = known["sent"] >= known["count"] - 1
    if known.get("doubtful") or _is_over(call, known) or (ready and _age(call, known, "looked_at") > STILL_FRESH):
        return _look(call, known)
    return Ready(known) if ready else _send_next(call, piece.media[0], known)


def last_chunk(piece: Piece, state: Mapping[str, Any]) -> Request:
    """The visible request. It carries no token: the address is the credential."""
    return _put(piece.media[0], state, int(state["count"]) - 1, SEND_DEADLINE)


def plan(size: int) -> tuple[int, int]:
    """Bytes of a chunk and number of chunks; the last one takes what is left over, too."""
    chunk = LARGE_CHUNK if size >= LARGE else CHUNK
    count = max(1, size // chunk)
    return (chunk, count) if count > 1 else (size, 1)


def _begin(call: Call, piece: Piece, known: State) -> Wait:
    if wire.is_draft(piece):
        body, path = {}, "post/publish/inbox/video/init/"
    elif "settings" not in known:
        return Wait(known | {"settings": creator.settings(call, piece)}, 0)
    else:
        body, path = {"post_info": wire.video_info(piece, known["settings"])}, "post/publish/video/init/"
    size = piece.media[0].facts.size or 0
    chunk, count = plan(size)
    source = {"source": "FILE_UPLOAD", "video_size": size, "chunk_size": chunk, "total_chunk_count": count}
    made = wire.post(call, path, {**body, "source_info": source})
    now = call.now.timestamp()
    begun = {"made_at": now, "looked_at": now, "size": size, "chunk": chunk, "count": count, "sent": 0}
    return Wait(known | begun | _handles(made), 0)


def _handles(made: Mapping[str, Any]) -> State:
    publish_id, url = made.get("publish_id"), made.get("upload_url")
    if not isinstance(publish_id, str) or not isinstance(url, str) or not publish_id:
        raise AnswerLost("an init without publish_id and upload_url")
    parts = urlsplit(url)
    if parts.scheme != "https" or not (parts.hostname or "").endswith(".tiktokapis.com"):
        raise AnswerLost("an upload address that is not TikTok's")
    return {"publish_id": publish_id, "upload_url": url}


def _send_next(call: Call, file: MediaFile, known: State) -> Wait:
    answer = call.http.send(_put(file, known, int(known["sent"]), 60.0))
    if answer.status == 206:
        return Wait(known | {"sent": known["sent"] + 1, "looked_at": call.now.timestamp()}, 0)
    if answer.status == 416:  # it has more or less than we think: perhaps our own chunk, whose answer was lost
        return Wait(known | {"doubtful": True}, 0)
    if answer.status in {403, 404}:  # the address is dead, and the last chunk was never sent
        return _again(call, known, answer)
    if 200 <= answer.status < 300:
        raise AnswerLost(f"a chunk that was answered with {answer.status}")
    raise errors.refusal(answer, call.now)


def _look(call: Call, known: State) -> Ready | Wait:
    """How much TikTok has. Only what is certainly not posted is begun anew."""
    status = wire.post(call, "post/publish/status/fetch/", {"publish_id": known["publish_id"]})
    word, has = status.get("status"), status.get("uploaded_bytes")
    if word == "FAILED":
        reason = str(status.get("fail_reason") or "")
        if reason not in errors.RETRYABLE:
            raise errors.failed(reason, status)
        return _again(call, known, None)
    told = isinstance(has, int)
    if word != "PROCESSING_UPLOAD" or (told and has >= known["size"]) or (not told and _is_over(call, known)):
        return Ready(known | {"whole": True})
    if _is_over(call, known):
        return _again(call, known, None)
    fresh = {name: value for name, value in known.items() if name != "doubtful"}
    sent = min(has // known["chunk"], known["count"] - 1) if told else known["sent"]
    after = fresh | {"sent": sent, "looked_at": call.now.timestamp()}
    return Ready(after) if sent >= known["count"] - 1 else Wait(after, 0)


def _again(call: Call, known: State, answer: Response | None) -> Wait:
    """From the beginning, with the creator's settings as they are now."""
    restarts = int(known.get("restarts", 0)) + 1
    if restarts > MAX_RESTARTS:
        raise errors.refusal(answer, call.now) if answer else errors.failed("internal", {})
    return Wait({"restarts": restarts}, 1)


def _put(file: MediaFile, known: Mapping[str, Any], number: int, timeout: float) -> Request:
    size, first = file.facts.size or 0, number * int(known["chunk"])
    last = size - 1 if number == int(known["count"]) - 1 else first + int(known["chunk"]) - 1
    headers = {"Content-Type": file.facts.content_type, "Content-Range": f"bytes {first}-{last}/{size}"}
    body = file.read(first, last - first + 1)
    return Request(
        "PUT", str(known["upload_url"]), headers, body, read_timeout=timeout, total_timeout=5.0 + 2 * timeout
    )


def _is_over(call: Call, known: State) -> bool:
    return _age(call, known, "made_at") > ADDRESS_LASTS


def _age(call: Call, known: State, name: str) -> float:
    return call.now.timestamp() - float(known[name])
