"""Webhooks of the simulated networks on their way: kept until they are handed over, through a crash, in order, at their time."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from shared.backends import indexes
from shared.backends.embedded.store import EmbeddedStore
from shared.operations import sandboxing
from shared.platforms import _pushes
from shared.platforms.contract import Push
from shared.platforms.happenings import Happening
from shared.ports.queue import QueueUnavailable
from shared.ports.store import Query, Unavailable, Write
from shared.ports.world import Ports
from shared.runtime.sandbox import SandboxHttp, StoreWorld
from shared.runtime.sandbox_notice import Notice
from tests.support import memory_ports
from tests.support.memory_ports import Rig

NETWORK = "google_business"


@dataclass
class Stage:
    """A world whose simulated networks live in a file, with an account on one of them."""

    rig: Rig
    ports: Ports
    store: EmbeddedStore
    sandbox: SandboxHttp
    place: str

    def review(self, count: int = 1) -> None:
        for number in range(count):
            self.sandbox.happen(NETWORK, self.place, Happening("review", f"Review {number}"))

    def kept(self) -> list[dict[str, Any]]:
        """The raw events that arrived."""
        return [data for path, data in self.rig.store.everything() if path.startswith("webhook_events/")]

    def hand_over(self) -> int:
        return sandboxing.hand_over(self.ports, {})


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    rig = memory_ports.rig()
    store = EmbeddedStore(tmp_path / "sandbox.sqlite3", rig.clock, indexes.load(), durability="normal")
    sandbox = SandboxHttp(store, rig.clock, lambda url: None, told=Notice(rig.queue, rig.clock))
    sandbox.seed(NETWORK, "rostrum")
    place = next(doc.path.rsplit("/", 1)[1] for doc in store.query(_places()))
    return Stage(rig, replace(rig.ports, sandbox=sandbox), store, sandbox, place)


def _places() -> Query:
    return Query(f"simulators/{NETWORK}/gbp.place")


def test_what_is_sent_asks_for_a_task_and_arrives_once(stage: Stage) -> None:
    stage.review(3)
    tasks = stage.rig.queue.take(stage.rig.clock.now())
    assert [(task.queue, task.function) for task in tasks] == [("sandbox", "hand_over")] * 3
    assert len({task.name for task in tasks}) == 3
    assert [stage.hand_over() for _ in range(2)] == [3, 0]
    assert len(stage.kept()) == 3
    assert {one["signed_by"] for one in stage.kept()} == {"sandbox"}


def test_more_than_are_kept_to_look_at_arrive_all(stage: Stage) -> None:
    stage.review(_pushes.KEPT + sandboxing.PAGE + 1)
    assert stage.hand_over() == _pushes.KEPT + sandboxing.PAGE + 1
    assert len(stage.kept()) == _pushes.KEPT + sandboxing.PAGE + 1


def test_a_crash_between_loses_nothing_and_doubles_nothing(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process dies after some were kept, before that was noted: they are handed over again, and are the same."""
    stage.review(4)

    def dies(keys: Sequence[str]) -> None:
        raise Unavailable("the process is gone")

    with monkeypatch.context() as patched:
        patched.setattr(stage.sandbox, "handed", dies)
        with pytest.raises(Unavailable):
            stage.hand_over()
    assert len(stage.kept()) == 4
    assert stage.hand_over() == 4
    assert len(stage.kept()) == 4


def test_a_request_that_failed_sends_nothing(stage: Stage) -> None:
    with pytest.raises(LookupError):
        stage.sandbox.happen(NETWORK, "nobody", Happening("review", "Hello?"))
    assert stage.hand_over() == 0
    assert not stage.rig.queue.take(stage.rig.clock.now())


def test_without_the_queue_the_schedule_hands_over(stage: Stage) -> None:
    stage.rig.faults.hook = _queue_down
    stage.review()
    stage.rig.faults.hook = None
    sent, _ = sandboxing.due(stage.ports, {})
    assert sent == 1


def test_what_goes_out_later_waits_for_its_time_and_keeps_nobody_waiting(stage: Stage) -> None:
    later = Push("later", stage.rig.clock.now() + timedelta(minutes=5), {}, b"later")

    def body(txn: Any) -> None:
        world = StoreWorld(txn, (NETWORK, ""), stage.rig.clock.now(), lambda url: None)
        _pushes.append(world, later)
        world.flush()

    stage.store.transact(body)
    stage.review()
    assert stage.hand_over() == 1
    stage.rig.clock.advance(301)
    assert stage.hand_over() == 1


def test_a_webhook_that_leads_nowhere_keeps_nobody_waiting(stage: Stage) -> None:
    entry = {"id": "x", "at": stage.rig.clock.now().isoformat(), "headers": {}, "body": "", "path": "nowhere"}
    lost = {"json": json.dumps(entry), "due_at": stage.rig.clock.now()}
    stage.store.commit([Write("set", f"simulators/{NETWORK}/{_pushes.OUTBOX}/0", lost)])
    stage.review()
    assert stage.hand_over() == 2
    assert len(stage.kept()) == 1
    assert stage.hand_over() == 0


def _queue_down(call: str, phase: str) -> None:
    if call == "queue.enqueue":
        raise QueueUnavailable("down")


def test_what_happens_in_one_world_is_told_in_that_one_only(stage: Stage) -> None:
    """Two workspaces whose people have the same names, and so the same ids."""
    worlds = ("ws_1.test", "ws_2.test")
    for world in worlds:
        stage.sandbox.seed(NETWORK, "rostrum", world)
        stage.sandbox.happen(
            NETWORK, stage.place, Happening("review", "Of the first." if world == worlds[0] else "!"), world
        )
    waiting = stage.sandbox.waiting(10)
    assert sorted((one.platform, one.world) for one in waiting) == [(NETWORK, world) for world in worlds]
    assert stage.hand_over() == 2
    assert sorted(one["world"] for one in stage.kept()) == list(worlds)
