"""Files for a post, one step per call: images in one request, videos and GIFs in segments.

An item's state is JSON: ``{"id", "expires_at" (epoch s), "phase", "next" (segment), "restarts"}``; its phases run
``append`` (videos, GIFs) → ``finalize`` → ``processing`` → ``alt`` → ``ready``. Every step may be run twice: a second
initialize makes an upload that nobody uses, a second segment replaces the first, a second finalize is refused and the
status read instead (``doubtful``). What else X refuses of an upload that it knew starts the item over, at most twice.
Source: docs.x.com/x-api/media, 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from shared.domain.content import MediaFile
from shared.platforms import _wire
from shared.platforms.contract import Call, Fate, Refused
from shared.platforms.x import errors, wire
from shared.ports.http import Request

UPLOAD: Final = f"{wire.API}/media/upload"
SEGMENT: Final = 4 * 1024 * 1024  # X takes at most 5 MB; it numbers segments 0 to 999
_SPARE_SECONDS: Final = 600.0  # an upload that ends sooner than this is not worth attaching
_RESTARTS: Final = 2
_ONE_SHOT: Final = "tweet_image"

Item = dict[str, Any]


def is_ready(item: Mapping[str, Any] | None, now: datetime) -> bool:
    """Whether the item can be attached, and for long enough."""
    return item is not None and item["phase"] == "ready" and not has_ended(item, now)


def has_ended(item: Mapping[str, Any], now: datetime) -> bool:
    """Whether X has forgotten the upload by now, or soon will have."""
    return float(item["expires_at"]) - _SPARE_SECONDS <= now.timestamp()


def step(call: Call, file: MediaFile, item: Item | None, tag: str) -> tuple[Item, float]:
    """Do the item's next step: the item as it is then, and the seconds to wait before the next one.

    ``tag`` seeds the multipart boundary, so that a repeated step sends the same bytes. Raises Refused.
    """
    if item is None or has_ended(item, call.now):
        return _begin(call, file, tag, 0), 0
    try:
        return _STEPS[item["phase"]](call, file, item, tag)
    except Refused as refused:
        if not _is_about_the_upload(refused):
            raise
        if item["phase"] == "finalize":  # perhaps it was done before, and the answer lost: its status will tell
            return {**item, "phase": "processing", "doubtful": True}, 0
        if int(item["restarts"]) >= _RESTARTS:
            raise
        return _begin(call, file, tag, int(item["restarts"]) + 1), 0


def _is_about_the_upload(refused: Refused) -> bool:
    """Whether starting over can help: X refused this upload, not the caller's token, pace or the file itself."""
    return refused.fate in {Fate.REJECTED, Fate.UNKNOWN} and refused.status >= 400


def _begin(call: Call, file: MediaFile, tag: str, restarts: int) -> Item:
    category = wire.media_category(file.facts)
    if category == _ONE_SHOT:
        request = _multipart(UPLOAD, {"media_category": category}, file.bytes(), tag)
        phase = "alt" if file.facts.alt_text else "ready"
    else:
        body = {"media_category": category, "media_type": file.facts.content_type, "total_bytes": file.facts.size or 0}
        request = _wire.post_json(f"{UPLOAD}/initialize", body)
        phase = "append"
    data = _send(call, request)
    return {
        "id": str(data["id"]),
        "phase": phase,
        "next": 0,
        "restarts": restarts,
        "expires_at": _expiry(call, data, call.now.timestamp() + 3600),
    }


def _append(call: Call, file: MediaFile, item: Item, tag: str) -> tuple[Item, float]:
    number, size = int(item["next"]), file.facts.size or 0
    part = file.read(number * SEGMENT, SEGMENT)
    _send(call, _multipart(f"{UPLOAD}/{item['id']}/append", {"segment_index": str(number)}, part, f"{tag}.{number}"))
    done = (number + 1) * SEGMENT >= size
    return {**item, "next": number + 1, "phase": "finalize" if done else "append"}, 0


def _finalize(call: Call, file: MediaFile, item: Item, tag: str) -> tuple[Item, float]:
    del tag
    return _processed(call, file, item, _send(call, Request("POST", f"{UPLOAD}/{item['id']}/finalize")))


def _status(call: Call, file: MediaFile, item: Item, tag: str) -> tuple[Item, float]:
    del tag
    data = _send(call, _wire.get(UPLOAD, {"media_id": item["id"], "command": "STATUS"}))
    if item.get("doubtful") and not data.get("processing_info"):
        raise errors.never_finalized(data)
    return _processed(call, file, item, data)


def _alt(call: Call, file: MediaFile, item: Item, tag: str) -> tuple[Item, float]:
    del tag
    metadata = {"alt_text": {"text": file.facts.alt_text}}
    _send(call, _wire.post_json(f"{wire.API}/media/metadata", {"id": item["id"], "metadata": metadata}))
    return {**item, "phase": "ready"}, 0


_STEPS: Final[Mapping[str, Callable[[Call, MediaFile, Item, str], tuple[Item, float]]]] = {
    "append": _append,
    "finalize": _finalize,
    "processing": _status,
    "alt": _alt,
}


def _processed(call: Call, file: MediaFile, item: Item, data: Mapping[str, Any]) -> tuple[Item, float]:
    """Where the item stands by X's own account of its processing."""
    known = {**item, "expires_at": _expiry(call, data, float(item["expires_at"]))}
    info = data.get("processing_info")
    if info and info.get("state") == "failed":
        error = info.get("error") or {}
        said = error.get("message") or error.get("name") or "X could not process the file"
        raise errors.unprocessable(str(said), data)
    if info and info.get("state") != "succeeded":
        return {**known, "phase": "processing"}, max(1.0, float(info.get("check_after_secs") or 1))
    return {**known, "phase": "alt" if file.facts.alt_text else "ready"}, 0


def _expiry(call: Call, data: Mapping[str, Any], otherwise: float) -> float:
    seconds = data.get("expires_after_secs")
    return call.now.timestamp() + float(seconds) if seconds is not None else otherwise


def _send(call: Call, request: Request) -> dict[str, Any]:
    answer = _wire.ask(call, wire.authorised(call, request), errors.refusal)
    return dict(answer.json.get("data") or {})


def _multipart(url: str, fields: Mapping[str, str], content: bytes, tag: str) -> Request:
    """A form with one file. The boundary comes from the piece, not from chance: the same step, the same bytes."""
    boundary = f"rostrum-{tag}"
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="media"; filename="media"\r\n'.encode()
    kind = b"Content-Type: application/octet-stream\r\n\r\n"
    body = b"".join([*parts, head, kind, content, f"\r\n--{boundary}--\r\n".encode()])
    return _wire.post_bytes(url, body, f"multipart/form-data; boundary={boundary}")
