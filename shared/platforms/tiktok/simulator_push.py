"""The webhooks that the simulated TikTok sends: signed with the sandbox app's secret, as TikTok signs.

https://developers.tiktok.com/doc/webhooks-overview and …/webhooks-verification, read 2026-11-22.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from shared.platforms import _pushes
from shared.platforms.contract import Push, World

SECRET: Final = "sandbox-secret"


def removed(world: World, open_id: str, client_key: str) -> Push:
    """The app gave the grant back: reason 5."""
    return event(world, "authorization.removed", open_id, {"reason": 5}, world.now.timestamp(), client_key)


def event(world: World, name: str, open_id: str, content: Mapping[str, Any], at: float, client_key: str) -> Push:
    """A delivery; ``content`` is JSON in a text, as TikTok has it."""
    body = json.dumps(
        {
            "client_key": client_key,
            "event": name,
            "create_time": int(at),
            "user_openid": open_id,
            "content": json.dumps(content, separators=(",", ":")),
        },
        separators=(",", ":"),
    ).encode()
    signature = hmac.new(SECRET.encode(), f"{int(at)}.".encode() + body, "sha256").hexdigest()
    headers = {"content-type": "application/json", "tiktok-signature": f"t={int(at)},s={signature}"}
    return Push(f"{name}.{world.serial('push')}", datetime.fromtimestamp(at, UTC), headers, body)


def pushes(world: World) -> Sequence[Push]:
    """What was sent by now: a post's events are known when it is sent, and go out when they happen."""
    return tuple(sorted((one for one in _pushes.sent(world) if one.at <= world.now), key=lambda one: one.at))
