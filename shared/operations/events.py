"""The events log: written with what happened, read in pages, counted.

What callers change is logged in the commit that changes it (:func:`noted`); what becomes of posts and actions comes over
the bus (:func:`observe`), so that publishing pays nothing for it.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, get_args

from shared.domain import codec
from shared.domain.callers import Caller
from shared.domain.errors import Category, Invalid
from shared.domain.events import (
    CATEGORIES,
    INBOX_ACTIONS,
    KEPT,
    MAX_MESSAGE,
    Entry,
    EventCategory,
    EventStatus,
    entry_path,
)
from shared.operations import chores, lookup, networks, paging, permissions, plans
from shared.operations.posts.times import read_instant
from shared.ports.store import AlreadyExists, Direction, Doc, Op, Query, Write
from shared.ports.world import Ports

SCOPE = "analytics:read"
SCAN = 500  # entries looked at per page
BATCH = 100
LIVE = "target.published"
LOGGED = "logged"  # the attribute of messages about what the log has already
LATEST_FIRST: tuple[tuple[str, Direction], ...] = (("created_at", "desc"),)
# The filters, the one that finds least first: it is the store's, the others are applied while reading.
FILTERS = ("resource_id", "action", "account_id", "platform", "status", "category")
log = logging.getLogger(__name__)
_WORDS = {
    "published": "It is live.",
    "done": "It is done.",
    "partial": "Only a part of it is live.",
    "failed": "It failed.",
    "missed": "Its time had passed too long ago.",
    "cancelled": "It was cancelled.",
    "needs_review": "A person has to look: nobody can know whether it is live.",
}
_SHOWN_ELSEWHERE = frozenset(
    {"id", "type", "at", "post_id", "action_id", "account_id", "platform", "error_message", "error_category"}
)
# On some networks a conversation's id is a telephone number, and a message's holds it: who may see it reads the action.
_OF_A_PERSON = frozenset({"on", "platform_id"})
_FINE = frozenset({"published", "done", "cancelled"})


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


def noted(
    ports: Ports, caller: Caller, category: EventCategory, action: str, resource_id: str, summary: str, **more: Any
) -> Write:
    """The write that logs what a caller did, for the commit that does it. ``more``: further fields of Entry."""
    return written(
        ports, caller.space, category, action, resource_id=resource_id, summary=summary, actor=caller.actor, **more
    )


def written(
    ports: Ports,
    space: str,
    category: EventCategory,
    action: str,
    status: EventStatus = "ok",
    id: str = "",
    **more: Any,
) -> Write:
    """The write that logs what happened by itself. ``more``: further fields of Entry. ``id``: the same for the same thing,
    where it may be seen twice (the commit then raises AlreadyExists). ``telling`` makes what is written go out as well."""
    now = ports.clock.now()
    entry = Entry(id or ports.ids.new("evt"), space, category, action, status, now, now + KEPT, **more)
    return Write("create", entry_path(space, entry.id), codec.encode(entry))


def observe(ports: Ports, data: Mapping[str, Any], attributes: Mapping[str, str]) -> str:
    """The bus's message: what became of a target, an action or a post. The event's id is the entry's: told twice, it is
    logged once. Answers what was done. Raises store.Unavailable."""
    if attributes.get(LOGGED) or attributes.get("type") in _TOLD_OF_THE_POST:
        return "known"
    entry = _observed(data, attributes)
    if entry is None:
        log.warning("an event that is none of ours", extra={"event_type": str(attributes.get("type"))})
        return "ignored"
    try:
        ports.store.commit([Write("create", entry_path(entry.space, entry.id), codec.encode(entry))])
    except AlreadyExists:
        return "known"
    if entry.action == LIVE and lookup.plain(entry.account_id):
        chores.hurry(ports, entry.space, entry.account_id, "sync")  # its numbers are read from now on
    return "logged"


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
    if given.get("category", CATEGORIES[0]) not in CATEGORIES:
        text = f"category: there is none {given['category'][:40]!r}; known are {', '.join(CATEGORIES)}."
        raise Invalid("validation.field_invalid", text, field="category")
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


_TOLD_OF_THE_POST = frozenset(("target.unpublished",))  # its post.unpublished is written with the deletion


def _observed(data: Mapping[str, Any], attributes: Mapping[str, str]) -> Entry | None:
    kind, space, entry_id = attributes.get("type", ""), attributes.get("space", ""), str(data.get("id", ""))
    subject, _, outcome = kind.partition(".")
    try:
        at = datetime.fromisoformat(str(data.get("at")))
    except ValueError:
        return None
    ours = subject in ("target", "post", "action") and outcome in _WORDS and at.tzinfo is not None
    if not ours or not lookup.plain(entry_id) or not lookup.plain(space.replace(".", "")):
        return None
    left_out = _SHOWN_ELSEWHERE | (_OF_A_PERSON if str(data.get("verb")).startswith("message.") else frozenset())
    return Entry(
        id=entry_id,
        space=space,
        category="action" if subject == "action" else "post",
        action=kind,
        status="ok" if outcome in _FINE else "failed",
        created_at=at,
        expire_at=at + KEPT,
        summary=_WORDS[outcome],
        platform=str(data.get("platform") or ""),
        account_id=str(data.get("account_id") or ""),
        resource_id=str(data.get("post_id") or data.get("action_id") or ""),
        error_category=str(data.get("error_category") or ""),
        error_message=str(data.get("error_message") or "")[:MAX_MESSAGE],
        metadata={name: value for name, value in data.items() if name not in left_out and value is not None},
    )


def _collection(caller: Caller) -> str:
    return f"workspaces/{caller.space}/events"
