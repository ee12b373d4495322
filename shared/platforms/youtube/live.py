"""A broadcast that is announced now and sent later.

It is made private, with a description that is a mark of its own; gets a stream and a thumbnail; and appears by one
``liveBroadcasts.update`` that sets its real description and privacy. That request can be repeated, and reading the
broadcast tells whether it was done: while the description is the mark, it was not.
State: ``stream``, ``broadcast``, ``bound``, ``pictured``, ``doubtful`` (a broadcast may have been made: look first).
https://developers.google.com/youtube/v3/live/docs/liveBroadcasts, read 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from shared.domain.content import Kind, Piece
from shared.platforms.contract import Absent, Armed, Call, Published, Ready, Unsure, Wait
from shared.platforms.youtube import api, thumbnails, wire
from shared.ports.http import AnswerLost

STREAM_TITLE: Final = "Rostrum"
_PAGES: Final = 4

State = Mapping[str, Any]


def prepare(call: Call, piece: Piece, state: State) -> Ready | Wait:
    """One step at a time: the stream, the private broadcast, the bond between them, the thumbnail."""
    steps: tuple[tuple[str, Callable[[Call, Piece, State], dict[str, Any]]], ...] = (
        ("stream", _stream),
        ("broadcast", _broadcast),
        ("bound", _bind),
        ("pictured", _picture),
    )
    for name, step in steps:
        if not state.get(name) and (name != "pictured" or piece.media):
            return Wait({**state, **step(call, piece, state)}, 0)
    return Ready(state)


def commit(call: Call, piece: Piece, state: State) -> Published:
    """Announce it: the one visible request."""
    body = {"id": state["broadcast"], **wire.broadcast_body(piece)}
    return published(api.write(call, "PUT", "liveBroadcasts", {"part": "id,snippet,status"}, body))


def find(call: Call, piece: Piece, armed: Armed) -> Published | Absent | Unsure:
    """Whether the broadcast still has the draft's description."""
    shown = api.one(call, "liveBroadcasts", part="id,snippet,status", id=armed.state.get("broadcast", ""))
    if not isinstance(snippet := shown.get("snippet"), Mapping):
        return Unsure("YouTube does not show the broadcast")
    if snippet.get("description") == wire.draft(piece):
        return Absent("the broadcast is still the private draft that it was made as")
    return published(shown)


def published(broadcast: Mapping[str, Any]) -> Published:
    """An announced broadcast: its id is its video's."""
    found = api.id_of(broadcast)
    return Published(found, wire.permalink(found, Kind.LIVE), {"kind": str(Kind.LIVE)}, dict(broadcast))


def _stream(call: Call, piece: Piece, state: State) -> dict[str, Any]:
    """The stream that the caller names, the one that we made before, or a new one."""
    if given := piece.options.get("stream_id"):
        return {"stream": given}
    if "streams" not in state:
        found = api.listed(api.read(call, "liveStreams", part="id,snippet", mine="true", maxResults=50))
        ours = [one["id"] for one in found if (one.get("snippet") or {}).get("title") == STREAM_TITLE]
        return {"stream": ours[0]} if ours else {"streams": "none"}
    body = {
        "snippet": {"title": STREAM_TITLE},
        "cdn": {"ingestionType": "rtmp", "resolution": "variable", "frameRate": "variable"},
        "contentDetails": {"isReusable": True},
    }
    made = api.write(call, "POST", "liveStreams", {"part": "snippet,cdn,contentDetails"}, body)
    return {"stream": api.id_of(made)}


def _broadcast(call: Call, piece: Piece, state: State) -> dict[str, Any]:
    """The private draft; one whose making was never answered is looked for first."""
    if state.get("doubtful"):
        return {"broadcast": _drafted(call, piece), "doubtful": False}
    body = wire.broadcast_body(piece)
    body["snippet"]["description"] = wire.draft(piece)
    body["status"]["privacyStatus"] = "private"
    try:
        made = api.write(call, "POST", "liveBroadcasts", {"part": "id,snippet,status"}, body)
    except AnswerLost:
        return {"doubtful": True}
    return {"broadcast": api.id_of(made)}


def _drafted(call: Call, piece: Piece) -> str:
    """The draft of this piece among the broadcasts to come; empty where there is none."""
    token: str | None = None
    for _ in range(_PAGES):
        query = {"part": "id,snippet", "broadcastStatus": "upcoming", "maxResults": 50, "pageToken": token}
        page = api.read(call, "liveBroadcasts", **query)
        for one in api.listed(page):
            if (one.get("snippet") or {}).get("description") == wire.draft(piece):
                return str(one["id"])
        token = page.get("nextPageToken")
        if not token:
            break
    return ""


def _bind(call: Call, piece: Piece, state: State) -> dict[str, Any]:
    query = {"part": "id,contentDetails", "id": state["broadcast"], "streamId": state["stream"]}
    api.id_of(api.act(call, "POST", "liveBroadcasts/bind", **query))
    return {"bound": True}


def _picture(call: Call, piece: Piece, state: State) -> dict[str, Any]:
    thumbnails.put(call, state["broadcast"], piece.media[0])
    return {"pictured": True}
