"""What fake-gcs-server leaves out: signed URLs that are checked as Cloud Storage checks them.

A small proxy before it. Requests of the JSON API pass; a request for an object itself needs a V4 signed URL, whose
signature, age and signed headers have to hold: https://cloud.google.com/storage/docs/authentication/canonical-requests
(2026-11). Signed size ranges and generation conditions are enforced on uploads. That a URL signed for GET also serves
HEAD is how we know the service, not a rule that this gate could prove.
"""

from __future__ import annotations

import atexit
import hashlib
import sys
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit

import requests
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from tests.contract.emulators.process import HOST

JSON_API = ("/storage/", "/upload/", "/download/", "/resumable/", "/batch/")
LONGEST = 604_800  # seconds a V4 signed URL may live
NOT_FORWARDED = ("host", "connection", "transfer-encoding", "content-encoding", "content-length", "date", "server")


class Refused(Exception):
    """A request that the service answers with this status and code."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status = status


def check(method: str, url: str, headers: dict[str, str], signers: dict[str, RSAPublicKey]) -> None:
    """Raise Refused unless the signed URL allows this request. ``headers``: lower-case names."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    if query.get("X-Goog-Algorithm") != "GOOG4-RSA-SHA256":
        raise Refused(403, "AccessDenied")
    email, scope = query["X-Goog-Credential"].split("/", 1)
    signed_at = datetime.strptime(query["X-Goog-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    age = int(query["X-Goog-Expires"])
    if not 0 < age <= LONGEST or datetime.now(UTC) >= signed_at + timedelta(seconds=age):
        raise Refused(400, "ExpiredToken")
    names = query["X-Goog-SignedHeaders"].split(";")
    if "host" not in names or any(name not in headers for name in names):
        raise Refused(400, "MalformedSecurityHeader")
    if any(name.startswith("x-goog-") and name not in names for name in headers):
        raise Refused(400, "MalformedSecurityHeader")
    request = _canonical("GET" if method == "HEAD" else method, parts.path, query, {n: headers[n] for n in names})
    digest = hashlib.sha256(request.encode()).hexdigest()
    text = "\n".join(["GOOG4-RSA-SHA256", query["X-Goog-Date"], scope, digest])
    try:
        signers[email].verify(bytes.fromhex(query["X-Goog-Signature"]), text.encode(), PKCS1v15(), hashes.SHA256())
    except (KeyError, ValueError, InvalidSignature):
        raise Refused(403, "SignatureDoesNotMatch") from None


def _canonical(method: str, path: str, query: dict[str, str], headers: dict[str, str]) -> str:
    encoded = [(quote(k, safe=""), quote(v, safe="")) for k, v in query.items() if k != "X-Goog-Signature"]
    pairs = "&".join(f"{k}={v}" for k, v in sorted(encoded))
    lines = "".join(f"{name}:{' '.join(headers[name].split())}\n" for name in sorted(headers))
    return "\n".join([method, path, pairs, lines, ";".join(sorted(headers)), "UNSIGNED-PAYLOAD"])


class Gate(ThreadingHTTPServer):
    """Before the server at ``upstream`` (``http://host:port``). ``signers``: public keys by service account."""

    daemon_threads = True

    def __init__(self, upstream: str) -> None:
        super().__init__((HOST, 0), _Handler)
        self.upstream = upstream
        self.signers: dict[str, RSAPublicKey] = {}
        self.url = f"http://{HOST}:{self.server_port}"
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        atexit.register(self.server_close)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a client that was killed while it asked; of all else, what the server says."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    def check_upload(self, path: str, headers: dict[str, str], size: int) -> None:
        """The conditions that an upload's signed headers set. Raises Refused."""
        low, _, high = headers.get("x-goog-content-length-range", f"0,{size}").partition(",")
        if not int(low) <= size <= int(high):
            raise Refused(400, "EntityTooLarge")
        if headers.get("x-goog-if-generation-match") == "0":
            bucket, key = unquote(path.lstrip("/")).split("/", 1)
            at = f"{self.upstream}/storage/v1/b/{bucket}/o/{quote(key, safe='')}"
            if requests.get(at, timeout=10).status_code == 200:
                raise Refused(412, "PreconditionFailed")


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Gate

    def _pass(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self.rfile.read(int(headers.get("content-length", "0")))
        try:
            if not self.path.startswith(JSON_API):
                check(self.command, self.path, headers, self.server.signers)
                if self.command == "PUT":
                    self.server.check_upload(urlsplit(self.path).path, headers, len(body))
        except Refused as refused:
            self._answer(refused.status, {"Content-Type": "application/xml"}, f"<Code>{refused}</Code>".encode())
            return
        sent = {name: value for name, value in headers.items() if name not in NOT_FORWARDED}
        answer = requests.request(
            self.command, self.server.upstream + self.path, headers=sent, data=body, timeout=30, allow_redirects=False
        )
        self._answer(answer.status_code, dict(answer.headers), answer.content)

    def _answer(self, status: int, headers: dict[str, Any], body: bytes) -> None:
        self.send_response(status)
        length = headers.get("Content-Length", "0") if self.command == "HEAD" else str(len(body))
        for name, value in headers.items():
            if name.lower() not in NOT_FORWARDED:
                self.send_header(name, value)
        self.send_header("Content-Length", length)
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = do_PATCH = _pass

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""
