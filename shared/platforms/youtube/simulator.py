"""YouTube as its documentation describes it: who may ask what, and where it goes.

Strict like YouTube: a token without a scope, an unknown parameter, field or part, a chunk out of order, a text over its
limit are refused in YouTube's words. State lives in the world given to it (``simulator_state``).
Sources: the discovery documents youtube:v3 (20261104) and youtubeAnalytics:v2, and the pages that each part names.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from shared.platforms import _alive
from shared.platforms._google.simulator import Asked, Denied, error, read
from shared.platforms._pushes import sent as pushes
from shared.platforms.contract import What, World
from shared.platforms.youtube import simulator_analytics as analytics
from shared.platforms.youtube import simulator_comments as comments
from shared.platforms.youtube import simulator_lists as lists
from shared.platforms.youtube import simulator_live as live
from shared.platforms.youtube import simulator_push as push
from shared.platforms.youtube import simulator_uploads as uploads
from shared.platforms.youtube import simulator_videos as videos
from shared.platforms.youtube.simulator_done import done
from shared.platforms.youtube.simulator_seen import seen
from shared.platforms.youtube.simulator_state import ACCOUNTS, SCOPE, token
from shared.ports.http import Request, Response

__all__ = ["HAPPENINGS", "done", "handle", "happen", "pushes", "seed", "seen", "visit"]

HAPPENINGS: tuple[What, ...] = ("comment",)

API_HOSTS: Final = ("youtube.googleapis.com", "www.googleapis.com")
ANALYTICS_HOST: Final = "youtubeanalytics.googleapis.com"
_BASE: Final = "/youtube/v3"
_UPLOADS: Final = ("/upload/youtube/v3", "/resumable/upload/youtube/v3")
_WRITE: Final = frozenset({SCOPE + "youtube", SCOPE + "youtube.force-ssl"})
_READ: Final = _WRITE | {SCOPE + "youtube.readonly"}
_UPLOAD: Final = _WRITE | {SCOPE + "youtube.upload"}
_TALK: Final = frozenset({SCOPE + "youtube.force-ssl"})
_ANALYSE: Final = frozenset({SCOPE + "youtube", SCOPE + "youtube.readonly", SCOPE + "yt-analytics.readonly"})
Answer = Callable[[Asked], Response]
ROUTES: Final[Mapping[tuple[str, str], tuple[frozenset[str], Answer]]] = {
    ("GET", "/videos"): (_READ, videos.listed),
    ("PUT", "/videos"): (_WRITE, videos.update),
    ("DELETE", "/videos"): (_WRITE, videos.delete),
    ("GET", "/channels"): (_READ, lists.channels),
    ("GET", "/playlists"): (_READ, lists.playlists),
    ("POST", "/playlists"): (_WRITE, lists.insert_playlist),
    ("GET", "/playlistItems"): (_READ, lists.items),
    ("POST", "/playlistItems"): (_WRITE, lists.insert_item),
    ("GET", "/captions"): (_TALK, lists.captions),
    ("GET", "/liveBroadcasts"): (_READ, live.listed),
    ("POST", "/liveBroadcasts"): (_WRITE, live.insert),
    ("PUT", "/liveBroadcasts"): (_WRITE, live.update),
    ("DELETE", "/liveBroadcasts"): (_WRITE, live.delete),
    ("POST", "/liveBroadcasts/bind"): (_WRITE, live.bind),
    ("GET", "/liveStreams"): (_READ, live.streams),
    ("POST", "/liveStreams"): (_WRITE, live.insert_stream),
    ("GET", "/commentThreads"): (_TALK, comments.threads),
    ("POST", "/commentThreads"): (_TALK, comments.insert_thread),
    ("GET", "/comments"): (_TALK, comments.listed),
    ("POST", "/comments"): (_TALK, comments.insert),
    ("DELETE", "/comments"): (_TALK, comments.delete),
    ("POST", "/comments/setModerationStatus"): (_TALK, comments.moderate),
}
_UPLOAD_ROUTES: Final[Mapping[tuple[str, str], tuple[frozenset[str], Answer]]] = {
    ("POST", "/videos"): (_UPLOAD, uploads.begin),
    ("PUT", "/videos"): (_UPLOAD, uploads.put),
    ("POST", "/thumbnails/set"): (_UPLOAD, videos.set_thumbnail),
    ("POST", "/captions"): (_TALK, lists.insert_caption),
}


def handle(request: Request, world: World) -> Response:
    """Answer one request. Raises Lost, Delayed (sandbox faults)."""
    asked = read(request, world)
    try:
        return ACCOUNTS.answer(asked) or _api(asked)
    except Denied as denied:
        return denied.response


def seed(world: World, name: str) -> Mapping[str, str]:
    """Make sure that the person's channel exists; answers a code with what belongs to it."""
    return ACCOUNTS.seed(world, name)


def visit(world: World, video_id: str, text: str, who: str = "somebody") -> str:
    """Somebody comments on a video now; the comment's id."""
    video = world.get("yt.video", video_id) or {}
    person = _alive.someone(f"visit/{who}")
    author = "UC" + token(f"person/{person.id}", 22)
    made = comments.write(world, video, author, text)
    world.put("yt.comment", str(made["id"]), {**made, "name": "@" + person.username})
    return str(made["id"])


def happen(world: World, platform_account_id: str, what: What, text: str, on: str, stars: int) -> str:
    """As ``contract.Simulator.happen``."""
    video = world.get("yt.video", on)
    if video is None or video["status"].get("selfDeclaredMadeForKids"):
        raise LookupError(on)
    return visit(world, on, text, f"somebody {world.serial('yt.visit')}")


def _api(asked: Asked) -> Response:
    if (asked.host, asked.method, asked.path) == (push.HOST, "POST", "/subscribe"):
        return push.subscribe(asked)
    if asked.host == ANALYTICS_HOST and (asked.method, asked.path) == ("GET", "/v2/reports"):
        return analytics.query(ACCOUNTS.recognise(asked, _ANALYSE))
    for base, routes in ((_BASE, ROUTES), *((upload, _UPLOAD_ROUTES) for upload in _UPLOADS)):
        route = routes.get((asked.method, asked.path.removeprefix(base)))
        if asked.host in API_HOSTS and asked.path.startswith(f"{base}/") and route:
            scopes, answer = route
            return answer(ACCOUNTS.recognise(asked, scopes))
    return error(404, "notFound", "Not Found")
