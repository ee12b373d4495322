"""Applying the writes of one commit inside a write transaction: first all checks, then all changes."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Sequence
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
    states = _load(connection, list(dict.fromkeys(write.path for write in writes)))
    for write in writes:
        _next(write, states[write.path])
    registry.refresh(connection)
    for path, state in states.items():
        _store(connection, registry, path, state)


def _load(connection: sqlite3.Connection, paths: Sequence[str]) -> dict[str, _State]:
    """The documents as they are, in one statement (a commit has at most 500 writes)."""
    sql = f"SELECT path, id, version, data FROM documents WHERE path IN ({','.join('?' * len(paths))})"  # noqa: S608 - question marks
    rows = {row[0]: _State(row[1], row[2], row[3], row[3]) for row in connection.execute(sql, paths)}
    return {path: rows.get(path) or _State(None, None, None, None) for path in paths}


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


def _store(connection: sqlite3.Connection, registry: Registry, path: str, state: _State) -> None:
    """Write one changed document. As on Firestore, a write that changes nothing keeps the version."""
    if state.text == state.before:
        return
    group = path.rsplit("/", 2)[-2]
    version = os.urandom(8).hex()
    indexes = registry.of_group(group)
    if indexes and state.before is not None and state.old is None:
        state.old = json.loads(state.before)
    old, new = _keys(indexes, path, state.old), _keys(indexes, path, state.plain)
    doc = state.id
    if state.text is None:
        connection.execute("DELETE FROM documents WHERE id = ?", (doc,))
    elif doc is None:
        sql = "INSERT INTO documents (path, grp, version, data) VALUES (?, ?, ?, ?)"
        doc = connection.execute(sql, (path, group, version, state.text)).lastrowid
    else:
        sql = "UPDATE documents SET version = ?, data = ? WHERE id = ?"
        connection.execute(sql, (version, state.text, doc))
    if gone := old - new:
        connection.executemany("DELETE FROM entries WHERE idx = ? AND key = ?", gone)
    if added := [(index, key, doc) for index, key in new - old]:
        connection.executemany("INSERT INTO entries (idx, key, doc) VALUES (?, ?, ?)", added)


def _keys(indexes: list[tuple[int, Shape]], path: str, plain: dict[str, Any] | None) -> set[tuple[int, bytes]]:
    if plain is None:
        return set()
    return {(number, key) for number, shape in indexes for key in shape.keys(path, plain)}
