"""Deliveries of an endpoint: a made-up one on request, the record of all, and one more try."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from shared.domain import codec, event_types
from shared.domain.callers import Caller
from shared.domain.errors import Clash, Invalid
from shared.domain.webhooks import (
    KEPT,
    MAX_ATTEMPTS,
    MAX_BODY,
    PING,
    Delivery,
    DeliveryStatus,
    Event,
    delivery_path,
    shard_of,
)
from shared.operations import lookup, paging
from shared.operations.webhooks import endpoints, sending
from shared.ports.store import Op, Query, Transaction, Write
from shared.ports.world import Ports


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which deliveries, the latest first."""

    status: DeliveryStatus | None = None
    event_type: str | None = None
    cursor: str | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True)
class Page:
    """Some deliveries, and where the next page begins (None: this was the last)."""

    deliveries: tuple[Delivery, ...]
    next_cursor: str | None


def send_test(
    ports: Ports, caller: Caller, endpoint_id: str, event_type: str, data: Mapping[str, Any] | None = None
) -> Delivery:
    """Send a made-up event of this type now, whether or not the endpoint asked for such, and record what came of it.

    ``data`` None: the catalogue's example. Raises Forbidden, Missing, Invalid, Limited, Broken, store.Unavailable.
    """
    endpoint = endpoints.get(ports, caller, endpoint_id)
    example = _example(event_type)
    event = Event(ports.ids.new("evt"), event_type, ports.clock.now(), example if data is None else data)
    with sending.turn():
        try:
            return sending.send(ports, endpoint, event)
        except ValueError as error:
            text = f"payload: at most {MAX_BODY} bytes are sent, with what goes around it."
            raise Invalid("validation.field_invalid", text, field="payload") from error


def list_(ports: Ports, caller: Caller, endpoint_id: str, wanted: Wanted) -> Page:
    """A page of the endpoint's deliveries: one query. Raises Forbidden, Missing, Invalid (a cursor of another list)."""
    endpoint = endpoints.get(ports, caller, endpoint_id)
    if wanted.event_type and wanted.event_type != PING and wanted.event_type not in event_types.every_name():
        raise endpoints.unknown_event("event_type", wanted.event_type)
    where: list[tuple[str, Op, Any]] = [("endpoint_id", "==", endpoint.id)]
    where += [("status", "==", wanted.status)] if wanted.status else []
    where += [("event_type", "==", wanted.event_type)] if wanted.event_type else []
    collection, identity = endpoints.deliveries(endpoint), ["deliveries", caller.space, where]
    start = paging.after(wanted.cursor, identity, collection, "created_at")
    docs = ports.store.query(Query(collection, None, tuple(where), endpoints.LATEST_FIRST, wanted.limit + 1, start))
    found = tuple(codec.decode(Delivery, doc.data) for doc in docs[: wanted.limit])
    more = len(docs) > wanted.limit
    return Page(found, paging.cursor(identity, docs[wanted.limit - 1], "created_at") if more else None)


def get(ports: Ports, caller: Caller, endpoint_id: str, delivery_id: str) -> Delivery:
    """One delivery with its attempts. Raises Forbidden, Missing (also: another endpoint's)."""
    endpoint = endpoints.get(ports, caller, endpoint_id)
    found = sending.find(ports, caller.space, delivery_id) if lookup.plain(delivery_id) else None
    if found is None or found.endpoint_id != endpoint.id:
        raise endpoints.missing("delivery", delivery_id)
    return found


def retry(ports: Ports, caller: Caller, endpoint_id: str, delivery_id: str) -> Delivery:
    """Queue it once more, with the same id and the same bytes, however it ended.

    Raises Forbidden, Missing, Clash (it was tried a hundred times), Broken.
    """
    known = get(ports, caller, endpoint_id, delivery_id)
    if len(known.attempts) >= MAX_ATTEMPTS:
        text = f"This delivery was tried {MAX_ATTEMPTS} times: its payload is at GET …/deliveries/{{did}}."
        raise Clash("webhook.limit_reached", text)

    def body(txn: Transaction) -> Delivery | None:
        path = delivery_path(known.space, known.id)
        doc = txn.get(path)
        if doc is None:
            return None
        now = codec.decode(Delivery, doc.data)
        again: dict[str, Any] = {"status": "pending", "round": now.round + 1, "held": False, "forced": True}
        again |= {"next_at": ports.clock.now(), "expire_at": ports.clock.now() + KEPT, "shard": shard_of(now.id)}
        if now.status != "pending":  # it has come to its end: once more, and not a schedule more
            again |= {"begun": len(now.attempts), "tries": 1}
        txn.write(Write("update", path, again))
        return replace(now, **again)

    queued = ports.store.transact(body)
    if queued is None:
        raise endpoints.missing("delivery", delivery_id)
    sending.enqueue(ports, queued)
    return queued


def _example(event_type: str) -> Mapping[str, Any]:
    if event_type == PING:
        return {"message": "This is a test."}
    name = event_types.every_name().get(event_type)
    if name is None:
        raise endpoints.unknown_event("event_type", event_type)
    return event_types.by_name()[name].example
