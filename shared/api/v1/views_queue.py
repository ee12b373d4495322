"""Queues: what callers are sent."""

from __future__ import annotations

from typing import Literal

from shared.api.engine.models import Time, View
from shared.api.v1.views_posts import StatusName

WeekdayName = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


class SlotView(View):
    """A weekday, and a time of the clock in the queue's zone."""

    weekday: WeekdayName
    time: str


class QueueSlotsResponse(View):
    """A brand's slots in the order of the week."""

    brand_id: str
    timezone: str
    slots: list[SlotView]


class NextSlotResponse(View):
    """The next free slot, now; only a post made with ``queue`` takes it."""

    brand_id: str
    timezone: str
    at: Time
    local_time: str
    """The same on a clock of the queue's zone, with its offset."""


class QueuedPost(View):
    """The post that has the slot."""

    id: str
    status: StatusName
    text: str


class UpcomingSlot(View):
    """A slot; free without a post."""

    at: Time
    local_time: str
    post: QueuedPost | None = None


class QueueResponse(View):
    """The next slots, in order of time."""

    brand_id: str
    timezone: str
    data: list[UpcomingSlot]
