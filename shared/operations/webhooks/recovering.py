"""Sending again what failed since an instant, page by page, after an endpoint was away for longer than it is waited for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from shared.domain import codec
from shared.domain.callers import Caller
from shared.domain.errors import Clash, Invalid
from shared.domain.webhook_health import TRIES
from shared.domain.webhooks import KEPT, MAX_ATTEMPTS, Delivery, Endpoint, Recovery, endpoint_path
from shared.operations.posts.times import read_instant
from shared.operations.webhooks import endpoints, sending, standing
from shared.ports.store import Conflict, Doc, NotFound, Op, Query, Transaction, Write
from shared.ports.world import Ports

PAGE = 50
MOST = 10_000  # of one recovery; whoever has more asks again


@dataclass(frozen=True, slots=True)
class Begun:
    """A recovery, and whose it is."""

    endpoint: Endpoint
    recovery: Recovery


def recover(ports: Ports, caller: Caller, endpoint_id: str, since: str) -> Begun:
    """Begin to send again what failed since then; the endpoint's ``recovery`` says how far it is.

    Raises Forbidden, Missing, Invalid (``since``), Clash (it is switched off; another recovery is under way).
    """
    known = endpoints.get(ports, caller, endpoint_id)
    start, now = read_instant(since, None, "since", None), ports.clock.now()
    if start > now:
        raise Invalid("validation.field_invalid", "since: an instant in the past.", field="since")

    def body(txn: Transaction) -> tuple[Begun, bool]:
        doc = txn.get(endpoint_path(known.space, known.id))
        if doc is None:
            raise endpoints.missing("webhook", endpoint_id)
        current = codec.decode(Endpoint, doc.data)
        if not current.is_active:
            text = "This endpoint is switched off: switch it on with PATCH is_active true, then recover."
            raise Clash("webhook.inactive", text)
        if current.recovery and current.recovery.completed_at is None:
            if current.recovery.since == start:
                return Begun(current, current.recovery), False
            raise Clash("webhook.recovery_running", "Another recovery is under way: GET /v1/webhooks/{id} shows it.")
        recovery = Recovery(start, now)
        changes = {"recovery": codec.encode(recovery), **standing.waking(current, now)}
        txn.write(Write("update", doc.path, changes))
        return Begun(replace(current, recovery=recovery, wake_at=now), recovery), True

    begun, new = ports.store.transact(body)
    if new:
        standing.enqueue(ports, begun.endpoint, now)
    return begun


def step(ports: Ports, endpoint: Endpoint) -> bool:
    """The next page of its recovery; False when there is none, or it is over. Raises store.Unavailable."""
    recovery = endpoint.recovery
    if recovery is None or recovery.completed_at is not None:
        return False
    docs = _failed(ports, endpoint, recovery)
    writes = [write for doc, one in sending.legible(ports, docs) if (write := _again(doc, one, ports.clock.now()))]
    after = replace(recovery, queued=recovery.queued + len(writes))
    if docs:
        after = replace(after, after_at=docs[-1].data["created_at"], after_id=docs[-1].id)
    if len(docs) < PAGE or after.queued >= MOST:
        after = replace(after, completed_at=ports.clock.now())
    path = endpoint_path(endpoint.space, endpoint.id)
    try:
        ports.store.commit([*writes, Write("update", path, {"recovery": codec.encode(after)})])
    except (Conflict, NotFound):  # somebody retries one of them at this moment: the page is read anew
        return True
    return True


def _failed(ports: Ports, endpoint: Endpoint, recovery: Recovery) -> list[Doc]:
    collection = f"workspaces/{endpoint.space}/deliveries"
    where: tuple[tuple[str, Op, Any], ...] = (
        ("endpoint_id", "==", endpoint.id),
        ("status", "==", "failed"),
        ("created_at", ">=", recovery.since),
        ("created_at", "<=", recovery.until),
    )
    start = _start(collection, recovery.after_at, recovery.after_id)
    return ports.store.query(Query(collection, None, where, (("created_at", "asc"),), PAGE, start))


def _start(collection: str, at: datetime | None, id: str) -> Doc | None:
    return Doc(f"{collection}/{id}", {"created_at": at}, "") if at else None


def _again(doc: Doc, delivery: Delivery, now: datetime) -> Write | None:
    """Held, until the endpoint's task lets it go: at the pace of everything else that waits for it."""
    left = min(TRIES, MAX_ATTEMPTS - len(delivery.attempts))
    if left <= 0:
        return None
    changes = {"status": "pending", "held": True, "next_at": None, "round": delivery.round + 1}
    changes["expire_at"] = now + KEPT
    return Write("update", doc.path, {**changes, "begun": len(delivery.attempts), "tries": left}, doc.version)
