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
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

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
MAX_FLAT_ITEMS = 10  # of a list in a flat payload: a field each, and `…__count` says how many there are


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where events go: ``workspaces/{space}/webhooks/{id}``. ``sealed``: the vault's reference to the secret.

    ``is_hook``: a program subscribed it (``POST /v1/hooks``) and forgets it when it answers 410, which removes it. ``flat``:
    its payloads have one level. ``brand_id`` and ``account_id``, where set: only what is of them goes there.
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
    """One try. ``status_code`` None: nothing was answered, and ``error_message`` says why."""

    number: int
    at: datetime
    duration_ms: int
    status_code: int | None = None
    response_body: str = ""
    error_message: str = ""

    @property
    def succeeded(self) -> bool:
        return self.status_code is not None and 200 <= self.status_code < 300


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event for one endpoint: ``workspaces/{space}/deliveries/{id}``; gone after ``expire_at``.

    ``body`` is sent as it is, byte for byte, at every attempt. ``round`` counts how often it was queued: a task of an
    earlier round finds nothing to do.
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


def signed(secret: str, message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """The headers that prove who sent this body, at this second."""
    stamp = str(int(at.timestamp()))
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    content = f"{message_id}.{stamp}.".encode() + body
    digest = base64.b64encode(hmac.digest(key, content, "sha256")).decode()
    return {"webhook-id": message_id, "webhook-timestamp": stamp, "webhook-signature": f"v1,{digest}"}


def payload(event: Event, flat: bool = False) -> str:
    """The event's JSON: ``id``, ``event``, ``created_at``, ``data``, and the network's own fragment where it fits.

    ``flat``: on one level (:func:`flattened`), without that fragment. Raises ValueError: over ``MAX_BODY`` bytes even so.
    """
    said: dict[str, Any] = {"id": event.id, "event": event.type, "created_at": _instant(event.at), "data": event.data}
    if event.raw_payload is not None and not flat:
        whole = _json({**said, "raw_payload": event.raw_payload})
        if len(whole.encode()) <= MAX_BODY:
            return whole
    body = _json(flattened(said) if flat else said)
    if len(body.encode()) > MAX_BODY:
        raise ValueError(f"{event.type}: a payload of {len(body.encode())} bytes, at most {MAX_BODY} are sent")
    return body


def flattened(said: Mapping[str, Any]) -> dict[str, Any]:
    """One level of plain values, as those map them who see no nesting: ``data__author__name``.

    A list of plain values is one text, joined by commas. Of a list of things the first ``MAX_FLAT_ITEMS`` are there by
    number (``data__results__0__status``). Either has its ``…__count``. What is on top already keeps its name.
    """
    return {name: value for key, inner in said.items() for name, value in _leaves(key, inner)}


def _leaves(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _leaves(f"{name}__{key}", inner)
    elif isinstance(value, list | tuple):
        yield f"{name}__count", len(value)
        if any(isinstance(item, Mapping | list | tuple) for item in value):
            for number, item in enumerate(value[:MAX_FLAT_ITEMS]):
                yield from _leaves(f"{name}__{number}", item)
        else:
            yield name, ",".join(item if isinstance(item, str) else json.dumps(item) for item in value)
    else:
        yield name, value


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _instant(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
