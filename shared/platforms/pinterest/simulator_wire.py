"""What the parts of the simulated Pinterest share: the request as they read it, and Pinterest's refusals."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import Message
from hashlib import sha256
from typing import Any, Final
from urllib.parse import parse_qs, parse_qsl, urlsplit

from shared.platforms.contract import World
from shared.ports.http import Request, Response, whole

JSON: Final = "application/json; charset=utf-8"


class Denied(Exception):
    """An answer that ends the handling of a request."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status)
        self.response = response


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, taken apart. Header names are lower case; ``user`` is set once it is known who asks.

    ``many``: the query again, with each name's values.
    """

    world: World
    method: str
    host: str
    path: str
    query: Mapping[str, str]
    many: Mapping[str, list[str]]
    headers: Mapping[str, str]
    body: bytes
    user: Mapping[str, Any] = field(default_factory=dict)

    @property
    def user_id(self) -> str:
        return str(self.user["id"])

    def form(self) -> dict[str, str]:
        """The body as a form."""
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))

    def json(self) -> Any:
        """The body as JSON. Raises Denied."""
        try:
            return json.loads(self.body)
        except ValueError:
            raise Denied(invalid("the body is not JSON")) from None

    def fields(self, known: str) -> dict[str, Any]:
        """The body as an object with these fields and no others. Raises Denied."""
        value = self.json()
        if not isinstance(value, dict):
            raise Denied(invalid(f"{value!r} is not of type object"))
        if unknown := set(value) - set(known.split()):
            raise Denied(invalid(f"Additional properties are not allowed ({sorted(unknown)} were unexpected)"))
        return value

    def multipart(self) -> dict[str, bytes]:
        """The body's parts by name, in their order; empty where it is no multipart form."""
        header = Message()
        header["content-type"] = self.headers.get("content-type", "")
        boundary = header.get_param("boundary")
        if header.get_content_type() != "multipart/form-data" or not boundary:
            return {}
        pieces = self.body.split(b"--" + str(boundary).encode())
        return dict(_part(piece) for piece in pieces[1:-1])


def read(request: Request, world: World) -> Asked:
    """A request as the network receives it, from nobody in particular yet."""
    url = urlsplit(request.url)
    body = whole(request)
    return Asked(
        world=world,
        method=request.method.upper(),
        host=(url.hostname or "").lower(),
        path=url.path.rstrip("/"),
        query=dict(parse_qsl(url.query, keep_blank_values=True)),
        many=parse_qs(url.query, keep_blank_values=True),
        headers={name.lower(): value for name, value in request.headers.items()},
        body=body,
    )


def answer(body: Any, status: int = 200, **headers: str) -> Response:
    """A JSON answer; header names with ``_`` for ``-``."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(status, {"content-type": JSON, **named}, json.dumps(body, ensure_ascii=False).encode())


def refused(status: int, code: int, message: str, **headers: str) -> Response:
    """A refusal."""
    return answer({"code": code, "message": message}, status, **headers)


def invalid(why: str) -> Response:
    """A request that does not fit the schema."""
    return refused(400, 1, f"Invalid request: {why}")


def rate_limited(seconds: int) -> Response:
    """Too many requests."""
    words = (
        "This request exceeded a rate limit. This can happen if the client exceeds one\nof the published rate limits or "
        "if multiple write operations are applied to\nan object within a short time window."
    )
    return refused(429, 8, words, x_ratelimit_reset=str(seconds), x_ratelimit_remaining="0")


def unauthorized() -> Response:
    """A token that Pinterest does not accept."""
    return refused(401, 2, "Authentication failed.")


def broken() -> Response:
    """Pinterest's own fault."""
    return refused(503, 4197, "The endpoint has been ramped down and is currently not accepting any traffic.")


def epoch(world: World) -> float:
    """Now, in epoch seconds."""
    return world.now.timestamp()


def stamp(seconds: float) -> str:
    """An instant as Pinterest writes it: UTC, without saying so."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def new_id(world: World, beginning: int) -> str:
    """A new id of 18 digits."""
    return str(beginning * 10**15 + 1_000_003 * world.serial("pinterest.id"))


def secret(world: World, use: str) -> str:
    """A string that nobody guesses, the same when the same state is run again."""
    return sha256(f"{use}.{world.serial('pinterest.secret')}.{epoch(world)}".encode()).hexdigest()


def page(asked: Asked, items: list[dict[str, Any]]) -> Response:
    """A page of these, as ``page_size`` and ``bookmark`` ask."""
    given = asked.query.get("page_size", "25")
    if not given.isdecimal() or not 1 <= int(given) <= 250:
        return refused(400, 1, f"Parameter 'page_size' was not numeric (was {given})")
    bookmark = asked.query.get("bookmark", "")
    start = int(bookmark.removeprefix("b")) if bookmark.removeprefix("b").isdecimal() else 0
    end = start + int(given)
    return answer({"items": items[start:end], "bookmark": f"b{end}" if end < len(items) else None})


def _part(piece: bytes) -> tuple[str, bytes]:
    head, _, content = piece.removeprefix(b"\r\n").partition(b"\r\n\r\n")
    header = Message()
    for line in head.decode("utf-8", "replace").split("\r\n"):
        name, _, value = line.partition(":")
        header[name.strip()] = value.strip()
    return str(header.get_param("name", "", "content-disposition")), content.removesuffix(b"\r\n")
