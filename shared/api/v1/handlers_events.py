"""The events log: one function per route."""

from __future__ import annotations

from shared.api.engine.exchange import Exchange, Reply
from shared.api.v1 import models_events as models
from shared.domain.events import Entry
from shared.operations import event_pages


def list_(x: Exchange[None, models.EventsQuery]) -> Reply:
    """GET /v1/events"""
    page = event_pages.list_(x.ports, x.caller, event_pages.ListEvents(**dict(x.query)))
    pagination = models.EventsPagination(
        limit=page.limit, has_more=page.next_cursor is not None, next_cursor=page.next_cursor
    )
    shown = [_shown(entry) for entry in page.entries]
    answer = models.EventsListResponse(events=shown, pagination=pagination, retention_days=page.retention_days)
    return Reply(200, answer)


def summary(x: Exchange[None, models.SummaryQuery]) -> Reply:
    """GET /v1/events/summary"""
    made = event_pages.summary(x.ports, x.caller, x.query.since, x.query.until)
    answer = models.EventsSummaryResponse(
        total=made.total,
        failed=made.failed,
        total_previous=made.total_previous,
        by_category=dict(made.by_category),
        by_error_category=dict(made.by_error_category),
        inbox_breakdown=dict(made.inbox_breakdown),
        retention_days=made.retention_days,
    )
    return Reply(200, answer)


def _shown(entry: Entry) -> models.EventResponse:
    return models.EventResponse(
        id=entry.id,
        category=entry.category,
        action=entry.action,
        status=entry.status,
        summary=entry.summary,
        platform=entry.platform or None,
        account_id=entry.account_id or None,
        resource_id=entry.resource_id or None,
        error_category=entry.error_category or None,
        error_message=entry.error_message or None,
        status_code=entry.status_code,
        duration_ms=entry.duration_ms,
        metadata={**entry.metadata, **({"actor": entry.actor} if entry.actor else {})},
        created_at=entry.created_at,
    )
