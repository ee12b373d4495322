"""The simulated network's ground: what a method is given, how it refuses, who has an account, whose token is good.

Read from https://atproto.com/specs/xrpc and the reference PDS (packages/pds/src/auth-verifier.ts, d6296a1): HS256 session
tokens of 2 hours and 90 days, refresh tokens that rotate and answer for two more hours.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from base64 import b32encode, urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from shared.platforms.contract import World
from shared.ports.http import Request, Response, Stream

ENTRYWAY = "bsky.social"
ASSIGNED_PDS = "amanita.us-east.host.bsky.network"
OWN_PDS = "pds.sandbox.rostrum.test"
VIDEO = "video.bsky.app"
APPVIEW = "public.api.bsky.app"
ACCESS_LIFE = timedelta(hours=2)
REFRESH_LIFE = timedelta(days=90)
REFRESH_GRACE = timedelta(hours=2)
_SIGNING_KEY = b"the simulated network's own; it guards nothing"


class Fail(Exception):
    """A refusal in the network's form."""

    def __init__(self, status: int, name: str, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(name)
        self.status, self.name, self.message, self.headers = status, name, message, dict(headers or {})

    def response(self) -> Response:
        return answer({"error": self.name, "message": self.message}, self.status, self.headers)


@dataclass(frozen=True, slots=True)
class Ask:
    """One request to one method: the query (repeated names as lists) and the parts that methods look at."""

    request: Request
    world: World
    host: str
    nsid: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def now(self) -> datetime:
        return self.world.now

    def param(self, name: str) -> str:
        """A required query parameter."""
        values = self.query.get(name)
        if not values or not values[0]:
            raise Fail(400, "InvalidRequest", f'Error: Params must have the property "{name}"')
        return values[0]

    def json(self, *required: str) -> dict[str, Any]:
        """The body as an object that has these fields."""
        if not self.headers.get("content-type", "").startswith("application/json"):
            raise Fail(400, "InvalidRequest", "Request encoding (Content-Type) required but not provided")
        try:
            body = json.loads(b"".join(self.chunks()))
        except ValueError:
            raise Fail(400, "InvalidRequest", "Invalid request body") from None
        if not isinstance(body, dict):
            raise Fail(400, "InvalidRequest", "Input must be an object")
        for name in required:
            if name not in body:
                raise Fail(400, "InvalidRequest", f'Input must have the property "{name}"')
        return body

    def chunks(self) -> Iterator[bytes]:
        """The body, piece by piece."""
        body = self.request.body
        if isinstance(body, Stream):
            yield from body.chunks()
        elif body:
            yield body


def answer(body: Mapping[str, Any] | None, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A JSON answer; no body for the methods that have no output."""
    if body is None:
        return Response(status, dict(headers or {}), b"")
    named = {"content-type": "application/json; charset=utf-8", **(headers or {})}
    return Response(status, named, json.dumps(body, ensure_ascii=False).encode())


# --------------------------------------------------------------------------------------------------- accounts


def did_of(handle: str) -> str:
    """The DID that the simulated directory gives a handle."""
    return "did:plc:" + b32encode(hashlib.sha256(handle.encode()).digest()).decode().lower()[:24]


def app_password_of(handle: str) -> str:
    """The app password of a seeded account, in the form that the network gives them."""
    text = b32encode(hashlib.sha256(f"app password of {handle}".encode()).digest()).decode().lower()
    return "-".join(text[start : start + 4] for start in range(0, 16, 4))


def create_account(world: World, handle: str, pds: str, password: str) -> dict[str, Any]:
    """A new account with this app password; with none, any well-formed one will do."""
    did = did_of(handle)
    account = {
        "did": did,
        "handle": handle,
        "pds": pds,
        "password": hashlib.sha256(password.encode()).hexdigest() if password else "",
        "name": handle.partition(".")[0].capitalize(),
        "created_at": world.now.isoformat(),
    }
    world.put("bluesky.account", did, account)
    world.put("bluesky.handle", handle, {"did": did})
    return account


def find_account(world: World, identifier: str) -> dict[str, Any] | None:
    """By DID or handle."""
    if identifier.startswith("did:"):
        return world.get("bluesky.account", identifier)
    known = world.get("bluesky.handle", identifier.lower())
    return world.get("bluesky.account", known["did"]) if known else None


# ----------------------------------------------------------------------------------------------------- tokens


def jwt(kind: str, claims: Mapping[str, Any]) -> str:
    """A signed token; ``kind`` is its ``typ`` (``at+jwt``, ``refresh+jwt``, ``JWT``)."""
    parts = [_b64(json.dumps(part, separators=(",", ":")).encode()) for part in ({"typ": kind, "alg": "HS256"}, claims)]
    return ".".join([*parts, _b64(_signature(".".join(parts)))])


def read_jwt(token: str) -> tuple[str, dict[str, Any]] | None:
    """``typ`` and claims of a token that the simulated network signed, None for any other text."""
    signed, _, signature = token.rpartition(".")
    try:
        if not hmac.compare_digest(_unb64(signature), _signature(signed)):
            return None
        header, claims = (json.loads(_unb64(part)) for part in signed.split("."))
    except ValueError:
        return None
    return str(header.get("typ")), claims


def session_tokens(world: World, account: Mapping[str, Any], jti: str) -> dict[str, str]:
    """A pair of session tokens; the refresh token is known by ``jti``."""
    now = world.now
    common = {"sub": account["did"], "aud": f"did:web:{account['pds']}", "iat": int(now.timestamp())}
    access = {
        "scope": "com.atproto.appPass" if account.get("no_chat") else "com.atproto.appPassPrivileged",
        **common,
        "exp": int((now + ACCESS_LIFE).timestamp()),
    }
    refresh = {"scope": "com.atproto.refresh", **common, "jti": jti, "exp": int((now + REFRESH_LIFE).timestamp())}
    return {"accessJwt": jwt("at+jwt", access), "refreshJwt": jwt("refresh+jwt", refresh)}


def bearer(ask: Ask) -> str:
    """The token of the request."""
    scheme, _, token = ask.headers.get("authorization", "").partition(" ")
    if not token:
        raise Fail(401, "AuthMissing", "Authentication Required")
    if scheme.lower() != "bearer":
        raise Fail(400, "InvalidToken", "Unexpected authorization type")
    return token


def authenticate(ask: Ask) -> dict[str, Any]:
    """The account that the request's access token speaks for, at its own PDS (or through the entryway)."""
    read = read_jwt(bearer(ask))
    if read is None or read[0] != "at+jwt":
        raise Fail(400, "InvalidToken", "Token could not be verified")
    claims = read[1]
    if claims["exp"] <= ask.now.timestamp():
        raise Fail(400, "ExpiredToken", "Token has expired")
    account = ask.world.get("bluesky.account", claims["sub"])
    if account is None:
        raise Fail(403, "AccountNotFound", "Account not found")
    if ask.host not in {account["pds"], ENTRYWAY}:
        raise Fail(400, "InvalidToken", "Token could not be verified")
    if account.get("taken_down"):
        raise Fail(401, "AccountTakedown", "Account has been taken down")
    return account


def _signature(text: str) -> bytes:
    return hmac.new(_SIGNING_KEY, text.encode(), hashlib.sha256).digest()


def _b64(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def _unb64(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


# ------------------------------------------------------------------------------------------------------ limits


def consume(ask: Ask, limits: tuple[tuple[int, int], ...], key: str, points: int) -> dict[str, str]:
    """Take points from fixed windows (points, seconds) and answer the rate-limit headers; raise Fail when spent.

    Both windows of a call lie in one document. The tightest window is the one that is told.
    """
    now = int(ask.now.timestamp())
    used = ask.world.get("bluesky.limit", key) or {}
    told: list[tuple[float, dict[str, str]]] = []
    for most, seconds in limits:
        start, spent = used.get(str(seconds), [0, 0])
        start, spent = (now, 0) if now >= start + seconds else (start, spent)
        used[str(seconds)] = [start, spent + points]
        headers = limit_headers(most, most - spent - points, start + seconds, seconds)
        if spent + points > most:
            raise rate_limited(headers, start + seconds - now)
        told.append(((most - spent - points) / most, headers))
    ask.world.put("bluesky.limit", key, used)
    return min(told, key=lambda pair: pair[0])[1]


def limit_headers(most: int, left: int, reset: int, seconds: int) -> dict[str, str]:
    """The headers of https://docs.bsky.app/docs/advanced-guides/rate-limits; ``reset`` in epoch seconds."""
    return {
        "ratelimit-limit": str(most),
        "ratelimit-remaining": str(max(left, 0)),
        "ratelimit-reset": str(reset),
        "ratelimit-policy": f"{most};w={seconds}",
    }


def rate_limited(headers: Mapping[str, str], seconds: int) -> Fail:
    """A 429 as the network words it."""
    return Fail(429, "RateLimitExceeded", "Rate Limit Exceeded", {**headers, "retry-after": str(seconds)})
