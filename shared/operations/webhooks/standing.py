"""How an endpoint stands: who may send to it now, and what an attempt changes of that.

While all is well an endpoint's document is only read. One that fails or is slow gets one delivery at a time (a lane of its
own): whoever finds the lane taken leaves the delivery ``held`` in its document and goes on, so that it keeps nobody waiting.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import fields, replace
from datetime import datetime, timedelta
from typing import Any

from shared.domain import codec, webhook_health
from shared.domain.instants import rfc3339
from shared.domain.webhooks import Attempt, Delivery, Endpoint, delivery_path, endpoint_path, shard_of
from shared.operations import events, telling
from shared.ports.queue import QueueUnavailable, Task
from shared.ports.store import Direction, Op, Query, StoreError, Transaction, Write
from shared.ports.world import Ports

QUEUE = "webhooks"
LOOK = timedelta(seconds=90)  # a look after an endpoint that did not come to its end is done again
HEALTH = tuple(  # what an attempt, or its owner, changes of an endpoint
    field.name
    for field in fields(Endpoint)
    if field.name in ("failing_since", "failures", "slow", "lane_at", "wake_at", "is_active")
    or field.name.startswith("disabled_")
)
log = logging.getLogger(__name__)


def find(ports: Ports, space: str, endpoint_id: str) -> Endpoint | None:
    """The endpoint, None when it was removed. Raises store.Unavailable."""
    return _decoded(ports.store.get(endpoint_path(space, endpoint_id)))


def admitted(ports: Ports, endpoint: Endpoint, delivery: Delivery) -> bool:
    """Whether the delivery may be sent now; else it is held, and whoever looks after the endpoint sends it.

    Only they send to an endpoint with a lane: were it whoever comes first, some slow endpoints would take a whole process.
    """
    if endpoint.lane_at is None:
        return True

    def body(txn: Transaction) -> tuple[bool, datetime | None]:
        now = ports.clock.now()
        doc = txn.get(delivery_path(delivery.space, delivery.id))
        current = _decoded(txn.get(endpoint_path(endpoint.space, endpoint.id)))
        if doc is None or doc.data.get("round") != delivery.round or doc.data.get("status") != "pending":
            return False, None  # somebody else has seen to it
        if current is None or current.lane_at is None:
            return True, None
        txn.write(Write("update", doc.path, {"held": True, "next_at": None}))
        at = max(current.lane_at, now)
        if current.wake_at is not None and current.wake_at <= max(at, now + LOOK):
            return False, None  # it is looked after then, or being looked after now
        txn.write(Write("update", endpoint_path(current.space, current.id), waking(current, at)))
        return False, at

    may, wake_at = ports.store.transact(body)
    if wake_at:
        enqueue(ports, endpoint, wake_at)
    return may


def entered(ports: Ports, endpoint: Endpoint) -> bool:
    """Take the lane for one attempt; False where it is not free yet, or there is none any more."""

    def body(txn: Transaction) -> bool:
        current, now = _decoded(txn.get(endpoint_path(endpoint.space, endpoint.id))), ports.clock.now()
        if current is None or current.lane_at is None or current.lane_at > now:
            return False
        until = now + webhook_health.LEASE
        txn.write(Write("update", endpoint_path(current.space, current.id), {"lane_at": until}))
        return True

    return ports.store.transact(body)


def settle(ports: Ports, endpoint: Endpoint, made: Attempt, *, waking: bool = True) -> Endpoint:
    """What the attempt says of the endpoint, kept; nothing is written while all is well. The endpoint as it is afterwards.

    ``waking``: have what it holds back looked after. Raises store.Unavailable.
    """
    if not made.answerable or webhook_health.steady(endpoint, made):
        return endpoint
    if endpoint.is_hook and made.status_code == webhook_health.GONE:
        return _removed(ports, endpoint)
    said = _said(ports, endpoint, made)

    def body(txn: Transaction) -> tuple[Endpoint, bool, bool]:
        current = _decoded(txn.get(endpoint_path(endpoint.space, endpoint.id)))
        if current is None or not current.is_active:
            return current or endpoint, False, False
        after = _looked_after(current, webhook_health.after(current, made, ports.clock.now()), ports, waking=waking)
        changes = {name: getattr(after, name) for name in HEALTH if getattr(after, name) != getattr(current, name)}
        if changes:
            path, shard = endpoint_path(current.space, current.id), shard_of(current.id)
            txn.write(Write("update", path, changes | {"shard": shard}))
        if not after.is_active:
            txn.write(said)
        return after, "wake_at" in changes, not after.is_active

    after, moved, switched_off = ports.store.transact(body)
    if moved and after.wake_at:
        enqueue(ports, after, after.wake_at)
    if switched_off:
        with suppress(StoreError):  # it is switched off and logged: what was not sent now, the minute's sweep sends
            telling.publish(ports, [said])
    return after


def _removed(ports: Ports, hook: Endpoint) -> Endpoint:
    """A program's hook whose address is gone will not be switched on again."""
    from shared.operations.webhooks import hooks  # which register as endpoints do, and so know of this module

    hooks.gone(ports, hook)
    return replace(hook, is_active=False, lane_at=None)


def waking(endpoint: Endpoint, at: datetime | None) -> dict[str, Any]:
    """The fields that have it looked after at that time; None: never."""
    return {"wake_at": at, "shard": shard_of(endpoint.id)}


def enqueue(ports: Ports, endpoint: Endpoint, wake_at: datetime, after: tuple[datetime, str] | None = None) -> None:
    """The task that looks after it; only the one of the latest ``wake_at`` does anything. What is lost the sweep makes up.

    ``after``: up to which delivery the task before has come.
    """
    body: dict[str, Any] = {"space": endpoint.space, "endpoint_id": endpoint.id, "wake": rfc3339(wake_at)}
    if after:
        body["after"] = [rfc3339(after[0]), after[1]]
    ask(ports, body, wake_at)


def ask(ports: Ports, body: Mapping[str, Any], at: datetime) -> None:
    """The same task, as it is."""
    name = hashlib.sha256(f"{body}|{ports.ids.token(64)}".encode()).hexdigest()[:40]
    try:
        ports.queue.enqueue(Task(QUEUE, f"e-{name}", "deliver", body, max(at, ports.clock.now())))
    except QueueUnavailable:
        log.warning("endpoint's task not queued, left to the sweep", extra={"endpoint_id": body["endpoint_id"]})


def holds(endpoint: Endpoint) -> Query:
    """What it holds back, the oldest first. While it fails the newest: events that it stumbles over, however many, do not
    keep those that it would take from showing that it is well."""
    first: Direction = "desc" if endpoint.failures else "asc"
    where: tuple[tuple[str, Op, Any], ...] = (("endpoint_id", "==", endpoint.id), ("held", "==", True))
    return Query(f"workspaces/{endpoint.space}/deliveries", None, where, (("created_at", first),), 1)


def _looked_after(before: Endpoint, after: Endpoint, ports: Ports, *, waking: bool) -> Endpoint:
    """With the time at which somebody has to see to what is held."""
    narrow = before.lane_at is not None or after.lane_at is not None
    if not after.is_active or not waking or not narrow:
        return after
    return replace(after, wake_at=after.lane_at or ports.clock.now())


def _said(ports: Ports, endpoint: Endpoint, made: Attempt) -> Write:
    """The event that it was switched off, for the attempt that leads to it."""
    reason = "gone" if made.status_code == webhook_health.GONE else "failing"
    since = endpoint.failing_since or made.at
    facts: dict[str, Any] = {
        "reason": reason,
        "failing_since": rfc3339(since),
        "disabled_at": rfc3339(ports.clock.now()),
    }
    facts |= {"last_status_code": made.status_code} if made.status_code else {}
    said = events.written(
        ports,
        endpoint.space,
        "webhook",
        "webhook.disabled",
        "failed",
        resource_id=endpoint.id,
        summary=f"An endpoint was switched off. {webhook_health.REASONS[reason]}",
        status_code=made.status_code,
        error_category="platform",
        error_message=made.error_message,
        metadata=facts,
    )
    return telling.told(ports, said) if telling.wanted(ports, endpoint.space) else said


def _decoded(doc: Any) -> Endpoint | None:
    return codec.decode(Endpoint, doc.data) if doc else None
