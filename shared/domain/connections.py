"""Connections: a person is at a network's consent page, and will come back with a code."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

CONNECTION_AGE = timedelta(minutes=10)
MAX_STATE = 512  # characters of the caller's own state


@dataclass(frozen=True, slots=True)
class Connection:
    """An OAuth consent under way: ``connections/{sha256 of its state}``; single use, gone after ten minutes.

    ``redirect_uri`` and ``caller_state`` are the caller's: where its browser goes at the end, and what it takes along.
    ``callback`` is the redirect URI that the network was given. ``sealed_verifier`` is the vault's reference to the
    PKCE verifier, empty where the network has no PKCE. ``key_id``: the API key that began it.
    """

    id: str
    workspace: str
    space: str
    sandbox: bool
    platform: str
    callback: str
    created_at: datetime
    expires_at: datetime
    redirect_uri: str = ""
    caller_state: str = ""
    sealed_verifier: str = ""
    brand_id: str = ""
    key_id: str = ""


def connection_path(state: str) -> str:
    """``connections/{sha256 of the state}``: whoever reads the store cannot finish somebody's consent."""
    return f"connections/{hashlib.sha256(state.encode()).hexdigest()}"
