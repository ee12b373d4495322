"""The store port on one SQLite file: see ``database`` (the file), ``commits`` (writing), ``entries`` (the indexes)."""

from __future__ import annotations

import heapq
import os
import sqlite3
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Literal, TypeVar

from shared.backends.embedded import commits
from shared.backends.embedded.database import FileError, open_database
from shared.backends.embedded.entries import Registry, Scan, Shape, Span, scan
from shared.backends.embedded.seen import Seen
from shared.backends.indexes import Index, Plan, Planner, check_path
from shared.ports.clock import Clock
from shared.ports.store import Doc, InvalidWrite, Query, ReadAfterWrite, Transaction, Unavailable, Write

T = TypeVar("T")
OPTIMISTIC_ATTEMPTS = 3  # then the body runs with the write lock held, and nothing can come between
_Row = tuple[bytes, str, str, str]  # key, path, version, text
_ONE = "SELECT path, version, data FROM documents WHERE path = ?"
_FOUND = (
    "SELECT e.key, d.path, d.version, d.data FROM entries e CROSS JOIN documents d ON d.id = e.doc "
    "WHERE e.idx = ? AND e.key >= ? AND e.key < ? ORDER BY e.key {} LIMIT ?"
)
_FORWARDS, _BACKWARDS = _FOUND.format("ASC"), _FOUND.format("DESC")
_SOME = "SELECT path, version, data FROM documents WHERE path IN ({})"
_WALK = "SELECT id, path, version, CASE WHEN grp IN ({}) THEN data END FROM documents WHERE id > ? ORDER BY id LIMIT ?"
_MARKS = 500  # question marks in one statement
_BUILT = "SELECT 1 FROM indexes WHERE id = ?"
_COUNT = "SELECT count(*) FROM entries WHERE idx = ? AND key >= ? AND key < ?"


class EmbeddedStore:
    """Documents in the SQLite file at ``path``, for any number of threads and processes.

    ``durability`` "full" syncs the disk before a commit returns (what was armed survives a power cut); "normal" keeps
    commits through a crash of the process, but a power cut may lose the last ones.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        clock: Clock,
        indexes: Sequence[Index],
        *,
        durability: Literal["full", "normal"] = "full",
    ) -> None:
        with _unavailable():
            self._database = open_database(path, self)
        self._clock = clock
        self._plan = Planner(indexes).plan
        self._durable = durability == "full"
        self._registry = Registry()
        self._ready: dict[Shape, int] = {}  # indexes whose making was committed before now: readers may use them
        self._local = threading.local()
        self._seen = self._database.seen

    def get(self, path: str) -> Doc | None:
        """The document, or None. Raises Unavailable."""
        return self.get_many([path])[0]

    def get_many(self, paths: Sequence[str]) -> list[Doc | None]:
        """The documents in the order of ``paths``, None where absent. Raises Unavailable."""
        for path in paths:
            check_path(path, "document")
        known = self._seen.sure(paths)
        return known if None not in known else self._look(paths)

    def query(self, query: Query) -> list[Doc]:
        """At most ``limit`` documents. Raises MissingIndex, InvalidWrite, Unavailable."""
        made = scan(self._plan(query), query.start_after)
        with _unavailable():
            number = self._index(made)
            return [self._seen.doc(*row[1:]) for row in _find(self._database.read(), number, made, query.limit)]

    def count(self, query: Query) -> int:
        """How many documents the query finds (limit and start_after are ignored)."""
        made = scan(self._plan(query))
        with _unavailable():
            number = self._index(made)
            with self._database.snapshot() as connection:
                counts = [connection.execute(_COUNT, (number, *span)).fetchone()[0] for _, span in made.spans]
                return sum(counts)

    def commit(self, writes: Sequence[Write]) -> None:
        """All or nothing. Raises AlreadyExists, NotFound, Conflict, TooLarge, InvalidWrite, Unavailable."""
        if getattr(self._local, "inside", False):
            raise InvalidWrite("a commit inside a transaction's body: write through the transaction")
        prepared = commits.prepare(writes)
        if prepared:
            with _unavailable():
                self._write(lambda held: commits.apply(held, self._registry, prepared), _paths(prepared))

    def transact(self, body: Callable[[Transaction], T]) -> T:
        """Run ``body``, commit its writes, answer what it returned. ``body`` may run several times."""
        if getattr(self._local, "inside", False):
            raise InvalidWrite("a transaction inside a transaction's body")
        self._local.inside = True
        try:
            with _unavailable():
                return self._transact(body)
        finally:
            self._local.inside = False

    def walk(self, groups: Sequence[str], after: int, limit: int) -> tuple[list[Doc], int]:
        """Of the next ``limit`` documents, in the order of their first writing, those of these groups; and where to go on
        (0: this was the end). Raises Unavailable."""
        with _unavailable():
            sql = _WALK.format(",".join("?" * len(groups)))
            rows = self._database.read().execute(sql, (*groups, after, limit)).fetchall()
            found = [self._seen.doc(*row[1:]) for row in rows if row[3] is not None]
            return found, rows[-1][0] if len(rows) == limit else 0

    def explain(self, query: Query) -> list[str]:
        """SQLite's plan for the query, a line per step: shows that it reads no more than it returns."""
        made = scan(self._plan(query), query.start_after)
        with _unavailable():
            number = self._index(made)
            sql = "EXPLAIN QUERY PLAN " + (_BACKWARDS if made.backwards else _FORWARDS)
            return [row[3] for row in self._database.read().execute(sql, (number, *made.spans[0][1], 1))]

    def close(self) -> None:
        """Close the file; the store cannot be used afterwards."""
        self._database.close(self)

    def _look(self, paths: Sequence[str]) -> list[Doc | None]:
        state, found = self._seen.state(), dict[str, Doc]()
        with _unavailable(), self._one_state(len(paths) > _MARKS) as connection:
            for start in range(0, len(paths), _MARKS):
                part = paths[start : start + _MARKS]
                rows = connection.execute(_SOME.format(",".join("?" * len(part))), part)
                found.update((row[0], self._seen.doc(*row)) for row in rows)
        self._seen.note(state, found.values())
        return [found.get(path) for path in paths]

    def _one_state(self, several: bool) -> AbstractContextManager[sqlite3.Connection]:
        """A connection for reading: a single statement sees one state of the file anyway."""
        return self._database.snapshot() if several else nullcontext(self._database.read())

    def _transact(self, body: Callable[[Transaction], T]) -> T:
        attempts = 0
        while attempts < OPTIMISTIC_ATTEMPTS:
            try:
                return self._attempt(body)
            except _IndexNeeded as needed:
                self._index(needed.scan)
            except _Moved:
                attempts += 1
        return self._database.write_alone(lambda held: self._run_held(body, held), durable=self._durable)

    def _attempt(self, body: Callable[[Transaction], T]) -> T:
        """Run the body on a snapshot; commit if all that it read is still so. Raises _Moved, _IndexNeeded."""
        with self._database.snapshot() as connection:
            tx = _Transaction(connection, self._ready.get, self._plan, self._seen)
            result = body(tx)
        if tx.writes:
            prepared = commits.prepare(tx.writes)
            self._write(lambda held: self._settle(held, tx, prepared), _paths(prepared))
        return result

    def _settle(self, held: sqlite3.Connection, tx: _Transaction, prepared: list[commits.Prepared]) -> None:
        if not tx.still_so(held):
            raise _Moved
        commits.apply(held, self._registry, prepared)

    def _run_held(self, body: Callable[[Transaction], T], held: sqlite3.Connection) -> T:
        """Run the body with the write lock held."""
        tx = _Transaction(held, lambda shape: self._registry.build(held, shape), self._plan, self._seen)
        result = body(tx)
        commits.apply(held, self._registry, commits.prepare(tx.writes))
        return result

    def _index(self, made: Scan) -> int:
        """The number of the scan's index; built where this is the first query that needs it."""
        known = self._ready.get(made.shape)
        if known is None:
            known = self._write(lambda held: self._registry.build(held, made.shape))
            self._ready[made.shape] = known
        return known

    def _write(self, unit: Callable[[sqlite3.Connection], T], documents: Collection[str] = ()) -> T:
        try:
            return self._database.write(unit, durable=self._durable, documents=documents)
        except FileError:
            self._registry.forget()  # it may have seen an index that was rolled back
            raise


def _paths(prepared: Sequence[commits.Prepared]) -> list[str]:
    return [write.path for write in prepared]


class _Moved(Exception):
    """Something that the transaction read has changed."""


class _IndexNeeded(Exception):
    """The body needs an index that must be built outside of its snapshot."""

    def __init__(self, made: Scan) -> None:
        super().__init__()
        self.scan = made


class _Transaction:
    """What a body sees: one state of the file, and a buffer for its writes."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        index: Callable[[Shape], int | None],
        plan: Callable[[Query], Plan],
        known: Seen,
    ) -> None:
        self._connection, self._index, self._plan, self._known = connection, index, plan, known
        self._seen: dict[str, str | None] = {}
        self._scans: list[tuple[int, Scan, int, list[tuple[str, str]]]] = []
        self.writes: list[Write] = []

    def get(self, path: str) -> Doc | None:
        check_path(path, "document")
        self._reading()
        doc = self._known.one(self._connection, path)
        self._seen[path] = doc.version if doc else None
        return doc

    def query(self, query: Query) -> list[Doc]:
        self._reading()
        made = scan(self._plan(query), query.start_after)
        number = self._index(made.shape)
        if number is None or not self._connection.execute(_BUILT, (number,)).fetchone():
            raise _IndexNeeded(made)  # none yet, or made after this snapshot
        rows = _find(self._connection, number, made, query.limit)
        self._scans.append((number, made, query.limit, [row[1:3] for row in rows]))
        return [self._known.doc(*row[1:]) for row in rows]

    def write(self, write: Write) -> None:
        self.writes.append(write)

    def still_so(self, connection: sqlite3.Connection) -> bool:
        """Whether all that was read reads the same now, also what queries did not find."""
        for path, version in self._seen.items():
            row = connection.execute(_ONE, (path,)).fetchone()
            if (row[1] if row else None) != version:
                return False
        return all(
            [row[1:3] for row in _find(connection, number, made, limit)] == seen
            for number, made, limit, seen in self._scans
        )

    def _reading(self) -> None:
        if self.writes:
            raise ReadAfterWrite("a transaction reads first and writes then")


def _find(connection: sqlite3.Connection, number: int, made: Scan, limit: int) -> list[_Row]:
    if len(made.spans) == 1:
        return _rows(connection, number, made, made.spans[0][1], limit)
    parts = [
        [(row[0][len(prefix) :], row) for row in _rows(connection, number, made, span, limit)]
        for prefix, span in made.spans
    ]
    merged = heapq.merge(*parts, key=lambda pair: pair[0], reverse=made.backwards)
    return [row for _, (_, row) in zip(range(limit), merged, strict=False)]


def _rows(connection: sqlite3.Connection, number: int, made: Scan, span: Span, limit: int) -> list[_Row]:
    sql = _BACKWARDS if made.backwards else _FORWARDS
    return connection.execute(sql, (number, *span, limit)).fetchall()


@contextmanager
def _unavailable() -> Iterator[None]:
    try:
        yield
    except (FileError, sqlite3.Error) as error:
        raise Unavailable(str(error)) from error
