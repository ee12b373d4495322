"""The simulated YouTube's broadcasts and streams: a broadcast is a video too, under the same id.

https://developers.google.com/youtube/v3/live/docs/liveBroadcasts, read 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from shared.platforms._google.simulator import Asked, Denied, answer, error, known_fields, visible
from shared.platforms.youtube import limits, wire
from shared.platforms.youtube import simulator_push as push
from shared.platforms.youtube import simulator_state as state
from shared.platforms.youtube import simulator_videos as videos
from shared.ports.http import Response

_PARTS: Final = frozenset({"id", "snippet", "status", "contentDetails", "monetizationDetails", "statistics"})
_STREAM_PARTS: Final = frozenset({"id", "snippet", "cdn", "contentDetails", "status"})
_SNIPPET: Final = {
    "title": None,
    "description": None,
    "scheduledStartTime": None,
    "scheduledEndTime": None,
    "categoryId": None,
}
_STATUS: Final = {"privacyStatus": None, "selfDeclaredMadeForKids": None}
_BODY: Final = {"id": None, "kind": None, "etag": None, "snippet": _SNIPPET, "status": _STATUS, "contentDetails": None}
_STREAM: Final = {
    "snippet": {"title": None, "description": None},
    "cdn": {"ingestionType": None, "resolution": None, "frameRate": None},
    "contentDetails": {"isReusable": None},
}
DOMAIN: Final = "youtube.liveBroadcast"


def insert(asked: Asked) -> Response:
    """POST liveBroadcasts."""
    asked.allow("part")
    given, body = videos.parts(asked, _PARTS), asked.json()
    fields = _checked(asked, body)

    def appear() -> Response:
        video = state.new_video(asked.world, asked.user_id, {**fields, "live": {"stream": ""}})
        return answer(_shape(video, given))

    if fields["status"]["privacyStatus"] == "private":
        return appear()
    return _visibly(asked, fields, f"{asked.user_id}.{fields['snippet']}", appear)


def update(asked: Asked) -> Response:
    """PUT liveBroadcasts: parts are replaced as a whole."""
    asked.allow("part")
    given, body = videos.parts(asked, _PARTS), asked.json()
    broadcast = _own(asked, str(body.get("id", "")))
    merged = {part: body.get(part) or broadcast[part] for part in ("snippet", "status")}
    fields = _checked(asked, {**body, **merged})

    def appear() -> Response:
        changed: dict[str, Any] = {part: fields[part] for part in ("snippet", "status") if part in given}
        after = {**broadcast, **changed}
        if broadcast["status"]["privacyStatus"] == "private":
            after["at"] = asked.world.now.isoformat()
        asked.world.put("yt.video", str(after["id"]), after)
        push.changed(asked.world, after)
        return answer(_shape(after, given))

    return _visibly(asked, fields, str(broadcast["id"]), appear)


def listed(asked: Asked) -> Response:
    """GET liveBroadcasts: by id, or the account's own of a status."""
    asked.allow("part", "id", "mine", "broadcastStatus", "broadcastType", "maxResults", "pageToken")
    given = videos.parts(asked, _PARTS)
    if sum(bool(asked.query.get(name)) for name in ("id", "mine", "broadcastStatus")) != 1:
        raise Denied(error(400, "incompatibleParameters", "Give one of id, mine and broadcastStatus.", DOMAIN))
    own = [video for video in reversed(state.videos(asked.world, asked.user_id)) if video.get("live")]
    wanted = asked.query["id"].split(",") if asked.query.get("id") else None
    shown = [_shape(one, given) for one in own if wanted is None or one["id"] in wanted]
    shown = shown[: int(asked.query.get("maxResults", "5"))]
    page = {"totalResults": len(shown), "resultsPerPage": len(shown)}
    return answer({"kind": "youtube#liveBroadcastListResponse", "etag": "e", "pageInfo": page, "items": shown})


def bind(asked: Asked) -> Response:
    """POST liveBroadcasts/bind."""
    asked.allow("part", "id", "streamId")
    given = videos.parts(asked, _PARTS)
    broadcast = _own(asked, asked.query.get("id", ""))
    stream = asked.query.get("streamId", "")
    if stream not in {one["id"] for one in _streams(asked)}:
        raise state.missing("liveStreamNotFound", "The specified live stream does not exist.", DOMAIN)
    after = {**broadcast, "live": {"stream": stream}}
    asked.world.put("yt.video", str(broadcast["id"]), after)
    return answer(_shape(after, given))


def delete(asked: Asked) -> Response:
    """DELETE liveBroadcasts."""
    asked.allow("id")
    videos.remove(asked, _own(asked, asked.query.get("id", "")))
    return Response(204, {}, b"")


def insert_stream(asked: Asked) -> Response:
    """POST liveStreams."""
    asked.allow("part")
    given, body = videos.parts(asked, _STREAM_PARTS), asked.json()
    known_fields(body, _STREAM, "live_stream")
    if not (body.get("snippet") or {}).get("title"):
        raise state.wrong("titleRequired", "The live stream resource did not specify the required title.", DOMAIN)
    if not all((body.get("cdn") or {}).get(name) for name in ("ingestionType", "resolution", "frameRate")):
        raise state.wrong("ingestionTypeRequired", "The cdn object must be complete.", DOMAIN)
    name = state.token(f"stream/{asked.world.serial('yt.stream')}", 22)
    stream = {**body, "id": f"{asked.user_id[2:]}{name}", "at": asked.world.now.isoformat()}
    asked.world.put("yt.streams", asked.user_id, {"streams": [*_streams(asked), stream][-100:]})
    return answer(_stream_shape(asked, stream, given))


def streams(asked: Asked) -> Response:
    """GET liveStreams."""
    asked.allow("part", "id", "mine", "maxResults", "pageToken")
    given = videos.parts(asked, _STREAM_PARTS)
    shown = [_stream_shape(asked, one, given) for one in _streams(asked)]
    page = {"totalResults": len(shown), "resultsPerPage": len(shown)}
    return answer({"kind": "youtube#liveStreamListResponse", "etag": "e", "pageInfo": page, "items": shown})


def _visibly(asked: Asked, fields: Mapping[str, Any], key: str, appear: Any) -> Response:
    snippet = fields["snippet"]
    return visible(
        asked,
        f"{snippet['title']} {snippet.get('description', '')}",
        key,
        appear,
        rejected=lambda: error(400, "invalidDescription", "The property value is invalid.", DOMAIN),
        limited=state.limited,
        broken=state.broken,
    )


def _checked(asked: Asked, body: Mapping[str, Any]) -> dict[str, Any]:
    known_fields(body, _BODY, "live_broadcast")
    snippet, status = dict(body.get("snippet") or {}), dict(body.get("status") or {})
    title, description = str(snippet.get("title") or ""), str(snippet.get("description") or "")
    if not title.strip():
        raise state.wrong("titleRequired", "The broadcast resource did not specify the required title.", DOMAIN)
    if len(title) > limits.TITLE_CHARS or limits.has_forbidden(title):
        raise state.wrong("invalidTitle", "The title property's value is invalid.", DOMAIN)
    if limits.count(description) > limits.DESCRIPTION_BYTES or limits.has_forbidden(description):
        raise state.wrong("invalidDescription", "The description property's value is invalid.", DOMAIN)
    if status.get("privacyStatus") not in {"public", "unlisted", "private"}:
        raise state.wrong("privacyStatusRequired", "A privacy status is required.", DOMAIN)
    start, end = (wire.instant(snippet.get(name) or "") for name in ("scheduledStartTime", "scheduledEndTime"))
    if start is None:
        raise state.wrong("scheduledStartTimeRequired", "A scheduled start time is required.", DOMAIN)
    if start <= asked.world.now:
        raise state.wrong("invalidScheduledStartTime", "The scheduled start time must be in the future.", DOMAIN)
    if end is not None and end <= start:
        raise state.wrong("invalidScheduledEndTime", "The scheduled end time must follow the start.", DOMAIN)
    return {"snippet": snippet, "status": status}


def _own(asked: Asked, broadcast_id: str) -> dict[str, Any]:
    found = state.video_of(asked.world, broadcast_id, asked.user_id)
    if not found or not found.get("live") or found["channel"] != asked.user_id:
        raise state.missing("liveBroadcastNotFound", "The specified broadcast does not exist.", DOMAIN)
    return found


def _shape(broadcast: Mapping[str, Any], given: list[str]) -> dict[str, Any]:
    bound = broadcast["live"]["stream"]
    kids = bool(broadcast["status"].get("selfDeclaredMadeForKids"))
    made = {
        "snippet": {
            "publishedAt": wire.rfc3339(state.at(broadcast)),
            "channelId": broadcast["channel"],
            "description": "",
            "thumbnails": videos.thumbnails(str(broadcast["id"])),
            "isDefaultBroadcast": False,
            **broadcast["snippet"],
        },
        "status": {
            "lifeCycleStatus": "ready" if bound else "created",
            "recordingStatus": "notRecording",
            "madeForKids": kids,
            **broadcast["status"],
        },
        "contentDetails": {"boundStreamId": bound} if bound else {"enableDvr": True},
    }
    shown = {part: made[part] for part in given if part in made}
    return {"kind": "youtube#liveBroadcast", "etag": "e", "id": broadcast["id"], **shown}


def _streams(asked: Asked) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (asked.world.get("yt.streams", asked.user_id) or {"streams": []})["streams"]
    return found


def _stream_shape(asked: Asked, stream: Mapping[str, Any], given: list[str]) -> dict[str, Any]:
    made = {
        "snippet": {
            "publishedAt": wire.rfc3339(state.at(stream)),
            "channelId": asked.user_id,
            "isDefaultStream": False,
            **stream["snippet"],
        },
        "cdn": stream["cdn"],
        "contentDetails": {"isReusable": bool((stream.get("contentDetails") or {}).get("isReusable"))},
        "status": {"streamStatus": "ready"},
    }
    shown = {part: made[part] for part in given if part in made}
    return {"kind": "youtube#liveStream", "etag": "e", "id": stream["id"], **shown}
