"""Accounts: what callers send and are sent."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from shared.api.engine.models import Body, Time, View


class ConnectRequest(Body):
    """An account to connect through its network's own page."""

    platform: str = Field(min_length=1, max_length=64)
    redirect_uri: str | None = Field(None, max_length=2048)
    """Where the browser goes at the end, with ``status`` and ``account_id``: https, or http on localhost."""


class AuthorizationResponse(View):
    """Where to send the person's browser. ``state`` is used once, within ``expires_in`` seconds."""

    authorization_url: str
    state: str
    expires_in: int


class AccountView(View):
    """A connected account. What the network never said of it is left out."""

    id: str
    platform: str
    username: str
    display_name: str
    profile_image: str | None = None
    followers: int | None = None
    """As somebody last read them, or as they were when it was connected."""
    status: Literal["connected", "reconnect_required", "disconnected"]
    connected_at: Time
    permissions: list[str] | None = None
    """What its person granted, where the network says so: ``post``, ``read_analytics``."""
    account_type: str | None = None


class AccountsResponse(View):
    """All of them, the oldest first."""

    accounts: list[AccountView]


class OAuthQuery(Body):
    """How the browser comes here and where it goes at the end."""

    redirect_uri: str = Field("", max_length=2048)
    format: Literal["redirect", "json"] = "redirect"
    """``json``: the address as JSON, for a page that sends its browser there itself."""
