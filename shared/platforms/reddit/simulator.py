"""Reddit as its users have observed it: who may ask what, how often, and where it goes.

Strict: a request without a User-Agent of its own, a token without the scope, an unknown field, a file that never arrived
are refused in Reddit's words; the rate-limit headers count down over 600 seconds. State lives in the world given to it.
Sources: reddit-archive/reddit, Pyprohly/reddit-api-doc-notes, PRAW 8.0.3; 2026-11-22; see README for what they leave open.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from shared.platforms.contract import What, World
from shared.platforms.reddit import simulator_ads as ads
from shared.platforms.reddit import simulator_comments as comments
from shared.platforms.reddit import simulator_listing as listing
from shared.platforms.reddit import simulator_media as media
from shared.platforms.reddit import simulator_messages as messages
from shared.platforms.reddit import simulator_oauth as oauth
from shared.platforms.reddit import simulator_submit as submit
from shared.platforms.reddit.simulator_seen import done, seen, visit
from shared.platforms.reddit.simulator_wire import Asked, Denied, epoch, plain, read
from shared.ports.http import Request, Response

__all__ = ["HAPPENINGS", "done", "handle", "happen", "seed", "seen", "visit"]

HAPPENINGS: tuple[What, ...] = ("comment", "message")

WINDOW_SECONDS: Final = 600
WINDOW_REQUESTS: Final = 1000
SEED_REDIRECT: Final = "https://sandbox.rostrum.test/callback"


class Route(NamedTuple):
    """An endpoint: its path, the scopes it wants, and what answers."""

    method: str
    path: re.Pattern[str]
    scopes: frozenset[str]
    answer: Callable[..., Response]


def _route(method: str, path: str, scopes: str, answer: Callable[..., Response]) -> Route:
    return Route(method, re.compile(path), frozenset(scopes.split()), answer)


_NAME: Final = r"([A-Za-z0-9_-]{2,22})"
ROUTES: Final = (
    _route("GET", "/api/v1/me", "identity", listing.me),
    _route("POST", "/api/submit", "submit", submit.submit),
    _route("POST", "/api/submit_gallery_post.json", "submit", submit.gallery),
    _route("POST", "/api/submit_poll_post", "submit", submit.poll),
    _route("POST", "/api/media/asset.json", "submit", media.lease),
    _route("POST", "/api/comment", "submit", comments.create),
    _route("POST", "/api/vote", "vote", comments.vote),
    _route("POST", "/api/remove", "modposts", comments.remove),
    _route("POST", "/api/approve", "modposts", comments.approve),
    _route("GET", "/api/morechildren", "read", comments.more),
    _route("POST", "/api/compose", "privatemessages", messages.compose),
    _route("GET", "/message/messages", "privatemessages", messages.threads),
    _route("GET", r"/message/messages/([0-9a-z]+)", "privatemessages", messages.thread),
    _route("GET", "/message/sent", "privatemessages", messages.sent),
    _route("GET", "/message/mentions", "privatemessages", messages.mentions),
    _route("POST", "/api/del", "edit", submit.delete),
    _route("GET", "/api/info", "read", listing.info),
    _route("GET", f"/user/{_NAME}/submitted", "history", listing.submitted),
    _route("GET", f"/user/{_NAME}/comments", "history", listing.said),
    _route("GET", r"/comments/([0-9a-z]+)", "read", listing.comments),
    _route("GET", f"/r/{_NAME}/about", "read", listing.about),
    _route("GET", f"/r/{_NAME}/api/link_flair_v2", "flair", listing.flairs),
    _route("GET", f"/api/v1/{_NAME}/post_requirements", "submit", listing.requirements),
    _route("GET", "/subreddits/mine/subscriber", "mysubreddits", listing.mine),
)
_OPEN: Final[Mapping[tuple[str, str], Callable[[Asked], Response]]] = {
    ("GET", "/api/v1/authorize"): oauth.authorize,
    ("POST", "/api/v1/access_token"): oauth.token,
    ("POST", "/api/v1/revoke_token"): oauth.revoke,
}


def handle(request: Request, world: World) -> Response:
    """Answer one request. Raises Lost, Delayed (sandbox faults)."""
    asked = read(request, world)
    try:
        if asked.host in {media.MEDIA_HOST, media.VIDEO_HOST}:
            return media.store(asked) if asked.method == "POST" else plain(403, "Forbidden")
        if asked.host == "www.reddit.com":
            return _site(asked)
        return _api(asked)
    except Denied as denied:
        return denied.response


def seed(world: World, name: str) -> Mapping[str, str]:
    """Make sure that the person exists; answers a code for ``oauth.exchange`` with what belongs to it."""
    person = oauth.person(world, name)
    scopes = " ".join(sorted(oauth.SCOPES))
    query = {"redirect_uri": SEED_REDIRECT, "scope": scopes, "duration": "permanent"}
    code = oauth.grant_code(world, person, query)
    return {"sandbox_user": name, "code": code, "redirect_uri": SEED_REDIRECT}


def happen(world: World, platform_account_id: str, what: What, text: str, on: str, stars: int) -> str:
    """As ``contract.Simulator.happen``."""
    if world.get("reddit.user", platform_account_id) is None:
        raise LookupError(platform_account_id)
    return visit(world, platform_account_id, what, text, on)


def _site(asked: Asked) -> Response:
    answer = _OPEN.get((asked.method, asked.path))
    return answer(asked) if answer else plain(404, "Not Found")


def _api(asked: Asked) -> Response:
    if not _introduces_itself(asked):
        return plain(429, "Too Many Requests")
    if asked.host == ads.HOST:
        return ads.handle(asked)
    for route in ROUTES:
        found = route.path.fullmatch(asked.path)
        if found and route.method == asked.method and asked.host == "oauth.reddit.com":
            return _answered(route, asked, found.groups())
    return plain(404, "Not Found")


def _introduces_itself(asked: Asked) -> bool:
    """Reddit throttles those who do not say who they are."""
    agent = asked.headers.get("user-agent", "")
    return bool(agent) and not agent.lower().startswith(("python", "java", "curl", "mozilla"))


def _answered(route: Route, asked: Asked, parts: tuple[str, ...]) -> Response:
    known = oauth.recognise(asked, route.scopes)
    limits = _use(known)
    if float(limits["x-ratelimit-remaining"]) < 0:
        return _with(plain(429, "Too Many Requests"), {**limits, "x-ratelimit-remaining": "0.0"})
    try:
        return _with(route.answer(known, *parts), limits)
    except Denied as denied:
        return _with(denied.response, limits)


def _use(asked: Asked) -> dict[str, str]:
    """Count this request; the headers that say what is left. Counted per person, so that a sandbox's accounts do not
    stand in each other's way: the real window is the app's."""
    now = epoch(asked.world)
    window: dict[str, Any] = asked.world.get("reddit.rate", asked.user_id) or {}
    if not window or window["start"] + WINDOW_SECONDS <= now:
        window = {"start": now, "used": 0}
    window["used"] = min(window["used"] + 1, WINDOW_REQUESTS + 1)
    asked.world.put("reddit.rate", asked.user_id, window)
    return {
        "x-ratelimit-used": str(window["used"]),
        "x-ratelimit-remaining": f"{WINDOW_REQUESTS - window['used']:.1f}",
        "x-ratelimit-reset": str(max(1, int(window["start"] + WINDOW_SECONDS - now))),
    }


def _with(response: Response, headers: Mapping[str, str]) -> Response:
    return Response(response.status, {**headers, **response.headers}, response.body)
