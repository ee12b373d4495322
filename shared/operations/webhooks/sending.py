"""One event to one endpoint: a signed attempt, and the record of what came of it.

An attempt may reach the endpoint twice (a task is delivered twice, a worker dies before it can record): ``webhook-id``
is the delivery's id on each of them, and receivers drop what they have seen.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from threading import BoundedSemaphore
from typing import Any

from shared.domain import codec, event_types
from shared.domain.errors import Broken, Limited
from shared.domain.webhooks import (
    KEPT,
    MAX_ANSWER_SHOWN,
    Attempt,
    Delivery,
    Endpoint,
    Event,
    delivery_id,
    delivery_path,
    endpoint_path,
    payload,
    signed,
)
from shared.operations import events
from shared.ports.http import Blocked, BodyTooLarge, HttpFailure, NotSent, Request, Response
from shared.ports.queue import QueueUnavailable, Task
from shared.ports.store import AlreadyExists, Transaction, Write
from shared.ports.vault import Place, SecretForged, SecretGone, VaultError
from shared.ports.world import Ports

QUEUE = "webhooks"
SECONDS = 10.0  # for the whole exchange, as the API's documentation promises
MAX_ANSWER = 65_536  # bytes read of what an endpoint answers
AT_ONCE = 8  # endpoints that requests of callers wait for, per process
QUEUE_SECONDS = 2.0
_TURNS = BoundedSemaphore(AT_ONCE)


def send(ports: Ports, endpoint: Endpoint, event: Event) -> Delivery:
    """Make the delivery of this event to this endpoint, or take it up where it is, and try once.

    Repeatable: what succeeded is not sent again. Raises ValueError (a payload over the limit), Broken, store.Unavailable.
    """
    delivery = recorded(ports, endpoint, event)
    return delivery if delivery.status == "success" else try_once(ports, endpoint, delivery)


def recorded(ports: Ports, endpoint: Endpoint, event: Event) -> Delivery:
    """The delivery, pending and not tried yet; as it is now where it was made before."""
    now = ports.clock.now()
    known = event_types.by_name().get(event.type)
    delivery = Delivery(
        id=delivery_id(endpoint.id, event.id),
        space=endpoint.space,
        endpoint_id=endpoint.id,
        event_id=event.id,
        event_type=event.type,
        description=known.description if known else "",
        body=payload(event),
        status="pending",
        created_at=now,
        expire_at=now + KEPT,
    )
    try:
        ports.store.commit([Write("create", delivery_path(endpoint.space, delivery.id), codec.encode(delivery))])
    except AlreadyExists:
        return find(ports, endpoint.space, delivery.id) or delivery
    return delivery


def try_once(ports: Ports, endpoint: Endpoint, delivery: Delivery) -> Delivery:
    """One attempt, recorded. Raises Broken (the secret cannot be read now), store.Unavailable."""
    number = len(delivery.attempts) + 1
    try:
        secret = opened(ports, endpoint)
    except (SecretGone, SecretForged):
        gone = "The endpoint's secret is gone: remove the endpoint and register it again."
        return _record(ports, delivery, Attempt(number, ports.clock.now(), 0, error_message=gone))
    return _record(ports, delivery, attempt(ports, endpoint.url, secret, delivery.id, delivery.body, number))


def attempt(ports: Ports, url: str, secret: str, message_id: str, body: str, number: int = 1) -> Attempt:
    """POST the body, signed, without following a redirect. Never raises for what the endpoint does."""
    at, began = ports.clock.now(), ports.clock.monotonic()
    data = body.encode()
    headers = {"Content-Type": "application/json", "User-Agent": "Rostrum-Webhooks/1"}
    headers |= signed(secret, message_id, at, data)
    request = Request("POST", url, headers, data, 5.0, SECONDS, max_bytes=MAX_ANSWER, total_timeout=SECONDS)
    try:
        answer = ports.http.send(request)
    except HttpFailure as failure:
        return Attempt(number, at, _since(ports, began), error_message=_reason(failure))
    shown = answer.body[: 4 * MAX_ANSWER_SHOWN].decode(errors="replace")[:MAX_ANSWER_SHOWN]
    return Attempt(number, at, _since(ports, began), answer.status, shown, _unwelcome(answer))


def deliver(ports: Ports, body: Mapping[str, Any]) -> str:
    """The task: one attempt of a delivery that waits for it. Answers what was done. Raises Broken, store.Unavailable."""
    space, wanted = str(body["space"]), str(body["delivery_id"])
    delivery = find(ports, space, wanted)
    if delivery is None or delivery.status != "pending" or delivery.round != body.get("round"):
        return "nothing to do"
    doc = ports.store.get(endpoint_path(space, delivery.endpoint_id))
    if doc is None:
        number = len(delivery.attempts) + 1
        gone = Attempt(number, ports.clock.now(), 0, error_message="The endpoint was removed.")
        return _record(ports, delivery, gone).status
    return try_once(ports, codec.decode(Endpoint, doc.data), delivery).status


def enqueue(ports: Ports, delivery: Delivery) -> None:
    """Ask for the delivery's next attempt. Raises Broken: it is not known to be queued, and asking again is safe."""
    name = hashlib.sha256(f"{delivery.space}|{delivery.id}|{delivery.round}".encode()).hexdigest()[:40]
    body = {"space": delivery.space, "delivery_id": delivery.id, "round": delivery.round}
    try:
        ports.queue.enqueue(Task(QUEUE, f"d-{name}", "deliver", body))
    except QueueUnavailable as error:
        raise Broken("system.unavailable", "The delivery could not be queued: try again.") from error


def find(ports: Ports, space: str, id: str) -> Delivery | None:
    """The delivery, None where it is gone. Raises store.Unavailable."""
    doc = ports.store.get(delivery_path(space, id))
    return codec.decode(Delivery, doc.data) if doc else None


def place(space: str, endpoint_id: str) -> Place:
    """Where an endpoint's secret belongs."""
    return Place(space, endpoint_id, "webhook_secret")


def opened(ports: Ports, endpoint: Endpoint) -> str:
    """The endpoint's secret. Raises SecretGone, SecretForged, Broken."""
    try:
        return ports.vault.open(place(endpoint.space, endpoint.id), endpoint.sealed).decode()
    except (SecretGone, SecretForged):
        raise
    except VaultError as error:
        raise Broken("system.vault_unavailable", "The endpoint's secret could not be read: try again.") from error


@contextmanager
def turn() -> Iterator[None]:
    """A place among the few requests that wait for an endpoint while their caller waits. Raises Limited."""
    if not _TURNS.acquire(timeout=QUEUE_SECONDS):
        text = "Too many endpoints are being called right now: try again."
        raise Limited("webhook.busy", text, retry_after_seconds=2)
    try:
        yield
    finally:
        _TURNS.release()


def _record(ports: Ports, tried: Delivery, made: Attempt) -> Delivery:
    """The delivery with this attempt, unless somebody recorded one of that number meanwhile."""

    def body(txn: Transaction) -> Delivery:
        path = delivery_path(tried.space, tried.id)
        doc = txn.get(path)
        now = codec.decode(Delivery, doc.data) if doc else None
        if now is None or len(now.attempts) != made.number - 1 or now.round != tried.round:
            return now or tried
        after = replace(now, attempts=(*now.attempts, made), status="success" if made.succeeded else "failed")
        changes = codec.encode(after)
        txn.write(Write("update", path, {name: changes[name] for name in ("attempts", "status")}))
        txn.write(_logged(ports, after, made))
        return after

    return ports.store.transact(body)


def _logged(ports: Ports, delivery: Delivery, made: Attempt) -> Write:
    return events.written(
        ports,
        delivery.space,
        "webhook",
        "webhook.delivery",
        "ok" if made.succeeded else "failed",
        summary=f"{delivery.event_type} was sent to an endpoint.",
        resource_id=delivery.id,
        status_code=made.status_code,
        duration_ms=made.duration_ms,
        error_category="" if made.succeeded else "platform",
        error_message=made.error_message,
        metadata={"endpoint_id": delivery.endpoint_id, "event_type": delivery.event_type, "attempt": made.number},
    )


def _since(ports: Ports, began: float) -> int:
    return int((ports.clock.monotonic() - began) * 1000)


def _unwelcome(answer: Response) -> str:
    if 300 <= answer.status < 400:
        return "It answered with a redirect, and redirects are not followed: name the address itself."
    return ""


def _reason(failure: HttpFailure) -> str:
    if isinstance(failure, Blocked):
        return f"It may not be asked ({failure}). Whoever runs this installation may allow a host: ALLOW_PRIVATE_HOSTS."
    if isinstance(failure, BodyTooLarge):
        return f"It answered with more than {MAX_ANSWER // 1024} KiB."
    if isinstance(failure, NotSent):
        return f"It could not be reached ({failure})."
    return f"It did not answer within {SECONDS:.0f} seconds, or the answer was cut off ({failure})."
