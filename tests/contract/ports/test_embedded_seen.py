"""What the embedded store remembers of documents is never older than the file."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from shared.backends import indexes
from shared.backends.embedded.store import EmbeddedStore
from shared.backends.live.clock import SystemClock
from shared.ports.store import Conflict, Unavailable, Write

ROOT = Path(__file__).resolve().parents[3]
COUNTER, OTHER = "a/counter", "a/other"
INCREMENT = f"""
import sys
from shared.backends import indexes
from shared.backends.embedded.store import EmbeddedStore
from shared.backends.live.clock import SystemClock
from shared.ports.store import Write
store = EmbeddedStore(sys.argv[1], SystemClock(), indexes.load())
for line in sys.stdin:
    store.commit([Write("set", {COUNTER!r}, {{"n": int(line)}})])
    print("done", flush=True)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.sqlite3"


@pytest.fixture
def store(path: Path) -> Iterator[EmbeddedStore]:
    made = EmbeddedStore(path, SystemClock(), indexes.load())
    made.commit([Write("set", COUNTER, {"n": 0}), Write("set", OTHER, {"n": 0})])
    yield made
    made.close()


def number(store: EmbeddedStore, path: str = COUNTER) -> int:
    doc = store.get(path)
    assert doc is not None
    return int(doc.data["n"])


def statements(store: EmbeddedStore, path: str) -> list[str]:
    """What SQLite was asked while the document was read."""
    asked: list[str] = []
    connection = store._database.read()
    connection.set_trace_callback(asked.append)
    number(store, path)
    connection.set_trace_callback(None)
    return asked


def test_a_commit_of_another_process_is_seen_by_the_next_read(store: EmbeddedStore, path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", INCREMENT, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as other:
        assert other.stdin is not None
        assert other.stdout is not None
        for n in range(1, 101):
            number(store, OTHER)
            other.stdin.write(f"{n}\n")
            other.stdin.flush()
            assert other.stdout.readline() == "done\n"
            assert number(store) == n
        other.stdin.close()


def test_what_nobody_changed_is_told_without_asking_sqlite(store: EmbeddedStore) -> None:
    number(store, OTHER)
    assert statements(store, OTHER) == []
    store.commit([Write("update", COUNTER, {"n": 1})])
    assert statements(store, OTHER) == []
    assert statements(store, COUNTER) != []
    assert number(store) == 1


def test_what_a_transaction_changed_alone_is_asked_for(store: EmbeddedStore) -> None:
    number(store)
    store._database.write_alone(lambda held: held.execute("DELETE FROM documents WHERE path = ?", (COUNTER,)))
    assert store.get(COUNTER) is None


def test_readers_and_writers_at_once_never_go_back(store: EmbeddedStore) -> None:
    def increment(_: int) -> None:
        done = 0
        while done < 15:
            doc = store.get(COUNTER)
            assert doc is not None
            try:
                store.commit([Write("update", COUNTER, {"n": doc.data["n"] + 1}, doc.version)])
            except Conflict:
                continue
            assert number(store) > doc.data["n"]
            done += 1

    def watch(_: int) -> None:
        last = 0
        while last < 60:
            now = number(store)
            assert now >= last
            last = now

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda job: job(0), [increment] * 4 + [watch] * 2))
    assert number(store) == 60


def test_a_closed_store_tells_nothing_it_remembers(store: EmbeddedStore) -> None:
    number(store)
    store.close()
    with pytest.raises(Unavailable):
        store.get(COUNTER)
