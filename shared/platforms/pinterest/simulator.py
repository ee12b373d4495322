"""Pinterest as its OpenAPI document describes it: who may ask what, how often, and where it goes.

Strict: a token without the scope, an unknown field, a board that is not there, an image that cannot be fetched are refused in
Pinterest's words. State lives in the world given to it. Source: the OpenAPI document 5.23.0; see README for what it leaves open.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from shared.platforms.contract import World
from shared.platforms.pinterest import simulator_account as account
from shared.platforms.pinterest import simulator_ads as ads
from shared.platforms.pinterest import simulator_boards as boards
from shared.platforms.pinterest import simulator_media as media
from shared.platforms.pinterest import simulator_oauth as oauth
from shared.platforms.pinterest import simulator_pins as pins
from shared.platforms.pinterest.simulator_seen import done, seen
from shared.platforms.pinterest.simulator_wire import Asked, Denied, epoch, rate_limited, read, refused
from shared.ports.http import Request, Response

__all__ = ["done", "handle", "seed", "seen"]

PER_SECOND: Final = 100
SEED_REDIRECT: Final = "https://sandbox.rostrum.test/callback"


class Route(NamedTuple):
    """An endpoint: its path below /v5, the scopes it wants, and what answers."""

    method: str
    path: re.Pattern[str]
    scopes: frozenset[str]
    answer: Callable[..., Response]


def _route(method: str, path: str, scopes: str, answer: Callable[..., Response]) -> Route:
    return Route(method, re.compile("/v5" + path), frozenset(scopes.split()), answer)


_ID: Final = r"(\d{1,25})"
_LEVEL: Final = "(campaigns|ad_groups|ads)"
_READ: Final = "boards:read pins:read"
_WRITE: Final = "boards:read boards:write pins:read pins:write"
ROUTES: Final = (
    _route("GET", "/user_account", "user_accounts:read", account.me),
    _route("POST", "/pins", _WRITE, pins.create),
    _route("GET", "/pins", _READ, pins.listed),
    _route("GET", f"/pins/{_ID}", _READ, pins.show),
    _route("DELETE", f"/pins/{_ID}", _WRITE, pins.delete),
    _route("GET", f"/pins/{_ID}/analytics", _READ, account.pin_analytics),
    _route("GET", "/boards", "boards:read", boards.listed),
    _route("POST", "/boards", "boards:read boards:write", boards.create),
    _route("GET", f"/boards/{_ID}", "boards:read", boards.show),
    _route("PATCH", f"/boards/{_ID}", "boards:read boards:write", boards.change),
    _route("DELETE", f"/boards/{_ID}", "boards:read boards:write", boards.remove),
    _route("GET", f"/boards/{_ID}/pins", _READ, pins.on_board),
    _route("GET", f"/boards/{_ID}/sections", "boards:read", boards.sections),
    _route("GET", f"/boards/{_ID}/sections/{_ID}/pins", _READ, pins.on_board),
    _route("POST", "/media", "pins:read pins:write", media.register),
    _route("GET", f"/media/{_ID}", "pins:read", media.status),
    _route("GET", "/ad_accounts", "ads:read", ads.accounts),
    _route("GET", f"/ad_accounts/{_ID}/analytics", "ads:read", ads.account_figures),
    _route("GET", f"/ad_accounts/{_ID}/{_LEVEL}", "ads:read", ads.listed),
    _route("POST", f"/ad_accounts/{_ID}/{_LEVEL}", "ads:write", ads.create),
    _route("PATCH", f"/ad_accounts/{_ID}/{_LEVEL}", "ads:write", ads.update),
    _route("GET", f"/ad_accounts/{_ID}/{_LEVEL}/analytics", "ads:read", ads.figures),
)


def handle(request: Request, world: World) -> Response:
    """Answer one request. Raises Lost, Delayed (sandbox faults)."""
    asked = read(request, world)
    try:
        if asked.host == media.HOST:
            return media.store(asked)
        if asked.host == "www.pinterest.com":
            return oauth.authorize(asked) if asked.path == "/oauth" else refused(404, 404, "Not found.")
        if (asked.method, asked.path) == ("POST", "/v5/oauth/token"):
            return oauth.token(asked)
        return _api(asked)
    except Denied as denied:
        return denied.response


def seed(world: World, name: str) -> Mapping[str, str]:
    """Make sure that the person exists; answers a code for ``oauth.exchange`` with what belongs to it."""
    person = oauth.person(world, name)
    query = {"redirect_uri": SEED_REDIRECT, "scope": ",".join(sorted(oauth.SCOPES))}
    code = oauth.grant_code(world, person, query)
    return {"sandbox_user": name, "code": code, "redirect_uri": SEED_REDIRECT}


def _api(asked: Asked) -> Response:
    found = [(route, match) for route in ROUTES if (match := route.path.fullmatch(asked.path))]
    for route, match in found:
        if route.method == asked.method:
            return _answered(route, asked, match.groups())
    return refused(405, 5, "Method not allowed") if found else refused(404, 404, "Not found.")


def _answered(route: Route, asked: Asked, parts: tuple[str, ...]) -> Response:
    known = oauth.recognise(asked, route.scopes)
    left = _use(known)
    if left < 0:
        return rate_limited(1)
    headers = {"x-ratelimit-limit": str(PER_SECOND), "x-ratelimit-remaining": str(left), "x-ratelimit-reset": "1"}
    try:
        response = route.answer(known, *parts)
    except Denied as denied:
        response = denied.response
    return Response(response.status, {**headers, **response.headers}, response.body)


def _use(asked: Asked) -> int:
    """Count this request; how many are left in this second, -1 for one too many."""
    now = int(epoch(asked.world))
    window: dict[str, Any] = asked.world.get("pinterest.rate", asked.user_id) or {}
    used = window["used"] + 1 if window.get("second") == now else 1
    asked.world.put("pinterest.rate", asked.user_id, {"second": now, "used": min(used, PER_SECOND + 1)})
    return PER_SECOND - used
