"""What Threads delivers: replies, mentions, what the account published and deleted.

https://developers.facebook.com/docs/threads/webhooks (updated 2026-06-30), read 2026-11-22. Topics and callback are set in
Meta's app dashboard, once for all accounts: there is no call that subscribes one. The samples show ``values`` as an object;
what is really sent has a list (captured 2026-09-01, README): both are read. The secret is the Threads app's.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from shared.platforms._graph import webhooks
from shared.platforms._graph.hooks import CALLBACKS
from shared.platforms.contract import Call
from shared.platforms.contract_webhooks import Event, EventKind, Reply, Subscription
from shared.platforms.threads import wire

PUSHES = frozenset({"comment", "mention"})
_KINDS: Mapping[str, EventKind] = {
    "replies": "comment.created",
    "mentions": "mention.created",
    "publish": "post.published",
    "delete": "post.deleted",
}


def challenge(query: Mapping[str, str], secret: str, verify_token: str) -> Reply | None:
    """The answer to the handshake, None when it is none of ours."""
    return webhooks.challenge(query, verify_token)


def verify(headers: Mapping[str, str], body: bytes, secret: str, now: datetime) -> bool:
    """Whether these bytes were signed with the Threads app's secret. There is no replay window."""
    return webhooks.verify(headers, body, secret)


def parse(headers: Mapping[str, str], body: bytes) -> list[Event]:
    """What the delivery says. Raises ValueError when it makes no sense."""
    try:
        payload = json.loads(body)
    except RecursionError as error:
        raise ValueError("the delivery is nested too deeply") from error
    if not isinstance(payload, dict) or "values" not in payload:
        raise ValueError("a delivery has «topic», «target_id» and «values»")
    return [_event(payload, field, value) for field, value in _values(payload["values"])]


def verify_callback(body: bytes, secret: str) -> bool:
    """Whether Meta signed the form of a deauthorize or data deletion callback."""
    return webhooks.verify_callback(body, secret)


def parse_callback(path: str, body: bytes) -> list[Event]:
    """Whose grant ended, or who wants to be forgotten. Raises ValueError."""
    return webhooks.parse_callback("threads", CALLBACKS[path], body)


def subscribe(call: Call, callback_url: str, secret: str) -> Subscription:
    """Nothing to call: the app's topics cover every account that connects to it."""
    return Subscription()


def unsubscribe(call: Call, secret: str = "", state: Mapping[str, Any] | None = None) -> None:
    """Nothing to call: deliveries end with the grant."""


def _values(values: object) -> Iterator[tuple[str, dict[str, Any]]]:
    for entry in values if isinstance(values, list) else [values]:
        if not isinstance(entry, dict) or not isinstance(entry.get("value"), dict):
            raise ValueError("each of «values» has «field» and «value»")  # noqa: TRY004 - parse's one error
        yield str(entry.get("field") or ""), entry["value"]


def _event(payload: Mapping[str, Any], field: str, value: dict[str, Any]) -> Event:
    id_ = str(value.get("id") or "")
    if not id_:
        raise ValueError("a value has the «id» of what it is about")
    return Event(
        kind=_KINDS.get(field, "other"),
        id=f"threads.{field}.{id_}",
        platform_account_id=_account(payload, field, value),
        at=_when(payload, field, value),
        data=_data(field, id_, value),
        raw=value,
    )


def _account(payload: Mapping[str, Any], field: str, value: Mapping[str, Any]) -> str:
    """Whose it is. ``target_id`` is the post of a reply or a deletion, and the account elsewhere."""
    if field == "replies":
        return str(_object(value, "root_post").get("owner_id") or "")
    if field == "delete":
        return str(_object(value, "owner").get("owner_id") or "")
    return str(payload.get("target_id") or "")


def _when(payload: Mapping[str, Any], field: str, value: Mapping[str, Any]) -> datetime:
    at = wire.instant(value.get("deleted_at" if field == "delete" else "timestamp"))
    try:
        return at or datetime.fromtimestamp(float(payload.get("time") or ""), UTC)
    except (OverflowError, OSError, TypeError) as error:
        raise ValueError("the delivery's time is no instant") from error


def _data(field: str, id_: str, value: Mapping[str, Any]) -> dict[str, Any]:
    root, parent = str(_object(value, "root_post").get("id") or ""), str(_object(value, "replied_to").get("id") or "")
    name = str(value.get("username") or "")
    data: dict[str, Any] = {"permalink": str(value.get("permalink") or ""), "username": name}
    if field in {"publish", "delete"}:
        return data | {"post_id": id_}
    data |= {"text": str(value.get("text") or ""), "post_id": root or id_}
    data |= {"author_id": name, "author_name": name, "author_username": name}
    if field == "replies" or root:
        data |= {"comment_id": id_, "parent_id": "" if parent == root else parent}
    return data | ({"own": name == _object(value, "root_post").get("username")} if field == "replies" else {})


def _object(value: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = value.get(name)
    return found if isinstance(found, dict) else {}
