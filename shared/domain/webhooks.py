"""Outbound webhooks: endpoints, deliveries, and the signature that receivers check.

Signed as the Standard Webhooks specification says (https://www.standardwebhooks.com, 1.0.0): the headers ``webhook-id``
(the same on every attempt: receivers drop what they have seen), ``webhook-timestamp`` (seconds, of this attempt) and
``webhook-signature`` (``v1,`` and the base64 of an HMAC-SHA256 over ``{id}.{timestamp}.{body}``). A secret is ``whsec_``
and the base64 of the key.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from shared.domain.flat import flattened
from shared.domain.instants import rfc3339

DeliveryStatus = Literal["pending", "success", "failed"]

SECRET_PREFIX = "whsec_"
SECRET_BYTES = 32  # the specification asks for 24 to 64
SECRETS = 1 << (8 * SECRET_BYTES)
HINT = 4  # last characters of the secret that stay visible
PING = "webhook.test"
MAX_BODY = 20_000  # bytes of one payload, as the specification advises
KEPT = timedelta(days=30)  # a delivery, from its creation on
MAX_ANSWER_SHOWN = 1_000  # characters of what an endpoint answered
MAX_ATTEMPTS = 100  # of one delivery: they are kept in its document
OVERLAP = timedelta(hours=24)  # for which a rotated secret still signs, beside the new one
SHARDS = 4  # of the indexes by time: a sequential field in one index takes 500 writes a second at most


@dataclass(frozen=True, slots=True)
class Recovery:
    """Sending again what had failed since an instant: page by page, up to what was made before it was asked for.

    ``after_at`` and ``after_id``: the delivery up to which it has come. ``queued``: how many go out again.
    """

    since: datetime
    until: datetime
    queued: int = 0
    after_at: datetime | None = None
    after_id: str = ""
    completed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where events go: ``workspaces/{space}/webhooks/{id}``. ``sealed``: the vault's reference to the secret; ``previous`` is
    the one before the last rotation, which signs, too, until ``previous_until``.

    ``is_hook``: a program subscribed it (``POST /v1/hooks``) and forgets it when it answers 410, which removes it. ``flat``:
    its payloads have one level. ``brand_id`` and ``account_id``, where set: only what is of them goes there.
    ``brand_ids``: the same for several brands, empty for all. ``disabled_reason``: why we switched it off, empty where we
    did not (``shared.domain.webhook_health.REASONS``).

    How it does: ``failures`` in a row, since ``failing_since``; ``slow`` answers in a row. ``lane_at``: None while everything
    is sent at once; else one delivery at a time is, and none before then. ``wake_at``: when it must be looked after (what it
    holds back, what it recovers), None when never; with ``shard`` of the index that finds it.
    """

    id: str
    space: str
    url: str
    events: tuple[str, ...]
    sealed: str
    secret_hint: str
    created_at: datetime
    updated_at: datetime
    is_active: bool = True
    created_by: str = ""
    is_hook: bool = False
    flat: bool = False
    brand_id: str = ""
    account_id: str = ""
    brand_ids: tuple[str, ...] = ()
    previous: str = ""
    previous_until: datetime | None = None
    disabled_reason: str = ""
    disabled_at: datetime | None = None
    failing_since: datetime | None = None
    failures: int = 0
    slow: int = 0
    lane_at: datetime | None = None
    wake_at: datetime | None = None
    shard: int = 0
    recovery: Recovery | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, as receivers get it. ``id`` is the same for the same thing, however often it is sent."""

    id: str
    type: str
    at: datetime
    data: Mapping[str, Any]
    raw_payload: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try. ``status_code`` None: nothing was answered, and ``error_message`` says why. ``retry_after``: the seconds that
    the endpoint asked for, with 429 or 503. ``answerable``: False where there was nothing to send it to."""

    number: int
    at: datetime
    duration_ms: int
    status_code: int | None = None
    response_body: str = ""
    error_message: str = ""
    retry_after: int | None = None
    answerable: bool = True

    @property
    def succeeded(self) -> bool:
        return self.status_code is not None and 200 <= self.status_code < 300


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event for one endpoint: ``workspaces/{space}/deliveries/{id}``; gone after ``expire_at``.

    ``body`` is sent as it is, byte for byte, at every attempt. ``round`` counts how often it was queued: a task of an
    earlier round finds nothing to do. While it is ``pending``: ``next_at`` is its next attempt, ``held`` says that it waits
    for its endpoint instead; after the first ``begun`` attempts, ``tries`` are made (more where some came before their
    time), and ``forced`` ones also where the endpoint is switched off.
    """

    id: str
    space: str
    endpoint_id: str
    event_id: str
    event_type: str
    description: str
    body: str
    status: DeliveryStatus
    created_at: datetime
    expire_at: datetime
    attempts: tuple[Attempt, ...] = ()
    round: int = 0
    next_at: datetime | None = None
    held: bool = False
    tries: int = 1
    begun: int = 0
    forced: bool = False
    shard: int = 0

    @property
    def last(self) -> Attempt | None:
        """The latest attempt."""
        return self.attempts[-1] if self.attempts else None


def endpoint_path(space: str, endpoint_id: str) -> str:
    """``workspaces/{space}/webhooks/{endpoint_id}``"""
    return f"workspaces/{space}/webhooks/{endpoint_id}"


def delivery_path(space: str, delivery_id: str) -> str:
    """``workspaces/{space}/deliveries/{delivery_id}``"""
    return f"workspaces/{space}/deliveries/{delivery_id}"


def delivery_id(endpoint_id: str, event_id: str) -> str:
    """One event is delivered once to one endpoint, whoever asks how often."""
    return f"dlv_{hashlib.sha256(f'{endpoint_id}|{event_id}'.encode()).hexdigest()[:26]}"


def secret_of(number: int) -> str:
    """The secret made of a random number below ``SECRETS``."""
    return SECRET_PREFIX + base64.b64encode(number.to_bytes(SECRET_BYTES, "big")).decode()


def shard_of(id: str) -> int:
    """The shard of the indexes by time: a hash, so that neighbours in time are not neighbours in the index."""
    return hashlib.sha256(id.encode()).digest()[0] % SHARDS


def signed(secrets: Sequence[str], message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """The headers that prove who sent this body, at this second: a signature with each secret, the newest first."""
    stamp = str(int(at.timestamp()))
    content = f"{message_id}.{stamp}.".encode() + body
    proofs = " ".join(_proof(secret, content) for secret in secrets)
    return {"webhook-id": message_id, "webhook-timestamp": stamp, "webhook-signature": proofs}


def _proof(secret: str, content: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    return f"v1,{base64.b64encode(hmac.digest(key, content, 'sha256')).decode()}"


def sequence(at: datetime) -> int:
    """Microseconds since 1970: of two events about the same thing, the one with the larger number happened later."""
    return round(at.timestamp() * 1_000_000)


def payload(event: Event, flat: bool = False) -> str:
    """The event's JSON: ``id``, ``event``, ``created_at``, ``sequence``, ``data``, and the network's own fragment where it
    fits. Instants in ``data`` become RFC 3339.

    ``flat``: on one level, without that fragment. Raises ValueError: over ``MAX_BODY`` bytes even so.
    """
    said: dict[str, Any] = {"id": event.id, "event": event.type, "created_at": rfc3339(event.at)}
    said |= {"sequence": sequence(event.at), "data": event.data}
    if event.raw_payload is not None and not flat:
        whole = _json({**said, "raw_payload": event.raw_payload})
        if len(whole.encode()) <= MAX_BODY:
            return whole
    body = _json(flattened(said) if flat else said)
    if len(body.encode()) > MAX_BODY:
        raise ValueError(f"{event.type}: a payload of {len(body.encode())} bytes, at most {MAX_BODY} are sent")
    return body


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False, default=_plain)


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return rfc3339(value)
    raise TypeError(f"{type(value).__name__} is no JSON")
