"""Webhook endpoints and their deliveries: the routes, as data."""

from __future__ import annotations

from typing import Any

from shared.api.engine.routes import ANY_KEY, Route

_HANDLERS = "shared.api.v1.handlers_webhooks:"
_MODELS = "shared.api.v1.models_webhooks:"
_SCOPE = "webhooks:manage"
_FIND = ("resource.not_found",)
_KEYED = ("idempotency.key_reused", "idempotency.in_progress")
_PINGED = (
    "validation.field_required",
    "validation.field_invalid",
    "webhook_verification_failed",
    "webhook.busy",
    "system.vault_unavailable",
    "brand.not_found",
)
_ITEM: dict[str, Any] = {
    "id": "wh_01KB2N3B4C5D6E7F8G9H0J1K2M",
    "url": "https://example.com/hooks/social",
    "events": ["post.published", "post.failed"],
    "is_active": True,
    "created_at": "2026-11-22T12:00:00Z",
    "brand_ids": [],
}
_RECOVERY: dict[str, Any] = {
    "status": "running",
    "since": "2026-11-20T00:00:00Z",
    "queued": 150,
    "started_at": "2026-11-22T12:00:00Z",
}
_DELIVERY: dict[str, Any] = {
    "id": "dlv_9b1f0c2d3e4a5b6c7d8e9f0a1b",
    "event_type": "post.published",
    "description": "Every target of a post is live",
    "status": "success",
    "attempt_count": 1,
    "response_status_code": 200,
    "response_duration_ms": 118,
    "created_at": "2026-11-22T18:00:01Z",
}
_DETAIL: dict[str, Any] = {
    **_DELIVERY,
    "endpoint_id": _ITEM["id"],
    "payload": {
        "id": "evt_5d41402abc4b2a76b9719d911017c592",
        "event": "post.published",
        "created_at": "2026-11-22T18:00:00Z",
        "sequence": 1795370400000000,
        "data": {"post_id": "post_01KB2M0QW3E4R5T6Y7U8V9W0X1", "status": "published"},
    },
    "attempts": [
        {
            "attempt_number": 1,
            "status_code": 200,
            "duration_ms": 118,
            "response_body": "ok",
            "created_at": "2026-11-22T18:00:01Z",
        }
    ],
}
_SIGNED = (
    "Every event is a POST of `{id, event, created_at, sequence, data}`, signed as https://www.standardwebhooks.com says "
    "(`webhook-id`, `webhook-timestamp`, `webhook-signature`). Answer 2xx within 10 seconds."
)

ROUTES: tuple[Route, ...] = (
    Route(
        "GET",
        "/v1/webhooks",
        f"{_HANDLERS}list_",
        "Endpoints of the workspace",
        {200: f"{_MODELS}WebhooksListResponse"},
        scope=_SCOPE,
        answer_example={"data": [_ITEM], "count": 1},
    ),
    Route(
        "POST",
        "/v1/webhooks",
        f"{_HANDLERS}create",
        "Register an endpoint, after a live signed ping",
        {201: f"{_MODELS}CreateWebhookResponse"},
        scope=_SCOPE,
        body=f"{_MODELS}CreateWebhookRequest",
        errors=(*_PINGED, "webhook.limit_reached", *_KEYED),
        idempotency="claim",
        location="/v1/webhooks/{id}",
        secret=True,
        description=(
            "A `webhook.test` event goes to `url` first, signed with the new secret, which the receiver does not know "
            "yet: answer it 2xx. Otherwise nothing is kept, and `meta` says what was answered. `secret` is shown in "
            f"this answer only.\n\n{_SIGNED}"
        ),
        example={"url": _ITEM["url"], "events": _ITEM["events"]},
        answer_example={
            "id": _ITEM["id"],
            "url": _ITEM["url"],
            "events": _ITEM["events"],
            "secret": "whsec_…",
            "message": "Keep the secret now: it is not shown again.",
        },
    ),
    Route(
        "GET",
        "/v1/webhooks/events",
        f"{_HANDLERS}events",
        "The event types that an endpoint can ask for, with examples",
        {200: f"{_MODELS}ListWebhookEventsResponse"},
        scope=ANY_KEY,
    ),
    Route(
        "GET",
        "/v1/webhooks/{id}",
        f"{_HANDLERS}get",
        "One endpoint, with its deliveries counted",
        {200: f"{_MODELS}WebhookDetailResponse"},
        scope=_SCOPE,
        errors=_FIND,
        answer_example={
            **_ITEM,
            "secret_hint": "x9Q=",
            "stats": {"last_24h": {"delivered": 41, "failed": 0}, "last_7d": {"delivered": 302, "failed": 3}},
        },
    ),
    Route(
        "PATCH",
        "/v1/webhooks/{id}",
        f"{_HANDLERS}update",
        "Another address, other events, on or off",
        {200: f"{_MODELS}WebhookEndpointItem"},
        scope=_SCOPE,
        body=f"{_MODELS}UpdateWebhookRequest",
        errors=(*_FIND, *_PINGED, "webhook.secret_gone"),
        description=(
            "At least one field. Another `url` has to answer a ping first, as on registration. `is_active: true` gives an "
            "endpoint that was switched off a clean slate; `POST …/recover` sends what it missed."
        ),
        example={"is_active": False},
        answer_example={**_ITEM, "is_active": False},
    ),
    Route(
        "DELETE",
        "/v1/webhooks/{id}",
        f"{_HANDLERS}delete",
        "Remove an endpoint; what is under way may still arrive once",
        {200: "shared.api.v1.models_common:OKResponse"},
        scope=_SCOPE,
        errors=_FIND,
        answer_example={"ok": True},
    ),
    Route(
        "POST",
        "/v1/webhooks/{id}/secret/rotate",
        f"{_HANDLERS}rotate_secret",
        "Another secret; for 24 hours both sign",
        {200: f"{_MODELS}RotateSecretResponse"},
        scope=_SCOPE,
        errors=(*_FIND, "system.vault_unavailable", *_KEYED),
        idempotency="claim",
        secret=True,
        description=(
            "`webhook-signature` holds two signatures, separated by a space, until `previous_valid_until`: receivers "
            "accept either. Rotated again before that, only the two latest secrets sign."
        ),
        answer_example={
            "id": _ITEM["id"],
            "secret": "whsec_…",
            "previous_valid_until": "2026-11-23T12:00:00Z",
        },
    ),
    Route(
        "POST",
        "/v1/webhooks/{id}/recover",
        f"{_HANDLERS}recover",
        "Send again everything that failed since an instant",
        {202: f"{_MODELS}RecoverWebhookResponse"},
        scope=_SCOPE,
        body=f"{_MODELS}RecoverWebhookRequest",
        errors=(
            *_FIND,
            "validation.field_invalid",
            "validation.time_invalid",
            "webhook.inactive",
            "webhook.recovery_running",
            *_KEYED,
        ),
        idempotency="claim",
        description=(
            "The same ids, the same bytes, oldest first, on the schedule of new events. `GET /v1/webhooks/{id}` shows how far "
            "it is. At most 10,000 deliveries; ask again for more."
        ),
        example={"since": "2026-11-20T00:00:00Z"},
        answer_example={"id": _ITEM["id"], "recovery": _RECOVERY},
    ),
    Route(
        "POST",
        "/v1/webhooks/{id}/test",
        f"{_HANDLERS}send_test",
        "Send a made-up event now, and say what came of it",
        {200: f"{_MODELS}TestDeliveryResponse"},
        scope=_SCOPE,
        body=f"{_MODELS}TestWebhookRequest",
        errors=(*_FIND, "validation.field_invalid", "webhook.busy", "system.vault_unavailable", *_KEYED),
        idempotency="claim",
        description="Signed and recorded like any other; sent to inactive endpoints, too.",
        example={"event_type": "post.published"},
        answer_example={
            "delivery_id": _DELIVERY["id"],
            "status": "success",
            "response_status_code": 200,
            "response_duration_ms": 118,
            "response_body": "ok",
        },
    ),
    Route(
        "GET",
        "/v1/webhooks/{id}/deliveries",
        f"{_HANDLERS}list_deliveries",
        "Deliveries of an endpoint, the latest first; kept 30 days",
        {200: f"{_MODELS}DeliveryListResponse"},
        scope=_SCOPE,
        query=f"{_MODELS}DeliveriesQuery",
        errors=(*_FIND, "validation.field_invalid", "validation.cursor_invalid"),
        answer_example={"data": [_DELIVERY], "count": 1},
    ),
    Route(
        "GET",
        "/v1/webhooks/{id}/deliveries/{did}",
        f"{_HANDLERS}get_delivery",
        "One delivery: what is sent, and every attempt",
        {200: f"{_MODELS}DeliveryDetailResponse"},
        scope=_SCOPE,
        errors=_FIND,
        answer_example=_DETAIL,
    ),
    Route(
        "POST",
        "/v1/webhooks/{id}/deliveries/{did}/retry",
        f"{_HANDLERS}retry",
        "Queue a delivery once more: the same id, the same bytes",
        {200: f"{_MODELS}DeliveryDetailResponse"},
        scope=_SCOPE,
        errors=(*_FIND, "webhook.limit_reached", "system.unavailable", *_KEYED),
        idempotency="claim",
        answer_example={**_DETAIL, "status": "pending"},
    ),
)
