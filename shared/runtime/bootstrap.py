"""The one composition root: settings to ports. Each backend's modules load only when that backend is chosen."""

from __future__ import annotations

import gc
import logging
import os
from functools import cache
from typing import TYPE_CHECKING

from shared.ports.world import Ports
from shared.runtime import logs, people
from shared.runtime.settings import Settings, load, required

if TYPE_CHECKING:
    from shared.runtime.sandbox import SandboxHttp

log = logging.getLogger(__name__)
SUBSCRIBERS = {  # topics and who is called, as functions/manifest.json says for the cloud
    "events": ("record", "notify"),
    "webhooks": ("process",),
    "webhooks-dead": (),  # kept in the store, too: for who wants to be told
}


@cache
def settings() -> Settings:
    """This process's settings, read once. Raises BadSetting."""
    return load(os.environ)


def ports() -> Ports:
    """This process's ports, made once; what needs a network or a file opens on first use."""
    if not gc.isenabled() and _ports.cache_info().currsize:  # the first request has loaded what requests load
        gc.freeze()
        gc.enable()
    return _ports()


@cache
def _ports() -> Ports:
    logs.configure()
    made = embedded(settings()) if settings().backend == "embedded" else gcp(settings())
    return _traced(made, settings()) if settings().traces_endpoint else made


def _traced(made: Ports, chosen: Settings) -> Ports:
    """The ports with traces; without, where what they need cannot be had: they are never a reason not to run."""
    try:
        from shared.runtime import tracing

        return tracing.start(made, chosen)
    except Exception:  # a library that is not in the bundle, a variable of the SDK's own that it cannot read
        log.exception("traces cannot be switched on (docs/observability.md); going on without")
        return made


def sandbox(of: Ports) -> SandboxHttp:
    """The sandbox network behind these ports, for those who make accounts in it."""
    from shared.runtime.sandbox import SandboxHttp

    found = getattr(of.sandbox, "inner", of.sandbox)  # behind its traces, where they are switched on
    if not isinstance(found, SandboxHttp):
        raise TypeError("these ports have no simulated networks")
    return found


def embedded(chosen: Settings) -> Ports:
    """Everything in one folder: SQLite, files, the worker's queue."""
    from shared.backends import indexes
    from shared.backends.embedded.blobs import EmbeddedBlobs
    from shared.backends.embedded.bus import EmbeddedBus
    from shared.backends.embedded.queue import EmbeddedQueue
    from shared.backends.embedded.store import EmbeddedStore
    from shared.backends.embedded.vault import EmbeddedVault
    from shared.backends.live.clock import SystemClock
    from shared.backends.live.http import LiveHttp
    from shared.backends.live.ids import SystemIds
    from shared.runtime.sandbox import SandboxHttp
    from shared.runtime.sandbox_notice import Notice
    from shared.runtime.sandbox_reach import Reach

    home = chosen.home
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    clock, ids = SystemClock(), SystemIds()
    http = LiveHttp(chosen.allow_private_hosts)
    blobs = EmbeddedBlobs(home / "blobs", chosen.public_url, home / "blobs.key", clock)
    queue = EmbeddedQueue(home / "rostrum.sqlite3", clock)
    simulated = EmbeddedStore(home / "sandbox.sqlite3", clock, indexes.load(), durability="normal")
    google = people.simulated(chosen.people, chosen.public_url, home, simulated, clock, ids)
    return Ports(
        store=EmbeddedStore(home / "rostrum.sqlite3", clock, indexes.load()),
        queue=queue,
        bus=EmbeddedBus(home / "rostrum.sqlite3", clock, SUBSCRIBERS),
        vault=EmbeddedVault(home / "vault.key"),
        blobs=blobs,
        http=http,
        sandbox=SandboxHttp(simulated, clock, Reach(blobs, chosen.public_url, http), told=Notice(queue, clock)),
        clock=clock,
        ids=ids,
        public_url=chosen.public_url,
        apps=chosen.apps,
        payments=chosen.selling.payments(clock),
        identity=people.identity(chosen.people, http, clock, google, chosen.public_url),
        default_plan=chosen.selling.default_plan,
        webhooks_url=chosen.webhooks_url,
    )


def gcp(chosen: Settings) -> Ports:
    """Google Cloud. Every client is made at the first call of its port, so that a request loads only what it touches."""
    from shared.backends.gcp.blobs import GcsBlobs
    from shared.backends.gcp.bus import PubSubBus
    from shared.backends.gcp.queue import CloudTasksQueue
    from shared.backends.gcp.store import FirestoreStore
    from shared.backends.gcp.vault import SecretManagerVault
    from shared.backends.live.clock import SystemClock
    from shared.backends.live.http import LiveHttp
    from shared.backends.live.ids import SystemIds
    from shared.runtime.sandbox import SandboxHttp
    from shared.runtime.sandbox_notice import Notice
    from shared.runtime.sandbox_reach import Reach

    required(chosen)
    clock, functions = SystemClock(), chosen.functions_url
    http = LiveHttp(chosen.allow_private_hosts)
    store = FirestoreStore(chosen.project, emulator=chosen.emulators.get("store"))
    tasks = chosen.emulators.get("queue")
    queue = CloudTasksQueue(chosen.project, chosen.region, functions, chosen.invoker, clock, emulator=tasks)
    # Signed for its Content-Type only: clients of the documented API send no other header. Size is checked on verify.
    blobs = GcsBlobs(chosen.bucket, endpoint=chosen.emulators.get("blobs"), strict_uploads=False)
    return Ports(
        store=store,
        queue=queue,
        bus=PubSubBus(chosen.project, emulator=chosen.emulators.get("bus")),
        vault=SecretManagerVault(
            chosen.project, chosen.keyring, clock, mode=chosen.vault, emulator=chosen.emulators.get("vault")
        ),
        blobs=blobs,
        http=http,
        sandbox=SandboxHttp(store, clock, Reach(blobs, chosen.public_url, http), told=Notice(queue, clock)),
        clock=clock,
        ids=SystemIds(),
        public_url=chosen.public_url,
        apps=chosen.apps,
        payments=chosen.selling.payments(clock),
        identity=people.identity(chosen.people, http, clock, None, chosen.public_url),
        default_plan=chosen.selling.default_plan,
        webhooks_url=chosen.webhooks_url,
    )
