"""One event to one endpoint: a signed attempt, the record of what came of it, and the task of the next one.

An attempt may reach the endpoint twice (a task is delivered twice, a worker dies before it can record): ``webhook-id``
is the delivery's id on each of them, and receivers drop what they have seen.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from threading import BoundedSemaphore

from shared.domain import codec, event_types, webhook_health
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
    shard_of,
    signed,
)
from shared.operations import events
from shared.ports.http import Blocked, BodyTooLarge, HttpFailure, NotSent, Request, Response
from shared.ports.queue import QueueUnavailable, Task
from shared.ports.store import AlreadyExists, Conflict, Doc, NotFound, Transaction, Write
from shared.ports.vault import Place, SecretForged, SecretGone, VaultError
from shared.ports.world import Ports

QUEUE = "webhooks"
SECONDS = 10.0  # for the whole exchange, as the API's documentation promises
MAX_ANSWER = 65_536  # bytes read of what an endpoint answers
AT_ONCE = 8  # endpoints that requests of callers wait for, per process
QUEUE_SECONDS = 2.0
LEFT = timedelta(seconds=30)  # for whoever makes a delivery and sends it at once: longer than that takes
_TURNS = BoundedSemaphore(AT_ONCE)
_ASKS_TO_WAIT = (429, 503)
_LONGEST = int(webhook_health.MAX_RETRY_AFTER.total_seconds())
log = logging.getLogger(__name__)


def send(ports: Ports, endpoint: Endpoint, event: Event) -> Delivery:
    """Make the delivery of this event to this endpoint, or take it up where it is, and try once.

    Repeatable: what succeeded is not sent again. Raises ValueError (a payload over the limit), Broken, store.Unavailable.
    """
    delivery = recorded(ports, endpoint, event)
    return delivery if delivery.status == "success" else try_once(ports, endpoint, delivery)


def recorded(ports: Ports, endpoint: Endpoint, event: Event) -> Delivery:
    """The delivery, pending and not tried yet; as it is now where it was made before. If its sender dies, the sweep finds it."""
    now = ports.clock.now()
    made = replace(delivery_of(endpoint, event, payload(event, endpoint.flat), now), next_at=now + LEFT)
    try:
        ports.store.commit([Write("create", delivery_path(endpoint.space, made.id), codec.encode(made))])
    except AlreadyExists:
        return find(ports, endpoint.space, made.id) or made
    return made


def delivery_of(endpoint: Endpoint, event: Event, body: str, now: datetime) -> Delivery:
    """A new delivery, to be tried once."""
    known = event_types.by_name().get(event.type)
    made = delivery_id(endpoint.id, event.id)
    return Delivery(
        id=made,
        space=endpoint.space,
        endpoint_id=endpoint.id,
        event_id=event.id,
        event_type=event.type,
        description=known.description if known else "",
        body=body,
        status="pending",
        created_at=now,
        expire_at=now + KEPT,
        shard=shard_of(made),
    )


def try_once(ports: Ports, endpoint: Endpoint, delivery: Delivery) -> Delivery:
    """One attempt, recorded, and the next one queued if there is to be one. Raises Broken (the secret cannot be read now),
    store.Unavailable."""
    return tried(ports, endpoint, delivery)[0]


def tried(ports: Ports, endpoint: Endpoint, delivery: Delivery) -> tuple[Delivery, Attempt]:
    """:func:`try_once`, and the attempt itself."""
    number = len(delivery.attempts) + 1
    try:
        secrets = _secrets(ports, endpoint)
    except (SecretGone, SecretForged):
        gone = "The endpoint's secret is gone: remove the endpoint and register it again."
        made = Attempt(number, ports.clock.now(), 0, error_message=gone, answerable=False)
    else:
        made = attempt(ports, endpoint.url, secrets, delivery.id, delivery.body, number)
    after = _record(ports, delivery, made)
    if after.status == "pending":
        enqueue_later(ports, after)
    return after, made


def attempt(ports: Ports, url: str, secrets: tuple[str, ...], message_id: str, body: str, number: int = 1) -> Attempt:
    """POST the body, signed with each secret, without following a redirect. Never raises for what the endpoint does."""
    at, began = ports.clock.now(), ports.clock.monotonic()
    data = body.encode()
    headers = {"Content-Type": "application/json", "User-Agent": "Rostrum-Webhooks/1"}
    headers |= signed(secrets, message_id, at, data)
    request = Request("POST", url, headers, data, 5.0, SECONDS, max_bytes=MAX_ANSWER, total_timeout=SECONDS)
    try:
        answer = ports.http.send(request)
    except HttpFailure as failure:
        return Attempt(number, at, _since(ports, began), error_message=_reason(failure))
    shown = answer.body[: 4 * MAX_ANSWER_SHOWN].decode(errors="replace")[:MAX_ANSWER_SHOWN]
    wait = _asked_wait(answer, at)
    return Attempt(number, at, _since(ports, began), answer.status, shown, _unwelcome(answer), wait)


def closed(ports: Ports, delivery: Delivery, why: str) -> str:
    """No endpoint will get it: failed, with a last line that says why nothing was sent."""
    number, now = len(delivery.attempts) + 1, ports.clock.now()
    return _record(ports, delivery, Attempt(number, now, 0, error_message=why, answerable=False)).status


def enqueue(ports: Ports, delivery: Delivery) -> None:
    """Ask for the delivery's next attempt. Raises Broken: it is not known to be queued, and asking again is safe."""
    try:
        _enqueue(ports, delivery)
    except QueueUnavailable as error:
        raise Broken("system.unavailable", "The delivery could not be queued: try again.") from error


def enqueue_later(ports: Ports, delivery: Delivery) -> None:
    """The same for what the sweep makes up for."""
    try:
        _enqueue(ports, delivery)
    except QueueUnavailable:
        log.warning("delivery not queued, left to the sweep", extra={"delivery_id": delivery.id})


def _enqueue(ports: Ports, delivery: Delivery) -> None:
    name = hashlib.sha256(f"{delivery.space}|{delivery.id}|{delivery.round}".encode()).hexdigest()[:40]
    body = {"space": delivery.space, "delivery_id": delivery.id, "round": delivery.round}
    at = delivery.next_at if delivery.next_at and delivery.next_at > ports.clock.now() else None
    ports.queue.enqueue(Task(QUEUE, f"d-{name}", "deliver", body, at))


def find(ports: Ports, space: str, id: str) -> Delivery | None:
    """The delivery, None where it is gone. Raises store.Unavailable."""
    doc = ports.store.get(delivery_path(space, id))
    return codec.decode(Delivery, doc.data) if doc else None


def legible(ports: Ports, docs: Sequence[Doc]) -> list[tuple[Doc, Delivery]]:
    """The deliveries that can be read; one that cannot waits for nothing any more, so that it holds none behind it back."""
    found = []
    for doc in docs:
        try:
            found.append((doc, codec.decode(Delivery, doc.data)))
        except (TypeError, ValueError, KeyError, AttributeError):
            log.exception("a delivery cannot be read", extra={"path": doc.path})
            over = {"status": "failed", "held": False, "next_at": None}
            with suppress(Conflict, NotFound):
                ports.store.commit([Write("update", doc.path, over, doc.version)])
    return found


def place(space: str, endpoint_id: str) -> Place:
    """Where an endpoint's secret belongs."""
    return Place(space, endpoint_id, "webhook_secret")


def _secrets(ports: Ports, endpoint: Endpoint) -> tuple[str, ...]:
    """Those that sign now. Raises SecretGone, SecretForged, Broken, store.Unavailable."""
    try:
        return (opened(ports, endpoint), *_before(ports, endpoint))
    except (SecretGone, SecretForged):
        doc = ports.store.get(endpoint_path(endpoint.space, endpoint.id))
        current = codec.decode(Endpoint, doc.data) if doc else endpoint
        if current.sealed == endpoint.sealed:
            raise
        return (opened(ports, current), *_before(ports, current))  # sealed anew since the endpoint was read


def opened(ports: Ports, endpoint: Endpoint) -> str:
    """The endpoint's secret. Raises SecretGone, SecretForged, Broken."""
    try:
        return ports.vault.open(place(endpoint.space, endpoint.id), endpoint.sealed).decode()
    except (SecretGone, SecretForged):
        raise
    except VaultError as error:
        raise Broken("system.vault_unavailable", "The endpoint's secret could not be read: try again.") from error


def signs_with(ports: Ports, endpoint: Endpoint, secret: str) -> bool:
    """Whether this is the endpoint's secret: an earlier run of the same request made it then. Raises Broken."""
    try:
        return opened(ports, endpoint) == secret
    except (SecretGone, SecretForged):
        return False


def _before(ports: Ports, endpoint: Endpoint) -> list[str]:
    """The secret before the last rotation, while it still signs. Raises Broken."""
    if not endpoint.previous or not endpoint.previous_until or endpoint.previous_until <= ports.clock.now():
        return []
    with suppress(SecretGone, SecretForged):
        return [opened(ports, replace(endpoint, sealed=endpoint.previous))]
    return []


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
    """The delivery with this attempt, unless somebody recorded one of that number meanwhile, or queued it anew: what was
    accepted counts even so, as long as it waits."""

    def body(txn: Transaction) -> Delivery:
        path = delivery_path(tried.space, tried.id)
        doc = txn.get(path)
        now = codec.decode(Delivery, doc.data) if doc else None
        if now is None:
            return tried
        ours = len(now.attempts) == made.number - 1 and now.round == tried.round
        if not ours and not (made.succeeded and now.status == "pending"):
            return now
        after = _attempted(now, replace(made, number=len(now.attempts) + 1))
        changes = codec.encode(after)
        names = ("attempts", "status", "next_at", "held", "round", "forced")
        txn.write(Write("update", path, {name: changes[name] for name in names}))
        txn.write(_logged(ports, after, made))
        return after

    return ports.store.transact(body)


def _attempted(delivery: Delivery, made: Attempt) -> Delivery:
    again = None if made.succeeded or not made.answerable else webhook_health.next_attempt(delivery, made)
    tried = replace(delivery, attempts=(*delivery.attempts, made), next_at=again, held=False, forced=False)
    if again is None:
        return replace(tried, status="success" if made.succeeded else "failed")
    return replace(tried, round=delivery.round + 1)


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


def _asked_wait(answer: Response, at: datetime) -> int | None:
    """Seconds that the endpoint asks to be left alone: ``Retry-After`` of a 429 or 503, in seconds or as a date."""
    said = answer.headers.get("retry-after", "").strip()
    if answer.status not in _ASKS_TO_WAIT or not said:
        return None
    if said.isdecimal():
        return min(int(said[:9]), _LONGEST)
    from email.utils import parsedate_to_datetime

    with suppress(ValueError, TypeError, OverflowError):
        until = parsedate_to_datetime(said)
        return min(max(0, round((until - at) / timedelta(seconds=1))), _LONGEST) if until.tzinfo else None
    return None


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
