"""The simulated Reddit's sign-in: the authorize page, the token endpoint, revocation; and who a token speaks for.

An access token lives a day, a code ten minutes and once, a refresh token until it is revoked. A used code is a 200 with
``invalid_grant``, a dead refresh token a bare 400: so prawcore 4.0.0 and its users know it.
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
from shared.platforms.reddit.simulator_wire import Asked, Denied, answer, base36, epoch, plain, secret
from shared.ports.http import Response

ACCESS_SECONDS: Final = 86_400
CODE_SECONDS: Final = 600
_ALL: Final = (
    "account adsconversions adsedit adsread creddits edit flair history identity livemanage modconfig modcontributors "
    "modflair modlog modmail modothers modposts modself modtraffic modwiki mysubreddits privatemessages read report "
    "save structuredstyles submit subscribe vote wikiedit wikiread"
)
SCOPES: Final = frozenset(_ALL.split())
_NEEDED: Final = ("client_id", "response_type", "state", "redirect_uri", "duration", "scope")


def person(world: World, name: str) -> dict[str, Any]:
    """The simulated person of that name, made at first sight; what Reddit's names cannot have becomes ``_``."""
    username = re.sub(r"[^A-Za-z0-9_-]", "_", name)[:20].ljust(3, "_")
    known = world.get("reddit.name", username.lower())
    if known:
        return world.get("reddit.user", str(known["id"])) or {}
    user = {
        "id": base36(36**5 + _alive.luck(f"reddit/{username.lower()}", 36**5)),
        "name": username,
        "created": epoch(world),
    }
    world.put("reddit.name", username.lower(), {"id": user["id"]})
    world.put("reddit.user", str(user["id"]), user)
    return user


def named(world: World, username: str) -> dict[str, Any] | None:
    """Who has that name, None where nobody does."""
    known = world.get("reddit.name", username.lower())
    return world.get("reddit.user", str(known["id"])) if known else None


def authorize(asked: Asked) -> Response:
    """GET /api/v1/authorize: the person says yes at once, or no where ``sandbox_deny`` is 1."""
    query = asked.query
    known = set(re.split(r"[ ,]+", query.get("scope", ""))) <= SCOPES
    durations = query.get("duration") in {"permanent", "temporary"}
    if any(not query.get(name) for name in _NEEDED) or query["response_type"] != "code" or not known or not durations:
        return Response(400, {"content-type": "text/html"}, b"<h1>bad request (reddit.com)</h1>")
    if query.get("sandbox_deny") == "1":
        return _redirect(query, {"state": query["state"], "error": "access_denied"})
    user = person(asked.world, query.get("sandbox_user") or "rostrum")
    return _redirect(query, {"state": query["state"], "code": grant_code(asked.world, user, query)})


def grant_code(world: World, user: Mapping[str, Any], query: Mapping[str, str]) -> str:
    """A code for that person and these parameters of the authorize page."""
    code = secret(world, "code")
    kept = {name: query.get(name, "") for name in ("client_id", "redirect_uri", "scope", "duration")}
    world.put("reddit.code", code, {"user": user["id"], "until": epoch(world) + CODE_SECONDS, **kept})
    return code


def token(asked: Asked) -> Response:
    """POST /api/v1/access_token."""
    client = _client(asked)
    form = asked.form("grant_type code redirect_uri refresh_token scope device_id")
    if form.get("grant_type") == "authorization_code":
        return _trade_code(asked.world, form, client)
    if form.get("grant_type") == "refresh_token":
        return _trade_refresh(asked.world, form.get("refresh_token", ""), client)
    return answer({"error": "unsupported_grant_type"})


def revoke(asked: Asked) -> Response:
    """POST /api/v1/revoke_token: a refresh token takes the whole grant with it. Unknown tokens are fine."""
    client = _client(asked)
    given = asked.form("token token_type_hint").get("token", "")
    world = asked.world
    if (held := _held(world, "reddit.refresh", given)) and held["client"] == client:
        world.put("reddit.grant", str(held["grant"]), {"ended": True})
        world.delete("reddit.refresh", given)
    elif _held(world, "reddit.access", given):
        world.delete("reddit.access", given)
    return answer({})


def recognise(asked: Asked, scopes: frozenset[str]) -> Asked:
    """The request with the person that its token speaks for. Raises Denied: 401, or 403 where a scope is missing."""
    kind, _, given = asked.headers.get("authorization", "").partition(" ")
    held = _held(asked.world, "reddit.access", given) if kind.lower() == "bearer" else None
    ended = held and (asked.world.get("reddit.grant", str(held["grant"])) or {}).get("ended")
    if not held or ended or held["until"] <= epoch(asked.world):
        raise Denied(unauthorized())
    granted = frozenset(str(held["scope"]).split())
    if not scopes <= granted:
        raise Denied(plain(403, "Forbidden", www_authenticate='Bearer realm="reddit", error="insufficient_scope"'))
    return replace(asked, user=asked.world.get("reddit.user", str(held["user"])) or {}, scopes=granted)


def unauthorized() -> Response:
    """What Reddit says to a token that it does not accept."""
    return plain(401, "Unauthorized", www_authenticate='Bearer realm="reddit", error="invalid_token"')


def _trade_code(world: World, form: Mapping[str, str], client: str) -> Response:
    held = _held(world, "reddit.code", form.get("code", ""))
    if held:
        world.delete("reddit.code", form["code"])
    if not held or held["until"] < epoch(world) or held["client_id"] not in {"", client}:
        return answer({"error": "invalid_grant"})
    if held["redirect_uri"] != form.get("redirect_uri"):
        return answer({"error": "invalid_grant"})
    grant = {"user": held["user"], "client": client, "scope": " ".join(re.split(r"[ ,]+", str(held["scope"])))}
    number = secret(world, "grant")
    world.put("reddit.grant", number, {"ended": False})
    refresh = ""
    if held["duration"] == "permanent":
        refresh = secret(world, "refresh")
        world.put("reddit.refresh", refresh, {**grant, "grant": number})
    return _issue(world, grant, number, refresh)


def _trade_refresh(world: World, given: str, client: str) -> Response:
    held = _held(world, "reddit.refresh", given)
    if not held or held["client"] != client:
        return plain(400, "Bad Request")
    return _issue(world, held, str(held["grant"]), given)


def _issue(world: World, grant: Mapping[str, Any], number: str, refresh: str) -> Response:
    access = secret(world, "access")
    kept = {"user": grant["user"], "scope": grant["scope"], "grant": number, "until": epoch(world) + ACCESS_SECONDS}
    world.put("reddit.access", access, kept)
    body = {"access_token": access, "token_type": "bearer", "expires_in": ACCESS_SECONDS, "scope": grant["scope"]}
    return answer({**body, **({"refresh_token": refresh} if refresh else {})})


def _held(world: World, kind: str, given: str) -> dict[str, Any] | None:
    """What is kept of a code or token, None where it cannot be one of ours."""
    return world.get(kind, given) if re.fullmatch(r"[0-9a-f]{64}", given) else None


def _client(asked: Asked) -> str:
    """Whose id and secret the Basic header shows. Raises Denied."""
    kind, _, pair = asked.headers.get("authorization", "").partition(" ")
    try:
        client, _, password = b64decode(pair, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        client, password = "", ""
    if kind.lower() != "basic" or not client or not password:
        raise Denied(plain(401, "Unauthorized"))
    return client


def _redirect(query: Mapping[str, str], more: Mapping[str, str]) -> Response:
    target = query["redirect_uri"]
    return Response(302, {"location": f"{target}{'&' if '?' in target else '?'}{urlencode(more)}"}, b"")
