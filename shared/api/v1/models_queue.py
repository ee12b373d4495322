"""Queues: what callers send."""

from __future__ import annotations

from pydantic import Field

from shared.api.engine.models import Body
from shared.domain.queue import Weekday


class BrandQuery(Body):
    """Whose queue."""

    brand_id: str = Field("default", min_length=1, max_length=128)


class QueueQuery(BrandQuery):
    """Whose queue, and how far to look."""

    limit: int = Field(25, ge=1, le=100)


class SlotBody(Body):
    """A weekday, and a time of the clock in the queue's zone."""

    weekday: Weekday
    time: str = Field(max_length=5)
    """``09:30``"""


class QueueSlotsRequest(Body):
    """All slots of a week; those that were there before are replaced."""

    slots: list[SlotBody] = Field(max_length=500)
    timezone: str | None = Field(None, min_length=1, max_length=64)
    """An IANA zone; the brand's if it is left out."""
