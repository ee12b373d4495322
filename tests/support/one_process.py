"""All functions over the embedded backends in this process and thread: what the queue holds is delivered when the test says.

Bodies are those that the queue holds, headers those that functions read; the worker's threads and port are missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import Client, TestResponse

from local import first_start
from local.app import App, functions
from shared.backends.embedded.blobs import EmbeddedBlobs
from shared.backends.embedded.database import Database, open_database
from shared.backends.embedded.deliveries import Deliveries, Leased
from shared.operations import callers, workspaces
from shared.ports.world import Ports
from shared.runtime import bootstrap
from shared.runtime.settings import Settings, load

TOKEN = "internal-token"
LEASE = timedelta(minutes=1)


@dataclass
class Here:
    """One installation. ``delivered``: each task and message that was, in order."""

    ports: Ports
    key: str
    account: str
    client: Client
    delivered: list[Leased]
    _database: Database

    def close(self) -> None:
        """Let go of the queue's file; its ports are their maker's."""
        self._database.close(self.client)

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> TestResponse:
        """One request of the workspace's test key; a header's underscores are hyphens."""
        sent = {"Authorization": f"Bearer {self.key}"} | {
            name.replace("_", "-"): text for name, text in headers.items()
        }
        return self.client.open(path, method=method, json=body, headers=sent)

    def drain(self) -> None:
        """Deliver what is due now, and what that makes, until nothing is."""
        queue = Deliveries(self._database)
        while due := self._due(queue):
            for leased in due:
                path = f"/_functions/{leased.function}"
                status = self.client.post(path, data=leased.body, headers=_headers(leased)).status_code
                assert status == 200, (leased, status)
                self.delivered.append(leased)
                queue.succeed(leased, self.ports.clock.now())

    def _due(self, queue: Deliveries) -> list[Leased]:
        now = self.ports.clock.now()
        heads = [name for name, due in queue.heads() if due <= now]
        return [one for name in heads for one in queue.lease(name, now, 50, LEASE)]


def _headers(leased: Leased) -> dict[str, str]:
    made = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
    task = {"X-CloudTasks-QueueName": leased.queue, "X-CloudTasks-TaskName": leased.name}
    return made | task if leased.kind == "task" else made


def settings(folder: Path, env: Mapping[str, str]) -> Settings:
    """Of an installation in this folder."""
    return load({"ROSTRUM_HOME": str(folder), "INTERNAL_TOKEN": TOKEN, **env})


def installed(monkeypatch: pytest.MonkeyPatch, ports: Ports, chosen: Settings, network: str) -> Here:
    """A workspace with one account, served by these ports, which the functions find as their own."""
    monkeypatch.setattr(bootstrap, "settings", lambda: chosen)
    monkeypatch.setattr(bootstrap, "ports", lambda: ports)
    key = workspaces.create(ports, "Here").test.raw
    caller = callers.authenticate(ports, key)
    first_start.connect(ports, bootstrap.sandbox(ports), caller, network, "alice")
    assert isinstance(ports.blobs, EmbeddedBlobs)
    client = Client(App(functions(), ports.blobs, page=TestResponse))  # type: ignore[arg-type]  # nobody looks at it
    here = Here(ports, key, "", client, [], open_database(chosen.home / "rostrum.sqlite3", client))
    here.account = here.call("GET", "/v1/accounts").get_json()["data"][0]["id"]
    return here
