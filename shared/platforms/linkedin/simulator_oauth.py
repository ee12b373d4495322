"""The simulated LinkedIn's sign-in: the consent page, the token endpoint, revocation; and who a token speaks for.

A code lives 30 minutes and once, an access token 60 days, a refresh token a year from the consent however often it is
used. The sandbox's app is an approved partner, one of the few with r_member_social; a person whose name begins with
``selfserve`` meets it as an app without approvals: no refresh token, no reading of a member's posts.
Source: learn.microsoft.com/en-us/linkedin/shared/authentication, 2026-11-22.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from typing import Any, Final
from urllib.parse import urlencode

from shared.platforms.contract import World
from shared.platforms.linkedin.simulator_wire import Asked, Denied, answer, epoch, refused, secret
from shared.ports.http import Response

ACCESS_SECONDS: Final = 5_184_000  # 60 days
REFRESH_SECONDS: Final = 31_536_000  # 365 days
CODE_SECONDS: Final = 1_800
SELF_SERVE: Final = "selfserve"
PARTNERS_SCOPE: Final = "r_member_social"
_NEEDED: Final = ("response_type", "client_id", "redirect_uri", "scope", "state")
_SCOPES: Final = frozenset(
    [
        "openid",
        "profile",
        "email",
        "w_member_social",
        "r_member_social",
        "r_member_postAnalytics",
        "r_member_profileAnalytics",
        "r_basicprofile",
        "w_organization_social",
        "r_organization_social",
        "rw_organization_admin",
        "r_organization_admin",
    ]
)
_PAGES: Final = ("Fern & Moss", "Lakeside Works")


def person(world: World, name: str) -> dict[str, Any]:
    """The simulated member of that name, made at first sight. ``many`` administers two pages."""
    known = world.get("li.person", name)
    if known:
        return known
    sub = sha256(f"member.{name}".encode()).hexdigest()[:10]
    made: dict[str, Any] = {
        "sub": sub,
        "urn": f"urn:li:person:{sub}",
        "name": name.replace("_", " ").title(),
        "login": name,
    }
    made |= {"since": world.now.isoformat(), "pages": _pages(world, sub) if name.startswith("many") else []}
    world.put("li.person", name, made)
    world.put("li.member", str(made["urn"]), {"name": name})
    return made


def _pages(world: World, sub: str) -> list[str]:
    urns = []
    for title in _PAGES:
        number = str(90_000_000 + int(sha256(f"{sub}.{title}".encode()).hexdigest()[:6], 16))
        urn, vanity = f"urn:li:organization:{number}", re.sub("[^a-z]+", "-", title.lower())
        page = {"id": int(number), "urn": urn, "name": title, "vanity": vanity, "since": world.now.isoformat()}
        world.put("li.page", urn, page)
        urns.append(urn)
    return urns


def of_member(world: World, urn: str) -> dict[str, Any]:
    """The person with this URN, empty where there is none."""
    known = world.get("li.member", urn)
    return (world.get("li.person", str(known["name"])) or {}) if known else {}


def authorize(asked: Asked) -> Response:
    """GET /oauth/v2/authorization: the person says yes at once, or no where ``sandbox_deny`` is 1."""
    query = asked.query
    if any(not query.get(name) for name in _NEEDED) or query["response_type"] != "code":
        return Response(400, {"content-type": "text/html"}, b"<h1>Bummer, something went wrong.</h1>")
    unknown = set(query["scope"].split()) - _SCOPES
    if unknown:
        said = f'Scope "{min(unknown)}" is not authorized for your application'
        return _redirect(query, {"error": "unauthorized_scope_error", "error_description": said})
    if query.get("sandbox_deny") == "1":
        return _redirect(query, {"error": "access_denied"})
    who = person(asked.world, query.get("sandbox_user") or "rostrum")
    return _redirect(query, {"code": grant_code(asked.world, who, query)})


def grant_code(world: World, who: Mapping[str, Any], query: Mapping[str, str]) -> str:
    """A code for that person and these query parameters of the consent page."""
    code = secret(world, "code")
    kept = {name: query.get(name, "") for name in ("client_id", "redirect_uri", "scope")}
    world.put("li.code", code, {"person": who["login"], "until": epoch(world.now) + CODE_SECONDS, **kept})
    return code


def token(asked: Asked) -> Response:
    """POST /oauth/v2/accessToken: a code or a refresh token for an access token."""
    form = asked.form()
    _check_client(form)
    if form.get("grant_type") == "authorization_code":
        return _trade_code(asked.world, form)
    if form.get("grant_type") == "refresh_token":
        return _trade_refresh(asked.world, form)
    return _oauth_error("invalid_request", 'A required parameter "grant_type" is missing or unknown')


def revoke(asked: Asked) -> Response:
    """POST /oauth/v2/revoke: ends the whole grant; a token that is none is fine (RFC 7009)."""
    form = asked.form()
    _check_client(form)
    world, given = asked.world, form.get("token", "")
    held = _held(world, "li.access", given) or _held(world, "li.refresh", given)
    grant = world.get("li.grant", str(held["grant"])) if held else None
    if held and grant and grant["client"] == form["client_id"]:
        world.put("li.grant", str(held["grant"]), {**grant, "ended": True})
    return answer(200)


def recognise(asked: Asked) -> Asked:
    """The request with what its token stands for. Raises Denied: 401 in LinkedIn's words."""
    kind, _, given = asked.headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer" or not given:
        raise Denied(refused(401, "EMPTY_ACCESS_TOKEN", "Empty oauth2 access token", 65604))
    held = _held(asked.world, "li.access", given)
    grant = asked.world.get("li.grant", str(held["grant"])) if held else None
    if not held or not grant:
        raise Denied(refused(401, "INVALID_ACCESS_TOKEN", "Invalid access token", 65600))
    if grant["ended"]:
        said = "The token used in the request has been revoked by the user"
        raise Denied(refused(401, "REVOKED_ACCESS_TOKEN", said, 65601))
    if held["until"] <= epoch(asked.world.now):
        raise Denied(expired())
    return replace(asked, grant=grant)


def expired() -> Response:
    """What LinkedIn says to a token of yesterday."""
    return refused(401, "EXPIRED_ACCESS_TOKEN", "The token used in the request has expired", 65602)


def userinfo(asked: Asked) -> Response:
    """GET /v2/userinfo (OpenID Connect)."""
    known = recognise(asked)
    if not known.has("openid") or not known.has("profile"):
        return refused(403, "ACCESS_DENIED", "Not enough permissions to access: userinfo.GET.NO_VERSION", 100)
    who = of_member(asked.world, known.member)
    given, _, family = str(who["name"]).partition(" ")
    body = {"sub": who["sub"], "name": who["name"], "given_name": given, "family_name": family or given}
    picture = f"https://media.licdn.com/dms/image/{who['sub']}/profile-displayphoto-shrink_100_100/0"
    return answer(200, {**body, "picture": picture, "locale": {"country": "US", "language": "en"}})


def _trade_code(world: World, form: Mapping[str, str]) -> Response:
    held = _held(world, "li.code", form.get("code", ""))
    if held:
        world.delete("li.code", form["code"])
    wrong = not held or held["until"] < epoch(world.now) or held["client_id"] not in {"", form["client_id"]}
    if wrong or not held or held["redirect_uri"] != form.get("redirect_uri"):
        said = (
            "Unable to retrieve access token: appid/redirect uri/code verifier does not match authorization code. Or "
            "authorization code expired. Or external member binding exists"
        )
        return _oauth_error("invalid_request", said)
    who = world.get("li.person", str(held["person"])) or {}
    approved = not str(who["login"]).startswith(SELF_SERVE)
    scope = f"{held['scope']} {PARTNERS_SCOPE}" if approved else str(held["scope"])
    grant = secret(world, "grant")
    kept = {"member": who["urn"], "client": form["client_id"], "scope": scope, "ended": False, "approved": approved}
    world.put("li.grant", grant, kept)
    refresh = _new_refresh(world, grant) if approved else ""
    return _issue(world, grant, scope, refresh)


def _new_refresh(world: World, grant: str) -> str:
    token = secret(world, "refresh")
    world.put("li.refresh", token, {"grant": grant, "until": epoch(world.now) + REFRESH_SECONDS})
    return token


def _trade_refresh(world: World, form: Mapping[str, str]) -> Response:
    given = form.get("refresh_token", "")
    held = _held(world, "li.refresh", given)
    grant = world.get("li.grant", str(held["grant"])) if held else None
    dead = not held or not grant or grant["ended"] or grant["client"] != form["client_id"]
    if dead or not held or not grant or held["until"] <= epoch(world.now):
        said = "The provided authorization grant or refresh token is invalid, expired or revoked."
        return _oauth_error("invalid_grant", said)
    return _issue(world, str(held["grant"]), str(grant["scope"]), given)


def _issue(world: World, grant: str, scope: str, refresh: str) -> Response:
    access = secret(world, "access")
    world.put("li.access", access, {"grant": grant, "until": epoch(world.now) + ACCESS_SECONDS})
    body: dict[str, Any] = {"access_token": access, "expires_in": ACCESS_SECONDS, "scope": scope.replace(" ", ",")}
    if refresh:
        held = world.get("li.refresh", refresh) or {"until": 0}
        left = int(held["until"] - epoch(world.now))
        body |= {"refresh_token": refresh, "refresh_token_expires_in": left}
    return answer(200, {**body, "token_type": "Bearer"})


def _check_client(form: Mapping[str, str]) -> None:
    if not form.get("client_id") or not form.get("client_secret"):
        raise Denied(_oauth_error("invalid_client", "Client authentication failed", 401))


def _held(world: World, kind: str, given: str) -> dict[str, Any] | None:
    return world.get(kind, given) if re.fullmatch(r"[0-9a-f]{64}", given) else None


def _redirect(query: Mapping[str, str], more: Mapping[str, str]) -> Response:
    target, back = query["redirect_uri"], {**more, "state": query["state"]}
    return Response(302, {"location": f"{target}{'&' if '?' in target else '?'}{urlencode(back)}"}, b"")


def _oauth_error(error: str, description: str, status: int = 400) -> Response:
    return answer(status, {"error": error, "error_description": description})
