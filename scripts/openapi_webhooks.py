"""The ``webhooks`` of the OpenAPI document: each event that goes out, from the catalogue, in both forms."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from functools import cache
from typing import Any

from shared.domain import event_types
from shared.domain.event_types import EventType
from shared.domain.webhooks import PING, Event, payload

_REF = "#/components/schemas/"
_NUMBERS: dict[type, str] = {bool: "boolean", int: "integer", float: "number"}
_TEST = EventType(
    PING,
    "webhooks",
    "Sent to an address before it is registered, and on request: answer 2xx",
    {"message": "Answer 2xx to receive events here."},
)
_AT = datetime(2026, 11, 22, 18, tzinfo=UTC)
_HEADERS = {
    "webhook-id": "The delivery's id, the same at every attempt: answer 2xx to what you have seen, and drop it.",
    "webhook-timestamp": "Seconds since 1970, of this attempt.",
    "webhook-signature": "`v1,` and the base64 of an HMAC-SHA256 over id, timestamp and body, joined by dots; two of these, "
    "separated by a space, for a day after the secret was rotated.",
}
_NESTED: dict[str, Any] = {
    "type": "object",
    "required": ["id", "event", "created_at", "sequence", "data"],
    "properties": {
        "id": {"type": "string", "description": "The event's, the same at every endpoint."},
        "event": {"type": "string"},
        "created_at": {"type": "string", "format": "date-time"},
        "sequence": {"type": "integer", "description": "Larger: it happened later."},
        "data": {
            "type": "object",
            "properties": {
                "truncated": {
                    "type": "boolean",
                    "description": "True where texts and lists were cut, for 20 kB to hold it.",
                }
            },
        },
        "raw_payload": {"type": "object", "description": "The network's own fragment, where there is one and it fits."},
    },
}
_FLAT: dict[str, Any] = {
    "type": "object",
    "description": "The same on one level, as hooks get it: `data__author__name`, `data__results__0__status`.",
    "required": ["id", "event", "created_at", "sequence"],
    "properties": {name: _NESTED["properties"][name] for name in ("id", "event", "created_at", "sequence")},
    "additionalProperties": {"type": ["string", "number", "boolean", "null"]},
}
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


def schemas() -> dict[str, Any]:
    """What is around every event, and each one's ``data``."""
    return {"WebhookPayload": _NESTED, "FlatWebhookPayload": _FLAT} | {_named(one): _data(one) for one in _all()}


def webhooks() -> dict[str, Any]:
    """By the event's name: what is sent, and what is answered."""
    return {one.name: {"post": _sent(one)} for one in _all()}


def _all() -> list[EventType]:
    return [*event_types.by_name().values(), _TEST]


def _sent(one: EventType) -> dict[str, Any]:
    event = Event("evt_5d41402abc4b2a76b9719d911017c592", one.name, _AT, one.example)
    shown = {form: {"value": json.loads(payload(event, form == "flat"))} for form in ("nested", "flat")}
    event_name = {"event": {"enum": [one.name, one.also] if one.also else [one.name]}}
    inner = {"type": "object", "properties": {**event_name, "data": {"$ref": f"{_REF}{_named(one)}"}}}
    nested = {"allOf": [{"$ref": f"{_REF}WebhookPayload"}, inner]}
    flat = {"allOf": [{"$ref": f"{_REF}FlatWebhookPayload"}, {"type": "object", "properties": event_name}]}
    return {
        "operationId": f"on-{one.name.replace('.', '-').replace('_', '-')}",
        "summary": one.description,
        "description": f"{one.description}. {_whom(one)}",
        "tags": ["webhooks"],
        "security": [],
        "parameters": [_header(name, said) for name, said in _HEADERS.items()],
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": {"oneOf": [nested, flat]}, "examples": shown}},
        },
        "responses": {
            "2XX": {"description": "Taken. The body does not matter."},
            "410": {"description": "Nobody listens here any more: the endpoint is switched off, a hook is removed."},
        },
    }


def _whom(one: EventType) -> str:
    return (
        "Hooks get it on request only."
        if one is _TEST
        else f"Sent to the endpoints and hooks that asked for `{one.name}`."
    )


def _named(one: EventType) -> str:
    """``CommentReceivedData``"""
    return "".join(part.capitalize() for part in re.split(r"[._]", one.name)) + "Data"


def _data(one: EventType) -> dict[str, Any]:
    shape = _shape(one.example)
    if "results" in one.example:
        shape["properties"]["results"] = _results()
    always = [name for name in one.example if name not in one.sometimes]
    return {**shape, "required": always, "description": f"The `data` of `{one.name}`. {one.description}."}


@cache
def _results() -> dict[str, Any]:
    """Posts' targets: each may have ended in another way than the post."""
    rows = (row for one in event_types.by_name().values() for row in one.example.get("results", ()))
    return _shape(list(rows))


def _shape(value: Any) -> dict[str, Any]:
    """The schema of what looks like this example; more fields may come."""
    if isinstance(value, dict):
        fields = {name: _shape(inner) for name, inner in value.items()}
        return {"type": "object", "properties": fields} if fields else {"type": "object"}
    if isinstance(value, list):
        return {"type": "array", "items": _merged([_shape(item) for item in value])}
    if isinstance(value, str):
        return {"type": "string", "format": "date-time"} if _INSTANT.fullmatch(value) else {"type": "string"}
    return {"type": ["string", "null"] if value is None else _NUMBERS[type(value)]}


def _merged(shapes: list[dict[str, Any]]) -> dict[str, Any]:
    """One schema for the items of a list, which have not all the same fields."""
    fields = {name: inner for one in shapes for name, inner in one.get("properties", {}).items()}
    return {**shapes[0], "properties": fields} if fields else (shapes or [{}])[0]


def _header(name: str, said: str) -> dict[str, Any]:
    return {"name": name, "in": "header", "required": True, "schema": {"type": "string"}, "description": said}
