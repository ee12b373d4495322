"""The simulated TikTok's sign-in: the consent page, the token endpoint with its rotating refresh tokens, revocation.

Documented: access tokens of 2 hours, refresh tokens of 180 days of which the last one alone works, single-use codes, a
challenge in hex. Chosen: a code keeps for ten minutes; a spent refresh token is refused and ends nothing else.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from shared.platforms import _pushes
from shared.platforms.contract import World
from shared.platforms.tiktok import simulator_push as push
from shared.platforms.tiktok import simulator_state as state
from shared.platforms.tiktok.simulator_state import Ask, Document, epoch
from shared.ports.http import Response

ACCESS_SECONDS: Final = 7200
REFRESH_SECONDS: Final = 180 * state.DAY
CODE_SECONDS: Final = 600
SCOPES: Final = (
    "user.info.basic",
    "user.info.profile",
    "user.info.stats",
    "video.list",
    "video.publish",
    "video.upload",
)
_NEEDED: Final = ("client_key", "scope", "response_type", "redirect_uri", "state")


def authorize(ask: Ask, world: World) -> Response:
    """GET /v2/auth/authorize/: the person says yes at once, or no where ``sandbox_deny`` is 1."""
    query = ask.query
    scopes = [scope for scope in query.get("scope", "").split(",") if scope]
    challenged = bool(query.get("code_challenge")) == (query.get("code_challenge_method") == "S256")
    known = set(scopes) <= set(SCOPES) and "user.info.basic" in scopes
    whole = all(query.get(name) for name in _NEEDED) and query["response_type"] == "code"
    if not (whole and known and challenged):
        return Response(400, {"content-type": "text/html"}, b"<h1>Something went wrong</h1>")
    if query.get("sandbox_deny") == "1":
        denied = {"error": "access_denied", "error_type": "access_denied", "state": query["state"]}
        return _redirect(query["redirect_uri"], denied)
    account = state.person(world, query.get("sandbox_user") or "rostrum")
    code = make_code(world, account, scopes, query)
    return _redirect(query["redirect_uri"], {"code": code, "scopes": ",".join(scopes), "state": query["state"]})


def make_code(world: World, account: Document, scopes: list[str], query: Mapping[str, str]) -> str:
    """A code for that person and these parameters of the consent page."""
    code = state.secret(world, "code")
    kept = {name: query.get(name, "") for name in ("client_key", "redirect_uri", "code_challenge")}
    until = epoch(world.now) + CODE_SECONDS
    world.put("code", code, {"account": account["open_id"], "scopes": scopes, "until": until, **kept})
    return code


def token(ask: Ask, world: World) -> Response:
    """POST /v2/oauth/token/."""
    form = ask.form()
    if not form.get("client_key") or not form.get("client_secret"):
        return _refused(world, "invalid_client", "Client key or secret is incorrect.")
    if form.get("grant_type") == "authorization_code":
        return _trade(form, world)
    if form.get("grant_type") == "refresh_token":
        return _renew(form, world)
    return _refused(world, "unsupported_grant_type", "The grant type is not supported.")


def revoke(ask: Ask, world: World) -> Response:
    """POST /v2/oauth/revoke/: the grant of a living access token ends; the body of a success is empty."""
    form = ask.form()
    held = world.get("access", state.digest(form.get("token", "")))
    grant = world.get("grant", held["grant"]) if held else None
    if not held or not grant or grant["ended"] or grant["client"] != form.get("client_key"):
        return _refused(world, "invalid_grant", "Access token is invalid or expired.")
    world.put("grant", held["grant"], {**grant, "ended": True})
    _pushes.append(world, push.removed(world, grant["account"], grant["client"]))
    return Response(200, {"content-type": "application/json"}, b"")


def _trade(form: Mapping[str, str], world: World) -> Response:
    held = world.get("code", form.get("code", "") or "-")
    if held:
        world.delete("code", form["code"])
    if not held or held["until"] <= epoch(world.now) or held["client_key"] != form["client_key"]:
        return _refused(world, "invalid_grant", "Authorization code is expired.")
    if held["redirect_uri"] != form.get("redirect_uri"):
        return _refused(world, "invalid_request", "Redirect_uri is not matched with the uri when requesting code.")
    proof = hashlib.sha256(form.get("code_verifier", "").encode()).hexdigest()
    if held["code_challenge"] and proof != held["code_challenge"]:
        return _refused(world, "invalid_request", "Code verifier or code challenge is invalid.")
    grant_id = state.secret(world, "grant")
    grant = {"account": held["account"], "client": form["client_key"], "scopes": held["scopes"], "ended": False}
    world.put("grant", grant_id, grant)
    return _issue(world, grant_id, grant)


def _renew(form: Mapping[str, str], world: World) -> Response:
    given = state.digest(form.get("refresh_token", ""))
    held = world.get("refresh", given)
    grant = world.get("grant", held["grant"]) if held else None
    if (
        not held
        or not grant
        or grant["ended"]
        or held["until"] <= epoch(world.now)
        or grant["client"] != form["client_key"]
    ):
        return _refused(world, "invalid_grant", "Refresh token is invalid or expired.")
    world.delete("refresh", given)
    return _issue(world, held["grant"], grant)


def _issue(world: World, grant_id: str, grant: Document) -> Response:
    access, refresh, now = f"act.{state.secret(world, 'act')}", f"rft.{state.secret(world, 'rft')}", epoch(world.now)
    world.put("access", state.digest(access), {"grant": grant_id, "until": now + ACCESS_SECONDS})
    world.put("grant", grant_id, {**grant, "access": [*_living(world, grant), state.digest(access)]})
    world.put("refresh", state.digest(refresh), {"grant": grant_id, "until": now + REFRESH_SECONDS})
    body: dict[str, Any] = {
        "access_token": access,
        "expires_in": ACCESS_SECONDS,
        "open_id": grant["account"],
        "refresh_expires_in": REFRESH_SECONDS,
        "refresh_token": refresh,
        "scope": ",".join(grant["scopes"]),
        "token_type": "Bearer",
    }
    return state.answer(body)


def _living(world: World, grant: Document) -> list[str]:
    """The grant's access tokens that are not over yet; the others are forgotten."""
    living: list[str] = []
    for one in grant.get("access", ()):
        held = world.get("access", one)
        if held and held["until"] > epoch(world.now):
            living.append(one)
        else:
            world.delete("access", one)
    return living


def _refused(world: World, error: str, words: str) -> Response:
    """Flat, and with status 200 as it has been seen; README."""
    log_id = state.digest(f"log.{world.serial('log')}")[:32].upper()
    return state.answer({"error": error, "error_description": words, "log_id": log_id})


def _redirect(to: str, query: Mapping[str, str]) -> Response:
    joint = "&" if urlsplit(to).query else "?"
    return Response(302, {"location": f"{to}{joint}{urlencode(query)}"}, b"")
