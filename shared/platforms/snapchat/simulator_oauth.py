"""The simulated sign-in of Snapchat: authorize, tokens of an hour, refresh tokens without an end.

Chosen where Snapchat is silent: a code is good for ten minutes and once; a refresh answers with the same refresh token (three
accounts of one consent share it).
"""

from __future__ import annotations

import re
from dataclasses import replace
from hashlib import sha256
from typing import Any, Final
from urllib.parse import urlencode

from shared.platforms.contract import World
from shared.platforms.snapchat.simulator_core import Asked, Fail, person, reply
from shared.ports.http import Response

ACCESS_SECONDS: Final = 3600
CODE_SECONDS: Final = 600
_SCOPES: Final = frozenset({"snapchat-profile-api", "snapchat-marketing-api", "snapchat-offline-conversions-api"})
_NEEDED: Final = ("response_type", "client_id", "redirect_uri", "scope")


def authorize(asked: Asked) -> Response:
    """GET /login/oauth2/authorize: the person says yes at once, or no where ``sandbox_deny`` is 1."""
    query = asked.query
    known = set(query.get("scope", "").split()) <= _SCOPES
    if any(not query.get(name) for name in _NEEDED) or query["response_type"] != "code" or not known:
        return Response(400, {"content-type": "text/html"}, b"<h1>Invalid request</h1>")
    state = {"state": query["state"]} if query.get("state") else {}
    if query.get("sandbox_deny") == "1":
        return _redirect(query["redirect_uri"], {"error": "access_denied", **state})
    name = re.sub(r"[^a-z0-9._-]", "-", (query.get("sandbox_user") or "rostrum").lower())
    who = person(asked.world, name)
    code = _secret(asked.world, "code")
    kept = {name: query[name] for name in ("client_id", "redirect_uri", "scope")}
    until = asked.now.timestamp() + CODE_SECONDS
    asked.world.put("snap.code", code, {"who": who["name"], "until": until, **kept})
    return _redirect(query["redirect_uri"], {"code": code, **state})


def token(asked: Asked) -> Response:
    """POST /login/oauth2/access_token."""
    form = asked.form()
    if not form.get("client_id") or not form.get("client_secret"):
        return _refused(401, "invalid_client", "Client authentication failed")
    if form.get("grant_type") == "authorization_code":
        return _trade_code(asked, form)
    if form.get("grant_type") == "refresh_token":
        held = _held(asked.world, "snap.refresh", form.get("refresh_token", ""))
        if held is None or held["client_id"] != form["client_id"]:
            return _refused(400, "invalid_grant", "The refresh token is invalid or has been revoked")
        return _issue(asked, held, form["refresh_token"])
    return _refused(400, "unsupported_grant_type", "The grant type is not supported")


def recognise(asked: Asked, scope: str) -> Asked:
    """The request with the person that its token speaks for. Raises Fail."""
    kind, _, given = asked.headers.get("authorization", "").partition(" ")
    held = _held(asked.world, "snap.access", given) if kind.lower() == "bearer" else None
    if held is None or held["until"] <= asked.now.timestamp():
        raise unauthorized()
    if scope not in str(held["scope"]).split():
        raise Fail(403, "AUTHORIZATION_PERMISSION_DENIED", f"The token lacks the scope {scope}")
    return replace(asked, user=str(held["who"]))


def unauthorized() -> Fail:
    """What Snapchat says to a token that it does not accept."""
    return Fail(401, "E3002", "Unauthorized: the access token is invalid or has expired")


def _trade_code(asked: Asked, form: dict[str, str]) -> Response:
    held = _held(asked.world, "snap.code", form.get("code", ""))
    if held:
        asked.world.delete("snap.code", form["code"])
    fits = held and held["until"] > asked.now.timestamp() and held["client_id"] == form["client_id"]
    if not held or not fits or held["redirect_uri"] != form.get("redirect_uri"):
        return _refused(400, "invalid_grant", "The authorization code is invalid or has expired")
    refresh = _secret(asked.world, "refresh")
    kept = {name: held[name] for name in ("who", "client_id", "scope")}
    asked.world.put("snap.refresh", refresh, kept)
    return _issue(asked, kept, refresh)


def _issue(asked: Asked, held: dict[str, Any], refresh: str) -> Response:
    access = _secret(asked.world, "access")
    until = asked.now.timestamp() + ACCESS_SECONDS
    asked.world.put("snap.access", access, {"who": held["who"], "scope": held["scope"], "until": until})
    body = {
        "access_token": access,
        "token_type": "Bearer",
        "expires_in": ACCESS_SECONDS,
        "refresh_token": refresh,
        "scope": held["scope"],
    }
    return reply(200, body)


def _held(world: World, kind: str, given: str) -> dict[str, Any] | None:
    return world.get(kind, given) if re.fullmatch(r"[0-9a-f]{64}", given) else None


def _secret(world: World, use: str) -> str:
    return sha256(f"{use}.{world.serial('snap.secret')}.{world.now.timestamp()}".encode()).hexdigest()


def _redirect(target: str, more: dict[str, str]) -> Response:
    return Response(302, {"location": f"{target}{'&' if '?' in target else '?'}{urlencode(more)}"}, b"")


def _refused(status: int, error: str, description: str) -> Response:
    return reply(status, {"error": error, "error_description": description})
