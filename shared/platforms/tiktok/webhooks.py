"""Webhooks from TikTok: the signature, and what a delivery says.

One address for the whole app, set in TikTok's portal: nothing is subscribed through an API, and there is no handshake.
https://developers.tiktok.com/doc/webhooks-verification and …/webhooks-events, read 2026-11-22.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from shared.platforms.contract import Call
from shared.platforms.contract_webhooks import Event, EventKind, Reply, Subscription

# TikTok repeats a delivery for up to 72 hours and does not say whether it signs it anew: a narrower window could lose what
# happened. Within it a replayed event has the same id, and is dropped by that.
OLDEST: Final = timedelta(hours=73)
AHEAD: Final = timedelta(minutes=5)  # clocks differ
MOST_WORD: Final = 250  # characters
REASONS: Final = {
    0: "unknown",
    1: "user_disconnected",
    2: "account_deleted",
    3: "age_changed",
    4: "account_banned",
    5: "revoked_by_app",
}
_KINDS: Final[Mapping[str, EventKind]] = {
    "post.publish.failed": "post.failed",
    "post.publish.complete": "post.published",
    "post.publish.inbox_delivered": "post.updated",
    "post.publish.publicly_available": "post.updated",  # now it has an id
    "post.publish.no_longer_publicaly_available": "post.updated",  # TikTok's spelling
    "authorization.removed": "account.revoked",
}
PUSHES: Final[frozenset[str]] = frozenset()  # nothing of what people say


def challenge(query: Mapping[str, str], secret: str, verify_token: str) -> Reply | None:
    """TikTok has no handshake."""
    return None


def verify(headers: Mapping[str, str], body: bytes, secret: str, now: datetime) -> bool:
    """``TikTok-Signature: t=<epoch s>,s=<hex HMAC-SHA256 of t.body by the client secret>``."""
    parts = dict(part.strip().partition("=")[::2] for part in headers.get("tiktok-signature", "").split(","))
    stamp, given = parts.get("t", ""), parts.get("s", "")
    if not secret or not stamp.isascii() or not stamp.isdecimal() or len(stamp) > 12:
        return False
    expected = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected.encode(), given.encode()):
        return False
    at = datetime.fromtimestamp(int(stamp), UTC)
    return now - OLDEST <= at <= now + AHEAD


def parse(headers: Mapping[str, str], body: bytes) -> list[Event]:
    """The one event of a delivery. Raises ValueError when it is none."""
    said = _read(body)
    event = _plain(said.get("event")) if isinstance(said, dict) else ""
    if not isinstance(said, dict) or not event:
        raise ValueError("no event")
    made = said.get("create_time")
    if not isinstance(made, int) or isinstance(made, bool):
        raise ValueError("no create_time")  # noqa: TRY004 - likewise
    content = _content(said.get("content"))
    who = _plain(said.get("user_openid"))
    return [
        Event(
            kind=_KINDS.get(event, "other"),
            id=_id(event, who, content, made),
            platform_account_id=who,
            at=_instant(made),
            data=_data(event, content),
            raw={**said, "content": content},
        )
    ]


def subscribe(call: Call, callback_url: str, secret: str) -> Subscription:
    """Nothing to ask for: every event of every person of the app goes to the address in TikTok's portal."""
    return Subscription()


def unsubscribe(call: Call, secret: str = "", state: Mapping[str, Any] | None = None) -> None:
    """Nothing to take back: an account's events end with its grant."""


def _content(given: Any) -> dict[str, Any]:
    """JSON in a text; an empty one says nothing more."""
    value = _read(given) if isinstance(given, str) and given.strip() else given or {}
    if not isinstance(value, dict):
        raise ValueError("content is no object")  # noqa: TRY004 - likewise
    return value


def _read(text: str | bytes) -> Any:
    try:
        return json.loads(text)
    except RecursionError as error:
        raise ValueError("the delivery is nested too deeply") from error


def _plain(value: object) -> str:
    """An id or a word as text; empty for what is neither, or is longer than any of TikTok's."""
    text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    return text if len(text) <= MOST_WORD and text.isprintable() else ""


def _id(event: str, who: str, content: Mapping[str, Any], made: int) -> str:
    """The same for a repeated delivery: what happened, to what, when. TikTok sends no id of its own."""
    about = _plain(content.get("post_id")) or _plain(content.get("publish_id"))
    return ":".join((event, who, about, str(made)))


def _data(event: str, content: Mapping[str, Any]) -> dict[str, Any]:
    names = ("publish_id", "post_id", "publish_type")
    data: dict[str, Any] = {name: word for name in names if (word := _plain(content.get(name)))}
    reason = content.get("reason", content.get("fail_reason"))
    if event == "authorization.removed":
        data["reason"] = REASONS.get(reason, "unknown") if isinstance(reason, int) else "unknown"
    elif _plain(reason):
        data["reason"] = _plain(reason)
    if event == "post.publish.no_longer_publicaly_available":
        data["public"] = False
    if event == "post.publish.publicly_available":
        data["public"] = True
    if event == "post.publish.inbox_delivered":
        data["draft"] = True
    return data


def _instant(made: int) -> datetime:
    try:
        return datetime.fromtimestamp(made, UTC)
    except (OverflowError, OSError, ValueError) as error:
        raise ValueError("create_time is no instant") from error
