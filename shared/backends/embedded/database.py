"""The one SQLite file: connections, and the queue of its writers.

SQLite admits one writer at a time, and a durable commit costs a sync of the disk. So the threads of a process write
through one connection: whoever gets the lock commits everything that waits, with one sync. Other processes are kept
apart by SQLite's own lock (BEGIN IMMEDIATE). Readers have a connection per thread; WAL lets them read meanwhile.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Generic, TypeVar
from weakref import WeakSet

from shared.backends.embedded.seen import Seen, WalIndex

T = TypeVar("T")
BUSY_SECONDS = 30.0  # so long a writer waits for the writers of other processes
MAX_BATCH = 64  # units in one commit: bounds how long the first one waits
SCHEMA_VERSION = 1
SCHEMA = """
CREATE TABLE documents (id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, grp TEXT NOT NULL,
                        version TEXT NOT NULL, data TEXT NOT NULL);
CREATE TABLE indexes (id INTEGER PRIMARY KEY, spec TEXT NOT NULL UNIQUE);
CREATE TABLE entries (idx INTEGER NOT NULL, key BLOB NOT NULL, doc INTEGER NOT NULL,
                      PRIMARY KEY (idx, key)) WITHOUT ROWID;
CREATE TABLE deliveries (id INTEGER PRIMARY KEY, queue TEXT NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL,
                         function TEXT NOT NULL, body TEXT NOT NULL, due INTEGER, eta INTEGER NOT NULL,
                         attempts INTEGER NOT NULL DEFAULT 0, copies INTEGER NOT NULL DEFAULT 1,
                         leased_until INTEGER, lease TEXT, released_at INTEGER, UNIQUE (queue, name));
CREATE INDEX deliveries_due ON deliveries (queue, due) WHERE due IS NOT NULL;
CREATE INDEX deliveries_leased ON deliveries (leased_until) WHERE leased_until IS NOT NULL;
CREATE INDEX deliveries_released ON deliveries (released_at) WHERE released_at IS NOT NULL;
"""


class FileError(Exception):
    """The file could not be read or written: nobody knows whether a write happened."""


class _Connection(sqlite3.Connection):
    """Weakly referable, so that a thread's connection goes with its thread."""


class _Job(Generic[T]):
    """One unit of writing and what became of it."""

    __slots__ = ("documents", "done", "durable", "error", "result", "unit")

    def __init__(
        self, unit: Callable[[sqlite3.Connection], T], durable: bool, documents: Collection[str] | None
    ) -> None:
        self.unit, self.durable, self.documents, self.done = unit, durable, documents, False
        self.result: T | None = None
        self.error: BaseException | None = None

    def outcome(self) -> T:
        if self.error is not None:
            raise self.error
        return self.result  # type: ignore[return-value]  # set by the batch that ran it


class Database:
    """One file as this process sees it. Use :func:`open_database`, so that all users in a process share the writer.

    Raises FileError where SQLite fails; what a unit raises goes to its caller.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.users: set[object] = set()
        self.changed = threading.Condition()  # guards ``announced``: how often this process added deliveries
        self.announced = 0
        self._local = threading.local()
        self._readers: WeakSet[_Connection] = WeakSet()
        self._lock = threading.Lock()
        self._owner: int | None = None
        self._waiting: deque[_Job[Any]] = deque()
        self._closed = False
        _create_private(path)
        self._writer = _connect(path)
        self._synchronous = "FULL"
        try:
            _migrate(self._writer)
        except sqlite3.Error as error:
            self._writer.close()
            raise FileError(f"{path}: {error}") from error
        self._wal_index = WalIndex(path)
        self.seen = Seen(self._wal_index)

    def read(self) -> sqlite3.Connection:
        """This thread's connection, for SELECT only."""
        found: _Connection | None = getattr(self._local, "reader", None)
        if self._closed:
            raise FileError(f"{self.path}: closed")
        if found is None:
            found = self._local.reader = _connect(self.path)
            self._readers.add(found)
        return found

    @contextmanager
    def snapshot(self) -> Iterator[sqlite3.Connection]:
        """This thread's connection, held at one state of the file."""
        connection = self.read()
        with self.errors():
            connection.execute("BEGIN")
        try:
            yield connection
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")

    def write(
        self, unit: Callable[[sqlite3.Connection], T], *, durable: bool = True, documents: Collection[str] = ()
    ) -> T:
        """Run ``unit`` inside a write transaction and commit it, perhaps together with others'.

        A unit checks first and changes rows only once it can no longer refuse: what it raises undoes nothing.
        ``durable`` False lets a power cut (never a crash) lose the commit, unless it is shared with a durable one.
        ``documents``: the paths of those that it may change.
        """
        if self._owner == threading.get_ident():
            raise FileError("a write inside a write would wait for itself")
        job = self._job(unit, durable, documents)
        self._waiting.append(job)
        with self._lock:
            if not job.done:
                self._drain()
        result = job.outcome()
        self._local.along = None
        return result

    def along(
        self, unit: Callable[[sqlite3.Connection], object], act: Callable[[], None], *, durable: bool = True
    ) -> bool:
        """Run ``act``; its first write that succeeds takes ``unit`` along. Whether one did. ``durable`` False: that write
        need not survive a power cut, whatever it asks for itself: it only matters together with ``unit``."""
        self._local.along = unit, durable
        try:
            act()
            return self._local.along is None
        finally:
            self._local.along = None

    def _job(
        self, unit: Callable[[sqlite3.Connection], T], durable: bool, documents: Collection[str] | None
    ) -> _Job[T]:
        along = getattr(self._local, "along", None)
        return (
            _Job(unit, durable, documents)
            if along is None
            else _Job(_both(unit, along[0]), durable and along[1], documents)
        )

    def write_alone(self, unit: Callable[[sqlite3.Connection], T], *, durable: bool = True) -> T:
        """As :meth:`write`, but in the calling thread, in a commit of its own, and of whichever documents."""
        if self._owner == threading.get_ident():
            raise FileError("a write inside a write would wait for itself")
        job = self._job(unit, durable, None)
        with self._lock:
            self._commit([job])
        result = job.outcome()
        self._local.along = None
        return result

    def announce(self) -> None:
        """Tell this process's worker that there is something to deliver."""
        with self.changed:
            self.announced += 1
            self.changed.notify_all()

    def await_announcement(
        self, seen: int, seconds: float, glance: float | None = None, state: bytes | None = None
    ) -> int:
        """Wait so long at most for an announcement after the ``seen`` ones, or, looking every ``glance`` seconds, until the
        file is no longer in ``state``; how many announcements there were by now."""
        deadline = time.monotonic() + seconds
        with self.changed:
            while self.announced == seen and (left := deadline - time.monotonic()) > 0:
                self.changed.wait(min(left, glance or left))
                if glance and self.seen.state() != state:
                    break
            return self.announced

    def close(self, user: object) -> None:
        """``user`` needs it no more: close every connection when nobody does. Calls raise FileError from then on."""
        with _OPEN_LOCK:
            self.users.discard(user)
            if self.users or self._closed:
                return
            _OPEN.pop((os.getpid(), self.path), None)
        with self._lock:
            self._closed = True
            for connection in [*self._readers, self._writer]:
                connection.close()
            self._wal_index.close()

    @contextmanager
    def errors(self) -> Iterator[None]:
        """SQLite's failures as FileError."""
        try:
            yield
        except sqlite3.Error as error:
            raise FileError(f"{self.path}: {error}") from error

    def _drain(self) -> None:
        """Commit all that waits; called with the lock, by a thread whose own job is among it."""
        while self._waiting:
            count = min(len(self._waiting), MAX_BATCH)
            self._commit([self._waiting.popleft() for _ in range(count)])

    def _commit(self, jobs: list[_Job[Any]]) -> None:
        self._owner = threading.get_ident()
        try:
            self._begin(any(job.durable for job in jobs))
            self.seen.begin()
            for job in jobs:
                _run(job, self._writer)
            self._writer.execute("COMMIT")
            self._tell_seen(jobs)
        except BaseException as error:
            # Also an interrupt: whoever waits for this batch must hear that nothing of it is certain.
            self._undo()
            failure = error if isinstance(error, FileError) else FileError(f"{self.path}: {error}")
            for job in jobs:
                job.error = job.error or failure
            if not isinstance(error, sqlite3.Error | FileError):
                raise
        finally:
            self._owner = None
            for job in jobs:
                job.done = True

    def _tell_seen(self, jobs: list[_Job[Any]]) -> None:
        changed = [job.documents for job in jobs if job.documents is not None]
        if len(changed) == len(jobs):
            self.seen.committed(path for documents in changed for path in documents)

    def _begin(self, durable: bool) -> None:
        if self._closed:
            raise FileError(f"{self.path}: closed")
        mode = "FULL" if durable else "NORMAL"
        if mode != self._synchronous:
            self._writer.execute(f"PRAGMA synchronous={mode}")
            self._synchronous = mode
        self._writer.execute("BEGIN IMMEDIATE")

    def _undo(self) -> None:
        try:
            if not self._closed and self._writer.in_transaction:
                self._writer.execute("ROLLBACK")
        except sqlite3.Error:
            # The file is beyond help; the error that brought us here is the one to tell.
            self._closed = True


_OPEN: dict[tuple[int, Path], Database] = {}
_OPEN_LOCK = threading.Lock()


def open_database(path: str | os.PathLike[str], user: object) -> Database:
    """The process's one Database of this file (made when absent, private), open until its last user closes it."""
    real = Path(path).resolve()
    with _OPEN_LOCK:
        found = _OPEN.get((os.getpid(), real))
        if found is None:
            found = _OPEN[os.getpid(), real] = Database(real)
        found.users.add(user)
        return found


def _both(
    first: Callable[[sqlite3.Connection], T], second: Callable[[sqlite3.Connection], object]
) -> Callable[[sqlite3.Connection], T]:
    def unit(held: sqlite3.Connection) -> T:
        result = first(held)
        second(held)
        return result

    return unit


def _run(job: _Job[Any], connection: sqlite3.Connection) -> None:
    try:
        job.result = job.unit(connection)
    except sqlite3.Error:
        raise
    except Exception as error:  # noqa: BLE001 - whatever a unit refuses with belongs to its caller alone
        job.error = error


def _create_private(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))


def _connect(path: Path) -> _Connection:
    try:
        made = sqlite3.connect(
            path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False, factory=_Connection
        )
        _enter_wal(made)
        made.execute("PRAGMA synchronous=FULL")
        made.execute("PRAGMA wal_autocheckpoint=4000")  # pages; 16 MB of log between check points
        made.execute("PRAGMA cache_size=-16000")  # KiB
    except sqlite3.Error as error:
        raise FileError(f"{path}: {error}") from error
    return made


def _enter_wal(connection: sqlite3.Connection) -> None:
    """Switching to WAL does not wait for a busy file by itself, so several first starts would collide."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.01)


def _migrate(connection: sqlite3.Connection) -> None:
    connection.execute("BEGIN IMMEDIATE")
    (found,) = connection.execute("PRAGMA user_version").fetchone()
    if found == 0:
        for statement in SCHEMA.split(";"):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version={SCHEMA_VERSION}")
    connection.execute("COMMIT")
    if found > SCHEMA_VERSION:
        raise sqlite3.DatabaseError(f"made by a newer release (schema {found}, this one knows {SCHEMA_VERSION})")
