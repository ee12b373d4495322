"""Which index a query needs, and which are declared in ``indexes.json`` (terraform makes the real ones from it).

Both stores plan queries here, so that a query that passes on one machine passes on Firestore. Stricter than Firestore
on purpose: it can merge several indexes or scan some backwards; here a query has its own entry or it has none.
Source: https://cloud.google.com/firestore/docs/query-data/index-overview (2026-11).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from shared.ports.store import InvalidWrite, MissingIndex, Query

DECLARED = Path(__file__).with_name("indexes.json")
MAX_DISJUNCTIONS = 30  # combinations of the values of ``in``, https://cloud.google.com/firestore/quotas (2026-11)
RANGES = ("<", "<=", ">", ">=")
Field = tuple[str, str]  # name and "asc", "desc" or "contains"
_COMMON = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,127}")
_SEGMENT = re.compile(r"(?!\.{1,2}$)(?!__.*__$)[^/\x00]+", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Index:
    """One declared composite index of a collection group."""

    group: str
    scope: Literal["collection", "group"]
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """A well-formed query, taken apart.

    ``equal``: field and the values it may have (several for ``in``), by field name. ``order``: with the implicit
    order of a lone range made explicit. ``ranges``: bounds on the first field of ``order``.
    """

    scope: Literal["collection", "group"]
    source: str
    group: str
    equal: tuple[tuple[str, tuple[Any, ...]], ...]
    contains: tuple[str, Any] | None
    ranges: tuple[tuple[str, Any], ...]
    order: tuple[Field, ...]


def load(path: Path = DECLARED) -> tuple[Index, ...]:
    """The declared indexes."""
    rows = json.loads(path.read_text(encoding="utf-8"))
    return tuple(Index(row["group"], row["scope"], tuple((f, d) for f, d in row["fields"])) for row in rows)


def check_path(path: str, kind: Literal["document", "collection"]) -> None:
    """Refuse what Firestore refuses as a path."""
    holder, _, name = path.rpartition("/")
    if kind == "document" and _COMMON.fullmatch(name):  # documents are many, the collections that they are in are few
        _check_whole(holder, "collection")
    else:
        _check_whole(path, kind)


@lru_cache(maxsize=8192)  # what is refused is not remembered
def _check_whole(path: str, kind: Literal["document", "collection"]) -> None:
    segments = path.split("/")
    if len(segments) % 2 != (kind == "collection"):
        raise InvalidWrite(f"{path!r} is not a {kind} path: collection/document/…")
    for segment in segments:
        if not _SEGMENT.fullmatch(segment) or len(segment.encode("utf-8", "replace")) > 1500:
            raise InvalidWrite(f"{path!r}: a segment is empty, dotted, reserved (__x__) or over 1,500 bytes")


class Planner:
    """Plans queries. What is the same in each query of a form (which index it needs, and that one is declared) is worked
    out once: there are as many forms as there are queries in the code."""

    def __init__(self, declared: Iterable[Index]) -> None:
        self._declared = tuple(declared)
        self._served: set[_Form] = set()

    def plan(self, query: Query) -> Plan:
        """The query taken apart. Raises InvalidWrite (malformed), MissingIndex."""
        made = _parse(query)
        form = (
            made.scope,
            made.group,
            tuple([name for name, _ in made.equal]),
            made.contains and made.contains[0],
            made.order,
        )
        if form not in self._served:
            self._check(made)
            self._served.add(form)
        return made

    def _check(self, made: Plan) -> None:
        if _needs_index(made) and not any(
            index.group == made.group and _serves(index, made) for index in self._declared
        ):
            raise MissingIndex(f"add to shared/backends/indexes.json: {json.dumps(_entry(made))}")


_Form = tuple[str, str, tuple[str, ...], str | None, tuple[Field, ...]]


def _parse(query: Query) -> Plan:
    scope, source, group = _source(query)
    if type(query.limit) is not int or query.limit < 1:
        raise InvalidWrite("limit: a whole number from 1")
    equal = _equalities(query)
    contains = [(f, v) for f, op, v in query.where if op == "array_contains"]
    ranges = [(f, op, v) for f, op, v in query.where if op in RANGES]
    if len(contains) > 1:
        raise InvalidWrite("where: at most one array_contains")
    order = _order(query, {f for f, _, _ in ranges})
    fixed = {f for f, _ in equal} & {f for f, _ in order}
    if fixed:
        raise InvalidWrite(f"order_by: {fixed.pop()} is already fixed by an equality; leave it out")
    bounds = tuple((op, v) for _, op, v in ranges)
    return Plan(scope, source, group, equal, contains[0] if contains else None, bounds, order)


def _source(query: Query) -> tuple[Literal["collection", "group"], str, str]:
    if (query.collection is None) == (query.group is None):
        raise InvalidWrite("a query names exactly one of collection and group")
    if query.collection is not None:
        check_path(query.collection, "collection")
        return "collection", query.collection, query.collection.rsplit("/", 1)[-1]
    group = query.group or ""
    if "/" in group:
        raise InvalidWrite(f"group: {group!r} must be a bare collection name")
    check_path(group, "collection")
    return "group", group, group


def _equalities(query: Query) -> tuple[tuple[str, tuple[Any, ...]], ...]:
    found: dict[str, tuple[Any, ...]] = {}
    disjunctions = 1
    for name, op, value in query.where:
        if op not in ("==", "in", "array_contains", *RANGES):
            raise InvalidWrite(f"where: unknown operator {op!r}")
        if op not in ("==", "in"):
            continue
        if name in found:
            raise InvalidWrite(f"where: two equalities on {name}")
        if op == "in" and (not isinstance(value, list | tuple) or not value):
            raise InvalidWrite(f"where: {name} in … takes a list of 1 to {MAX_DISJUNCTIONS} values")
        found[name] = tuple(value) if op == "in" else (value,)
        disjunctions *= len(found[name])
    if disjunctions > MAX_DISJUNCTIONS:
        raise InvalidWrite(f"where: over {MAX_DISJUNCTIONS} combinations of in values")
    return tuple(sorted(found.items()))


def _order(query: Query, ranged: set[str]) -> tuple[Field, ...]:
    names = [name for name, _ in query.order_by]
    if len(set(names)) != len(names) or any(d not in ("asc", "desc") for _, d in query.order_by):
        raise InvalidWrite("order_by: each field once, asc or desc")
    if len(ranged) > 1:
        raise InvalidWrite(f"where: ranges on several fields ({', '.join(sorted(ranged))}); only one may have them")
    for name in ranged:
        if not names:
            return ((name, "asc"),)
        if names[0] != name:
            raise InvalidWrite(f"order_by: must start with {name}, which has a range")
    return tuple(query.order_by)


def _needs_index(made: Plan) -> bool:
    """Firestore serves without a composite index: equalities alone, or one field alone (in a collection)."""
    filters = len(made.equal) + (made.contains is not None)
    if made.scope == "group":
        return True
    if made.contains is not None:
        return filters > 1 or bool(made.order)
    return len(made.order) > 1 or bool(made.order and filters)


def _serves(index: Index, made: Plan) -> bool:
    head = {name for name, _ in made.equal}
    split = len(index.fields) - len(made.order)
    if (index.group, index.scope) != (made.group, made.scope) or split < 0 or index.fields[split:] != made.order:
        return False
    plain = {name for name, mode in index.fields[:split] if mode != "contains"}
    listed = {name for name, mode in index.fields[:split] if mode == "contains"}
    return plain == head and listed == ({made.contains[0]} if made.contains else set())


def _entry(made: Plan) -> dict[str, Any]:
    fields = [[name, "asc"] for name, _ in made.equal]
    fields += [[made.contains[0], "contains"]] if made.contains else []
    return {"group": made.group, "scope": made.scope, "fields": fields + [list(field) for field in made.order]}
