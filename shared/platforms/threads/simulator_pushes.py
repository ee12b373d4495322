"""The webhooks of the simulated Threads, signed for the sandbox's app.

https://developers.facebook.com/docs/threads/webhooks; ``values`` is a list in what is really sent (captured 2026-09-01).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from shared.platforms import _pushes
from shared.platforms._graph import simulated
from shared.platforms._graph.webhooks import SIGNATURE, signature
from shared.platforms.contract import Push, World
from shared.platforms.threads.simulator_state import Document, now, shortcode, stamp

APP_ID = "1000000000000001"


def published(world: World, media: Document) -> None:
    """An account's post, reply or repost went live."""
    value = {
        "id": media["id"],
        "media_type": media["type"],
        "permalink": media["permalink"],
        "timestamp": stamp(media["at"]),
        "username": media["username"],
    }
    _send(world, "interaction", "publish", media["account"], value)


def deleted(world: World, media: Document) -> None:
    """An account's post was taken down."""
    _pushes.take_back(world, media["id"])
    value = {
        "id": media["id"],
        "owner": {"owner_id": media["account"]},
        "deleted_at": stamp(now(world)),
        "timestamp": stamp(media["at"]),
        "username": media["username"],
    }
    _send(world, "moderate", "delete", media["id"], value)


def replied(world: World, media: Document, root: Document) -> None:
    """Somebody answered below an account's post."""
    value = _told(media) | {
        "replied_to": {"id": media["parent"]},
        "root_post": {"id": root["id"], "owner_id": root["account"], "username": root["username"]},
    }
    _send(world, "moderate", "replies", root["id"], value)


def foretell(world: World, root: Document, rows: Sequence[Document]) -> None:
    """What the crowd will answer to a post that just went live."""

    def tell(row: Document) -> Callable[[World], None]:
        return lambda later: replied(later, row, root)

    _pushes.foretell(world, root["id"], ((datetime.fromtimestamp(row["at"], UTC), tell(row)) for row in rows))


def mentioned(world: World, media: Document, account: Document) -> None:
    """Somebody named an account."""
    told = {"has_replies": False, "is_quote_post": False, "is_reply": False, "media_product_type": "THREADS"}
    _send(world, "interaction", "mentions", account["id"], _told(media) | told)


def _told(media: Document) -> Document:
    return {
        "id": media["id"],
        "username": media["username"],
        "text": media["text"],
        "media_type": media["type"],
        "permalink": media["permalink"],
        "shortcode": shortcode(media["id"]),
        "timestamp": stamp(media["at"]),
    }


def _send(world: World, topic: str, field: str, target: str, value: dict[str, Any]) -> None:
    payload = {
        "app_id": APP_ID,
        "topic": topic,
        "target_id": target,
        "time": int(now(world)),
        "subscription_id": "234567",
        "has_uid_field": False,
        "values": [{"value": value, "field": field}],
    }
    body = json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()
    headers = {"content-type": "application/json", SIGNATURE: signature(body, simulated.SECRET)}
    _pushes.append(world, Push(f"{field}.{value['id']}", world.now, headers, body))
