"""A store that counts what Firestore would bill: documents read (a query at least one) and documents written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from shared.ports.store import Doc, Query, Store, Transaction, Write

T = TypeVar("T")


@dataclass(slots=True)
class Counts:
    """https://cloud.google.com/firestore/pricing (2026-11): an empty query costs one read, a count one per 1,000."""

    reads: int = 0
    writes: int = 0
    log: list[str] = field(default_factory=list)

    def read(self, what: str, documents: int) -> None:
        """Note documents read."""
        self.reads += max(1, documents)
        self.log.append(f"read {what}")

    def write(self, writes: Sequence[Write]) -> None:
        """Note documents written."""
        self.writes += len(writes)
        self.log += [f"{write.op} {write.path.split('/')[-2]}" for write in writes]


class CountingStore:
    """``ports.Store`` over another one. ``counts`` may be replaced at any time."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.counts = Counts()

    def get(self, path: str) -> Doc | None:
        self.counts.read(path.split("/")[-2], 1)
        return self._store.get(path)

    def get_many(self, paths: Sequence[str]) -> list[Doc | None]:
        self.counts.read("many", len(paths))
        return self._store.get_many(paths)

    def query(self, query: Query) -> list[Doc]:
        found = self._store.query(query)
        self.counts.read(f"query {query.group or query.collection}", _charged(len(found)))
        return found

    def count(self, query: Query) -> int:
        found = self._store.count(query)
        self.counts.read(f"count {query.group or query.collection}", _charged(-(-found // 1000)))
        return found

    def commit(self, writes: Sequence[Write]) -> None:
        self._store.commit(writes)
        self.counts.write(writes)

    def transact(self, body: Callable[[Transaction], T]) -> T:
        """Counts what the last run of the body did: a fault-free transaction has only one."""
        seen: list[_Counting] = []

        def counted(txn: Transaction) -> T:
            seen.append(_Counting(txn))
            return body(seen[-1])

        result = self._store.transact(counted)
        for what, documents in seen[-1].reads:
            self.counts.read(what, documents)
        self.counts.write(seen[-1].writes)
        return result


class _Counting:
    """A transaction that remembers what was asked of it."""

    def __init__(self, txn: Transaction) -> None:
        self._txn = txn
        self.reads: list[tuple[str, int]] = []
        self.writes: list[Write] = []

    def get(self, path: str) -> Doc | None:
        self.reads.append((f"{path.split('/')[-2]} in transaction", 1))
        return self._txn.get(path)

    def query(self, query: Query) -> list[Doc]:
        found = self._txn.query(query)
        self.reads.append((f"query {query.group or query.collection}", _charged(len(found))))
        return found

    def write(self, write: Write) -> None:
        self.writes.append(write)
        self._txn.write(write)


def _charged(found: int) -> int:
    """A query that finds nothing is a read, too: https://firebase.google.com/docs/firestore/pricing (2026-11)."""
    return max(1, found)
