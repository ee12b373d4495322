"""Delivery by the embedded worker: like Cloud Tasks and Pub/Sub push, on time, and through every crash."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from shared.backends.embedded import dispatch
from shared.backends.embedded.bus import EmbeddedBus
from shared.backends.embedded.database import open_database
from shared.backends.embedded.deliveries import Deliveries, Leased, QueueLimits, QueueSettings, Retry
from shared.backends.embedded.dispatch import Lane, Sender
from shared.backends.embedded.queue import EmbeddedQueue
from shared.backends.embedded.worker import QueueWorker
from shared.backends.live.clock import SystemClock
from shared.ports.queue import Task, TaskRefused
from tests.contract.ports.conftest import ManualClock
from tests.contract.ports.http_server import Handler, Loopback, Received, loopback

ROOT = Path(__file__).parents[3]
FAST = QueueSettings(retry=Retry(first=0.02, longest=0.05, attempts=4), push_retry=Retry(first=0.02, attempts=None))


class World:
    """A queue, its worker and the functions' server."""

    def __init__(self, path: Path, answer: Callable[[Handler, Received], None], stack: ExitStack) -> None:
        self.path, self._stack = path, stack
        self.server: Loopback = stack.enter_context(loopback(answer))

    def queue(self, settings: QueueSettings = FAST) -> EmbeddedQueue:
        queue = EmbeddedQueue(self.path, SystemClock(), settings)
        self._stack.callback(queue.close)
        return queue

    def work(self, settings: QueueSettings = FAST) -> QueueWorker:
        worker = QueueWorker(self.path, SystemClock(), settings, Sender(self.server.url + "/base/", "internal-token"))
        self._stack.callback(worker.stop, 2)
        worker.start()
        return worker

    def names(self) -> list[str]:
        return [got.headers["x-cloudtasks-taskname"] for got in list(self.server.received)]

    def received(self, count: int, seconds: float = 15) -> list[Received]:
        """Wait until so many arrived."""
        until(lambda: len(self.server.received) >= count, seconds)
        return list(self.server.received)


def until(holds: Callable[[], bool], seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not come to pass in time"
        time.sleep(0.005)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[Callable[..., World]]:
    def make(answer: Callable[[Handler, Received], None] = lambda handler, _: handler.reply(200)) -> World:
        return World(tmp_path / "queue.sqlite3", answer, stack)

    with ExitStack() as stack:
        yield make


def task(name: str, after: float | None = None, queue: str = "publish-one", **body: Any) -> Task:
    at = None if after is None else datetime.now(UTC) + timedelta(seconds=after)
    return Task(queue, name, "publish", body, at)


def test_a_task_arrives_as_cloud_tasks_sends_it(world: Callable[..., World]) -> None:
    here = world()
    here.work()
    at = datetime.now(UTC) + timedelta(seconds=0.15)
    here.queue().enqueue(Task("publish-one", "t1", "publish", {"target": "tgt_ü"}, at))
    (got,) = here.received(1)
    assert datetime.now(UTC) >= at
    assert (got.method, got.path) == ("POST", "/base/_functions/publish")
    assert json.loads(got.body) == {"target": "tgt_ü"}
    expected = {
        "content-type": "application/json",
        "authorization": "Bearer internal-token",
        "x-cloudtasks-queuename": "publish-one",
        "x-cloudtasks-taskname": "t1",
        "x-cloudtasks-taskretrycount": "0",
    }
    assert {name: got.headers[name] for name in expected} == expected
    assert float(got.headers["x-cloudtasks-tasketa"]) == pytest.approx(at.timestamp(), abs=0.001)


def test_a_delivered_tasks_name_stays_reserved(world: Callable[..., World]) -> None:
    here = world()
    queue = here.queue()
    here.work()
    assert queue.enqueue(task("t1"))
    here.received(1)
    assert not queue.enqueue(task("t1"))
    time.sleep(0.1)
    assert here.names() == ["t1"]


def test_names_are_free_again_after_a_day(tmp_path: Path, clock: ManualClock) -> None:
    database = open_database(tmp_path / "q.sqlite3", "test")
    deliveries, queue = Deliveries(database), EmbeddedQueue(tmp_path / "q.sqlite3", clock)
    assert queue.enqueue(Task("publish-one", "t1", "publish", {}))
    (leased,) = deliveries.lease("publish-one", clock.now(), 10, timedelta(seconds=10))
    deliveries.succeed(leased, clock.now())
    clock.pass_(hours=23, minutes=59)
    assert deliveries.forget(clock.now() - timedelta(hours=24)) == 0
    assert not queue.enqueue(Task("publish-one", "t1", "publish", {}))
    clock.pass_(minutes=1)
    assert queue.enqueue(Task("publish-one", "t1", "publish", {}))
    (leased,) = deliveries.lease("publish-one", clock.now(), 10, timedelta(seconds=10))
    deliveries.succeed(leased, clock.now())
    clock.pass_(hours=24, seconds=1)
    assert deliveries.forget(clock.now() - timedelta(hours=24)) == 1
    queue.close()
    database.close("test")


def test_what_is_not_accepted_comes_again_and_is_given_up_at_last(world: Callable[..., World]) -> None:
    here = world(lambda handler, _: handler.reply(503))
    here.queue().enqueue(task("t1"))
    here.work()
    here.received(4)
    time.sleep(0.15)
    assert [got.headers["x-cloudtasks-taskretrycount"] for got in here.server.received] == ["0", "1", "2", "3"]
    assert not here.queue().enqueue(task("t1"))


def test_back_off_doubles_up_to_its_longest(tmp_path: Path, clock: ManualClock) -> None:
    database = open_database(tmp_path / "q.sqlite3", "test")
    deliveries, queue = Deliveries(database), EmbeddedQueue(tmp_path / "q.sqlite3", clock)
    queue.enqueue(Task("publish-one", "t1", "publish", {}))
    waits = []
    while True:
        (leased,) = deliveries.lease("publish-one", clock.now(), 10, timedelta(seconds=10))
        again = QueueSettings().retry.next_at(leased, clock.now())
        deliveries.fail(leased, clock.now(), again)
        if again is None:
            break
        waits.append((again - clock.now()).total_seconds())
        assert deliveries.lease("publish-one", again - timedelta(microseconds=1), 10, timedelta(seconds=10)) == []
        clock.at = again
    assert waits == [1, 2, 4, 8, 16, 32, 60]
    queue.close()
    database.close("test")


def test_a_reset_connection_is_tried_again(world: Callable[..., World]) -> None:
    cuts = iter([True])

    def answer(handler: Handler, _: Received) -> None:
        if next(cuts, False):
            handler.cut()
        else:
            handler.reply(204)

    here = world(answer)
    here.queue().enqueue(task("t1"))
    here.work()
    assert here.received(2)[1].headers["x-cloudtasks-taskretrycount"] == "1"


def test_strict_mode_delivers_twice(world: Callable[..., World]) -> None:
    here = world()
    settings = QueueSettings(deliver_twice=True)
    queue = here.queue(settings)
    here.work(settings)
    for n in range(5):
        queue.enqueue(task(f"t{n}"))
    here.received(10)
    time.sleep(0.1)
    assert Counter(here.names()) == {f"t{n}": 2 for n in range(5)}


def test_what_is_leased_again_before_its_thread_is_done_with_it_ends_no_thread() -> None:
    """A delivery that failed is due again at once; its next lease may come before the thread of the last has let go of it."""
    first = Leased(1, "q", "n", "task", "publish", "{}", datetime(2026, 11, 22, tzinfo=UTC), 1, "a")
    done, delivered = threading.Event(), []

    def deliver(leased: Leased) -> None:
        delivered.append(leased.attempts)
        if leased is first:
            lane.put(replace(first, attempts=2, lease="b"))
            assert done.wait(5)

    lane = Lane("q", QueueLimits(concurrent=2), deliver, done.set, lambda: None)
    lane.put(first)
    until(lambda: delivered == [1, 2] and not lane.held())
    lane.put(replace(first, attempts=3, lease="c"))
    lane.put(replace(first, attempts=4, lease="d"))
    until(lambda: sorted(delivered) == [1, 2, 3, 4] and not lane.held())
    assert lane.close() == []
    assert lane.join(time.monotonic() + 5)


def leased(number: int) -> Leased:
    return Leased(number, "q", f"t{number}", "task", "publish", "{}", datetime(2026, 11, 22, tzinfo=UTC), 1, "a")


def test_what_waits_behind_slow_deliveries_is_let_go_for_another_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dispatch, "STALLED", 0.05)
    release, begun = threading.Event(), threading.Event()

    def deliver(one: Leased) -> None:
        if one.id == 1:
            begun.set()
            release.wait(10)

    lane = Lane("q", QueueLimits(concurrent=1), deliver, lambda: None, lambda: None)
    for number in (1, 2, 3):
        lane.put(leased(number))
    assert begun.wait(5)
    time.sleep(0.1)
    assert lane.let_go() == [leased(2), leased(3)]
    assert (lane.held(), lane.room(), lane.let_go()) == ([leased(1)], 0, [])
    release.set()
    until(lambda: not lane.held())
    assert lane.room() > 0
    lane.close()
    assert lane.join(time.monotonic() + 5)


def test_a_function_that_never_returns_takes_no_thread_from_its_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dispatch, "DISPATCH_SECONDS", 0.05)
    release, delivered = threading.Event(), []

    def deliver(one: Leased) -> None:
        delivered.append(one.id)
        if one.id == 1:
            release.wait(10)

    lane = Lane("q", QueueLimits(concurrent=1), deliver, lambda: None, lambda: None)
    lane.put(leased(1))
    until(lambda: delivered == [1])
    time.sleep(0.1)
    lane.let_go()
    assert lane.room() > 0
    lane.put(leased(2))
    until(lambda: delivered == [1, 2] and not lane.held())
    release.set()
    until(lambda: sum(thread.name == "lane-q" for thread in threading.enumerate()) == 1)
    lane.put(leased(3))
    until(lambda: delivered == [1, 2, 3] and not lane.held())
    lane.close()
    assert lane.join(time.monotonic() + 5)


def test_a_slow_queue_starves_no_other(world: Callable[..., World]) -> None:
    release = threading.Event()

    def answer(handler: Handler, got: Received) -> None:
        if got.headers["x-cloudtasks-queuename"] == "publish-slow":
            release.wait(20)
        handler.reply(200)

    here = world(answer)
    queue = here.queue()
    here.work()
    for n in range(60):
        queue.enqueue(task(f"s{n}", queue="publish-slow"))
    until(lambda: len(here.server.received) == QueueLimits().concurrent)
    for n in range(20):
        queue.enqueue(task(f"q{n}", queue="publish-quick"))
    until(lambda: sum(name.startswith("q") for name in here.names()) == 20, 5)
    assert sum(name.startswith("s") for name in here.names()) == QueueLimits().concurrent
    release.set()
    here.received(80)


def test_a_queues_rate_is_kept(world: Callable[..., World]) -> None:
    here = world()
    settings = QueueSettings(queues={"publish-one": QueueLimits(concurrent=4, per_second=20)})
    queue = here.queue(settings)
    for n in range(30):
        queue.enqueue(task(f"t{n}"))
    started = time.monotonic()
    here.work(settings)
    here.received(30)
    assert time.monotonic() - started > 0.4  # twenty at once, ten more at twenty a second


def test_unknown_queues_are_refused(world: Callable[..., World]) -> None:
    with pytest.raises(TaskRefused, match="queue"):
        world().queue(QueueSettings(queues={"publish-one": QueueLimits()})).enqueue(task("t", queue="publish-two"))


def test_lateness_is_small(world: Callable[..., World]) -> None:
    arrived: dict[str, float] = {}

    def answer(handler: Handler, got: Received) -> None:
        late = time.time() - float(got.headers["x-cloudtasks-tasketa"])
        arrived.setdefault(got.headers["x-cloudtasks-taskname"], late)
        handler.reply(200)

    here = world(answer)
    queue = here.queue()
    here.work()
    for n in range(40):
        queue.enqueue(task(f"t{n}", after=0.3 + n * 0.02))
    until(lambda: len(arrived) == 40)
    late = sorted(arrived.values())
    assert late[0] >= 0
    assert late[-2] < 0.8


def test_another_processs_tasks_are_noticed(world: Callable[..., World]) -> None:
    here = world()
    here.queue()
    here.work()
    text = (
        "from shared.backends.embedded.queue import EmbeddedQueue\n"
        "from shared.backends.live.clock import SystemClock\n"
        "from shared.ports.queue import Task\n"
        f"EmbeddedQueue({str(here.path)!r}, SystemClock()).enqueue(Task('publish-one', 'other', 'publish', {{}}))\n"
    )
    subprocess.run([sys.executable, "-c", text], cwd=ROOT, check=True, timeout=60)
    here.received(1, 3)


def test_a_lease_runs_out_unless_it_is_renewed(tmp_path: Path, clock: ManualClock) -> None:
    """What a killed worker held is delivered again, with one more attempt counted; a late settling changes nothing."""
    database = open_database(tmp_path / "q.sqlite3", "test")
    deliveries, queue = Deliveries(database), EmbeddedQueue(tmp_path / "q.sqlite3", clock)
    for name in ("lost", "kept"):
        queue.enqueue(Task("publish-one", name, "publish", {}))
    held = {leased.name: leased for leased in deliveries.lease("publish-one", clock.now(), 10, timedelta(seconds=10))}
    clock.pass_(seconds=9)
    deliveries.renew([held["kept"]], clock.now() + timedelta(seconds=10))
    clock.pass_(seconds=2)
    assert deliveries.expire(clock.now()) == 1
    (again,) = deliveries.lease("publish-one", clock.now(), 10, timedelta(seconds=10))
    assert (again.name, again.attempts) == ("lost", 2)
    deliveries.succeed(held["lost"], clock.now())  # the first holder, believed dead
    clock.pass_(seconds=11)
    assert deliveries.expire(clock.now()) == 2
    queue.close()
    database.close("test")


def test_stopping_is_bounded_and_gives_back(world: Callable[..., World], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dispatch, "STALLED", 60.0)
    release = threading.Event()

    def answer(handler: Handler, _: Received) -> None:
        release.wait(20)
        handler.reply(200)

    here = world(answer)
    settings = QueueSettings(default=QueueLimits(concurrent=1))
    queue = here.queue(settings)
    worker = here.work(settings)
    queue.enqueue(task("running"))
    here.received(1)
    queue.enqueue(task("waiting"))
    until(lambda: len(worker._lanes["publish-one"].held()) == 2)
    started = time.monotonic()
    assert worker.stop(0.2) is False
    assert time.monotonic() - started < 2
    release.set()
    here.work(settings)
    until(lambda: "waiting" in here.names(), 5)
    assert {got.headers["x-cloudtasks-taskretrycount"] for got in here.server.received} == {"0"}


def test_a_message_goes_to_every_subscriber(world: Callable[..., World]) -> None:
    failures = iter([500, 200])

    def answer(handler: Handler, got: Received) -> None:
        handler.reply(next(failures, 200) if got.path.endswith("webhook_deliver") else 200)

    here = world(answer)
    bus = EmbeddedBus(here.path, SystemClock(), {"events": ("webhook_deliver", "metrics_sync")})
    here.work()
    sent = bus.publish("events", {"id": "evt_1", "text": "ü"}, {"id": "evt_1"})
    got = here.received(3)
    rows = open_database(here.path, bus)
    until(lambda: rows.read().execute("SELECT count(*) FROM deliveries").fetchone() == (0,))
    bus.close()
    paths = Counter(one.path for one in got)
    assert paths == {"/base/_functions/webhook_deliver": 2, "/base/_functions/metrics_sync": 1}
    for one in got:
        message = json.loads(one.body)["message"]
        assert json.loads(base64.b64decode(message["data"])) == {"id": "evt_1", "text": "ü"}
        assert message["attributes"] == {"id": "evt_1"}
        assert message["messageId"] == one.headers["ce-id"] == sent
        assert one.headers["ce-source"] == "//pubsub.googleapis.com/projects/local/topics/events"
        assert one.headers["ce-type"] == "google.cloud.pubsub.topic.v1.messagePublished"
        assert one.headers["authorization"] == "Bearer internal-token"
