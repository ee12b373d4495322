"""A receiver that checks signatures, and a machine that runs what is queued, on the test's own clock."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from shared.domain.callers import Caller
from shared.domain.webhooks import Delivery, Endpoint
from shared.operations import events, telling
from shared.operations.webhooks import delivering, endpoints, fanning_out, tending
from shared.ports.http import NotSent, Request, Response
from tests.operations.flows import TEST
from tests.support.memory_ports import Rig

HOST = "hooks.example.com"


@dataclass
class Receiver:
    """An endpoint of somebody's: ``status`` is what it answers, None: it is down. ``got``: payloads it accepted, by event."""

    rig: Rig
    host: str = HOST
    status: int | None = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    asked: int = 0
    sent: list[tuple[datetime, str]] = field(default_factory=list)
    got: dict[str, list[Request]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.rig.outside.hosts[self.host] = self.answer

    @property
    def url(self) -> str:
        return f"https://{self.host}/in"

    def answer(self, request: Request) -> Response:
        self.asked += 1
        assert isinstance(request.body, bytes)
        said = json.loads(request.body)
        self.sent.append((self.rig.clock.now(), request.headers["webhook-id"]))
        if self.status is None:
            raise NotSent(f"{self.host}: refused")
        if 200 <= self.status < 300:
            self.got.setdefault(said["id"], []).append(request)
        return Response(self.status, self.headers, b"")

    def register(self, names: tuple[str, ...] = ("webhook.disabled",), caller: Caller = TEST) -> Endpoint:
        made = endpoints.register(self.rig.ports, caller, self.url, names).endpoint
        self.asked, self.got, self.sent = 0, {}, []
        return made


def happened(rig: Rig, kind: str = "engagement.spike", **facts: Any) -> str:
    """Something is written into the log and told, as operations do it. The event's id."""
    said = events.written(rig.ports, TEST.space, "post", kind, resource_id="post_1", metadata=facts)
    assert said.data
    said = telling.told(rig.ports, said)
    rig.ports.store.commit([said])
    telling.publish(rig.ports, [said])
    return str(said.data["id"])


class Machine:
    """Runs tasks at their times, messages of the bus as they come, and the sweep every minute."""

    def __init__(self, rig: Rig) -> None:
        self.rig = rig
        self.tasks = 0
        self._swept = rig.clock.now()
        self._heard = len(rig.bus.messages)

    def settle(self) -> None:
        """Everything that is due now, and what follows from it at once."""
        while True:
            heard, self._heard = self._heard, len(self.rig.bus.messages)
            fresh = self.rig.bus.messages[heard:]
            for message in fresh:
                fanning_out.notify(self.rig.ports, message.data, message.attributes)
            due = self.rig.queue.take(self.rig.clock.now())
            for task in due:
                delivering.deliver(self.rig.ports, task.body)
            self.tasks += len(due)
            if not due and not fresh:
                return

    def run(self, span: timedelta, *, sweeping: bool = True) -> None:
        """Let so much time pass."""
        end = self.rig.clock.now() + span
        self.settle()
        while True:
            at = self.rig.queue.next_at() or end
            minute = self._swept + timedelta(minutes=1)
            if sweeping and minute < at:
                at = minute
            if at > end:
                break
            self.rig.clock.move_to(at)
            if sweeping and self.rig.clock.now() >= minute:
                self._swept = self.rig.clock.now()
                tending.sweep(self.rig.ports)
            self.settle()
            if at == end:
                break
        self.rig.clock.move_to(end)


def all_deliveries(rig: Rig, endpoint: Endpoint) -> list[Delivery]:
    """Every delivery of the endpoint, oldest first."""
    from shared.domain import codec
    from shared.ports.store import Query

    where = (("endpoint_id", "==", endpoint.id),)
    docs = rig.ports.store.query(Query(f"workspaces/{endpoint.space}/deliveries", where=where, limit=100_000))  # type: ignore[arg-type]
    return sorted((codec.decode(Delivery, doc.data) for doc in docs), key=lambda one: (one.created_at, one.id))
