"""What becomes of an event while its endpoint is away, slow, or gone."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook

from shared.domain import webhook_health
from shared.operations.webhooks import (
    deliveries,
    delivering,
    endpoints,
    fanning_out,
    hooks,
    recovering,
    rotating,
    standing,
    tending,
)
from shared.operations.webhooks.endpoints import Change
from shared.ports.queue import QueueUnavailable
from shared.ports.store import Query, Unavailable
from tests.operations.flows import TEST
from tests.operations.webhook_world import Machine, Receiver, all_deliveries, happened
from tests.support import faults, memory_ports
from tests.support.faults import Crash
from tests.support.memory_ports import Rig

HOUR = timedelta(hours=1)


@pytest.fixture
def rig() -> Rig:
    return memory_ports.rig()


def test_one_event_is_tried_ten_times_over_three_days_with_jitter(rig: Rig) -> None:
    receiver, machine = Receiver(rig), Machine(rig)
    endpoint = receiver.register(("engagement.spike",))
    receiver.status = 500
    began = rig.clock.now()
    happened(rig)
    machine.run(timedelta(days=4), sweeping=False)
    [made] = all_deliveries(rig, endpoint)
    assert (made.status, made.next_at, len(made.attempts)) == ("failed", None, webhook_health.TRIES)
    assert (made.attempts[-1].at - began) >= timedelta(hours=75)
    for before, after, delay in zip(made.attempts, made.attempts[1:], webhook_health.DELAYS[1:], strict=False):
        assert delay <= after.at - before.at <= delay * 1.1 + timedelta(seconds=1)
    assert len({name for _, name in receiver.sent}) == 1


def test_a_receiver_that_was_down_for_a_day_gets_every_event_once_it_is_back(rig: Rig) -> None:
    """An event every ten minutes; ids and bytes stay; nothing is lost, and nothing arrives twice."""
    receiver, machine = Receiver(rig), Machine(rig)
    endpoint = receiver.register(("engagement.spike",))
    receiver.status = None
    told = []
    for number in range(144):
        told.append(happened(rig, number=number))
        machine.run(timedelta(minutes=10))
    asked = receiver.asked
    assert receiver.got == {}
    receiver.status = 204
    back = rig.clock.now()
    machine.run(timedelta(minutes=20))
    made = all_deliveries(rig, endpoint)
    assert set(receiver.got) == set(told)
    assert all(len(requests) == 1 for requests in receiver.got.values())
    assert [one.status for one in made] == ["success"] * 144
    bodies = {one.id: one.body for one in made}
    for [request] in receiver.got.values():
        assert isinstance(request.body, bytes)
        assert bodies[request.headers["webhook-id"]] == request.body.decode()
    assert standing.find(rig.ports, TEST.space, endpoint.id).lane_at is None  # type: ignore[union-attr]
    last = max(at for at, _ in receiver.sent) - back
    print(f"down 24 h: 144 events, {asked} requests while down, all 144 delivered once within {last} of its return")


def test_an_event_alone_in_a_day_of_silence_arrives_too(rig: Rig) -> None:
    """Nothing else happens that would show that the receiver is back: the schedule alone brings it."""
    receiver, machine = Receiver(rig), Machine(rig)
    endpoint = receiver.register(("engagement.spike",))
    receiver.status = None
    event = happened(rig)
    machine.run(timedelta(hours=24), sweeping=False)
    receiver.status = 200
    machine.run(timedelta(hours=12))
    assert set(receiver.got) == {event}
    assert all_deliveries(rig, endpoint)[0].status == "success"


def test_without_the_queue_the_sweep_alone_delivers(rig: Rig) -> None:
    """The tasks of the first attempt, of the next ones and of the endpoint are lost; each delivery arrives once."""
    receiver, machine = Receiver(rig), Machine(rig)
    receiver.register(("engagement.spike",))

    def lost(call: str, _: faults.Phase) -> None:
        if call == "queue.enqueue":
            raise QueueUnavailable("down")

    rig.faults.hook = lost
    told = {happened(rig) for _ in range(5)}
    machine.settle()
    assert receiver.asked == 0
    rig.faults.hook = None
    machine.run(timedelta(minutes=3))
    assert set(receiver.got) == told
    assert all(len(one) == 1 for one in receiver.got.values())


def test_a_gone_endpoint_is_switched_off_at_once_and_the_others_are_told(rig: Rig) -> None:
    gone, other, machine = Receiver(rig), Receiver(rig, "other.example.com"), Machine(rig)
    endpoint = gone.register(("engagement.spike",))
    other.register(("webhook.disabled",))
    gone.status = 410
    happened(rig)
    machine.run(timedelta(minutes=5))
    assert gone.asked == 1
    off = endpoints.get(rig.ports, TEST, endpoint.id)
    assert (off.is_active, off.disabled_reason) == (False, "gone")
    [[request]] = other.got.values()
    assert isinstance(request.body, bytes)
    said = json.loads(request.body)
    assert (said["event"], said["data"]["webhook_id"], said["data"]["reason"]) == (
        "webhook.disabled",
        endpoint.id,
        "gone",
    )
    assert "example.com" not in json.dumps(said)
    happened(rig)
    machine.run(timedelta(minutes=5))
    assert gone.asked == 1
    on = endpoints.update(rig.ports, TEST, endpoint.id, Change(is_active=True))
    assert (on.is_active, on.disabled_reason, on.failures) == (True, "", 0)


def test_after_five_days_of_nothing_but_failures_an_endpoint_is_switched_off(rig: Rig) -> None:
    """Told once, with the reason shown; what waited for it is told as failed, and recovered when it is on again."""
    dead, other, machine = Receiver(rig), Receiver(rig, "other.example.com"), Machine(rig)
    endpoint = dead.register(("engagement.spike",))
    other.register(("webhook.disabled",))
    dead.status = 503
    told = []
    for _ in range(6 * 24):
        told.append(happened(rig))
        machine.run(HOUR, sweeping=False)
    off = endpoints.get(rig.ports, TEST, endpoint.id)
    assert (off.is_active, off.disabled_reason) == (False, "failing")
    assert len(other.got) == 1
    assert dead.asked < 24 * 5 * 4 + 60  # at most one in a quarter of an hour, and what came before the lane
    made = all_deliveries(rig, endpoint)
    assert {one.status for one in made} == {"failed"}
    print(f"dead for 5 days: {len(made)} events, {dead.asked} requests")

    dead.status = 200
    since = (rig.clock.now() - timedelta(days=10)).isoformat()
    endpoints.update(rig.ports, TEST, endpoint.id, Change(is_active=True))
    begun = recovering.recover(rig.ports, TEST, endpoint.id, since)
    assert begun.recovery.completed_at is None
    assert recovering.recover(rig.ports, TEST, endpoint.id, since).recovery == begun.recovery  # asked twice, begun once
    machine.run(timedelta(minutes=5))
    after = endpoints.get(rig.ports, TEST, endpoint.id).recovery
    assert after
    assert (after.completed_at is not None, after.queued) == (True, len(made))
    assert set(dead.got) == {one.event_id for one in made}
    assert all(len(one) == 1 for one in dead.got.values())


@pytest.mark.parametrize(("asked", "waited"), [("20", 20.0), ("120", 120.0), ("999999", 6 * 3600.0), ("nonsense", 5.0)])
def test_an_endpoint_that_asks_to_wait_is_waited_for_within_bounds(rig: Rig, asked: str, waited: float) -> None:
    receiver, machine = Receiver(rig), Machine(rig)
    endpoint = receiver.register(("engagement.spike",))
    receiver.status, receiver.headers = 429, {"retry-after": asked}
    began = rig.clock.now()
    happened(rig)
    machine.settle()
    receiver.status = 200
    machine.run(timedelta(hours=7))
    [made] = all_deliveries(rig, endpoint)
    assert [one.status_code for one in made.attempts] == [429, 200]
    assert waited <= (made.attempts[1].at - began).total_seconds() <= waited * 1.1 + 1


def test_a_retry_after_may_be_a_date(rig: Rig) -> None:
    receiver, machine = Receiver(rig), Machine(rig)
    endpoint = receiver.register(("engagement.spike",))
    until = (rig.clock.now() + timedelta(minutes=10)).astimezone(UTC)
    receiver.status, receiver.headers = 503, {"retry-after": until.strftime("%a, %d %b %Y %H:%M:%S GMT")}
    happened(rig)
    machine.settle()
    [made] = all_deliveries(rig, endpoint)
    assert made.next_at
    assert made.next_at >= until.replace(microsecond=0)


def test_a_bad_payload_of_one_event_holds_no_other_event_back(rig: Rig) -> None:
    """An endpoint that answers 500 to one event and 200 to the others stays on the open road."""
    receiver, machine = Receiver(rig), Machine(rig)
    endpoint = receiver.register(("engagement.spike",))
    receiver.status = 500
    bad = happened(rig)
    machine.settle()
    receiver.status = 200
    for _ in range(5):
        happened(rig)
        machine.settle()
    assert len(receiver.got) == 5
    now = standing.find(rig.ports, TEST.space, endpoint.id)
    assert now
    assert (now.failures, now.lane_at) == (0, None)
    machine.run(timedelta(minutes=1))
    assert bad in receiver.got


def test_a_rotated_secret_signs_beside_the_new_one_for_a_day(rig: Rig) -> None:
    live = memory_ports.rig(now=datetime.now(UTC))  # the receiver's library asks the real clock
    receiver, machine = Receiver(live), Machine(live)
    made = endpoints.register(live.ports, TEST, receiver.url, ["engagement.spike"])
    old = made.secret
    rotated = rotating.rotate(live.ports, TEST, made.endpoint.id)
    assert rotated.secret != old
    happened(live)
    machine.settle()
    request = live.outside.sent[-1]
    assert isinstance(request.body, bytes)
    assert len(request.headers["webhook-signature"].split()) == 2
    for secret in (old, rotated.secret):
        Webhook(secret).verify(request.body, dict(request.headers))
    machine.run(timedelta(hours=25))
    happened(live)
    machine.settle()
    assert len(live.outside.sent[-1].headers["webhook-signature"].split()) == 1
    assert standing.find(live.ports, TEST.space, made.endpoint.id).previous == ""  # type: ignore[union-attr]


def test_a_retry_by_hand_is_one_attempt_also_where_the_endpoint_is_off(rig: Rig) -> None:
    receiver, machine = Receiver(rig), Machine(rig)
    endpoint = receiver.register(("engagement.spike",))
    receiver.status = 410
    happened(rig)
    machine.run(timedelta(minutes=2))
    [failed] = all_deliveries(rig, endpoint)
    deliveries.retry(rig.ports, TEST, endpoint.id, failed.id)
    machine.run(HOUR)
    assert [len(one.attempts) for one in all_deliveries(rig, endpoint)] == [2]
    receiver.status = 200
    deliveries.retry(rig.ports, TEST, endpoint.id, failed.id)
    machine.settle()
    assert all_deliveries(rig, endpoint)[0].status == "success"


def test_what_waits_for_an_endpoint_that_is_removed_is_told_as_failed(rig: Rig) -> None:
    receiver, machine = Receiver(rig), Machine(rig)
    endpoint = receiver.register(("engagement.spike",))
    receiver.status = 500
    for _ in range(60):
        happened(rig)
    machine.settle()
    endpoints.delete(rig.ports, TEST, endpoint.id)
    machine.run(timedelta(minutes=1))
    assert {one.status for one in all_deliveries(rig, endpoint)} == {"failed"}
    assert tending.sweep(rig.ports) == 0


def test_a_programs_hook_whose_address_is_gone_is_removed(rig: Rig) -> None:
    """Its program will not unsubscribe it, and nobody would switch it on again; what waits is told as failed."""
    receiver, machine = Receiver(rig), Machine(rig)
    hook = hooks.subscribe(rig.ports, TEST, hooks.Subscribe(receiver.url, ("engagement.spike",))).endpoint
    receiver.status = 500
    for _ in range(20):
        happened(rig)
    machine.settle()
    receiver.status = 410
    machine.run(timedelta(minutes=5))
    assert standing.find(rig.ports, TEST.space, hook.id) is None
    assert {one.status for one in all_deliveries(rig, hook)} == {"failed"}
    body = json.loads(all_deliveries(rig, hook)[0].body)
    assert (body["event"], body["data__post_id"]) == ("engagement.spike", "post_1")


class Dying(Machine):
    """Whoever dies over a task has it delivered again."""

    def settle(self) -> None:
        while due := self.rig.queue.take(self.rig.clock.now()):
            for task in due:
                try:
                    delivering.deliver(self.rig.ports, task.body)
                except (Unavailable, Crash):
                    self.rig.queue.put_back(task)


def _outage(hook: faults.Hook | None) -> tuple[Rig, Receiver, list[str]]:
    """Six events for an endpoint that is away, slow to come back, and then there."""
    rig = memory_ports.rig()
    receiver, machine = Receiver(rig), Dying(rig)
    receiver.register(("engagement.spike",))
    receiver.status = 500
    told = [happened(rig, number=number) for number in range(6)]
    for message in rig.bus.messages:
        fanning_out.notify(rig.ports, message.data, message.attributes)
    rig.faults.calls.clear()
    rig.faults.hook = hook
    machine.run(timedelta(minutes=2), sweeping=False)
    receiver.status = 200
    machine.run(timedelta(minutes=3), sweeping=False)
    rig.faults.hook = None
    machine.run(timedelta(minutes=20))
    return rig, receiver, told


@pytest.mark.parametrize("phase", ["before", "after"])
def test_whoever_dies_while_an_endpoint_is_away_loses_no_event(phase: faults.Phase) -> None:
    """Before or after each call of a port: every event arrives, under one id; twice only where the answer was lost."""
    rig, _, _ = _outage(None)
    calls = len(rig.faults.calls)
    assert calls > 60
    for call in range(phase == "after", calls, 2):
        died, receiver, told = _outage(faults.once(call, phase, Crash))
        assert set(receiver.got) == set(told), call
        assert all(len({one.headers["webhook-id"] for one in got}) == 1 for got in receiver.got.values())
        assert sum(len(got) for got in receiver.got.values()) <= len(told) + 1
        found = died.store.query(Query(f"workspaces/{TEST.space}/deliveries", where=(("status", "==", "success"),)))
        assert len(found) == len(told)
