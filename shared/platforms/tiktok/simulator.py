"""TikTok, simulated: Login Kit, Content Posting and Display API v2, as their documentation describes them.

Stateful, strict and paced: what is processed takes its seconds, what is public is reviewed first. Where TikTok documents
nothing, the README says what was chosen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from shared.platforms.contract import World
from shared.platforms.tiktok import simulator_ads as ads
from shared.platforms.tiktok import simulator_oauth as oauth
from shared.platforms.tiktok import simulator_posting as posting
from shared.platforms.tiktok import simulator_read as reading
from shared.platforms.tiktok import simulator_state as state
from shared.platforms.tiktok.simulator_ads import done
from shared.platforms.tiktok.simulator_push import pushes
from shared.platforms.tiktok.simulator_read import seen
from shared.platforms.tiktok.simulator_state import Ask, Problem, Session
from shared.ports.http import Request, Response

__all__ = ["done", "handle", "pushes", "seed", "seen"]

_API: Final = "open.tiktokapis.com"
_OPEN: Final[Mapping[tuple[str, str, str], Callable[[Ask, World], Response]]] = {
    ("www.tiktok.com", "GET", "v2/auth/authorize"): oauth.authorize,
    (_API, "POST", "v2/oauth/token"): oauth.token,
    (_API, "POST", "v2/oauth/revoke"): oauth.revoke,
    (posting.UPLOADS, "PUT", "video"): posting.chunk,
}
_SIGNED: Final[Mapping[tuple[str, str], Callable[[Ask, Session, World], Response]]] = {
    ("GET", "v2/user/info"): reading.user,
    ("POST", "v2/video/list"): reading.listed,
    ("POST", "v2/video/query"): reading.queried,
    ("POST", "v2/post/publish/creator_info/query"): posting.creator_info,
    ("POST", "v2/post/publish/video/init"): posting.init_video,
    ("POST", "v2/post/publish/inbox/video/init"): posting.init_draft,
    ("POST", "v2/post/publish/content/init"): posting.init_photos,
    ("POST", "v2/post/publish/status/fetch"): posting.status,
}


def handle(request: Request, world: World) -> Response:
    """Answer one request. Raises Lost and Delayed, as a text asks for them."""
    ask = Ask.of(request)
    try:
        return _route(ask, world)
    except Problem as problem:
        return problem.response(world)


def seed(world: World, name: str) -> Mapping[str, str]:
    """Make the account; answers whom to name on the consent page, and what to hand over for the ads."""
    state.person(world, name)
    return {"sandbox_user": name, **ads.credentials(name)}


def _route(ask: Ask, world: World) -> Response:
    if ask.host == ads.HOST:
        return ads.handle(ask, world)
    answer = _OPEN.get((ask.host, ask.method, ask.path))
    if answer:
        return answer(ask, world)
    signed = _SIGNED.get((ask.method, ask.path)) if ask.host == _API else None
    if signed is None:
        return Response(404, {"content-type": "text/plain"}, b"Unsupported path(Janus)")
    return signed(ask, state.session(world, ask), world)
