"""The events log: what callers send and are sent."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from shared.api.engine.models import Body, Time, View


class EventsQuery(Body):
    """Which events, the latest first."""

    category: str | None = Field(None, max_length=40)
    """`post`, `action`, `inbox`, `account`, `brand`, `invite`, `key`, `webhook`, `export` or `workspace`."""
    status: Literal["ok", "failed"] | None = None
    platform: str | None = Field(None, max_length=64)
    account_id: str | None = Field(None, max_length=128)
    resource_id: str | None = Field(None, max_length=128)
    """The post, key, delivery … that it happened to."""
    action: str | None = Field(None, max_length=100)
    """`post.published`, `key.created` …"""
    since: str | None = Field(None, alias="from", max_length=64)
    until: str | None = Field(None, alias="to", max_length=64)
    cursor: str | None = Field(None, max_length=1024)
    limit: int = Field(50, ge=1, le=100)


class SummaryQuery(Body):
    """Over which span; as far back as the plan shows, if left out."""

    since: str | None = Field(None, alias="from", max_length=64)
    until: str | None = Field(None, alias="to", max_length=64)


class EventResponse(View):
    """Something that happened. What does not apply is left out."""

    id: str
    category: str
    action: str
    status: Literal["ok", "failed"]
    summary: str
    platform: str | None = None
    account_id: str | None = None
    resource_id: str | None = None
    error_category: str | None = None
    error_message: str | None = None
    status_code: int | None = None
    duration_ms: int | None = None
    metadata: dict[str, Any]
    created_at: Time


class EventsPagination(View):
    """Where the next page begins. A page may hold fewer than `limit` and still have a next one."""

    limit: int
    has_more: bool
    next_cursor: str | None = None


class EventsListResponse(View):
    """A page of the log. `retention_days`: how far back the plan shows."""

    events: list[EventResponse]
    pagination: EventsPagination
    retention_days: int


class EventsSummaryResponse(View):
    """Counts over a span. `total_previous`: over the span of the same length before it."""

    total: int
    failed: int
    total_previous: int
    by_category: dict[str, int]
    by_error_category: dict[str, int]
    inbox_breakdown: dict[str, int]
    """By action, of the category `inbox`."""
    retention_days: int
