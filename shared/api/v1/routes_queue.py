"""Queues: the routes, as data. A post is put into a queue by POST /v1/posts with ``queue``."""

from __future__ import annotations

from typing import Any

from shared.api.engine.routes import Route

_HANDLERS = "shared.api.v1.handlers_queue:"
_ASKS = "shared.api.v1.models_queue:"
_SAYS = "shared.api.v1.views_queue:"
_BRAND = ("brand.not_found",)
_SLOTS: dict[str, Any] = {
    "brand_id": "default",
    "timezone": "Europe/Berlin",
    "slots": [{"weekday": "monday", "time": "09:30"}, {"weekday": "thursday", "time": "17:00"}],
}
_FREE = {"at": "2026-11-23T08:30:00Z", "local_time": "2026-11-23T09:30:00+01:00"}

ROUTES: tuple[Route, ...] = (
    Route(
        "GET",
        "/v1/queue",
        f"{_HANDLERS}upcoming",
        "The next slots of a queue, and what is in them",
        {200: f"{_SAYS}QueueResponse"},
        scope="posts:read",
        query=f"{_ASKS}QueueQuery",
        errors=_BRAND,
        description="Also slots that posts have from an earlier choice. A post leaves its slot when it is deleted, "
        "cancelled, sent back, published now, or given another time.",
        answer_example={"brand_id": "default", "timezone": "Europe/Berlin", "data": [_FREE]},
    ),
    Route(
        "GET",
        "/v1/queue/next",
        f"{_HANDLERS}next_free",
        "The next free slot of a queue",
        {200: f"{_SAYS}NextSlotResponse"},
        scope="posts:read",
        query=f"{_ASKS}BrandQuery",
        errors=(*_BRAND, "queue.no_free_slot"),
        description="To look at: it is not kept free. POST /v1/posts with `queue: true` takes the next one, and two posts "
        "never get the same.",
        answer_example={"brand_id": "default", "timezone": "Europe/Berlin", **_FREE},
    ),
    Route(
        "GET",
        "/v1/queue/slots",
        f"{_HANDLERS}read",
        "A brand's slots",
        {200: f"{_SAYS}QueueSlotsResponse"},
        scope="posts:read",
        query=f"{_ASKS}BrandQuery",
        errors=_BRAND,
        answer_example=_SLOTS,
    ),
    Route(
        "PUT",
        "/v1/queue/slots",
        f"{_HANDLERS}replace",
        "Choose a brand's slots",
        {200: f"{_SAYS}QueueSlotsResponse"},
        scope="posts:write",
        body=f"{_ASKS}QueueSlotsRequest",
        query=f"{_ASKS}BrandQuery",
        errors=(*_BRAND, "validation.time_invalid", "validation.timezone_unknown"),
        description="Posts that have a slot keep their time. A time that clocks skip is moved by the gap on that day (02:30 is "
        "03:30); one that comes twice is the first of the two.",
        example={"slots": _SLOTS["slots"], "timezone": "Europe/Berlin"},
        answer_example=_SLOTS,
    ),
)
