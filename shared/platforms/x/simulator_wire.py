"""What the parts of the simulated X share: the request as they read it, X's answers and its problem documents."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.message import Message
from hashlib import sha256
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from shared.platforms.contract import World
from shared.platforms.x.wire import EPOCH_MS
from shared.ports.http import Request, Response, whole

PROBLEMS: Final = "https://api.x.com/2/problems/"
JSON: Final = "application/json; charset=utf-8"
PROBLEM_JSON: Final = "application/problem+json"


class Denied(Exception):
    """An answer that ends the handling of a request."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status)
        self.response = response


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, taken apart. Header names are lower case; ``user`` and ``client`` are set once it is known who asks."""

    world: World
    method: str
    host: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    user: Mapping[str, Any]

    @property
    def user_id(self) -> str:
        return str(self.user["id"])

    def json(self) -> dict[str, Any]:
        """The body as a JSON object. Raises Denied."""
        if "application/json" not in self.headers.get("content-type", ""):
            raise Denied(invalid("Requests with bodies must have content-type of application/json."))
        try:
            value = json.loads(self.body or b"null")
        except ValueError:
            value = None
        if not isinstance(value, dict):
            raise Denied(invalid("Request body must be a JSON object."))
        return value

    def form(self) -> dict[str, str]:
        """The body as a form."""
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))

    def multipart(self) -> dict[str, bytes]:
        """The body's parts by name. Raises Denied."""
        header = Message()
        header["content-type"] = self.headers.get("content-type", "")
        boundary = header.get_param("boundary")
        if header.get_content_type() != "multipart/form-data" or not boundary:
            raise Denied(invalid("Requests with files must have content-type of multipart/form-data."))
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
        headers={name.lower(): value for name, value in request.headers.items()},
        body=body,
        user={},
    )


def answer(status: int, body: Mapping[str, Any], kind: str = JSON) -> Response:
    """A JSON answer."""
    return Response(status, {"content-type": kind}, json.dumps(body, ensure_ascii=False).encode())


def generic(status: int, title: str, detail: str = "") -> Response:
    """A problem without a type of its own."""
    return answer(status, {"title": title, "detail": detail or title, "type": "about:blank", "status": status})


def typed(status: int, kind: str, title: str, detail: str, **more: Any) -> Response:
    """A problem of a documented type."""
    body = {"title": title, "detail": detail, "type": PROBLEMS + kind, **more}
    return answer(status, body, PROBLEM_JSON)


def invalid(message: str, **parameters: Any) -> Response:
    """«One or more parameters to your request was invalid», and which."""
    listed = [{"parameters": {name: [str(value)] for name, value in parameters.items()}, "message": message}]
    said = "One or more parameters to your request was invalid."
    return typed(400, "invalid-request", "Invalid Request", said, errors=listed)


def missing(kind: str, parameter: str, value: str) -> Response:
    """X does not have it."""
    return typed(
        404,
        "resource-not-found",
        "Not Found Error",
        f"Could not find {kind} with {parameter}: [{value}].",
        parameter=parameter,
        value=value,
        resource_id=value,
        resource_type=kind,
    )


def epoch(instant: datetime) -> float:
    """Epoch seconds."""
    return instant.timestamp()


def snowflake(world: World) -> str:
    """A new id: its time in milliseconds, then a number within it."""
    milliseconds = int(epoch(world.now) * 1000) - EPOCH_MS
    return str(milliseconds << 22 | world.serial("x.id") & 0x3FFFFF)


def secret(world: World, use: str) -> str:
    """A string that nobody guesses, the same when the same state is run again."""
    number = world.serial("x.secret")
    return sha256(f"{use}.{number}.{epoch(world.now)}".encode()).hexdigest()


def _part(piece: bytes) -> tuple[str, bytes]:
    head, _, content = piece.removeprefix(b"\r\n").partition(b"\r\n\r\n")
    header = Message()
    for line in head.decode("utf-8", "replace").split("\r\n"):
        name, _, value = line.partition(":")
        header[name.strip()] = value.strip()
    return str(header.get_param("name", "", "content-disposition")), content.removesuffix(b"\r\n")
