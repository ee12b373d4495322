"""Webhook endpoints and deliveries: one function per route."""

from __future__ import annotations

import json
from typing import Any

from shared.api.engine.exchange import Exchange, Reply
from shared.api.v1 import models_webhooks as models
from shared.api.v1.models_common import OKResponse
from shared.domain import event_types
from shared.domain.webhooks import Attempt, Delivery, Endpoint, Recovery
from shared.operations.webhooks import deliveries, endpoints, recovering, rotating


def list_(x: Exchange[None, None]) -> Reply:
    """GET /v1/webhooks"""
    found = [_item(endpoint) for endpoint in endpoints.list_(x.ports, x.caller)]
    return Reply(200, models.WebhooksListResponse(data=found, count=len(found)))


def create(x: Exchange[models.CreateWebhookRequest, None]) -> Reply:
    """POST /v1/webhooks"""
    made = endpoints.register(x.ports, x.caller, x.body.url, x.body.events, x.body.brand_ids)
    answer = models.CreateWebhookResponse(
        id=made.endpoint.id,
        url=made.endpoint.url,
        events=list(made.endpoint.events),
        secret=made.secret,
        message="Keep the secret now: it is not shown again. Check the signature of every event with it.",
    )
    return Reply(201, answer)


def get(x: Exchange[None, None]) -> Reply:
    """GET /v1/webhooks/{id}"""
    endpoint = endpoints.get(x.ports, x.caller, x.path["id"])
    counted = {
        name: models.DeliveryStatBucket(delivered=one.delivered, failed=one.failed)
        for name, one in endpoints.stats(x.ports, endpoint).items()
    }
    stats = models.WebhookStats(**counted)
    answer = models.WebhookDetailResponse(
        **_fields(endpoint),
        secret_hint=endpoint.secret_hint,
        previous_valid_until=endpoint.previous_until,
        failing_since=endpoint.failing_since,
        recovery=_recovery(endpoint.recovery) if endpoint.recovery else None,
        stats=stats,
    )
    return Reply(200, answer)


def update(x: Exchange[models.UpdateWebhookRequest, None]) -> Reply:
    """PATCH /v1/webhooks/{id}"""
    change = endpoints.Change(x.body.url, x.body.events, x.body.is_active, x.body.brand_ids)
    return Reply(200, _item(endpoints.update(x.ports, x.caller, x.path["id"], change)))


def delete(x: Exchange[None, None]) -> Reply:
    """DELETE /v1/webhooks/{id}"""
    endpoints.delete(x.ports, x.caller, x.path["id"])
    return Reply(200, OKResponse())


def rotate_secret(x: Exchange[None, None]) -> Reply:
    """POST /v1/webhooks/{id}/secret/rotate"""
    made = rotating.rotate(x.ports, x.caller, x.path["id"])
    until = made.endpoint.previous_until or x.ports.clock.now()
    answer = models.RotateSecretResponse(id=made.endpoint.id, secret=made.secret, previous_valid_until=until)
    return Reply(200, answer)


def recover(x: Exchange[models.RecoverWebhookRequest, None]) -> Reply:
    """POST /v1/webhooks/{id}/recover"""
    begun = recovering.recover(x.ports, x.caller, x.path["id"], x.body.since)
    return Reply(202, models.RecoverWebhookResponse(id=begun.endpoint.id, recovery=_recovery(begun.recovery)))


def events(_: Exchange[None, None]) -> Reply:
    """GET /v1/webhooks/events"""
    data = [
        models.WebhookEventInfo(
            event=one.name,
            category=one.category,
            description=one.description,
            example=dict(one.example),
            also=one.also or None,
        )
        for one in event_types.by_name().values()
    ]
    return Reply(200, models.ListWebhookEventsResponse(data=data, count=len(data)))


def send_test(x: Exchange[models.TestWebhookRequest, None]) -> Reply:
    """POST /v1/webhooks/{id}/test"""
    made = deliveries.send_test(x.ports, x.caller, x.path["id"], x.body.event_type, x.body.payload)
    last = made.last
    answer = models.TestDeliveryResponse(
        delivery_id=made.id,
        status=made.status,
        response_status_code=last.status_code if last else None,
        response_duration_ms=last.duration_ms if last else None,
        response_body=last.response_body or None if last else None,
        error_message=last.error_message or None if last else None,
    )
    return Reply(200, answer)


def list_deliveries(x: Exchange[None, models.DeliveriesQuery]) -> Reply:
    """GET /v1/webhooks/{id}/deliveries"""
    wanted = deliveries.Wanted(x.query.status, x.query.event_type, x.query.cursor, x.query.limit)
    page = deliveries.list_(x.ports, x.caller, x.path["id"], wanted)
    data = [models.DeliveryListItem(**_delivery(one)) for one in page.deliveries]
    return Reply(200, models.DeliveryListResponse(data=data, count=len(data), next_cursor=page.next_cursor))


def get_delivery(x: Exchange[None, None]) -> Reply:
    """GET /v1/webhooks/{id}/deliveries/{did}"""
    return _detail(deliveries.get(x.ports, x.caller, x.path["id"], x.path["did"]))


def retry(x: Exchange[None, None]) -> Reply:
    """POST /v1/webhooks/{id}/deliveries/{did}/retry"""
    return _detail(deliveries.retry(x.ports, x.caller, x.path["id"], x.path["did"]))


def _item(endpoint: Endpoint) -> models.WebhookEndpointItem:
    return models.WebhookEndpointItem(**_fields(endpoint))


def _fields(endpoint: Endpoint) -> dict[str, Any]:
    return {
        "id": endpoint.id,
        "url": endpoint.url,
        "events": list(endpoint.events),
        "is_active": endpoint.is_active,
        "created_at": endpoint.created_at,
        "brand_ids": list(endpoint.brand_ids),
        "disabled_reason": endpoint.disabled_reason or None,
        "disabled_at": endpoint.disabled_at,
    }


def _recovery(one: Recovery) -> models.WebhookRecovery:
    return models.WebhookRecovery(
        status="completed" if one.completed_at else "running",
        since=one.since,
        queued=one.queued,
        started_at=one.until,
        completed_at=one.completed_at,
    )


def _delivery(one: Delivery) -> dict[str, Any]:
    return {
        "id": one.id,
        "event_type": one.event_type,
        "description": one.description,
        "status": one.status,
        "attempt_count": len(one.attempts),
        "response_status_code": one.last.status_code if one.last else None,
        "response_duration_ms": one.last.duration_ms if one.last else None,
        "created_at": one.created_at,
        "next_attempt_at": one.next_at if one.status == "pending" else None,
    }


def _detail(one: Delivery) -> Reply:
    attempts = [_attempt(made) for made in one.attempts]
    answer = models.DeliveryDetailResponse(
        **_delivery(one), endpoint_id=one.endpoint_id, payload=json.loads(one.body), attempts=attempts
    )
    return Reply(200, answer)


def _attempt(made: Attempt) -> models.DeliveryAttempt:
    return models.DeliveryAttempt(
        attempt_number=made.number,
        status_code=made.status_code,
        duration_ms=made.duration_ms,
        response_body=made.response_body or None,
        error_message=made.error_message or None,
        created_at=made.at,
    )
