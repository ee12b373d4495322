"""Through the emulators: a task arrives as a POST at its time, again after a 5xx; a message arrives as it was published."""

from __future__ import annotations

import json
import queue as queues
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from google.pubsub_v1 import SubscriberClient
from google.pubsub_v1.services.subscriber.transports import SubscriberGrpcTransport

from shared.ports.queue import Task
from tests.contract.emulators import pubsub, tasks
from tests.contract.emulators.process import Emulator
from tests.contract.ports.gcp_backends import make_bus, make_queue

pytestmark = pytest.mark.emulator
Start = Callable[[Callable[[], Emulator]], Emulator]


class Delivery(NamedTuple):
    """One POST as it came."""

    at: float
    path: str
    headers: dict[str, str]
    body: bytes


class Functions(ThreadingHTTPServer):
    """Where tasks arrive. ``statuses``: answers to the next deliveries; then 200."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Function)
        self.came: queues.Queue[Delivery] = queues.Queue()
        self.statuses: list[int] = []


class _Function(BaseHTTPRequestHandler):
    server: Functions

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.came.put(Delivery(time.time(), self.path, dict(self.headers.items()), body))
        self.send_response(self.server.statuses.pop(0) if self.server.statuses else 200)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def functions() -> Iterator[Functions]:
    server = Functions()
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def task(**changes: Any) -> Task:
    return Task(
        **{"queue": "publish-one", "name": uuid.uuid4().hex, "function": "publish", "body": {"n": 1}, **changes}
    )


def test_a_task_arrives_as_a_post_with_its_body(emulator: Start, functions: Functions, tmp_path: Path) -> None:
    emulator(tasks.running)
    sent = task(body={"target": "tgt_1", "text": "ünï"})
    assert make_queue(tmp_path, f"http://127.0.0.1:{functions.server_port}").enqueue(sent)
    came = functions.came.get(timeout=10)
    assert (came.path, json.loads(came.body)) == ("/publish", sent.body)
    headers = {name.lower(): value for name, value in came.headers.items()}
    assert headers["content-type"] == "application/json"
    assert headers["x-cloudtasks-taskname"] == sent.name


def test_a_task_does_not_arrive_before_its_time(emulator: Start, functions: Functions, tmp_path: Path) -> None:
    emulator(tasks.running)
    at = datetime.now(UTC) + timedelta(seconds=0.7)
    make_queue(tmp_path, f"http://127.0.0.1:{functions.server_port}").enqueue(task(at=at))
    assert functions.came.get(timeout=10).at >= at.timestamp()


def test_a_task_comes_again_after_a_503(emulator: Start, functions: Functions, tmp_path: Path) -> None:
    emulator(tasks.running)
    functions.statuses = [503]
    make_queue(tmp_path, f"http://127.0.0.1:{functions.server_port}").enqueue(task())
    first, second = functions.came.get(timeout=10), functions.came.get(timeout=10)
    assert first.body == second.body


def test_a_message_arrives_as_it_was_published(emulator: Start, tmp_path: Path) -> None:
    import grpc

    address = emulator(pubsub.running).address
    bus = make_bus(tmp_path, ["events"])
    subscriber = SubscriberClient(transport=SubscriberGrpcTransport(channel=grpc.insecure_channel(address)))
    name = f"projects/{bus._project}/subscriptions/test"
    subscriber.create_subscription(request={"name": name, "topic": f"projects/{bus._project}/topics/events"})
    attributes = {"id": "evt_1", "topic": "a name that the client keeps for itself", "data": "another"}
    published = bus.publish("events", {"id": "evt_1", "text": "ünï 🎻"}, attributes)
    (received,) = subscriber.pull(request={"subscription": name, "max_messages": 5}, timeout=10).received_messages
    assert received.message.message_id == published
    assert json.loads(received.message.data) == {"id": "evt_1", "text": "ünï 🎻"}
    assert dict(received.message.attributes) == attributes
    assert received.message.ordering_key == ""
