"""The simulated YouTube's channels, playlists and captions.

https://developers.google.com/youtube/v3/docs/playlists, read 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from shared.platforms import _alive
from shared.platforms._google.simulator import Asked, Denied, answer, error, known_fields, visible
from shared.platforms.youtube import limits, wire
from shared.platforms.youtube import simulator_state as state
from shared.platforms.youtube import simulator_videos as videos
from shared.platforms.youtube.simulator_done import note
from shared.platforms.youtube.simulator_uploads import multipart
from shared.ports.http import Response

_CHANNEL_PARTS: Final = frozenset({"id", "snippet", "statistics", "contentDetails", "status", "brandingSettings"})
_PLAYLIST_PARTS: Final = frozenset({"id", "snippet", "status", "contentDetails", "localizations", "player"})
_ITEM_PARTS: Final = frozenset({"id", "snippet", "status", "contentDetails"})
_PLAYLIST: Final = {
    "snippet": {"title": None, "description": None, "defaultLanguage": None},
    "status": {"privacyStatus": None},
}
_ITEM: Final = {
    "snippet": {"playlistId": None, "position": None, "resourceId": {"kind": None, "videoId": None}},
    "contentDetails": {"note": None},
}
_CAPTION: Final = {"snippet": {"videoId": None, "language": None, "name": None, "isDraft": None}}
PLAYLIST_TITLE: Final = 150
CAPTION_NAME: Final = 150


def channels(asked: Asked) -> Response:
    """GET channels."""
    asked.allow("part", "mine", "id", "maxResults")
    given = videos.parts(asked, _CHANNEL_PARTS)
    if asked.query.get("mine") != "true":
        raise Denied(error(400, "missingRequiredParameter", "No filter selected.", "youtube.parameter"))
    page = {"totalResults": 1, "resultsPerPage": 5}
    items = [_channel(asked, given)]
    return answer({"kind": "youtube#channelListResponse", "etag": "e", "pageInfo": page, "items": items})


def _channel(asked: Asked, given: list[str]) -> dict[str, Any]:
    channel = asked.user
    shown = [one for one in state.videos(asked.world, asked.user_id) if state.is_shown(asked.world, one)]
    views = sum(state.reception(asked.world, one).views for one in shown)
    since = state.at({"at": channel["created_at"]})
    followers = _alive.followers(f"yt/{channel['id']}", since, asked.world.now)
    picture = {"url": f"https://yt3.ggpht.com/{channel['id']}=s88", "width": 88, "height": 88}
    made = {
        "snippet": {
            "title": channel["title"],
            "description": "",
            "customUrl": f"@{channel['handle']}",
            "publishedAt": wire.rfc3339(since),
            "thumbnails": {"default": picture},
            "localized": {"title": channel["title"], "description": ""},
        },
        "statistics": {
            "viewCount": str(views),
            "subscriberCount": str(_three_figures(followers)),
            "hiddenSubscriberCount": False,
            "videoCount": str(len(shown)),
        },
        "contentDetails": {"relatedPlaylists": {"likes": "LL", "uploads": channel["uploads"]}},
        "status": {"privacyStatus": "public", "isLinked": True, "longUploadsStatus": "allowed"},
    }
    parts = {part: made[part] for part in given if part in made}
    return {"kind": "youtube#channel", "etag": "e", "id": channel["id"], **parts}


def _three_figures(count: int) -> int:
    """YouTube rounds subscribers down to three figures."""
    unit: int = 10 ** max(0, len(str(count)) - 3)
    return count // unit * unit


def playlists(asked: Asked) -> Response:
    """GET playlists: one's own."""
    asked.allow("part", "mine", "id", "maxResults", "pageToken")
    given = videos.parts(asked, _PLAYLIST_PARTS)
    wanted = asked.query["id"].split(",") if asked.query.get("id") else None
    found = [one for one in _own(asked) if wanted is None or one["id"] in wanted]
    return _page(asked, "youtube#playlistListResponse", [_playlist(asked, one, given) for one in found])


def insert_playlist(asked: Asked) -> Response:
    """POST playlists."""
    asked.allow("part")
    given, body = videos.parts(asked, _PLAYLIST_PARTS), asked.json()
    known_fields(body, _PLAYLIST, "playlist")
    snippet = body.get("snippet") or {}
    title = str(snippet.get("title") or "")
    if not title.strip():
        raise state.wrong("playlistTitleRequired", "The request must specify a playlist title.", "youtube.playlist")
    if len(title) > PLAYLIST_TITLE or limits.has_forbidden(title + str(snippet.get("description") or "")):
        raise state.wrong("invalidPlaylistSnippet", "The request provides an invalid snippet.", "youtube.playlist")

    def appear() -> Response:
        made: dict[str, Any] = {
            "id": "PL" + state.token(f"playlist/{asked.world.serial('yt.playlist')}/{asked.user_id}", 32),
            "snippet": snippet,
            "status": {"privacyStatus": "public", **(body.get("status") or {})},
            "items": [],
            "at": asked.world.now.isoformat(),
        }
        _keep(asked, [*_own(asked), made])
        note(asked.world, asked.user_id, "playlist.create", str(made["id"]), "", title)
        return answer(_playlist(asked, made, given))

    return _visibly(asked, f"{title} {snippet.get('description', '')}", f"playlist.{title}", appear, "youtube.playlist")


def items(asked: Asked) -> Response:
    """GET playlistItems: of a playlist, or of the channel's uploads."""
    asked.allow("part", "playlistId", "videoId", "maxResults", "pageToken", "id")
    given = videos.parts(asked, _ITEM_PARTS)
    wanted = asked.query.get("playlistId", "")
    if wanted == asked.user["uploads"]:
        own = reversed(state.videos(asked.world, asked.user_id))
        listed = [{"id": "UUi" + one["id"], "video": one["id"], "at": one["at"]} for one in own]
    else:
        listed = _found(asked, wanted)["items"]
    if video := asked.query.get("videoId"):
        listed = [one for one in listed if one["video"] == video]
    shown = [_item(asked, wanted, place, one, given) for place, one in enumerate(listed)]
    return _page(asked, "youtube#playlistItemListResponse", shown)


def insert_item(asked: Asked) -> Response:
    """POST playlistItems. A video may be in a playlist twice."""
    asked.allow("part")
    given, body = videos.parts(asked, _ITEM_PARTS), asked.json()
    known_fields(body, _ITEM, "playlist_item")
    snippet = body.get("snippet") or {}
    playlist = _found(asked, str(snippet.get("playlistId", "")))
    resource = snippet.get("resourceId") or {}
    video = state.video_of(asked.world, str(resource.get("videoId", "")), asked.user_id)
    if not video or resource.get("kind") != "youtube#video":
        raise state.missing("videoNotFound", "Video not found.", "youtube.playlistItem")
    place = int(snippet.get("position", len(playlist["items"])))
    made = {"id": "PLi" + state.token(f"item/{asked.world.serial('yt.item')}", 40), "video": video["id"]}
    made["at"] = asked.world.now.isoformat()
    after = [*playlist["items"][:place], made, *playlist["items"][place:]][-state.KEPT :]
    _keep(asked, [{**one, "items": after} if one["id"] == playlist["id"] else one for one in _own(asked)])
    note(asked.world, asked.user_id, "playlist_item.add", str(made["id"]), str(playlist["id"]))
    return answer(_item(asked, str(playlist["id"]), place, made, given))


def captions(asked: Asked) -> Response:
    """GET captions of a video."""
    asked.allow("part", "videoId", "id")
    given = videos.parts(asked, frozenset({"id", "snippet"}))
    video = videos.own(asked, asked.query.get("videoId", ""))
    found = (asked.world.get("yt.caption", str(video["id"])) or {"tracks": []})["tracks"]
    shown = [_track(asked, track, given) for track in found]
    return answer({"kind": "youtube#captionListResponse", "etag": "e", "items": shown})


def insert_caption(asked: Asked) -> Response:
    """POST captions: the track's description and its file in one request."""
    asked.allow("part", "sync")
    given = videos.parts(asked, frozenset({"id", "snippet"}))
    body, file = multipart(asked)
    known_fields(body, _CAPTION, "caption")
    snippet = body.get("snippet") or {}
    video = videos.own(asked, str(snippet.get("videoId", "")))
    if not snippet.get("language") or "name" not in snippet:
        raise state.wrong("invalidMetadata", "The request contains invalid metadata values.", "youtube.caption")
    if len(str(snippet["name"])) > CAPTION_NAME:
        raise state.wrong("nameTooLong", "The snippet.name is too long (150 characters).", "youtube.caption")
    if not file:
        raise state.wrong(
            "contentRequired", "The request does not contain the caption track contents.", "youtube.caption"
        )
    tracks = (asked.world.get("yt.caption", str(video["id"])) or {"tracks": []})["tracks"]
    if any((one["language"], one["name"]) == (snippet["language"], snippet["name"]) for one in tracks):
        message = "The specified video already has a caption track with the given language and name."
        raise Denied(error(409, "captionExists", message, "youtube.caption"))
    name = state.token(f"caption/{asked.world.serial('yt.caption')}", 40)
    made = {"id": name, "isDraft": False, **snippet, "at": asked.world.now.isoformat()}
    asked.world.put("yt.caption", str(video["id"]), {"tracks": [*tracks, made]})
    note(asked.world, asked.user_id, "caption.insert", name, str(video["id"]))
    return answer(_track(asked, made, given))


def _track(asked: Asked, track: Mapping[str, Any], given: list[str]) -> dict[str, Any]:
    snippet = {
        "videoId": track["videoId"],
        "lastUpdated": wire.rfc3339(state.at(track)),
        "trackKind": "standard",
        "language": track["language"],
        "name": track["name"],
        "audioTrackType": "unknown",
        "isCC": False,
        "isLarge": False,
        "isEasyReader": False,
        "isDraft": bool(track["isDraft"]),
        "isAutoSynced": False,
        "status": "serving",
    }
    shown = {"snippet": snippet} if "snippet" in given else {}
    return {"kind": "youtube#caption", "etag": "e", "id": track["id"], **shown}


def _own(asked: Asked) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (asked.world.get("yt.playlists", asked.user_id) or {"playlists": []})["playlists"]
    return found


def _keep(asked: Asked, found: list[dict[str, Any]]) -> None:
    asked.world.put("yt.playlists", asked.user_id, {"playlists": found[-100:]})


def _found(asked: Asked, playlist_id: str) -> dict[str, Any]:
    for one in _own(asked):
        if one["id"] == playlist_id:
            return one
    raise state.missing("playlistNotFound", "The playlist cannot be found.", "youtube.playlistItem")


def _playlist(asked: Asked, playlist: Mapping[str, Any], given: list[str]) -> dict[str, Any]:
    snippet = {
        "publishedAt": wire.rfc3339(state.at(playlist)),
        "channelId": asked.user_id,
        "channelTitle": asked.user["title"],
        "description": "",
        **playlist["snippet"],
    }
    made = {
        "snippet": snippet,
        "status": playlist["status"],
        "contentDetails": {"itemCount": len(playlist["items"])},
    }
    parts = {part: made[part] for part in given if part in made}
    return {"kind": "youtube#playlist", "etag": "e", "id": playlist["id"], **parts}


def _item(asked: Asked, playlist: str, place: int, item: Mapping[str, Any], given: list[str]) -> dict[str, Any]:
    video = asked.world.get("yt.video", str(item["video"])) or {"snippet": {"title": "Deleted video"}}
    snippet = {
        "publishedAt": wire.rfc3339(state.at(item)),
        "channelId": asked.user_id,
        "channelTitle": asked.user["title"],
        "title": video["snippet"]["title"],
        "description": video["snippet"].get("description", ""),
        "playlistId": playlist,
        "position": place,
        "resourceId": {"kind": "youtube#video", "videoId": item["video"]},
    }
    made = {"snippet": snippet, "contentDetails": {"videoId": item["video"]}, "status": {"privacyStatus": "public"}}
    parts = {part: made[part] for part in given if part in made}
    return {"kind": "youtube#playlistItem", "etag": "e", "id": item["id"], **parts}


def _visibly(asked: Asked, text: str, key: str, appear: Any, domain: str) -> Response:
    return visible(
        asked,
        text,
        f"{asked.user_id}.{key}",
        appear,
        rejected=lambda: error(400, "invalidPlaylistSnippet", "The request provides an invalid snippet.", domain),
        limited=state.limited,
        broken=state.broken,
    )


def _page(asked: Asked, kind: str, found: list[dict[str, Any]]) -> Response:
    most, token = int(asked.query.get("maxResults", "5")), asked.query.get("pageToken", "0")
    if not 0 <= most <= 50 or not token.isdecimal():
        raise Denied(
            error(400, "invalidPageToken", "The request specifies an invalid page token.", "youtube.parameter")
        )
    start = int(token)
    more = {"nextPageToken": str(start + most)} if start + most < len(found) else {}
    page = {"totalResults": len(found), "resultsPerPage": most}
    return answer({"kind": kind, "etag": "e", **more, "pageInfo": page, "items": found[start : start + most]})
