"""Invites: links by which somebody outside the workspace connects one account of theirs to one of its brands.

``inv_`` and the invite's id, then 43 digits of 256 random bits: only their SHA-256 is stored, and the whole link is
sealed for the workspace, which may read it again.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime

DAYS = (1, 3, 7, 14, 30)  # how long an invite may be open


@dataclass(frozen=True, slots=True)
class Invite:
    """An invite: ``invites/{sha256 of its token}``. ``sealed`` is the vault's reference to the token.

    ``used_at``: when an account was connected with it, ``account_id``. ``revoked_at``: when the workspace took it back.
    ``tries``: consents and sign-ins that were begun with it since ``tries_since``.
    ``choice_id``: what the person has to choose from, while they have not. ``user``: who made it.
    """

    id: str
    workspace: str
    space: str
    sandbox: bool
    platform: str
    brand_id: str
    created_at: datetime
    expires_at: datetime
    sealed: str = field(repr=False)
    user: str = ""
    used_at: datetime | None = None
    revoked_at: datetime | None = None
    account_id: str = ""
    choice_id: str = ""
    tries: int = 0
    tries_since: datetime | None = None

    def is_active(self, now: datetime) -> bool:
        """Whether an account can still be connected with it."""
        return self.used_at is None and self.revoked_at is None and now < self.expires_at


def invite_path(token: str) -> str:
    """``invites/{sha256 of the token in hex}``: whoever reads the store can use no invite."""
    return f"invites/{hashlib.sha256(token.encode()).hexdigest()}"
