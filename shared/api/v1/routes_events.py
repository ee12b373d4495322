"""The events log: the routes, as data."""

from __future__ import annotations

from shared.api.engine.routes import Route

_HANDLERS = "shared.api.v1.handlers_events:"
_MODELS = "shared.api.v1.models_events:"
_SCOPE = "analytics:read"
_TIMES = ("validation.field_invalid", "validation.time_invalid", "validation.offset_missing")
_EVENT = {
    "id": "evt_01KB2Q0R1S2T3V4W5X6Y7Z8A9B",
    "category": "post",
    "action": "target.failed",
    "status": "failed",
    "summary": "It failed.",
    "platform": "bluesky",
    "account_id": "acc_01KB2KZ0A7B8C9D0E1F2G3H4J5",
    "resource_id": "post_01KB2M0QW3E4R5T6Y7U8V9W0X1",
    "error_category": "auth",
    "error_message": "The account has to be connected again.",
    "metadata": {"error_code": "account.reconnection_required"},
    "created_at": "2026-11-22T18:00:02Z",
}

ROUTES: tuple[Route, ...] = (
    Route(
        "GET",
        "/v1/events",
        f"{_HANDLERS}list_",
        "What happened: posts, actions, accounts, keys, webhook deliveries",
        {200: f"{_MODELS}EventsListResponse"},
        scope=_SCOPE,
        query=f"{_MODELS}EventsQuery",
        errors=(*_TIMES, "validation.cursor_invalid", "account.unsupported_platform"),
        description="Kept as long as the plan says (`retention_days`). Not for keys that are bound to brands.",
        answer_example={
            "events": [_EVENT],
            "pagination": {"limit": 50, "has_more": False},
            "retention_days": 30,
        },
    ),
    Route(
        "GET",
        "/v1/events/summary",
        f"{_HANDLERS}summary",
        "How much happened, by category and by kind of error",
        {200: f"{_MODELS}EventsSummaryResponse"},
        scope=_SCOPE,
        query=f"{_MODELS}SummaryQuery",
        errors=_TIMES,
        description="`from` defaults to as far back as the plan shows, `to` to now. Not for keys that are bound to brands.",
        answer_example={
            "total": 412,
            "failed": 3,
            "total_previous": 390,
            "by_category": {"post": 380, "account": 12, "webhook": 20},
            "by_error_category": {"auth": 2, "platform": 1},
            "inbox_breakdown": {},
            "retention_days": 30,
        },
    ),
)
