"""Playlists, thumbnails and captions: what the channel has, and changing it.

https://developers.google.com/youtube/v3/docs/playlists, https://developers.google.com/youtube/v3/docs/captions,
read 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from shared.domain.content import Act, MediaType
from shared.domain.errors import Invalid
from shared.platforms.contract import Absent, Armed, Call, Published, Ready, Unsure, Wait
from shared.platforms.contract_inbox import Page
from shared.platforms.youtube import api, captions, errors, thumbnails, wire

PAGE: Final = 50
_PAGES: Final = 6
SKEW: Final = timedelta(seconds=30)
_FAR: Final = datetime.max.replace(tzinfo=UTC)


def read(call: Call, name: str, arguments: Mapping[str, Any], cursor: str) -> Page[Mapping[str, Any]]:
    """The videos of the channel, its playlists, the videos of one, the captions of a video, the live streams."""
    query: Mapping[str, Any] = {
        "videos": {"part": "snippet,contentDetails", "playlistId": uploads(call)},
        "playlists": {"part": "snippet,status,contentDetails", "mine": "true"},
        "playlist_items": {"part": "snippet,contentDetails", "playlistId": arguments.get("playlist_id", "")},
        "captions": {"part": "snippet", "videoId": arguments.get("video_id", "")},
        "live_streams": {"part": "snippet,status,contentDetails", "mine": "true"},
    }[name]
    if name == "captions":
        return Page(tuple(api.listed(api.read(call, "captions", **query))))
    path = {"videos": "playlistItems", "playlist_items": "playlistItems", "live_streams": "liveStreams"}.get(name, name)
    page = api.read(call, path, maxResults=PAGE, pageToken=cursor or None, **query)
    return Page(tuple(api.listed(page)), str(page.get("nextPageToken") or ""))


def uploads(call: Call) -> str:
    """The playlist of all that the channel uploaded: its id is the channel's with another beginning."""
    return str(call.who.metadata.get("uploads") or "UU" + call.who.platform_account_id[2:])


def prepare(call: Call, act: Act, state: Mapping[str, Any]) -> Ready | Wait:
    """What is missing is said; for a thumbnail it is noted whether the video had one. Raises Invalid, Refused."""
    if act.verb != "thumbnail.set":
        return Ready(state)
    if len(act.media) != 1 or act.media[0].facts.type is not MediaType.IMAGE:
        raise Invalid("validation.media_count", "A thumbnail is one image: give it as media.", field="media")
    return Ready({**state, "had": _has_thumbnail(call, act) is not False})


def commit(call: Call, act: Act, state: Mapping[str, Any]) -> Published:
    """The one visible request."""
    return _ACTS[act.verb][0](call, act)


def confirm(call: Call, act: Act, state: Mapping[str, Any]) -> Published | Wait:
    """Never needed: YouTube answers when it is done."""
    raise TypeError("commit never answers Accepted here")


def find(call: Call, act: Act, armed: Armed) -> Published | Absent | Unsure:
    """Whether it was done, by reading."""
    return _ACTS[act.verb][1](call, act, armed)


def _create_playlist(call: Call, act: Act) -> Published:
    given = act.arguments
    snippet = {"title": act.text}
    if given.get("description") is not None:
        snippet["description"] = given["description"]
    body = {"snippet": snippet, "status": {"privacyStatus": given.get("privacy_status") or "public"}}
    return _playlist(api.write(call, "POST", "playlists", {"part": "snippet,status"}, body))


def _find_playlist(call: Call, act: Act, armed: Armed) -> Published | Absent | Unsure:
    def ours(one: Mapping[str, Any]) -> bool:
        return bool(wire.plain((one.get("snippet") or {}).get("title")) == wire.plain(act.text))

    return _settle(call, "playlists", {"part": "snippet", "mine": "true"}, armed, ours, _playlist)


def _add_item(call: Call, act: Act) -> Published:
    snippet: dict[str, Any] = {
        "playlistId": act.on,
        "resourceId": {"kind": "youtube#video", "videoId": act.arguments.get("video_id", "")},
    }
    if act.arguments.get("position") is not None:
        snippet["position"] = act.arguments["position"]
    return _item(api.write(call, "POST", "playlistItems", {"part": "snippet"}, {"snippet": snippet}))


def _find_item(call: Call, act: Act, armed: Armed) -> Published | Absent | Unsure:
    video = act.arguments.get("video_id", "")
    query = {"part": "snippet", "playlistId": act.on, "videoId": video}

    def ours(one: Mapping[str, Any]) -> bool:
        return bool(((one.get("snippet") or {}).get("resourceId") or {}).get("videoId") == video)

    return _settle(call, "playlistItems", query, armed, ours, _item)


def _set_thumbnail(call: Call, act: Act) -> Published:
    api.listed(thumbnails.put(call, act.on, act.media[0]))
    return Published(act.on, wire.permalink(act.on, ""))


def _find_thumbnail(call: Call, act: Act, armed: Armed) -> Published | Absent | Unsure:
    """YouTube does not say which picture it is: only the first one can be told, and others are set again."""
    if _has_thumbnail(call, act) and armed.state.get("had") is False:
        return Published(act.on, wire.permalink(act.on, ""))
    return Absent("YouTube does not show this thumbnail; setting it again changes nothing")


def _has_thumbnail(call: Call, act: Act) -> bool | None:
    """Whether the video has a thumbnail of the channel's own; None where YouTube does not say."""
    video = api.one(call, "videos", part="contentDetails", id=act.on)
    if not video:
        raise errors.gone("video")
    own = (video.get("contentDetails") or {}).get("hasCustomThumbnail")
    return own if isinstance(own, bool) else None


def _insert_caption(call: Call, act: Act) -> Published:
    return _caption(captions.put(call, act))


def _find_caption(call: Call, act: Act, armed: Armed) -> Published | Absent | Unsure:
    """A video has one track of a language and a name, so that the answer is the track or its absence."""
    for one in api.listed(api.read(call, "captions", part="snippet", videoId=act.on)):
        if captions.is_same(act, one) and not armed.taken(str(one.get("id"))):
            at = wire.instant((one.get("snippet") or {}).get("lastUpdated"))
            if at is None:
                return Unsure("YouTube does not say when the track was made")
            if at >= armed.at - SKEW:
                return _caption(one)
    return Absent("the video has no such caption track since then")


def _settle(
    call: Call,
    path: str,
    query: Mapping[str, Any],
    armed: Armed,
    ours: Callable[[Mapping[str, Any]], bool],
    made: Callable[[Mapping[str, Any]], Published],
) -> Published | Absent | Unsure:
    """The one thing in a list that is ours since the arming; absent only when all of the list was read."""
    found: list[Mapping[str, Any]] = []
    token: str | None = None
    for _ in range(_PAGES):
        page = api.read(call, path, maxResults=PAGE, pageToken=token, **query)
        new = [one for one in api.listed(page) if ours(one) and _since(one) >= armed.at - SKEW]
        found += [one for one in new if not armed.taken(str(one.get("id")))]
        token = page.get("nextPageToken")
        if not token:
            break
    if len(found) == 1 and _since(found[0]) < _FAR:
        return made(found[0])
    if found or token:
        return Unsure(
            "YouTube lists something that may be it" if found else "YouTube's list was too long to read whole"
        )
    return Absent("all of YouTube's list was read, and ours is not in it")


def _since(one: Mapping[str, Any]) -> datetime:
    """When it was made; far from now where YouTube does not say, for then it may be ours and may be not."""
    return wire.instant((one.get("snippet") or {}).get("publishedAt")) or _FAR


def _playlist(resource: Mapping[str, Any]) -> Published:
    found = api.id_of(resource)
    return Published(found, f"https://www.youtube.com/playlist?list={found}", {"kind": "playlist"}, dict(resource))


def _item(resource: Mapping[str, Any]) -> Published:
    return Published(api.id_of(resource), None, {"kind": "playlist_item"}, dict(resource))


def _caption(resource: Mapping[str, Any]) -> Published:
    return Published(api.id_of(resource), None, {"kind": "caption"}, dict(resource))


_Steps = tuple[Callable[[Call, Act], Published], Callable[[Call, Act, Armed], Published | Absent | Unsure]]
_ACTS: Final[Mapping[str, _Steps]] = {
    "playlist.create": (_create_playlist, _find_playlist),
    "playlist_item.add": (_add_item, _find_item),
    "thumbnail.set": (_set_thumbnail, _find_thumbnail),
    "caption.insert": (_insert_caption, _find_caption),
}
