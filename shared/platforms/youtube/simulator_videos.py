"""The simulated YouTube's videos: reading, changing and deleting them, and thumbnails.

https://developers.google.com/youtube/v3/docs/videos, read 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from shared.platforms._google.simulator import Asked, Denied, answer, error, known_fields
from shared.platforms.youtube import limits, wire
from shared.platforms.youtube import simulator_comments as comments
from shared.platforms.youtube import simulator_push as push
from shared.platforms.youtube import simulator_state as state
from shared.platforms.youtube.simulator_done import note
from shared.ports.http import Response

SNIPPET: Final = {
    "title": None,
    "description": None,
    "tags": None,
    "categoryId": None,
    "defaultLanguage": None,
    "defaultAudioLanguage": None,
}
STATUS: Final = {
    "privacyStatus": None,
    "publishAt": None,
    "selfDeclaredMadeForKids": None,
    "containsSyntheticMedia": None,
    "license": None,
    "embeddable": None,
    "publicStatsViewable": None,
}
CATEGORIES: Final = {str(number) for number in (1, 2, 10, 15, 17, 19, 20, 22, 23, 24, 25, 26, 27, 28, 29)}
_PARTS: Final = {
    "id", "snippet", "status", "statistics", "contentDetails", "processingDetails", "fileDetails", "player",
    "liveStreamingDetails", "localizations", "recordingDetails", "suggestions", "topicDetails",
}  # fmt: skip
_OWNERS: Final = {"fileDetails", "processingDetails", "suggestions"}
THUMBNAIL_BYTES: Final = 2 * 1024 * 1024


def parts(asked: Asked, known: set[str] | frozenset[str] = frozenset(_PARTS)) -> list[str]:
    """The parts that are asked for. Raises Denied."""
    given = [part for part in asked.query.get("part", "").split(",") if part]
    if not given:
        raise Denied(error(400, "missingRequiredParameter", "Required parameter: part", location="part"))
    if unknown := [part for part in given if part not in known]:
        raise Denied(error(400, "unknownPart", unknown[0], "youtube.part", location="part"))
    return given


def checked(body: Mapping[str, Any], given: list[str]) -> dict[str, Any]:
    """The writable parts of a video, as YouTube takes them. Raises Denied."""
    known_fields(body, {"id": None, "kind": None, "etag": None, "snippet": SNIPPET, "status": STATUS}, "video")
    for part in ("snippet", "status"):
        if part in body and part not in given:
            raise state.wrong("unexpectedPart", part, "youtube.part")
    snippet, status = dict(body.get("snippet") or {}), dict(body.get("status") or {})
    _check_texts(snippet)
    if snippet.get("categoryId") is not None and snippet["categoryId"] not in CATEGORIES:
        raise state.wrong("invalidCategoryId", "The snippet.categoryId property specifies an invalid category ID.")
    if status.get("privacyStatus", "public") not in {"public", "unlisted", "private"}:
        raise state.wrong("invalidVideoMetadata", "The request metadata is invalid.")
    if status.get("publishAt") is not None and status.get("privacyStatus") != "private":
        raise state.wrong("invalidPublishAt", "The request metadata specifies an invalid scheduled publishing time.")
    return {"snippet": snippet, "status": status}


def _check_texts(snippet: Mapping[str, Any]) -> None:
    title, description, tags = (snippet.get(name) for name in ("title", "description", "tags"))
    if (
        not isinstance(title, str)
        or not title.strip()
        or len(title) > limits.TITLE_CHARS
        or limits.has_forbidden(title)
    ):
        raise state.wrong("invalidTitle", "The request metadata specifies an invalid or empty video title.")
    if limits.count(str(description or "")) > limits.DESCRIPTION_BYTES or limits.has_forbidden(str(description or "")):
        raise state.wrong("invalidDescription", "The request metadata specifies an invalid video description.")
    bad = tags is not None and (
        not isinstance(tags, list) or limits.count_tags([str(tag) for tag in tags]) > limits.TAGS_CHARS
    )
    if bad or any(limits.has_forbidden(str(tag)) for tag in tags or ()):
        raise state.wrong("invalidTags", "The request metadata specifies invalid video keywords.")


def listed(asked: Asked) -> Response:
    """GET videos."""
    asked.allow("part", "id", "maxResults", "pageToken", "hl")
    given = parts(asked)
    if not asked.query.get("id"):
        raise Denied(error(400, "missingRequiredParameter", "No filter selected.", "youtube.parameter"))
    ids = asked.query["id"].split(",")
    if len(ids) > 50:
        raise Denied(error(400, "invalidFilters", "The request specifies an invalid filter parameter."))
    found = [state.video_of(asked.world, one, asked.user_id) for one in ids]
    shown = [shape(asked, video, given) for video in found if video]
    page = {"totalResults": len(shown), "resultsPerPage": len(shown)}
    return answer({"kind": "youtube#videoListResponse", "etag": "e", "items": shown, "pageInfo": page})


def update(asked: Asked) -> Response:
    """PUT videos: a part that is given replaces the whole part."""
    asked.allow("part")
    given, body = parts(asked), asked.json()
    video = own(asked, str(body.get("id", "")))
    fresh = checked({"snippet": video["snippet"], **body}, given if "snippet" in given else ["snippet", *given])
    kept: dict[str, Any] = {part: fresh[part] for part in ("snippet", "status") if part in given}
    asked.world.put("yt.video", str(video["id"]), {**video, **kept})
    push.changed(asked.world, {**video, **kept})
    return answer(shape(asked, {**video, **kept}, given))


def delete(asked: Asked) -> Response:
    """DELETE videos."""
    asked.allow("id")
    remove(asked, own(asked, asked.query.get("id", "")))
    return Response(204, {}, b"")


def remove(asked: Asked, video: Mapping[str, Any]) -> None:
    """Take a video, or a broadcast, off the channel."""
    ids = (asked.world.get("yt.videos", asked.user_id) or {"ids": []})["ids"]
    asked.world.put("yt.videos", asked.user_id, {"ids": [one for one in ids if one != video["id"]]})
    asked.world.delete("yt.video", str(video["id"]))
    push.deleted(asked.world, video)


def own(asked: Asked, video_id: str) -> dict[str, Any]:
    """A video of one's own. Raises Denied."""
    video = state.video_of(asked.world, video_id, asked.user_id)
    if not video:
        raise state.missing("videoNotFound", "The video that you are trying to reach cannot be found.")
    if video["channel"] != asked.user_id:
        raise Denied(error(403, "forbidden", "The request cannot be completed: not your video.", "youtube.video"))
    return video


def set_thumbnail(asked: Asked) -> Response:
    """POST thumbnails/set."""
    asked.allow("videoId")
    video = own(asked, asked.query.get("videoId", ""))
    kind = asked.headers.get("content-type", "")
    if not asked.body:
        raise state.wrong("mediaBodyRequired", "The request does not include the image content.", "youtube.thumbnail")
    if kind not in {"image/jpeg", "image/png", "application/octet-stream"}:
        raise state.wrong("invalidImage", "The provided image content is invalid.", "youtube.thumbnail")
    if len(asked.body) > THUMBNAIL_BYTES:
        raise Denied(error(413, "mediaTooLarge", "The media file is too large.", "youtube.thumbnail"))
    asked.world.put("yt.video", str(video["id"]), {**video, "thumbnail": True})
    if not video.get("live"):
        note(asked.world, asked.user_id, "thumbnail.set", str(video["id"]))
    items = [thumbnails(str(video["id"]))]
    return answer({"kind": "youtube#thumbnailSetResponse", "etag": "e", "items": items})


def thumbnails(video_id: str) -> dict[str, Any]:
    """The pictures of a video."""
    sizes = {"default": ("default", 120, 90), "medium": ("mqdefault", 320, 180), "high": ("hqdefault", 480, 360)}
    return {
        name: {"url": f"https://i.ytimg.com/vi/{video_id}/{file}.jpg", "width": width, "height": height}
        for name, (file, width, height) in sizes.items()
    }


def shape(asked: Asked, video: Mapping[str, Any], given: list[str]) -> dict[str, Any]:
    """A video resource with these parts."""
    makers = {
        "snippet": _snippet,
        "status": _status,
        "statistics": _statistics,
        "contentDetails": _content,
        "processingDetails": _processing,
        "fileDetails": _file,
        "liveStreamingDetails": _streaming,
    }
    if video["channel"] != asked.user_id and _OWNERS & set(given):
        raise Denied(error(403, "forbidden", "The request is not properly authorized to access video details."))
    made = {part: makers[part](asked, video) for part in given if part in makers}
    return {"kind": "youtube#video", "etag": "e", "id": video["id"], **made}


def _snippet(asked: Asked, video: Mapping[str, Any]) -> dict[str, Any]:
    channel = asked.world.get("yt.person", str(video["channel"])) or {}
    given = video["snippet"]
    return {
        "publishedAt": wire.rfc3339(state.went_public(asked.world, video)),
        "channelId": video["channel"],
        "channelTitle": channel.get("title", ""),
        "categoryId": "22",
        "liveBroadcastContent": "upcoming" if video.get("live") else "none",
        "thumbnails": thumbnails(str(video["id"])),
        "localized": {"title": given["title"], "description": given.get("description", "")},
        "description": "",
        **{name: value for name, value in given.items() if name in SNIPPET},
    }


def _status(asked: Asked, video: Mapping[str, Any]) -> dict[str, Any]:
    stage, reason = state.upload_status(asked.world, video)
    given = video["status"]
    who = state.privacy(asked.world, video)
    shown = {
        "uploadStatus": stage,
        "license": "youtube",
        "embeddable": True,
        "publicStatsViewable": True,
        "madeForKids": bool(given.get("selfDeclaredMadeForKids")),
        **given,
        "privacyStatus": who,
    }
    if who != "private":
        shown.pop("publishAt", None)
    return {**shown, "failureReason": reason} if reason else shown


def _statistics(asked: Asked, video: Mapping[str, Any]) -> dict[str, Any]:
    seen = state.reception(asked.world, video)
    said = comments.count(asked.world, video)
    views, likes = (seen.views, seen.likes) if state.is_shown(asked.world, video) else (0, 0)
    return {
        "viewCount": str(views),
        "likeCount": str(likes),
        "favoriteCount": "0",
        "commentCount": str(said),
    }


def _content(asked: Asked, video: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "duration": "P0D" if video.get("live") else "PT10S",
        "dimension": "2d",
        "definition": "hd",
        "caption": "false",
        "licensedContent": False,
        "projection": "rectangular",
        "hasCustomThumbnail": bool(video.get("thumbnail")),
    }


def _processing(asked: Asked, video: Mapping[str, Any]) -> dict[str, Any]:
    stage = state.upload_status(asked.world, video)[0]
    word = {"uploaded": "processing", "processed": "succeeded"}.get(stage, "failed")
    shown = {"processingStatus": word, "fileDetailsAvailability": "available", "thumbnailsAvailability": "available"}
    return {**shown, "processingFailureReason": "transcodeFailed"} if word == "failed" else shown


def _file(asked: Asked, video: Mapping[str, Any]) -> dict[str, Any]:
    file = video.get("file")
    if not file:
        return {}
    return {"fileName": file["name"], "fileSize": str(file["size"]), "fileType": "video"}


def _streaming(asked: Asked, video: Mapping[str, Any]) -> dict[str, Any]:
    start = video["snippet"].get("scheduledStartTime")
    return {"scheduledStartTime": start} if start else {}
