"""Connections: a person is at a network's consent page, and will come back with a code."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

CONNECTION_AGE = timedelta(minutes=10)
CHOICE_AGE = timedelta(minutes=30)
MAX_CANDIDATES = 100  # of one consent: their tokens are one secret, of at most 64 KiB
MAX_STATE = 512  # characters of the caller's own state


@dataclass(frozen=True, slots=True)
class Connection:
    """An OAuth consent under way: ``connections/{sha256 of its state}``; single use, gone after ten minutes.

    ``redirect_uri`` and ``caller_state`` are the caller's: where its browser goes at the end, and what it takes along.
    ``callback`` is the redirect URI that the network was given. ``sealed_verifier`` is the vault's reference to the
    PKCE verifier, empty where the network has no PKCE. ``key_id``: the API key that began it. ``own_app``: the client id of
    the workspace's or the brand's own app at the network, empty for the installation's. ``brand_ids``: what the key is bound to. ``invite``: the path of
    the invite that it began with. ``actor``: who began it, empty for who was invited.
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
    own_app: str = ""
    brand_ids: tuple[str, ...] = ()
    invite: str = ""
    actor: str = ""


def connection_path(state: str) -> str:
    """``connections/{sha256 of the state}``: whoever reads the store cannot finish somebody's consent."""
    return f"connections/{hashlib.sha256(state.encode()).hexdigest()}"


@dataclass(frozen=True, slots=True)
class Candidate:
    """An account that a consent gave, as ``accounts.Connected`` without its tokens."""

    platform_account_id: str
    username: str
    name: str
    picture_url: str = ""
    metadata: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Choice:
    """One consent gave several accounts: ``pending/{id}``; single use, gone after 30 minutes.

    ``brand_ids``, ``invite`` and ``actor`` as of the connection. ``sealed`` is the vault's reference to the candidates' tokens. ``chosen``: the ids that were chosen, first of all: whoever
    crashes while they are being connected may choose the same again.
    """

    id: str
    space: str
    sandbox: bool
    platform: str
    brand_id: str
    expires_at: datetime
    sealed: str
    candidates: tuple[Candidate, ...]
    chosen: tuple[str, ...] = ()
    brand_ids: tuple[str, ...] = ()
    invite: str = ""
    actor: str = ""


def choice_path(choice_id: str) -> str:
    """``pending/{choice_id}``"""
    return f"pending/{choice_id}"
