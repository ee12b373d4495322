"""The simulated chat service, which is reached through the account's PDS and ``atproto-proxy`` only.

Source: the lexicons of chat.bsky.convo at d6296a1, and how the reference PDS guards them (packages/pds/src/pipethrough.ts).
"""

from __future__ import annotations

import hashlib
from typing import Any

from shared.platforms import _faults
from shared.platforms.bluesky import simulator_appview as appview
from shared.platforms.bluesky import simulator_core as core
from shared.platforms.bluesky import simulator_people as people
from shared.platforms.bluesky import simulator_schema as schema
from shared.platforms.bluesky.simulator_core import Ask, Fail, answer
from shared.platforms.bluesky.simulator_thread import number
from shared.ports.http import Response

SERVICE = "did:web:api.bsky.chat#bsky_chat"
_TEXT = schema.string(max_bytes=10_000, max_graphemes=1000)
_MESSAGE = "chat.bsky.convo.defs#messageView"


def list_convos(ask: Ask) -> Response:
    """chat.bsky.convo.listConvos: the liveliest first."""
    account = _account(ask)
    people.letters(ask.world, account)
    limit, start = number(ask, "limit", 50, 100), number(ask, "cursor", 0, 1 << 31)
    known = (ask.world.get("bluesky.convos", account["did"]) or {}).get("with", {})
    views = sorted((_view(ask, account, convo) for convo in known.values()), key=lambda one: one["rev"], reverse=True)
    body: dict[str, Any] = {"convos": views[start : start + limit]}
    if len(views) > start + limit:
        body["cursor"] = str(start + limit)
    return answer(body)


def get_messages(ask: Ask) -> Response:
    """chat.bsky.convo.getMessages: newest first."""
    account = _account(ask)
    people.letters(ask.world, account)
    convo = _convo(ask, account, ask.param("convoId"))
    limit, before = number(ask, "limit", 50, 100), (ask.query.get("cursor") or ["~"])[0]
    found = [one for one in reversed(convo["messages"]) if str(one["id"]) < before]
    body: dict[str, Any] = {
        "messages": [{"$type": _MESSAGE, **one} for one in found[:limit]],
        "relatedProfiles": _members(ask, convo),
    }
    if len(found) > limit:
        body["cursor"] = found[limit - 1]["id"]
    return answer(body)


def send_message(ask: Ask) -> Response:
    """chat.bsky.convo.sendMessage: every time a new message, for it takes no key."""
    account = _account(ask)
    body = ask.json("convoId", "message")
    message, convo_id = body["message"], str(body["convoId"])
    _convo(ask, account, convo_id)
    if not isinstance(message, dict) or not message.get("text"):
        raise Fail(400, "InvalidRequest", 'Input/message must have the property "text"')
    try:
        _TEXT(message["text"], "$.message.text")
    except schema.InvalidValue as error:
        raise Fail(400, "InvalidRequest", f"Invalid input: {error}") from None
    text = str(message["text"])
    spent = core.limit_headers(3_000, 0, int(ask.now.timestamp()) + _faults.LIMITED_SECONDS, 300)
    return _faults.visible(
        ask.world,
        text=text,
        key="chat." + hashlib.sha256(f"{account['did']}/{convo_id}/{text}".encode()).hexdigest()[:32],
        effect=lambda: _sent(ask, account["did"], convo_id, text),
        limited=core.rate_limited(spent, _faults.LIMITED_SECONDS).response,
        expired=Fail(400, "ExpiredToken", "Token has expired").response,
        rejected=Fail(400, "ConvoLocked", "This conversation is locked").response,
        broken=Fail(500, "InternalServerError", "Internal Server Error").response,
    )


def _sent(ask: Ask, did: str, convo_id: str, text: str) -> Response:
    seed = f"{did}/sent/{ask.world.serial('bluesky.message')}"
    return answer(people.say(ask.world, convo_id, did, text, ask.now, seed))


def _account(ask: Ask) -> dict[str, Any]:
    """Who asks: with a token of an app password that may, and by the header that names the service."""
    account = core.authenticate(ask)
    if ask.headers.get("atproto-proxy") != SERVICE:
        raise Fail(400, "InvalidRequest", f"No service configured for {ask.nsid}")
    if account.get("no_chat"):
        raise Fail(400, "InvalidToken", "Bad token method")
    return account


def _convo(ask: Ask, account: dict[str, Any], convo_id: str) -> dict[str, Any]:
    found = ask.world.get("bluesky.convo", convo_id)
    if found is None or account["did"] not in found["members"]:
        raise Fail(400, "InvalidConvo", "Convo not found")
    return found


def _view(ask: Ask, account: dict[str, Any], convo_id: str) -> dict[str, Any]:
    convo = ask.world.get("bluesky.convo", convo_id) or {}
    last = convo["messages"][-1] if convo["messages"] else None
    view: dict[str, Any] = {
        "id": convo_id,
        "rev": last["rev"] if last else convo_id,
        "members": _members(ask, convo),
        "muted": False,
        "unreadCount": 0 if last is None or last["sender"]["did"] == account["did"] else 1,
    }
    return {**view, "lastMessage": {"$type": _MESSAGE, **last}} if last else view


def _members(ask: Ask, convo: dict[str, Any]) -> list[dict[str, Any]]:
    return [appview.author(one) for did in convo["members"] if (one := ask.world.get("bluesky.account", did))]
