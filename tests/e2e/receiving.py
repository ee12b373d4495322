"""A receiver of webhooks on this machine, which keeps what it is sent; and what a real network would push to us."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.contract.emulators.process import HOST


@dataclass
class Receiver:
    """What arrived, in order: headers (lower-case names) and body. ``url`` is where."""

    url: str
    got: list[tuple[Mapping[str, str], bytes]] = field(default_factory=list)


@contextmanager
def receiver(port: int = 0) -> Iterator[Receiver]:
    """Listening on this port (0: on a free one) until the block ends; 200 to everything."""
    made = Receiver("")

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers.get("content-length", 0))
            body = self.rfile.read(length)
            if len(body) < length:  # its sender was killed
                return
            made.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Nothing: a test's output is its own."""

    server = http.server.ThreadingHTTPServer((HOST, port), Handler)
    made.url = f"http://{HOST}:{server.server_port}/hook"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def comment_pushed(page: str, comment: str) -> bytes:
    """A page's new comment (its id), below its post ``1_1``, as the network posts it to ``/webhooks/facebook``; not signed."""
    value: dict[str, object] = {"item": "comment", "verb": "add", "comment_id": comment, "post_id": "1_1"}
    value |= {"message": "Real?", "from": {"id": "77", "name": "Robin"}, "created_time": 1795348800}
    entry = {"id": page, "time": 1795348800, "changes": [{"field": "feed", "value": value}]}
    return json.dumps({"object": "page", "entry": [entry]}).encode()
