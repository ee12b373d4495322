"""The bus port: what is accepted, what is refused. Delivery itself is in ``test_embedded_worker``."""

from __future__ import annotations

import pytest

from shared.ports.bus import Bus, BusRefused, Message


def test_a_message_published_twice_has_two_ids(bus: Bus) -> None:
    first = bus.publish("events", {"id": "evt_1"}, {"id": "evt_1", "type": "post.published"})
    second = bus.publish("events", {"id": "evt_1"}, {"id": "evt_1", "type": "post.published"})
    assert first
    assert first != second


def test_a_topic_without_subscribers_takes_messages(bus: Bus) -> None:
    assert bus.publish("quiet", {"ünïcode": ["🎻"]}, {})


def test_unknown_topics_are_refused(bus: Bus) -> None:
    with pytest.raises(BusRefused):
        bus.publish("never-made", {"id": "evt_1"}, {})


def test_messages_over_ten_megabytes_are_refused(bus: Bus) -> None:
    with pytest.raises(BusRefused):
        bus.publish("events", {"text": "x" * 10_000_001}, {})


def test_what_is_refused_is_not_noted_as_published(bus: Bus) -> None:
    noted: list[str] = []
    bus.publish_before([Message("events", {"id": "evt_1"}, {"id": "evt_1"})], lambda: noted.append("first"))
    with pytest.raises(BusRefused):
        bus.publish_before([Message("never-made", {}, {})], lambda: noted.append("second"))
    assert noted == ["first"]
