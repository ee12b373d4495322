"""The events log, read: in pages, and counted. What writes it is :mod:`events`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, get_args

from shared.domain import codec
from shared.domain.callers import Caller
from shared.domain.errors import Category, Invalid
from shared.domain.events import CATEGORIES, INBOX_ACTIONS, KEPT, Entry, EventStatus
from shared.operations import networks, paging, permissions, plans
from shared.operations.posts.times import read_instant
from shared.ports.store import Direction, Doc, Op, Query
from shared.ports.world import Ports

SCOPE = "analytics:read"
SCAN = 500  # entries looked at per page
BATCH = 100
LATEST_FIRST: tuple[tuple[str, Direction], ...] = (("created_at", "desc"),)
# The filters, the one that finds least first: it is the store's, the others are applied while reading.
FILTERS = ("resource_id", "action", "account_id", "platform", "status", "category")


@dataclass(frozen=True, slots=True)
class ListEvents:
    """Which entries, the latest first. ``since`` and ``until``: RFC 3339."""

    category: str | None = None
    status: EventStatus | None = None
    platform: str | None = None
    account_id: str | None = None
    resource_id: str | None = None
    action: str | None = None
    since: str | None = None
    until: str | None = None
    cursor: str | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True)
class Page:
    """Some entries; ``next_cursor`` None: this was the last page. ``retention_days``: how far back the plan shows."""

    entries: tuple[Entry, ...]
    limit: int
    next_cursor: str | None
    retention_days: int


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts over a span; ``total_previous`` over the span of the same length before it."""

    total: int
    failed: int
    total_previous: int
    by_category: Mapping[str, int]
    by_error_category: Mapping[str, int]
    inbox_breakdown: Mapping[str, int]
    retention_days: int


def list_(ports: Ports, caller: Caller, wanted: ListEvents) -> Page:
    """A page: one filter is the store's, the others are applied to at most ``SCAN`` entries; a page may hold fewer than
    ``limit`` and still have a next one. Raises Forbidden, Invalid."""
    permissions.scope(caller, SCOPE)
    if wanted.category is not None and wanted.category not in CATEGORIES:
        text = f"category: there is none {wanted.category[:40]!r}; known are {', '.join(CATEGORIES)}."
        raise Invalid("validation.field_invalid", text, field="category")
    days = plans.of(ports, caller.workspace).event_retention_days
    query, rest, identity = _plan(ports, caller, wanted, days)
    found: list[Entry] = []
    last, looked, size = query.start_after, 0, min(BATCH, wanted.limit + 1)
    while looked < SCAN:
        docs = ports.store.query(Query(query.collection, None, query.where, query.order_by, size, last))
        for doc in docs:
            if all(doc.data.get(name) == value for name, value in rest.items()):
                if len(found) == wanted.limit and last:
                    return Page(tuple(found), wanted.limit, paging.cursor(identity, last, "created_at"), days)
                found.append(codec.decode(Entry, doc.data))
            last, looked = doc, looked + 1
        if len(docs) < size:
            return Page(tuple(found), wanted.limit, None, days)
    return Page(tuple(found), wanted.limit, paging.cursor(identity, last, "created_at") if last else None, days)


def summary(ports: Ports, caller: Caller, since: str | None = None, until: str | None = None) -> Summary:
    """Counted by the store, without reading entries: exact, in at most 26 count queries. Raises Forbidden, Invalid.

    Without ``since``: as far back as the plan shows.
    """
    permissions.scope(caller, SCOPE)
    days, now = plans.of(ports, caller.workspace).event_retention_days, ports.clock.now()
    end = min(read_instant(until, None, "to", None), now) if until else now
    start = max(read_instant(since, None, "from", None) if since else now - KEPT, now - timedelta(days=days))
    if start > end:
        raise Invalid("validation.field_invalid", f"from: it is after to, or to is over {days} days ago.", field="from")
    count = _Counting(ports, caller, start, end)
    failed, categories = count("status", "failed"), count.each("category", CATEGORIES)
    return Summary(
        total=count.all(),
        failed=failed,
        total_previous=_Counting(ports, caller, start - (end - start), start, before=True).all(),
        by_category=categories,
        by_error_category=count.each("error_category", get_args(Category)) if failed else {},
        inbox_breakdown=count.each("action", INBOX_ACTIONS) if categories.get("inbox") else {},
        retention_days=days,
    )


@dataclass(frozen=True, slots=True)
class _Counting:
    """Counts of entries in a span; ``before``: its end does not belong to it."""

    ports: Ports
    caller: Caller
    start: datetime
    end: datetime
    before: bool = False

    def __call__(self, name: str, value: str) -> int:
        return self._count((name, "==", value))

    def all(self) -> int:
        return self._count()

    def each(self, name: str, values: tuple[str, ...]) -> dict[str, int]:
        """Those that are there at all."""
        return {value: found for value in values if (found := self(name, value))}

    def _count(self, *where: tuple[str, Op, Any]) -> int:
        span: tuple[tuple[str, Op, Any], ...] = (
            ("created_at", ">=", self.start),
            ("created_at", "<" if self.before else "<=", self.end),
        )
        query = Query(_collection(self.caller), where=(*where, *span), order_by=LATEST_FIRST)
        return self.ports.store.count(query)


def _plan(ports: Ports, caller: Caller, wanted: ListEvents, days: int) -> tuple[Query, dict[str, Any], object]:
    """The store's query, what is left to filter, and what the list is known by."""
    given = {name: getattr(wanted, name) for name in FILTERS if getattr(wanted, name) is not None}
    if "platform" in given:
        given["platform"] = networks.resolved(given["platform"])
    first = next(iter(given), None)
    floor = ports.clock.now() - timedelta(days=days)
    since = read_instant(wanted.since, None, "from", None) if wanted.since else floor
    where: list[tuple[str, Op, Any]] = [(first, "==", given.pop(first))] if first else []
    identity = ["events", caller.space, [*where], given, wanted.since, wanted.until]  # as asked: no instant of now
    where.append(("created_at", ">=", max(since, floor)))
    if wanted.until:
        where.append(("created_at", "<=", read_instant(wanted.until, None, "to", None)))
    collection = _collection(caller)
    start: Doc | None = paging.after(wanted.cursor, identity, collection, "created_at")
    return Query(collection, None, tuple(where), LATEST_FIRST, BATCH, start), given, identity


def _collection(caller: Caller) -> str:
    return f"workspaces/{caller.space}/events"
