"""Chores: handed out at their time, once per ticket, put off when they fail."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from shared.domain import chores as domain
from shared.domain import codec
from shared.domain.chores import Chore
from shared.operations import chores
from shared.ports.queue import QueueUnavailable, TaskRefused
from shared.ports.store import Write
from tests.support import faults, memory_ports
from tests.support.memory_ports import Rig

SPACE = "wsp_1"


def _planned(rig: Rig, *names: str) -> None:
    now = rig.clock.now()
    made = [domain.new(SPACE, name, "bluesky", "sync", now) for name in names]
    rig.store.commit([Write("set", one.path, codec.encode(one)) for one in made])


def _body(chore: Chore) -> dict[str, object]:
    return {"space": chore.space, "account_id": chore.account_id, "ticket": chore.ticket}


def _held(rig: Rig, name: str) -> Chore:
    doc = rig.store.get(domain.chore_path(SPACE, name, "sync"))
    assert doc is not None
    return codec.decode(Chore, doc.data)


def test_what_is_due_is_handed_out_once_however_often_the_schedule_calls() -> None:
    rig = memory_ports.rig()
    _planned(rig, *(f"acc_{number}" for number in range(250)))
    first, second = chores.hand_out(rig.ports, "sync"), chores.hand_out(rig.ports, "sync")
    assert (first.found, first.enqueued, second.found) == (250, 250, 0)
    assert chores.hand_out(rig.ports, "refresh").found == 0


def test_a_chore_that_nobody_did_is_handed_out_again_and_the_older_task_finds_nothing_to_do() -> None:
    rig = memory_ports.rig()
    _planned(rig, "acc_1")
    chores.hand_out(rig.ports, "sync")
    first = _held(rig, "acc_1")
    rig.clock.advance(domain.LEASE.total_seconds() + 1)
    assert chores.hand_out(rig.ports, "sync").enqueued == 1
    assert chores.taken(rig.ports, "sync", _body(first)) is None
    assert chores.taken(rig.ports, "sync", _body(_held(rig, "acc_1"))) is not None


def test_what_is_done_comes_again_at_its_time_and_what_fails_waits_longer_each_time() -> None:
    rig = memory_ports.rig()
    _planned(rig, "acc_1")
    waits = []
    for _ in range(3):
        chores.hand_out(rig.ports, "sync")
        chores.failed(rig.ports, _held(rig, "acc_1"))
        waits.append(_held(rig, "acc_1").wake_at - rig.clock.now())
        rig.clock.advance(waits[-1].total_seconds())
    assert waits == [timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=4)]
    chores.hand_out(rig.ports, "sync")
    again = rig.clock.now() + timedelta(days=1)
    chores.done(rig.ports, _held(rig, "acc_1"), again, {"seen": 3})
    assert (_held(rig, "acc_1").wake_at, _held(rig, "acc_1").failures) == (again, 0)
    assert _held(rig, "acc_1").state == {"seen": 3}


def test_what_was_hurried_while_it_was_done_is_done_once_more() -> None:
    rig = memory_ports.rig()
    _planned(rig, "acc_1")
    chores.hand_out(rig.ports, "sync")
    under_way = _held(rig, "acc_1")
    rig.clock.advance(1)
    chores.hurry(rig.ports, SPACE, "acc_1", "sync")
    chores.done(rig.ports, under_way, rig.clock.now() + timedelta(days=1))
    assert chores.hand_out(rig.ports, "sync").enqueued == 1


def test_a_queue_that_does_not_answer_and_a_document_that_is_no_chore_keep_nothing_waiting() -> None:
    rig = memory_ports.rig()
    rig.store.commit(
        [Write("set", f"workspaces/{SPACE}/chores/x.sync", {"kind": "sync", "shard": 0, "wake_at": rig.clock.now()})]
    )
    _planned(rig, *(f"acc_{number}" for number in range(20)))
    rig.faults.hook = faults.once(4, "before", lambda: QueueUnavailable("down"))
    chores.hand_out(rig.ports, "sync")
    rig.faults.hook = None
    rig.clock.advance(domain.LEASE.total_seconds() + 1)
    assert chores.hand_out(rig.ports, "sync").enqueued == 20


def test_what_was_hurried_while_it_was_done_keeps_what_was_found_and_how_often_it_failed() -> None:
    """Posts go out while numbers are read: what was read is not read again, what was spent stays spent."""
    rig = memory_ports.rig()
    _planned(rig, "acc_1")
    chores.hand_out(rig.ports, "sync")
    chores.hurry(rig.ports, SPACE, "acc_1", "sync")
    chores.done(rig.ports, _held(rig, "acc_1"), rig.clock.now() + timedelta(days=1), {"spent": 7})
    chores.hand_out(rig.ports, "sync")
    assert _held(rig, "acc_1").state == {"spent": 7}
    chores.hurry(rig.ports, SPACE, "acc_1", "sync")
    chores.failed(rig.ports, _held(rig, "acc_1"))
    assert _held(rig, "acc_1").failures == 1
    assert chores.hand_out(rig.ports, "sync").enqueued == 1


def test_who_is_hurried_every_minute_is_done_once_at_a_time_and_not_never() -> None:
    """A queue that is minutes behind: a task that waits in it stays the one that counts."""
    rig = memory_ports.rig()
    _planned(rig, "acc_1")
    outcomes = _behind(rig, timedelta(minutes=3), timedelta(minutes=30), hurried=True)
    assert outcomes.count("done") >= 7
    assert outcomes.count("nothing to do") == 0


def test_a_queue_that_is_further_behind_than_a_lease_comes_to_its_work_all_the_same() -> None:
    """Handed out anew before its task arrived, a chore waits longer for the next one: else none would ever count."""
    rig = memory_ports.rig()
    _planned(rig, "acc_1")
    outcomes = _behind(rig, 3 * domain.LEASE, timedelta(hours=6))
    assert outcomes.count("done") >= 2


def test_a_task_that_its_queue_refuses_keeps_no_other_from_being_handed_out() -> None:
    """A network's queue was forgotten: it takes none of its tasks, and the next network's are behind them."""
    rig = memory_ports.rig()
    _planned(rig, *(f"acc_{number}" for number in range(20)))
    rig.faults.hook = faults.once(7, "before", lambda: TaskRefused("no such queue"))
    assert chores.hand_out(rig.ports, "sync").found == 20
    assert len(list(rig.queue.take(rig.clock.now()))) == 19


def test_all_shards_get_their_turn_in_a_run_that_has_no_time_for_all() -> None:
    rig = memory_ports.rig()
    for hundred in range(16):
        _planned(rig, *(f"acc_{hundred}{number:02}" for number in range(100)))

    def slow(call: str, phase: str) -> None:
        if call == "store.commit" and phase == "before":
            rig.clock.advance(5)

    rig.faults.hook = slow
    chores.hand_out(rig.ports, "sync")
    rig.faults.hook = None
    chosen = [task.body["account_id"] for task in rig.queue.take(rig.clock.now())]
    shards = Counter(_held(rig, str(name)).shard for name in chosen)
    assert len(chosen) < 1_600
    assert max(shards.values()) <= 2 * min(shards.values())
    assert len(shards) == domain.SHARDS


def _behind(rig: Rig, late: timedelta, span: timedelta, *, hurried: bool = False) -> list[str]:
    """The schedule calls each minute, and each task arrives so late; what became of the tasks."""
    waiting: list[tuple[datetime, dict[str, object]]] = []
    outcomes, end = [], rig.clock.now() + span
    while rig.clock.now() < end:
        chores.hand_out(rig.ports, "sync")
        waiting += [(rig.clock.now() + late, dict(task.body)) for task in rig.queue.take(rig.clock.now())]
        for _, body in [one for one in waiting if one[0] <= rig.clock.now()]:
            chore = chores.taken(rig.ports, "sync", body)
            outcomes.append("done" if chore else "nothing to do")
            if chore:
                chores.done(rig.ports, chore, rig.clock.now() + timedelta(minutes=10))
        waiting = [one for one in waiting if one[0] > rig.clock.now()]
        if hurried:
            chores.hurry(rig.ports, SPACE, "acc_1", "sync")
        rig.clock.advance(60)
    return outcomes
