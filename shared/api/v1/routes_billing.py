"""Plans, usage and payment: the routes, as data."""

from __future__ import annotations

from typing import Any

from shared.api.engine.routes import ADMIN, ANY_KEY, Route

_HANDLERS = "shared.api.v1.handlers_billing:"
_MODELS = "shared.api.v1.models_billing:"
_PAID = ("billing.not_configured", "billing.refused", "workspace.not_found")
_KEYED = ("idempotency.key_reused", "idempotency.in_progress")
_MAX_EVENT = 1_048_576  # bytes
_WHERE = "Answers 501 where this installation sells nothing. Buying takes a live key of full access."
_STARTER: dict[str, Any] = {
    "tier": "starter",
    "name": "Starter",
    "tagline": "One product or a few brands",
    "monthly_price_usd": 29,
    "annual_price_usd": 276,
    "popular": False,
    "limits": {
        "requests_per_minute": 600,
        "profiles": 50,
        "accounts": 50,
        "brands": 10,
        "posts_per_month": -1,
        "interactions_per_month": -1,
        "storage_bytes": -1,
        "exports_per_month": 10,
        "export_rows": 200,
        "event_retention_days": 7,
    },
}
_USED: dict[str, Any] = {
    "plan": "free",
    "period_start": "2026-11-02T09:00:00Z",
    "period_end": "2026-12-02T09:00:00Z",
    "posts_used": 4,
    "posts_limit": 10,
    "interactions_used": 12,
    "interactions_limit": 50,
    "profile_units_used": 3,
    "profile_units_limit": 5,
    "brands_used": 1,
    "brands_limit": 2,
    "page_allowance": -1,
    "page_billing_exempt": True,
    "requests_per_minute": 60,
    "billing_blocked": False,
}
_CHECKOUT = "cs_test_a1b2c3"

ROUTES: tuple[Route, ...] = (
    Route(
        "GET",
        "/v1/usage",
        f"{_HANDLERS}used",
        "What was used of the plan in this period",
        {200: f"{_MODELS}UsageResponse"},
        scope=ANY_KEY,
        description="Live mode only: the sandbox is free.",
        answer_example=_USED,
    ),
    Route(
        "GET",
        "/v1/billing/plans",
        f"{_HANDLERS}catalogue",
        "The plans, cheapest first",
        {200: f"{_MODELS}BillingPlansResponse"},
        scope=ANY_KEY,
        answer_example={"plans": [_STARTER], "current": "free", "purchasable": True},
    ),
    Route(
        "POST",
        "/v1/billing/checkout",
        f"{_HANDLERS}checkout",
        "Open a checkout for a plan",
        {200: f"{_MODELS}CheckoutResponse"},
        scope=ADMIN,
        body=f"{_MODELS}CheckoutRequest",
        errors=("billing.already_subscribed", *_PAID, *_KEYED),
        idempotency="claim",
        description=f"{_WHERE} With the same Idempotency-Key the same checkout is opened, once.",
        example={"tier": "starter", "interval": "monthly"},
        answer_example={"session_id": _CHECKOUT, "url": "https://checkout.stripe.com/c/pay/a1b2c3", "status": "open"},
    ),
    Route(
        "GET",
        "/v1/billing/checkout/status",
        f"{_HANDLERS}status",
        "What became of a checkout",
        {200: f"{_MODELS}CheckoutStatusResponse"},
        scope=ADMIN,
        query=f"{_MODELS}CheckoutStatusQuery",
        errors=("checkout.not_found", "validation.field_required", *_PAID),
        description="Once it says complete, the plan holds.",
        answer_example={"status": "complete", "plan": "starter", "paid": True},
    ),
    Route(
        "POST",
        "/v1/billing/portal",
        f"{_HANDLERS}portal",
        "Open the page where the customer changes cards and plans, or cancels",
        {200: f"{_MODELS}PortalResponse"},
        scope=ADMIN,
        body=f"{_MODELS}PortalRequest",
        body_optional=True,
        errors=("billing.no_subscription", *_PAID, *_KEYED),
        idempotency="claim",
        description=f"{_WHERE} Reachable also while a payment is missing.",
        example={"return_url": "https://app.example.com/settings"},
        answer_example={"url": "https://billing.stripe.com/p/session/a1b2c3"},
    ),
    Route(
        "POST",
        "/v1/billing/webhook",
        f"{_HANDLERS}hear",
        "Where the payment service sends its signed events",
        {200: f"{_MODELS}HeardResponse"},
        scope=None,
        raw=_MAX_EVENT,
        errors=("billing.signature_invalid", *_PAID),
        description="The bytes are verified before they are read (`Stripe-Signature`). For the payment service only.",
        answer_example={"received": True},
    ),
    Route(
        "GET",
        "/v1/billing/done",
        f"{_HANDLERS}done",
        "The page that a browser is sent to after a checkout, where the caller named none",
        {200: "text/html"},
        scope=None,
        foreign_query=True,
    ),
)
