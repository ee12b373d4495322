"""Every bundle starts under functions-framework with nothing but its own requirements, answers, and imports no more than
it needs: what is imported is what a cold start costs."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from scripts.functions_manifest import rows
from shared.platforms import names
from tests.functions.bundles import Running, started, unpack

pytestmark = pytest.mark.xdist_group("bundles")  # one worker starts each function once
TOKEN = "internal-token-of-this-test"
CLIENTS = {
    "store": "google.cloud.firestore_v1",
    "queue": "google.cloud.tasks_v2",
    "bus": "google.pubsub_v1",
    "vault": "google.cloud.secretmanager",
    "blobs": "google.cloud.storage",
}
# On the embedded backends no function needs a cloud's client; and no platform before it is asked for.
NEVER = (
    "grpc",
    "google.api_core",
    "google.auth",
    "shared.backends.gcp",
    "PIL",
    *CLIENTS.values(),
    *(f"shared.platforms.{folder}" for folder in names.NAMES.values()),
)
# Who tells callers asks no network, reads no log and sells nothing: that would be a sixth of what it loads.
ASKING = ("shared.operations.inbox.completing", "shared.operations.event_pages", "shared.ports.payments")
FORBIDDEN = {
    "api": NEVER,
    "publish": (*NEVER, "shared.api", "pydantic"),
    "sweep": (*NEVER, "shared.api", "pydantic"),
    "ingest": (*NEVER, "shared.api", "pydantic"),
    "process": (*NEVER, "shared.api", "pydantic"),
    "subscribe_due": (*NEVER, "shared.api", "pydantic"),
    "subscribe": (*NEVER, "shared.api", "pydantic"),
    "hand_over": (*NEVER, "shared.api", "pydantic"),
    "notify": (*NEVER, *ASKING, "shared.api", "pydantic"),
    "record": (*NEVER, *ASKING, "shared.api", "pydantic"),
    "deliver": (*NEVER, *ASKING, "shared.api", "pydantic"),
    "export": (*NEVER, "shared.api", "pydantic", "xlsxwriter"),
    "sync_due": (*NEVER, "shared.api", "pydantic", "xlsxwriter"),
    "sync": (*NEVER, "shared.api", "pydantic", "xlsxwriter"),
    "refresh_due": (*NEVER, "shared.api", "pydantic"),
    "refresh": (*NEVER, "shared.api", "pydantic"),
}
GOOGLE = {
    "ROSTRUM_BACKEND": "gcp",
    "GOOGLE_CLOUD_PROJECT": "some-project",
    "ROSTRUM_REGION": "europe-west1",
    "ROSTRUM_FUNCTIONS_URL": "https://functions.invalid",
    "ROSTRUM_FUNCTION": "api",
    "ROSTRUM_INVOKER": "invoker@some-project.iam.gserviceaccount.com",
    "ROSTRUM_BUCKET": "some-bucket",
}
STRANGERS = {"api": ("/v1/accounts", 401), "ingest": ("/webhooks/facebook", 503)}  # what public functions answer them
Start = Callable[[str], Running]


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], tuple[Path, Path]]:
    """Bundle and site of a folder, built once."""
    known: dict[str, tuple[Path, Path]] = {}

    def of(folder: str) -> tuple[Path, Path]:
        if folder not in known:
            known[folder] = unpack(folder, tmp_path_factory.mktemp(folder))
        return known[folder]

    return of


@pytest.fixture(scope="module")
def start(unpacked: Callable[[str], tuple[Path, Path]], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Start]:
    """An entry point of the manifest in its own process on the embedded backends, one home for all; started once."""
    home = tmp_path_factory.mktemp("home")
    settings = {"ROSTRUM_BACKEND": "embedded", "ROSTRUM_HOME": str(home / "state"), "INTERNAL_TOKEN": TOKEN}
    folder_of = {row["entry_point"]: row["folder"] for row in rows()}
    known: dict[str, Running] = {}
    with ExitStack() as stack:

        def of(entry_point: str) -> Running:
            if entry_point not in known:
                places = unpacked(folder_of[entry_point])
                known[entry_point] = stack.enter_context(started(places, entry_point, settings, home))
            return known[entry_point]

        yield of


def loaded(running: Running, prefixes: tuple[str, ...]) -> set[str]:
    """The imported modules that are one of the prefixes, or lie under one."""
    return {m for m in running.imported() if any(m == p or m.startswith(f"{p}.") for p in prefixes)}


def test_the_api_is_healthy(start: Start) -> None:
    running = start("api")
    assert running.ask("/readyz").status == 200, running.last_words()


def test_the_api_asks_a_stranger_for_a_key(start: Start) -> None:
    running = start("api")
    answer = running.ask("/v1/accounts")
    assert answer.status == 401, running.last_words()
    body = answer.json()
    assert isinstance(body, dict)
    assert set(body) == {"error", "request_id"}


@pytest.mark.parametrize("entry_point", [row["entry_point"] for row in rows() if row["trigger"] != "http"])
def test_an_internal_endpoint_turns_a_stranger_away(start: Start, entry_point: str) -> None:
    running = start(entry_point)
    assert running.ask("/", "POST", b"{}").status == 403, running.last_words()


def test_a_sweep_over_an_empty_store_succeeds(start: Start) -> None:
    request = Request(start("sweep").url, method="POST", data=b"{}", headers={"Authorization": f"Bearer {TOKEN}"})
    with urlopen(request, timeout=30) as response:
        assert response.status == 200


def test_a_message_of_the_bus_is_taken_and_noise_is_not(start: Start) -> None:
    data = {"id": "evt_1", "type": "post.published", "at": "2026-11-22T18:00:00+00:00", "post_id": "post_1"}
    said = {"id": "evt_1", "type": "post.published", "space": "ws_1.test"}
    message = {"data": base64.b64encode(json.dumps(data).encode()).decode(), "attributes": said, "messageId": "1"}
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
    for body in ({"message": message}, {"message": message}, {"message": {**message, "attributes": {}}}):
        request = Request(start("record").url, method="POST", data=json.dumps(body).encode(), headers=headers)
        with urlopen(request, timeout=30) as response:
            assert response.status == 200


@pytest.mark.parametrize("entry_point", [row["entry_point"] for row in rows()])
def test_nothing_is_imported_that_is_not_needed(start: Start, entry_point: str) -> None:
    running = start(entry_point)
    running.ask("/readyz" if entry_point == "api" else "/", "GET" if entry_point == "api" else "POST")
    assert loaded(running, ("functions_framework",)), "the list of imports was not read"
    assert not loaded(running, FORBIDDEN[entry_point])


@pytest.mark.parametrize("entry_point", [row["entry_point"] for row in rows()])
def test_on_google_cloud_a_stranger_loads_no_client(
    unpacked: Callable[[str], tuple[Path, Path]], tmp_path: Path, entry_point: str
) -> None:
    folder = next(str(row["folder"]) for row in rows() if row["entry_point"] == entry_point)
    with started(unpacked(folder), entry_point, GOOGLE, tmp_path) as running:
        path, status = STRANGERS.get(entry_point, ("/", 403))
        answer = running.ask(path) if entry_point in STRANGERS else running.ask("/", "POST", b"{}")
        assert answer.status == status, running.last_words()
        assert loaded(running, ("shared.runtime.bootstrap",)), "the list of imports was not read"
        assert not loaded(running, ("grpc", "shared.backends.embedded", *CLIENTS.values()))


@pytest.mark.parametrize("row", rows(), ids=lambda row: row["name"])
def test_a_bundle_can_import_the_clients_of_its_ports(
    unpacked: Callable[[str], tuple[Path, Path]], row: dict[str, object]
) -> None:
    bundle, site = unpacked(str(row["folder"]))
    ports = row["ports"]
    assert isinstance(ports, list)
    code = "; ".join(f"import {CLIENTS[port]}" for port in ports if port in CLIENTS)
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(site)}
    done = subprocess.run(
        [sys.executable, "-S", "-c", code], cwd=bundle, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_the_api_ships_no_bus(unpacked: Callable[[str], tuple[Path, Path]]) -> None:
    _, site = unpacked("api")
    assert (site / "google" / "cloud").exists()
    assert not list(site.glob("google/pubsub*"))
    assert not list(site.glob("google/cloud/pubsub*"))


def test_networks_that_nobody_set_up_are_not_believed(start: Start) -> None:
    """Last of its function: from here on, folders of networks are loaded."""
    running = start("ingest")
    asked = [running.ask(f"/webhooks/{name}", "POST", b"{}").status for name in ("facebook", "x", "bluesky", "nobody")]
    assert asked == [503, 503, 404, 404], running.last_words()
    assert running.ask("/webhooks/facebook", "POST", b"x" * 1_000_001).status == 413
