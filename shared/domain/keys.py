"""API keys: what they look like, what is kept of them, and what their scopes allow.

``rst_live_`` or ``rst_test_``, then 30 base62 digits (178 random bits), then 6 more that are the CRC-32 of all before
them: a scanner recognises a leaked key, a typo is refused without a look-up, a double click selects it whole. Only the
SHA-256 of a key is stored; at 178 bits a plain hash cannot be searched (OWASP ASVS 5.0, 6.5.2).
"""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from shared.domain.callers import Mode

PREFIXES: dict[str, Mode] = {"rst_live_": "live", "rst_test_": "test"}
SECRET_DIGITS = 30
CHECK_DIGITS = 6
SECRETS = 62**SECRET_DIGITS  # how many there are: 178.6 bits
MAX_NAME = 100
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


class Scope(NamedTuple):
    """One right that a key may be restricted to."""

    name: str
    group: str
    description: str


SCOPES: tuple[Scope, ...] = (
    Scope("accounts:read", "Accounts", "List connected accounts, with their metadata and limits"),
    Scope("accounts:manage", "Accounts", "Connect, configure and disconnect accounts"),
    Scope("posts:read", "Posts", "List and read posts, check drafts against the networks' limits"),
    Scope("posts:write", "Posts", "Create, edit, publish, retry, resolve and delete posts"),
    Scope(
        "posts:approve", "Posts", "Agree to posts that others made, where a workspace demands that, or send them back"
    ),
    Scope("media:read", "Media", "Browse the media library and its usage"),
    Scope("media:write", "Media", "Upload and delete media"),
    Scope("inbox:read", "Inbox", "Read comments, reviews and mentions"),
    Scope("inbox:write", "Inbox", "Reply to and moderate comments, reviews and mentions"),
    Scope("dms:read", "Messages", "Read conversations"),
    Scope("dms:send", "Messages", "Send messages"),
    Scope("ads:read", "Ads", "Read ad accounts, campaigns and their figures"),
    Scope("ads:write", "Ads", "Create ads, start, pause and delete them"),
    Scope("webhooks:manage", "Account-level", "Manage webhook endpoints and read their deliveries"),
    Scope("analytics:read", "Account-level", "Read events, summaries and exports"),
    Scope("automations:read", "Automations", "Read automation rules"),
    Scope("automations:write", "Automations", "Create, change and delete automation rules"),
    Scope("tokens:read", "Tokens", "See a Page's access token where an answer shows it; not part of full access"),
)
SCOPE_NAMES = frozenset(scope.name for scope in SCOPES)


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key as stored: ``api_keys/{sha256 of the key in hex}``. Empty ``scopes`` mean all of them, empty ``brand_ids`` all
    brands. The id of a deleted brand stays in ``brand_ids``: an empty list would open everything.

    ``preview``: the prefix and the first digits, to tell keys apart. ``last_used_at`` is up to 15 minutes old.
    """

    id: str
    workspace: str
    mode: Mode
    name: str
    preview: str
    created_at: datetime
    scopes: tuple[str, ...] = ()
    brand_ids: tuple[str, ...] = ()
    created_by: str = ""
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None

    @property
    def is_active(self) -> bool:
        return self.revoked_at is None


def assemble(mode: Mode, number: int) -> str:
    """The key of this mode made of a random number below ``SECRETS``."""
    body = f"rst_{mode}_{_base62(number, SECRET_DIGITS)}"
    return body + _checksum(body)


def mode_of(token: str) -> Mode | None:
    """The mode of a well-formed key, None for anything else (also for a key with a typo)."""
    mode = PREFIXES.get(token[:9])
    body, check = token[:-CHECK_DIGITS], token[-CHECK_DIGITS:]
    well_formed = len(token) == 9 + SECRET_DIGITS + CHECK_DIGITS and token.isascii() and token[9:].isalnum()
    return mode if well_formed and check == _checksum(body) else None


def key_path(token: str) -> str:
    """``api_keys/{sha256 of the key in hex}``"""
    return f"api_keys/{hashlib.sha256(token.encode()).hexdigest()}"


def preview_of(token: str) -> str:
    """The prefix and four digits."""
    return f"{token[:13]}…"


def _checksum(body: str) -> str:
    return _base62(zlib.crc32(body.encode()), CHECK_DIGITS)


def _base62(number: int, digits: int) -> str:
    found = []
    for _ in range(digits):
        number, digit = divmod(number, 62)
        found.append(_DIGITS[digit])
    return "".join(reversed(found))
