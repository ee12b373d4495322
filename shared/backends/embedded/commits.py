"""Applying the writes of one commit inside a write transaction: first all checks, then all changes."""

from __future__ import annotations

import json
import os
import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from shared.backends.embedded import texts, values
from shared.backends.embedded.entries import Field, Registry, Shape
from shared.backends.embedded.values import field
from shared.backends.indexes import check_path
from shared.domain.codec import Document
from shared.ports.store import (
    MAX_COMMIT_WRITES,
    AlreadyExists,
    Conflict,
    InvalidWrite,
    NotFound,
    TooLarge,
    Write,
)

MAX_COMMIT_BYTES = 10 * 1_048_576  # one request, https://cloud.google.com/firestore/quotas (2026-11)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A write whose values were checked. ``text``: the document to be, and ``field`` tells its fields; of an update there is
    only ``plain``, what it changes."""

    op: str
    path: str
    plain: Mapping[str, Any]
    text: str
    field: Field | None
    if_version: str | None


@dataclass(slots=True)
class _State:
    """A document before and during the commit: its texts (None where absent), and who tells their fields as far as known."""

    id: int | None = None
    version: str | None = None
    before: str | None = None
    text: str | None = None
    old: Field | None = None
    field: Field | None = None


def prepare(writes: Sequence[Write]) -> list[Prepared]:
    """Check all that needs no look at the store. Raises InvalidWrite, TooLarge."""
    if len(writes) > MAX_COMMIT_WRITES:
        raise TooLarge(f"{len(writes)} writes in one commit, the limit is {MAX_COMMIT_WRITES}")
    made = [_prepare(write) for write in writes]
    total = sum(len(write.text) for write in made)
    if total > MAX_COMMIT_BYTES:
        raise TooLarge(f"a commit of {total} bytes, the limit is {MAX_COMMIT_BYTES}")
    return made


def _prepare(write: Write) -> Prepared:
    check_path(write.path, "document")
    op, data = write.op, write.data
    if op not in ("create", "set", "update", "delete"):
        raise InvalidWrite(f"{write.path}: unknown op {op!r}")
    if write.if_version is not None and op in ("create", "set"):
        raise InvalidWrite(f"{write.path}: if_version goes with update and delete, not {op}")
    if op == "delete":
        return Prepared(op, write.path, {}, "", None, write.if_version)
    if isinstance(data, Document) and op != "update":
        return Prepared(op, write.path, {}, texts.text(write.path, data), data.field, None)
    plain = values.tag(data)
    return Prepared(op, write.path, plain, values.text(write.path, plain), partial(field, plain), write.if_version)


def apply(connection: sqlite3.Connection, registry: Registry, writes: Sequence[Prepared]) -> None:
    """Apply the writes in order, all or (before anything changed) none."""
    states, newest = _load(connection, writes)
    for write in writes:
        _next(write, states[write.path])
    # As on Firestore, a write that changes nothing keeps the version.
    changed = {path: state for path, state in states.items() if state.text != state.before}
    newest = _insert(connection, {path: one for path, one in changed.items() if one.id is None}) or newest
    registry.refresh(connection, newest)
    _store(connection, registry, changed)


def _load(connection: sqlite3.Connection, writes: Sequence[Prepared]) -> tuple[dict[str, _State], int | None]:
    """The documents as they are (a commit has at most 500 writes), and the newest index: one statement, because at each
    one the interpreter's lock changes hands. None at all where everything is new: the insertion finds out what is not."""
    counts = Counter([write.path for write in writes])
    states = {path: _State() for path in counts}
    paths = [write.path for write in writes if write.op != "create" or counts[write.path] > 1]
    if not paths:
        return states, None
    sql = (
        f"SELECT path, id, version, data FROM documents WHERE path IN ({','.join('?' * len(paths))}) "  # noqa: S608 - question marks
        "UNION ALL SELECT NULL, max(id), NULL, NULL FROM indexes"
    )
    states |= {row[0]: _State(row[1], row[2], row[3], row[3]) for row in connection.execute(sql, paths)}
    return states, states.pop(None).id  # type: ignore[call-overload]  # the row of the indexes has no path


def _next(write: Prepared, state: _State) -> None:
    """Bring the document to where the write leaves it. Raises when its precondition does not hold."""
    if write.op == "create" and state.text is not None:
        raise AlreadyExists(write.path)
    # As on Firestore: a version that was demanded is missed by an absent document too, whatever the op.
    if write.if_version is not None and (state.version != write.if_version or state.text is None):
        raise Conflict(f"{write.path} is no longer at the version that was read")
    if write.op != "update":
        state.text, state.field = (None, None) if write.op == "delete" else (write.text, write.field)
        return
    if state.text is None:
        raise NotFound(write.path)
    known = json.loads(state.text)
    if state.text is state.before:
        state.old = partial(field, known)
    plain = {**known, **write.plain}
    state.text, state.field = values.text(write.path, plain), partial(field, plain)


def _store(connection: sqlite3.Connection, registry: Registry, states: Mapping[str, _State]) -> None:
    """Write the documents that were there before, then all entries in the indexes."""
    gone: set[tuple[int, bytes]] = set()
    added: list[tuple[int, bytes, int | None]] = []
    for path, state in states.items():
        if state.before is not None:
            _replace(connection, state)
        indexes = registry.of_group(_group(path))
        if not indexes:
            continue
        if state.before is not None and state.old is None:
            state.old = partial(field, json.loads(state.before))
        old, new = _keys(indexes, path, state.old), _keys(indexes, path, state.field)
        gone |= old - new
        added += [(index, key, state.id) for index, key in new - old]
    if gone:
        connection.executemany("DELETE FROM entries WHERE idx = ? AND key = ?", gone)
    if added:
        connection.executemany("INSERT INTO entries (idx, key, doc) VALUES (?, ?, ?)", added)


def _replace(connection: sqlite3.Connection, state: _State) -> None:
    if state.text is None:
        connection.execute("DELETE FROM documents WHERE id = ?", (state.id,))
    else:
        sql = "UPDATE documents SET version = ?, data = ? WHERE id = ?"
        connection.execute(sql, (os.urandom(8).hex(), state.text, state.id))


def _insert(connection: sqlite3.Connection, states: Mapping[str, _State]) -> int | None:
    """Write the new documents, in one statement, before anything else is changed; the newest index. Raises AlreadyExists."""
    if not states:
        return None
    versions = os.urandom(8 * len(states)).hex()
    given: list[str | None] = []
    for place, (path, state) in enumerate(states.items()):
        given += (path, _group(path), versions[16 * place : 16 * place + 16], state.text)
    marks = ",".join(["(?, ?, ?, ?)"] * len(states))
    sql = (
        f"INSERT INTO documents (path, grp, version, data) VALUES {marks} "  # noqa: S608 - question marks
        "RETURNING path, id, (SELECT max(id) FROM indexes)"
    )
    try:
        rows = connection.execute(sql, given).fetchall()
    except sqlite3.IntegrityError:  # it changed nothing
        raise AlreadyExists(_known(connection, list(states))) from None
    for path, number, _ in rows:
        states[path].id = number
    return rows[0][2]  # type: ignore[no-any-return]  # an index's number


def _known(connection: sqlite3.Connection, paths: Sequence[str]) -> str:
    """Which of them exists."""
    sql = f"SELECT path FROM documents WHERE path IN ({','.join('?' * len(paths))}) LIMIT 1"  # noqa: S608 - question marks
    return str(connection.execute(sql, paths).fetchone()[0])


def _group(path: str) -> str:
    return path.rsplit("/", 2)[-2]


def _keys(indexes: list[tuple[int, Shape]], path: str, known: Field | None) -> set[tuple[int, bytes]]:
    if known is None:
        return set()
    return {(number, key) for number, shape in indexes for key in shape.keys(path, known)}
