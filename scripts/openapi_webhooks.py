"""The ``webhooks`` of the OpenAPI document: each event that goes out, from the catalogue, in both forms."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from shared.domain import event_types
from shared.domain.event_types import EventType
from shared.domain.webhooks import Event, payload

_AT = datetime(2026, 11, 22, 18, tzinfo=UTC)
_HEADERS = {
    "webhook-id": "The delivery's id, the same at every attempt: answer 2xx to what you have seen, and drop it.",
    "webhook-timestamp": "Seconds since 1970, of this attempt.",
    "webhook-signature": "`v1,` and the base64 of an HMAC-SHA256 over id, timestamp and body, joined by dots.",
}
_NESTED: dict[str, Any] = {
    "type": "object",
    "required": ["id", "event", "created_at", "data"],
    "properties": {
        "id": {"type": "string", "description": "The event's, the same at every endpoint."},
        "event": {"type": "string"},
        "created_at": {"type": "string", "format": "date-time"},
        "sequence": {"type": "integer", "description": "Larger: it happened later."},
        "data": {"type": "object"},
        "raw_payload": {"type": "object", "description": "The network's own fragment, where there is one and it fits."},
    },
}
_FLAT: dict[str, Any] = {
    "type": "object",
    "description": "The same on one level, as hooks get it: `data__author__name`, `data__results__0__status`.",
    "required": ["id", "event", "created_at"],
    "properties": {name: _NESTED["properties"][name] for name in ("id", "event", "created_at", "sequence")},
    "additionalProperties": {"type": ["string", "number", "boolean", "null"]},
}
SCHEMAS = {"WebhookPayload": _NESTED, "FlatWebhookPayload": _FLAT}


def webhooks() -> dict[str, Any]:
    """By the event's name: what is sent, and what is answered."""
    return {one.name: {"post": _sent(one)} for one in event_types.by_name().values()}


def _sent(one: EventType) -> dict[str, Any]:
    event = Event("evt_5d41402abc4b2a76b9719d911017c592", one.name, _AT, one.example)
    shown = {form: {"value": json.loads(payload(event, form == "flat"))} for form in ("nested", "flat")}
    refs = [{"$ref": f"#/components/schemas/{name}"} for name in SCHEMAS]
    return {
        "operationId": f"on-{one.name.replace('.', '-').replace('_', '-')}",
        "summary": one.description,
        "description": f"{one.description}. Sent to the endpoints and hooks that asked for `{one.name}`.",
        "tags": ["webhooks"],
        "security": [],
        "parameters": [_header(name, said) for name, said in _HEADERS.items()],
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": {"oneOf": refs}, "examples": shown}},
        },
        "responses": {
            "2XX": {"description": "Taken. The body does not matter."},
            "410": {"description": "Nobody listens here any more: the endpoint is switched off, a hook is removed."},
        },
    }


def _header(name: str, said: str) -> dict[str, Any]:
    return {"name": name, "in": "header", "required": True, "schema": {"type": "string"}, "description": said}
