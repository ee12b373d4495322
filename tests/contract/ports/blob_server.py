"""A loopback server that answers the signed URLs of embedded blobs, as ``make run`` does."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from shared.backends.embedded.blobs import EmbeddedBlobs
from shared.backends.embedded.blobs_wsgi import serve


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def serving(make: Callable[[str], EmbeddedBlobs]) -> Iterator[EmbeddedBlobs]:
    """Blobs made for the server's URL, served until the block ends."""
    made: list[EmbeddedBlobs] = []

    @Request.application
    def application(request: Request) -> Response:
        return serve(request, made[0])

    server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    made.append(make(f"http://127.0.0.1:{server.server_port}"))
    try:
        yield made[0]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
