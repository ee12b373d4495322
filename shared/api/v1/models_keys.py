"""API keys: what callers send and are sent."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from shared.api.engine.models import Body, Time, View


class CreateKeyRequest(Body):
    """A key to make. No ``scopes``: all but `tokens:read`, which has to be named. No ``brand_ids``: all brands."""

    name: str = Field(min_length=1, max_length=100)
    scopes: list[str] | None = Field(None, max_length=50)
    brand_ids: list[str] | None = Field(None, max_length=100)
    """The brands whose accounts and posts the key sees; others look absent to it. Brands of the key's own mode."""
    mode: Literal["test", "live"] | None = None
    """The mode of the key that asks, if left out. Test keys reach the sandbox only."""


class UpdateKeyRequest(Body):
    """What to change; the secret stays."""

    name: str | None = Field(None, min_length=1, max_length=100)
    scopes: list[str] | None = Field(None, max_length=50)
    brand_ids: list[str] | None = Field(None, max_length=100)


class KeyListItem(View):
    """A key, without its text."""

    id: str
    name: str
    preview: str
    mode: Literal["test", "live"]
    scopes: list[str]
    brand_ids: list[str]
    is_active: bool
    created_at: Time
    last_used_at: Time | None = None
    """To within 15 minutes."""


class KeysListResponse(View):
    """The workspace's keys."""

    data: list[KeyListItem]
    count: int


class CreateKeyResponse(View):
    """A new key. ``raw_key`` is shown this once."""

    id: str
    name: str
    mode: Literal["test", "live"]
    raw_key: str
    scopes: list[str]
    brand_ids: list[str]
    message: str


class KeyScopeItem(View):
    """One right that a key may be restricted to."""

    name: str
    group: str
    description: str


class KeyScopesResponse(View):
    """All scopes."""

    data: list[KeyScopeItem]
    count: int
