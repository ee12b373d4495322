"""Queues: one function per route."""

from __future__ import annotations

from datetime import datetime
from typing import cast
from zoneinfo import ZoneInfo

from shared.api.engine.exchange import Exchange, Reply
from shared.api.v1 import views_queue as views
from shared.api.v1.models_queue import BrandQuery, QueueQuery, QueueSlotsRequest
from shared.api.v1.views_posts import StatusName
from shared.domain.posts import Post
from shared.domain.queue import WEEKDAYS, Queue, Slot
from shared.operations.posts import slots


def upcoming(x: Exchange[None, QueueQuery]) -> Reply:
    """GET /v1/queue"""
    queue, found = slots.upcoming(x.ports, x.caller, x.query.brand_id, x.query.limit)
    data = [
        views.UpcomingSlot(at=one.at, local_time=_local(queue, one.at), post=_post(one.post) if one.post else None)
        for one in found
    ]
    return Reply(200, views.QueueResponse(brand_id=queue.brand_id, timezone=queue.timezone, data=data))


def next_free(x: Exchange[None, BrandQuery]) -> Reply:
    """GET /v1/queue/next"""
    queue, at = slots.next_free(x.ports, x.caller, x.query.brand_id)
    local = _local(queue, at)
    return Reply(200, views.NextSlotResponse(brand_id=queue.brand_id, timezone=queue.timezone, at=at, local_time=local))


def read(x: Exchange[None, BrandQuery]) -> Reply:
    """GET /v1/queue/slots"""
    return _shown(slots.read(x.ports, x.caller, x.query.brand_id))


def replace(x: Exchange[QueueSlotsRequest, BrandQuery]) -> Reply:
    """PUT /v1/queue/slots"""
    wanted = [Slot(WEEKDAYS.index(one.weekday), one.time) for one in x.body.slots]
    return _shown(slots.replace(x.ports, x.caller, x.query.brand_id, wanted, x.body.timezone))


def _shown(queue: Queue) -> Reply:
    rows = [views.SlotView(weekday=WEEKDAYS[slot.weekday], time=slot.at) for slot in queue.slots]
    return Reply(200, views.QueueSlotsResponse(brand_id=queue.brand_id, timezone=queue.timezone, slots=rows))


def _local(queue: Queue, at: datetime) -> str:
    return at.astimezone(ZoneInfo(queue.timezone)).isoformat()


def _post(found: Post) -> views.QueuedPost:
    return views.QueuedPost(id=found.id, status=cast(StatusName, str(found.status)), text=found.text)
