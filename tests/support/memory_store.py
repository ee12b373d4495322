"""The store port in memory: as strict as Firestore, serialisable, thread safe, and fast."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cmp_to_key
from threading import RLock
from typing import Any, TypeVar

from shared.backends import indexes
from shared.ports.store import (
    MAX_COMMIT_WRITES,
    MAX_DOCUMENT_BYTES,
    AlreadyExists,
    Conflict,
    Doc,
    InvalidWrite,
    NotFound,
    Query,
    ReadAfterWrite,
    TooLarge,
    Transaction,
    Write,
)
from tests.support.faults import Faults

T = TypeVar("T")
Stored = tuple[dict[str, Any], int]


class MemoryStore:
    """``ports.Store`` in dicts.

    ``eager`` runs every transaction's body twice (the first run's writes are dropped), so that a body with an effect of
    its own shows. One lock serialises everything.
    """

    def __init__(
        self, faults: Faults | None = None, *, eager: bool = True, declared: Sequence[indexes.Index] | None = None
    ) -> None:
        self.faults = faults or Faults()
        self.eager = eager
        self.reads = 0
        self.writes = 0
        self._docs: dict[str, Stored] = {}
        self._collections: dict[str, set[str]] = {}
        self._serial = 0
        self._lock = RLock()
        self._planner = indexes.Planner(indexes.load() if declared is None else declared)

    def get(self, path: str) -> Doc | None:
        return self.faults.around("store.get", lambda: self._get(path))

    def get_many(self, paths: Sequence[str]) -> list[Doc | None]:
        return self.faults.around("store.get_many", lambda: [self._get(path) for path in paths])

    def query(self, query: Query) -> list[Doc]:
        return self.faults.around("store.query", lambda: self._query(query))

    def count(self, query: Query) -> int:
        return self.faults.around("store.count", lambda: len(self._found(query)))

    def commit(self, writes: Sequence[Write]) -> None:
        self.faults.around("store.commit", lambda: self._commit(writes))

    def transact(self, body: Callable[[Transaction], T]) -> T:
        return self.faults.around("store.transact", lambda: self._transact(body))

    def everything(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """All documents by path: for invariants, never for code under test."""
        with self._lock:
            docs = sorted(self._docs.items())
        for path, (data, _) in docs:
            yield path, _plain(data)

    def _get(self, path: str) -> Doc | None:
        indexes.check_path(path, "document")
        with self._lock:
            self.reads += 1
            return self._doc(path)

    def _doc(self, path: str) -> Doc | None:
        found = self._docs.get(path)
        return Doc(path, _plain(found[0]), str(found[1])) if found else None

    def _transact(self, body: Callable[[Transaction], T]) -> T:
        with self._lock:
            if self.eager:
                body(_MemoryTransaction(self))
            txn = _MemoryTransaction(self)
            answer = body(txn)
            self._commit(txn.writes)
            return answer

    def _commit(self, writes: Sequence[Write]) -> None:
        if len(writes) > MAX_COMMIT_WRITES:
            raise TooLarge(f"{len(writes)} writes in one commit")
        with self._lock:
            staged: dict[str, dict[str, Any] | None] = {}
            for write in writes:
                staged[write.path] = self._staged(write, staged)
            for path, data in staged.items():
                self._put(path, data)

    def _staged(self, write: Write, staged: Mapping[str, dict[str, Any] | None]) -> dict[str, Any] | None:
        """The document after this write. Raises what the port raises."""
        indexes.check_path(write.path, "document")
        if write.op not in ("create", "set", "update", "delete"):
            raise InvalidWrite(f"no such write: {write.op!r}")
        stored = self._docs.get(write.path)
        current = staged[write.path] if write.path in staged else (stored[0] if stored else None)
        if write.if_version is not None:
            if write.op not in ("update", "delete"):
                raise InvalidWrite("if_version: on update and delete only")
            if stored is None or str(stored[1]) != write.if_version:
                raise Conflict(write.path)
        if write.op == "delete":
            return None
        if write.op == "create" and current is not None:
            raise AlreadyExists(write.path)
        if write.op == "update" and current is None:
            raise NotFound(write.path)
        data = _plain(dict(write.data))
        merged = {**(current or {}), **data} if write.op == "update" else data
        if _size(merged) + len(write.path) + 48 > MAX_DOCUMENT_BYTES:
            raise TooLarge(write.path)
        return merged

    def _put(self, path: str, data: dict[str, Any] | None) -> None:
        self.writes += 1
        members = self._collections.setdefault(path.rpartition("/")[0], set())
        if data is None:
            self._docs.pop(path, None)
            members.discard(path)
            return
        self._serial += 1
        self._docs[path] = (data, self._serial)
        members.add(path)

    def _query(self, query: Query) -> list[Doc]:
        found = self._found(query)
        self.reads += len(found)
        order = _order_of(query)
        found.sort(key=cmp_to_key(lambda a, b: _compare(a, b, order)))
        if query.start_after is not None:
            after = query.start_after
            found = [doc for doc in found if _compare(doc, after, order) > 0]
        return found[: query.limit]

    def _found(self, query: Query) -> list[Doc]:
        plan = self._planner.plan(query)
        for _, op, value in query.where:
            _plain(list(value) if op == "in" else value)
        ordered = [name for name, _ in plan.order]
        with self._lock:
            paths = [path for name in self._named(plan) for path in self._collections.get(name, ())]
            matching = [p for p in paths if _matches(self._docs[p][0], query) and _has(self._docs[p][0], ordered)]
            return [Doc(path, _plain(self._docs[path][0]), str(self._docs[path][1])) for path in matching]

    def _named(self, plan: indexes.Plan) -> list[str]:
        if plan.scope == "collection":
            return [plan.source]
        return [name for name in self._collections if name.rpartition("/")[2] == plan.group]


class _MemoryTransaction:
    """Reads of the present state; writes are kept for the end."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store
        self.writes: list[Write] = []

    def get(self, path: str) -> Doc | None:
        self._reading()
        return self._store._get(path)

    def query(self, query: Query) -> list[Doc]:
        self._reading()
        return self._store._query(query)

    def write(self, write: Write) -> None:
        self.writes.append(write)

    def _reading(self) -> None:
        if self.writes:
            raise ReadAfterWrite("reads come before writes")


_RANKS = {type(None): 0, bool: 1, int: 2, float: 2, datetime: 3, str: 4, bytes: 5, list: 6, dict: 7}


def _plain(value: Any, depth: int = 0, *, listed: bool = False) -> Any:
    """A deep copy. Raises InvalidWrite for what Firestore would refuse."""
    kind = type(value)
    if kind is str:
        return _text(value)
    if kind in (bool, bytes, float) or value is None:
        return value
    if kind is int and -(1 << 63) <= value < 1 << 63:
        return value
    if kind is datetime and value.tzinfo is not None:
        return value.astimezone(UTC)
    if depth > 20:
        raise InvalidWrite("nested over 20 deep")
    if kind is list and not listed:
        return [_plain(item, depth + 1, listed=True) for item in value]
    if kind is dict:
        return {_name(key): _plain(item, depth + 1) for key, item in value.items()}
    raise InvalidWrite(f"{value!r} cannot be stored: {'a list in a list' if kind is list else kind.__name__}")


def _text(value: str) -> str:
    if value.isascii():
        return value
    try:
        value.encode()
    except UnicodeEncodeError:
        raise InvalidWrite("an unpaired surrogate is no text") from None
    return value


def _name(key: Any) -> str:
    if type(key) is not str or not key or (key.startswith("__") and key.endswith("__")):
        raise InvalidWrite(f"{key!r} is no field name")
    return key


def _size(value: Any) -> int:
    """Bytes as Firestore counts them: https://cloud.google.com/firestore/docs/storage-size."""
    if isinstance(value, str):
        return len(value.encode("utf-8", "surrogatepass")) + 1
    if isinstance(value, bytes):
        return len(value)
    if isinstance(value, dict):
        return sum(len(key.encode()) + 1 + _size(item) for key, item in value.items())
    if isinstance(value, list):
        return sum(map(_size, value))
    return 1 if value is None or isinstance(value, bool) else 8


def _key(value: Any) -> tuple[int, Any]:
    """A value's place in Firestore's order of all values."""
    rank = _RANKS[type(value)]
    if rank == 6:
        return rank, tuple(map(_key, value))
    if rank == 7:
        return rank, tuple((name, _key(value[name])) for name in sorted(value))
    return rank, 0 if value is None else value


def _has(data: Mapping[str, Any], names: Sequence[str]) -> bool:
    return all(name in data for name in names)


def _matches(data: Mapping[str, Any], query: Query) -> bool:
    return all(name in data and _holds(data[name], op, wanted) for name, op, wanted in query.where)


def _holds(value: Any, op: str, wanted: Any) -> bool:
    if op == "in":
        return any(_key(value) == _key(item) for item in wanted)
    if op == "array_contains":
        return isinstance(value, list) and any(_key(item) == _key(wanted) for item in value)
    left, right = _key(value), _key(wanted)
    if op == "==":
        return left == right
    if left[0] != right[0]:
        return False
    return bool({"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}[op])


def _order_of(query: Query) -> list[tuple[str, str]]:
    if query.order_by:
        return list(query.order_by)
    return [(name, "asc") for name, op, _ in query.where if op in indexes.RANGES][:1]


def _compare(one: Doc, two: Doc, order: Sequence[tuple[str, str]]) -> int:
    """Below, equal to or above zero, by the order and then by path in the last direction."""
    for name, direction in order:
        left, right = _key(one.data[name]), _key(two.data[name])
        if left != right:
            return (1 if left > right else -1) * (1 if direction == "asc" else -1)
    left_path, right_path = one.path.split("/"), two.path.split("/")
    last = order[-1][1] if order else "asc"
    return ((left_path > right_path) - (left_path < right_path)) * (1 if last == "asc" else -1)
