"""Every function does its work with the ports that its row of the manifest declares, and with no other: in the cloud, what is
not declared is neither shipped nor allowed. Each runs its own ``main.py``, called as the queue, the bus and the schedule do."""

from __future__ import annotations

import base64
import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from werkzeug import Request
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Response

from local.app import functions
from scripts.functions_manifest import rows
from shared.domain import event_types
from shared.operations import accounts
from shared.platforms._graph.webhooks import signature
from shared.ports.bus import Bus, BusUnavailable
from shared.ports.http import Request as Sent
from shared.ports.http import Response as Answer
from shared.ports.world import Ports
from shared.runtime import bootstrap
from shared.runtime.settings import load
from tests.api.client import PHOTO, Api, api
from tests.support import memory_ports

TOKEN, SECRET = "the queue's own", "the app's secret"
PORTS = {"store", "queue", "bus", "vault", "blobs", "http", "clock", "ids"}


class Undeclared(BaseException):
    """A port was used that the function's row does not name: no handler may catch it."""


@dataclass(frozen=True)
class Missing:
    """In the place of a port that is not declared."""

    function: str
    port: str

    def __getattr__(self, name: str) -> Any:
        raise Undeclared(
            f"{self.function} uses {self.port}.{name}: functions/manifest.json declares no {self.port} for it"
        )


class NoBus(Bus):
    """What a function without a bus has in its place: every publication is refused as by a bundle that ships no client."""

    def publish(self, *_: Any) -> str:
        raise BusUnavailable("this function ships no bus")


def declared(ports: Ports, row: Mapping[str, Any]) -> Ports:
    """The ports as this function has them."""
    missing: dict[str, Any] = {name: Missing(row["name"], name) for name in PORTS - {"bus"} - set(row["ports"])}
    if "bus" not in row["ports"]:
        missing["bus"] = NoBus()
    return replace(ports, **missing)


class Installation:
    """All functions of the manifest, each on its own ports, and what calls them: virtual time, real edges."""

    def __init__(self, call: Api, monkeypatch: pytest.MonkeyPatch) -> None:
        self.call, self.rig = call, call.rig
        self.rows = {row["name"]: row for row in rows()}
        self.functions = functions()
        self.ran: Counter[str] = Counter()
        self._heard = 0
        self._patch = monkeypatch
        chosen = load({"INTERNAL_TOKEN": TOKEN})
        monkeypatch.setattr(bootstrap, "settings", lambda: chosen)
        call.serve_on = declared(self.rig.ports, self.rows["api"])

    def run(self, name: str, body: Any, path: str = "/", headers: Mapping[str, str] | None = None) -> Response:
        """One call of one function."""
        ports = declared(self.rig.ports, self.rows[name])
        self._patch.setattr(bootstrap, "ports", lambda: ports)
        given = body if isinstance(body, bytes) else json.dumps(body).encode()
        sent = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json", **(headers or {})}
        environ = EnvironBuilder(path, method="POST", data=given, headers=list(sent.items())).get_environ()
        self.ran[name] += 1
        return self.functions[name](Request(environ))

    def settle(self) -> None:
        """Tasks that are due and messages of the bus, and what follows from them."""
        while True:
            heard, self._heard = self._heard, len(self.rig.bus.messages)
            for message in self.rig.bus.messages[heard:]:
                data = base64.b64encode(json.dumps(message.data).encode()).decode()
                for name in bootstrap.SUBSCRIBERS[message.topic]:
                    self._fine(name, {"message": {"data": data, "attributes": dict(message.attributes)}})
            due = self.rig.queue.take(self.rig.clock.now())
            for task in due:
                self._fine(task.function, dict(task.body))
            if not due and self._heard == len(self.rig.bus.messages):
                return

    def _fine(self, name: str, body: Any) -> None:
        assert self.run(name, body).status_code == 200, name

    def pushed(self, body: bytes) -> None:
        """A network delivers."""
        sent = {"X-Hub-Signature-256": signature(body, SECRET)}
        assert self.run("ingest", body, "/webhooks/facebook", sent).status_code == 200

    def pass_time(self, span: timedelta, every: timedelta = timedelta(minutes=1)) -> None:
        """Let time pass; the schedule calls its functions."""
        end = self.rig.clock.now() + span
        while self.rig.clock.now() < end:
            for name, row in self.rows.items():
                if row["trigger"] == "schedule":
                    self._fine(name, {})
            self.settle()
            self.rig.clock.advance(every.total_seconds())


def receiver(said: list[Any]) -> Callable[[Sent], Answer]:
    def answer(request: Sent) -> Answer:
        assert isinstance(request.body, bytes)
        said.append(json.loads(request.body)["event"])
        return Answer(200, {}, b"")

    return answer


def comment(page: str) -> bytes:
    """Somebody comments on a Page's post, as the network tells it."""
    value = {"item": "comment", "verb": "add", "comment_id": "1_1", "post_id": "1_0", "message": "Hello?"}
    value |= {"from": {"id": "77", "name": "Robin"}, "created_time": 1795348800}  # type: ignore[dict-item]
    change = {"id": page, "time": 1795348800, "changes": [{"field": "feed", "value": value}]}
    return json.dumps({"object": "page", "entry": [change]}).encode()


def test_every_function_works_with_the_ports_that_it_declares(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a workspace's first weeks: posts, people who comment and write, figures, an export, tokens that run out, an endpoint
    that listens and one that is gone."""
    call = api(memory_ports.rig(apps={"facebook": {"client_id": "app", "client_secret": SECRET}}))
    world, heard = Installation(call, monkeypatch), list[str]()
    for host in ("here.example.com", "gone.example.com"):
        call.rig.outside.hosts[host] = receiver(heard)
        body = {"url": f"https://{host}/", "events": list(event_types.by_name())}
        assert call("POST", "/v1/webhooks", body).status == 201
    call.rig.outside.hosts["gone.example.com"] = lambda _: Answer(410, {}, b"")
    media = [{"source_type": "url", "source": PHOTO}]
    call.post("Good morning", ("bluesky", "facebook", "threads", "twitter"), publish_now=True)
    call.post("A picture", ("instagram",), media=media, publish_now=True)
    world.pass_time(timedelta(minutes=3))
    for account in call.accounts.values():
        for kind in ("comment", "message", "mention"):
            call("POST", "/v1/sandbox/events", {"account_id": account, "type": kind, "text": "Is it true?"})
    page = accounts.get(call.rig.ports, call.caller, call.accounts["facebook"]).platform_account_id
    world.pushed(comment(page))
    assert world.run("hand_over", {}).status_code == 200
    assert call("POST", f"/v1/accounts/{call.accounts['bluesky']}/export").status == 202
    world.pass_time(timedelta(minutes=3))
    world.pass_time(timedelta(days=62), every=timedelta(hours=17))
    print(f"calls by function: {dict(world.ran)}; events heard: {dict(Counter(heard))}")
    assert set(world.rows) - {"api"} == set(world.ran)
    told = {"post.published", "comment.received", "dm.received", "export.completed", "webhook.disabled"}
    assert told <= set(heard)
