"""Waiting a short while: what is told, and when nobody waits."""

from __future__ import annotations

from shared.domain import codec
from shared.domain.posts import Target
from shared.operations import waiting
from tests.api.client import Api, api


def _target(call: Api) -> Target:
    (doc,) = call.stored("targets")
    return codec.decode(Target, doc.data)


def test_what_is_published_meanwhile_is_told_with_its_id() -> None:
    call = api()
    call.post(publish_now=True)
    began = call.rig.clock.now()
    found = waiting.settled(call.rig.ports, _target(call))
    assert found.first is not None
    assert found.first.id.startswith("at://")
    assert (call.rig.clock.now() - began).total_seconds() <= waiting.WAIT


def test_what_is_due_later_is_not_waited_for() -> None:
    call = api()
    call.post(scheduled_at="2027-01-01T00:00:00Z")
    began = call.rig.clock.now()
    assert waiting.settled(call.rig.ports, _target(call)).first is None
    assert call.rig.clock.now() == began


def test_nobody_waits_longer_than_was_said() -> None:
    call = api()
    call.post(publish_now=True)
    call.rig.clock.while_asleep = call.rig.clock.advance
    began = call.rig.clock.now()
    assert not waiting.over(waiting.settled(call.rig.ports, _target(call), within=3))
    assert 2.5 <= (call.rig.clock.now() - began).total_seconds() <= 3.5


def test_few_wait_at_once() -> None:
    call = api()
    call.post(publish_now=True)
    for _ in range(waiting.AT_ONCE):
        assert waiting._seats.acquire(blocking=False)
    try:
        assert waiting.settled(call.rig.ports, _target(call)).first is None
    finally:
        waiting._seats.release(waiting.AT_ONCE)
