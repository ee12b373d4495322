"""The simulated Pub/Sub: a push per review, with a token signed by the sandbox's word.

https://cloud.google.com/pubsub/docs/push, read 2026-11-22.
"""

from __future__ import annotations

import hmac
import json
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final

from shared.platforms import _pushes
from shared.platforms.contract import Push, World
from shared.platforms.google_business import wire

SANDBOX_SECRET: Final = "sandbox-secret"
_LIFETIME: Final = 3600


def reviewed(world: World, place: Mapping[str, Any], review_id: str, kind: str = "NEW_REVIEW") -> None:
    """A review is new, or was changed."""
    name = f"accounts/{place['account']}/locations/{place['id']}"
    _send(world, {"notificationType": kind, "locationName": name, "reviewName": f"{name}/reviews/{review_id}"})


def _send(world: World, notification: Mapping[str, Any]) -> None:
    number = world.serial("gbp.push")
    message = {
        "data": b64encode(json.dumps(notification).encode()).decode(),
        "messageId": f"{7_000_000_000_000_000 + number}",
        "publishTime": wire.rfc3339(world.now),
        "attributes": {},
    }
    subscription = "projects/rostrum-sandbox/subscriptions/google-business"
    body = json.dumps({"message": message, "subscription": subscription}).encode()
    headers = {"content-type": "application/json", "authorization": f"Bearer {token(world.now.timestamp())}"}
    _pushes.append(world, Push(f"google-business-{number}", world.now, headers, body))


def token(now: float, secret: str = SANDBOX_SECRET) -> str:
    """The bearer token of a push at this instant (epoch s)."""
    claims = {
        "iss": "https://accounts.google.com",
        "aud": "https://sandbox.rostrum.test/webhooks/google_business",
        "email": "push@rostrum-sandbox.iam.gserviceaccount.com",
        "email_verified": True,
        "iat": int(now),
        "exp": int(now) + _LIFETIME,
    }
    head = ".".join(_part(json.dumps(part).encode()) for part in ({"alg": "HS256", "typ": "JWT"}, claims))
    return f"{head}.{_part(hmac.new(secret.encode(), head.encode(), sha256).digest())}"


def _part(value: bytes) -> str:
    return urlsafe_b64encode(value).rstrip(b"=").decode()
