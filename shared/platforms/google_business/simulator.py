"""Google Business Profile as its documentation describes it: five hosts, one scope.

Strict like Google: a token without the scope, an unknown field or parameter, somebody else's location, a text over its
limit, a photo that cannot be fetched are refused in Google's words. State lives in the world (``simulator_state``).
Sources: the discovery documents of the newer APIs (20261026), the reference of v4, and the pages that each part names.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from shared.platforms._google.simulator import Asked, Denied, read
from shared.platforms._pushes import sent as pushes
from shared.platforms.contract import What, World
from shared.platforms.google_business import simulator_places as places
from shared.platforms.google_business import simulator_posts as posts
from shared.platforms.google_business import simulator_push as push
from shared.platforms.google_business import simulator_reviews as reviews
from shared.platforms.google_business.simulator_seen import done, seen
from shared.platforms.google_business.simulator_state import ACCOUNTS, SCOPE, not_found
from shared.ports.http import Request, Response

__all__ = ["HAPPENINGS", "done", "handle", "happen", "pushes", "seed", "seen", "visit"]

HAPPENINGS: tuple[What, ...] = ("review",)

_SCOPES: Final = frozenset({SCOPE})
_PLACE: Final = r"/v4/accounts/([^/]+)/locations/([^/]+)"
_V4: Final = "mybusiness.googleapis.com"


class Route(NamedTuple):
    """An endpoint."""

    method: str
    host: str
    path: re.Pattern[str]
    answer: Callable[..., Response]


def _route(method: str, host: str, path: str, answer: Callable[..., Response]) -> Route:
    return Route(method, host, re.compile(path), answer)


ROUTES: Final = (
    _route("GET", "mybusinessaccountmanagement.googleapis.com", r"/v1/accounts", places.accounts),
    _route("GET", "mybusinessbusinessinformation.googleapis.com", r"/v1/accounts/([^/]+)/locations", places.locations),
    _route("GET", "mybusinessbusinessinformation.googleapis.com", r"/v1/locations/([^/:]+)", places.location),
    _route(
        "GET",
        "businessprofileperformance.googleapis.com",
        r"/v1/locations/([^/:]+):fetchMultiDailyMetricsTimeSeries",
        places.performance,
    ),
    _route(
        "GET",
        "mybusinessnotifications.googleapis.com",
        r"/v1/accounts/([^/]+)/notificationSetting",
        places.show_setting,
    ),
    _route(
        "PATCH",
        "mybusinessnotifications.googleapis.com",
        r"/v1/accounts/([^/]+)/notificationSetting",
        places.update_setting,
    ),
    _route("POST", _V4, _PLACE + "/localPosts", posts.create),
    _route("GET", _V4, _PLACE + "/localPosts", posts.listed),
    _route("POST", _V4, _PLACE + "/localPosts:reportInsights", posts.report),
    _route("GET", _V4, _PLACE + "/localPosts/([^/]+)", posts.show),
    _route("DELETE", _V4, _PLACE + "/localPosts/([^/]+)", posts.delete),
    _route("GET", _V4, _PLACE + "/reviews", reviews.listed),
    _route("GET", _V4, _PLACE + "/reviews/([^/]+)", reviews.show),
    _route("PUT", _V4, _PLACE + "/reviews/([^/]+)/reply", reviews.put_reply),
    _route("DELETE", _V4, _PLACE + "/reviews/([^/]+)/reply", reviews.delete_reply),
)


def handle(request: Request, world: World) -> Response:
    """Answer one request. Raises Lost, Delayed (sandbox faults)."""
    asked = read(request, world)
    try:
        return ACCOUNTS.answer(asked) or _api(asked)
    except Denied as denied:
        return denied.response


def seed(world: World, name: str) -> Mapping[str, str]:
    """Make sure that the person and their business exist; answers a code with what belongs to it."""
    return ACCOUNTS.seed(world, name)


def visit(world: World, location: str, stars: int, text: str, who: str = "somebody") -> str:
    """Somebody reviews the location now, and Google tells of it; the review's id."""
    review = reviews.visit(world, location, stars, text, who)
    push.reviewed(world, world.get("gbp.place", location) or {}, review)
    return review


def happen(world: World, platform_account_id: str, what: What, text: str, on: str, stars: int) -> str:
    """As ``contract.Simulator.happen``."""
    if world.get("gbp.place", platform_account_id) is None:
        raise LookupError(platform_account_id)
    return visit(world, platform_account_id, stars, text, f"somebody {world.serial('gbp.somebody')}")


def _api(asked: Asked) -> Response:
    for route in ROUTES:
        found = route.path.fullmatch(asked.path)
        if found and (route.method, route.host) == (asked.method, asked.host):
            return route.answer(ACCOUNTS.recognise(asked, _SCOPES), *found.groups())
    return not_found()
