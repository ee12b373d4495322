"""The real embedded store under the fault hook of the simulation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from shared.ports.store import Doc, Query, Store, Transaction, Write
from tests.support.faults import Faults

T = TypeVar("T")


class FaultyStore:
    """``ports.Store``: the given store, with ``faults`` around every call."""

    def __init__(self, inner: Store, faults: Faults) -> None:
        self._inner = inner
        self._faults = faults

    def get(self, path: str) -> Doc | None:
        return self._faults.around("store.get", lambda: self._inner.get(path))

    def get_many(self, paths: Sequence[str]) -> list[Doc | None]:
        return self._faults.around("store.get_many", lambda: self._inner.get_many(paths))

    def query(self, query: Query) -> list[Doc]:
        return self._faults.around("store.query", lambda: self._inner.query(query))

    def count(self, query: Query) -> int:
        return self._faults.around("store.count", lambda: self._inner.count(query))

    def commit(self, writes: Sequence[Write]) -> None:
        self._faults.around("store.commit", lambda: self._inner.commit(writes))

    def transact(self, body: Callable[[Transaction], T]) -> T:
        return self._faults.around("store.transact", lambda: self._inner.transact(body))
