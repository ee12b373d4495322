"""The simulated Pinterest's sign-in: the consent page, the token endpoint, and who a token speaks for.

An access token lives 30 days, a refresh token 60 and once: each refresh brings the next. A code lives ten minutes (Pinterest
names no number) and once. A dead grant is a 401 with code 283, as seen in the field.
"""

from __future__ import annotations

import binascii
import re
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final
from urllib.parse import urlencode

from shared.platforms import _alive
from shared.platforms.contract import World
from shared.platforms.pinterest.simulator_wire import (
    Asked,
    Denied,
    answer,
    epoch,
    invalid,
    refused,
    secret,
    unauthorized,
)
from shared.ports.http import Response

ACCESS_SECONDS: Final = 30 * 86_400
REFRESH_SECONDS: Final = 60 * 86_400
CODE_SECONDS: Final = 600
_ALL: Final = (
    "ads:read ads:write billing:read billing:write biz_access:read biz_access:write boards:read boards:read_secret "
    "boards:write boards:write_secret catalogs:read catalogs:write pins:read pins:read_secret pins:write "
    "pins:write_secret user_accounts:read user_accounts:write"
)
SCOPES: Final = frozenset(_ALL.split())
_NEEDED: Final = ("client_id", "redirect_uri", "response_type", "scope")
_BOARDS: Final = ("Ideas", "Workshop")


def person(world: World, name: str) -> dict[str, Any]:
    """The simulated person of that name, made with two boards at first sight; other characters become ``_``."""
    username = re.sub(r"[^a-z0-9_]", "_", name.lower())[:30].ljust(3, "_")
    user_id = _alive.digits(f"pinterest/{username}", 18)
    if known := world.get("pinterest.user", user_id):
        return known
    boards = [_alive.digits(f"pinterest/{username}/{title}", 18) for title in _BOARDS]
    user = {"id": user_id, "username": username, "created": epoch(world)}
    world.put("pinterest.user", user_id, user)
    for board_id, title in zip(boards, _BOARDS, strict=True):
        board = {"id": board_id, "name": title, "owner": user_id, "description": "", "privacy": "PUBLIC"}
        world.put("pinterest.board", board_id, {**board, "created": epoch(world)})
    world.put("pinterest.boards", user_id, {"ids": boards})
    return user


def authorize(asked: Asked) -> Response:
    """GET /oauth/: the person says yes at once, or no where ``sandbox_deny`` is 1."""
    query = asked.query
    known = set(re.split(r"[ ,]+", query.get("scope", ""))) <= SCOPES
    if any(not query.get(name) for name in _NEEDED) or query["response_type"] != "code" or not known:
        return Response(400, {"content-type": "text/html"}, b"<h1>Something went wrong on our end</h1>")
    state = {"state": query["state"]} if "state" in query else {}
    if query.get("sandbox_deny") == "1":
        return _redirect(query, {**state, "error": "access_denied"})
    user = person(asked.world, query.get("sandbox_user") or "rostrum")
    return _redirect(query, {**state, "code": grant_code(asked.world, user, query)})


def grant_code(world: World, user: Mapping[str, Any], query: Mapping[str, str]) -> str:
    """A code for that person and these parameters of the consent page."""
    code = secret(world, "code")
    kept = {name: query.get(name, "") for name in ("client_id", "redirect_uri", "scope")}
    world.put("pinterest.code", code, {"user": user["id"], "until": epoch(world) + CODE_SECONDS, **kept})
    return code


def token(asked: Asked) -> Response:
    """POST /v5/oauth/token."""
    client, form = _client(asked), asked.form()
    kind = form.get("grant_type")
    if kind == "authorization_code":
        return _trade_code(asked.world, form, client)
    if kind == "refresh_token":
        return _trade_refresh(asked.world, form.get("refresh_token", ""), client)
    return invalid(f"'grant_type' value {kind!r} is not one of ['authorization_code', 'refresh_token']")


def recognise(asked: Asked, scopes: frozenset[str]) -> Asked:
    """The request with the person that its token speaks for. Raises Denied."""
    kind, _, given = asked.headers.get("authorization", "").partition(" ")
    held = _held(asked.world, "pinterest.access", given) if kind.lower() == "bearer" else None
    if not held or held["until"] <= epoch(asked.world):
        raise Denied(unauthorized())
    if not scopes <= set(re.split(r"[ ,]+", str(held["scope"]))):
        words = (
            "Your token does not have sufficient permissions to perform this operation. Please ensure your token is "
            "authorized with the correct set of scopes."
        )
        raise Denied(refused(401, 3, words))
    return replace(asked, user=asked.world.get("pinterest.user", str(held["user"])) or {})


def _trade_code(world: World, form: Mapping[str, str], client: str) -> Response:
    held = _held(world, "pinterest.code", form.get("code", ""))
    if held:
        world.delete("pinterest.code", form["code"])
    right = held and held["until"] >= epoch(world) and held["client_id"] in {"", client}
    if not held or not right or held["redirect_uri"] != form.get("redirect_uri"):
        return _dead()
    return _issue(world, "authorization_code", held, client)


def _trade_refresh(world: World, given: str, client: str) -> Response:
    held = _held(world, "pinterest.refresh", given)
    if not held or held["client"] != client or held["until"] <= epoch(world):
        return _dead()
    world.delete("pinterest.refresh", given.removeprefix("pinr_"))
    return _issue(world, "refresh_token", held, client)


def _issue(world: World, kind: str, held: Mapping[str, Any], client: str) -> Response:
    access, refresh, now = secret(world, "access"), secret(world, "refresh"), epoch(world)
    grant = {"user": held["user"], "scope": held["scope"], "client": client}
    world.put("pinterest.access", access, {**grant, "until": now + ACCESS_SECONDS})
    world.put("pinterest.refresh", refresh, {**grant, "until": now + REFRESH_SECONDS})
    return answer(
        {
            "response_type": kind,
            "access_token": "pina_" + access,
            "refresh_token": "pinr_" + refresh,
            "token_type": "bearer",
            "expires_in": ACCESS_SECONDS,
            "refresh_token_expires_in": REFRESH_SECONDS,
            "refresh_token_expires_at": int(now) + REFRESH_SECONDS,
            "scope": str(held["scope"]).replace(",", " "),
        }
    )


def _held(world: World, kind: str, given: str) -> dict[str, Any] | None:
    """What is kept of a code or token, None where it cannot be one of ours."""
    bare = given.removeprefix("pina_").removeprefix("pinr_")
    return world.get(kind, bare) if re.fullmatch(r"[0-9a-f]{64}", bare) else None


def _dead() -> Response:
    return refused(401, 283, "The authorization grant is invalid")


def _client(asked: Asked) -> str:
    """Whose id and secret the Basic header shows. Raises Denied."""
    kind, _, pair = asked.headers.get("authorization", "").partition(" ")
    try:
        client, _, password = b64decode(pair, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        client, password = "", ""
    if kind.lower() != "basic" or not client or not password:
        raise Denied(unauthorized())
    return client


def _redirect(query: Mapping[str, str], more: Mapping[str, str]) -> Response:
    target = query["redirect_uri"]
    return Response(302, {"location": f"{target}{'&' if '?' in target else '?'}{urlencode(more)}"}, b"")
