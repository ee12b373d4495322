"""The simulated sign-up: the consent page, the code, the business's token (without an end), debug_token."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from shared.platforms._graph import simulated
from shared.platforms._graph.simulated import Ask, Problem, answer
from shared.platforms.contract import World
from shared.platforms.whatsapp import simulator_state as state
from shared.ports.http import Response

CODE_SECONDS: Final = 600
SIXTY_DAYS: Final = 60 * simulated.DAY
SHORT: Final = "sixty"  # a person whose configuration gives tokens of 60 days


def authorize(ask: Ask, world: World) -> Response:
    """GET /dialog/oauth: the business signs up at once, or not where ``sandbox_deny`` is 1."""
    ask.need("client_id", "redirect_uri", "response_type", "state")
    asked = set(ask.text("scope").split(",")) if ask.text("scope") else set()
    if not ask.text("config_id") and not asked <= set(state.SCOPES):
        raise Problem(100, f"Invalid Scopes: {min(asked - set(state.SCOPES))}")
    if ask.text("sandbox_deny") == "1":
        refused = {"error": "access_denied", "error_reason": "user_denied", "error_description": "Permissions error"}
        return _back(ask, refused)
    name = ask.text("sandbox_user") or "rostrum"
    return _back(ask, {"code": make_code(world, name, ask.text("client_id"), ask.text("redirect_uri"))})


def make_code(world: World, name: str, client: str, redirect: str) -> str:
    """A code for the business of this person; an empty client or address fits any."""
    state.business(world, name)
    code = simulated.fresh(world, "AQ", "wa")
    until = simulated.now(world) + CODE_SECONDS
    world.put(
        "wa.code", simulated.hashed(code), {"person": name, "client": client, "redirect": redirect, "until": until}
    )
    return code


def token(ask: Ask, world: World) -> Response:
    """POST /oauth/access_token: a code, or a token of 60 days for another."""
    if not ask.text("client_id") or not ask.text("client_secret"):
        raise Problem(101, "Missing client_id or client_secret parameter.")
    if ask.text("grant_type") == "fb_exchange_token":
        return _exchange(ask, world)
    held = world.get("wa.code", simulated.hashed(ask.text("code")))
    if held:
        world.delete("wa.code", simulated.hashed(ask.text("code")))
    if not held or held["until"] < simulated.now(world):
        raise Problem(100, "This authorization code has been used.", 36009)
    if held["client"] not in {"", ask.text("client_id")} or held["redirect"] not in {"", ask.text("redirect_uri")}:
        said = "Error validating verification code. Please make sure your redirect_uri is identical"
        raise Problem(100, said, 36008)
    return _issue(world, str(held["person"]), ask.text("client_id"), ends=str(held["person"]).startswith(SHORT))


def _exchange(ask: Ask, world: World) -> Response:
    held = world.get("wa.token", simulated.hashed(ask.text("fb_exchange_token")))
    if not held or (held["until"] and held["until"] <= simulated.now(world)):
        raise Problem(190, "Invalid OAuth access token - Cannot parse access token", status=401)
    return _issue(world, str(held["person"]), str(held["client"]), ends=True)


def _issue(world: World, person: str, client: str, *, ends: bool) -> Response:
    given = simulated.fresh(world, "EAA", "wa")
    until = simulated.now(world) + SIXTY_DAYS if ends else 0
    world.put("wa.token", simulated.hashed(given), {"person": person, "client": client, "until": until})
    body = {"access_token": given, "token_type": "bearer"}
    return answer({**body, "expires_in": SIXTY_DAYS} if ends else body)


def debug(ask: Ask, world: World) -> Response:
    """GET /debug_token, asked with the app's own token."""
    client, _, secret = ask.bearer.partition("|")
    if not client or not secret:
        raise Problem(190, "Invalid OAuth access token - Cannot parse access token", status=401)
    held = world.get("wa.token", simulated.hashed(ask.text("input_token")))
    if not held or held["client"] not in {"", client}:
        return answer({"data": {"is_valid": False, "scopes": [], "error": {"code": 190, "message": "Invalid token"}}})
    known = state.business(world, str(held["person"]))
    data = {
        "app_id": client,
        "type": "SYSTEM_USER",
        "is_valid": True,
        "expires_at": int(held["until"]),
        "scopes": list(state.SCOPES),
        "granular_scopes": [{"scope": scope, "target_ids": [known["waba"]]} for scope in state.SCOPES],
        "user_id": known["waba"][::-1],
    }
    return answer({"data": data})


def _back(ask: Ask, more: dict[str, str]) -> Response:
    target = ask.text("redirect_uri")
    query = urlencode({**more, "state": ask.text("state")})
    return Response(302, {"location": f"{target}{'&' if '?' in target else '?'}{query}"}, b"")
