"""Dead endpoints, slow ones and eight that are well, in a process with sixteen places: who waits for whom."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from shared.operations.webhooks import delivering, fanning_out, hooks
from shared.ports.http import AnswerLost, Request, Response
from tests.operations.flows import TEST
from tests.operations.webhook_world import happened
from tests.simulation.workers import Workers
from tests.support import memory_ports

PLACES = 16  # as functions/manifest.json says of `deliver`
EVERY = timedelta(seconds=15)  # the events after a burst
WELL = 8
SECONDS = {"dead": 10.0, "slow": 8.0, "well": 0.1}


@dataclass
class Lateness:
    """By kind of endpoint: the seconds of a place that it took, and how late each delivery arrived beyond its own time."""

    busy: dict[str, float] = field(default_factory=lambda: dict.fromkeys(SECONDS, 0.0))
    late: dict[str, list[float]] = field(default_factory=lambda: {kind: [] for kind in SECONDS})
    span: float = 0.0

    def at(self, percent: int) -> float:
        """So many of those that are well arrived at most so late."""
        well = sorted(self.late["well"])
        return well[len(well) * percent // 100]

    def __str__(self) -> str:
        dead, well = self.busy["dead"], self.late["well"]
        return (
            f"{len(well)} deliveries to {WELL} healthy endpoints: p50 {self.at(50):.1f} s, p99 {self.at(99):.1f} s, "
            f"max {max(well):.1f} s late; dead: {dead:.0f} s of a place in {self.span:.0f} s "
            f"({dead / (PLACES * self.span):.2%} of {PLACES} places); slow: {len(self.late['slow'])} delivered, "
            f"{self.busy['slow']:.0f} s of a place"
        )


def told(burst: int, later: int, slow: int) -> Lateness:
    """So many events at once, and then one after the other, to everybody."""
    rig = memory_ports.rig()
    workers = Workers(rig, PLACES, lambda body: delivering.deliver(rig.ports, body))
    seen = Lateness()

    def host(kind: str) -> Callable[[Request], Response]:
        def answer(request: Request) -> Response:
            assert isinstance(request.body, bytes)
            workers.sleep(SECONDS[kind])
            seen.busy[kind] += SECONDS[kind]
            if kind == "dead":
                raise AnswerLost("it did not answer")
            at = datetime.fromisoformat(json.loads(request.body)["created_at"])
            seen.late[kind].append((rig.clock.now() - at).total_seconds() - SECONDS[kind])
            return Response(200, {}, b"")

        return answer

    names = ["dead", *(f"slow{number}" for number in range(slow)), *(f"well{number}" for number in range(WELL))]
    for name in names:
        rig.outside.hosts[f"{name}.example.com"] = lambda _: Response(200, {}, b"")
        wanted = hooks.Subscribe(f"https://{name}.example.com/", ("engagement.spike",), flat=False)
        hooks.subscribe(rig.ports, TEST, wanted)
        rig.outside.hosts[f"{name}.example.com"] = host(name.rstrip("0123456789"))

    began = rig.clock.now()
    for number in range(burst + later):
        if number >= burst:
            workers.run(rig.clock.now() + EVERY)
        happened(rig, number=number)
        message = rig.bus.messages[-1]
        fanning_out.notify(rig.ports, message.data, message.attributes)
    workers.run(rig.clock.now() + timedelta(minutes=30))
    seen.span = (rig.clock.now() - began).total_seconds()
    print(seen)
    assert len(seen.late["well"]) == WELL * (burst + later)
    assert len(seen.late["slow"]) == slow * (burst + later)  # slow is not lost: one after the other
    assert seen.busy["dead"] <= 0.02 * PLACES * seen.span
    return seen


def test_a_dead_and_a_slow_endpoint_keep_nobody_waiting() -> None:
    assert told(burst=40, later=60, slow=1).at(99) <= 5.0


def test_more_slow_endpoints_than_places_keep_nobody_waiting_once_they_are_known_to_be_slow() -> None:
    """They need more than a process has for minutes; half of it is all they get."""
    seen = told(burst=10, later=20, slow=20)
    assert seen.at(60) <= 1.0
    assert seen.at(99) <= 45.0
