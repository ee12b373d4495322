"""Signed URLs: what is signed, by whom, and that the gate (which checks as Cloud Storage does) lets nothing else pass."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from google.auth.credentials import Credentials

from shared.backends.gcp.blobs import GcsBlobs
from shared.ports.blobs import BlobsUnavailable
from tests.contract.emulators.process import EmulatorMissing, skip_or_fail
from tests.contract.ports.gcp_backends import SIGNER, make_blobs, signing_credentials

KEY = "t/ws_1.test/med_01"
MINUTES = timedelta(minutes=5)


class Token(Credentials):
    """What a function has on Google Cloud: a token, and no key."""

    def __init__(self) -> None:
        super().__init__()
        self.token = "function-token"
        self.service_account_email = SIGNER

    def refresh(self, request: Any) -> None:
        """Tokens of this test do not expire."""


class Iam(ThreadingHTTPServer):
    """IAM's signBlob, with a real key behind it."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _SignBlob)
        self.asked: list[tuple[str, str]] = []
        self.status = 200


class _SignBlob(BaseHTTPRequestHandler):
    server: Iam

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append((self.path, self.headers["Authorization"]))
        signed = signing_credentials().sign_bytes(base64.b64decode(body["payload"]))
        self.send_response(self.server.status)
        self.end_headers()
        self.wfile.write(json.dumps({"keyId": "k", "signedBlob": base64.b64encode(signed).decode()}).encode())

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def blobs(tmp_path: Path) -> GcsBlobs:
    try:
        return make_blobs(tmp_path)
    except EmulatorMissing as missing:
        skip_or_fail(missing)


@pytest.fixture
def iam() -> Iterator[Iam]:
    server = Iam()
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def query(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def test_real_urls_lead_to_cloud_storage_over_https() -> None:
    """Signing needs no connection."""
    blobs = GcsBlobs("bucket", credentials=signing_credentials)
    url = blobs.download_url(KEY, timedelta(days=7))
    assert url.startswith(f"https://storage.googleapis.com/bucket/{KEY}?")
    asked = query(url)
    assert asked["X-Goog-Algorithm"] == "GOOG4-RSA-SHA256"
    assert asked["X-Goog-Credential"].startswith(f"{SIGNER}/")
    assert asked["X-Goog-Credential"].endswith("/auto/storage/goog4_request")
    assert (asked["X-Goog-Expires"], asked["X-Goog-SignedHeaders"]) == ("604800", "host")
    assert len(bytes.fromhex(asked["X-Goog-Signature"])) == 256


def test_an_upload_url_signs_type_size_and_absence() -> None:
    blobs = GcsBlobs("bucket", credentials=signing_credentials)
    asked = query(blobs.upload_url(KEY, "image/png", 10, MINUTES))
    assert asked["X-Goog-Expires"] == "300"
    assert asked["X-Goog-SignedHeaders"] == "content-type;host;x-goog-content-length-range;x-goog-if-generation-match"


@pytest.mark.emulator
@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({}, b"12345", 200),
        ({}, b"1234567890", 200),
        ({}, b"12345678901", 400),
        ({"Content-Type": "text/html"}, b"12345", 403),
        ({"x-goog-content-length-range": "0,99"}, b"12345", 403),
        ({"x-goog-content-length-range": None}, b"12345", 400),
        ({"x-goog-if-generation-match": None}, b"12345", 400),
        ({"x-goog-acl": "public-read"}, b"12345", 400),
    ],
    ids=["fits", "exactly", "too large", "type", "size changed", "size left out", "absence left out", "extra header"],
)
def test_uploads_that_pass_and_that_do_not(blobs: GcsBlobs, headers: dict[str, Any], body: bytes, status: int) -> None:
    url = blobs.upload_url(KEY, "image/png", 10, MINUTES)
    merged = {**blobs.upload_headers("image/png", 10), **headers}
    sent = {name: value for name, value in merged.items() if value is not None}
    assert requests.put(url, data=body, headers=sent, timeout=10).status_code == status
    assert (blobs.info(KEY) is not None) == (status == 200)


@pytest.mark.emulator
def test_uploads_may_be_left_to_callers_that_send_a_content_type_only(blobs: GcsBlobs) -> None:
    plain = GcsBlobs(blobs._name, credentials=signing_credentials, endpoint=blobs._endpoint, strict_uploads=False)
    assert plain.upload_headers("image/png", 10) == {"Content-Type": "image/png"}
    url = plain.upload_url(KEY, "image/png", 10, MINUTES)
    assert requests.put(url, data=b"x", headers={"Content-Type": "text/html"}, timeout=10).status_code == 403
    assert requests.put(url, data=b"x", headers={"Content-Type": "image/png"}, timeout=10).status_code == 200


@pytest.mark.emulator
def test_a_url_is_for_its_method_key_and_signature(blobs: GcsBlobs) -> None:
    blobs.put(KEY, [b"secret"], "text/plain", 10)
    blobs.put(f"{KEY}2", [b"other"], "text/plain", 10)
    url = blobs.download_url(KEY, MINUTES)
    assert requests.get(url, timeout=10).content == b"secret"
    assert requests.delete(url, timeout=10).status_code == 403
    assert requests.put(url, data=b"x", timeout=10).status_code == 403
    assert requests.get(url.replace("med_01?", "med_012?"), timeout=10).status_code == 403
    assert requests.get(url.replace("Expires=300", "Expires=604800"), timeout=10).status_code == 403
    assert requests.get(url.split("?", maxsplit=1)[0], timeout=10).status_code == 403


@pytest.mark.emulator
def test_without_a_key_iam_signs(blobs: GcsBlobs, iam: Iam) -> None:
    at = {"endpoint": blobs._endpoint, "iam": f"http://127.0.0.1:{iam.server_port}"}
    keyless = GcsBlobs(blobs._name, credentials=Token, **at)  # type: ignore[arg-type]
    blobs.put(KEY, [b"secret"], "text/plain", 10)
    assert requests.get(keyless.download_url(KEY, MINUTES), timeout=10).content == b"secret"
    assert iam.asked == [(f"/v1/projects/-/serviceAccounts/{SIGNER}:signBlob", "Bearer function-token")]
    iam.status = 403
    with pytest.raises(BlobsUnavailable):
        keyless.download_url(KEY, MINUTES)


def test_a_storage_that_is_not_there_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.backends.gcp.blobs.SECONDS", 0.1)
    blobs = GcsBlobs("bucket", credentials=signing_credentials, endpoint="http://127.0.0.1:9")
    with pytest.raises(BlobsUnavailable) as raised:
        blobs.info(KEY)
    assert "127.0.0.1" not in str(raised.value)
