"""X's webhooks: the challenge, the signature, the events of the X Activity API, and subscribing to them.

X signs with the app's *consumer secret*, and administers webhooks with the app-only token made of consumer key and
consumer secret: both are others than the OAuth 2.0 client's. So the secret of this network is ``key:secret``; without a
colon it is the secret alone, and the client's own id stands for the key.
Sources: docs.x.com/x-api/webhooks/quickstart, docs.x.com/x-api/activity/event-payloads, 2026-11-22.
"""

from __future__ import annotations

import hmac
import json
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from hashlib import sha256
from typing import Any, Final
from urllib.parse import quote

from shared.platforms import _wire
from shared.platforms.contract import Call, Refused
from shared.platforms.contract_webhooks import Event, EventKind, Reply, Subscription
from shared.platforms.x import errors, wire
from shared.ports.http import AnswerLost, Request

SIGNATURE: Final = "x-twitter-webhooks-signature"
APP_TOKEN: Final = "https://api.x.com/oauth2/token"
# X bills each delivered post event as a post read, and takes 1,500 subscriptions per self-serve app: what an inbox needs.
SUBSCRIBED: Final = (
    "post.reply.create",
    "post.mention.create",
    "post.quote.create",
    "post.delete",
    "dm.received",
    "dm.sent",
    "follow.follow",
)
PUSHES: Final = frozenset({"comment", "mention", "message"})
TAG: Final = "rostrum"


def challenge(query: Mapping[str, str], secret: str, verify_token: str) -> Reply | None:
    """The challenge-response check: X proves nothing with it, we prove that we know the secret.

    Anybody may ask, and a delivery's signature is made in the same way: so nothing is signed that could be a delivery, which
    is a JSON object in whatever encoding.
    """
    token = query.get("crc_token")
    if not token or not secret or "{" in token:
        return None
    body = json.dumps({"response_token": signature(secret, token.encode())})
    return Reply(200, body, "application/json")


def verify(headers: Mapping[str, str], body: bytes, secret: str, now: datetime) -> bool:
    """Whether X signed these bytes. It has no time stamp in them, so no replay window: events carry ids."""
    given = headers.get(SIGNATURE, "")
    return bool(secret) and hmac.compare_digest(given.encode(), signature(secret, body).encode())


def signature(secret: str, body: bytes) -> str:
    """What X puts into its header for these bytes."""
    signing = secret.rpartition(":")[2]
    return "sha256=" + b64encode(hmac.new(signing.encode(), body, sha256).digest()).decode()


# ------------------------------------------------------------------------------------------------------ events


def parse(headers: Mapping[str, str], body: bytes) -> list[Event]:
    """The delivery's events. Raises ValueError."""
    try:
        return _parsed(json.loads(body), _sent_at(headers))
    except (AttributeError, LookupError, TypeError, OverflowError, OSError, RecursionError) as error:
        # The readers take the documented shapes for granted; any other shape is the one error that callers know.
        raise ValueError("an X delivery of a shape that X does not document") from error


def _parsed(said: Any, sent: datetime) -> list[Event]:
    listed = said.get("data") if isinstance(said, dict) else None
    if isinstance(listed, dict):
        listed = [listed]
    if not isinstance(listed, list) or not all(isinstance(item, dict) and item.get("event_type") for item in listed):
        raise ValueError("an X delivery has data with event_type")
    return [event for item in listed for event in _events(item, sent)]


def _events(item: Mapping[str, Any], sent: datetime) -> list[Event]:
    kind = str(item["event_type"])
    account = str((item.get("filter") or {}).get("user_id") or "")
    payload = item.get("payload") if isinstance(item.get("payload"), dict) else {}
    reader: Callable[..., list[Event]] = _READERS.get(kind, _other)
    events = reader(item, payload or {}, account, sent)
    return [replace(event, raw=item) for event in events]


def _post_event(kind: EventKind) -> Callable[..., list[Event]]:
    def read(item: Mapping[str, Any], payload: Mapping[str, Any], account: str, sent: datetime) -> list[Event]:
        post_id, author = str(payload["id"]), str(payload.get("author_id") or "")
        refers = wire.references(payload)
        parent = str(payload.get("in_reply_to_tweet_id") or refers.get("replied_to") or "")
        data: dict[str, Any] = {
            "author_id": author,
            "author_name": _name(item, author),
            "own": author == account,
            "text": wire.plain_text(payload),
        }
        if kind == "comment.created":
            root = str(payload.get("conversation_id") or parent)
            data |= {"comment_id": post_id, "post_id": root, "parent_id": parent if parent != root else ""}
        else:
            data |= {"post_id": post_id, "parent_id": parent, "quoted_id": refers.get("quoted", "")}
        return [Event(kind, f"{item['event_type']}:{post_id}", account, _at(payload, post_id), _present(data))]

    return read


def _deleted(item: Mapping[str, Any], payload: Mapping[str, Any], account: str, sent: datetime) -> list[Event]:
    post_id = str(payload["id"])
    return [Event("post.deleted", f"post.delete:{post_id}", account, sent, {"post_id": post_id})]


def _liked(item: Mapping[str, Any], payload: Mapping[str, Any], account: str, sent: datetime) -> list[Event]:
    at = _milliseconds(payload.get("timestamp_ms")) or sent
    data = {"post_id": payload.get("liked_tweet_id"), "own": (item.get("filter") or {}).get("direction") == "outbound"}
    return [Event("reaction.created", f"like.create:{payload.get('id')}", account, at, _present(data))]


def _followed(kind: EventKind) -> Callable[..., list[Event]]:
    def read(item: Mapping[str, Any], payload: Mapping[str, Any], account: str, sent: datetime) -> list[Event]:
        who = {end: (payload.get(end) or {}).get("data") or payload.get(end) or {} for end in ("source", "target")}
        source = str(who["source"].get("id") or "")
        data = {
            "author_id": source,
            "author_name": who["source"].get("name"),
            "target_id": who["target"].get("id"),
            "own": source == account,
        }
        return [Event(kind, f"{item['event_type']}:{_uuid(item)}", account, sent, _present(data))]

    return read


def _messaged(kind: EventKind) -> Callable[..., list[Event]]:
    def read(item: Mapping[str, Any], payload: Mapping[str, Any], account: str, sent: datetime) -> list[Event]:
        found = []
        for event in payload.get("direct_message_events") or ():
            made = event.get("message_create") or {}
            sender, to = str(made.get("sender_id") or ""), str((made.get("target") or {}).get("recipient_id") or "")
            conversation = "-".join(sorted((sender, to), key=int)) if sender.isdigit() and to.isdigit() else ""
            data = {
                "message_id": str(event["id"]),
                "conversation_id": conversation,
                "text": (made.get("message_data") or {}).get("text"),
                "author_id": sender,
                "author_name": ((payload.get("users") or {}).get(sender) or {}).get("data", {}).get("name"),
                "own": sender == account,
            }
            at = _milliseconds(event.get("created_timestamp")) or sent
            found.append(Event(kind, f"{item['event_type']}:{event['id']}", account, at, _present(data)))
        return found or _other(item, payload, account, sent)

    return read


def _revoked(item: Mapping[str, Any], payload: Mapping[str, Any], account: str, sent: datetime) -> list[Event]:
    # Never by the time of sending: that is in a header, which nobody signs, and an old one would end a new grant.
    at = datetime.fromisoformat(str(payload["date_time"]))
    return [Event("account.revoked", f"oauth.revoke:{_uuid(item)}", str(payload.get("user_id") or account), at)]


def _other(item: Mapping[str, Any], payload: Mapping[str, Any], account: str, sent: datetime) -> list[Event]:
    return [Event("other", f"{item['event_type']}:{_uuid(item)}", account, sent)]


_READERS: Final[Mapping[str, Callable[..., list[Event]]]] = {
    "post.create": _post_event("post.published"),
    "post.delete": _deleted,
    "post.reply.create": _post_event("comment.created"),
    "post.mention.create": _post_event("mention.created"),
    "post.quote.create": _post_event("mention.created"),
    "like.create": _liked,
    "follow.follow": _followed("follow.created"),
    "follow.unfollow": _followed("follow.deleted"),
    "dm.received": _messaged("message.received"),
    "dm.sent": _messaged("message.sent"),
    "dm.read": _messaged("message.read"),
    "oauth.revoke": _revoked,
}


def _uuid(item: Mapping[str, Any]) -> str:
    return str(item.get("event_uuid") or sha256(json.dumps(item, sort_keys=True).encode()).hexdigest()[:32])


def _name(item: Mapping[str, Any], user_id: str) -> str:
    for user in (item.get("includes") or {}).get("users") or ():
        shown = user.get("data") or user
        if str(shown.get("id")) == user_id:
            return str(shown.get("name") or "")
    return ""


def _at(payload: Mapping[str, Any], post_id: str) -> datetime:
    given = payload.get("created_at")
    return datetime.fromisoformat(str(given)) if given else wire.instant_of(post_id)


def _milliseconds(given: Any) -> datetime | None:
    return datetime.fromtimestamp(int(given) / 1000, UTC) if str(given or "").isdigit() else None


def _sent_at(headers: Mapping[str, str]) -> datetime:
    """When the delivery was sent, for events without a time of their own; 1970 where nothing says it."""
    try:
        return parsedate_to_datetime(headers["date"]).astimezone(UTC)
    except (KeyError, ValueError):
        return datetime.fromtimestamp(0, UTC)


def _present(data: Mapping[str, Any]) -> dict[str, Any]:
    """Text, numbers and booleans, as an event's data is; X's own objects are in its ``raw``."""
    return {name: value for name, value in data.items() if isinstance(value, str | int | float) and value != ""}


# ------------------------------------------------------------------------------------------------ subscriptions


def subscribe(call: Call, callback_url: str, secret: str) -> Subscription:
    """The app's webhook (made when there is none for this address), then one subscription per event. Repeatable.

    Subscriptions that lead to a former address are led to this one. Raises Refused.
    """
    bearer = _app_token(call, secret)
    webhook = _webhook(call, bearer, callback_url)
    known = {str(one.get("event_type")): one for one in _mine(call)}
    for event_type in SUBSCRIBED:
        if event_type not in known:
            _begin(call, event_type, webhook)
        elif known[event_type].get("webhook_id") != webhook:
            _move(call, bearer, str(known[event_type]["subscription_id"]), webhook)
    return Subscription(None, {"webhook_id": webhook})


def unsubscribe(call: Call, secret: str = "", state: Mapping[str, Any] | None = None) -> None:
    """End the account's subscriptions, with the app-only token; the webhook itself serves other accounts. Raises Refused."""
    mine = _mine(call)
    bearer = _app_token(call, secret) if mine else ""
    for one in mine:
        request = Request("DELETE", f"{wire.API}/activity/subscriptions/{one['subscription_id']}")
        try:
            _wire.ask(call, _as(bearer, request), errors.refusal)
        except Refused as refused:
            if refused.row.code != "not_found":
                raise


def _begin(call: Call, event_type: str, webhook: str) -> None:
    about = {"user_id": call.who.platform_account_id}
    body = {"event_type": event_type, "filter": about, "webhook_id": webhook, "tag": TAG}
    request = _wire.post_json(f"{wire.API}/activity/subscriptions", body)
    _wire.ask(call, wire.authorised(call, request), errors.refusal)


def _move(call: Call, bearer: str, subscription: str, webhook: str) -> None:
    request = _wire.post_json(f"{wire.API}/activity/subscriptions/{subscription}", {"webhook_id": webhook})
    _wire.ask(call, _as(bearer, replace(request, method="PUT")), errors.refusal)


def _webhook(call: Call, bearer: str, url: str) -> str:
    """The id of the app's webhook for this address. X asks the address for its challenge when it is made."""
    listed = _wire.ask(call, _as(bearer, _wire.get(f"{wire.API}/webhooks")), errors.refusal).json.get("data") or ()
    found = next((one for one in listed if one.get("url") == url), None)
    if found is None:
        request = _as(bearer, _wire.post_json(f"{wire.API}/webhooks", {"url": url}))
        found = _wire.ask(call, request, errors.refusal).json.get("data") or {}
    if not found.get("id"):
        raise AnswerLost("a webhook without an id")
    if found.get("valid") is False:  # the address failed its last challenge: X asks again when it is told to
        _wire.ask(call, _as(bearer, Request("PUT", f"{wire.API}/webhooks/{found['id']}")), errors.refusal)
    return str(found["id"])


def _mine(call: Call) -> list[Mapping[str, Any]]:
    """The subscriptions about this account that carry our tag."""
    request = wire.authorised(call, _wire.get(f"{wire.API}/activity/subscriptions", {"max_results": 1000}))
    listed = _wire.ask(call, request, errors.refusal).json.get("data") or ()
    me = call.who.platform_account_id
    return [one for one in listed if one.get("tag") == TAG and (one.get("filter") or {}).get("user_id") == me]


def _app_token(call: Call, secret: str) -> str:
    """The app-only bearer token. Raises Refused (``app_invalid`` where X does not know the key and secret)."""
    key, _, signing = secret.rpartition(":")
    pair = f"{quote(key or call.app.client_id, safe='')}:{quote(signing or call.app.client_secret, safe='')}"
    basic = f"Basic {b64encode(pair.encode()).decode()}"
    request = _wire.post_form(APP_TOKEN, {"grant_type": "client_credentials"}, Authorization=basic)
    token = _wire.ask(call, request, errors.refusal).json.get("access_token")
    if not token:
        raise AnswerLost("a success of the token endpoint without a token")
    return str(token)


def _as(bearer: str, request: Request) -> Request:
    return replace(request, headers={**request.headers, "Authorization": f"Bearer {bearer}"})
