"""The scheduler of one machine: calls at once, with proof, and survives whatever answers."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from local.scheduler import Scheduler
from shared.ports.http import Request, Response
from tests.support import loopback


def test_every_name_is_called_at_once_with_the_token() -> None:
    got: list[Request] = []
    both = threading.Event()

    def handler(request: Request) -> Response:
        got.append(request)
        if len(got) == 2:
            both.set()
        return Response(200, {}, b"")

    with loopback.serve(handler) as base:
        scheduler = Scheduler(base, "the-token", ("sweep", "other"))
        scheduler.start()
        assert both.wait(5)
        scheduler.stop()
    assert [request.url.rpartition("/")[2] for request in got] == ["sweep", "other"]
    assert {request.method for request in got} == {"POST"}
    assert got[0].headers["Authorization"] == "Bearer the-token"
    assert got[0].body == b"{}"
    assert not scheduler._thread.is_alive()


def test_stopping_what_was_never_started() -> None:
    Scheduler("http://127.0.0.1:1", "t", ()).stop()


@contextmanager
def raw(answer: bytes) -> Iterator[str]:
    """A server that answers every connection with these bytes and closes it."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def run() -> None:
            try:
                while True:
                    connection, _ = server.accept()
                    with connection:
                        connection.recv(65536)
                        connection.sendall(answer)
            except OSError:
                return

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)
        thread.join(5)


BROKEN: list[Callable[[], bytes]] = [
    lambda: b"",
    lambda: b"nonsense\r\n\r\n",
    lambda: b"HTTP/1.1 abc\r\n\r\n",
    lambda: b"HTTP/1.1 200 OK\r\n" + b"X" * 70_000 + b"\r\n\r\n",
    lambda: b"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n",
]


@pytest.mark.parametrize("answer", [make() for make in BROKEN], ids=range(len(BROKEN)))
def test_no_answer_ends_the_scheduler(answer: bytes, caplog: pytest.LogCaptureFixture) -> None:
    """A sweeper that dies of one bad answer would lose posts in silence: it is said, and the next minute comes."""
    with raw(answer) as base:
        Scheduler(base, "t", ("sweep",))._call("sweep")
    assert [record.levelname for record in caplog.records] == ["WARNING"]


def test_nobody_there(caplog: pytest.LogCaptureFixture) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    Scheduler(f"http://127.0.0.1:{port}", "t", ("sweep",))._call("sweep")
    assert caplog.records[0].message == "scheduled function unreachable"
