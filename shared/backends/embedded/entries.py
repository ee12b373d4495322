"""The index table: one sorted key per document and index, made when a query first needs the index.

Firestore keeps every declared index current from the start. Here an index is built by the first query that uses it
and kept from then on by every writer of every process (they read the ``indexes`` table inside their transaction): a
file pays only for the indexes that its installation uses, and still no query reads more than it returns.
"""

from __future__ import annotations

import itertools
import json
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from shared.backends.embedded import keys, values
from shared.backends.indexes import Plan
from shared.ports.store import Doc, InvalidWrite

Field = Callable[[str], Any]  # a document's field of this name; raises KeyError
Span = tuple[bytes, bytes]  # keys from the first, below the second


@dataclass(frozen=True, slots=True)
class Shape:
    """What an index holds: equality fields, then at most one list, then the ordered fields, then the path."""

    group: str
    scope: str
    equal: tuple[str, ...]
    contains: str | None
    order: tuple[tuple[str, str], ...]

    def spec(self) -> str:
        """The shape as text, the same for the same shape."""
        return json.dumps([self.group, self.scope, self.equal, self.contains, self.order])

    @staticmethod
    def parse(spec: str) -> Shape:
        """The shape of a spec."""
        group, scope, equal, contains, order = json.loads(spec)
        return Shape(group, scope, tuple(equal), contains, tuple((field, direction) for field, direction in order))

    def keys(self, path: str, field: Field) -> list[bytes]:
        """The document's keys: none where it lacks a field, one per distinct element of a list."""
        try:
            head = self.source(path) + b"".join([keys.value(field(name)) for name in self.equal])
            listed = [b""] if self.contains is None else self._elements(field(self.contains))
            tail = self.tail(path, field)
        except KeyError:
            return []
        return [head + element + tail for element in listed]

    def source(self, path: str) -> bytes:
        """What the keys of one query's documents start with."""
        return keys.path(path.rsplit("/", 1)[0]) + b"\x00" if self.scope == "collection" else b""

    def tail(self, path: str, field: Field) -> bytes:
        """What orders a query's documents. Raises KeyError where an ordered field is missing."""
        made = [_directed(field(name), direction) for name, direction in self.order]
        name = keys.path(path)
        return b"".join(made) + (keys.invert(name) if self.order and self.order[-1][1] == "desc" else name)

    @staticmethod
    def _elements(found: Any) -> list[bytes]:
        return sorted({keys.value(item) for item in found}) if isinstance(found, list) else []


@dataclass(frozen=True, slots=True)
class Scan:
    """How a plan reads its index: one span per combination of ``in`` values, each with the bytes they share."""

    shape: Shape
    spans: tuple[tuple[bytes, Span], ...]
    backwards: bool


def scan(plan: Plan, start_after: Doc | None = None) -> Scan:
    """The index and the spans of it that answer the plan."""
    backwards = bool(plan.order) and plan.order[0][1] == "desc"
    order = tuple((name, _flip(direction) if backwards else direction) for name, direction in plan.order)
    contains = plan.contains[0] if plan.contains else None
    shape = Shape(plan.group, plan.scope, tuple(name for name, _ in plan.equal), contains, order)
    head = keys.path(plan.source) + b"\x00" if plan.scope == "collection" else b""
    element = _key(plan.contains[1]) if plan.contains else b""
    choices = [sorted({_key(value) for value in options}) for _, options in plan.equal]
    prefixes = [head + b"".join(chosen) + element for chosen in itertools.product(*choices)]
    bounds = _bounds(plan, order)
    cursor = _cursor(shape, start_after) if start_after else None
    spans = tuple((prefix, _span(prefix, bounds, cursor, backwards)) for prefix in prefixes)
    return Scan(shape, spans, backwards)


def _bounds(plan: Plan, order: tuple[tuple[str, str], ...]) -> Span:
    """The keys that the ranges admit, relative to a prefix; (b"", b"") where there is no range."""
    low, high = b"", b""
    for op, value in plan.ranges:
        if value is None:
            raise InvalidWrite("where: null can only be compared with ==")
        start, end = _admitted(op, _key(value), order[0][1])
        low, high = max(low, start), min(high or end, end)
    return low, high


def _admitted(op: str, key: bytes, direction: str) -> Span:
    own, kin = key, keys.kind(key)
    if direction == "desc":
        own, kin = keys.invert(own), keys.invert(kin)
    upwards = (op[0] == ">") == (direction == "asc")
    edge = keys.after(own) if upwards != (len(op) == 2) else own
    return (edge, keys.after(kin)) if upwards else (kin, edge)


def _span(prefix: bytes, bounds: Span, cursor: bytes | None, backwards: bool) -> Span:
    low, high = prefix + bounds[0], prefix + bounds[1] if bounds[1] else keys.after(prefix)
    if cursor is not None and backwards:
        high = min(high, prefix + cursor)
    elif cursor is not None:
        low = max(low, prefix + cursor + b"\x00")
    return low, high


def _cursor(shape: Shape, doc: Doc) -> bytes:
    try:
        return shape.tail(doc.path, doc.data.__getitem__)
    except KeyError as missing:
        raise InvalidWrite(f"start_after: {doc.path} lacks the ordered field {missing.args[0]}") from None


class Registry:
    """Which indexes exist in the file, as this process last saw it. Only ever grows."""

    def __init__(self) -> None:
        self._newest = 0
        self._ids: dict[Shape, int] = {}
        self._groups: dict[str, list[tuple[int, Shape]]] = {}

    def forget(self) -> None:
        """Look again: what was seen may have been rolled back."""
        self._newest = 0

    def refresh(self, connection: sqlite3.Connection, newest: int | None) -> None:
        """See what other processes have built meanwhile. ``newest``: the last index, as a writer's transaction sees it."""
        if newest is not None and newest > self._newest:
            self._reload(connection)

    def of_group(self, group: str) -> list[tuple[int, Shape]]:
        """The indexes that a writer has to keep; :meth:`refresh` first."""
        return self._groups.get(group, [])

    def build(self, connection: sqlite3.Connection, shape: Shape) -> int:
        """Make the index of all documents there are, unless another process just did; inside a write transaction."""
        (newest,) = connection.execute("SELECT max(id) FROM indexes").fetchone()
        self.refresh(connection, newest)
        if shape in self._ids:
            return self._ids[shape]
        made = connection.execute("INSERT INTO indexes (spec) VALUES (?)", (shape.spec(),)).lastrowid
        number = made or 0
        rows = connection.execute("SELECT id, path, data FROM documents WHERE grp = ?", (shape.group,))
        connection.executemany("INSERT INTO entries (idx, key, doc) VALUES (?, ?, ?)", _rows(number, shape, rows))
        self._reload(connection)
        return number

    def _reload(self, connection: sqlite3.Connection) -> None:
        rows = connection.execute("SELECT id, spec FROM indexes ORDER BY id").fetchall()
        found = [(number, Shape.parse(spec)) for number, spec in rows]
        groups: dict[str, list[tuple[int, Shape]]] = {}
        for number, shape in found:
            groups.setdefault(shape.group, []).append((number, shape))
        self._ids, self._groups = {shape: number for number, shape in found}, groups
        self._newest = rows[-1][0]


def _rows(number: int, shape: Shape, rows: Iterator[tuple[int, str, str]]) -> Iterator[tuple[int, bytes, int]]:
    for doc, path, data in rows:
        for key in shape.keys(path, partial(values.field, json.loads(data))):
            yield number, key, doc


def _key(value: Any) -> bytes:
    """A query's value, held to the rules of stored values."""
    if type(value) is str or value is None or (type(value) is datetime and value.tzinfo is UTC):
        return keys.value(value)
    return keys.value(values.untag(values.tag({"value": value})["value"]))


def _directed(value: Any, direction: str) -> bytes:
    key = keys.value(value)
    return keys.invert(key) if direction == "desc" else key


def _flip(direction: str) -> str:
    return "asc" if direction == "desc" else "desc"
