"""Snapchat as far as it is documented: sign-in, public profiles with their posts, and ads.

``simulator_*.py`` have the parts. No specification is published: README says what is documented and what is chosen.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from shared.platforms.contract import Done, Seen, World
from shared.platforms.snapchat import simulator_core as core
from shared.platforms.snapchat import simulator_oauth as oauth
from shared.platforms.snapchat import simulator_organizations as organizations
from shared.platforms.snapchat import simulator_profile as profile
from shared.platforms.snapchat import wire
from shared.platforms.snapchat.simulator_core import Asked, Fail, read
from shared.ports.http import Request, Response

__all__ = ["done", "handle", "seed", "seen"]

_UUID: Final = r"([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})"
_PROFILE: Final = rf"/v1/public_profiles/{_UUID}"
_ASSET: Final = r"/(stories|spotlights|saved_stories)"
_PROFILES: Final = "snapchat-profile-api"
_ADS: Final = "snapchat-marketing-api"


class Route(NamedTuple):
    """An endpoint: host, method, path, the scope it wants, and what answers."""

    host: str
    method: str
    path: re.Pattern[str]
    scope: str
    answer: Callable[..., Response]


def _route(host: str, method: str, path: str, scope: str, answer: Callable[..., Response]) -> Route:
    return Route(f"{host}.snapchat.com", method, re.compile(path), scope, answer)


ROUTES: Final = (
    _route("businessapi", "GET", r"/v1/public_profiles/my_profile", _PROFILES, profile.my_profile),
    _route("businessapi", "GET", rf"/v1/organizations/{_UUID}/public_profiles", _PROFILES, profile.of_organization),
    _route("businessapi", "POST", _PROFILE + "/media", _PROFILES, profile.create_media),
    _route(
        "businessapi", "POST", rf"/us{_PROFILE}/media/{_UUID}/multipart-upload", _PROFILES, profile.multipart_upload
    ),
    _route("businessapi", "GET", _PROFILE + "/stats", _PROFILES, profile.profile_stats),
    _route("businessapi", "GET", _PROFILE + _ASSET + r"/([0-9A-Za-z_-]{32,64})/stats", _PROFILES, profile.asset_stats),
    _route("businessapi", "POST", _PROFILE + _ASSET, _PROFILES, profile.post),
    _route("businessapi", "GET", _PROFILE + _ASSET, _PROFILES, profile.listed),
    *(_route("adsapi", method, path, _ADS, answer) for method, path, answer in organizations.routes(_UUID)),
)
_OPEN: Final[Mapping[tuple[str, str], Callable[[Asked], Response]]] = {
    ("GET", "/login/oauth2/authorize"): oauth.authorize,
    ("POST", "/login/oauth2/access_token"): oauth.token,
}


def handle(request: Request, world: World) -> Response:
    """Answer one request. Raises Lost, Delayed (sandbox faults)."""
    asked = read(request, world)
    try:
        if asked.host == "accounts.snapchat.com" and (answer := _OPEN.get((asked.method, asked.path))):
            return answer(asked)
        return _api(asked)
    except Fail as fail:
        return fail.response()


def seed(world: World, name: str) -> Mapping[str, str]:
    """Make sure of a person with a public profile; ``sandbox_user`` on the consent page is their name."""
    return {"sandbox_user": core.person(world, name)["name"]}


def seen(world: World, platform_account_id: str) -> Sequence[Seen]:
    """The profile's posts as its subscribers see them: a Spotlight once its review let it through, a story for its time."""
    owner = (world.get("snap.profile", platform_account_id) or {}).get("snap_user_name", "")
    asked = Asked(world, "GET", "", "", {}, {}, b"")
    found = profile.live(asked, platform_account_id)
    return [_seen(one, owner) for one in found if not _rejected(one, world.now)]


def done(world: World, platform_account_id: str) -> Sequence[Done]:
    """What stands in the ad account of the profile's organization, oldest first."""
    organization = (world.get("snap.profile", platform_account_id) or {}).get("organization_id", "")
    return organizations.done(world, core.account_of(str(organization))["id"])


def _rejected(one: Mapping[str, Any], now: datetime) -> bool:
    return one["asset"] == "spotlights" and profile.status_of(one, now) == "REJECTED"


def _seen(one: Mapping[str, Any], owner: str) -> Seen:
    link = wire.permalink(one["asset"], one["id"], owner)
    return Seen(one["id"], one["text"], 1, datetime.fromisoformat(one["at"]), link)


def _api(asked: Asked) -> Response:
    for route in ROUTES:
        found = route.path.fullmatch(asked.path)
        if found and (route.host, route.method) == (asked.host, asked.method):
            return route.answer(oauth.recognise(asked, route.scope), *found.groups())
    raise Fail(404, "E1001", "Not found")
