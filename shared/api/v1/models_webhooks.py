"""Webhook endpoints and deliveries: what callers send and are sent."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from shared.api.engine.models import Body, Time, View

StatusName = Literal["pending", "success", "failed"]


class CreateWebhookRequest(Body):
    """An endpoint to register. It is pinged first, and has to answer 2xx within 10 seconds."""

    url: str = Field(max_length=4096)
    """A public https address."""
    events: list[str] = Field(max_length=100)
    """At least one; `GET /v1/webhooks/events` lists them."""
    brand_ids: list[str] = Field(default_factory=list, max_length=50)
    """Only what is of these brands' accounts is sent. Empty: everything."""


class UpdateWebhookRequest(Body):
    """What to change: at least one. Another `url` is pinged first."""

    url: str | None = Field(None, max_length=4096)
    events: list[str] | None = Field(None, max_length=100)
    is_active: bool | None = None
    """`true` also switches on again what was switched off for its failures."""
    brand_ids: list[str] | None = Field(None, max_length=50)


class RecoverWebhookRequest(Body):
    """From when on to send again what failed."""

    since: str = Field(max_length=64)
    """RFC 3339. Deliveries are kept for 30 days."""


class TestWebhookRequest(Body):
    """A made-up event to send now."""

    event_type: str = Field(max_length=100)
    """One of the catalogue, or `webhook.test`."""
    payload: dict[str, Any] | None = None
    """The event's `data`; the catalogue's example if left out."""


class DeliveriesQuery(Body):
    """Which deliveries, the latest first."""

    status: StatusName | None = None
    event_type: str | None = Field(None, max_length=100)
    cursor: str | None = Field(None, max_length=1024)
    limit: int = Field(50, ge=1, le=100)


class WebhookEndpointItem(View):
    """An endpoint."""

    id: str
    url: str
    events: list[str]
    is_active: bool
    created_at: Time
    brand_ids: list[str]
    disabled_reason: Literal["gone", "failing"] | None = None
    """Why Rostrum switched it off: it answered 410, or every attempt of days failed."""
    disabled_at: Time | None = None


class WebhooksListResponse(View):
    """The workspace's endpoints."""

    data: list[WebhookEndpointItem]
    count: int


class CreateWebhookResponse(View):
    """A new endpoint. `secret` is shown this once."""

    id: str
    url: str
    events: list[str]
    secret: str
    message: str


class DeliveryStatBucket(View):
    """Deliveries made in a span, by how they ended."""

    delivered: int
    failed: int


class WebhookStats(View):
    """How an endpoint did lately."""

    last_24h: DeliveryStatBucket
    last_7d: DeliveryStatBucket


class WebhookRecovery(View):
    """How far sending again is. `queued`: deliveries that go out once more."""

    status: Literal["running", "completed"]
    since: Time
    queued: int
    started_at: Time
    completed_at: Time | None = None


class WebhookDetailResponse(WebhookEndpointItem):
    """An endpoint with its figures."""

    secret_hint: str
    """The secret's last four characters."""
    previous_valid_until: Time | None = None
    """Until then the secret before the last rotation signs, too."""
    failing_since: Time | None = None
    """The first failure since the last success."""
    recovery: WebhookRecovery | None = None
    """The latest one that was asked for."""
    stats: WebhookStats


class RotateSecretResponse(View):
    """The new secret, shown this once. Until `previous_valid_until` events are signed with both."""

    id: str
    secret: str
    previous_valid_until: Time


class RecoverWebhookResponse(View):
    """Sending again has begun; `GET /v1/webhooks/{id}` shows how far it is."""

    id: str
    recovery: WebhookRecovery


class WebhookEventInfo(View):
    """An event type. `example` is the `data` of such an event, `also` another name that it can be asked for by."""

    event: str
    category: Literal["posts", "inbox", "accounts", "exports", "webhooks"]
    description: str
    example: dict[str, Any]
    also: str | None = None


class ListWebhookEventsResponse(View):
    """The catalogue."""

    data: list[WebhookEventInfo]
    count: int


class TestDeliveryResponse(View):
    """What came of a made-up event."""

    delivery_id: str
    status: StatusName
    response_status_code: int | None = None
    response_duration_ms: int | None = None
    response_body: str | None = None
    error_message: str | None = None
    """Why nothing came back."""


class DeliveryListItem(View):
    """One event for one endpoint, and how it stands. The response fields are those of the latest attempt."""

    id: str
    event_type: str
    description: str
    status: StatusName
    attempt_count: int
    response_status_code: int | None = None
    response_duration_ms: int | None = None
    created_at: Time
    next_attempt_at: Time | None = None
    """Of one that is pending; left out while it waits for its endpoint to answer again."""


class DeliveryListResponse(View):
    """A page of deliveries. Without `next_cursor` it is the last one."""

    data: list[DeliveryListItem]
    count: int
    next_cursor: str | None = None


class DeliveryAttempt(View):
    """One try."""

    attempt_number: int
    status_code: int | None = None
    duration_ms: int
    response_body: str | None = None
    error_message: str | None = None
    created_at: Time


class DeliveryDetailResponse(DeliveryListItem):
    """One delivery, with what is sent and every try."""

    endpoint_id: str
    payload: dict[str, Any]
    attempts: list[DeliveryAttempt]
