"""OAuth 2 pieces that redirect-style networks share: PKCE and the authorize URL."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode


def challenge_s256(verifier: str) -> str:
    """The S256 code challenge of a verifier (RFC 7636 section 4.2)."""
    return urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def challenge(verifier: str, how: str) -> str:
    """The challenge as the network wants it: ``how`` is ``manifest.OAuth.challenge``."""
    return hashlib.sha256(verifier.encode()).hexdigest() if how == "S256-hex" else challenge_s256(verifier)


def authorize_url(endpoint: str, query: Mapping[str, str]) -> str:
    """The endpoint with its query, spaces as ``%20`` (some networks refuse ``+`` in scopes)."""
    return f"{endpoint}?{urlencode(query).replace('+', '%20')}"


def expiry(answer: Mapping[str, Any], now: datetime) -> datetime | None:
    """``expires_in`` seconds (a number, or its text) as an instant, None when the answer has none that makes sense."""
    given = answer.get("expires_in")
    if isinstance(given, bool) or not isinstance(given, int | float | str):
        return None
    try:
        seconds = float(given)
        return now + timedelta(seconds=int(seconds)) if seconds >= 0 else None
    except (ValueError, OverflowError):
        return None
