"""Files for a post, one step per call: an asset is announced, its bytes are PUT, and LinkedIn processes them.

An item's state is JSON: ``{"urn", "phase", "next" (part), "parts": [{url, first, last}], "etags", "token", "until" (epoch s
of its addresses), "restarts"}``; its phases run ``put`` → ``finalize`` (videos) → ``check`` → ``ready``. Every step may be
run twice: a second announcement makes an asset that nobody uses, a part that is PUT again replaces itself.
Source: learn.microsoft.com/en-us/linkedin/marketing/community-management/shares (images-api, videos-api, documents-api),
2026-11-22.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from shared.domain.content import MediaFile, MediaType
from shared.platforms import _wire
from shared.platforms.contract import Call, Fate, Refused
from shared.platforms.linkedin import errors, limits, wire
from shared.ports.http import AnswerLost, Request, Stream

_RESOURCES: Final = {MediaType.IMAGE: "images", MediaType.VIDEO: "videos", MediaType.DOCUMENT: "documents"}
_RESTARTS: Final = 2
_SPARE_SECONDS: Final = 60.0
_A_DAY: Final = 86_400.0
_BLIND_SECONDS: Final = {"images": 2.0, "documents": 15.0, "videos": 60.0}

Item = dict[str, Any]


def is_ready(item: Mapping[str, Any] | None) -> bool:
    """Whether the item can be attached."""
    return item is not None and item["phase"] == "ready"


def step(call: Call, file: MediaFile, item: Item | None) -> tuple[Item, float]:
    """Do the item's next step: the item as it is then, and the seconds to wait before the next one. Raises Refused."""
    if item is None:
        return _begin(call, file, 0), 0
    if item["phase"] == "put" and float(item["until"]) - _SPARE_SECONDS <= call.now.timestamp():
        if int(item["restarts"]) >= _RESTARTS:
            raise errors.stale_upload()
        return _begin(call, file, int(item["restarts"]) + 1), 0
    try:
        return _STEPS[item["phase"]](call, file, item)
    except Refused as refused:
        if not _is_about_the_upload(refused, item) or int(item["restarts"]) >= _RESTARTS:
            raise
        return _begin(call, file, int(item["restarts"]) + 1), 0


def _is_about_the_upload(refused: Refused, item: Item) -> bool:
    """Whether starting over can help: LinkedIn refused this upload, not the caller's token, pace or the file itself."""
    return item["phase"] != "check" and refused.fate in {Fate.REJECTED, Fate.UNKNOWN} and refused.status >= 400


def _begin(call: Call, file: MediaFile, restarts: int) -> Item:
    resource = _RESOURCES[file.facts.type]
    wanted: dict[str, Any] = {"owner": call.who.platform_account_id}
    if resource == "videos":
        wanted |= {"fileSizeBytes": file.facts.size or 0, "uploadCaptions": False, "uploadThumbnail": False}
    request = _wire.post_json(f"{wire.API}/{resource}?action=initializeUpload", {"initializeUploadRequest": wanted})
    value = _wire.ask(call, wire.authorised(call, request), errors.refusal).json.get("value") or {}
    urn, parts = value.get(resource[:-1]), _parts(value, file.facts.size or 0)
    if not urn or not parts:
        raise AnswerLost("an upload without an asset or an address")
    ends = value.get("uploadUrlExpiresAt") or value.get("uploadUrlsExpireAt")
    return {
        "urn": str(urn),
        "phase": "put",
        "next": 0,
        "parts": parts,
        "etags": [],
        "token": str(value.get("uploadToken") or ""),
        "until": float(ends) / 1000 if ends else call.now.timestamp() + _A_DAY,
        "restarts": restarts,
    }


def _parts(value: Mapping[str, Any], size: int) -> list[dict[str, Any]]:
    if value.get("uploadUrl"):
        return [{"url": str(value["uploadUrl"]), "first": 0, "last": size - 1}]
    instructions = value.get("uploadInstructions") or ()
    return [
        {"url": str(one["uploadUrl"]), "first": int(one["firstByte"]), "last": int(one["lastByte"])}
        for one in instructions
    ]


def _put(call: Call, file: MediaFile, item: Item) -> tuple[Item, float]:
    number = int(item["next"])
    part = item["parts"][number]
    response = call.http.send(_put_request(call, file, part["url"], part["first"], part["last"] - part["first"] + 1))
    if not 200 <= response.status < 300:
        raise errors.refusal(response, call.now)
    known = {**item, "next": number + 1, "etags": [*item["etags"], response.headers.get("etag", "").strip('"')]}
    if number + 1 < len(item["parts"]):
        return known, 0
    # The addresses are of no use from here on, and of a long video they are many.
    phase = "finalize" if file.facts.type is MediaType.VIDEO else "check"
    return {**known, "phase": phase, "parts": []}, 0


def _put_request(call: Call, file: MediaFile, url: str, start: int, length: int) -> Request:
    headers = {"Content-Type": "application/octet-stream"}
    host = urlsplit(url).hostname or ""
    if file.facts.type is not MediaType.VIDEO and (host == "linkedin.com" or host.endswith(".linkedin.com")):
        headers["Authorization"] = f"Bearer {call.tokens.access}"  # of videos, the address alone is the permission
    return Request("PUT", url, headers, Stream(length, lambda: _chunks(file, start, length)), read_timeout=120.0)


def _chunks(file: MediaFile, start: int, length: int) -> Iterator[bytes]:
    for at in range(0, length, limits.PART):
        yield file.read(start + at, min(limits.PART, length - at))


def _finalize(call: Call, file: MediaFile, item: Item) -> tuple[Item, float]:
    del file
    wanted = {"video": item["urn"], "uploadToken": item["token"], "uploadedPartIds": item["etags"]}
    request = _wire.post_json(f"{wire.API}/videos?action=finalizeUpload", {"finalizeUploadRequest": wanted})
    _wire.ask(call, wire.authorised(call, request), errors.refusal)
    return {**item, "phase": "check", "etags": []}, 2.0


def _check(call: Call, file: MediaFile, item: Item) -> tuple[Item, float]:
    """What LinkedIn makes of the file. Where the token may only write, nothing can be asked: some time is given it."""
    resource = _RESOURCES[file.facts.type]
    request = _wire.get(f"{wire.API}/{resource}/{wire.encoded(item['urn'])}")
    try:
        answer = _wire.ask(call, wire.authorised(call, request), errors.refusal).json
    except Refused as refused:
        if refused.row.code != "permission_denied":
            raise
        return {**item, "phase": "ready"}, _BLIND_SECONDS[resource]
    if answer.get("status") == "PROCESSING_FAILED":
        said = answer.get("processingFailureReason") or "LinkedIn could not process the file"
        raise errors.unprocessable(str(said), answer)
    if answer.get("status") == "AVAILABLE":
        return {**item, "phase": "ready"}, 0
    return item, 5.0 if resource == "videos" else 2.0


_STEPS: Final[Mapping[str, Callable[[Call, MediaFile, Item], tuple[Item, float]]]] = {
    "put": _put,
    "finalize": _finalize,
    "check": _check,
}
