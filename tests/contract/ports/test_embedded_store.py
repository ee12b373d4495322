"""What the embedded store promises beyond the port: many processes, kill -9, and queries that read only what they return."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Literal

import pytest

from shared.backends import indexes
from shared.backends.embedded.store import EmbeddedStore
from shared.backends.live.clock import SystemClock
from shared.ports.store import InvalidWrite, Query, Transaction, Unavailable, Write
from tests.contract.ports.conftest import INDEXES

ROOT = Path(__file__).parents[3]
COUNTER = "workspaces/w/counters/c"
C = "workspaces/w/rows"


def opened(path: Path, durability: Literal["full", "normal"] = "full") -> EmbeddedStore:
    return EmbeddedStore(path, SystemClock(), INDEXES, durability=durability)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "store.sqlite3"


@pytest.fixture
def made(path: Path) -> Iterator[EmbeddedStore]:
    store = opened(path)
    yield store
    store.close()


def program(path: Path, body: str, *arguments: str) -> subprocess.Popen[str]:
    """A process of its own with ``store`` open on the file."""
    head = (
        "import sys\n"
        "from shared.backends.embedded.store import EmbeddedStore\n"
        "from shared.backends.live.clock import SystemClock\n"
        "from shared.ports.store import Conflict, Query, Write\n"
        f"store = EmbeddedStore({str(path)!r}, SystemClock(), [])\n"
    )
    return subprocess.Popen(
        [sys.executable, "-c", head + body, *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )


def ended(programs: list[subprocess.Popen[str]]) -> list[int]:
    for one in programs:
        one.communicate(timeout=60)
    return [one.returncode for one in programs]


def integrity(path: Path) -> str:
    connection = sqlite3.connect(path)
    try:
        return str(connection.execute("PRAGMA integrity_check").fetchone()[0])
    finally:
        connection.close()


INCREMENTS = f"""
done = 0
while done < 50:
    doc = store.get({COUNTER!r})
    try:
        store.commit([Write("update", {COUNTER!r}, {{"n": doc.data["n"] + 1}}, if_version=doc.version)])
        done += 1
    except Conflict:
        pass
"""


def test_processes_lose_no_increment(made: EmbeddedStore, path: Path) -> None:
    made.commit([Write("create", COUNTER, {"n": 0})])
    others = [program(path, INCREMENTS) for _ in range(4)]
    assert ended(others) == [0] * 4
    doc = made.get(COUNTER)
    assert doc is not None
    assert doc.data["n"] == 200


def test_processes_that_start_together_make_one_file(path: Path) -> None:
    others = [program(path, f"store.commit([Write('create', 'a/{n}', {{}})])\n") for n in range(4)]
    assert ended(others) == [0] * 4
    store = opened(path)
    assert len(store.query(Query(collection="a"))) == 4
    store.close()


ENDLESS = f"""
n = 0
while True:
    store.commit([Write("set", f"{C}/p{{n}}", {{"kind": "x", "rank": n}}), Write("set", {COUNTER!r}, {{"n": n}})])
    print(n, flush=True)
    n += 1
"""


def test_a_killed_writer_leaves_whole_commits(path: Path) -> None:
    """Every commit that returned is there, and none is there by half."""
    store = opened(path)
    store.query(Query(collection=C, order_by=(("rank", "asc"),)))  # the index exists, so the writer keeps it
    writer = program(path, ENDLESS)
    assert writer.stdout is not None
    acknowledged = [int(next(writer.stdout)) for _ in range(200)][-1]
    writer.send_signal(signal.SIGKILL)
    acknowledged = max([acknowledged, *(int(line) for line in writer.stdout.read().split("\n")[:-1] if line)])
    writer.wait(20)
    writer.stdout.close()
    store.close()
    assert integrity(path) == "ok"
    store = opened(path)
    counter = store.get(COUNTER)
    assert counter is not None
    assert counter.data["n"] >= acknowledged
    rows = store.query(Query(collection=C, order_by=(("rank", "asc"),), limit=100_000))
    assert [doc.data["rank"] for doc in rows] == list(range(counter.data["n"] + 1))
    store.commit([Write("set", f"{C}/after", {"rank": -1})])
    store.close()


def test_an_index_built_by_one_process_is_kept_by_another(made: EmbeddedStore, path: Path) -> None:
    query = Query(collection=C, where=(("kind", "==", "x"),))
    made.commit([Write("create", f"{C}/a", {"kind": "x"})])
    text = f"print(len(store.query(Query(collection={C!r}, where=(('kind', '==', 'x'),)))))"
    assert program(path, text).communicate(timeout=60)[0] == "1\n"
    made.commit([Write("create", f"{C}/b", {"kind": "x"}), Write("delete", f"{C}/a")])
    assert program(path, text).communicate(timeout=60)[0] == "1\n"
    assert [doc.id for doc in made.query(query)] == ["b"]


QUERIES: list[dict[str, Any]] = [
    {"collection": C, "where": (("kind", "==", "x"),), "order_by": (("rank", "desc"),)},
    {"collection": C, "where": (("kind", "==", "x"), ("rank", ">", 3)), "order_by": (("rank", "asc"),)},
    {"collection": C, "where": (("tags", "array_contains", "a"),), "order_by": (("rank", "asc"),)},
    {"collection": C, "where": (("kind", "==", "x"), ("name", "==", "y"))},
    {"collection": C},
    {"group": "rows", "where": (("kind", "==", "x"), ("rank", "<=", 3)), "order_by": (("rank", "asc"),)},
]


@pytest.mark.parametrize("query", QUERIES)
def test_queries_seek_and_never_scan_or_sort(made: EmbeddedStore, query: Any) -> None:
    steps = made.explain(Query(**query))
    assert steps == [
        "SEARCH e USING PRIMARY KEY (idx=? AND key>? AND key<?)",
        "SEARCH d USING INTEGER PRIMARY KEY (rowid=?)",
    ]


def test_a_query_reads_as_much_among_many_as_among_few(made: EmbeddedStore, path: Path) -> None:
    """Measured in SQLite's own steps, so that no other load on the machine can disturb it."""
    query = Query(collection=C, where=(("kind", "==", "x"),), order_by=(("rank", "desc"),), limit=5)

    def steps() -> int:
        counted = [0]

        def count() -> int:
            counted[0] += 1
            return 0

        connection = made._database.read()
        connection.set_progress_handler(count, 1)
        assert len(made.query(query)) == 5
        connection.set_progress_handler(None, 1)
        return counted[0]

    made.commit([Write("create", f"{C}/p{n}", {"kind": "x", "rank": n}) for n in range(20)])
    made.query(query)
    few = steps()
    for block in range(8):
        rows = range(1000 + block * 400, 1400 + block * 400)
        made.commit([Write("create", f"{C}/p{n}", {"kind": "xy"[n % 2], "rank": n % 977}) for n in rows])
    assert steps() <= few + 5


def test_declared_indexes_are_such_as_firestore_takes() -> None:
    """It refuses a composite index that its automatic single-field index makes needless, and two lists in one."""
    declared = indexes.load()
    assert len(set(declared)) == len(declared)
    for index in declared:
        assert len(index.fields) > 1 or index.scope == "group", index
        assert [mode for _, mode in index.fields].count("contains") <= 1, index
        assert {mode for _, mode in index.fields} <= {"asc", "desc", "contains"}, index


def test_commits_of_many_threads_share_the_sync_and_fail_alone(made: EmbeddedStore) -> None:
    """A refused commit in a shared SQLite transaction takes no other down."""
    made.commit([Write("create", f"{C}/taken", {})])

    def commit(n: int) -> str:
        try:
            made.commit(
                [Write("create", f"{C}/n{n}", {}), Write("create", f"{C}/taken" if n % 3 == 0 else f"{C}/m{n}", {})]
            )
        except Exception as error:  # noqa: BLE001 - its name is what is asserted
            return type(error).__name__
        return "ok"

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(commit, range(60)))
    assert outcomes == ["AlreadyExists" if n % 3 == 0 else "ok" for n in range(60)]
    assert [made.get(f"{C}/n{n}") is None for n in range(60)] == [n % 3 == 0 for n in range(60)]


def test_a_contended_body_runs_again_and_then_alone(made: EmbeddedStore) -> None:
    """However often others come between, the transaction ends: its last attempt holds the lock."""
    made.commit([Write("create", COUNTER, {"n": 0})])
    runs: list[int] = []

    def interfere() -> None:
        made.commit([Write("update", COUNTER, {"other": len(runs)})])

    def body(tx: Transaction) -> None:
        doc = tx.get(COUNTER)
        assert doc is not None
        runs.append(1)
        if len(runs) <= 3:
            other = threading.Thread(target=interfere)
            other.start()
            other.join()
        tx.write(Write("update", COUNTER, {"n": doc.data["n"] + 1}))

    made.transact(body)
    doc = made.get(COUNTER)
    assert doc is not None
    assert doc.data == {"n": 1, "other": 3}
    assert len(runs) == 4


def test_a_transaction_sees_one_state(made: EmbeddedStore) -> None:
    made.commit([Write("create", f"{C}/a", {"n": 0}), Write("create", f"{C}/b", {"n": 0})])
    moved: list[int] = []

    def body(tx: Transaction) -> tuple[int, int]:
        a = tx.get(f"{C}/a")
        if not moved:
            moved.append(1)
            other = threading.Thread(
                target=lambda: made.commit([Write("update", f"{C}/{name}", {"n": 1}) for name in "ab"])
            )
            other.start()
            other.join()
        b = tx.get(f"{C}/b")
        assert a is not None
        assert b is not None
        return a.data["n"], b.data["n"]

    assert made.transact(body) == (0, 0)


def test_a_body_must_write_through_its_transaction(made: EmbeddedStore) -> None:
    with pytest.raises(InvalidWrite, match="through the transaction"):
        made.transact(lambda _: made.commit([Write("set", f"{C}/a", {})]))
    with pytest.raises(InvalidWrite, match="inside"):
        made.transact(lambda _: made.transact(lambda __: None))
    made.commit([Write("set", f"{C}/a", {})])


def test_a_query_in_a_transaction_builds_its_index(made: EmbeddedStore) -> None:
    made.commit([Write("create", f"{C}/a", {"kind": "x", "rank": 1})])
    query = Query(collection=C, where=(("kind", "==", "x"),), order_by=(("rank", "asc"),))
    assert [doc.id for doc in made.transact(lambda tx: tx.query(query))] == ["a"]


def test_an_index_made_after_a_transactions_snapshot_is_not_read_in_it(made: EmbeddedStore) -> None:
    """It holds nothing in that snapshot: the body must run again, or it would believe that there is nothing."""
    made.commit([Write("create", f"{C}/a", {"kind": "x"})])
    query = Query(collection=C, where=(("kind", "==", "x"),))
    runs: list[int] = []

    def body(tx: Transaction) -> int:
        tx.get(COUNTER)
        if not runs:
            other = threading.Thread(target=lambda: made.query(query))
            other.start()
            other.join()
        runs.append(1)
        return len(tx.query(query))

    assert made.transact(body) == 1
    assert len(runs) == 2


def test_closing_leaves_one_file(made: EmbeddedStore, path: Path) -> None:
    made.commit([Write("create", f"{C}/a", {})])
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(made.get, [f"{C}/a"] * 4))
    made.close()
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_durability_is_what_was_asked_for(tmp_path: Path) -> None:
    for name, level in (("full", 2), ("normal", 1)):
        store = opened(tmp_path / f"{name}.sqlite3", name)  # type: ignore[arg-type]
        store.commit([Write("set", "a/b", {})])
        assert store._database._writer.execute("PRAGMA synchronous").fetchone() == (level,)
        assert store._database._writer.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        store.close()


def test_the_file_is_its_owners_alone(made: EmbeddedStore, path: Path) -> None:
    made.commit([Write("set", "a/b", {})])
    assert {file.stat().st_mode & 0o077 for file in path.parent.iterdir()} == {0}


def test_what_is_no_database_is_unavailable(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("no database at all, but long enough to look like a header " * 10)
    with pytest.raises(Unavailable, match="not a database"):
        opened(path)


def test_a_closed_store_is_unavailable(path: Path) -> None:
    store = opened(path)
    store.close()
    with pytest.raises(Unavailable, match="closed"):
        store.get("a/b")
    with pytest.raises(Unavailable, match="closed"):
        store.commit([Write("set", "a/b", {})])
    again, other = opened(path), opened(path)
    again.close()
    again.close()
    assert other.get("a/b") is None
    other.close()


def test_a_newer_releases_file_is_refused(path: Path) -> None:
    opened(path).close()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version=99")
    connection.close()
    with pytest.raises(Unavailable, match="newer release"):
        opened(path)


def test_a_writer_waits_for_the_writer_of_another_process(made: EmbeddedStore, path: Path) -> None:
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    threading.Timer(0.2, lambda: other.execute("ROLLBACK")).start()
    started = time.monotonic()
    made.commit([Write("set", "a/b", {})])
    assert time.monotonic() - started > 0.1
    other.close()
