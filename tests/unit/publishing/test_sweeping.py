"""The sweeper makes the queue's work true, and telling the end happens at least once, under one id."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

import pytest

from shared.domain.posts import target_path
from shared.domain.states import State
from shared.operations import publishing
from shared.operations.posts import creating
from shared.operations.posts.commands import CreatePost, TargetOrder
from shared.operations.publishing import sweeping
from shared.platforms.contract import Published
from shared.ports.bus import BusUnavailable
from shared.ports.queue import QueueUnavailable
from shared.ports.store import Unavailable, Write
from tests.operations import flows
from tests.support import memory_ports
from tests.support.faults import Hook
from tests.support.memory_store import MemoryStore
from tests.unit.publishing.scripted import Stage


def test_a_queue_that_loses_everything(stage: Stage) -> None:
    """Every task is lost: the sweeper alone publishes, within 75 seconds."""
    stage.rig.faults.hook = _failing("queue.enqueue", QueueUnavailable)
    stage.post()
    stage.rig.faults.hook = None
    assert not stage.rig.queue.waiting
    stage.pass_time(70)
    stage.ended(State.PUBLISHED)


def test_a_task_that_vanished_is_made_again(stage: Stage) -> None:
    """Accepted by the queue, and never delivered: its name is used up, the sweeper's has another tick."""
    stage.post()
    first = stage.rig.queue.take(stage.rig.clock.now())
    stage.pass_time(70)
    stage.ended(State.PUBLISHED)
    names = [task.name for task in stage.rig.queue.accepted]
    assert len(set(names)) == len(names)
    assert first[0].name in names


def test_far_ahead_is_enqueued_a_day_before(stage: Stage) -> None:
    """Beyond 29 days the queue gets nothing; the sweeper hands it over 24 h before; it is published on time."""
    due = stage.rig.clock.now() + timedelta(days=45)
    stage.post(scheduled_at=due.isoformat())
    assert not stage.rig.queue.waiting
    assert stage.target().wake_at == due - timedelta(hours=24)
    stage.rig.clock.move_to(due - timedelta(hours=24, seconds=1))
    assert publishing.sweep(stage.rig.ports) == sweeping.Swept(0, 0)
    stage.rig.clock.advance(1)
    assert publishing.sweep(stage.rig.ports) == sweeping.Swept(1, 1)
    assert [task.at for task in stage.rig.queue.waiting.values()] == [due]
    assert publishing.sweep(stage.rig.ports) == sweeping.Swept(0, 0)
    stage.rig.clock.move_to(due)
    stage.deliver()
    assert stage.ended(State.PUBLISHED).published_at == due


def test_twenty_nine_days_go_straight_to_the_queue(stage: Stage) -> None:
    """Within the horizon, the queue keeps it; the sweeper looks only after its time."""
    due = stage.rig.clock.now() + timedelta(days=29)
    stage.post(scheduled_at=due.isoformat())
    assert [task.at for task in stage.rig.queue.waiting.values()] == [due]
    assert stage.target().wake_at == due + timedelta(seconds=10)


def test_twice_at_once_is_safe(stage: Stage) -> None:
    """Two sweepers read the same page: one of them moves the row, one task is made."""
    stage.post()
    stage.rig.queue.take(stage.rig.clock.now())
    stage.rig.clock.advance(30)
    inner: list[sweeping.Swept] = []

    def hook(call: str, phase: str) -> None:
        if call == "store.query" and phase == "after" and not inner:
            stage.rig.faults.hook = None
            inner.append(publishing.sweep(stage.rig.ports))
            stage.rig.faults.hook = hook

    stage.rig.faults.hook = hook
    found = [publishing.sweep(stage.rig.ports)]
    stage.rig.faults.hook = None
    assert [run.enqueued for run in (*inner, *found)] in ([1, 0], [0, 1])
    assert len(stage.rig.queue.waiting) == 1


def test_a_row_that_nobody_moves_is_looked_at_ever_less_often(stage: Stage) -> None:
    """Its handler fails for ever: 30 s, 1 min, 2 min, 2 min …, and an hour once it is too late to be welcome."""
    due = stage.post().next_at
    assert due is not None
    stage.rig.queue.take(stage.rig.clock.now())
    in_time: list[float] = []
    late: list[float] = []
    while len(late) < 3:
        wake = stage.target().wake_at
        assert wake is not None
        before = stage.rig.clock.now() - due
        wait = (wake - stage.rig.clock.now()).total_seconds()
        (in_time if before <= timedelta(seconds=stage.target().max_lateness) else late).append(wait)
        stage.rig.clock.move_to(wake)
        publishing.sweep(stage.rig.ports)
    assert in_time[:5] == [10, 30, 60, 120, 120]
    assert set(in_time[5:]) == {120}
    assert late == [3600, 3600, 3600]


def test_who_waits_longest_is_told_at_each_run_and_nothing_where_nobody_waits(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    """How late its step is, not how long ago the sweeper looked; what ended, or is not due, does not wait."""
    caplog.set_level(logging.WARNING)

    def told() -> list[dict[str, Any]]:
        publishing.sweep(stage.rig.ports)
        lines = [vars(one) for one in caplog.records if one.message == "targets wait past their time"]
        caplog.clear()
        return [{name: line[name] for name in ("seconds", "targets", "target_id", "state")} for line in lines]

    due = stage.rig.clock.now() + timedelta(seconds=100)
    first = stage.post(scheduled_at=due.isoformat())
    stage.rig.clock.move_to(due + timedelta(seconds=9))
    assert told() == []
    stage.rig.clock.advance(1)
    assert told() == [{"seconds": 10, "targets": 1, "target_id": first.id, "state": "scheduled"}]
    assert told() == []
    stage.post("another")
    stage.rig.queue.take(stage.rig.clock.now())
    stage.rig.clock.advance(30)
    assert told() == [{"seconds": 40, "targets": 2, "target_id": first.id, "state": "scheduled"}]
    stage.rig.faults.hook = _failing("bus.publish", BusUnavailable)
    for target in stage.rig.queue.take(stage.rig.clock.now()):
        stage.advance(target)
    stage.rig.faults.hook = None
    stage.rig.clock.advance(60)
    assert told() == [], "what is over waits for nothing but to be told"


def test_a_poison_row_starves_nobody(stage: Stage) -> None:
    """A document that cannot be read at all is put off; the others are swept."""
    poison = stage.post("poison")
    stage.rig.store.commit([Write("update", target_path(poison.space, poison.id), {"state": "of a newer version"})])
    stage.post("well")
    stage.rig.queue.take(stage.rig.clock.now())
    stage.rig.clock.advance(30)
    assert publishing.sweep(stage.rig.ports) == sweeping.Swept(2, 1)
    assert publishing.sweep(stage.rig.ports) == sweeping.Swept(0, 0)
    stage.deliver()
    stage.ended(State.PUBLISHED)
    doc = stage.rig.store.get(target_path(poison.space, poison.id))
    assert doc is not None
    assert doc.data["wake_at"] == stage.rig.clock.now() + timedelta(hours=1)


def test_many_pages_in_one_run(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """More overdue targets than a page holds: all of them in one run."""
    monkeypatch.setattr(sweeping, "PAGE", 1)
    for number in range(40):
        stage.post(f"post {number}")
    stage.rig.queue.take(stage.rig.clock.now())
    stage.rig.clock.advance(30)
    assert publishing.sweep(stage.rig.ports) == sweeping.Swept(40, 40)


def test_a_store_that_is_down_is_the_next_runs_matter(stage: Stage) -> None:
    """Unavailable is raised, so that the schedule sees a failure; nothing is put off for it."""
    stage.post()
    stage.rig.queue.take(stage.rig.clock.now())
    stage.rig.clock.advance(30)
    wake = stage.target().wake_at
    stage.rig.faults.hook = _failing("store.transact", Unavailable)
    with pytest.raises(Unavailable):
        publishing.sweep(stage.rig.ports)
    stage.rig.faults.hook = None
    assert stage.target().wake_at == wake


def test_an_event_that_the_bus_refuses_is_told_later_under_the_same_id(stage: Stage) -> None:
    """The end is committed with its event; the sweeper brings it to the bus, and then the outbox is empty."""
    stage.rig.faults.hook = _failing("bus.publish", BusUnavailable)
    stage.post()
    stage.deliver()
    waiting = stage.target()
    assert waiting.state is State.PUBLISHED
    assert {event.type for event in waiting.events} == {"target.published", "post.published"}
    stage.rig.faults.hook = None
    stage.pass_time(70)
    stage.ended(State.PUBLISHED)
    assert {told for told, _ in stage.events()} == {event.id for event in waiting.events}
    assert stage.target().wake_at is None


def test_an_event_whose_answer_was_lost_is_told_twice_under_one_id(stage: Stage) -> None:
    """At least once: the bus had it, we do not know; the id is what receivers tell repeats by."""
    stage.rig.faults.hook = _failing("bus.publish", BusUnavailable, "after")
    stage.post()
    stage.deliver()
    stage.rig.faults.hook = None
    stage.pass_time(70)
    kinds = [kind for _, kind in stage.events()]
    assert kinds.count("target.published") >= 2
    assert len(stage.told("target.published")) == 1
    assert len(stage.told("post.published")) == 1


@pytest.mark.parametrize("word", [KeyError("a bug"), TimeoutError("a bug, too")])
def test_a_permalink_that_cannot_be_had_changes_nothing(stage: Stage, word: Exception) -> None:
    """Describing is best effort: the post is published, and its events go out once."""
    stage.network.commits = [Published("live-1")]
    stage.network.describes = [word]
    stage.post()
    stage.deliver()
    target = stage.ended(State.PUBLISHED)
    assert target.first is not None
    assert target.first.permalink is None
    assert [kind for _, kind in stage.events()] == ["target.published", "post.published"]


class _Killed(BaseException):
    """The process is gone."""


def test_a_network_that_we_die_of_while_asking_for_the_permalink_keeps_no_event(stage: Stage) -> None:
    """The look comes first, so that both are one commit; where it ends each process, the events go out without it."""

    def hangs() -> _Killed:
        stage.rig.clock.advance(300)
        return _Killed()

    stage.network.commits = [Published("live-1")]
    stage.network.describes = [hangs] * 5
    stage.post()
    (task,) = stage.rig.queue.take(stage.rig.clock.now())
    with pytest.raises(_Killed):
        stage.advance(task)
    assert stage.events() == []
    stage.advance(task)
    stage.ended(State.PUBLISHED)


def test_many_permalinks_that_do_not_come_keep_no_event_for_long(stage: Stage) -> None:
    def hangs() -> TimeoutError:
        stage.rig.clock.advance(65)
        return TimeoutError()

    stage.network.commits = [Published(f"live-{number}") for number in range(5)]
    stage.network.describes = [hangs] * 5
    stage.post(thread=[f"part {number}" for number in range(4)])
    stage.deliver()
    stage.ended(State.PUBLISHED)
    assert stage.network.count("describe") == 1


def test_a_permalink_is_asked_for_once_while_the_bus_is_away(stage: Stage) -> None:
    stage.rig.faults.hook = _failing("bus.publish", BusUnavailable)
    stage.network.commits = [Published("live-1")]
    stage.post()
    stage.deliver()
    stage.pass_time(180)
    stage.rig.faults.hook = None
    stage.pass_time(300)
    (piece,) = stage.ended(State.PUBLISHED).pieces
    assert piece.live is not None
    assert piece.live.permalink == "https://network.test/described"
    assert stage.network.count("describe") == 1


def test_a_posts_end_is_told_once_by_its_last_target(stage: Stage) -> None:
    """Two accounts: the post follows its targets, and its event comes with the one that ends last."""
    second = flows.signed_in(stage.rig, name="bob")
    command = CreatePost("Hi", targets=(TargetOrder(stage.account.id), TargetOrder(second.id)), publish_now=True)
    made = creating.create(stage.rig.ports, flows.TEST, command)
    stage.post_id = made.post.id
    tasks = stage.rig.queue.take(stage.rig.clock.now())
    stage.advance(tasks[0])
    assert (str(stage.stored_post().status), stage.told("post.published")) == ("publishing", set())
    stage.advance(tasks[1])
    assert str(stage.stored_post().status) == "published"
    assert len(stage.told("post.published")) == 1
    assert len(stage.told("target.published")) == 2


def test_what_a_post_costs() -> None:
    """Firestore's bill for one text on one account, fault-free, on the real adapter: 6 reads and 6 writes."""
    rig = memory_ports.rig()
    account = flows.signed_in(rig)
    store = rig.store
    assert isinstance(store, MemoryStore)
    store.eager, store.reads, store.writes = False, 0, 0
    command = CreatePost("Hello", targets=(TargetOrder(account.id),), publish_now=True)
    creating.create(rig.ports, flows.TEST, command)
    accepted = (store.reads, store.writes)
    for task in rig.queue.take(rig.clock.now()):
        assert publishing.advance(rig.ports, dict(task.body)).state is State.PUBLISHED
    print(f"accept: {accepted}; accept to published: {store.reads} reads, {store.writes} writes")
    assert accepted == (1, 2)
    assert (store.reads, store.writes) == (6, 6)
    assert len(rig.bus.messages) == 2
    assert not rig.queue.waiting


def _failing(wanted: str, error: type[Exception], at: str = "before") -> Hook:
    def hook(call: str, phase: str) -> None:
        if call == wanted and phase == at:
            raise error("down")

    return hook
