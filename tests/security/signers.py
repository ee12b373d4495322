"""A delivery of each network that pushes, signed as its network signs, with whatever secret a test says."""

from __future__ import annotations

import hashlib
import hmac
import json
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import urlencode

from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

AUDIENCE, EMAIL = "https://rostrum.test/webhooks/google_business", "push@project.iam.gserviceaccount.com"
KEYS_HOST = "www.googleapis.com"
Sign = Callable[[bytes, str, datetime], str]


@dataclass(frozen=True, slots=True)
class Signer:
    """``header`` proves a delivery; ``covers_body``: whether what it proves is the body. ``path``: below the network's own."""

    header: str
    body: bytes
    sign: Sign
    covers_body: bool = True
    path: str = ""


def _json(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _hex(digest: str, body: bytes, secret: str) -> str:
    return hmac.new(secret.encode(), body, digest).hexdigest()


def _graph(body: bytes, secret: str, _: datetime) -> str:
    return f"sha256={_hex('sha256', body, secret)}"


def _tiktok(body: bytes, secret: str, now: datetime) -> str:
    stamp = str(int(now.timestamp()))
    return f"t={stamp},s={_hex('sha256', f'{stamp}.'.encode() + body, secret)}"


def _x(body: bytes, secret: str, _: datetime) -> str:
    return "sha256=" + b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def _websub(body: bytes, secret: str, _: datetime) -> str:
    return f"sha1={_hex('sha1', body, secret)}"


def _linkedin(body: bytes, secret: str, _: datetime) -> str:
    return _hex("sha256", b"hmacsha256=" + body, secret)


# -------------------------------------------------------------------------------------- tokens that Google signs


@cache
def google_key(name: str) -> rsa.RSAPrivateKey:
    """A key pair; the same for the same name."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def part(value: bytes) -> str:
    """base64url as JWTs have it."""
    return urlsafe_b64encode(value).rstrip(b"=").decode()


def jwks(*names: str) -> bytes:
    """What Google answers: the public keys."""
    numbers = {name: google_key(name).public_key().public_numbers() for name in names}
    shown = [
        {"kid": name, "kty": "RSA", "alg": "RS256", "n": part(key.n.to_bytes(256, "big")), "e": part(b"\x01\x00\x01")}
        for name, key in numbers.items()
    ]
    return _json({"keys": shown})


def google_token(
    now: datetime,
    key: str = "google",
    header: Mapping[str, Any] | None = None,
    claims: Mapping[str, Any] | None = None,
) -> str:
    """A push's bearer token, signed by Google."""
    at = int(now.timestamp())
    said = {"iss": "https://accounts.google.com", "aud": AUDIENCE, "email": EMAIL, "email_verified": True}
    said |= {"iat": at, "exp": at + 3600, **(claims or {})}
    head = ".".join(part(_json(one)) for one in ({"alg": "RS256", "kid": key, **(header or {})}, said))
    return f"Bearer {head}.{part(google_key(key).sign(head.encode(), padding.PKCS1v15(), SHA256()))}"


def _google(_: bytes, secret: str, now: datetime) -> str:
    """``secret``: the webhook secret's JSON, or the name of a key that is not Google's."""
    return google_token(now) if secret.startswith("{") else google_token(now, key=secret)


def google_config(audience: str = AUDIENCE) -> str:
    """The webhook secret of Google Business Profile."""
    return json.dumps({"audience": audience, "email": EMAIL, "topic": "projects/p/topics/t"})


# ------------------------------------------------------------------------------------------------------- samples


def graph_form(said: Mapping[str, Any], secret: str) -> bytes:
    """The form of a deauthorize or data deletion callback."""
    payload = part(_json({"algorithm": "HMAC-SHA256", **said}))
    sent = part(hmac.new(secret.encode(), payload.encode(), hashlib.sha256).digest())
    return urlencode({"signed_request": f"{sent}.{payload}"}).encode()


_COMMENT = {"item": "comment", "verb": "add", "comment_id": "1_2", "post_id": "1_1", "message": "Hello?"}
_ATOM = (
    '<feed xmlns:yt="http://www.youtube.com/xml/schemas/2015" xmlns="http://www.w3.org/2005/Atom"><entry>'
    "<yt:videoId>v1</yt:videoId><yt:channelId>UC1</yt:channelId><title>One</title>"
    "<published>2026-11-22T11:00:00+00:00</published><updated>2026-11-22T11:00:05+00:00</updated></entry></feed>"
)
SIGNERS: Mapping[str, Signer] = {
    "facebook": Signer(
        "x-hub-signature-256",
        _json(
            {
                "object": "page",
                "entry": [
                    {
                        "id": "100",
                        "time": 1763812800,
                        "changes": [{"field": "feed", "value": {**_COMMENT, "from": {"id": "7", "name": "Robin"}}}],
                    }
                ],
            }
        ),
        _graph,
    ),
    "instagram": Signer(
        "x-hub-signature-256",
        _json(
            {
                "object": "instagram",
                "entry": [
                    {
                        "id": "17841",
                        "time": 1763812800,
                        "changes": [
                            {
                                "field": "comments",
                                "value": {"id": "c1", "text": "Hello?", "media": {"id": "m1"}, "from": {"id": "7"}},
                            }
                        ],
                    }
                ],
            }
        ),
        _graph,
    ),
    "threads": Signer(
        "x-hub-signature-256",
        _json(
            {
                "topic": "moderate",
                "target_id": "p1",
                "time": 1763812800,
                "values": [
                    {
                        "field": "replies",
                        "value": {"id": "r1", "username": "robin", "text": "Hi", "root_post": {"owner_id": "9"}},
                    }
                ],
            }
        ),
        _graph,
    ),
    "whatsapp": Signer(
        "x-hub-signature-256",
        _json(
            {
                "object": "whatsapp_business_account",
                "entry": [
                    {
                        "id": "waba1",
                        "changes": [
                            {
                                "field": "messages",
                                "value": {
                                    "metadata": {"phone_number_id": "5"},
                                    "messages": [
                                        {
                                            "from": "1555",
                                            "id": "wamid.1",
                                            "timestamp": "1763812800",
                                            "type": "text",
                                            "text": {"body": "Hello?"},
                                        }
                                    ],
                                },
                            }
                        ],
                    }
                ],
            }
        ),
        _graph,
    ),
    "tiktok": Signer(
        "tiktok-signature",
        _json(
            {
                "client_key": "k",
                "event": "post.publish.complete",
                "create_time": 1763812800,
                "user_openid": "o1",
                "content": '{"publish_id":"v_pub_1"}',
            }
        ),
        _tiktok,
    ),
    "twitter": Signer(
        "x-twitter-webhooks-signature",
        _json(
            {
                "data": {
                    "event_type": "post.reply.create",
                    "event_uuid": "u1",
                    "filter": {"user_id": "9"},
                    "payload": {"id": "1990000000000000001", "author_id": "7", "text": "Hello?"},
                }
            }
        ),
        _x,
    ),
    "youtube": Signer("x-hub-signature", _ATOM.encode(), _websub),
    "linkedin": Signer(
        "x-li-signature",
        _json(
            {
                "type": "ORGANIZATION_SOCIAL_ACTION_NOTIFICATIONS",
                "notifications": [
                    {
                        "notificationId": 1,
                        "organizationalEntity": "urn:li:organization:5",
                        "action": "COMMENT",
                        "lastModifiedAt": 1763812800000,
                    }
                ],
            }
        ),
        _linkedin,
    ),
    "google_business": Signer(
        "authorization",
        _json(
            {
                "message": {
                    "data": b64encode(
                        _json({"notificationType": "NEW_REVIEW", "name": "accounts/1/locations/2/reviews/3"})
                    ).decode(),
                    "messageId": "1",
                    "publishTime": "2026-11-22T12:00:00Z",
                }
            }
        ),
        _google,
        covers_body=False,  # Pub/Sub signs who sends and to whom, not what: TLS has to keep the body
    ),
}
