"""One dead endpoint, one slow one and eight that are well, in a process with sixteen places: who waits for whom."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta

from shared.operations.webhooks import delivering, endpoints, fanning_out
from shared.ports.http import AnswerLost, Request, Response
from tests.operations.flows import TEST
from tests.operations.webhook_world import happened
from tests.simulation.workers import Workers
from tests.support import memory_ports

PLACES = 16  # as functions/manifest.json says of `deliver`
BURST, LATER = 40, 60  # events at once, and then one every fifteen seconds
EVERY = timedelta(seconds=15)
WELL = 8


def test_a_dead_and_a_slow_endpoint_keep_nobody_waiting() -> None:
    rig = memory_ports.rig()
    workers = Workers(rig, PLACES, lambda body: delivering.deliver(rig.ports, body))
    busy = {"dead": 0.0, "slow": 0.0, "well": 0.0}
    late: dict[str, list[float]] = {"dead": [], "slow": [], "well": []}
    seconds = {"dead": 10.0, "slow": 8.0, "well": 0.1}

    def host(kind: str) -> Callable[[Request], Response]:
        def answer(request: Request) -> Response:
            assert isinstance(request.body, bytes)
            workers.sleep(seconds[kind])
            busy[kind] += seconds[kind]
            if kind == "dead":
                raise AnswerLost("it did not answer")
            at = datetime.fromisoformat(json.loads(request.body)["created_at"])
            late[kind].append((rig.clock.now() - at).total_seconds() - seconds[kind])
            return Response(200, {}, b"")

        return answer

    names = ["dead", "slow", *(f"well{number}" for number in range(WELL))]
    for name in names:
        rig.outside.hosts[f"{name}.example.com"] = lambda _: Response(200, {}, b"")
        endpoints.register(rig.ports, TEST, f"https://{name}.example.com/", ["engagement.spike"])
    for name in names:
        rig.outside.hosts[f"{name}.example.com"] = host(name.rstrip("0123456789"))

    began = rig.clock.now()
    for number in range(BURST + LATER):
        if number >= BURST:
            workers.run(rig.clock.now() + EVERY)
        happened(rig, number=number)
        message = rig.bus.messages[-1]
        fanning_out.notify(rig.ports, message.data, message.attributes)
    workers.run(rig.clock.now() + timedelta(minutes=30))
    span = (rig.clock.now() - began).total_seconds()

    well = sorted(late["well"])
    assert len(well) == WELL * (BURST + LATER)
    assert len(late["slow"]) == BURST + LATER  # slow is not lost: one after the other
    p99 = well[len(well) * 99 // 100]
    share = busy["dead"] / (PLACES * span)
    print(
        f"{len(well)} deliveries to {WELL} healthy endpoints: p50 {well[len(well) // 2]:.1f} s, p99 {p99:.1f} s, "
        f"max {well[-1]:.1f} s late; dead: {busy['dead']:.0f} s of a place in {span:.0f} s ({share:.2%} of {PLACES} places); "
        f"slow: {len(late['slow'])} delivered, {busy['slow']:.0f} s of a place"
    )
    assert p99 <= 5.0
    assert share <= 0.02
