"""An installation on a virtual clock, every call of every function metered: the api's requests, tasks at their times,
messages of the bus, the schedule's runs. The networks are the simulators."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request as Asked

from bench.cost.meter import Invocation, Meter, metered
from shared.domain.accounts import Account
from shared.domain.callers import Caller, Mode
from shared.operations import housekeeping, publishing, recording, refreshing, sandboxing, subscribing, workspaces
from shared.operations.exports import processing as exporting
from shared.operations.ingesting import processing
from shared.operations.syncing import running
from shared.operations.webhooks import delivering, fanning_out
from shared.platforms import registry
from shared.ports.http import Request, Response
from shared.ports.world import Ports
from shared.runtime import api_edge
from shared.runtime.bootstrap import SUBSCRIBERS
from tests.contract.platforms import samples
from tests.operations import flows
from tests.simulation import run as simulation
from tests.simulation.plans import Plan
from tests.support import memory_ports
from tests.support.memory_http import Networks
from tests.support.memory_ports import Rig

RECEIVER = "receiver.example.com"
Operation = Callable[..., Any]
TASKS: Mapping[str, Operation] = {
    "publish": publishing.advance,
    "subscribe": subscribing.subscribe,
    "hand_over": sandboxing.hand_over,
    "deliver": delivering.deliver,
    "export": exporting.advance,
    "sync": running.advance,
    "refresh": refreshing.refresh,
}
SCHEDULED: Mapping[str, Operation] = {
    "sweep": housekeeping.keep,
    "subscribe_due": sandboxing.due,
    "sync_due": running.hand_out,
    "refresh_due": refreshing.refresh_due,
}
EVENTS: Mapping[str, Operation] = {
    "process": processing.process,
    "record": recording.observe,
    "notify": fanning_out.notify,
}


class Internet(Networks):
    """The simulated networks as the real ones, and a receiver of webhooks that accepts everything."""

    def _send(self, request: Request) -> Response:
        if urlsplit(request.url).hostname == RECEIVER:
            return Response(200, {}, b"")
        return super()._send(request)


@dataclass
class Machine:
    """``ports`` are metered, ``rig.ports`` are not. ``heard``: messages of the bus that were brought already."""

    rig: Rig
    ports: Ports
    meter: Meter
    caller: Caller
    key: str
    heard: int = 0

    def connect(self, name: str) -> Account:
        """An account of this network, connected as a person does; uncounted, with all that follows from it at once."""
        if self.caller.sandbox and registry.manifest(name).oauth.style != "credentials":
            return flows.redirected(self.rig, name, self.caller)
        return simulation.connect(simulation.Run(Plan(()), self.rig, self.rig.ports, self.caller), name)

    def ask(self, method: str, path: str, body: Mapping[str, Any] | None = None, key: str = "") -> Any:
        """A request of the api; its answer. Raises AssertionError where it is refused."""
        headers = [("Authorization", f"Bearer {self.key}"), *([("Idempotency-Key", key)] if key else [])]
        made = EnvironBuilder(path, method=method, headers=headers, json=body)
        with self.meter.function("api"):
            answer = api_edge.run(Asked(made.get_environ()), self.ports)
        made.close()
        said = answer.get_data(as_text=True)
        if answer.status_code >= 300:
            raise AssertionError(f"{method} {path}: {answer.status_code}: {said}")
        return json.loads(said or "{}")

    def scheduled(self, name: str) -> None:
        """One run of a function of the schedule."""
        with self.meter.function(name):
            SCHEDULED[name](self.ports, {})

    def settle(self, seconds: float = 0.0) -> list[Invocation]:
        """All that is due within so much time, and what follows from it; what it took."""
        end = self.rig.clock.now() + timedelta(seconds=seconds)
        while True:
            self._told()
            for task in self.rig.queue.take(self.rig.clock.now()):
                with self.meter.function(task.function):
                    TASKS[task.function](self.ports, dict(task.body))
                self._told()
            at = self.rig.queue.next_at()
            if at is None or at > end:
                self.rig.clock.move_to(end)
                return self.meter.taken()
            self.rig.clock.move_to(at)

    def _told(self) -> None:
        """Every message goes to every subscription of its topic, once."""
        while self.heard < len(self.rig.bus.messages):
            message = self.rig.bus.messages[self.heard]
            self.heard += 1
            for name in SUBSCRIBERS[message.topic]:
                with self.meter.function(name):
                    EVENTS[name](self.ports, message.data, message.attributes)


def machine(mode: Mode = "live") -> Machine:
    """An installation with one workspace, no account and nothing to do. ``mode``: whose accounts are connected; what
    simulated networks push reaches those of ``test`` only."""
    rig, meter = memory_ports.rig(), Meter()
    internet = Internet(rig.clock, rig.faults, lambda url: _fetched(rig, meter, url))
    internet.media.update(samples.served())
    apps = {name: {"client_id": "client", "client_secret": "secret"} for name in registry.all_names()}
    plain = replace(rig.ports, http=internet, sandbox=internet, apps=apps)
    rig = replace(rig, ports=plain, sandbox=internet)
    made = workspaces.create(plain, "Acme")
    key = made.live if mode == "live" else made.test
    return Machine(rig, metered(plain, meter), meter, Caller(made.workspace.id, mode, "key_1"), key.raw)


def _fetched(rig: Rig, meter: Meter, url: str) -> Response | None:
    """A network fetches a file of ours: a read of Cloud Storage, and its bytes leave it."""
    found = rig.blobs.fetch(url)
    if found is not None:
        meter.add("file reads")
        meter.add("bytes sent", len(found.body))
    return found
