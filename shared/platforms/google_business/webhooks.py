"""Notifications by Cloud Pub/Sub: a push whose bearer token Google signs, with the name of what happened in it.

``secret`` is a JSON object: a JWK set (``keys``, as https://www.googleapis.com/oauth2/v3/certs has it now; Google rotates
them), the ``audience`` and the service account's ``email`` of the push subscription, and the ``topic`` that Google is to
publish to. In the sandbox, where no Google signs, it is a plain word and the token is signed with that (HS256); a JWK set
never accepts such a token.
https://cloud.google.com/pubsub/docs/authenticate-push-subscriptions,
https://developers.google.com/my-business/content/notification-setup, read 2026-11-22.
"""

from __future__ import annotations

import hmac
import json
import re
from base64 import b64decode, urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final

from shared.domain.errors import Unsupported
from shared.platforms._google.errors import objects
from shared.platforms.contract import Call
from shared.platforms.contract_webhooks import Event, EventKind, Reply, Subscription
from shared.platforms.google_business import api, wire

ISSUERS: Final = ("https://accounts.google.com", "accounts.google.com")
LEEWAY: Final = 60.0  # seconds between Google's clock and ours
TYPES: Final = ("NEW_REVIEW", "UPDATED_REVIEW", "NEW_CUSTOMER_MEDIA", "GOOGLE_UPDATE", "VOICE_OF_MERCHANT_UPDATED")
SANDBOX_TOPIC: Final = "projects/rostrum-sandbox/topics/google-business"
PUSHES: Final = frozenset({"review"})
_KINDS: Final[Mapping[str, EventKind]] = {
    "NEW_REVIEW": "review.created",
    "UPDATED_REVIEW": "review.updated",
    "GOOGLE_UPDATE": "account.updated",
    "VOICE_OF_MERCHANT_UPDATED": "account.updated",
    "LOSS_OF_VOICE_OF_MERCHANT": "account.updated",
    "DUPLICATE_LOCATION": "account.updated",
}
_TYPE_NAMES: Final = ("notificationType", "notification_type", "type")
_LOCATION: Final = re.compile(r"(?:accounts/([^/\s]+)/)?locations/([^/\s]+)(?:/\S+)?")
_REVIEW: Final = re.compile(r"/reviews/([^/]+)$")


def challenge(query: Mapping[str, str], secret: str, verify_token: str) -> Reply | None:
    """Pub/Sub has no handshake."""
    return None


def verify(headers: Mapping[str, str], body: bytes, secret: str, now: datetime) -> bool:
    """Whether the push carries a token that Google signed for our subscription's service account and audience, now."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    parts = token.split(".")
    if scheme.lower() != "bearer" or len(parts) != 3 or not secret:
        return False
    header, claims = (_object(_bytes(part) or b"") for part in parts[:2])
    signed, signature = f"{parts[0]}.{parts[1]}".encode(), _bytes(parts[2])
    if not header or not claims or not signature or not _in_time(claims, now):
        return False
    expected = _object(secret)
    if expected is None:
        if secret.lstrip()[:1] in {"{", "["}:  # a spoilt JWK set: everybody knows those words
            return False
        return header.get("alg") == "HS256" and hmac.compare_digest(signature, _mac(secret, signed))
    return _is_ours(claims, expected) and header.get("alg") == "RS256" and _signed(header, signed, signature, expected)


def parse(headers: Mapping[str, str], body: bytes) -> list[Event]:
    """The one notification of a push. Raises ValueError.

    Google documents the notification's types and that it carries resource names, not how its fields are spelt: so the
    names are recognised by their form, wherever they stand.
    """
    message = (_object(body) or {}).get("message")
    if not isinstance(message, dict) or not message.get("messageId"):
        raise ValueError("a push of Pub/Sub has a message with an id")
    said = _object(b64decode(str(message.get("data", "")), validate=True))
    if said is None:
        raise ValueError("a notification is a JSON object")
    kind = next((word for name in _TYPE_NAMES if isinstance(word := said.get(name), str) and word), "")
    names = [name for name in _texts(said) if _LOCATION.fullmatch(name)]
    place = next((found for name in names if (found := _LOCATION.fullmatch(name))), None)
    if place is None:
        raise ValueError("a notification names a location")
    review = next((found.group(1) for name in names if (found := _REVIEW.search(name))), "")
    at = wire.instant(message.get("publishTime")) or datetime.fromtimestamp(0, UTC)
    data = {"review_id": review, "notification_type": kind, "account": place.group(1) or ""}
    given = {name: value for name, value in data.items() if value}
    return [Event(_KINDS.get(kind, "other"), str(message["messageId"]), place.group(2), at, given, said)]


def subscribe(call: Call, callback_url: str, secret: str) -> Subscription:
    """Have Google publish the account's notifications to the installation's topic: all of its locations share one.

    The push subscription from the topic to ``callback_url`` is made once, with the installation. Raises Refused, Unsupported.
    """
    config = _object(secret)
    topic = SANDBOX_TOPIC if config is None else str(config.get("topic") or "")
    if not topic.startswith("projects/"):
        raise Unsupported(
            "platform.google_business.no_topic",
            "Notifications need a Pub/Sub topic: set topic (projects/…/topics/…) in this network's webhook secret.",
        )
    account = call.who.metadata.get("account", "accounts/-")
    url = f"{api.NOTIFICATIONS}/{account}/notificationSetting?updateMask=pubsubTopic,notificationTypes"
    setting = {
        "name": f"{account}/notificationSetting",
        "pubsubTopic": topic,
        "notificationTypes": list(TYPES),
    }
    answer = api.write(call, "PATCH", url, setting)
    return Subscription(None, {"topic": str(answer.get("pubsubTopic") or topic)})


def unsubscribe(call: Call, secret: str = "", state: Mapping[str, Any] | None = None) -> None:
    """Nothing is asked: the setting is the Google account's, and its other locations are told by it too (README)."""


def _in_time(claims: Mapping[str, Any], now: datetime) -> bool:
    begins, ends = claims.get("iat"), claims.get("exp")
    if not isinstance(begins, int | float) or not isinstance(ends, int | float):
        return False
    return begins - LEEWAY <= now.timestamp() <= ends + LEEWAY


def _is_ours(claims: Mapping[str, Any], expected: Mapping[str, Any]) -> bool:
    audience, email = expected.get("audience"), expected.get("email")
    named = bool(audience and email) and claims.get("aud") == audience and claims.get("email") == email
    return named and claims.get("email_verified") is True and claims.get("iss") in ISSUERS


def _signed(header: Mapping[str, Any], signed: bytes, signature: bytes, expected: Mapping[str, Any]) -> bool:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric import padding, rsa
    from cryptography.hazmat.primitives.hashes import SHA256

    for key in objects(expected.get("keys")):
        if key.get("kty") != "RSA" or key.get("kid") != header.get("kid") or not header.get("kid"):
            continue
        e, n = (int.from_bytes(_bytes(str(key.get(part, ""))) or b"\0", "big") for part in ("e", "n"))
        try:
            rsa.RSAPublicNumbers(e, n).public_key().verify(signature, signed, padding.PKCS1v15(), SHA256())
        except (InvalidSignature, ValueError):
            continue
        return True
    return False


def _mac(secret: str, signed: bytes) -> bytes:
    return hmac.new(secret.encode(), signed, sha256).digest()


def _object(text: str | bytes) -> dict[str, Any] | None:
    """A text as a JSON object, None where it is none: a secret may be a plain word."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):  # whoever knows our address may send this
        return None
    return value if isinstance(value, dict) else None


def _bytes(part: str) -> bytes | None:
    """None for what is not written as base64url writes it: one token has one form."""
    try:
        found = urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except ValueError:
        return None
    return found if urlsafe_b64encode(found).rstrip(b"=").decode() == part else None


def _texts(value: Any) -> Iterator[str]:
    """All texts in a JSON value, however deep it is."""
    left = [value]
    while left:
        one = left.pop()
        if isinstance(one, str):
            yield one
        left += reversed(one.values() if isinstance(one, dict) else one if isinstance(one, list) else ())
