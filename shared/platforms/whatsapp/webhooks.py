"""What WhatsApp tells of: messages that people send, the states of one's own, templates, the account.

https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/overview, read 2026-11-22. The business's
account subscribes the app; where deliveries go is set once for the app, in Meta's dashboard. Meta repeats a delivery that
is not answered for up to seven days.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final

from shared.platforms._graph import webhooks
from shared.platforms.contract import Call, Fate, Refused
from shared.platforms.contract_webhooks import Event, EventKind, Reply, Subscription
from shared.platforms.whatsapp import errors
from shared.platforms.whatsapp.wire import GRAPH, account_id

OBJECT: Final = "whatsapp_business_account"
_STATES: Final[Mapping[str, EventKind]] = {
    "sent": "message.sent",
    "delivered": "message.delivered",
    "read": "message.read",
    "failed": "message.failed",
}
_ACCOUNT: Final = frozenset(
    {
        "account_update",
        "account_review_update",
        "account_alerts",
        "business_capability_update",
        "phone_number_name_update",
        "phone_number_quality_update",
        "security",
    }
)
_TEMPLATE: Final = frozenset(
    {"message_template_status_update", "message_template_quality_update", "template_category_update"}
)


def challenge(query: Mapping[str, str], secret: str, verify_token: str) -> Reply | None:
    """Graph's handshake."""
    return webhooks.challenge(query, verify_token)


def verify(headers: Mapping[str, str], body: bytes, secret: str, now: datetime) -> bool:
    """Graph's signature. It carries no time."""
    return webhooks.verify(headers, body, secret)


def parse(headers: Mapping[str, str], body: bytes) -> list[Event]:
    """Each message, state and change, as an event of its own. Raises ValueError."""
    found: list[Event] = []
    for entry in webhooks.entries(body, OBJECT):
        for name, value in webhooks.changes(entry):
            found += _events(str(entry.get("id") or ""), name, value, entry)
    return found


def subscribe(call: Call, callback_url: str, secret: str) -> Subscription:
    """Have the account's events delivered to the app's callback. Repeatable. Raises Refused."""
    GRAPH.post(call, f"{account_id(call)}/subscribed_apps", {})
    return Subscription()


def unsubscribe(call: Call) -> None:
    """Have them delivered no more; what is already gone is fine. Raises Refused."""
    try:
        GRAPH.remove(call, f"{account_id(call)}/subscribed_apps")
    except Refused as refused:
        if refused.fate is not Fate.UNAUTHORISED:
            raise


def _events(waba: str, name: str, value: Mapping[str, Any], entry: Mapping[str, Any]) -> Iterator[Event]:
    if name == "messages":
        yield from _messages(value)
    elif name in _TEMPLATE:
        yield _template(waba, name, value, entry)
    else:
        kind: EventKind = "account.updated" if name in _ACCOUNT else "other"
        at = _time(entry.get("time"))
        yield Event(kind, f"{waba}.{name}.{_digest(value)}", waba, at, {"field": name, **_flat(value)}, value)


def _messages(value: Mapping[str, Any]) -> Iterator[Event]:
    number = str((value.get("metadata") or {}).get("phone_number_id") or "")
    names = {
        str(one.get("wa_id")): str((one.get("profile") or {}).get("name") or "")
        for one in value.get("contacts") or ()
        if isinstance(one, dict)
    }
    for message in _objects(value.get("messages")):
        yield _received(number, names, message)
    for state in _objects(value.get("statuses")):
        yield _state(number, state)


def _received(number: str, names: Mapping[str, str], message: Mapping[str, Any]) -> Event:
    who, kind = str(message.get("from") or ""), str(message.get("type") or "")
    data = {
        "conversation_id": str(message.get("group_id") or who),
        "message_id": str(message.get("id") or ""),
        "type": kind,
        "text": _text(kind, message),
        "author_id": who,
        "author_name": names.get(who, ""),
        "reply_to": str((message.get("context") or {}).get("id") or ""),
        **_file(kind, message),
    }
    shown = {key: item for key, item in data.items() if item != ""}
    received: EventKind = "other" if kind == "system" else "message.received"
    return Event(
        received, str(message.get("id") or _digest(message)), number, _time(message.get("timestamp")), shown, message
    )


def _text(kind: str, message: Mapping[str, Any]) -> str:
    """The words of a message, whatever its type."""
    content = message.get(kind)
    if not isinstance(content, Mapping):
        return ""
    inner = content.get("button_reply") or content.get("list_reply") or {}
    said = content.get("body") or content.get("caption") or content.get("text") or content.get("emoji")
    return str(said or inner.get("title") or "")


def _file(kind: str, message: Mapping[str, Any]) -> dict[str, Any]:
    content = message.get(kind)
    if kind not in {"image", "video", "audio", "document", "sticker"} or not isinstance(content, Mapping):
        return {}
    return {"media_id": str(content.get("id") or ""), "content_type": str(content.get("mime_type") or "")}


def _state(number: str, state: Mapping[str, Any]) -> Event:
    message, named = str(state.get("id") or ""), str(state.get("status") or "")
    failed = next(iter(_objects(state.get("errors"))), {})
    data: dict[str, Any] = {
        "message_id": message,
        "conversation_id": str(state.get("group_id") or state.get("recipient_id") or ""),
        "own": True,
        "act_key": str(state.get("biz_opaque_callback_data") or ""),
    }
    if failed:
        code = int(failed.get("code") or 0)
        said = (failed.get("error_data") or {}).get("details") or failed.get("message") or failed.get("title") or ""
        data |= {"reason": errors.named(code).code, "platform_code": str(code), "platform_message": str(said)}
    shown = {key: item for key, item in data.items() if item != ""}
    return Event(_STATES.get(named, "other"), f"{message}.{named}", number, _time(state.get("timestamp")), shown, state)


def _template(waba: str, name: str, value: Mapping[str, Any], entry: Mapping[str, Any]) -> Event:
    data = {
        "template_id": str(value.get("message_template_id") or ""),
        "name": str(value.get("message_template_name") or ""),
        "language": str(value.get("message_template_language") or ""),
        "status": str(value.get("event") or value.get("new_category") or value.get("new_quality_score") or ""),
        "reason": str(value.get("reason") or ""),
    }
    shown = {key: item for key, item in data.items() if item not in {"", "NONE"}}
    at = _time(entry.get("time"))
    return Event(
        "template.updated", f"{waba}.{name}.{_digest({**value, 'time': at.isoformat()})}", waba, at, shown, value
    )


def _objects(value: Any) -> Iterator[Mapping[str, Any]]:
    if value is None:
        return
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise ValueError("messages and statuses are lists of objects")
    yield from value


def _flat(value: Mapping[str, Any]) -> dict[str, Any]:
    return {key: item for key, item in value.items() if isinstance(item, str | int | float | bool)}


def _time(value: Any) -> datetime:
    return webhooks.instant(value) if value is not None else datetime.fromtimestamp(0, UTC)


def _digest(value: Mapping[str, Any]) -> str:
    return sha256(repr(sorted(value.items(), key=lambda item: item[0])).encode()).hexdigest()[:24]
