"""JWTs, verified: Google's by google-auth, a configured issuer's by PyJWT. Times are held against our own clock port.

What is refused before any key is looked at: another algorithm than the issuer's (``none``, and every HMAC, whose secret
would be the public key), ``crit`` headers, tokens that are none. https://datatracker.ietf.org/doc/html/rfc8725 (2026-11).
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from shared.backends.live.identity_keys import KeySet
from shared.ports.identity import Claims, TokenRefused

LEEWAY = 60  # seconds that two clocks may differ
MAX_TOKEN = 8192  # characters
GOOGLE = "https://accounts.google.com"
GOOGLE_ISSUERS = (GOOGLE, "accounts.google.com")
_FOREVER = 10**11  # seconds: google-auth reads the system's clock, and we judge times by our own
_ALGORITHMS = {"RSA": "RS256", "OKP": "EdDSA"}  # by the key's type, never by what the token would like


@dataclass(frozen=True, slots=True)
class Peeked:
    """What a token says before anything of it is proved."""

    algorithm: str
    kid: str
    issuer: str


def peek(token: str) -> Peeked:
    """Read a token's header and issuer. Raises TokenRefused for what is no signed JWT of a kind that is known here."""
    if len(token) > MAX_TOKEN or not token.isascii():
        raise TokenRefused(f"it is no JWT of at most {MAX_TOKEN} characters")
    header, payload = _segments(token)
    algorithm, kid, issuer = header.get("alg"), header.get("kid"), payload.get("iss")
    if algorithm not in _ALGORITHMS.values():
        raise TokenRefused("its algorithm is not one of RS256 and EdDSA")
    if "crit" in header or header.get("b64", True) is not True:
        raise TokenRefused("its header demands extensions that nobody here knows")
    if not isinstance(kid, str) or not kid:
        raise TokenRefused("its header names no key (kid)")
    return Peeked(str(algorithm), kid, issuer if isinstance(issuer, str) else "")


def of_google(token: str, peeked: Peeked, keys: KeySet, client_id: str, now: datetime) -> Claims:
    """The claims of a Google ID token for this client. Raises TokenRefused, IdentityUnavailable."""
    from google.auth.exceptions import GoogleAuthError
    from google.oauth2 import id_token

    if peeked.algorithm != "RS256":
        raise TokenRefused("its algorithm is not the one that Google signs with")
    certificate = keys.find(peeked.kid)
    try:
        payload: Mapping[str, Any] = id_token.verify_oauth2_token(
            token, _Known({peeked.kid: certificate}), clock_skew_in_seconds=_FOREVER
        )
    except (ValueError, TypeError, GoogleAuthError):  # TypeError: times that are no numbers
        raise TokenRefused("its signature does not hold") from None
    if payload.get("aud") != client_id:
        raise TokenRefused("its audience is another client")
    issued, expires = _times(payload, now)
    return Claims(
        GOOGLE,
        _text(payload, "sub", needed=True),
        client_id,
        expires,
        issued,
        email=_text(payload, "email"),
        email_verified=payload.get("email_verified") is True,
        name=_text(payload, "name"),
        picture=_text(payload, "picture"),
        hosted_domain=_text(payload, "hd"),
    )


def of_issuer(token: str, peeked: Peeked, keys: KeySet, audience: str) -> Mapping[str, Any]:
    """The payload of a token of the configured issuer; its times are still to be judged. Raises TokenRefused, IdentityUnavailable."""
    import jwt

    key = keys.find(peeked.kid)
    algorithm = _ALGORITHMS[key.key_type]
    if peeked.algorithm != algorithm:
        raise TokenRefused("its algorithm is not its key's")
    wanted: Any = {
        "require": ["exp", "sub", "aud", "iss"],
        "verify_exp": False,
        "verify_nbf": False,
        "verify_iat": False,
    }
    try:
        payload: Mapping[str, Any] = jwt.decode(
            token, key.key, [algorithm], wanted, audience=audience, issuer=peeked.issuer
        )
    except jwt.InvalidSignatureError:
        raise TokenRefused("its signature does not hold") from None
    except jwt.InvalidAudienceError:
        raise TokenRefused("its audience is not this installation") from None
    except jwt.MissingRequiredClaimError as error:
        raise TokenRefused(f"it lacks the claim {error.claim}") from None
    except jwt.PyJWTError:
        raise TokenRefused("it is malformed") from None
    return payload


def claims_of_issuer(payload: Mapping[str, Any], issuer: str, audience: str, names: Names, now: datetime) -> Claims:
    """The payload as claims. Raises TokenRefused (its times, its subject)."""
    issued, expires = _times(payload, now)
    return Claims(
        issuer,
        _text(payload, "sub", needed=True),
        audience,
        expires,
        issued,
        trusted=True,
        email=_text(payload, "email"),
        email_verified=payload.get("email_verified") is True,
        name=_text(payload, "name"),
        picture=_text(payload, "picture"),
        roles=_words(_claim(payload, names.roles)),
        tenant="".join(_words(_claim(payload, names.tenant))[:1]),
    )


@dataclass(frozen=True, slots=True)
class Names:
    """What the issuer calls its claims; a dot steps into an object (``realm_access.roles``)."""

    roles: str = "roles"
    tenant: str = "tenant_id"


def jwks(document: Any) -> Mapping[str, Any]:
    """The signing keys of a JWK set that can be used here, by their ids; empty where it is none."""
    import jwt

    rows = document.get("keys") if isinstance(document, dict) else None
    found: dict[str, Any] = {}
    for row in rows if isinstance(rows, list) else ():
        if not isinstance(row, dict) or row.get("use", "sig") != "sig" or not isinstance(row.get("kid"), str):
            continue
        algorithm = _ALGORITHMS.get(str(row.get("kty")))
        if algorithm is None or row.get("alg", algorithm) not in (algorithm, "Ed25519"):
            continue
        try:
            found[row["kid"]] = jwt.PyJWK(row, algorithm)
        except (jwt.PyJWTError, ValueError):  # one broken key does not cost the others
            continue
    return found


def certificates(document: Any) -> Mapping[str, Any]:
    """Google's certificates, by their ids. Raises ValueError."""
    if not isinstance(document, dict) or not all(isinstance(value, str) for value in document.values()):
        raise ValueError("no certificates")
    return document


class _Known:
    """google-auth's transport, answering with certificates that we hold."""

    def __init__(self, certificates: Mapping[str, str]) -> None:
        self.status = 200
        self.data = json.dumps(certificates).encode()

    def __call__(self, *_: Any, **__: Any) -> _Known:
        return self


def nonce(token: str) -> str:
    """The nonce of a token that was verified before, empty if it has none."""
    return _text(_segments(token)[1], "nonce")


def _segments(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and payload. Raises TokenRefused."""
    parts = token.split(".")
    if len(parts) != 3:
        raise TokenRefused("it is no JWT")
    return _segment(parts[0]), _segment(parts[1])


def _segment(part: str) -> dict[str, Any]:
    try:
        value = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise TokenRefused("it is no JWT")
    return value


def _times(payload: Mapping[str, Any], now: datetime) -> tuple[datetime, datetime]:
    """When it was issued, and when it ends. Raises TokenRefused where it is not valid now."""
    expires, at = _instant(payload.get("exp")), now.timestamp()
    issued = _instant(payload.get("iat", at))
    begins = _instant(payload.get("nbf", at))
    if at >= expires.timestamp() + LEEWAY:
        raise TokenRefused("it has expired")
    if max(issued, begins).timestamp() > at + LEEWAY:
        raise TokenRefused("it is not valid yet: compare its issuer's clock")
    return issued, expires


def _instant(value: Any) -> datetime:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TokenRefused("its times are no numbers")
    try:
        return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError):
        raise TokenRefused("its times are out of range") from None


def _text(payload: Mapping[str, Any], name: str, *, needed: bool = False) -> str:
    value = payload.get(name)
    if needed and not (isinstance(value, str) and value):
        raise TokenRefused(f"it lacks the claim {name}")
    return value[:2048] if isinstance(value, str) else ""


def _claim(payload: Mapping[str, Any], name: str) -> Any:
    if name in payload:
        return payload[name]
    value: Any = payload
    for step in name.split("."):
        value = value.get(step) if isinstance(value, dict) else None
    return value


def _words(value: Any) -> tuple[str, ...]:
    """A list of texts, or one text of several words."""
    if isinstance(value, str):
        return tuple(value.replace(",", " ").split())
    return tuple(one for one in value if isinstance(one, str)) if isinstance(value, list) else ()
