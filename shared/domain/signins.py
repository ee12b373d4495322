"""Signing in: the way to Google and back, the session that it ends in, and who may sign up.

Of a session's token only the SHA-256 is stored; at 256 random bits a plain hash cannot be searched. What is kept of a
sign-in that has begun holds no secret at all: nonce and PKCE verifier follow from the cookie of the browser that began it.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

SESSION_PREFIX = "rst_session_"
SESSION_AGE = timedelta(days=30)  # however much it is used
SESSION_IDLE = timedelta(days=7)  # without any use
SIGN_IN_AGE = timedelta(minutes=10)
_TOKEN = re.compile(rf"{SESSION_PREFIX}[A-Za-z0-9_-]{{43,64}}")


@dataclass(frozen=True, slots=True)
class Session:
    """A person's session: ``sessions/{sha256 of its token in hex}``. ``seen_at`` is up to 15 minutes old."""

    user_id: str
    workspace: str
    created_at: datetime
    expires_at: datetime
    seen_at: datetime

    def ends_at(self) -> datetime:
        """When it ends if it is not used again."""
        return min(self.expires_at, self.seen_at + SESSION_IDLE)


@dataclass(frozen=True, slots=True)
class SignIn:
    """A way to Google that has begun: ``signins/{sha256 of its state in hex}``. ``browser``: the SHA-256 of its cookie."""

    browser: str
    return_to: str
    expires_at: datetime


def session_path(token: str) -> str:
    """``sessions/{sha256 of the token in hex}``"""
    return f"sessions/{digest(token)}"


def sign_in_path(state: str) -> str:
    """``signins/{sha256 of the state in hex}``"""
    return f"signins/{digest(state)}"


def is_session(token: str) -> bool:
    """Whether this can be a session's token: what cannot is refused without a look-up."""
    return _TOKEN.fullmatch(token) is not None


def digest(secret: str) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(secret.encode()).hexdigest()


def nonce_of(browser: str, state: str) -> str:
    """What Google puts into the ID token, so that no token of another sign-in is taken."""
    return _derived("nonce", browser, state)


def verifier_of(browser: str, state: str) -> str:
    """The PKCE verifier: 43 characters that only this browser's cookie gives."""
    return _derived("verifier", browser, state)


def challenge_of(verifier: str) -> str:
    """Its S256 challenge (RFC 7636 section 4.2)."""
    return _base64url(hashlib.sha256(verifier.encode()).digest())


def may_sign_up(admitted: Iterable[str], email: str, hosted_domain: str) -> bool:
    """Whether somebody whose verified address this is may sign up.

    ``@domain`` admits the accounts that the domain's own Google Workspace manages: others may once have proved an
    address of it and have left since. Gmail addresses are Google's own.
    """
    address = email.casefold()
    domain = address.rpartition("@")[2]
    managed = domain in ("gmail.com", "googlemail.com") or hosted_domain.casefold() == domain
    return any(one in ("*", address) or (managed and one == f"@{domain}") for one in admitted)


def _derived(use: str, browser: str, state: str) -> str:
    return _base64url(hashlib.sha256(f"{use}|{browser}|{state}".encode()).digest())


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
