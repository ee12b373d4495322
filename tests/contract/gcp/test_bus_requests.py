"""What the bus sends to Pub/Sub, and what it makes of answers that the emulator never gives."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import grpc
import pytest
from google.pubsub_v1 import types

from shared.backends.gcp.bus import PubSubBus
from shared.ports.bus import BusRefused, BusUnavailable
from tests.contract.gcp.recorder import Method, Recorder, serve

PUBLISHED = types.PublishResponse(message_ids=["17"])


@pytest.fixture
def server() -> Iterator[Recorder]:
    methods = {"Publish": Method(types.PublishRequest, types.PublishResponse)}
    recorder, running = serve("google.pubsub.v1.Publisher", methods)
    yield recorder
    running.stop(None)


@pytest.fixture
def bus(server: Recorder) -> PubSubBus:
    return PubSubBus("p", emulator=server.address, timeout=2)


def test_one_message_to_the_topic_without_an_ordering_key(server: Recorder, bus: PubSubBus) -> None:
    server.answers["Publish"] = [PUBLISHED]
    assert bus.publish("events", {"n": 1}, {"id": "evt_1"}) == "17"
    (request,) = server.requests["Publish"]
    (message,) = request.messages
    assert (request.topic, message.data, message.ordering_key) == ("projects/p/topics/events", b'{"n":1}', "")
    assert dict(message.attributes) == {"id": "evt_1"}


@pytest.mark.parametrize("code", ["UNAVAILABLE", "INTERNAL", "ABORTED"])
def test_a_lost_answer_is_asked_for_again(server: Recorder, bus: PubSubBus, code: str) -> None:
    """Publication is at least once: consumers deduplicate by the event's id."""
    server.answers["Publish"] = [grpc.StatusCode[code], PUBLISHED]
    assert bus.publish("events", {"n": 1}, {}) == "17"
    assert len(server.requests["Publish"]) == 2


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("NOT_FOUND", BusRefused),
        ("INVALID_ARGUMENT", BusRefused),
        ("PERMISSION_DENIED", BusUnavailable),
        ("DEADLINE_EXCEEDED", BusUnavailable),
    ],
)
def test_errors(server: Recorder, bus: PubSubBus, code: str, error: type[Exception]) -> None:
    server.answers["Publish"] = [grpc.StatusCode[code]]
    with pytest.raises(error):
        bus.publish("events", {"n": 1}, {})


@pytest.mark.parametrize(
    ("data", "attributes"),
    [
        ({"x": datetime(2026, 1, 1, tzinfo=UTC)}, {}),
        ({}, {"n": 1}),
        ({"x": "x" * 10_000_000}, {}),
        ({}, {str(n): "" for n in range(101)}),
    ],
    ids=["json", "attribute", "size", "attributes"],
)
def test_what_can_never_be_published_is_not_sent(server: Recorder, bus: PubSubBus, data: Any, attributes: Any) -> None:
    with pytest.raises(BusRefused):
        bus.publish("events", data, attributes)
    assert not server.requests
