"""Signing in and out: what callers send and are sent."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from shared.api.engine.models import Body, Time, View


class SignInQuery(Body):
    """Where the browser goes when the person is signed in."""

    return_to: str = Field("", max_length=2048)
    """A path of this installation, `/` if left out."""


class CreateSessionRequest(Body):
    """Who wants a session."""

    id_token: str = Field(min_length=1, max_length=8192)
    """A Google ID token for this installation's client id."""


class SessionUser(View):
    """Whose session it is."""

    id: str
    email: str | None = None
    name: str | None = None


class SessionCreatedResponse(View):
    """A new session. ``session_token`` is shown this once."""

    session_token: str
    workspace_id: str
    user: SessionUser
    expires_at: Time
    """Earlier, where it is not used for seven days."""


class SessionResponse(View):
    """Who is calling, and what they may do."""

    kind: Literal["key", "session", "token"]
    workspace_id: str
    mode: Literal["test", "live"]
    full_access: bool
    scopes: list[str]
    """Empty with full access."""
    brand_ids: list[str]
    """Empty: all brands."""
    roles: list[str]
    """Of a JWT of the configured issuer."""
    key_id: str | None = None
    user_id: str | None = None
    expires_at: Time | None = None
