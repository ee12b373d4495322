"""The loopback server itself: what a handler sees, and what a client gets."""

from __future__ import annotations

import pytest
import requests

from shared.platforms.contract import Delayed, Lost
from shared.ports.http import Request, Response
from tests.support import loopback


def echo(request: Request) -> Response:
    body = request.body if isinstance(request.body, bytes) else b""
    return Response(200, {"content-type": "text/plain", "x-url": request.url}, request.method.encode() + b" " + body)


def test_the_handler_sees_the_real_host() -> None:
    """Path and query arrive unchanged below the host that the caller named."""
    with loopback.serve(echo, host="bsky.social") as base:
        answer = requests.get(f"{base}/xrpc/x?a=%20b&a=c", timeout=5)
    assert answer.headers["x-url"] == "https://bsky.social/xrpc/x?a=%20b&a=c"


def test_bodies_arrive_with_and_without_a_length() -> None:
    """A chunked body is as good as one with Content-Length."""
    with loopback.serve(echo) as base:
        sized = requests.post(base, data=b"abc", timeout=5)
        chunked = requests.post(base, data=iter([b"ab", b"c"]), timeout=5)
    assert (sized.content, chunked.content) == (b"POST abc", b"POST abc")


def test_a_lost_answer_is_a_closed_connection() -> None:
    """Lost: the client hears nothing."""

    def lose(request: Request) -> Response:
        raise Lost("on demand")

    with loopback.serve(lose) as base, pytest.raises(requests.ConnectionError):
        requests.post(base, data=b"x", timeout=5)


def test_a_delayed_answer_comes_at_once() -> None:
    """Delayed: tests do not wait on the wall clock."""

    def slow(request: Request) -> Response:
        raise Delayed(Response(201, {}, b"late"), 3600)

    with loopback.serve(slow) as base:
        assert requests.get(base, timeout=5).status_code == 201
