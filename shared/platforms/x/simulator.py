"""X as its documentation describes it: who may ask what, how often, and where it goes.

Strict like X: a token without the scope, an unknown field, an unfinished or foreign upload, a text of a minute ago are
refused in X's words; the rate-limit headers count down. State lives in the world given to it.
Sources: the OpenAPI document 2.167 and docs.x.com, 2026-11-22; see README for what they leave open.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any, Final, NamedTuple

from shared.platforms._oauth2 import challenge_s256
from shared.platforms._pushes import sent as pushes
from shared.platforms.contract import What, World
from shared.platforms.x import MANIFEST
from shared.platforms.x import simulator_dms as dms
from shared.platforms.x import simulator_hooks as hooks
from shared.platforms.x import simulator_inbox as inbox
from shared.platforms.x import simulator_media as media
from shared.platforms.x import simulator_oauth as oauth
from shared.platforms.x import simulator_posts as posts
from shared.platforms.x.simulator_seen import done, seen
from shared.platforms.x.simulator_visits import visit
from shared.platforms.x.simulator_wire import Asked, Denied, epoch, generic, read
from shared.ports.http import Request, Response

__all__ = ["HAPPENINGS", "done", "handle", "happen", "pushes", "seed", "seen", "visit"]

HAPPENINGS: tuple[What, ...] = ("comment", "message", "mention")

WINDOW_SECONDS: Final = 900
SEED_REDIRECT: Final = "https://sandbox.rostrum.test/callback"
_APP_POSTS: Final = 10_000  # per 24 h
_ALL_SCOPES: Final = " ".join(MANIFEST.oauth.scopes)
_APP_ONLY: Final = frozenset({"app-only"})


class Route(NamedTuple):
    """An endpoint: its path, the scopes it wants, its limit per user and 15 minutes, and what answers."""

    method: str
    path: re.Pattern[str]
    scopes: frozenset[str]
    limit: int
    answer: Callable[..., Response]


def _route(method: str, path: str, scopes: str, limit: int, answer: Callable[..., Response]) -> Route:
    return Route(method, re.compile(path), frozenset(scopes.split()), limit, answer)


_POST_ID: Final = r"/2/tweets/([0-9]{1,19})"
_USER: Final = r"/2/users/([0-9]{1,19})"
_UPLOAD: Final = r"/2/media/upload"
_DMS: Final = r"/2/dm_conversations/"
_CONVERSATION: Final = r"([0-9]{1,19}-[0-9]{1,19}|[0-9]{15,19})"
_READ_DMS: Final = "tweet.read users.read dm.read"
_WRITE_DMS: Final = "tweet.read users.read dm.write"
_SUBSCRIPTIONS: Final = r"/2/activity/subscriptions"
ROUTES: Final = (
    _route("POST", r"/2/tweets", "tweet.read tweet.write users.read", 100, posts.create),
    _route("GET", _POST_ID, "tweet.read users.read", 900, posts.show),
    _route("DELETE", _POST_ID, "tweet.read tweet.write users.read", 50, posts.delete),
    _route("GET", r"/2/users/me", "tweet.read users.read", 75, posts.me),
    _route("GET", r"/2/users/([0-9]{1,19})/tweets", "tweet.read users.read", 900, posts.listed),
    _route("POST", _UPLOAD, "media.write", 500, media.upload),
    _route("GET", _UPLOAD, "media.write", 1000, media.status),
    _route("POST", _UPLOAD + "/initialize", "media.write", 1875, media.initialize),
    _route("POST", _UPLOAD + "/([0-9]{1,19})/append", "media.write", 1875, media.append),
    _route("POST", _UPLOAD + "/([0-9]{1,19})/finalize", "media.write", 1875, media.finalize),
    _route("POST", r"/2/media/metadata", "media.write", 500, media.metadata),
    _route("GET", r"/2/tweets", "tweet.read users.read", 5000, posts.several),
    _route("GET", r"/2/tweets/search/recent", "tweet.read users.read", 300, inbox.search),
    _route("GET", _USER + "/mentions", "tweet.read users.read", 300, inbox.mentions),
    _route("POST", _USER + "/likes", "tweet.read users.read like.write", 50, inbox.like),
    _route("DELETE", _USER + "/likes/([0-9]{1,19})", "tweet.read users.read like.write", 50, inbox.unlike),
    _route("GET", _USER + "/liked_tweets", "tweet.read users.read like.read", 75, inbox.liked),
    _route("POST", _USER + "/retweets", "tweet.read users.read tweet.write", 50, inbox.repost),
    _route("DELETE", _USER + "/retweets/([0-9]{1,19})", "tweet.read users.read tweet.write", 50, inbox.undo_repost),
    _route("PUT", _POST_ID + "/hidden", "tweet.read users.read tweet.moderate.write", 50, inbox.hide),
    _route("GET", r"/2/dm_events", _READ_DMS, 15, dms.events),
    _route("GET", _DMS + _CONVERSATION + "/dm_events", _READ_DMS, 15, dms.conversation),
    _route("GET", _DMS + "with/([0-9]{1,19})/dm_events", _READ_DMS, 15, dms.with_participant),
    _route("POST", _DMS + _CONVERSATION + "/messages", _WRITE_DMS, 15, dms.send),
    _route("POST", _DMS + "with/([0-9]{1,19})/messages", _WRITE_DMS, 15, dms.send_to),
    _route("POST", r"/2/webhooks", "app-only", 450, hooks.register),
    _route("GET", r"/2/webhooks", "app-only", 450, hooks.registered),
    _route("PUT", r"/2/webhooks/([0-9]{1,19})", "app-only", 450, hooks.validate),
    _route("POST", _SUBSCRIPTIONS, "tweet.read", 500, hooks.subscribe),
    _route("GET", _SUBSCRIPTIONS, "tweet.read like.read", 500, hooks.subscriptions),
    _route("PUT", _SUBSCRIPTIONS + "/([0-9]{1,19})", "app-only", 500, hooks.move),
    _route("DELETE", _SUBSCRIPTIONS + "/([0-9]{1,19})", "app-only", 500, hooks.end),
)
_OPEN: Final[Mapping[tuple[str, str], Callable[[Asked], Response]]] = {
    ("GET", "/i/oauth2/authorize"): oauth.authorize,
    ("GET", "/2/oauth2/authorize"): oauth.authorize,
    ("POST", "/2/oauth2/token"): oauth.token,
    ("POST", "/2/oauth2/revoke"): oauth.revoke,
    ("POST", "/oauth2/token"): hooks.app_token,
}


def handle(request: Request, world: World) -> Response:
    """Answer one request. Raises Lost, Delayed (sandbox faults)."""
    asked = read(request, world)
    try:
        if answer := _OPEN.get((asked.method, asked.path)):
            return answer(asked)
        return _api(asked)
    except Denied as denied:
        return denied.response


def seed(world: World, name: str) -> Mapping[str, str]:
    """Make sure that the person exists; answers a code for :func:`oauth.exchange` with what belongs to it.

    The code is good for 30 seconds and for any client; ``sandbox_user`` is for the authorize page instead.
    """
    person = oauth.person(world, name)
    verifier = "seed-" + str(person["id"])
    query = {
        "redirect_uri": SEED_REDIRECT,
        "scope": _ALL_SCOPES,
        "code_challenge": challenge_s256(verifier),
        "code_challenge_method": "S256",
    }
    code = oauth.grant_code(world, person, query)
    return {"sandbox_user": name, "code": code, "redirect_uri": SEED_REDIRECT, "verifier": verifier}


def happen(world: World, platform_account_id: str, what: What, text: str, on: str, stars: int) -> str:
    """As ``contract.Simulator.happen``."""
    if world.get("x.user", platform_account_id) is None:
        raise LookupError(platform_account_id)
    return visit(world, platform_account_id, "reply" if what == "comment" else what, text, on)


def _api(asked: Asked) -> Response:
    for route in ROUTES:
        found = route.path.fullmatch(asked.path)
        if found and route.method == asked.method and asked.host == "api.x.com":
            return _answered(route, asked, found.groups())
    return generic(404, "Not Found")


def _answered(route: Route, asked: Asked, ids: tuple[str, ...]) -> Response:
    known = oauth.recognise_app(asked) if route.scopes == _APP_ONLY else oauth.recognise(asked, route.scopes)
    limits = _use(known, route)
    if "-1" in limits.values():
        spent = {name: "0" if value == "-1" else value for name, value in limits.items()}
        return _with(generic(429, "Too Many Requests"), spent)
    try:
        return _with(route.answer(known, *ids), limits)
    except Denied as denied:
        return _with(denied.response, limits)


def _use(asked: Asked, route: Route) -> dict[str, str]:
    """Count this request; the headers that say what is left (-1: it was one too many)."""
    user_key = f"{asked.user_id}.{route.answer.__name__}"
    headers = _counted(asked, "x-rate-limit", user_key, route.limit, WINDOW_SECONDS)
    if route.answer is posts.create:
        headers |= _counted(
            asked, "x-app-limit-24hour", sha256(str(asked.user["client"]).encode()).hexdigest(), _APP_POSTS, 86_400
        )
    return headers


def _counted(asked: Asked, name: str, key: str, limit: int, seconds: int) -> dict[str, str]:
    now = epoch(asked.world.now)
    window: dict[str, Any] = asked.world.get("x.rate", key) or {}
    if not window or window["start"] + seconds <= now:
        window = {"start": now, "used": 0}
    window["used"] = min(window["used"] + 1, limit + 1)
    asked.world.put("x.rate", key, window)
    left = str(limit - window["used"])
    return {
        f"{name}-limit": str(limit),
        f"{name}-remaining": left,
        f"{name}-reset": str(int(window["start"] + seconds)),
    }


def _with(response: Response, headers: Mapping[str, str]) -> Response:
    """The answer with its rate-limit headers; those of a sandbox fault stay as they are."""
    return Response(response.status, {**headers, **response.headers}, response.body)
