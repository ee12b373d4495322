"""Rostrum on Google's emulators, put together by its own composition root; every function is a path of a loopback server.

Real: the clients, the store's transactions, the dispatch of tasks over HTTP at their time, the bus, the sealed tokens, the
signed URLs (checked by a gate before the storage emulator). Not real: OIDC, which no emulator sends, so the functions are
entered behind the gate of their edge.
"""

from __future__ import annotations

import json
import threading
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from google.cloud import storage
from google.pubsub_v1 import SubscriberClient
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from local import first_start
from shared.backends.gcp import keyring
from shared.backends.gcp.blobs import GcsBlobs
from shared.backends.gcp.bus import _connect as connect_bus
from shared.backends.gcp.queue import _connect as connect_queue
from shared.domain.callers import Caller
from shared.operations import accounts, callers, workspaces
from shared.operations.publishing.dispatch import queue_of
from shared.platforms import registry
from shared.platforms.contract import Seen
from shared.ports.store import Transaction
from shared.ports.world import Ports
from shared.runtime import bootstrap, settings
from shared.runtime.sandbox import StoreWorld
from tests.contract.emulators import firestore, gcs, pubsub, secrets, signer, tasks
from tests.contract.emulators.process import HOST
from tests.contract.ports import gcp_backends
from tests.e2e import instance

REGION = gcp_backends.LOCATION


class Killed(BaseException):
    """The instance is gone in the midst of its work: no handler may catch it."""


@dataclass
class Cloud:
    """A workspace on the emulators, with an account on each simulated network. ``ports`` may be exchanged.

    ``env``: the settings of another process that is to be an instance of it. ``key``: the workspace's test key.
    """

    ports: Ports
    subscriber: SubscriberClient
    subscription: str
    caller: Caller
    env: Mapping[str, str]
    key: str
    accounts: dict[str, str] = field(default_factory=dict)
    heard: list[dict[str, Any]] = field(default_factory=list)
    killed: int = 0
    counting: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def serve(self, request: Request) -> Response:
        """``/{function}``, as Cloud Run would: an instance that is gone answers with the platform's 5xx."""
        try:
            return instance.run(request.path.strip("/"), request, self.ports)
        except Killed:
            with self.counting:
                self.killed += 1
            return Response("The instance is gone.\n", 503)

    def events(self) -> list[dict[str, Any]]:
        """All that came over the bus so far: at least once each, in no order."""
        from google.api_core.exceptions import DeadlineExceeded

        where = {"subscription": self.subscription}
        with suppress(DeadlineExceeded):  # nothing more waits
            while received := self.subscriber.pull(request={**where, "max_messages": 100}, timeout=2).received_messages:
                self.heard += [json.loads(one.message.data) for one in received]
                self.subscriber.acknowledge(request={**where, "ack_ids": [one.ack_id for one in received]}, timeout=10)
        return self.heard


@contextmanager
def running(vault: str) -> Iterator[Cloud]:
    """A workspace with its accounts, until the block ends. ``vault``: ``secret_manager`` or ``store``.

    Raises EmulatorMissing.
    """
    cloud: list[Cloud] = []

    @Request.application
    def application(request: Request) -> Response:
        return cloud[0].serve(request)

    server = make_server(HOST, 0, application, threaded=True, request_handler=instance.Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    try:
        cloud.append(made(vault, f"http://{HOST}:{server.server_port}"))
        thread.start()
        connect(cloud[0])
        yield cloud[0]
    finally:
        if thread.is_alive():
            server.shutdown()
            thread.join()
        server.server_close()


def made(vault: str, functions_url: str) -> Cloud:
    """A workspace without accounts, whose functions listen there. Raises EmulatorMissing."""
    project = f"e2e-{uuid.uuid4().hex[:12]}"
    gate = gcp_backends._gate(f"http://{gcs.running().address}")
    env = {
        "ROSTRUM_BACKEND": "gcp",
        "PUBLIC_URL": "https://rostrum.example.com",
        "ALLOW_PRIVATE_HOSTS": gate.url.removeprefix("http://"),
        "GOOGLE_CLOUD_PROJECT": project,
        "ROSTRUM_REGION": REGION,
        "ROSTRUM_FUNCTIONS_URL": functions_url,
        "ROSTRUM_FUNCTION": "publish",
        "ROSTRUM_INVOKER": gcp_backends.SIGNER,
        "ROSTRUM_BUCKET": _bucket(),
        "ROSTRUM_VAULT": vault,
        "FIRESTORE_EMULATOR_HOST": firestore.running().address,
        "PUBSUB_EMULATOR_HOST": pubsub.running().address,
        "CLOUD_TASKS_EMULATOR_HOST": tasks.running().address,
        "SECRET_MANAGER_EMULATOR_HOST": secrets.running().address,
        "EMULATED_SIGNER": signer.pem(),
    }
    chosen = settings.load(env)
    _queues(project)
    _keyring(project, chosen.keyring)
    subscriber, subscription = _listening(project)
    # Signing needs a key, which the environment of an emulator lacks: the rest is what bootstrap makes.
    blobs = GcsBlobs(
        chosen.bucket, credentials=gcp_backends.signing_credentials, endpoint=gate.url, strict_uploads=False
    )
    ports = replace(bootstrap.gcp(chosen), blobs=blobs)
    key = workspaces.create(ports, "On emulators").test.raw
    return Cloud(ports, subscriber, subscription, callers.authenticate(ports, key), env, key)


def seen(cloud: Cloud, account_id: str) -> Sequence[Seen]:
    """What the followers of the account see."""
    found = next(one for one in accounts.list_(cloud.ports, cloud.caller) if one.id == account_id)
    network = bootstrap.sandbox(cloud.ports)

    def body(txn: Transaction) -> Sequence[Seen]:
        world = StoreWorld(txn, (found.platform, found.world), datetime.now(UTC), network.fetch)
        return registry.simulator(found.platform).seen(world, found.platform_account_id)

    return cloud.ports.store.transact(body)


def connect(cloud: Cloud) -> None:
    """An account on each network, as ``make run`` connects them."""
    for name in registry.all_names():
        first_start.connect(cloud.ports, bootstrap.sandbox(cloud.ports), cloud.caller, name, "rostrum")
    cloud.accounts = {account.platform: account.id for account in accounts.list_(cloud.ports, cloud.caller)}


def _queues(project: str) -> None:
    client = connect_queue(tasks.running().address)
    parent = f"projects/{project}/locations/{REGION}"
    for name in ("sandbox", *(queue_of(one) for one in registry.all_names())):
        client.create_queue(request={"parent": parent, "queue": {"name": f"{parent}/queues/{name}"}})


def _keyring(project: str, name: str) -> None:
    service = secrets.running()
    service.secrets[f"projects/{project}/secrets/{name}"] = []  # terraform makes it, without a version
    keyring.rotate(project, name, emulator=service.address)


def _listening(project: str) -> tuple[SubscriberClient, str]:
    """A subscription to the events, made before the first of them."""
    import grpc
    from google.pubsub_v1.services.subscriber.transports import SubscriberGrpcTransport

    address, topic = pubsub.running().address, f"projects/{project}/topics/events"
    connect_bus(address).create_topic(request={"name": topic})
    subscriber = SubscriberClient(transport=SubscriberGrpcTransport(channel=grpc.insecure_channel(address)))
    name = f"projects/{project}/subscriptions/e2e"
    subscriber.create_subscription(request={"name": name, "topic": topic})
    return subscriber, name


def _bucket() -> str:
    from google.auth.credentials import AnonymousCredentials

    name, endpoint = f"e2e-{uuid.uuid4().hex[:12]}", {"api_endpoint": f"http://{gcs.running().address}"}
    with storage.Client(project="emulated", credentials=AnonymousCredentials(), client_options=endpoint) as client:
        client.create_bucket(name)
    return name
