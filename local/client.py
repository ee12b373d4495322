"""A small client of the API, as a program would write it: standard library only."""

from __future__ import annotations

import http.client
import json
import socket
import subprocess
import time
import uuid
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin, urlsplit

START = 60.0  # seconds that an installation may take to be ready


class Refused(Exception):
    """The API said no: status, code and message."""


class Client:
    """One connection a call; a fresh Idempotency-Key for every POST."""

    def __init__(self, url: str, key: str) -> None:
        self.url = url
        parts = urlsplit(url)
        self._host, self._port, self._tls = parts.hostname or "", parts.port, parts.scheme == "https"
        self._key = key

    def get(self, path: str) -> Any:
        """The answer's JSON. Raises Refused."""
        return self._call("GET", path)

    def post(self, path: str, body: dict[str, Any]) -> Any:
        """The answer's JSON. Raises Refused."""
        return self._call("POST", path, json.dumps(body).encode(), "application/json")

    def delete(self, path: str) -> Any:
        """The answer's JSON. Raises Refused."""
        return self._call("DELETE", path)

    def upload(self, name: str, content_type: str, data: bytes) -> Any:
        """Upload a file in one request. Raises Refused."""
        mark = uuid.uuid4().hex
        head = f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
        body = f"{head}Content-Type: {content_type}\r\n\r\n".encode() + data + f"\r\n--{mark}--\r\n".encode()
        return self._call("POST", "/v1/media/upload", body, f"multipart/form-data; boundary={mark}")

    def browse(self, url: str) -> Iterator[str]:
        """Open a page as a browser does, following at most five redirects; answers a line per page."""
        for _ in range(5):
            parts = urlsplit(url)
            connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
            try:
                connection.request("GET", f"{parts.path}?{parts.query}")
                answer = connection.getresponse()
                answer.read()
            finally:
                connection.close()
            yield f"{answer.status} {parts.path}"
            url = urljoin(url, answer.headers.get("Location", ""))
            if answer.status not in (302, 303):
                return

    def wait_until_ready(self, process: subprocess.Popen[bytes]) -> None:
        """Ask ``/readyz`` until it answers. Raises Refused when the process ended, or after a minute."""
        for _ in range(int(START / 0.1)):
            try:
                self.get("/readyz")
            except OSError:
                if process.poll() is not None:
                    break
                time.sleep(0.1)
            else:
                return
        raise Refused("the installation did not start")

    def _call(self, method: str, path: str, body: bytes | None = None, content_type: str = "") -> Any:
        kind = http.client.HTTPSConnection if self._tls else http.client.HTTPConnection
        connection = kind(self._host, self._port, timeout=60)
        headers = {"Authorization": f"Bearer {self._key}"} if self._key else {}
        if method == "POST":
            headers |= {"Idempotency-Key": uuid.uuid4().hex, "Content-Type": content_type}
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            text = answer.read()
        finally:
            connection.close()
        parsed = json.loads(text) if text.strip() else {}
        if answer.status >= 400:
            error = parsed.get("error", {})
            raise Refused(f"{method} {path}: {answer.status} {error.get('code')}: {error.get('message')}")
        return parsed


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
