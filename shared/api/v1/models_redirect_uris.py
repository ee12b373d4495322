"""Where consents may send the browser: what callers send and are sent."""

from __future__ import annotations

from pydantic import Field

from shared.api.engine.models import Body, Time, View


class CreateRedirectURIRequest(Body):
    """An address to allow."""

    uri: str = Field(min_length=1, max_length=4096)
    """https, or http on localhost or 127.0.0.1; no fragment. Compared character for character."""
    label: str = Field("", max_length=100)


class RedirectURIResponse(View):
    """An allowed address."""

    id: str
    uri: str
    label: str
    created_at: Time


class RedirectURIListResponse(View):
    """All allowed addresses, oldest first."""

    data: list[RedirectURIResponse]
    count: int
