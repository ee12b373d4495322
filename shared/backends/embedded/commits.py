"""Applying the writes of one commit inside a write transaction: first all checks, then all changes."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shared.backends.embedded import values
from shared.backends.embedded.entries import Registry, Shape
from shared.backends.indexes import check_path
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
    """A write whose values were checked; ``text`` is the document to be, except for updates."""

    op: str
    path: str
    plain: dict[str, Any]
    text: str
    if_version: str | None


@dataclass(slots=True)
class _State:
    """A document before and during the commit: its texts (None where absent), and their content as far as known."""

    id: int | None
    version: str | None
    before: str | None
    text: str | None
    old: dict[str, Any] | None = None
    plain: dict[str, Any] | None = None


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
    if write.op not in ("create", "set", "update", "delete"):
        raise InvalidWrite(f"{write.path}: unknown op {write.op!r}")
    if write.if_version is not None and write.op in ("create", "set"):
        raise InvalidWrite(f"{write.path}: if_version goes with update and delete, not {write.op}")
    plain = {} if write.op == "delete" else values.tag(write.data)
    text = "" if write.op == "delete" else values.text(write.path, plain)
    return Prepared(write.op, write.path, plain, text, write.if_version)


def apply(connection: sqlite3.Connection, registry: Registry, writes: Sequence[Prepared]) -> None:
    """Apply the writes in order, all or (before anything changed) none."""
    states, newest = _load(connection, list(dict.fromkeys(write.path for write in writes)))
    for write in writes:
        _next(write, states[write.path])
    registry.refresh(connection, newest)
    # As on Firestore, a write that changes nothing keeps the version.
    _store(connection, registry, {path: state for path, state in states.items() if state.text != state.before})


def _load(connection: sqlite3.Connection, paths: Sequence[str]) -> tuple[dict[str, _State], int | None]:
    """The documents as they are (a commit has at most 500 writes), and the newest index: one statement, because at each
    one the interpreter's lock changes hands."""
    sql = (
        f"SELECT path, id, version, data FROM documents WHERE path IN ({','.join('?' * len(paths))}) "  # noqa: S608 - question marks
        "UNION ALL SELECT NULL, max(id), NULL, NULL FROM indexes"
    )
    rows = {row[0]: _State(row[1], row[2], row[3], row[3]) for row in connection.execute(sql, paths)}
    newest = rows.pop(None).id
    return {path: rows.get(path) or _State(None, None, None, None) for path in paths}, newest


def _next(write: Prepared, state: _State) -> None:
    """Bring the document to where the write leaves it. Raises when its precondition does not hold."""
    if write.op == "create" and state.text is not None:
        raise AlreadyExists(write.path)
    # As on Firestore: a version that was demanded is missed by an absent document too, whatever the op.
    if write.if_version is not None and (state.version != write.if_version or state.text is None):
        raise Conflict(f"{write.path} is no longer at the version that was read")
    if write.op == "update" and state.text is None:
        raise NotFound(write.path)
    if write.op == "delete":
        state.text = state.plain = None
    elif write.op == "update":
        if state.plain is None:
            state.plain = state.old = json.loads(state.text or "{}")
        state.plain = {**state.plain, **write.plain}
        state.text = values.text(write.path, state.plain)
    else:
        state.text, state.plain = write.text, write.plain


def _store(connection: sqlite3.Connection, registry: Registry, states: Mapping[str, _State]) -> None:
    """Write the changed documents, then their entries in the indexes."""
    gone: set[tuple[int, bytes]] = set()
    added: list[tuple[str, set[tuple[int, bytes]]]] = []
    for path, state in states.items():
        indexes = registry.of_group(_group(path))
        if indexes and state.before is not None and state.old is None:
            state.old = json.loads(state.before)
        old, new = _keys(indexes, path, state.old), _keys(indexes, path, state.plain)
        gone |= old - new
        added.append((path, new - old))
        if state.id is not None:
            _replace(connection, state)
    _insert(connection, {path: state for path, state in states.items() if state.id is None})
    if gone:
        connection.executemany("DELETE FROM entries WHERE idx = ? AND key = ?", gone)
    if rows := [(index, key, states[path].id) for path, keys in added for index, key in keys]:
        connection.executemany("INSERT INTO entries (idx, key, doc) VALUES (?, ?, ?)", rows)


def _replace(connection: sqlite3.Connection, state: _State) -> None:
    if state.text is None:
        connection.execute("DELETE FROM documents WHERE id = ?", (state.id,))
    else:
        sql = "UPDATE documents SET version = ?, data = ? WHERE id = ?"
        connection.execute(sql, (os.urandom(8).hex(), state.text, state.id))


def _insert(connection: sqlite3.Connection, states: Mapping[str, _State]) -> None:
    """Write the new documents, in one statement."""
    if not states:
        return
    rows = [(path, _group(path), os.urandom(8).hex(), state.text) for path, state in states.items()]
    marks = ",".join(["(?, ?, ?, ?)"] * len(rows))
    sql = f"INSERT INTO documents (path, grp, version, data) VALUES {marks} RETURNING path, id"  # noqa: S608 - question marks
    for path, number in connection.execute(sql, [value for row in rows for value in row]).fetchall():
        states[path].id = number


def _group(path: str) -> str:
    return path.rsplit("/", 2)[-2]


def _keys(indexes: list[tuple[int, Shape]], path: str, plain: dict[str, Any] | None) -> set[tuple[int, bytes]]:
    if plain is None:
        return set()
    return {(number, key) for number, shape in indexes for key in shape.keys(path, plain)}
