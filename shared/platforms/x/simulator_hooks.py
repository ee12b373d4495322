"""The simulated X's webhooks: registering one, subscribing to events, and the signed deliveries.

Sources: docs.x.com/x-api/webhooks, docs.x.com/x-api/activity, 2026-11-22. The sandbox app's consumer secret is
``sandbox-secret``. A new webhook counts as valid: the simulator asks nobody for the challenge.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final

from shared.platforms import _pushes
from shared.platforms.contract import Push, World
from shared.platforms.x import webhooks
from shared.platforms.x.simulator_wire import Asked, answer, epoch, generic, invalid, missing, secret, snowflake
from shared.ports.http import Response

SECRET: Final = "sandbox-secret"
_KNOWN: Final = frozenset(
    [
        "post.create",
        "post.delete",
        "post.mention.create",
        "post.reply.create",
        "post.quote.create",
        "post.repost.create",
        "like.create",
        "follow.follow",
        "follow.unfollow",
        "dm.sent",
        "dm.received",
        "dm.read",
    ]
)
_MOST: Final = 1500


def app_token(asked: Asked) -> Response:
    """POST /oauth2/token: the token of the app itself."""
    kind, _, pair = asked.headers.get("authorization", "").partition(" ")
    if kind.lower() != "basic" or not pair or asked.form().get("grant_type") != "client_credentials":
        error = {"code": 99, "label": "authenticity_token_error", "message": "Unable to verify your credentials"}
        return answer(403, {"errors": [error]})
    client = sha256(pair.encode()).hexdigest()[:32]
    known = asked.world.get("x.apps", client)  # an app has one such token, until it is invalidated
    token = str(known["token"]) if known else secret(asked.world, "app")
    asked.world.put("x.apps", client, {"token": token})
    asked.world.put("x.app", token, {"client": pair[:40]})
    return answer(200, {"token_type": "bearer", "access_token": token})


def register(asked: Asked) -> Response:
    """POST /2/webhooks."""
    url = str(asked.json().get("url", ""))
    if not url.startswith("https://") or len(url) > 200 or ":" in url.removeprefix("https://").partition("/")[0]:
        return invalid("$.url: the webhook's address must use https and no port", url=url)
    if any(one["url"] == url for one in _hooks(asked.world)):
        return generic(409, "Conflict", "A webhook with this URL already exists.")
    made = {"id": snowflake(asked.world), "url": url, "valid": True, "created_at": asked.world.now.isoformat()}
    asked.world.put("x.hooks", "all", {"hooks": [*_hooks(asked.world), made][-5:]})
    return answer(200, {"data": made})


def registered(asked: Asked) -> Response:
    """GET /2/webhooks."""
    found = _hooks(asked.world)
    body: dict[str, Any] = {"meta": {"result_count": len(found)}}
    return answer(200, {**body, "data": found} if found else body)


def validate(asked: Asked, webhook_id: str) -> Response:
    """PUT /2/webhooks/{webhook_id}: challenge the address again."""
    hooks = _hooks(asked.world)
    found = next((one for one in hooks if one["id"] == webhook_id), None)
    if found is None:
        return missing("webhook", "webhook_id", webhook_id)
    found["valid"] = True
    asked.world.put("x.hooks", "all", {"hooks": hooks})
    return answer(200, {"data": {"valid": True}})


def subscribe(asked: Asked) -> Response:
    """POST /2/activity/subscriptions: about the account that asks."""
    body = asked.json()
    if set(body) - {"event_type", "filter", "tag", "webhook_id"} or body.get("event_type") not in _KNOWN:
        return invalid("$.event_type: does not match the schema")
    if (body.get("filter") or {}).get("user_id") != asked.user_id:
        return generic(403, "Forbidden", "Private events can only be subscribed to for users who authorized the app.")
    if body.get("webhook_id") not in {one["id"] for one in _hooks(asked.world)}:
        return invalid("$.webhook_id: is not a webhook of this app", webhook_id=body.get("webhook_id"))
    now = asked.world.now.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    made = {**body, "subscription_id": snowflake(asked.world), "created_at": now, "updated_at": now}
    asked.world.put("x.subs", "all", {"subs": [*_subs(asked.world), made][-_MOST:]})
    return answer(200, {"data": {"subscription": made}})


def subscriptions(asked: Asked) -> Response:
    """GET /2/activity/subscriptions: the account's own."""
    mine = [one for one in _subs(asked.world) if one["filter"].get("user_id") == asked.user_id]
    return answer(200, {"data": mine} if mine else {})


def move(asked: Asked, subscription_id: str) -> Response:
    """PUT /2/activity/subscriptions/{subscription_id}: another tag, another webhook."""
    body = asked.json()
    if set(body) - {"tag", "webhook_id"} or not body:
        return invalid("$.webhook_id: is missing but it is required")
    if "webhook_id" in body and body["webhook_id"] not in {one["id"] for one in _hooks(asked.world)}:
        return invalid("$.webhook_id: is not a webhook of this app", webhook_id=body["webhook_id"])
    subs = _subs(asked.world)
    found = next((one for one in subs if one["subscription_id"] == subscription_id), None)
    if found is None:
        return missing("subscription", "subscription_id", subscription_id)
    found |= {**body, "updated_at": asked.world.now.isoformat(timespec="milliseconds").replace("+00:00", "Z")}
    asked.world.put("x.subs", "all", {"subs": subs})
    return answer(200, {"data": {"subscription": found, "total_subscriptions": len(subs)}})


def end(asked: Asked, subscription_id: str) -> Response:
    """DELETE /2/activity/subscriptions/{subscription_id}."""
    rest = [one for one in _subs(asked.world) if one["subscription_id"] != subscription_id]
    if len(rest) == len(_subs(asked.world)):
        return missing("subscription", "subscription_id", subscription_id)
    asked.world.put("x.subs", "all", {"subs": rest})
    return answer(200, {"data": {"deleted": True}})


# -------------------------------------------------------------------------------------------------- deliveries


def happened(world: World, user_id: str, event_type: str, payload: Mapping[str, Any], key: str) -> None:
    """Deliver an event to whoever subscribed to it for this account."""
    for one in _subs(world):
        if one["event_type"] != event_type or one["filter"].get("user_id") != user_id:
            continue
        data = {
            "event_uuid": str(int(epoch(world.now) * 1000)) + str(world.serial("x.event")),
            "filter": one["filter"],
            "event_type": event_type,
            "tag": one.get("tag", ""),
            "payload": payload,
            "includes": _includes(world, payload),
        }
        body = json.dumps({"data": data}, ensure_ascii=False).encode()
        headers = {webhooks.SIGNATURE: webhooks.signature(SECRET, body), "content-type": "application/json"}
        _pushes.append(world, Push(f"{event_type}:{key}", world.now, headers, body))


def posted(world: World, user_id: str, event_type: str, post: Mapping[str, Any]) -> None:
    """An event about a post, in the older vocabulary, as the Activity API has it."""
    payload: dict[str, Any] = {
        "id": post["id"],
        "author_id": post["author_id"],
        "text": post["text"],
        "created_at": post["created_at"],
        "conversation_id": post["conversation_id"],
        "edit_history_tweet_ids": [post["id"]],
        "reply_settings": post["reply_settings"],
    }
    if post["references"]:
        payload["referenced_tweets"] = post["references"]
    if parent := next((r["id"] for r in post["references"] if r["type"] == "replied_to"), None):
        payload |= {"in_reply_to_tweet_id": parent, "in_reply_to_user_id": post.get("in_reply_to_user_id") or user_id}
    happened(world, user_id, event_type, payload, str(post["id"]))


def message(world: World, user_id: str, event_type: str, event: Mapping[str, Any]) -> None:
    """An event about a direct message."""
    other = next((one for one in event["dm_conversation_id"].split("-") if one != event["sender_id"]), "")
    made = {
        "target": {"recipient_id": other},
        "sender_id": event["sender_id"],
        "message_data": {"text": event["text"]},
    }
    stamp = str(int(epoch(world.now) * 1000))
    listed = {"type": "message_create", "id": event["id"], "created_timestamp": stamp, "message_create": made}
    people = {one: world.get("x.user", one) for one in (event["sender_id"], other)}
    users = {one: {"data": _shown(person)} for one, person in people.items() if person}
    happened(world, user_id, event_type, {"direct_message_events": [listed], "users": users}, str(event["id"]))


def _includes(world: World, payload: Mapping[str, Any]) -> dict[str, Any]:
    author = world.get("x.user", str(payload.get("author_id") or "0"))
    return {"users": [_shown(author)]} if author else {}


def _shown(person: Mapping[str, Any]) -> dict[str, Any]:
    return {name: person[name] for name in ("id", "username", "name")}


def _hooks(world: World) -> list[dict[str, Any]]:
    return list((world.get("x.hooks", "all") or {}).get("hooks", ()))


def _subs(world: World) -> list[dict[str, Any]]:
    return list((world.get("x.subs", "all") or {}).get("subs", ()))
