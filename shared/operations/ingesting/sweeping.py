"""Deliveries that were kept and not worked off are handed out again; those that were given up are, when somebody says so."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

from shared.domain import codec, raw_events
from shared.domain.raw_events import COLLECTION, KEPT, MAX_SENT, PATIENCE, SHARDS, RawEvent, raw_path
from shared.operations import lookup
from shared.operations.ingesting import processing, receiving
from shared.ports.store import Conflict, Doc, NotFound, Op, Query, Unavailable, Write
from shared.ports.world import Ports

PAGE = 100
FRUITLESS = 10  # pages in a row of which nothing was taken: others were faster, the bus is away, or none can be read
SECONDS = 20.0
log = logging.getLogger(__name__)


def sweep(ports: Ports) -> int:
    """Hand out what should have been worked off by now; answers how many. Safe to run twice at once.

    Raises store.Unavailable: the next run goes on.
    """
    deadline, handed, fruitless = ports.clock.monotonic() + SECONDS, 0, 0
    while fruitless < FRUITLESS and (page := _overdue(ports)):
        moved = sum(_handed_out(ports, doc) for doc in page if ports.clock.monotonic() <= deadline)
        handed, fruitless = handed + moved, 0 if moved else fruitless + 1
        if len(page) < PAGE or ports.clock.monotonic() > deadline:
            break
    return handed


def replay(ports: Ports, ids: Sequence[str] = (), platform: str = "") -> int:
    """Have dead deliveries worked off once more: these, or all (of a network); answers how many.

    What was worked off already is not replayed: its body is gone. Raises store.Unavailable.
    """
    return sum(_raised(ports, doc) for doc in dead(ports, ids, platform))


def dead(ports: Ports, ids: Sequence[str] = (), platform: str = "") -> Iterator[Doc]:
    """The deliveries that were given up, with their reasons, a page at a time."""
    if ids:
        found = ports.store.get_many([raw_path(one) for one in ids if lookup.plain(one)])
        yield from (doc for doc in found if doc and doc.data["state"] == "dead")
        return
    where: tuple[tuple[str, Op, Any], ...] = (("state", "==", "dead"),)
    where += (("platform", "==", platform),) if platform else ()
    yield from lookup.every(ports, Query(COLLECTION, where=where))


def _raised(ports: Ports, doc: Doc) -> bool:
    now = ports.clock.now()
    fields = {"state": "waiting", "tries": 0, "sent": 0, "wake_at": now + PATIENCE, "expire_at": now + KEPT}
    with suppress(Conflict, NotFound):
        ports.store.commit([Write("update", doc.path, fields, if_version=doc.version)])
        receiving.publish(ports, doc.id, str(doc.data["platform"]))
        return True
    return False


def _overdue(ports: Ports) -> list[Doc]:
    shards = tuple(range(SHARDS))  # in one query: one that finds nothing is billed as a read
    where: tuple[tuple[str, Op, Any], ...] = (("shard", "in", shards), ("wake_at", "<=", ports.clock.now()))
    return ports.store.query(Query(COLLECTION, where=where, order_by=(("wake_at", "asc"),), limit=PAGE))


def _handed_out(ports: Ports, doc: Doc) -> bool:
    """Moved to its next time, then handed out. What cannot be read is put off, so that it keeps none of the others."""
    try:
        return _sent(ports, doc)
    except Unavailable:
        raise
    except Exception:  # whatever is wrong with one of them must not keep those behind it waiting
        log.exception("a kept delivery cannot be handed out", extra={"path": doc.path})
    with suppress(Conflict, NotFound):
        later = {"wake_at": ports.clock.now() + raw_events.pause(10)}
        ports.store.commit([Write("update", doc.path, later, if_version=doc.version)])
    return False


def _sent(ports: Ports, doc: Doc) -> bool:
    raw = codec.decode(RawEvent, doc.data)
    if raw.sent >= MAX_SENT:
        processing.bury(ports, doc, raw, f"handed out {raw.sent} times, and nobody said what became of it")
        return False
    moved = {"sent": raw.sent + 1, "wake_at": ports.clock.now() + raw_events.pause(raw.sent + 1)}
    try:
        ports.store.commit([Write("update", doc.path, moved, if_version=doc.version)])
    except (Conflict, NotFound):
        return False
    return receiving.publish(ports, raw.id, raw.platform)
