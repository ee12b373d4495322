"""What endpoints are told of the inbox's events: the documented payloads, built from the stored item.

``interaction(ports, space, item_id, action)`` answers ``(data, raw_payload)`` for an entry of the log with category
``inbox``: ``item_id`` is the entry's ``resource_id`` (on the bus: ``resource_id``), ``action`` its ``action`` (``type``). None: the item is gone
(expired, or the account was disconnected), and nothing can be told any more.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from shared.domain import codec
from shared.domain.inbox import Item, Person, item_path
from shared.operations import lookup
from shared.operations.inbox import ids
from shared.operations.inbox.ids import Named
from shared.ports.world import Ports

Told = tuple[dict[str, Any], Mapping[str, Any] | None]
_RECEIPT = "dm.status."
_TYPES: Mapping[str, str] = {"comment.received": "comment", "mention.received": "mention"}
_CHANGES: Mapping[str, str] = {"review.received": "new_review", "review.updated": "updated"}
_OURS = "act_key"  # sent along by us, for ourselves
_REFERRAL: Mapping[str, str] = {"ad_id": "ad_id", "referral_source": "source", "referral_type": "type"}


def interaction(ports: Ports, space: str, item_id: str, action: str) -> Told | None:
    """The payload's ``data`` and the network's own words (``raw_payload``, None where too long or not kept).

    Raises store.Unavailable.
    """
    doc = ports.store.get(item_path(space, item_id)) if lookup.plain(item_id) else None
    if doc is None:
        return None
    item = codec.of(Item, doc)
    raw = json.loads(item.raw) if item.raw else None
    if action.startswith(_RECEIPT):
        return _receipt(item, action.removeprefix(_RECEIPT)), raw
    if item.kind == "review":
        return _review(item, _CHANGES.get(action, "updated")), raw
    return _interaction(item, action), raw


def id_of(item: Item) -> str:
    """The inbox's id of the thing, as its routes take it."""
    return ids.encode(item.kind, Named(item.platform, item.network_id, "", item.handles))


def _interaction(item: Item, action: str) -> dict[str, Any]:
    media = [{"type": one.type, "url": one.url} for one in item.media]
    told = {
        "id": id_of(item),
        "type": _TYPES.get(action, action),
        "platform": item.platform,
        "account_id": item.account_id,
        "author": _person(item.author),
        "content": {} if item.deleted else {"text": item.text, "media": media},
        "received_at": item.at,
        "metadata": _metadata(item),
    }
    more = {
        "platform_id": item.network_id if action != "dm.referral" else "",
        "platform_post_id": item.post_id,
        "post_id": item.our_post_id,
        "permalink": item.permalink,
        "conversation_id": _conversation(item),
    }
    told |= {name: value for name, value in more.items() if value}
    if item.own and item.recipient != Person():
        told["recipient"] = _person(item.recipient)
    if replied := item.metadata.get("reply_to"):
        told["reply_to"] = {"platform_id": replied}
    return told


def _metadata(item: Item) -> dict[str, Any]:
    kept = {name: value for name, value in item.metadata.items() if name not in ("reply_to", _OURS, *_REFERRAL)}
    came_by = {word: item.metadata[name] for name, word in _REFERRAL.items() if name in item.metadata}
    more = {"parent_id": item.parent_id, "referral": came_by}
    return kept | {name: value for name, value in more.items() if value}


def _conversation(item: Item) -> str:
    if not item.conversation_id:
        return ""
    return ids.encode("conversation", Named(item.platform, item.conversation_id, item.account_id))


def _review(item: Item, change: str) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "id": id_of(item),
        "platform_id": item.network_id,
        "author": _person(item.author),
        "text": item.text,
        "rating": item.stars,
        "recommends": item.recommends,
        "created_at": item.at,
        "reply": None if item.reply is None else {"text": item.reply, "updated_at": item.reply_at},
    }
    decided = item.metadata.get("reply_state")
    if change == "updated" and decided in ("approved", "rejected"):
        change = f"reply_{decided}"
    review = {name: value for name, value in shown.items() if value is not None}
    return {"account_id": item.account_id, "review_id": id_of(item), "change": change, "review": review}


def _receipt(item: Item, status: str) -> dict[str, Any]:
    told: dict[str, Any] = {"status": status, "recipient_id": item.recipient.id or item.conversation_id}
    told |= {"mids": [item.network_id], "message_id": item.network_id, "id": id_of(item)}
    told |= {"account_id": item.account_id, "platform": item.platform}
    return told | ({"reason": item.delivery_reason} if status == "failed" and item.delivery_reason else {})


def _person(one: Person) -> dict[str, Any]:
    known = {"id": one.id, "name": one.name, "username": one.username, "avatar_url": one.picture_url}
    return {name: value for name, value in known.items() if value}
