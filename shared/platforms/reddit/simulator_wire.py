"""What the parts of the simulated Reddit share: the request as they read it, and Reddit's three ways to refuse."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import Message
from hashlib import sha256
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from shared.platforms.contract import World
from shared.ports.http import Request, Response, whole

JSON: Final = "application/json; charset=UTF-8"
_BASE36: Final = "0123456789abcdefghijklmnopqrstuvwxyz"
FORBIDDEN: Final = "Forbidden"
MESSAGES: Final[Mapping[str, str]] = {
    "USER_REQUIRED": "Please log in to do that.",
    "BAD_SR_NAME": "This community name isn't recognizable. Check the spelling and try again.",
    "SUBREDDIT_NOEXIST": "Hmm, that community doesn't exist. Try checking the spelling.",
    "SUBREDDIT_NOTALLOWED": "This community only allows trusted members to post here",
    "INVALID_OPTION": "that option is not valid",
    "NO_TEXT": "we need something here",
    "NO_URL": "a url is required",
    "NO_SELFS": "This community doesn't allow text posts",
    "NO_LINKS": "This community doesn't allow links",
    "NO_VIDEOS": "This community doesn't allow videos",
    "MISSING_VIDEO_URLS": "This community requires a video link and a post link",
    "ALREADY_SUB": "This community doesn't allow links to be posted more than once, and this link has already been shared",
    "SUBMIT_VALIDATION_FLAIR_REQUIRED": "Your post must contain post flair.",
    "BAD_FLAIR_TEMPLATE_ID": "This community doesn't have that flair template",
    "TOO_FEW_OPTIONS": "you need at least 2 poll options",
    "THREAD_LOCKED": "Comments are locked.",
    "DELETED_COMMENT": "that comment has been deleted",
    "NO_THING_ID": "ID not specified",
    "NO_USER": "please enter a username",
    "NO_SUBJECT": "please enter a subject",
    "USER_DOESNT_EXIST": "that user doesn't exist",
    "NOT_WHITELISTED_BY_USER_MESSAGE": "can't send a message to that user",
}


class Denied(Exception):
    """An answer that ends the handling of a request."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status)
        self.response = response


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, taken apart. Header names are lower case; ``user`` and ``scopes`` are set once it is known who asks."""

    world: World
    method: str
    host: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    user: Mapping[str, Any] = field(default_factory=dict)
    scopes: frozenset[str] = frozenset()

    @property
    def user_id(self) -> str:
        return str(self.user["id"])

    @property
    def name(self) -> str:
        return str(self.user["name"])

    def form(self, known: str) -> dict[str, str]:
        """The form, which may have these fields and no others. Raises Denied."""
        given = dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))
        return self._checked({name: str(value) for name, value in given.items()}, known)

    def json(self, known: str) -> dict[str, Any]:
        """The JSON body, which may have these fields and no others. Raises Denied."""
        try:
            value = json.loads(self.body or b"null")
        except ValueError:
            value = None
        if not isinstance(value, dict):
            raise Denied(refused("JSON_PARSE_ERROR", "json", "Sorry, something went wrong."))
        return self._checked(value, known)

    def multipart(self) -> dict[str, bytes]:
        """The body's parts by name, in their order; empty where it is no multipart form."""
        header = Message()
        header["content-type"] = self.headers.get("content-type", "")
        boundary = header.get_param("boundary")
        if header.get_content_type() != "multipart/form-data" or not boundary:
            return {}
        pieces = self.body.split(b"--" + str(boundary).encode())
        return dict(_part(piece) for piece in pieces[1:-1])

    def _checked(self, given: dict[str, Any], known: str) -> dict[str, Any]:
        if set(given) - set(known.split()) - {"api_type", "raw_json"}:
            raise Denied(plain(400, "Bad Request"))
        return given


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
    )


def answer(body: Any, status: int = 200, **headers: str) -> Response:
    """A JSON answer; header names with ``_`` for ``-``."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(status, {"content-type": JSON, **named}, json.dumps(body, ensure_ascii=False).encode())


def done(data: Mapping[str, Any] | None = None) -> Response:
    """A form's success."""
    return answer({"json": {"errors": [], **({"data": data} if data is not None else {})}})


def refused(code: str, where: str | None, message: str = "", **more: Any) -> Response:
    """A form's refusal: 200, and the error in a list."""
    words = message or MESSAGES.get(code, code.lower())
    return answer({"json": {"errors": [[code, words, where]], **more}})


def plain(status: int, message: str, **headers: str) -> Response:
    """A bare refusal."""
    return answer({"message": message, "error": status}, status, **headers)


def reasoned(status: int, message: str, reason: str, explanation: str = "") -> Response:
    """A refusal of the newer endpoints."""
    words = explanation or MESSAGES.get(reason, reason)
    return answer({"explanation": words, "message": message, "reason": reason}, status)


def rate_limited(seconds: int) -> Response:
    """What Reddit says to who posts too fast."""
    words = f"Looks like you've been doing that a lot. Take a break for {seconds} seconds before trying again."
    return refused("RATELIMIT", "ratelimit", words, ratelimit=float(seconds))


def epoch(world: World) -> float:
    """Now, in epoch seconds."""
    return world.now.timestamp()


def base36(number: int) -> str:
    """A number as Reddit writes ids."""
    digits = ""
    while number:
        number, rest = divmod(number, 36)
        digits = _BASE36[rest] + digits
    return digits or "0"


def new_id(world: World) -> str:
    """A new id: seven characters, each larger than the one before."""
    return base36(36**6 + 7919 * world.serial("reddit.id"))


def secret(world: World, use: str) -> str:
    """A string that nobody guesses, the same when the same state is run again."""
    return sha256(f"{use}.{world.serial('reddit.secret')}.{epoch(world)}".encode()).hexdigest()


def _part(piece: bytes) -> tuple[str, bytes]:
    head, _, content = piece.removeprefix(b"\r\n").partition(b"\r\n\r\n")
    header = Message()
    for line in head.decode("utf-8", "replace").split("\r\n"):
        name, _, value = line.partition(":")
        header[name.strip()] = value.strip()
    return str(header.get_param("name", "", "content-disposition")), content.removesuffix(b"\r\n")
