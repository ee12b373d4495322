"""From an event to its deliveries: one for each endpoint that asked for it, each with its own snapshot and its own task.

Told twice, it is one delivery each: its id follows from the endpoint's and the event's. A crash before the commit leaves
nothing behind, and the event is told again; after it, the sweep finds the deliveries by their time.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any

from shared.domain import codec, event_types
from shared.domain.accounts import Account, account_path
from shared.domain.brands import brand_of
from shared.domain.event_types import EventType
from shared.domain.events import Entry, entry_path
from shared.domain.webhook_health import TRIES
from shared.domain.webhooks import Delivery, Endpoint, Event, delivery_path
from shared.operations import lookup, telling
from shared.operations.webhooks import payloads, sending
from shared.operations.webhooks.endpoints import MAX_ENDPOINTS, MAX_HOOKS
from shared.operations.webhooks.payloads import Built
from shared.ports.store import AlreadyExists, NotFound, Query, Write
from shared.ports.world import Ports

log = logging.getLogger(__name__)


def notify(ports: Ports, data: Mapping[str, Any], attributes: Mapping[str, str]) -> str:
    """The bus's message: what happened, to whoever wants to hear of it. Answers what was done. Raises store.Unavailable."""
    space, event_id = attributes.get("space", ""), str(data.get("id", ""))
    known = event_types.by_name().get(attributes.get("type", ""))
    if known is None:
        return "not told"
    try:
        at = datetime.fromisoformat(str(data.get("at")))
    except ValueError:
        return _ignored(attributes)
    if not lookup.plain(event_id) or not lookup.plain(space.replace(".", "")) or at.tzinfo is None:
        return _ignored(attributes)
    if not telling.wanted(ports, space):
        return "nobody listens"
    return _fan_out(ports, space, known, data, at)


def told(ports: Ports, body: Mapping[str, Any]) -> str:
    """The queue's task about an entry of the log, where the bus was not at hand. Raises store.Unavailable."""
    space, entry_id = str(body["space"]), str(body["event_id"])
    doc = ports.store.get(entry_path(space, entry_id))
    entry = codec.decode(Entry, doc.data) if doc else None
    if entry is None or entry.tell_at is None:
        return "known"
    known = event_types.by_name().get(entry.action)
    done = _fan_out(ports, space, known, telling.message(entry), entry.created_at) if known else "not told"
    with suppress(NotFound):  # it has expired meanwhile
        ports.store.commit([Write("update", entry_path(space, entry_id), {"tell_at": None, "shard": None})])
    return done


def _ignored(attributes: Mapping[str, str]) -> str:
    log.warning("an event that is none of ours", extra={"event_type": str(attributes.get("type"))})
    return "ignored"


def _fan_out(ports: Ports, space: str, known: EventType, message: Mapping[str, Any], at: datetime) -> str:
    listening = _listening(ports, space, known)
    built = payloads.build(ports, space, known.name, message) if listening else None
    if built is None:
        return "nothing to tell" if listening else "nobody listens"
    brands = _brands(ports, space, built) if any(one.brand_ids or one.brand_id for one in listening) else {}
    event = Event(str(message["id"]), known.name, at, built.data, built.raw)
    made = [one for endpoint in listening if (one := _delivery(ports, endpoint, known, event, (built, brands)))]
    for delivery in _kept(ports, made):
        sending.enqueue_later(ports, delivery)
    return f"told {len(made)}"


def _listening(ports: Ports, space: str, known: EventType) -> list[Endpoint]:
    where = (("is_active", "==", True),)
    query = Query(f"workspaces/{space}/webhooks", None, where, limit=MAX_ENDPOINTS + MAX_HOOKS)  # type: ignore[arg-type]
    found = (codec.of(Endpoint, doc) for doc in ports.store.query(query))
    return [one for one in found if known.name in one.events or (known.also and known.also in one.events)]


def _brands(ports: Ports, space: str, built: Built) -> dict[str, str]:
    """The brand of each account that the event is about, as it is now."""
    docs = ports.store.get_many([account_path(space, one) for one in built.accounts if lookup.plain(one)])
    return {doc.id: brand_of(codec.of(Account, doc)) for doc in docs if doc}


def _delivery(
    ports: Ports, endpoint: Endpoint, known: EventType, event: Event, about: tuple[Built, Mapping[str, str]]
) -> Delivery | None:
    """The endpoint's delivery of the event, None where it is about nothing that the endpoint hears of."""
    built, brands = about
    visible = _visible(endpoint, built, brands)
    if visible is not None:
        if not visible:
            return None
        event = replace(event, data=payloads.narrowed(built, visible))
    named = event if known.name in endpoint.events else replace(event, type=known.also)
    body = payloads.fitted(named, flat=endpoint.flat)
    now = ports.clock.now()
    return replace(sending.delivery_of(endpoint, event, body, now), tries=TRIES, next_at=now)


def _visible(endpoint: Endpoint, built: Built, brands: Mapping[str, str]) -> frozenset[str] | None:
    """The accounts of the event that the endpoint hears of; None: it hears of everything."""
    wanted = {*endpoint.brand_ids, *((endpoint.brand_id,) if endpoint.brand_id else ())}
    if not wanted and not endpoint.account_id:
        return None
    found = (one for one in built.accounts if not wanted or brands.get(one) in wanted)
    return frozenset(one for one in found if endpoint.account_id in ("", one))


def _kept(ports: Ports, made: Sequence[Delivery]) -> list[Delivery]:
    """All of them in one commit; where some are there from an earlier run, they stay as they are. Those that wait still."""
    try:
        if made:
            ports.store.commit([_create(one) for one in made])
        return list(made)
    except AlreadyExists:
        return [one for delivery in made if (one := _found_or_kept(ports, delivery)).status == "pending"]


def _found_or_kept(ports: Ports, delivery: Delivery) -> Delivery:
    try:
        ports.store.commit([_create(delivery)])
    except AlreadyExists:
        return sending.find(ports, delivery.space, delivery.id) or delivery
    return delivery


def _create(delivery: Delivery) -> Write:
    return Write("create", delivery_path(delivery.space, delivery.id), codec.encode(delivery))
