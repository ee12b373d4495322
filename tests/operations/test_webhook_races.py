"""What two workers, or a caller and a worker, do to one endpoint at the same moment; and an endpoint that is only half well."""

from __future__ import annotations

import copy
import json
from datetime import timedelta

import pytest

from shared.domain import webhook_health
from shared.domain.webhooks import OVERLAP, Attempt, Endpoint
from shared.operations import telling
from shared.operations.webhooks import (
    deliveries,
    delivering,
    endpoints,
    fanning_out,
    recovering,
    rotating,
    standing,
    tending,
)
from shared.operations.webhooks.endpoints import Change
from shared.ports.http import Request, Response
from shared.ports.store import Query, Write
from tests.operations.flows import TEST
from tests.operations.webhook_world import Machine, Receiver, all_deliveries, happened
from tests.support import faults, memory_ports
from tests.support.memory_ports import Rig


@pytest.fixture
def rig() -> Rig:
    return memory_ports.rig()


def now(rig: Rig, endpoint: Endpoint) -> Endpoint:
    found = standing.find(rig.ports, endpoint.space, endpoint.id)
    assert found
    return found


def disabled(rig: Rig) -> list[str]:
    """The events that say that an endpoint was switched off: those that were sent."""
    return [one.data["id"] for one in rig.bus.messages if one.attributes["type"] == "webhook.disabled"]


def test_two_attempts_that_meet_the_same_410_switch_off_and_tell_once(rig: Rig) -> None:
    """What the second one would have said was never kept: it is not sent either."""
    receiver, other = Receiver(rig), Receiver(rig, "other.example.com")
    endpoint = receiver.register(("engagement.spike",))
    other.register()
    made = [Attempt(1, rig.clock.now(), 5, webhook_health.GONE) for _ in range(2)]
    for attempt in made:
        standing.settle(rig.ports, endpoint, attempt)
    logged = rig.store.query(
        Query(f"workspaces/{TEST.space}/events", where=(("action", "==", "webhook.disabled"),), limit=9)
    )
    assert [one.id for one in logged] == disabled(rig)
    assert len(logged) == 1


def test_who_switches_an_endpoint_off_during_an_attempt_hears_of_no_failure_that_did(rig: Rig) -> None:
    receiver, other = Receiver(rig), Receiver(rig, "other.example.com")
    endpoint = receiver.register(("engagement.spike",))
    other.register()
    endpoints.update(rig.ports, TEST, endpoint.id, Change(is_active=False))
    standing.settle(rig.ports, endpoint, Attempt(1, rig.clock.now(), 5, 500))
    assert disabled(rig) == []


def _recovering_meanwhile(call: int) -> bool:
    """Somebody asks for a recovery right before that call of the task that looks after the endpoint; whether it makes so many."""
    rig = memory_ports.rig()
    receiver, machine = Receiver(rig), Machine(rig)
    endpoint = receiver.register(("engagement.spike",))
    receiver.status = 410
    event = happened(rig)
    machine.run(timedelta(minutes=2))
    receiver.status = 200
    endpoints.update(rig.ports, TEST, endpoint.id, Change(is_active=True))
    [task] = rig.queue.take(rig.clock.now())
    since = (rig.clock.now() - timedelta(days=1)).isoformat()
    left = call

    def hook(_: str, phase: faults.Phase) -> None:
        nonlocal left
        left -= phase == "before"
        if left < 0:
            rig.faults.hook = None
            recovering.recover(rig.ports, TEST, endpoint.id, since)

    rig.faults.hook = hook
    delivering.deliver(rig.ports, task.body)
    if left >= 0:
        return False
    machine.run(timedelta(minutes=5))
    recovery = now(rig, endpoint).recovery
    assert recovery
    assert recovery.completed_at, call
    assert set(receiver.got) == {event}
    return True


def test_a_recovery_that_begins_while_a_task_ends_is_carried_out() -> None:
    """Whenever it begins: the task that was under way leaves it to the one that was asked for."""
    assert [_recovering_meanwhile(call) for call in range(4)] == [True, True, True, False]


def test_an_endpoint_that_is_moved_to_an_address_that_answers_waits_no_longer(rig: Rig) -> None:
    """The old address had asked for six hours; the new one has answered its ping."""
    old, new, machine = Receiver(rig), Receiver(rig, "new.example.com"), Machine(rig)
    endpoint = old.register(("engagement.spike",))
    old.status, old.headers = 503, {"retry-after": "21600"}
    told = {happened(rig) for _ in range(5)}
    machine.run(timedelta(minutes=1))
    assert now(rig, endpoint).lane_at
    endpoints.update(rig.ports, TEST, endpoint.id, Change(url=new.url))
    machine.run(timedelta(minutes=1))
    assert told <= set(new.got)
    assert now(rig, endpoint).failures == 0


def test_an_endpoint_that_is_off_and_is_moved_stays_off(rig: Rig) -> None:
    old, new = Receiver(rig), Receiver(rig, "new.example.com")
    endpoint = old.register(("engagement.spike",))
    endpoints.update(rig.ports, TEST, endpoint.id, Change(is_active=False))
    endpoints.update(rig.ports, TEST, endpoint.id, Change(url=new.url))
    assert not now(rig, endpoint).is_active
    endpoints.update(rig.ports, TEST, endpoint.id, Change(url=old.url, is_active=True))
    endpoints.update(rig.ports, TEST, endpoint.id, Change(url=new.url, is_active=False))
    assert not now(rig, endpoint).is_active


def test_events_that_an_endpoint_stumbles_over_are_not_used_up_by_those_that_it_takes(rig: Rig) -> None:
    """For six hours it answers 500 to twelve events and 200 to all others, one every ten minutes: whenever one of those is
    accepted, what waits goes out again. None is given up before its three days are over."""
    receiver, machine = Receiver(rig), Machine(rig)
    endpoint = receiver.register(("engagement.spike",))
    answer = receiver.answer

    def stumbles(request: Request) -> Response:
        assert isinstance(request.body, bytes)
        receiver.status = 500 if "stumble" in json.loads(request.body)["data"] else 200
        return answer(request)

    rig.outside.hosts[receiver.host] = stumbles
    told = {happened(rig, stumble=number) for number in range(12)}
    for _ in range(36):
        machine.run(timedelta(minutes=10))
        told.add(happened(rig))
    given_up = [one for one in all_deliveries(rig, endpoint) if one.status == "failed"]
    print(f"12 of 48 events refused for 6 h: {receiver.asked} requests, {len(given_up)} given up")
    assert given_up == []
    rig.outside.hosts[receiver.host], receiver.status = answer, 200
    machine.run(timedelta(days=3))
    assert told == set(receiver.got)


def test_an_endpoint_that_is_switched_on_elsewhere_hears_of_everything_from_then_on(rig: Rig) -> None:
    """A process that has just seen that nobody listens has not forgotten an endpoint that was only off."""
    receiver, machine = Receiver(rig), Machine(rig)
    endpoint = receiver.register(("engagement.spike",))
    endpoints.update(rig.ports, TEST, endpoint.id, Change(is_active=False))
    rig.ports.memory.clear()
    telling.wanted(rig.ports, TEST.space)
    here = copy.deepcopy(rig.ports.memory)
    endpoints.update(rig.ports, TEST, endpoint.id, Change(is_active=True))
    rig.ports.memory.clear()
    rig.ports.memory.update(here)
    assert telling.wanted(rig.ports, TEST.space)
    event = happened(rig)
    machine.settle()
    assert set(receiver.got) == {event}


def test_a_delivery_that_cannot_be_read_holds_none_of_its_endpoint_back(rig: Rig) -> None:
    """While it is slow, when it is well again, when it recovers, and when it is off."""
    receiver, machine = Receiver(rig), Machine(rig)
    endpoint = receiver.register(("engagement.spike",))
    receiver.status = None
    told = [happened(rig, number=number) for number in range(12)]
    machine.run(timedelta(minutes=2))
    held = [one for one in all_deliveries(rig, endpoint) if one.held]
    assert held
    poison = f"workspaces/{TEST.space}/deliveries/{held[0].id}"
    rig.store.commit([Write("update", poison, {"attempts": "none"})])
    receiver.status = 200
    machine.run(timedelta(minutes=30))
    assert set(receiver.got) == set(told) - {held[0].event_id}
    endpoints.update(rig.ports, TEST, endpoint.id, Change(is_active=False))
    machine.run(timedelta(minutes=5))
    assert now(rig, endpoint).wake_at is None


def test_what_was_accepted_is_not_sent_again_because_the_sweep_came_between(rig: Rig) -> None:
    """A task that is late is asked for anew while it is at work: its success counts all the same."""
    receiver, machine = Receiver(rig), Machine(rig)
    endpoint = receiver.register(("engagement.spike",))
    answer = receiver.answer

    def swept_meanwhile(request: Request) -> Response:
        assert tending.sweep(rig.ports) == 1
        return answer(request)

    rig.outside.hosts[receiver.host] = swept_meanwhile
    happened(rig)
    message = rig.bus.messages[-1]
    fanning_out.notify(rig.ports, message.data, message.attributes)
    [task] = rig.queue.take(rig.clock.now())
    rig.clock.advance(60)
    assert delivering.deliver(rig.ports, task.body) == "success"
    rig.outside.hosts[receiver.host] = answer
    machine.run(timedelta(minutes=10))
    assert receiver.asked == 1
    assert [one.status for one in all_deliveries(rig, endpoint)] == ["success"]


@pytest.mark.parametrize("phase", ["before", "after"])
def test_a_test_event_whose_sender_died_comes_to_its_end(rig: Rig, phase: faults.Phase) -> None:
    receiver, machine = Receiver(rig), Machine(rig)
    endpoint = receiver.register()

    def dying(call: str, at: faults.Phase) -> None:
        if (call, at) == ("http.send", phase):
            raise faults.Crash

    rig.faults.hook = dying
    with pytest.raises(faults.Crash):
        deliveries.send_test(rig.ports, TEST, endpoint.id, "comment.received")
    rig.faults.hook = None
    assert [one.status for one in all_deliveries(rig, endpoint)] == ["pending"]
    machine.run(timedelta(minutes=5))
    assert [(one.status, len(one.attempts)) for one in all_deliveries(rig, endpoint)] == [("success", 1)]


def test_two_rotations_at_once_leave_no_secret_behind_but_the_two_that_sign(rig: Rig) -> None:
    receiver = Receiver(rig)
    endpoint = receiver.register()

    def meanwhile(call: str, phase: faults.Phase) -> None:
        if (call, phase) == ("vault.seal", "before"):
            rig.faults.hook = None
            rotating.rotate(rig.ports, TEST, endpoint.id)

    rig.faults.hook = meanwhile
    rotating.rotate(rig.ports, TEST, endpoint.id)
    kept = now(rig, endpoint)
    assert set(rig.vault.secrets) == {kept.sealed, kept.previous}


def test_what_is_sent_again_is_kept_for_as_long_as_something_new(rig: Rig) -> None:
    """On its last day: it is not gone before its endpoint had its three days."""
    receiver, machine = Receiver(rig), Machine(rig)
    endpoint = receiver.register(("engagement.spike",))
    receiver.status = 410
    for number in range(2):
        happened(rig, number=number)
    machine.run(timedelta(minutes=2))
    rig.clock.advance(timedelta(days=29, hours=23).total_seconds())
    receiver.status = 200
    by_hand, _ = all_deliveries(rig, endpoint)
    endpoints.update(rig.ports, TEST, endpoint.id, Change(is_active=True))
    deliveries.retry(rig.ports, TEST, endpoint.id, by_hand.id)
    recovering.recover(rig.ports, TEST, endpoint.id, (rig.clock.now() - timedelta(days=31)).isoformat())
    machine.run(timedelta(minutes=5))
    assert len(receiver.got) == 2
    assert all(one.expire_at > rig.clock.now() + timedelta(days=29) for one in all_deliveries(rig, endpoint))


@pytest.mark.parametrize("call", range(4))
def test_an_endpoint_that_is_switched_off_keeps_nothing_waiting(call: int) -> None:
    """Not even what somebody was about to hold back for it: before each call of the task that has read it while it was on."""
    rig = memory_ports.rig()
    receiver, machine = Receiver(rig), Machine(rig)
    endpoint = receiver.register(("engagement.spike",))
    receiver.status = 500
    for number in range(6):
        happened(rig, number=number)
    machine.run(timedelta(minutes=1))
    assert now(rig, endpoint).lane_at
    happened(rig, number=6)
    message = rig.bus.messages[-1]
    fanning_out.notify(rig.ports, message.data, message.attributes)
    [task] = rig.queue.take(rig.clock.now())
    left = call

    def hook(_: str, phase: faults.Phase) -> None:
        nonlocal left
        left -= phase == "before"
        if left < 0:
            rig.faults.hook = None
            endpoints.update(rig.ports, TEST, endpoint.id, Change(is_active=False))
            machine.settle()

    rig.faults.hook = hook
    delivering.deliver(rig.ports, task.body)
    assert left < 0
    machine.run(timedelta(days=1))
    assert {(one.status, one.held) for one in all_deliveries(rig, endpoint)} == {("failed", False)}


def test_a_secret_that_is_rotated_while_the_one_before_the_last_is_forgotten_goes_on_signing(rig: Rig) -> None:
    receiver, machine = Receiver(rig), Machine(rig)
    endpoint = receiver.register(("engagement.spike",))
    rotating.rotate(rig.ports, TEST, endpoint.id)
    rig.clock.advance(OVERLAP.total_seconds() - 30)

    def hook(call: str, phase: str) -> None:
        if (call, phase) == ("vault.destroy", "before"):
            rig.faults.hook = None
            rotating.rotate(rig.ports, TEST, endpoint.id)

    rig.faults.hook = hook
    machine.run(timedelta(minutes=5))
    assert rig.faults.hook is None
    found = now(rig, endpoint)
    assert found.previous in rig.vault.secrets
    assert len({found.sealed, found.previous}) == 2
    machine.run(OVERLAP + timedelta(minutes=5))
    assert now(rig, endpoint).previous == ""
    assert {*rig.vault.secrets} == {found.sealed}
