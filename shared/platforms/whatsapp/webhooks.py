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
from shared.platforms._graph.errors import number as number_of
from shared.platforms._graph.webhooks import plain
from shared.platforms.contract import Call, Fate, Refused
from shared.platforms.contract_webhooks import Event, EventKind, Reply, Subscription
from shared.platforms.whatsapp import errors
from shared.platforms.whatsapp.wire import GRAPH, account_id

OBJECT: Final = "whatsapp_business_account"
PUSHES: Final = frozenset({"message"})
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
            found += _events(plain(entry.get("id")), name, value, entry)
    return found


def subscribe(call: Call, callback_url: str, secret: str) -> Subscription:
    """Have the account's events delivered to the app's callback. Repeatable. Raises Refused."""
    GRAPH.post(call, f"{account_id(call)}/subscribed_apps", {})
    return Subscription()


def unsubscribe(call: Call, secret: str = "", state: Mapping[str, Any] | None = None) -> None:
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
    number = plain(_object(value.get("metadata")).get("phone_number_id"))
    contacts = webhooks.rows(value.get("contacts"))
    names = {plain(one.get("wa_id")): _words(_object(one.get("profile")).get("name")) for one in contacts}
    for message in _objects(value.get("messages")):
        yield _received(number, names, message)
    for state in _objects(value.get("statuses")):
        yield _state(number, state)


def _received(number: str, names: Mapping[str, str], message: Mapping[str, Any]) -> Event:
    who, kind, id_ = plain(message.get("from")), plain(message.get("type")), plain(message.get("id"))
    data = {
        "conversation_id": plain(message.get("group_id")) or who,
        "message_id": id_,
        "type": kind,
        "text": _text(kind, message),
        "author_id": who,
        "author_name": names.get(who, ""),
        "reply_to": plain(_object(message.get("context")).get("id")),
        "own": False,
        **_tapped(kind, message),
        **_file(kind, message),
    }
    shown = {key: item for key, item in data.items() if item != ""}
    received: EventKind = "other" if kind == "system" else "message.received"
    return Event(received, id_ or _digest(message), number, _time(message.get("timestamp")), shown, message)


def _text(kind: str, message: Mapping[str, Any]) -> str:
    """The words of a message, whatever its type."""
    content = _object(message.get(kind))
    inner = _object(content.get("button_reply")) or _object(content.get("list_reply"))
    said = content.get("body") or content.get("caption") or content.get("text") or content.get("emoji")
    return _words(said or inner.get("title"))


def _tapped(kind: str, message: Mapping[str, Any]) -> dict[str, Any]:
    """Which button or line of a list was touched."""
    content = _object(message.get(kind))
    if kind == "button":
        return {"interactive_type": kind, "payload": plain(content.get("payload"))}
    chosen = plain(content.get("type")) if kind == "interactive" else ""
    return {"interactive_type": chosen, "payload": plain(_object(content.get(chosen)).get("id"))} if chosen else {}


def _file(kind: str, message: Mapping[str, Any]) -> dict[str, Any]:
    if kind not in {"image", "video", "audio", "document", "sticker"}:
        return {}
    content = _object(message.get(kind))
    return {"media_id": plain(content.get("id")), "content_type": plain(content.get("mime_type"))}


def _state(number: str, state: Mapping[str, Any]) -> Event:
    message, named = plain(state.get("id")), plain(state.get("status"))
    failed = next(iter(_objects(state.get("errors"))), {})
    data: dict[str, Any] = {
        "message_id": message,
        "conversation_id": plain(state.get("group_id")) or plain(state.get("recipient_id")),
        "own": True,
        "receipt": True,  # of a message that was sent: its words are not in it
        "person_id": plain(state.get("recipient_id")),
        "act_key": plain(state.get("biz_opaque_callback_data")),
    }
    if failed:
        code = number_of(failed.get("code")) or 0
        said = _object(failed.get("error_data")).get("details") or failed.get("message") or failed.get("title")
        data |= {"reason": errors.named(code).code, "platform_code": str(code), "platform_message": _words(said)}
    shown = {key: item for key, item in data.items() if item != ""}
    # Of a group's message each member has states of their own.
    member = plain(state.get("recipient_participant_id"))
    id_ = ".".join(part for part in (message, named, member) if part)
    return Event(_STATES.get(named, "other"), id_, number, _time(state.get("timestamp")), shown, state)


def _template(waba: str, name: str, value: Mapping[str, Any], entry: Mapping[str, Any]) -> Event:
    data = {
        "template_id": plain(value.get("message_template_id")),
        "name": _words(value.get("message_template_name")),
        "language": plain(value.get("message_template_language")),
        "status": plain(value.get("event") or value.get("new_category") or value.get("new_quality_score")),
        "reason": _words(value.get("reason")),
    }
    shown = {key: item for key, item in data.items() if item not in {"", "NONE"}}
    at = _time(entry.get("time"))
    return Event(
        "template.updated", f"{waba}.{name}.{_digest({**value, 'time': at.isoformat()})}", waba, at, shown, value
    )


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _words(value: Any) -> str:
    """Words as they are; half of a surrogate pair, which JSON may have, is what no store takes."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""


def _objects(value: Any) -> Iterator[Mapping[str, Any]]:
    if value is None:
        return
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise ValueError("messages and statuses are lists of objects")
    yield from value


def _flat(value: Mapping[str, Any]) -> dict[str, Any]:
    shown = {key: _words(item) if isinstance(item, str) else item for key, item in value.items()}
    return {_words(key): item for key, item in shown.items() if isinstance(item, str | int | float | bool)}


def _time(value: Any) -> datetime:
    return webhooks.instant(value) if value is not None else datetime.fromtimestamp(0, UTC)


def _digest(value: Mapping[str, Any]) -> str:
    return sha256(ascii(sorted(value.items(), key=lambda item: item[0])).encode()).hexdigest()[:24]
