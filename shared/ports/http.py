"""The http port: one attempt at one request, to the outside world.

It never retries and never follows a redirect: whether a repeated request is safe is something only the publishing
engine knows. Every address is checked against the SSRF guard and the connection is pinned to the checked address.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Stream:
    """A body too large to hold: ``chunks()`` yields it afresh each time it is called; ``size`` in bytes."""

    size: int
    chunks: Callable[[], Iterator[bytes]]


@dataclass(frozen=True, slots=True)
class Request:
    """One request. ``url`` is absolute https (http only for hosts of ``ALLOW_PRIVATE_HOSTS``).

    ``connect_timeout`` and ``read_timeout`` in seconds; ``max_bytes`` caps the response body. ``total_timeout``: the
    whole exchange ends after so many seconds (None: as the port sees fit, by the other timeouts and the bodies' sizes).
    ``network``: on whose behalf it is sent, which the sandbox needs where networks share a host, and ``world``: which of the
    sandbox's worlds it is for; nothing of either goes out.
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | Stream | None = None
    connect_timeout: float = 5.0
    read_timeout: float = 30.0
    max_bytes: int = 1_048_576
    total_timeout: float | None = None
    network: str = ""
    world: str = ""


@dataclass(frozen=True, slots=True)
class Response:
    """One answer. Header names are lower case; the body is complete."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def whole(request: Request) -> bytes:
    """The body's bytes. Raises what reading a stream raises."""
    body = request.body
    return body if isinstance(body, bytes) else b"".join(body.chunks()) if body else b""


def received(request: Request) -> Request:
    """The request with its whole body, as its network has it before it does anything."""
    return replace(request, body=whole(request)) if isinstance(request.body, Stream) else request


class Http(Protocol):
    """Send once. Thread safe."""

    def send(self, request: Request) -> Response:
        """The answer, whatever its status. Raises NotSent or AnswerLost, nothing else."""


class OutsideHttp(Http, Protocol):
    """The real network, whose guard can be asked before anything is to be sent."""

    def check(self, url: str) -> None:
        """Raises Blocked where the URL itself says that it is not asked. Nothing is sent, and no name looked up: a name that
        leads to a private address is refused when it is asked."""


class HttpFailure(Exception):
    """Root of the failures. The message names host and reason, never headers, query or body."""


class NotSent(HttpFailure):
    """Certainly nothing reached the server: the address was refused by the guard, the name did not resolve, or the
    connection or its TLS handshake failed."""


class Blocked(NotSent):
    """The SSRF guard refused the URL or the address behind it."""


class AnswerLost(HttpFailure):
    """The request may have had its effect: timeout, reset, an answer cut off or over ``max_bytes``."""


class BodyTooLarge(AnswerLost):
    """The answer passed ``max_bytes``."""
