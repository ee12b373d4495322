"""Accounts: what a workspace has connected, and the tokens that speak for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

AccountStatus = Literal["active", "reconnect_required", "disconnected"]


@dataclass(frozen=True, slots=True)
class Tokens:
    """What speaks for an account. ``expires_at`` is the access token's end (aware UTC), None when it has none.

    ``extra``: further secrets a network needs kept (an app password). The repr hides every secret.
    """

    access: str = field(repr=False)
    refresh: str | None = field(default=None, repr=False)
    expires_at: datetime | None = None
    refresh_expires_at: datetime | None = None
    scopes: tuple[str, ...] = ()
    extra: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Connected:
    """What a network says of an account that was just connected.

    ``metadata`` is shown to callers and handed to adapters (a PDS host, follower counts); never a secret.
    """

    platform_account_id: str
    username: str
    name: str
    tokens: Tokens
    picture_url: str = ""
    metadata: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AccountView:
    """An account as an adapter sees it: identity, metadata and live tokens; no workspace, no store."""

    platform_account_id: str
    username: str
    metadata: Mapping[str, Any]
    tokens: Tokens


@dataclass(frozen=True, slots=True)
class Account:
    """A connected account as stored: ``workspaces/{space}/accounts/{id}``.

    ``sealed`` is the vault's reference to its tokens (JSON of :class:`Tokens`), ``token_version`` counts refreshes.
    ``refresh_nonce`` and ``refresh_until`` are the single flight's claim. ``blocked_until``: the network asked us to
    publish nothing before then; ``limited`` the same of its other modules (``inbox``, ``ads``), because a network counts
    comments, messages and ads apart from posts. ``expires_at`` repeats the access token's end, so that due refreshes can be found.
    ``refreshable`` whether there is a refresh token (None: connected before that was noted). ``connected_at``: when a person last
    connected it, ``renewed_at`` when its tokens were last renewed (None: as before).
    ``known_as``: other ids by which the network's deliveries speak of it (its business's, its person's).
    ``refresh_note`` says that the answer to a refresh was lost (the network may have used up the refresh token).
    ``world``: which simulated world a sandbox account lives in, its space's own; empty on real networks, and in the world that all
    workspaces shared before each had its own.

    A ``disconnected`` account is gone for everybody. Its document stays, without tokens (``sealed`` empty) and without
    what the network said of its person, so that connecting it again gives the same id to what is scheduled on it.
    """

    id: str
    space: str
    platform: str
    sandbox: bool
    platform_account_id: str
    username: str
    name: str
    status: AccountStatus
    sealed: str
    created_at: datetime
    updated_at: datetime
    picture_url: str = ""
    reconnect_reason: str = ""
    brand_id: str = ""
    metadata: Mapping[str, Any] = field(default_factory=dict)
    scopes: tuple[str, ...] = ()
    expires_at: datetime | None = None
    refresh_expires_at: datetime | None = None
    token_version: int = 1
    refresh_nonce: str = ""
    refresh_until: datetime | None = None
    refresh_note: str = ""
    blocked_until: datetime | None = None
    limited: Mapping[str, datetime] = field(default_factory=dict)
    refreshable: bool | None = None
    connected_at: datetime | None = None
    renewed_at: datetime | None = None
    known_as: tuple[str, ...] = ()
    world: str = ""


def account_path(space: str, account_id: str) -> str:
    """``workspaces/{space}/accounts/{account_id}``"""
    return f"workspaces/{space}/accounts/{account_id}"
