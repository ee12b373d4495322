"""Graph's webhooks: the handshake, the signature, and the shape that all of its deliveries have. Pure, on bytes.

https://developers.facebook.com/docs/graph-api/webhooks/getting-started, read 2026-11-22: X-Hub-Signature-256 is
«sha256=» and the HMAC of the raw body under the app secret; there is no timestamp in it, so no replay window.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Literal
from urllib.parse import parse_qsl

from shared.platforms.contract_webhooks import Event, Reply

SIGNATURE = "x-hub-signature-256"
_HALVES = re.compile("[\ud800-\udfff]")  # of a surrogate pair: JSON may have one alone, UTF-8 cannot
MOST_WORD = 300  # characters; message ids are the longest, of some 170


def challenge(query: Mapping[str, str], verify_token: str) -> Reply | None:
    """The answer to ``hub.mode=subscribe``: its challenge, when the verify token is ours. None otherwise."""
    token = query.get("hub.verify_token", "")
    if query.get("hub.mode") != "subscribe" or not verify_token:
        return None
    if not hmac.compare_digest(token.encode(), verify_token.encode()):
        return None
    return Reply(200, query.get("hub.challenge", ""))


def verify(headers: Mapping[str, str], body: bytes, secret: str) -> bool:
    """Whether these bytes were signed with the app's secret, in constant time."""
    given = headers.get(SIGNATURE, "")
    return bool(secret) and hmac.compare_digest(given.encode(), signature(body, secret).encode())


def signature(body: bytes, secret: str) -> str:
    """The value of X-Hub-Signature-256."""
    return f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"


def entries(body: bytes, *objects: str) -> Iterator[dict[str, Any]]:
    """The delivery's ``entry`` objects. Raises ValueError when it is no delivery, or one of another object."""
    try:
        payload = json.loads(body)
    except RecursionError as error:
        raise ValueError("the delivery is nested too deeply") from error
    if not isinstance(payload, dict) or payload.get("object") not in objects:
        raise ValueError(f"a delivery of {' or '.join(objects)} has «object» and «entry»")
    found = payload.get("entry")
    if not isinstance(found, list) or not all(isinstance(entry, dict) for entry in found):
        raise ValueError("a delivery's «entry» is a list of objects")
    yield from found


def plain(value: object) -> str:
    """An id, a name or a word as text; empty for what is none of these, or is longer than any of Graph's."""
    text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    return text if len(text) <= MOST_WORD and not _HALVES.search(text) else ""


def rows(value: object) -> list[dict[str, Any]]:
    """The objects of what should be a list of them."""
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def changes(entry: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """``field`` and ``value`` of each of an entry's changes."""
    for change in rows(entry.get("changes")):
        value = change.get("value")
        yield plain(change.get("field")), value if isinstance(value, dict) else {"value": value}


def instant(value: object) -> datetime:
    """Epoch seconds, or milliseconds (messaging), as an instant. Raises ValueError."""
    try:
        number = float(str(value))
        return datetime.fromtimestamp(number / 1000 if number > 1e11 else number, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise ValueError("an entry's time is a number of seconds, or of milliseconds") from error


def signed_request(value: str, secret: str) -> dict[str, Any] | None:
    """The payload of a ``signed_request`` (deauthorize and data deletion callbacks), None when it was not signed by us.

    https://developers.facebook.com/docs/development/create-an-app/app-dashboard/data-deletion-callback:
    base64url(HMAC-SHA256(payload)) «.» base64url(JSON).
    """
    sent, _, payload = value.partition(".")
    wanted = urlsafe_b64encode(hmac.new(secret.encode(), payload.encode(), hashlib.sha256).digest()).rstrip(b"=")
    try:
        # As text: its last letter has two bits to spare, and one request is to have one form.
        if not secret or not hmac.compare_digest(sent.rstrip("=").encode(), wanted):
            return None
        said = json.loads(_unpadded(payload))
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) else None


def verify_callback(body: bytes, secret: str) -> bool:
    """Whether a form's ``signed_request`` was signed with the app's secret."""
    return signed_request(_posted(body), secret) is not None


def parse_callback(network: str, said: Literal["revoked", "erase"], body: bytes) -> list[Event]:
    """What a ``signed_request`` says, after :func:`verify_callback`: the person took the app away (``revoked``), or wants
    what it has of them gone (``erase``). Raises ValueError."""
    try:
        payload = json.loads(_unpadded(_posted(body).partition(".")[2]))
    except RecursionError as error:
        raise ValueError("the signed request is nested too deeply") from error
    person = plain(payload.get("user_id")) if isinstance(payload, dict) else ""
    if not person:
        raise ValueError("a signed request names its «user_id»")
    at = instant(payload.get("issued_at"))
    data = {"erase": True} if said == "erase" else {}
    return [Event("account.revoked", f"{network}.{said}.{person}.{int(at.timestamp())}", person, at, data, payload)]


def _posted(body: bytes) -> str:
    """The form's ``signed_request``; empty where there is none."""
    try:
        return dict(parse_qsl(body.decode(), max_num_fields=10)).get("signed_request", "")
    except ValueError:
        return ""


def _unpadded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
