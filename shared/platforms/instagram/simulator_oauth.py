"""The simulated Business Login for Instagram: codes of an hour, tokens of an hour, tokens of 60 days.

https://developers.facebook.com/docs/instagram-platform/instagram-api-with-instagram-login/business-login
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode

from shared.platforms.contract import World
from shared.platforms.instagram import simulator_state as state
from shared.platforms.instagram.simulator_state import Ask, Problem
from shared.ports.http import Response

SCOPES = (
    "instagram_business_basic",
    "instagram_business_content_publish",
    "instagram_business_manage_comments",
    "instagram_business_manage_insights",
    "instagram_business_manage_messages",
)
CODE_SECONDS = state.HOUR
SHORT_SECONDS = state.HOUR
LONG_SECONDS = 60 * state.DAY
_USERNAME = re.compile(r"[A-Za-z0-9._]{1,30}")


def authorize(ask: Ask, world: World) -> Response:
    """The authorization window, with the simulated person deciding at once.

    ``sandbox_user`` names who logs in (default rostrum), ``sandbox_deny=1`` makes that person cancel.
    """
    redirect = ask.text("redirect_uri")
    for name in ("client_id", "redirect_uri", "response_type", "scope"):
        if not ask.text(name):
            return _flat(f"Missing required field {name}")
    if ask.text("response_type") != "code":
        return _flat("Invalid response_type: only code is supported")
    scopes = [scope for scope in re.split(r"[,\s]+", ask.text("scope")) if scope]
    if unknown := [scope for scope in scopes if scope not in SCOPES]:
        return _flat(f"Invalid scope: {unknown}")
    returned = {"state": ask.text("state")} if "state" in ask.params else {}
    if ask.flag("sandbox_deny"):
        denial = {
            "error": "access_denied",
            "error_reason": "user_denied",
            "error_description": "The user denied your request",
        }
        return _redirect(redirect, denial | returned)
    username = ask.text("sandbox_user") or "rostrum"
    if not _USERNAME.fullmatch(username):
        return _flat("Invalid sandbox_user: up to 30 letters, digits, dots and underscores")
    code = make_code(world, username, ask.text("client_id"), redirect, scopes)
    return _redirect(redirect, {"code": code} | returned, "#_")


def make_code(world: World, username: str, client_id: str, redirect_uri: str, scopes: list[str]) -> str:
    """A single-use code. Empty ``client_id`` and ``redirect_uri`` bind it to none (a seeded account)."""
    account = state.account_named(world, username)
    code = state.secret(world, "AQB")
    values = {"account": account["id"], "client_id": client_id, "redirect_uri": redirect_uri, "scopes": scopes}
    world.put("code", state.hashed(code), values | {"expires": state.now(world) + CODE_SECONDS})
    return code


def exchange(ask: Ask, world: World) -> Response:
    """POST api.instagram.com/oauth/access_token: the code for a token of an hour."""
    for name in ("client_id", "client_secret", "grant_type", "redirect_uri", "code"):
        if not ask.text(name):
            return _flat(f"Missing required field {name}")
    if ask.text("grant_type") != "authorization_code":
        return _flat("Invalid grant_type")
    key = state.hashed(ask.text("code"))
    code = world.get("code", key)
    if code is None or code["expires"] <= state.now(world):
        return _flat("Matching code was not found or was already used")
    if code["client_id"] not in {"", ask.text("client_id")}:
        return _flat("Invalid client_id")
    if code["redirect_uri"] not in {"", ask.text("redirect_uri")}:
        return _flat(
            "Error validating verification code. Please make sure your redirect_uri is identical to the one you used"
        )
    world.delete("code", key)
    return state.answer({"data": [_short(ask, world, code)]})


def long_lived(ask: Ask, world: World) -> Response:
    """GET /access_token?grant_type=ig_exchange_token: a token of an hour for one of 60 days."""
    ask.allow("grant_type", "client_secret")
    if ask.text("grant_type") != "ig_exchange_token":
        raise Problem(100, "(#100) Invalid grant_type")
    token = state.token_of(world, ask.text("access_token"))
    if token["client"] != state.hashed(ask.text("client_secret")):
        raise Problem(1, "Error validating client secret.")
    if token["kind"] != "short":
        raise Problem(452, "Session key invalid. This could be because the session key has an incorrect format")
    return state.answer(_long(world, token))


def refreshed(ask: Ask, world: World) -> Response:
    """GET /refresh_access_token?grant_type=ig_refresh_token: another 60 days, for tokens at least 24 hours old."""
    ask.allow("grant_type")
    if ask.text("grant_type") != "ig_refresh_token":
        raise Problem(100, "(#100) Invalid grant_type")
    token = state.token_of(world, ask.text("access_token"))
    if token["kind"] != "long" or state.now(world) - token["issued"] < state.DAY:
        raise Problem(100, "(#100) Only a long-lived token that is at least 24 hours old can be refreshed")
    return state.answer(_long(world, token) | {"permissions": ",".join(token["scopes"])})


def _short(ask: Ask, world: World, code: dict[str, Any]) -> dict[str, Any]:
    client = state.hashed(ask.text("client_secret"))
    token = state.issue(world, code["account"], code["scopes"], SHORT_SECONDS, kind="short", client=client)
    alias = (world.get("account", code["account"]) or {})["alias"]
    return {"access_token": token, "user_id": alias, "permissions": ",".join(code["scopes"])}


def _long(world: World, token: dict[str, Any]) -> dict[str, Any]:
    made = state.issue(world, token["account"], token["scopes"], LONG_SECONDS, kind="long", client=token["client"])
    return {"access_token": made, "token_type": "bearer", "expires_in": LONG_SECONDS}


def _flat(message: str) -> Response:
    """api.instagram.com's own form of refusal."""
    return state.answer({"error_type": "OAuthException", "code": 400, "error_message": message}, 400)


def _redirect(uri: str, query: dict[str, str], fragment: str = "") -> Response:
    mark = "&" if "?" in uri else "?"
    return Response(302, {"location": f"{uri}{mark}{urlencode(query)}{fragment}"}, b"")
