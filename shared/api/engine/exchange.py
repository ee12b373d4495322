"""What a handler is given, and what it answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import IO, Any, Generic, TypeVar

from pydantic import BaseModel

from shared.domain.callers import Caller
from shared.domain.errors import Unauthenticated
from shared.operations.idempotency import Answer, Key, Receipt
from shared.ports.world import Ports

B = TypeVar("B")
Q = TypeVar("Q")
R = TypeVar("R")
CHUNK = 256 * 1024


@dataclass(frozen=True, slots=True)
class File:
    """An uploaded file: its announced name and type, and its bytes as they come."""

    filename: str
    content_type: str
    stream: IO[bytes]

    def chunks(self) -> Iterator[bytes]:
        """The bytes from the beginning."""
        self.stream.seek(0)
        while chunk := self.stream.read(CHUNK):
            yield chunk


@dataclass(frozen=True, slots=True)
class Sent:
    """A body as it was sent, with the request's headers (``Content-Type``: spelled so): what a signature is made over."""

    body: bytes
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: a model, raw text (also of another type: ``content_type``; it wins over the model), or nothing."""

    status: int
    body: BaseModel | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    raw: bytes | None = None
    content_type: str = "application/json"

    def encode(self) -> bytes:
        """The body's bytes."""
        if self.raw is not None:
            return self.raw
        return b"" if self.body is None else self.body.model_dump_json(exclude_none=True, by_alias=True).encode()


def kept(reply: Callable[[R], Reply]) -> Callable[[R], Reply]:
    """``reply``, which answers one result once: what stands in the receipt is what the caller gets."""
    made: list[tuple[R, Reply]] = []

    def answer(result: R) -> Reply:
        if not made or made[0][0] is not result:
            fresh = reply(result)
            made[:] = [(result, replace(fresh, raw=fresh.encode()))]
        return made[0][1]

    return answer


@dataclass(frozen=True, slots=True)
class Exchange(Generic[B, Q]):
    """One request, decoded: ``body`` and ``query`` are the route's models, ``path`` its parameters.

    ``args`` are the raw query parameters, for routes whose query is not ours to name (OAuth callbacks); ``cookies`` what
    a browser brought along; ``sent`` the body and the headers as they came, on routes that are ``raw``.
    """

    ports: Ports
    request_id: str
    path: Mapping[str, str]
    body: B
    query: Q
    who: Caller | None = None
    key: Key | None = None
    file: File | None = None
    args: Mapping[str, str] = field(default_factory=dict)
    cookies: Mapping[str, str] = field(default_factory=dict)
    stale: str | None = None
    sent: Sent | None = None

    @property
    def caller(self) -> Caller:
        """Who is calling, on routes that need a key."""
        if self.who is None:
            raise Unauthenticated("auth.not_authenticated", "This needs an API key.")
        return self.who

    def receipt(self, reply: Callable[[Any], Reply]) -> Receipt | None:
        """The idempotency record to write with the effect, None when the caller sent no key."""
        if self.key is None:
            return None

        def encode(result: Any) -> Answer:
            made = reply(result)
            return Answer(made.status, made.encode())

        return Receipt(self.ports, self.key, encode, self.stale)
