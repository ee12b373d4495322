"""The simulated TikTok's ground: requests as TikTok reads them, its refusals, accounts, tokens and rate limits.

State (kind/id): ``account/{open_id}``, ``username/{name}``, ``grant/{id}``, ``access/{token}``, ``refresh/{token}``,
``code/{code}``, ``publish/{publish_id}``, ``upload/{upload_id}``, ``post/{post_id}``, ``rate/{grant}.{what}``. Instants are
epoch seconds.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from shared.platforms.contract import World
from shared.ports.http import Request, Response

MINUTE: Final = 60
DAY: Final = 86_400
KEPT: Final = 300
Document = dict[str, Any]


class Problem(Exception):
    """A refusal in the envelope of posting and reading: ``{"data": {}, "error": {code, message, log_id}}``."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message

    def response(self, world: World) -> Response:
        return enveloped(world, {}, self.status, self.code, self.message)


@dataclass(frozen=True, slots=True)
class Ask:
    """A request: path without slashes at its ends, query, headers in lower case, body."""

    method: str
    host: str
    path: str
    query: dict[str, str]
    headers: Mapping[str, str]
    body: bytes

    @staticmethod
    def of(request: Request) -> Ask:
        url = urlsplit(request.url)
        given = request.body
        body = given if isinstance(given, bytes) else b"".join(given.chunks()) if given else b""
        headers = {name.lower(): value for name, value in request.headers.items()}
        query = dict(parse_qsl(url.query, keep_blank_values=True))
        return Ask(request.method.upper(), (url.hostname or "").lower(), url.path.strip("/"), query, headers, body)

    def json(self) -> Document:
        """The body as a JSON object. Raises Problem."""
        if not self.headers.get("content-type", "").startswith("application/json"):
            raise invalid("Content-Type must be application/json.")
        try:
            value = json.loads(self.body or b"{}")
        except ValueError:
            value = None
        if not isinstance(value, dict):
            raise invalid("The request body is not a JSON object.")
        return value

    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))


@dataclass(frozen=True, slots=True)
class Session:
    """Who a token speaks for."""

    account: Document
    grant_id: str
    grant: Document

    def need(self, *scopes: str) -> None:
        """At least one of these scopes. Raises Problem."""
        if not set(scopes) & set(self.grant["scopes"]):
            text = f"The user did not authorize the scope required for completing this request: {' or '.join(scopes)}."
            raise Problem(401, "scope_not_authorized", text)


def session(world: World, ask: Ask) -> Session:
    """Whom the bearer token speaks for. Raises Problem: TikTok's 401."""
    token = ask.headers.get("authorization", "").removeprefix("Bearer ")
    held = world.get("access", digest(token))
    grant = world.get("grant", held["grant"]) if held else None
    if not held or not grant or grant["ended"] or held["until"] <= epoch(world.now):
        raise expired()
    account = world.get("account", grant["account"])
    if account is None:
        raise expired()
    return Session(account, held["grant"], grant)


def expired() -> Problem:
    """What TikTok says to a token that it does not accept."""
    return Problem(401, "access_token_invalid", "The access token is invalid or not found in the request.")


def limited() -> Problem:
    """Too many requests in a minute."""
    return Problem(429, "rate_limit_exceeded", "The API rate limit was exceeded. Please try again later.")


def broken() -> Problem:
    """TikTok's own trouble."""
    return Problem(500, "internal_error", "Something is wrong. Please try again later.")


def invalid(message: str) -> Problem:
    """A request that makes no sense; only its words say why."""
    return Problem(400, "invalid_param", message)


def use(world: World, who: Session, what: str, per_minute: int) -> None:
    """Count this request in its sliding minute. Raises Problem: 429."""
    key, now = f"{who.grant_id}.{what}", epoch(world.now)
    used = [at for at in (world.get("rate", key) or {"at": []})["at"] if at > now - MINUTE]
    if len(used) >= per_minute:
        raise limited()
    world.put("rate", key, {"at": [*used, now]})


def only(given: Mapping[str, Any], where: str, **types: type | tuple[type, ...]) -> None:
    """Refuse names that are not known, and values of another type. Raises Problem."""
    for name, value in given.items():
        if name not in types:
            raise invalid(f"{where}.{name} is not a known field.")
        wanted = types[name]
        if not isinstance(value, wanted) or (isinstance(value, bool) and wanted is int):
            raise invalid(f"{where}.{name} has the wrong type.")


def person(world: World, name: str) -> Document:
    """The simulated person of that name, made at first sight. Names that begin with «private» have private accounts."""
    username = re.sub(r"[^a-z0-9._]", "_", name.lower())[:24]
    known = world.get("username", username)
    if known:
        return world.get("account", known["open_id"]) or {}
    account = {
        "open_id": f"-000{digest(username)[:32]}",
        "union_id": digest(f"union.{username}")[:36],
        "username": username,
        "display_name": username.replace("_", " ").replace(".", " ").title(),
        "private": username.startswith("private"),
        "unaudited": username.startswith("unaudited"),
        "since": epoch(world.now),
        "posts": [],
        "sent": [],
        "drafts": [],
    }
    world.put("username", username, {"open_id": account["open_id"]})
    world.put("account", str(account["open_id"]), account)
    return account


def enveloped(
    world: World, data: Mapping[str, Any], status: int = 200, code: str = "ok", message: str = ""
) -> Response:
    """An answer of posting and reading."""
    log_id = world.now.strftime("%Y%m%d%H%M%S") + digest(f"log.{world.serial('log')}")[:18].upper()
    return answer({"data": dict(data), "error": {"code": code, "message": message, "log_id": log_id}}, status)


def answer(body: Mapping[str, Any], status: int = 200) -> Response:
    """A JSON answer."""
    return Response(status, {"content-type": "application/json"}, json.dumps(body, ensure_ascii=False).encode())


def digest(text: str) -> str:
    """A hash, in hex."""
    return sha256(text.encode()).hexdigest()


def secret(world: World, use_: str) -> str:
    """What nobody guesses, the same when the same state is run again."""
    return digest(f"{use_}.{world.serial('secret')}.{epoch(world.now)}")


def epoch(instant: datetime) -> float:
    """Epoch seconds."""
    return instant.timestamp()
