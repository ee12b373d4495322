"""The audit, read in pages and checked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

from shared.domain import codec
from shared.domain.audit import ACTS, GENESIS, Entry, Head, digest, entry_path
from shared.domain.callers import Caller
from shared.domain.errors import Invalid
from shared.operations import paging, permissions
from shared.operations.auditing import head_of
from shared.operations.posts.times import read_instant
from shared.ports.store import Direction, Op, Query
from shared.ports.world import Ports

LATEST_FIRST: tuple[tuple[str, Direction], ...] = (("created_at", "desc"),)
CHECKED = 1_000  # entries that one check looks at, at most
PAGE = 200


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries, the latest first. ``since`` and ``until``: RFC 3339."""

    act: str | None = None
    actor: str | None = None
    since: str | None = None
    until: str | None = None
    cursor: str | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True)
class Page:
    """Some entries, and where the next page begins (None: this was the last)."""

    entries: tuple[Entry, ...]
    next_cursor: str | None


Fault = Literal["missing", "altered", "unlinked", "head"]


@dataclass(frozen=True, slots=True)
class Checked:
    """Entries ``first`` to ``last`` were looked at (``last`` 0: there were none), which ``hash`` is the last one's of.
    ``broken``: the first that is wrong, and how. ``next``: where to go on (None: this was the end)."""

    first: int
    last: int
    head: Head
    hash: str = ""
    broken: int | None = None
    fault: Fault | None = None
    next: int | None = None


def list_(ports: Ports, caller: Caller, wanted: Wanted) -> Page:
    """A page: one query. Raises Forbidden, Invalid, store.Unavailable."""
    permissions.full_access(caller, "Audits")
    if wanted.act is not None and wanted.act not in ACTS:
        text = f"act: there is none {wanted.act[:40]!r}; known are {', '.join(ACTS)}."
        raise Invalid("validation.field_invalid", text, field="act")
    where: list[tuple[str, Op, Any]] = [
        (name, "==", value) for name in ("act", "actor") if (value := getattr(wanted, name)) is not None
    ]
    where += [("created_at", ">=", read_instant(wanted.since, None, "from", None))] if wanted.since else []
    where += [("created_at", "<=", read_instant(wanted.until, None, "to", None))] if wanted.until else []
    collection, identity = f"workspaces/{caller.space}/audit", ["audit", caller.space, where]
    start = paging.after(wanted.cursor, identity, collection, "created_at")
    docs = ports.store.query(Query(collection, None, tuple(where), LATEST_FIRST, wanted.limit + 1, start))
    found = tuple(codec.decode(Entry, doc.data) for doc in docs[: wanted.limit])
    more = len(docs) > wanted.limit
    return Page(found, paging.cursor(identity, docs[wanted.limit - 1], "created_at") if more else None)


def head(ports: Ports, caller: Caller) -> Head:
    """The chain's end, to be noted elsewhere. Raises Forbidden, store.Unavailable."""
    permissions.full_access(caller, "Audits")
    return head_of(ports.store, caller.space)


def verify(ports: Ports, caller: Caller, start: int = 1, limit: int = CHECKED) -> Checked:
    """Compute the hashes of at most ``limit`` entries from ``start`` on, and compare. Raises Forbidden, Invalid,
    store.Unavailable."""
    permissions.full_access(caller, "Audits")
    end = head_of(ports.store, caller.space)
    if start > max(end.seq, 1):
        raise Invalid("validation.field_invalid", f"from: the chain has {end.seq} entries.", field="from")
    prev, stop = GENESIS, min(start + limit - 1, end.seq)
    if start > 1:
        before = ports.store.get(entry_path(caller.space, start - 1))
        if before is None:
            return Checked(start, start - 1, end, broken=start - 1, fault="missing")
        prev = str(before.data["hash"])
    for seq in range(start, stop + 1, PAGE):
        last = min(seq + PAGE - 1, stop)
        docs = ports.store.get_many([entry_path(caller.space, one) for one in range(seq, last + 1)])
        for number, doc in enumerate(docs, seq):
            entry = codec.decode(Entry, doc.data) if doc else None
            if fault := _fault(entry, number, caller.space, prev):
                return Checked(start, number, end, broken=number, fault=fault)
            prev = entry.hash if entry else prev
    done = Checked(start, stop, end, hash=prev)
    if stop < end.seq:
        return replace(done, next=stop + 1)
    return done if prev == end.hash else replace(done, broken=stop, fault="head")


def _fault(entry: Entry | None, seq: int, space: str, prev: str) -> Fault | None:
    if entry is None:
        return "missing"
    if digest(entry) != entry.hash or (entry.seq, entry.space) != (seq, space):
        return "altered"
    return None if entry.prev == prev else "unlinked"
