"""The sandbox on demand: what callers send and are sent."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from shared.api.engine.models import Body, View

EventType = Literal["comment", "message", "mention", "review"]


class SandboxEventRequest(Body):
    """What somebody on a simulated network is to do now."""

    account_id: str = Field(min_length=1, max_length=128)
    """A sandbox account of yours: whom it is done to."""
    type: EventType
    text: str = Field(min_length=1, max_length=2000)
    """What they say."""
    post_id: str | None = Field(None, min_length=1, max_length=512)
    """The post that is commented on: its `post_…` id, or the network's own. The account's newest, if left out."""
    rating: int = Field(5, ge=1, le=5)
    """The stars of a review. Where a network has recommendations instead, 1 and 2 are none."""
    deliveries: int = Field(1, ge=1, le=5)
    """How many times the network delivers the webhook of it, if it sends one: real networks repeat themselves."""


class SandboxEventResponse(View):
    """What happened. It arrives as on the real network: by webhook within seconds, or when the account is next read."""

    id: str
    """The network's id of what was made."""
    type: EventType
    account_id: str
    platform: str
    post_id: str | None = None
    """The network's id of the post that was commented on."""
    webhooks: int
    """How many deliveries are on their way; 0 where the network sends none of it, or the account is not subscribed yet."""
