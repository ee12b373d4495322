"""The queue's tasks: one attempt of one delivery, a look after one endpoint, or an event to fan out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared.domain.webhooks import Delivery
from shared.operations.webhooks import crowding, fanning_out, sending, standing, tending
from shared.ports.world import Ports

REMOVED = "The endpoint was removed."
OFF = "The endpoint is switched off: switch it on, and recover what it missed."


def deliver(ports: Ports, body: Mapping[str, Any]) -> str:
    """One task. Answers what was done. Raises Broken, store.Unavailable: it is done again."""
    if "event_id" in body:
        return fanning_out.told(ports, body)
    if "endpoint_id" in body:
        return tending.tend(ports, body)
    delivery = _waiting(ports, body)
    return crowding.go(ports, delivery.endpoint_id, body, _deliver) if delivery else "nothing to do"


def _deliver(ports: Ports, body: Mapping[str, Any]) -> str:
    delivery = _waiting(ports, body)
    if delivery is None:
        return "nothing to do"
    endpoint = standing.find(ports, delivery.space, delivery.endpoint_id)
    if endpoint is None:
        return sending.closed(ports, delivery, REMOVED)
    if not endpoint.is_active and not delivery.forced:
        return sending.closed(ports, delivery, OFF)
    if not delivery.forced and not standing.admitted(ports, endpoint, delivery):
        return "held"
    after, made = sending.tried(ports, endpoint, delivery)
    if endpoint.is_active:
        standing.settle(ports, endpoint, made)
    return after.status


def _waiting(ports: Ports, body: Mapping[str, Any]) -> Delivery | None:
    """The task's delivery; None where it is over, or was queued anew since."""
    delivery = sending.find(ports, str(body["space"]), str(body["delivery_id"]))
    ours = delivery is not None and delivery.status == "pending" and delivery.round == body.get("round")
    return delivery if ours and delivery and not delivery.held else None
