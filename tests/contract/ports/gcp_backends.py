"""The Google Cloud backends, each on its emulator and in a project (or bucket) of its own. See ``conftest.py``."""

from __future__ import annotations

import functools
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from google.auth.credentials import AnonymousCredentials
from google.cloud import storage
from google.cloud.tasks_v2 import CloudTasksClient
from google.oauth2 import service_account

from shared.backends.gcp import keyring
from shared.backends.gcp.blobs import GcsBlobs
from shared.backends.gcp.bus import PubSubBus
from shared.backends.gcp.bus import _connect as connect_bus
from shared.backends.gcp.queue import CloudTasksQueue
from shared.backends.gcp.queue import _connect as connect_queue
from shared.backends.gcp.store import FirestoreStore
from shared.backends.gcp.vault import SecretManagerVault
from shared.backends.live.clock import SystemClock
from tests.contract.emulators import firestore, gcs, pubsub, secrets, signer, tasks
from tests.contract.emulators.gcs_gate import Gate
from tests.contract.emulators.process import EmulatorMissing

__all__ = ["EmulatorMissing", "make_blobs", "make_bus", "make_queue", "make_store", "make_vault"]

LOCATION = "europe-west1"
QUEUES = ("publish-one", "publish-two")
SIGNER = signer.EMAIL


def make_store(_folder: Path) -> FirestoreStore:
    """An empty Firestore database with the suite's indexes."""
    from tests.contract.ports.conftest import INDEXES

    return FirestoreStore(_project(), emulator=firestore.running().address, declared=INDEXES)


def make_queue(_folder: Path, functions_base: str = "http://127.0.0.1:9") -> CloudTasksQueue:
    """Queues that deliver to ``functions_base``."""
    address, project = tasks.running().address, _project()
    made = CloudTasksQueue(project, LOCATION, functions_base, SIGNER, SystemClock(), emulator=address)
    make_queues(connect_queue(address), project)
    return made


def make_queues(client: CloudTasksClient, project: str) -> None:
    """The suite's queues in the emulator."""
    parent = f"projects/{project}/locations/{LOCATION}"
    for name in QUEUES:
        client.create_queue(request={"parent": parent, "queue": {"name": f"{parent}/queues/{name}"}})


def make_bus(_folder: Path, topics: Sequence[str]) -> PubSubBus:
    """A project with these topics."""
    address, project = pubsub.running().address, _project()
    client = connect_bus(address)
    for topic in topics:
        client.create_topic(request={"name": f"projects/{project}/topics/{topic}"})
    return PubSubBus(project, emulator=address)


def make_vault(_folder: Path, **options: Any) -> SecretManagerVault:
    """A project whose keyring has its first key."""
    service, project = secrets.running(), _project()
    service.secrets[f"projects/{project}/secrets/keyring"] = []  # terraform makes it, without a version
    keyring.rotate(project, "keyring", emulator=service.address)
    return SecretManagerVault(project, "keyring", SystemClock(), emulator=service.address, **options)


def make_blobs(_folder: Path) -> GcsBlobs:
    """An empty bucket, and a service account key of our own making."""
    url, bucket = f"http://{gcs.running().address}", f"bucket-{uuid.uuid4().hex[:12]}"
    nobody = AnonymousCredentials()
    with storage.Client(project="emulated", credentials=nobody, client_options={"api_endpoint": url}) as client:
        client.create_bucket(bucket)
    return GcsBlobs(bucket, credentials=signing_credentials, endpoint=_gate(url).url)


@functools.cache
def _gate(upstream: str) -> Gate:
    gate = Gate(upstream)
    gate.signers[SIGNER] = signer.public_key()
    return gate


def signing_credentials() -> service_account.Credentials:
    """Credentials with a key that exists in this session only."""
    return signer.credentials(signer.pem())


def _project() -> str:
    return f"p-{uuid.uuid4().hex[:12]}"
