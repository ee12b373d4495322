"""Store and queue in one file: what is written together is one transaction."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from shared.backends.embedded.bus import EmbeddedBus
from shared.backends.embedded.database import Database, open_database
from shared.backends.embedded.queue import EmbeddedQueue
from shared.backends.embedded.store import EmbeddedStore
from shared.backends.live.clock import SystemClock
from shared.ports.bus import Message
from shared.ports.queue import Task
from shared.ports.store import AlreadyExists, Write
from tests.contract.ports.conftest import INDEXES

TOLD = [Message("events", {"n": n}, {"id": f"evt_{n}"}) for n in range(2)]
ONE = Write("create", "workspaces/w/rows/one", {"n": 1})


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "one.sqlite3"


@pytest.fixture
def store(file: Path) -> Iterator[EmbeddedStore]:
    with_store = EmbeddedStore(file, SystemClock(), INDEXES)
    yield with_store
    with_store.close()


@pytest.fixture
def queue(file: Path) -> Iterator[EmbeddedQueue]:
    with_queue = EmbeddedQueue(file, SystemClock())
    yield with_queue
    with_queue.close()


@pytest.fixture
def bus(file: Path) -> Iterator[EmbeddedBus]:
    with_bus = EmbeddedBus(file, SystemClock(), {"events": ("record", "notify")})
    yield with_bus
    with_bus.close()


def pushes(bus: EmbeddedBus) -> int:
    """How many wait to be delivered."""
    return int(bus._database.read().execute("SELECT count(*) FROM deliveries WHERE kind = 'push'").fetchone()[0])


def task(name: str) -> Task:
    return Task("publish-one", name, "publish", {"id": "x"}, datetime.now(UTC) + timedelta(hours=1))


def commits(database: Database) -> list[str]:
    """What the writer commits from now on."""
    said: list[str] = []
    database._writer.set_trace_callback(lambda statement: said.append(statement) if statement == "COMMIT" else None)
    return said


def test_a_post_and_its_task_are_one_commit(file: Path, store: EmbeddedStore, queue: EmbeddedQueue) -> None:
    database = open_database(file, store)
    store.commit([Write("create", "workspaces/w/rows/zero", {"n": 0})])
    said = commits(database)
    queue.enqueue_with([task("t-1")], lambda: store.commit([ONE]))
    assert said == ["COMMIT"]
    assert store.get(ONE.path) is not None
    assert queue.enqueue(task("t-1")) is False


def test_a_commit_that_is_refused_takes_its_task_along(store: EmbeddedStore, queue: EmbeddedQueue) -> None:
    store.commit([ONE])
    with pytest.raises(AlreadyExists):
        queue.enqueue_with([task("t-1")], lambda: store.commit([ONE]))
    assert queue.enqueue(task("t-1")) is True


def test_what_is_committed_to_another_file_has_its_task_nevertheless(tmp_path: Path, queue: EmbeddedQueue) -> None:
    other = EmbeddedStore(tmp_path / "other.sqlite3", SystemClock(), INDEXES)
    queue.enqueue_with([task("t-1")], lambda: other.commit([ONE]))
    other.close()
    assert queue.enqueue(task("t-1")) is False


def test_the_next_commit_takes_nothing_along(file: Path, store: EmbeddedStore, queue: EmbeddedQueue) -> None:
    with pytest.raises(ZeroDivisionError):
        queue.enqueue_with([task("t-1")], lambda: [][1 // 0])
    store.commit([ONE])
    assert queue.enqueue(task("t-1")) is True


def test_messages_and_the_note_that_they_went_out_are_one_commit(
    file: Path, store: EmbeddedStore, bus: EmbeddedBus
) -> None:
    said = commits(open_database(file, store))
    bus.publish_before(TOLD, lambda: store.commit([ONE]))
    assert said == ["COMMIT"]
    assert pushes(bus) == 4


def test_a_note_that_is_refused_is_of_messages_that_did_not_go_out(store: EmbeddedStore, bus: EmbeddedBus) -> None:
    store.commit([ONE])
    with pytest.raises(AlreadyExists):
        bus.publish_before(TOLD, lambda: store.commit([ONE]))
    assert pushes(bus) == 0


def test_a_transaction_that_ran_out_of_tries_takes_the_messages_along(
    file: Path, store: EmbeddedStore, bus: EmbeddedBus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.backends.embedded.store.OPTIMISTIC_ATTEMPTS", 0)
    said = commits(open_database(file, store))
    bus.publish_before(TOLD, lambda: store.transact(lambda txn: txn.write(ONE)))
    assert said == ["COMMIT"]
    assert pushes(bus) == 4


def test_messages_go_out_where_there_is_nothing_to_note(bus: EmbeddedBus) -> None:
    bus.publish_before(TOLD, lambda: None)
    assert pushes(bus) == 4
