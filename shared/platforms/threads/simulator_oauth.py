"""The simulated authorization window of Threads: codes of an hour, tokens of an hour, tokens of 60 days.

https://developers.facebook.com/docs/threads/get-started/get-access-tokens-and-permissions
"""

from __future__ import annotations

import re
from urllib.parse import urlencode

from shared.platforms._graph import simulated
from shared.platforms._graph.simulated import Ask, Problem
from shared.platforms.contract import World
from shared.platforms.threads import simulator_state as state
from shared.platforms.threads.simulator_state import Document, Session
from shared.ports.http import Response

SCOPES = (
    "threads_basic",
    "threads_content_publish",
    "threads_manage_replies",
    "threads_read_replies",
    "threads_manage_insights",
    "threads_manage_mentions",
    "threads_delete",
    "threads_keyword_search",
    "threads_profile_discovery",
    "threads_location_tagging",
)
CODE_SECONDS = state.HOUR
SHORT_SECONDS = state.HOUR
LONG_SECONDS = 60 * state.DAY
_USERNAME = re.compile(r"[A-Za-z0-9._]{1,30}")


def authorize(ask: Ask, world: World) -> Response:
    """The authorization window, with the simulated person deciding at once.

    ``sandbox_user`` names who logs in (default rostrum), ``sandbox_deny=1`` makes that person cancel.
    """
    for name in ("client_id", "redirect_uri", "response_type", "scope"):
        if not ask.text(name):
            return _flat(f"Missing required field {name}")
    if ask.text("response_type") != "code":
        return _flat("Invalid response_type: only code is supported")
    scopes = [scope for scope in re.split(r"[,\s]+", ask.text("scope")) if scope]
    unknown = [scope for scope in scopes if scope not in SCOPES]
    if unknown or "threads_basic" not in scopes:
        return _flat(f"Invalid scope: {unknown or 'threads_basic is required'}")
    returned = {"state": ask.text("state")} if "state" in ask.params else {}
    if ask.flag("sandbox_deny"):
        denial = {
            "error": "access_denied",
            "error_reason": "user_denied",
            "error_description": "The user denied your request",
        }
        return _redirect(ask.text("redirect_uri"), denial | returned)
    username = ask.text("sandbox_user") or "rostrum"
    if not _USERNAME.fullmatch(username):
        return _flat("Invalid sandbox_user: up to 30 letters, digits, dots and underscores")
    code = make_code(world, username, ask.text("client_id"), ask.text("redirect_uri"), scopes)
    return _redirect(ask.text("redirect_uri"), {"code": code} | returned, "#_")


def make_code(world: World, username: str, client_id: str, redirect_uri: str, scopes: list[str]) -> str:
    """A single-use code. Empty ``client_id`` and ``redirect_uri`` bind it to none (a seeded account)."""
    account = state.account_named(world, username)
    code = simulated.fresh(world, "AQT", "threads")
    values = {"account": account["id"], "client_id": client_id, "redirect_uri": redirect_uri, "scopes": scopes}
    world.put("code", state.hashed(code), values | {"expires": state.now(world) + CODE_SECONDS})
    return code


def exchange(ask: Ask, world: World) -> Response:
    """POST /oauth/access_token: the code for a token of an hour."""
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
        return _flat("Error validating application. Invalid client_id")
    if code["redirect_uri"] not in {"", ask.text("redirect_uri")}:
        return _flat(
            "Error validating verification code. Please make sure your redirect_uri is identical to the one you used"
        )
    world.delete("code", key)
    client = state.hashed(ask.text("client_secret"))
    token = state.issue(world, code["account"], code["scopes"], SHORT_SECONDS, kind="short", client=client)
    return state.answer({"access_token": token, "user_id": code["account"]})


def long_lived(ask: Ask, world: World) -> Response:
    """GET /access_token?grant_type=th_exchange_token: a token of an hour for one of 60 days."""
    ask.allow("grant_type", "client_secret")
    if ask.text("grant_type") != "th_exchange_token":
        raise state.plain("Invalid grant_type")
    token = state.token_of(world, ask.bearer)
    if token["client"] != state.hashed(ask.text("client_secret")):
        raise Problem(1, "Error validating client secret.")
    if token["kind"] != "short":
        raise Problem(452, "Session key invalid. This could be because the session key has an incorrect format")
    return state.answer(_long(world, token))


def refreshed(ask: Ask, world: World) -> Response:
    """GET /refresh_access_token?grant_type=th_refresh_token: another 60 days, for tokens at least 24 hours old."""
    ask.allow("grant_type")
    if ask.text("grant_type") != "th_refresh_token":
        raise state.plain("Invalid grant_type")
    token = state.token_of(world, ask.bearer)
    if token["kind"] != "long" or state.now(world) - token["issued"] < state.DAY:
        raise state.plain("Only a long-lived token that is at least 24 hours old can be refreshed")
    return state.answer(_long(world, token))


def debug(ask: Ask, who: Session, world: World) -> Response:
    """GET /debug_token?input_token=…: what a token is good for."""
    ask.allow("input_token")
    token = world.get("token", state.hashed(ask.text("input_token")))
    if token is None:
        return state.answer({"data": {"is_valid": False, "scopes": []}})
    known = {
        "type": "USER",
        "application": "Rostrum",
        "data_access_expires_at": int(token["issued"]) + 90 * state.DAY,
        "expires_at": int(token["expires"]),
        "is_valid": token["expires"] > state.now(world),
        "issued_at": int(token["issued"]),
        "scopes": token["scopes"],
        "user_id": token["account"],
    }
    return state.answer({"data": known})


def _long(world: World, token: Document) -> Document:
    made = state.issue(world, token["account"], token["scopes"], LONG_SECONDS, kind="long", client=token["client"])
    return {"access_token": made, "token_type": "bearer", "expires_in": LONG_SECONDS}


def _flat(message: str) -> Response:
    return state.answer({"error_type": "OAuthException", "code": 400, "error_message": message}, 400)


def _redirect(uri: str, query: dict[str, str], fragment: str = "") -> Response:
    mark = "&" if "?" in uri else "?"
    return Response(302, {"location": f"{uri}{mark}{urlencode(query)}{fragment}"}, b"")
