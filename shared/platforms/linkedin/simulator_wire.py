"""What the parts of the simulated LinkedIn share: the request as they read it, LinkedIn's answers and its refusals."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

from shared.platforms import _faults
from shared.platforms.contract import World
from shared.ports.http import Request, Response, whole

JSON: Final = "application/json"


class Denied(Exception):
    """An answer that ends the handling of a request."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status)
        self.response = response


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, taken apart. Header names are lower case; ``grant`` is what its token stands for, once that is known.

    ``query`` is decoded; ``raw_query`` is not (Rest.li's own notation lives in it).
    """

    world: World
    method: str
    host: str
    path: str
    query: Mapping[str, str]
    raw_query: str
    headers: Mapping[str, str]
    body: bytes
    grant: Mapping[str, Any] = field(default_factory=dict)

    @property
    def member(self) -> str:
        """The URN of the member whose token it is."""
        return str(self.grant["member"])

    def has(self, scope: str) -> bool:
        """Whether the token has the scope."""
        return scope in str(self.grant.get("scope", "")).split()

    def json(self, *known: str) -> dict[str, Any]:
        """The body as a JSON object of these fields. Raises Denied."""
        try:
            value = json.loads(self.body or b"null")
        except ValueError:
            value = None
        if not isinstance(value, dict):
            raise Denied(invalid("ILLEGAL_ARGUMENT", "Request body must be a JSON object"))
        if extra := set(value) - set(known):
            said = f"unrecognized field found but not allowed: {min(extra)}"
            raise Denied(invalid("ILLEGAL_ARGUMENT", f"ERROR :: /{min(extra)} :: {said}"))
        return value

    def form(self) -> dict[str, str]:
        """The body as a form."""
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))


def read(request: Request, world: World) -> Asked:
    """A request as LinkedIn receives it, from nobody in particular yet."""
    url = urlsplit(request.url)
    body = whole(request)
    return Asked(
        world=world,
        method=request.method.upper(),
        host=(url.hostname or "").lower(),
        path=url.path,
        query=dict(parse_qsl(url.query, keep_blank_values=True)),
        raw_query=url.query,
        headers={name.lower(): value for name, value in request.headers.items()},
        body=body,
    )


def answer(status: int, body: Mapping[str, Any] | None = None, **headers: str) -> Response:
    """An answer; without a body it is empty. Header names: ``_`` stands for ``-``."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    if body is None:
        return Response(status, named, b"")
    return Response(status, {"content-type": JSON, **named}, json.dumps(body, ensure_ascii=False).encode())


def refused(status: int, code: str, message: str, service: int = 0) -> Response:
    """LinkedIn's refusal."""
    body: dict[str, Any] = {"status": status, "code": code, "message": message}
    return answer(status, {**body, "serviceErrorCode": service} if service else body)


def invalid(code: str, message: str) -> Response:
    """A 400, with the code where the Posts API has it."""
    body = {
        "errorDetailType": "com.linkedin.common.error.BadRequest",
        "message": message,
        "errorDetails": {"inputErrors": [{"description": message, "input": {}, "code": code}]},
        "status": 400,
    }
    return answer(400, body)


def forbidden(what: str) -> Response:
    """A permission or a role is missing."""
    return refused(403, "ACCESS_DENIED", f"Not enough permissions to access: {what}", 100)


def throttled() -> Response:
    """A limit that passes soon. LinkedIn documents no Retry-After; the sandbox sends one, so that nobody waits long."""
    answered = refused(429, "TOO_MANY_REQUESTS", "Too many requests", 101)
    return Response(429, {**answered.headers, "retry-after": str(_faults.LIMITED_SECONDS)}, answered.body)


def missing(what: str) -> Response:
    """LinkedIn does not have it."""
    return refused(404, "NOT_FOUND", f"{what} is not found")


def page(elements: list[Any], start: int, count: int, href: str) -> Response:
    """Some of the elements, with Rest.li's paging; a link where there are more."""
    links = []
    if start + count < len(elements):
        links.append({"type": JSON, "rel": "next", "href": f"{href}&count={count}&start={start + count}"})
    shown = elements[start : start + count]
    return answer(200, {"paging": {"start": start, "count": count, "links": links}, "elements": shown})


def window(asked: Asked, most: int = 100, default: int = 10) -> tuple[int, int]:
    """``start`` and ``count``. Raises Denied."""
    start, count = asked.query.get("start", "0"), asked.query.get("count", str(default))
    if not start.isdigit() or not count.isdigit() or not 1 <= int(count) <= most:
        raise Denied(invalid("INVALID_VALUE_FOR_FIELD", f"start and count must be numbers, count at most {most}"))
    return int(start), int(count)


def decoded(part: str) -> str:
    """A URN out of a path."""
    return unquote(part)


def epoch(instant: datetime) -> float:
    """Epoch seconds."""
    return instant.timestamp()


def ms(instant: datetime) -> int:
    """Epoch milliseconds, as LinkedIn tells time."""
    return int(instant.timestamp() * 1000)


def number(world: World) -> int:
    """A new id: its time in milliseconds, then a number within it."""
    return ms(world.now) << 22 | world.serial("li.id") & 0x3FFFFF


def secret(world: World, use: str) -> str:
    """A string that nobody guesses, the same when the same state is run again."""
    return sha256(f"{use}.{world.serial('li.secret')}.{epoch(world.now)}".encode()).hexdigest()
