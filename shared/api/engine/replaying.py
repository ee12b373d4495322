"""``Idempotency-Key`` around a handler: the kept answer, the claim, or the record in the operation's own commit."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from shared.api.engine.exchange import Exchange, File, Reply
from shared.api.engine.routes import Route
from shared.domain.errors import Broken, RostrumError
from shared.operations import idempotency
from shared.operations.idempotency import AlreadyDone, Answer, Claim, Key
from shared.ports.store import StoreError

REPLAYED = {"Idempotent-Replayed": "true"}
Handler = Callable[[Exchange[Any, Any]], Reply]


def key_of(
    exchange: Exchange[Any, Any], header: str | None, route: Route, given: Mapping[str, Any] | None
) -> Key | None:
    """The request's key, None where the caller sent none or the route keeps none. Raises Invalid."""
    if header is None or route.idempotency == "none" or exchange.who is None:
        return None
    compared: Mapping[str, Any] | bytes = given or {}
    if exchange.file:
        digest = file_digest(exchange.file)
        compared = {**given, "file": digest.hex()} if given else digest
    path = route.path.format(**exchange.path)
    return idempotency.identify(exchange.who, header, f"{route.method} {path}", compared)


def run(exchange: Exchange[Any, Any], route: Route, handler: Handler) -> Reply:
    """The handler's reply, or the one that was given before under the same key. Raises Clash, and what it raises."""
    if exchange.key is None:
        return handler(exchange)
    if route.idempotency == "commit":
        return _committed(exchange, exchange.key, handler)
    return _claimed(exchange, exchange.key, route, handler)


def _committed(exchange: Exchange[Any, Any], key: Key, handler: Handler) -> Reply:
    answer, stale = idempotency.find(exchange.ports, key)
    if answer is not None:
        return _replayed(answer)
    try:
        return handler(replace(exchange, stale=stale) if stale else exchange)
    except AlreadyDone as done:
        return _replayed(done.answer)


def _claimed(exchange: Exchange[Any, Any], key: Key, route: Route, handler: Handler) -> Reply:
    mine = idempotency.claim(exchange.ports, key)
    if isinstance(mine, Answer):
        return _replayed(mine)
    try:
        reply = handler(replace(exchange, ports=mine.repeatable(exchange.ports)))
    except BaseException as error:
        _end(exchange, mine, error)
        raise
    # The effect is there. If its answer cannot be kept, the claim runs out, and the same request is done again.
    with suppress(StoreError):
        idempotency.complete(exchange.ports, mine, Answer(reply.status, reply.encode()), secret=route.secret)
    return reply


def _end(exchange: Exchange[Any, Any], mine: Claim, error: BaseException) -> None:
    """Refused: it may be corrected and sent again. Anything else may have had its effect, and is to find it the next time.

    A claim that stays runs out by itself.
    """
    refused = isinstance(error, RostrumError) and not isinstance(error, Broken)
    with suppress(StoreError):
        (idempotency.release if refused else idempotency.leave)(exchange.ports, mine)


def _replayed(answer: Answer) -> Reply:
    return Reply(answer.status, headers=REPLAYED, raw=answer.body)


def file_digest(file: File) -> bytes:
    """A file as it is compared: name, type and content."""
    digest = hashlib.sha256(f"{file.filename}\x00{file.content_type}\x00".encode())
    for chunk in file.chunks():
        digest.update(chunk)
    file.stream.seek(0)
    return digest.digest()
