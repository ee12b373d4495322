"""The application of one machine: which path reaches what."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from werkzeug.test import Client
from werkzeug.wrappers import Response

from local import app
from shared.backends.embedded.blobs import EmbeddedBlobs
from tests.support.memory_parts import ManualClock

BASE = "http://localhost"


@pytest.fixture
def blobs(tmp_path: Path) -> EmbeddedBlobs:
    return EmbeddedBlobs(tmp_path / "blobs", BASE, tmp_path / "key", ManualClock())


@pytest.fixture
def client(blobs: EmbeddedBlobs) -> Client:
    def named(name: str) -> app.Function:
        return lambda request: Response(f"{name} {request.path}")

    return Client(
        app.App({name: named(name) for name in ("api", "ingest", "publish", "sweep")}, blobs, lambda: Response("page"))
    )


@pytest.mark.parametrize(
    ("path", "status", "text"),
    [
        ("/v1/posts", 200, "api /v1/posts"),
        ("/", 200, "api /"),
        ("/v1/webhooks", 200, "api /v1/webhooks"),
        ("/webhooks", 200, "api /webhooks"),
        ("/webhooks/x", 200, "ingest /webhooks/x"),
        ("/webhooks/threads/deauthorize", 200, "ingest /webhooks/threads/deauthorize"),
        ("/_functionsx", 200, "api /_functionsx"),
        ("/_functions/publish", 200, "publish /_functions/publish"),
        ("/_functions/sweep", 200, "sweep /_functions/sweep"),
        ("/_functions/api", 404, "No such function.\n"),
        ("/_functions/none", 404, "No such function.\n"),
        ("/_functions/", 404, "No such function.\n"),
    ],
)
def test_paths(client: Client, path: str, status: int, text: str) -> None:
    answer = client.post(path)
    assert (answer.status_code, answer.text) == (status, text)


def test_the_page_of_what_followers_see(client: Client) -> None:
    """To be looked at; everything else at that name is the API's matter."""
    assert client.get("/sandbox").text == "page"
    assert client.post("/sandbox").text == "api /sandbox"
    assert client.get("/sandbox/more").text == "api /sandbox/more"


@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Forwarded-Proto", "Forwarded"])
def test_whoever_comes_through_a_proxy_is_not_on_this_machine(client: Client, header: str) -> None:
    assert client.get("/sandbox", headers={header: "for=127.0.0.1"}).text == "api /sandbox"
    assert client.get("/sandbox", headers={"Host": "rostrum.example.com"}).text == "api /sandbox"


def test_signed_files(client: Client, blobs: EmbeddedBlobs) -> None:
    blobs.put("a", [b"bytes"], "text/plain", 10)
    url = blobs.download_url("a", timedelta(hours=1)).removeprefix(BASE)
    with client.get(url) as answer:
        assert answer.data == b"bytes"
    assert client.get("/_blobs/a").status_code == 403


def test_every_function_of_the_manifest_is_found() -> None:
    rows = json.loads((app.FUNCTIONS / "manifest.json").read_text())
    found = app.functions()
    assert set(found) == {row["name"] for row in rows}
    assert all(callable(function) for function in found.values())
