"""The outbox: what could not go out after its commit goes out with the minute's sweep, whatever stands before it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from shared.operations import events, telling
from shared.ports.bus import BusUnavailable
from shared.ports.queue import QueueUnavailable
from shared.ports.store import Write
from tests.support import memory_ports
from tests.support.memory_ports import Rig

SPACE = "ws_1.test"
HOUR = 3600.0


@pytest.fixture
def rig() -> Rig:
    return memory_ports.rig()


def left(rig: Rig, **more: Any) -> Write:
    """An entry that its writer did not send."""
    said = telling.told(rig.ports, events.written(rig.ports, SPACE, "post", "post.published", **more))
    rig.store.commit([said])
    return said


def waits(rig: Rig, said: Write) -> datetime | None:
    doc = rig.store.get(said.path)
    assert doc is not None
    at: datetime | None = doc.data["tell_at"]
    return at


def test_entries_that_cannot_be_read_or_sent_keep_nobody_waiting(rig: Rig) -> None:
    """A page full of them in every shard: they are put off, and tried again later."""
    poison = [left(rig) for _ in range(telling.SHARDS * telling.PAGE * 2)]
    rig.store.commit([Write("update", one.path, {"created_at": "yesterday"}) for one in poison[::2]])
    rig.store.commit([Write("update", one.path, {"metadata": {"when": rig.clock.now()}}) for one in poison[1::2]])
    rig.clock.advance(1)
    good = left(rig)
    rig.clock.advance(telling.PATIENCE.total_seconds())
    sent = [telling.sweep(rig.ports) for _ in range(4)]
    assert (sum(sent), waits(rig, good)) == (1, None)
    assert len(rig.bus.messages) == 1
    tried_again = [at - rig.clock.now() for one in poison if (at := waits(rig, one))]
    assert len(tried_again) == len(poison)
    assert min(tried_again).total_seconds() > HOUR / 2


def test_what_the_bus_will_never_take_does_not_fail_what_is_done_already(rig: Rig) -> None:
    """The commit has been made: whoever made it hears nothing of the message."""
    said = left(rig, metadata={"when": rig.clock.now()})
    telling.publish(rig.ports, [said])
    assert rig.bus.messages == []
    assert waits(rig, said)


def test_a_bus_that_lets_everybody_wait_does_not_keep_the_minutes_other_jobs_from_their_turn(rig: Rig) -> None:
    """Each publication takes as long as it may, and fails; so does the queue."""
    for _ in range(50):
        left(rig)
    rig.clock.advance(telling.PATIENCE.total_seconds())
    began = rig.clock.monotonic()

    def away(call: str, phase: str) -> None:
        if call == "bus.publish" and phase == "before":
            rig.clock.advance(15)
            raise BusUnavailable("no answer")
        if call == "queue.enqueue":
            raise QueueUnavailable("no answer")

    rig.faults.hook = away
    assert telling.sweep(rig.ports) == 0
    assert rig.clock.monotonic() - began <= 45
    rig.faults.hook = None
    assert telling.sweep(rig.ports) == 50
