"""What happened goes out: from the log's entry, over the bus, to the endpoints that asked for it.

An entry that somebody may want to hear of is written with ``tell_at`` in the commit that makes it true (:func:`told`), sent
after it (:func:`publish`), and sent by the sweeper where that failed: at least once, always under the entry's id. Where
nobody has an endpoint nothing of this costs anything but one read in ``FRESH`` seconds per workspace and process.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

from shared.domain import codec
from shared.domain.events import Entry
from shared.operations.events import LOGGED
from shared.ports.bus import BusUnavailable
from shared.ports.queue import QueueUnavailable, Task
from shared.ports.store import Data, Doc, NotFound, Op, Query, StoreError, Write
from shared.ports.world import Ports

TOPIC = "events"
SHARDS = 4  # of the index by time: a sequential field in one index takes 500 writes a second at most
FRESH = 15.0  # seconds for which a process believes that nobody listens
PAGE = 100
PATIENCE = timedelta(seconds=30)  # the sweeper leaves what is younger to whoever wrote it
POISON = timedelta(hours=1)  # what cannot go out is looked at again then
SECONDS = 20.0  # a run of the sweep ends then: other jobs of the minute follow
MEMORY = "telling"
log = logging.getLogger(__name__)


def wanted(ports: Ports, space: str) -> bool:
    """Whether the workspace has an endpoint at all, as known for ``FRESH`` seconds. Ask before the transaction.

    One that is switched off counts: whoever switches it on misses nothing of what happens in those seconds elsewhere.
    """
    known: dict[str, tuple[float, bool]] = ports.memory.setdefault(MEMORY, {})
    until, answer = known.get(space, (0.0, False))
    now = ports.clock.monotonic()
    if until > now:
        return answer
    found = bool(ports.store.query(Query(f"workspaces/{space}/webhooks", limit=1)))
    if len(known) >= 10_000:
        known.clear()
    known[space] = now + FRESH, found
    return found


def forget(ports: Ports, space: str) -> None:
    """An endpoint came or went: this process asks again."""
    ports.memory.get(MEMORY, {}).pop(space, None)


def told(ports: Ports, said: Write) -> Write:
    """The entry's write, with the wish that it goes out; only for who asked :func:`wanted` before."""
    if said.data is None:
        raise ValueError("an entry's write has its fields")
    shard = hashlib.sha256(str(said.data["id"]).encode()).digest()[0] % SHARDS
    return replace(said, data={**said.data, "tell_at": ports.clock.now() + PATIENCE, "shard": shard})


def publish(ports: Ports, written: Sequence[Write]) -> None:
    """After the commit: send what wishes to go out. Raises store.Unavailable; what the bus did not take waits."""
    for said in written:
        if said.data and said.data.get("tell_at"):
            _tried(ports, said.path, said.data)


def sweep(ports: Ports) -> int:
    """Send what still waits, a page of each shard; answers how many went out. Safe to run twice at once."""
    sent, deadline = 0, ports.clock.monotonic() + SECONDS
    for doc in _waiting(ports):
        if ports.clock.monotonic() > deadline:
            return sent
        sent += _tried(ports, doc.path, doc.data)
    return sent


def _waiting(ports: Ports) -> list[Doc]:
    shards = tuple(range(SHARDS))  # in one query: one that finds nothing is billed as a read
    where: tuple[tuple[str, Op, Any], ...] = (("shard", "in", shards), ("tell_at", "<=", ports.clock.now()))
    return ports.store.query(Query(group="events", where=where, order_by=(("tell_at", "asc"),), limit=PAGE * SHARDS))


def message(entry: Entry) -> dict[str, Any]:
    """Ids only, and what the log says of it: whoever sends it on reads the things themselves."""
    ids = {"resource_id": entry.resource_id, "account_id": entry.account_id, "platform": entry.platform}
    plain = {**codec.encode(dict(entry.metadata)), **ids}
    return {**plain, "id": entry.id, "type": entry.action, "at": entry.created_at.isoformat()}


def _tried(ports: Ports, path: str, data: Data) -> bool:
    """One entry; what cannot be read or sent is put off, so that it keeps none behind it waiting. Raises store.Unavailable."""
    try:
        return _send(ports, path, codec.decode(Entry, data))
    except StoreError:
        raise
    except Exception:  # what it tells of is done: one entry's trouble must fail neither that nor the entry behind it
        log.exception("an event cannot be told", extra={"path": path})
    with suppress(NotFound):
        ports.store.commit([Write("update", path, {"tell_at": ports.clock.now() + POISON})])
    return False


def _send(ports: Ports, path: str, entry: Entry) -> bool:
    try:
        ports.bus.publish(
            TOPIC, message(entry), {"id": entry.id, "type": entry.action, "space": entry.space, LOGGED: "1"}
        )
    except BusUnavailable:
        return _queued(ports, entry)
    with suppress(NotFound):  # it has expired meanwhile
        ports.store.commit([Write("update", path, {"tell_at": None, "shard": None})])
    return True


def _queued(ports: Ports, entry: Entry) -> bool:
    """Where the bus is not at hand (the API ships none), by the queue: whoever runs the task strikes the wish off."""
    name = hashlib.sha256(f"{entry.space}|{entry.id}|{ports.clock.now().isoformat()}".encode()).hexdigest()[:40]
    try:
        body = {"space": entry.space, "event_id": entry.id}
        return ports.queue.enqueue(Task("webhooks", f"n-{name}", "deliver", body))
    except QueueUnavailable:
        log.warning("event not sent, left to the sweeper", extra={"event_id": entry.id})
        return False
