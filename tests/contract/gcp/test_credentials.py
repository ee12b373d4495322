"""Without an emulator: the real service's address, the environment's credentials, and their absence as the port's error."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import google.auth
import pytest
from google.auth.credentials import AnonymousCredentials

from shared.backends.gcp import bus, keyring, queue, store
from shared.backends.gcp.blobs import GcsBlobs
from shared.backends.gcp.vault import SecretManagerVault
from shared.ports.blobs import BlobsUnavailable
from shared.ports.bus import BusUnavailable
from shared.ports.queue import QueueUnavailable, Task
from shared.ports.store import Unavailable, Write
from shared.ports.vault import Place, VaultUnavailable
from tests.contract.gcp.clock import StillClock


def enqueue() -> object:
    return queue.CloudTasksQueue("p", "l", "https://f", "a@b", StillClock()).enqueue(Task("q", "n", "f", {}))


CALLS: list[tuple[Callable[[], object], type[Exception]]] = [
    (lambda: store.FirestoreStore("p").get("w/a"), Unavailable),
    (lambda: store.FirestoreStore("p").commit([Write("create", "w/a")]), Unavailable),
    (lambda: store.FirestoreStore("p").transact(lambda tx: tx.get("w/a")), Unavailable),
    (enqueue, QueueUnavailable),
    (lambda: bus.PubSubBus("p").publish("topic", {}, {}), BusUnavailable),
    (lambda: SecretManagerVault("p", "k", StillClock()).seal(Place("w", "a", "f"), b""), VaultUnavailable),
    (lambda: GcsBlobs("b").info("key"), BlobsUnavailable),
    (lambda: GcsBlobs("b").download_url("key", timedelta(minutes=1)), BlobsUnavailable),
]


@pytest.mark.parametrize(("call", "error"), CALLS)
def test_no_credentials_is_the_ports_own_error(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, call: Callable[[], object], error: type[Exception]
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(tmp_path))
    monkeypatch.setenv("NO_GCE_CHECK", "true")  # asks no metadata server
    monkeypatch.delenv("GOOGLE_APPLICATION_CREDENTIALS", raising=False)
    with pytest.raises(error):
        call()


@pytest.fixture
def credentials(monkeypatch: pytest.MonkeyPatch) -> Any:
    made = AnonymousCredentials()
    monkeypatch.setattr(google.auth, "default", lambda *_args, **_options: (made, "project"))
    return made


@pytest.mark.parametrize(
    ("connect", "host"),
    [
        (store._connect, "firestore.googleapis.com:443"),
        (queue._connect, "cloudtasks.googleapis.com:443"),
        (bus._connect, "pubsub.googleapis.com:443"),
        (keyring.connect, "secretmanager.googleapis.com:443"),
    ],
)
def test_without_an_emulator_the_real_service_is_called(
    credentials: Any, connect: Callable[[str | None], Any], host: str
) -> None:
    """The client is made, and not one byte is sent."""
    assert connect(None).transport.host == host


def test_without_an_emulator_blobs_are_cloud_storages(credentials: Any) -> None:
    bucket, _ = GcsBlobs("b")._bucket()
    assert bucket.client._connection.API_BASE_URL == "https://storage.googleapis.com"
