"""The world in memory: every port as a strict fake, on a clock that the test moves, failing where the test says.

rig = memory_ports.rig()
account = accounts.connect(rig.ports, caller, ...)
rig.clock.advance(3600)
rig.faults.hook = faults.once(3, "before", lambda: Unavailable("down"))
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from shared.ports.world import Ports
from shared.runtime.simulated_google import SimulatedGoogle
from tests.support import people
from tests.support.faults import Faults
from tests.support.memory_http import Networks, Outside
from tests.support.memory_parts import ManualClock, MemoryBlobs, MemoryBus, MemoryQueue, MemoryVault, SeededIds
from tests.support.memory_store import MemoryStore
from tests.support.simulated import START

PUBLIC_URL = "https://rostrum.test"


@dataclass(frozen=True, slots=True)
class Rig:
    """The ports, and the same fakes by their own types."""

    ports: Ports
    store: MemoryStore
    queue: MemoryQueue
    bus: MemoryBus
    vault: MemoryVault
    blobs: MemoryBlobs
    sandbox: Networks
    outside: Outside
    clock: ManualClock
    faults: Faults
    google: SimulatedGoogle
    issuer: people.TestIssuer


def rig(seed: int = 0, now: datetime = START, apps: Mapping[str, Mapping[str, str]] | None = None) -> Rig:
    """A fresh world. Simulators fetch the sandbox's media files and whatever a blob's download URL serves."""
    faults, clock = Faults(), ManualClock(now)
    store, queue, bus = MemoryStore(faults), MemoryQueue(clock, faults), MemoryBus(faults)
    vault, blobs = MemoryVault(faults), MemoryBlobs(clock, faults)
    outside = Outside(faults)
    sandbox = Networks(clock, faults, blobs.fetch)
    ids = SeededIds(seed, clock)
    google, issuer = people.google_of(clock, seed, PUBLIC_URL), people.TestIssuer(clock)
    outside.hosts[people.JWKS_HOST] = issuer.answer
    who = people.identity_of(outside, clock, google)
    ports = Ports(store, queue, bus, vault, blobs, outside, sandbox, clock, ids, PUBLIC_URL, apps or {}, identity=who)
    return Rig(ports, store, queue, bus, vault, blobs, sandbox, outside, clock, faults, google, issuer)


def ports_for_tests(seed: int = 0, now: datetime = START, apps: Mapping[str, Mapping[str, str]] | None = None) -> Ports:
    """Only the ports of a fresh world."""
    return rig(seed, now, apps).ports
