"""Videos on their way to a Pin: registered, uploaded to the storage service, then processed by Pinterest.

One request per step, none of them visible. Source: POST /media and GET /media/{media_id} in the OpenAPI document 5.23.0.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from shared.domain.content import MediaFile
from shared.platforms import _multipart
from shared.platforms.contract import Call
from shared.platforms.pinterest import api, errors
from shared.ports.http import AnswerLost

STORAGE: Final = "pinterest-media-upload.s3-accelerate.amazonaws.com"
_FRESH_SECONDS: Final = 86_400  # a video that is not pinned within a day is registered again: no number is published
_MOST_TRIES: Final = 5
_POLL_SECONDS: Final = 5.0


def step(call: Call, file: MediaFile, item: Mapping[str, Any] | None, tag: str) -> tuple[dict[str, Any], float]:
    """The next step of a video, and how long to wait after it. Raises Refused, AnswerLost, NotSent."""
    if item is None or item["phase"] == "ready":
        return _registered(call, 1)
    if item["phase"] == "registered":
        return _uploaded(call, file, item, tag)
    return _polled(call, item)


def is_ready(item: Mapping[str, Any] | None, now: float) -> bool:
    """Whether it is processed, and not too long ago."""
    return item is not None and item["phase"] == "ready" and now < float(item["at"]) + _FRESH_SECONDS


def _registered(call: Call, tries: int) -> tuple[dict[str, Any], float]:
    answer = api.post(call, "/media", {"media_type": "video"})
    url, fields = str(answer.get("upload_url") or ""), answer.get("upload_parameters") or {}
    if not str(answer.get("media_id") or "").isdecimal() or not fields:
        raise AnswerLost("a registration without an id or its parameters")
    if urlsplit(url).hostname != STORAGE:
        raise AnswerLost(f"a registration for {urlsplit(url).hostname}, where Pinterest takes no uploads")
    kept = {str(name): str(value) for name, value in fields.items()}
    return {"phase": "registered", "id": str(answer["media_id"]), "url": url, "fields": kept, "tries": tries}, 0


def _uploaded(call: Call, file: MediaFile, item: Mapping[str, Any], tag: str) -> tuple[dict[str, Any], float]:
    response = call.http.send(_multipart.upload(str(item["url"]), item["fields"], file, "video.mp4", tag))
    if response.status == 403 and int(item["tries"]) < _MOST_TRIES:  # the policy of the registration has run out
        return _registered(call, int(item["tries"]) + 1)
    if not 200 <= response.status < 300:
        raise errors.storage(response)
    return {"phase": "processing", "id": item["id"], "tries": item["tries"]}, 1.0


def _polled(call: Call, item: Mapping[str, Any]) -> tuple[dict[str, Any], float]:
    answer = api.get(call, f"/media/{item['id']}")
    if answer.get("status") == "failed":
        raise errors.never_processed(answer)
    if answer.get("status") != "succeeded":
        return dict(item), _POLL_SECONDS
    return {"phase": "ready", "id": item["id"], "at": call.now.timestamp()}, 0
