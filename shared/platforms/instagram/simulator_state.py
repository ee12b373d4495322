"""The simulated Instagram's ground: requests as Graph reads them, its errors, accounts, tokens and usage.

State (kind/id): ``account/{ig id}``, ``username/{name}``, ``token/{hash}``, ``code/{hash}``, ``container/{id}``,
``media/{id}``, ``comment/{id}``, ``usage/{account}.{hour}``. Instants are epoch seconds.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from shared.platforms.contract import World
from shared.ports.http import Request, Response

HOUR, DAY = 3600, 86_400
CALLS_PER_HOUR = 4800  # generous: a sandbox account is polled often; the header counts in percent of it
LISTED = 300
_VERSION = re.compile(r"v\d{2}\.\d")


class Problem(Exception):
    """A refusal in Graph's form: ``{"error": {message, type, code, error_subcode, …, fbtrace_id}}``."""

    def __init__(
        self,
        code: int,
        message: str,
        subcode: int | None = None,
        *,
        status: int = 400,
        user_message: str = "",
        transient: bool = False,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.headers = dict(headers or {})
        self.error: dict[str, Any] = {"message": message, "type": "OAuthException", "code": code}
        if subcode is not None:
            self.error |= {"error_subcode": subcode, "is_transient": transient}
        if user_message:
            self.error |= {"error_user_title": message, "error_user_msg": user_message}

    def response(self, world: World) -> Response:
        trace = sha256(f"trace.{world.serial('instagram.trace')}".encode()).hexdigest()[:21]
        return answer({"error": {**self.error, "fbtrace_id": f"A{trace}"}}, self.status, self.headers)


@dataclass(frozen=True, slots=True)
class Ask:
    """A request: path without the version, parameters of query and body together (form or JSON)."""

    method: str
    host: str
    path: tuple[str, ...]
    params: dict[str, Any]
    bearer: str

    @staticmethod
    def of(request: Request) -> Ask:
        url = urlsplit(request.url)
        path = [part for part in url.path.split("/") if part]
        if path and _VERSION.fullmatch(path[0]):
            path = path[1:]
        params: dict[str, Any] = dict(parse_qsl(url.query, keep_blank_values=True)) | _body(request)
        headers = {name.lower(): value for name, value in request.headers.items()}
        bearer = headers.get("authorization", "").removeprefix("Bearer ")
        return Ask(
            request.method, url.hostname or "", tuple(path), params, bearer or str(params.get("access_token", ""))
        )

    def text(self, name: str) -> str:
        return str(self.params.get(name, ""))

    def items(self, name: str) -> list[Any]:
        """A list parameter: a JSON array, or words with commas between."""
        given = self.params.get(name)
        if isinstance(given, list):
            return given
        try:
            value = json.loads(str(given)) if given else []
        except ValueError:
            value = None
        return value if isinstance(value, list) else [part for part in str(given).split(",") if part]

    def flag(self, name: str) -> bool:
        return self.text(name).lower() in {"true", "1"}

    def allow(self, *names: str) -> None:
        """Stricter than Graph, which ignores what it does not know: an unknown parameter is a mistake of ours."""
        known = {*names, "access_token", "appsecret_proof", "fields", "summary"}
        if unknown := sorted(set(self.params) - known):
            raise Problem(100, f"(#100) The parameter {unknown[0]} is not a parameter of this request")


@dataclass(frozen=True, slots=True)
class Session:
    """Who asks: the account's document and the token's."""

    account: dict[str, Any]
    token: dict[str, Any]

    def need(self, scope: str) -> None:
        if scope not in self.token["scopes"]:
            message = f"(#10) Application does not have permission for this action: {scope}"
            raise Problem(10, message, status=403)


def answer(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """JSON, as Graph sends it."""
    named = {"content-type": "application/json; charset=UTF-8", "facebook-api-version": "v26.0", **(headers or {})}
    return Response(status, named, json.dumps(body, ensure_ascii=False).encode())


def now(world: World) -> float:
    """The world's time in epoch seconds."""
    return world.now.timestamp()


def stamp(epoch: float) -> str:
    """``2026-11-22T12:00:00+0000``."""
    return datetime.fromtimestamp(epoch, UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")


def number(world: World, kind: str) -> str:
    """An id as Instagram numbers such a thing."""
    first = {"account": 17841400008460000, "alias": 10200000000000000, "container": 17889455560050000}
    first |= {"media": 17895695668000000, "comment": 17870913679150000}
    return str(first[kind] + world.serial(f"instagram.{kind}"))


def secret(world: World, kind: str) -> str:
    """A fresh token or code, and nothing that can be guessed from another."""
    seed = f"{kind}.{world.serial('instagram.secret')}.{now(world)}"
    return f"{kind}{hashed(seed)}"


def hashed(value: str) -> str:
    """Under which tokens, codes and secrets are kept."""
    return sha256(value.encode()).hexdigest()


def account_named(world: World, username: str) -> dict[str, Any]:
    """The account of that name, made when there is none."""
    known = world.get("username", username)
    if known:
        return world.get("account", known["id"]) or {}
    account: dict[str, Any] = {
        "id": number(world, "account"),
        "alias": number(world, "alias"),
        "username": username,
        "name": username.replace("_", " ").replace(".", " ").title(),
        "made": now(world),
        "media": [],
        "stories": [],
        "published": [],
        "grants": {},
    }
    world.put("account", account["id"], account)
    world.put("username", username, {"id": account["id"]})
    return account


def issue(world: World, account: str, scopes: Iterable[str], seconds: int, *, kind: str, client: str) -> str:
    """A token of the account for an app (``client``: the hash of its secret)."""
    token = secret(world, "IGAA")
    values = {"account": account, "scopes": list(scopes), "issued": now(world), "expires": now(world) + seconds}
    values |= {"kind": kind, "client": client, "grant": _grant(world, account, client)}
    world.put("token", hashed(token), values)
    return token


def end_grant(world: World, who: Session) -> None:
    """The account no longer allows the app: every token that it has is dead."""
    client = who.token["client"]
    grants = who.account["grants"] | {client: who.token["grant"] + 1}
    world.put("account", who.account["id"], who.account | {"grants": grants})


def token_of(world: World, value: str) -> dict[str, Any]:
    """The living token's document. Raises Problem 190."""
    if not value:
        raise Problem(104, "An access token is required to request this resource.")
    token = world.get("token", hashed(value))
    if token is None:
        raise Problem(190, "Invalid OAuth access token - Cannot parse access token")
    if subcode := token.get("invalid"):
        raise Problem(190, "Error validating access token: The session has been invalidated.", subcode)
    if token["grant"] != _grant(world, token["account"], token["client"]):
        raise Problem(190, "Error validating access token: The user has not authorized the application.", 458)
    if token["expires"] <= now(world):
        raise expired(stamp(token["expires"]))
    return token


def expired(when: str) -> Problem:
    """190/463."""
    return Problem(190, f"Error validating access token: Session has expired on {when}.", 463)


def session(world: World, ask: Ask) -> Session:
    """Who asks, counted. Raises Problem 190, 4."""
    token = token_of(world, ask.bearer)
    count_call(world, token["account"])
    return Session(world.get("account", token["account"]) or {}, token)


def count_call(world: World, account: str) -> None:
    """One more call in this hour. Raises Problem 4 above the limit."""
    key = _usage_key(world, account)
    used = (world.get("usage", key) or {"calls": 0})["calls"] + 1
    if used > CALLS_PER_HOUR:
        raise limited(account, minutes=60)
    world.put("usage", key, {"calls": used})


def usage(world: World, account: str) -> dict[str, str]:
    """The header that Graph sends with each answer, in percent."""
    calls = (world.get("usage", _usage_key(world, account)) or {"calls": 0})["calls"]
    percent = calls * 100 // CALLS_PER_HOUR
    return {"x-app-usage": json.dumps({"call_count": percent, "total_time": percent, "total_cputime": percent})}


def limited(account: str, *, minutes: int = 0, headers: Mapping[str, str] | None = None) -> Problem:
    """Code 4 with the headers that say for how long."""
    full = {"call_count": 100, "total_cputime": 100, "total_time": 100}
    entry = {"type": "instagram", **full, "estimated_time_to_regain_access": minutes}
    named = {
        "x-app-usage": json.dumps(full),
        "x-business-use-case-usage": json.dumps({account: [entry]}),
        **(headers or {}),
    }
    return Problem(4, "(#4) Application request limit reached", status=429, headers=named)


def missing(id_: str, method: str = "get") -> Problem:
    """100/33, in Graph's own words."""
    message = (
        f"Unsupported {method} request. Object with ID '{id_}' does not exist, cannot be loaded due to missing "
        "permissions, or does not support this operation. Please read the Graph API documentation at "
        "https://developers.facebook.com/docs/graph-api"
    )
    return Problem(100, message, 33)


def chosen(ask: Ask, have: Mapping[str, Any], node: str) -> dict[str, Any]:
    """The fields that were asked for (``id`` alone by default); None values are left out, as Graph does."""
    wanted = [name.strip() for name in ask.text("fields").split(",") if name.strip()] or ["id"]
    for name in wanted:
        if name not in have:
            raise Problem(100, f"(#100) Tried accessing nonexisting field ({name}) on node type ({node})")
    return {name: have[name] for name in dict.fromkeys([*wanted, "id"]) if have.get(name) is not None}


def _grant(world: World, account: str, client: str) -> int:
    """How often the account has ended its grant to the app."""
    return int((world.get("account", account) or {})["grants"].get(client, 0))


def _usage_key(world: World, account: str) -> str:
    return f"{account}.{int(now(world)) // HOUR}"


def _body(request: Request) -> dict[str, Any]:
    body = request.body
    if not body:
        return {}
    data = body if isinstance(body, bytes) else b"".join(body.chunks())
    kind = next((value for name, value in request.headers.items() if name.lower() == "content-type"), "")
    if "json" in kind:
        value = json.loads(data)
        return value if isinstance(value, dict) else {}
    if "form-urlencoded" not in kind:
        raise Problem(100, f"(#100) Cannot read a body of {kind or 'no content type'}")
    return dict(parse_qsl(data.decode(), keep_blank_values=True))
