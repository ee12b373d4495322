"""The simulated X's sign-in: the authorize page, the token endpoint, revocation; and who a token speaks for.

An access token lives two hours, a code 30 seconds and once, a refresh token once. A refresh token that is used again
ends its family: the person must come back. Source: docs.x.com/fundamentals/authentication/oauth-2-0, 2026-11-22.
"""

from __future__ import annotations

import binascii
import re
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from typing import Any, Final
from urllib.parse import urlencode

from shared.platforms._oauth2 import challenge_s256
from shared.platforms.contract import World
from shared.platforms.x.simulator_wire import Asked, Denied, answer, epoch, generic, secret, snowflake
from shared.ports.http import Response

ACCESS_SECONDS: Final = 7200
CODE_SECONDS: Final = 30
_SCOPES: Final = (
    "block.read block.write bookmark.read bookmark.write dm.read dm.write follows.read follows.write like.read "
    "like.write list.read list.write media.write mute.read mute.write offline.access space.read timeline.read "
    "tweet.moderate.write tweet.read tweet.write users.email users.read"
)
_NEEDED: Final = (
    "response_type",
    "client_id",
    "redirect_uri",
    "scope",
    "state",
    "code_challenge",
    "code_challenge_method",
)


def person(world: World, name: str) -> dict[str, Any]:
    """The simulated person of that name, made at first sight; what X's user names cannot have becomes ``_``."""
    username = re.sub(r"[^A-Za-z0-9_]", "_", name)[:15]
    known = world.get("x.username", username.lower())
    if known:
        return world.get("x.user", str(known["id"])) or {}
    user = {
        "id": snowflake(world),
        "username": username,
        "name": username.replace("_", " ").title(),
        "created_at": world.now.isoformat(),
        "reach": 200 + int(sha256(username.encode()).hexdigest()[:6], 16) % 5000,
    }
    world.put("x.username", username.lower(), {"id": user["id"]})
    world.put("x.user", str(user["id"]), user)
    return user


def authorize(asked: Asked) -> Response:
    """GET /i/oauth2/authorize: the person says yes at once, or no where ``sandbox_deny`` is 1."""
    query = asked.query
    known = set(query.get("scope", "").split()) <= set(_SCOPES.split())
    if any(not query.get(name) for name in _NEEDED) or query["response_type"] != "code" or not known:
        return Response(400, {"content-type": "text/html"}, b"<h1>Something went wrong</h1>")
    if query.get("sandbox_deny") == "1":
        return _redirect(query, {"error": "access_denied", "state": query["state"]})
    user = person(asked.world, query.get("sandbox_user") or "rostrum")
    return _redirect(query, {"state": query["state"], "code": grant_code(asked.world, user, query)})


def grant_code(world: World, user: Mapping[str, Any], query: Mapping[str, str]) -> str:
    """A code for that person and these query parameters of the authorize page."""
    code = secret(world, "code")
    kept = ("client_id", "redirect_uri", "scope", "code_challenge", "code_challenge_method")
    until = epoch(world.now) + CODE_SECONDS
    world.put("x.code", code, {"user": user["id"], "until": until, **{name: query.get(name, "") for name in kept}})
    return code


def token(asked: Asked) -> Response:
    """POST /2/oauth2/token: a code or a refresh token for an access token."""
    form, (client, confidential) = asked.form(), _client(asked)
    if form.get("grant_type") == "authorization_code":
        return _trade_code(asked.world, form, client, confidential=confidential)
    if form.get("grant_type") == "refresh_token":
        return _trade_refresh(asked.world, form.get("refresh_token", ""), client, confidential=confidential)
    return _refused("unsupported_grant_type", "Value passed for the grant type was invalid.")


def revoke(asked: Asked) -> Response:
    """POST /2/oauth2/revoke: an access token, or a refresh token and with it all of its family."""
    given = asked.form().get("token", "")
    client, confidential = _client(asked)
    world = asked.world
    held = _held(world, "x.access", given) or _held(world, "x.refresh", given)
    family = world.get("x.family", str(held["family"])) if held else None
    if not held or not family or family["ended"] or family["client"] != client:
        return _bad_token()
    _same_client(family, client, confidential=confidential)
    if _held(world, "x.access", given):
        world.delete("x.access", given)
    else:
        world.put("x.family", str(held["family"]), {**family, "ended": True})
    return answer(200, {"revoked": True})


def recognise(asked: Asked, scopes: frozenset[str]) -> Asked:
    """The request with the person that its token speaks for. Raises Denied: 401, or 403 where a scope is missing."""
    kind, _, given = asked.headers.get("authorization", "").partition(" ")
    held = _held(asked.world, "x.access", given) if kind.lower() == "bearer" else None
    family = asked.world.get("x.family", str(held["family"])) if held else None
    if not held or not family or family["ended"] or held["until"] <= epoch(asked.world.now):
        raise Denied(unauthorized())
    if not scopes <= set(str(family["scope"]).split()):
        raise Denied(generic(403, "Forbidden"))
    user = asked.world.get("x.user", str(family["user"])) or {}
    return replace(asked, user={**user, "client": family["client"]})


def recognise_app(asked: Asked) -> Asked:
    """The request with the app that its app-only token speaks for. Raises Denied."""
    kind, _, given = asked.headers.get("authorization", "").partition(" ")
    held = _held(asked.world, "x.app", given) if kind.lower() == "bearer" else None
    if not held:
        raise Denied(unauthorized())
    return replace(asked, user={"id": "app", "client": held["client"]})


def unauthorized() -> Response:
    """What X says to a token that it does not accept."""
    return generic(401, "Unauthorized")


def _trade_code(world: World, form: Mapping[str, str], client: str, *, confidential: bool) -> Response:
    held = _held(world, "x.code", form.get("code", ""))
    if held:
        world.delete("x.code", form["code"])
    if not held or held["until"] < epoch(world.now) or held["client_id"] not in {"", client}:
        return _refused("invalid_request", "Value passed for the authorization code was invalid.")
    if held["redirect_uri"] != form.get("redirect_uri"):
        return _refused(
            "invalid_request", "Value passed for the redirect uri did not match the uri of the authorization code."
        )
    verifier = form.get("code_verifier", "")
    proof = challenge_s256(verifier) if held["code_challenge_method"] == "S256" else verifier
    if not verifier or proof != held["code_challenge"]:
        return _refused("invalid_request", "Value passed for the code verifier did not match the code challenge.")
    family = secret(world, "family")
    grant = {
        "user": held["user"],
        "client": client,
        "confidential": confidential,
        "scope": held["scope"],
        "ended": False,
    }
    world.put("x.family", family, grant)
    return _issue(world, family, str(held["scope"]))


def _trade_refresh(world: World, given: str, client: str, *, confidential: bool) -> Response:
    held = _held(world, "x.refresh", given)
    family = world.get("x.family", str(held["family"])) if held else None
    if not held or not family or family["ended"] or family["client"] != client:
        return _bad_token()
    _same_client(family, client, confidential=confidential)
    if held["used"]:
        world.put("x.family", str(held["family"]), {**family, "ended": True})
        return _bad_token()
    world.put("x.refresh", given, {**held, "used": True})
    return _issue(world, str(held["family"]), str(family["scope"]))


def _issue(world: World, family: str, scope: str) -> Response:
    access = secret(world, "access")
    world.put("x.access", access, {"family": family, "until": epoch(world.now) + ACCESS_SECONDS})
    body = {"token_type": "bearer", "expires_in": ACCESS_SECONDS, "access_token": access, "scope": scope}
    if "offline.access" in scope.split():
        body["refresh_token"] = secret(world, "refresh")
        world.put("x.refresh", str(body["refresh_token"]), {"family": family, "used": False})
    return answer(200, body)


def _held(world: World, kind: str, given: str) -> dict[str, Any] | None:
    """What is kept of a code or token, None where it cannot be one of ours."""
    return world.get(kind, given) if re.fullmatch(r"[0-9a-f]{64}", given) else None


def _client(asked: Asked) -> tuple[str, bool]:
    """Who asks, and whether a secret was shown. Raises Denied."""
    if "application/x-www-form-urlencoded" not in asked.headers.get("content-type", ""):
        raise Denied(_refused("invalid_request", "Content-Type must be application/x-www-form-urlencoded."))
    kind, _, pair = asked.headers.get("authorization", "").partition(" ")
    if kind.lower() != "basic":
        client = asked.form().get("client_id", "")
        if not client:
            raise Denied(_refused("unauthorized_client", "Missing valid authorization header", 401))
        return client, False
    try:
        client, _, password = b64decode(pair, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        client, password = "", ""
    if not client or not password:
        raise Denied(_refused("unauthorized_client", "Missing valid authorization header", 401))
    return client, True


def _same_client(family: Mapping[str, Any], client: str, *, confidential: bool) -> None:
    if family["confidential"] and not confidential:
        raise Denied(_refused("unauthorized_client", f"Missing valid authorization header for {client}", 401))


def _redirect(query: Mapping[str, str], more: Mapping[str, str]) -> Response:
    target = query["redirect_uri"]
    return Response(302, {"location": f"{target}{'&' if '?' in target else '?'}{urlencode(more)}"}, b"")


def _bad_token() -> Response:
    return _refused("invalid_request", "Value passed for the token was invalid.")


def _refused(error: str, description: str, status: int = 400) -> Response:
    return answer(status, {"error": error, "error_description": description})
