"""LinkedIn as its documentation describes it: versions, protocol, scopes and roles, and where each request goes.

Strict like LinkedIn: a request without a version or with one that is retired, an unknown field, a missing scope or role, a
foreign or unfinished upload, a post of a minute ago are refused in LinkedIn's words. State lives in the world given to it.
See README for what the documentation leaves open.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from shared.platforms import _alive as alive
from shared.platforms import _pushes
from shared.platforms.contract import Push, What, World
from shared.platforms.linkedin import simulator_assets as assets
from shared.platforms.linkedin import simulator_events as events
from shared.platforms.linkedin import simulator_oauth as oauth
from shared.platforms.linkedin import simulator_posts as posts
from shared.platforms.linkedin import simulator_reactions as reactions
from shared.platforms.linkedin import simulator_social as social
from shared.platforms.linkedin import simulator_stats as stats
from shared.platforms.linkedin.simulator_seen import done, seen, visit
from shared.platforms.linkedin.simulator_wire import Asked, Denied, missing, read, refused
from shared.ports.http import Request, Response

__all__ = ["HAPPENINGS", "done", "handle", "happen", "pushes", "seed", "seen", "visit"]

HAPPENINGS: tuple[What, ...] = ("comment", "mention")

SEED_REDIRECT: Final = "https://sandbox.rostrum.test/callback"
SEED_SCOPES: Final = (
    "openid profile w_member_social r_member_postAnalytics r_member_profileAnalytics w_organization_social "
    "r_organization_social rw_organization_admin"
)
_OLDEST, _NEWEST = "202510", "202609"  # the versions that LinkedIn served when this was written
_URN: Final = r"([^/?]+)"
_KEY: Final = r"(\([^/?]+\))"

Answer = Callable[..., Response]


def _route(
    method: str, path: str, answer: Answer, **query: str
) -> tuple[str, re.Pattern[str], Mapping[str, str], Answer]:
    return method, re.compile(path), query, answer


def _of(resource: str) -> tuple[Any, ...]:
    return (
        _route(
            "POST", f"/rest/{resource}", lambda asked: assets.initialize(asked, resource), action="initializeUpload"
        ),
        _route("GET", f"/rest/{resource}/{_URN}", lambda asked, urn: assets.show(asked, resource, urn)),
    )


ROUTES: Final = (
    _route("POST", "/rest/posts", posts.create),
    _route("GET", "/rest/posts", posts.listed),
    _route("GET", f"/rest/posts/{_URN}", posts.show),
    _route("DELETE", f"/rest/posts/{_URN}", posts.delete),
    *_of("images"),
    *_of("videos"),
    *_of("documents"),
    _route("POST", "/rest/videos", assets.finalize, action="finalizeUpload"),
    _route("GET", f"/rest/socialActions/{_URN}/comments", social.listed),
    _route("POST", f"/rest/socialActions/{_URN}/comments", social.create),
    _route("GET", f"/rest/socialActions/{_URN}/comments/([0-9]+)", social.show),
    _route("DELETE", f"/rest/socialActions/{_URN}/comments/([0-9]+)", social.delete),
    _route("POST", "/rest/reactions", reactions.create),
    _route("GET", f"/rest/reactions/{_KEY}", reactions.show),
    _route("DELETE", f"/rest/reactions/{_KEY}", reactions.delete),
    _route("GET", "/rest/memberCreatorPostAnalytics", stats.member_posts),
    _route("GET", "/rest/memberFollowersCount", stats.member_followers, q="me"),
    _route("GET", "/rest/organizationalEntityShareStatistics", stats.share_statistics),
    _route("GET", "/rest/organizationalEntityFollowerStatistics", stats.follower_statistics),
    _route("GET", f"/rest/networkSizes/{_URN}", stats.network_size),
    _route("GET", "/rest/organizationAcls", stats.acls, q="roleAssignee"),
    _route("GET", "/rest/organizations", stats.organizations),
    _route("GET", "/rest/organizationalEntityNotifications", events.notifications),
    _route("GET", "/rest/eventSubscriptions", events.subscriptions),
    _route("PUT", f"/rest/eventSubscriptions/{_KEY}", events.subscribe),
    _route("DELETE", f"/rest/eventSubscriptions/{_KEY}", events.unsubscribe),
)
_OPEN: Final[Mapping[tuple[str, str, str], Callable[[Asked], Response]]] = {
    ("www.linkedin.com", "GET", "/oauth/v2/authorization"): oauth.authorize,
    ("www.linkedin.com", "POST", "/oauth/v2/accessToken"): oauth.token,
    ("www.linkedin.com", "POST", "/oauth/v2/revoke"): oauth.revoke,
    ("api.linkedin.com", "GET", "/v2/userinfo"): oauth.userinfo,
}


def handle(request: Request, world: World) -> Response:
    """Answer one request. Raises Lost, Delayed (sandbox faults)."""
    asked = read(request, world)
    try:
        if answer := _OPEN.get((asked.host, asked.method, asked.path)):
            return answer(asked)
        if asked.host == "www.linkedin.com" and asked.method == "PUT" and asked.path.startswith("/dms-uploads/"):
            return assets.put(asked)
        return _api(asked)
    except Denied as denied:
        return denied.response


def seed(world: World, name: str) -> Mapping[str, str]:
    """Make sure that the person exists; answers a code with what belongs to it, good for any client."""
    person = oauth.person(world, name)
    query = {"redirect_uri": SEED_REDIRECT, "scope": SEED_SCOPES}
    code = oauth.grant_code(world, person, query)
    return {"sandbox_user": name, "code": code, "redirect_uri": SEED_REDIRECT}


def pushes(world: World) -> list[Push]:
    """What was sent to our webhook endpoint, oldest first."""
    return list(_pushes.sent(world))


def happen(world: World, platform_account_id: str, what: What, text: str, on: str, stars: int) -> str:
    """As ``contract.Simulator.happen``."""
    if what == "mention" and not world.get("li.page", platform_account_id):
        raise LookupError(platform_account_id)  # it tells of pages that are named, not of members
    person = alive.someone(f"linkedin/visit/{world.serial('li.visit')}")
    return visit(world, platform_account_id, what, text=text, on=on, who=f"urn:li:person:{person.id}")


def _api(asked: Asked) -> Response:
    if asked.host != "api.linkedin.com" or not asked.path.startswith("/rest/"):
        return missing("Resource")
    known = oauth.recognise(asked)
    _check_version(known)
    for method, path, query, answer in ROUTES:
        found = path.fullmatch(asked.path)
        if found and method == asked.method and all(asked.query.get(name) == value for name, value in query.items()):
            response: Response = answer(known, *found.groups())
            return response
    return refused(404, "RESOURCE_NOT_FOUND", f"No virtual resource found: {asked.path}")


def _check_version(asked: Asked) -> None:
    version = asked.headers.get("linkedin-version", "")
    if not version:
        raise Denied(
            refused(
                400,
                "VERSION_MISSING",
                "A version must be present. Please specify a version by adding the LinkedIn-Version header.",
            )
        )
    if not re.fullmatch(r"20\d{4}", version) or not _OLDEST <= version <= _NEWEST:
        raise Denied(refused(426, "NONEXISTENT_VERSION", f"Requested version {version} is not active"))
    if asked.headers.get("x-restli-protocol-version", "2.0.0") != "2.0.0":
        raise Denied(refused(400, "ILLEGAL_ARGUMENT", "X-Restli-Protocol-Version must be 2.0.0"))
