"""The person who calls: what callers send and are sent."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from shared.api.engine.models import Body, Time, View


class PatchMeRequest(Body):
    """What to change; what is left out stays."""

    onboarding: bool | None = None
    """Whether the person has been shown around."""
    use_case: str | None = Field(None, max_length=200)
    referral: str | None = Field(None, max_length=200)
    lock_accounts_to_brand: bool | None = None
    """Whether an account that is in one brand is refused in another."""


class UserMeResponse(View):
    """A person, and how their workspace stands. What is not known is left out."""

    id: str
    workspace_id: str
    email: str | None = None
    name: str | None = None
    avatar_url: str | None = None
    role: Literal["admin", "developer", ""]
    """Empty for the owner, and for keys."""
    plan: str
    onboarding: bool
    use_case: str | None = None
    referral: str | None = None
    lock_accounts_to_brand: bool
    billing_blocked: bool
    billing_blocked_at: Time | None = None
    allowed_platforms: list[str]
