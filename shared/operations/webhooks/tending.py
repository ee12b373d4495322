"""Looking after an endpoint: what it holds back, what it recovers, what it leaves behind; and the minute's sweep.

One chain of tasks per endpoint: a task that somebody has asked for anew since does nothing. Each does a bounded piece of
work and asks for the next one, at ``wake_at`` of the endpoint; where that is lost, the sweep asks again.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from shared.domain import codec
from shared.domain.instants import rfc3339
from shared.domain.webhook_health import TRIES
from shared.domain.webhooks import SHARDS, Delivery, Endpoint, endpoint_path
from shared.operations.webhooks import crowding, recovering, sending, standing
from shared.ports.store import Conflict, Doc, NotFound, Op, Query, Transaction, Write
from shared.ports.vault import VaultError
from shared.ports.world import Ports

PAGE = 50  # deliveries let go at once; the next ones follow a second later, so that others get their turn
PAUSE = timedelta(seconds=1)
BUSY = timedelta(seconds=5)  # too many others that are slow are being sent to
SECONDS = 40.0  # a task that sends what is held, one after the other, ends then
GRACE = timedelta(seconds=30)  # what is due is left to the queue so long
AGAIN, POISON = timedelta(minutes=2), timedelta(hours=1)
SWEPT = 400  # of each kind, in one run
SWEEPING = 10.0  # seconds for each kind: other jobs of the minute follow
OFF = "The endpoint is switched off, or was removed."
Cursor = tuple[datetime, str]
Read = tuple[Doc, Delivery]
log = logging.getLogger(__name__)


def tend(ports: Ports, body: Mapping[str, Any]) -> str:
    """One task of one endpoint. Answers what was done. Raises Broken, store.Unavailable."""
    space, endpoint_id = str(body["space"]), str(body["endpoint_id"])
    endpoint = _taken(ports, space, endpoint_id, str(body["wake"]))
    if endpoint is None:
        return "overtaken" if standing.find(ports, space, endpoint_id) else _close_left(ports, space, endpoint_id, body)
    endpoint = _forgotten(ports, endpoint)
    if not endpoint.is_active:
        return _rest(ports, endpoint) if not _closed(ports, endpoint) else _again(ports, endpoint, ports.clock.now())
    if recovering.step(ports, endpoint):
        return _again(ports, endpoint, ports.clock.now())
    if endpoint.lane_at is None:
        after = _let_go(ports, endpoint, _cursor(body))
        return _again(ports, endpoint, ports.clock.now() + PAUSE, after) if after else _rest(ports, endpoint)
    with crowding.narrow(ports) as entered:
        at = _drain(ports, endpoint) if entered else ports.clock.now() + BUSY
    return _again(ports, endpoint, at) if at else _rest(ports, endpoint)


def sweep(ports: Ports) -> int:
    """Queue anew what is overdue: deliveries, and looks after endpoints. Safe to run twice at once. How many they were."""
    before, moved = ports.clock.now() - GRACE, 0
    for group, field, woken in (("deliveries", "next_at", _woken), ("webhooks", "wake_at", _tended)):
        deadline = ports.clock.monotonic() + SWEEPING
        found = _overdue(ports, group, field, before)
        moved += sum(woken(ports, doc) for doc in found if ports.clock.monotonic() <= deadline)
    return moved


# ------------------------------------------------------------------------------------------- one endpoint's task


def _taken(ports: Ports, space: str, endpoint_id: str, wake: str) -> Endpoint | None:
    """The endpoint, ours to look after for a while; None where somebody asked anew since, or it is gone."""

    def body(txn: Transaction) -> Endpoint | None:
        doc = txn.get(endpoint_path(space, endpoint_id))
        endpoint = codec.decode(Endpoint, doc.data) if doc else None
        if endpoint is None or endpoint.wake_at is None or rfc3339(endpoint.wake_at) != wake:
            return None
        until = ports.clock.now() + standing.LOOK
        txn.write(Write("update", endpoint_path(space, endpoint_id), standing.waking(endpoint, until)))
        return replace(endpoint, wake_at=until)

    return ports.store.transact(body)


def _again(ports: Ports, endpoint: Endpoint, at: datetime, after: Cursor | None = None) -> str:
    def body(txn: Transaction) -> bool:
        current = _ours(txn, endpoint)
        if current:
            txn.write(Write("update", endpoint_path(current.space, current.id), standing.waking(current, at)))
        return current is not None

    if not ports.store.transact(body):
        return "overtaken"
    standing.enqueue(ports, endpoint, at, after)
    return "again"


def _rest(ports: Ports, endpoint: Endpoint) -> str:
    """Nothing is left to do, unless something was held back at this very moment, or a secret runs out."""

    def body(txn: Transaction) -> datetime | None:
        current = _ours(txn, endpoint)
        if current is None:
            return None
        held = current.is_active and txn.query(standing.holds(current))
        at = (current.lane_at or ports.clock.now()) if held else current.previous_until
        txn.write(Write("update", endpoint_path(current.space, current.id), standing.waking(current, at)))
        return at if held else None

    if at := ports.store.transact(body):
        standing.enqueue(ports, endpoint, at)
        return "again"
    return "done"


def _ours(txn: Transaction, endpoint: Endpoint) -> Endpoint | None:
    """As it is now; None where it is gone, or somebody asked anew meanwhile: what they want is their task's to do."""
    doc = txn.get(endpoint_path(endpoint.space, endpoint.id))
    current = codec.decode(Endpoint, doc.data) if doc else None
    return current if current and current.wake_at == endpoint.wake_at else None


def _forgotten(ports: Ports, endpoint: Endpoint) -> Endpoint:
    """Without the secret before the last rotation, once it no longer signs."""
    if not endpoint.previous or (endpoint.previous_until and endpoint.previous_until > ports.clock.now()):
        return endpoint
    with suppress(VaultError):
        ports.vault.destroy(sending.place(endpoint.space, endpoint.id), endpoint.previous)
    none: dict[str, Any] = {"previous": "", "previous_until": None}

    def body(txn: Transaction) -> None:
        doc = txn.get(endpoint_path(endpoint.space, endpoint.id))
        if doc is not None and doc.data.get("previous") == endpoint.previous:  # else it was rotated, or sealed anew
            txn.write(Write("update", doc.path, none))

    ports.store.transact(body)
    return replace(endpoint, **none)


def _drain(ports: Ports, endpoint: Endpoint) -> datetime | None:
    """Send what is held, one after the other, while it is accepted. When to go on; None: nothing is held."""
    deadline = ports.clock.monotonic() + SECONDS
    while ports.clock.monotonic() < deadline:
        found = ports.store.query(standing.holds(endpoint))
        if not found:
            return None
        if not standing.entered(ports, endpoint):
            current = standing.find(ports, endpoint.space, endpoint.id)
            return max(ports.clock.now(), (current and current.lane_at) or ports.clock.now())
        delivery = next((one for doc, one in sending.legible(ports, found)), None)
        delivery = delivery and _unheld(ports, found[0], delivery)
        if delivery is None:
            continue
        _, made = sending.tried(ports, endpoint, delivery)
        endpoint = standing.settle(ports, endpoint, made, waking=False)
        if not endpoint.is_active or endpoint.lane_at is None or endpoint.lane_at > ports.clock.now():
            return max(ports.clock.now(), endpoint.lane_at or ports.clock.now())
    return ports.clock.now()


def _unheld(ports: Ports, doc: Doc, delivery: Delivery) -> Delivery | None:
    """It is about to be sent; if this process dies over it, the sweep finds it by its time."""
    changes = {"held": False, "next_at": ports.clock.now() + standing.LOOK, "round": delivery.round + 1}
    try:
        ports.store.commit([Write("update", doc.path, changes, doc.version)])
    except (Conflict, NotFound):
        return None
    return replace(delivery, **changes)  # type: ignore[arg-type]  # the names above are its fields


def _let_go(ports: Ports, endpoint: Endpoint, after: Cursor | None) -> Cursor | None:
    """It answers again: queue what waits for it, the oldest first, whatever time it waits for. Where to go on."""
    docs = _pending(ports, endpoint.space, endpoint.id, after)
    soon = ports.clock.now() + PAUSE
    waiting = [(doc, one) for doc, one in sending.legible(ports, docs) if one.held or _may_hurry(one, soon)]
    for delivery in _hurried(ports, waiting):
        sending.enqueue_later(ports, delivery)
    return (docs[-1].data["created_at"], docs[-1].id) if len(docs) == PAGE else None


def _may_hurry(delivery: Delivery, soon: datetime) -> bool:
    """Whether it may go out before its time: not what has failed so often that it is its own fault."""
    later = delivery.next_at is not None and delivery.next_at > soon
    return later and len(delivery.attempts) - delivery.begun < TRIES


def _hurried(ports: Ports, docs: Sequence[Read]) -> list[Delivery]:
    """Due now: in one commit, or one by one when somebody was faster with some of them."""
    try:
        return _committed(ports, docs)
    except (Conflict, NotFound):
        pass
    found: list[Delivery] = []
    for doc in docs:
        with suppress(Conflict, NotFound):
            found += _committed(ports, [doc])
    return found


def _committed(ports: Ports, docs: Sequence[Read]) -> list[Delivery]:
    now = ports.clock.now()
    after = [(doc, replace(one, held=False, next_at=now, round=one.round + 1)) for doc, one in docs]
    names = ("held", "next_at", "round")
    writes = [
        Write("update", doc.path, {name: getattr(one, name) for name in names}, doc.version) for doc, one in after
    ]
    if writes:
        ports.store.commit(writes)
    return [one for _, one in after]


def _closed(ports: Ports, endpoint: Endpoint) -> bool:
    """A page of what waits for an endpoint that is off, told as failed; whether there may be more."""
    docs = _pending(ports, endpoint.space, endpoint.id, None)
    for _, delivery in sending.legible(ports, docs):
        sending.closed(ports, delivery, OFF)
    return len(docs) == PAGE


def _close_left(ports: Ports, space: str, endpoint_id: str, body: Mapping[str, Any]) -> str:
    """What waits for an endpoint that was removed: a page of it, told as failed. Raises Unavailable: it is done again."""
    docs = _pending(ports, space, endpoint_id, None)
    for _, delivery in sending.legible(ports, docs):
        sending.closed(ports, delivery, OFF)
    if len(docs) == PAGE:
        standing.ask(ports, body, ports.clock.now())
    return "closed"


def _pending(ports: Ports, space: str, endpoint_id: str, after: Cursor | None) -> list[Doc]:
    collection = f"workspaces/{space}/deliveries"
    where: tuple[tuple[str, Op, Any], ...] = (("endpoint_id", "==", endpoint_id), ("status", "==", "pending"))
    start = Doc(f"{collection}/{after[1]}", {"created_at": after[0]}, "") if after else None
    return ports.store.query(Query(collection, None, where, (("created_at", "asc"),), PAGE, start))


def _cursor(body: Mapping[str, Any]) -> Cursor | None:
    after = body.get("after")
    return (datetime.fromisoformat(after[0]), str(after[1])) if after else None


# ------------------------------------------------------------------------------------------------- the sweep


def _overdue(ports: Ports, group: str, field: str, before: datetime) -> list[Doc]:
    shards = tuple(range(SHARDS))  # in one query: one that finds nothing is billed as a read
    where: tuple[tuple[str, Op, Any], ...] = (("shard", "in", shards), (field, "<=", before))
    return ports.store.query(Query(group=group, where=where, order_by=((field, "asc"),), limit=SWEPT))


def _woken(ports: Ports, doc: Doc) -> bool:
    """One delivery, queued anew; what cannot be read is looked at again later, so that it keeps none waiting."""
    with suppress(Conflict, NotFound):
        try:
            delivery = codec.decode(Delivery, doc.data)
            again = replace(delivery, round=delivery.round + 1, next_at=ports.clock.now() + AGAIN)
        except (TypeError, ValueError, KeyError, AttributeError):
            log.exception("a delivery cannot be read", extra={"path": doc.path})
            ports.store.commit([Write("update", doc.path, {"next_at": ports.clock.now() + POISON}, doc.version)])
            return False
        changes = {"round": again.round, "next_at": again.next_at}
        ports.store.commit([Write("update", doc.path, changes, doc.version)])
        sending.enqueue_later(ports, replace(again, next_at=None))
        return True
    return False


def _tended(ports: Ports, doc: Doc) -> bool:
    """One endpoint, looked after anew."""
    with suppress(Conflict, NotFound):
        try:
            endpoint, wake_at = codec.decode(Endpoint, doc.data), ports.clock.now()
            changes = standing.waking(endpoint, wake_at)
        except (TypeError, ValueError, KeyError, AttributeError):
            log.exception("an endpoint cannot be read", extra={"path": doc.path})
            ports.store.commit([Write("update", doc.path, {"wake_at": ports.clock.now() + POISON}, doc.version)])
            return False
        ports.store.commit([Write("update", doc.path, changes, doc.version)])
        standing.enqueue(ports, endpoint, wake_at)
        return True
    return False
