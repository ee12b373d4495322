"""A loopback HTTP server over a function: how a vendor's own SDK is pointed at a simulator.

    with loopback.serve(loopback.simulator("bluesky", world), host="bsky.social") as base_url:
        client = Client(base_url=f"{base_url}/xrpc")

The handler sees the request as if it had been sent to ``https://<host>``: simulators know only real host names. One
request is handled at a time, as a simulator's transaction would have it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any, ClassVar

from shared.platforms import registry
from shared.platforms.contract import Delayed, Lost, World
from shared.ports.http import Request, Response

Handler = Callable[[Request], Response]


def simulator(name: str, world: World) -> Handler:
    """A handler that asks one platform's simulator, for requests to any of its hosts."""
    return lambda request: registry.simulator(name).handle(request, world)


@contextmanager
def serve(handler: Handler, host: str = "") -> Iterator[str]:
    """Serve until the block ends; yields ``http://127.0.0.1:<port>``.

    ``host``: what the handler reads as the request's host (``https://<host>/…``); empty: the loopback address itself.
    A handler that raises Lost closes the connection without an answer; Delayed is answered at once.
    """
    members = {"handler": staticmethod(handler), "host": host, "one_at_a_time": Lock()}
    of_this_server = type("Loopback", (_Loopback,), members)
    server = ThreadingHTTPServer(("127.0.0.1", 0), of_this_server)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Loopback(BaseHTTPRequestHandler):
    """Reads a request, asks ``handler``, writes its answer. A subclass per server carries handler and host."""

    protocol_version = "HTTP/1.1"
    handler: ClassVar[Handler]
    host: ClassVar[str]
    one_at_a_time: ClassVar[AbstractContextManager[Any]]

    def answer(self) -> None:
        request = self.request_as_sent()
        try:
            with self.one_at_a_time:
                response = type(self).handler(request)
        except Lost:
            self.close_connection = True
            return
        except Delayed as delayed:
            response = delayed.response
        self.write(response)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = answer

    def request_as_sent(self) -> Request:
        base = f"https://{self.host}" if self.host else f"http://{self.headers.get('Host', '127.0.0.1')}"
        return Request(self.command, base + self.path, dict(self.headers.items()), self.body())

    def body(self) -> bytes | None:
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            return b"".join(self.chunks())
        length = int(self.headers.get("Content-Length") or 0)
        return self.rfile.read(length) if length else None

    def chunks(self) -> Iterator[bytes]:
        while size := int(self.rfile.readline().split(b";")[0], 16):
            yield self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()

    def write(self, response: Response) -> None:
        self.send_response(response.status)
        for name, value in response.headers.items():
            if name.lower() != "content-length":
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(response.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(response.body)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: a test's output is its own."""
