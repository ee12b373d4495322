"""Plans, usage and payments: one function per route."""

from __future__ import annotations

from typing import cast

from shared.api.engine.exchange import Exchange, Reply, Sent
from shared.api.v1 import models_billing as models
from shared.api.v1.pages import page
from shared.domain.plans import SOLD, Plan
from shared.operations import billing, plans, usage
from shared.operations.billing import Buy
from shared.ports.payments import Checkout


def used(x: Exchange[None, None]) -> Reply:
    """GET /v1/usage"""
    found = usage.of(x.ports, x.caller)
    plan = found.plan
    answer = models.UsageResponse(
        plan=plan.tier,
        period_start=found.start,
        period_end=found.end,
        posts_used=found.posts,
        posts_limit=plan.posts,
        interactions_used=found.interactions,
        interactions_limit=plan.interactions,
        profile_units_used=found.accounts,
        profile_units_limit=plan.accounts,
        brands_used=found.brands,
        brands_limit=plan.brands,
        page_allowance=-1,
        page_billing_exempt=True,
        requests_per_minute=plan.requests_per_minute,
        billing_blocked=found.blocked,
    )
    return Reply(200, answer)


def catalogue(x: Exchange[None, None]) -> Reply:
    """GET /v1/billing/plans"""
    current = plans.of(x.ports, x.caller.workspace).tier
    shown = [_plan(plan) for plan in SOLD]
    return Reply(
        200, models.BillingPlansResponse(plans=shown, current=current, purchasable=x.ports.payments is not None)
    )


def checkout(x: Exchange[models.CheckoutRequest, None]) -> Reply:
    """POST /v1/billing/checkout"""
    given = x.body
    wanted = Buy(given.tier, given.interval, given.success_url or "", given.cancel_url or "", _key(x))
    made = billing.checkout(x.ports, x.caller, wanted)
    return Reply(200, models.CheckoutResponse(session_id=made.id, url=made.url, status=_status(made)))


def portal(x: Exchange[models.PortalRequest, None]) -> Reply:
    """POST /v1/billing/portal"""
    url = billing.portal(x.ports, x.caller, x.body.return_url or "", _key(x))
    return Reply(200, models.PortalResponse(url=url))


def status(x: Exchange[None, models.CheckoutStatusQuery]) -> Reply:
    """GET /v1/billing/checkout/status"""
    found = billing.status(x.ports, x.caller, x.query.session_id)
    plan = found.price.tier if found.price else ""
    return Reply(200, models.CheckoutStatusResponse(status=_status(found), plan=plan, paid=found.paid))


def hear(x: Exchange[None, None]) -> Reply:
    """POST /v1/billing/webhook"""
    sent = cast(Sent, x.sent)  # the route is raw
    billing.hear(x.ports, sent.body, sent.headers.get("Stripe-Signature", ""))
    return Reply(200, models.HeardResponse())


def done(_: Exchange[None, None]) -> Reply:
    """GET /v1/billing/done"""
    return page(200, "Thank you", "You can close this page and go back to where you came from.")


def _key(x: Exchange[models.CheckoutRequest, None] | Exchange[models.PortalRequest, None]) -> str:
    """What makes a repeated request the same one also for the payment service; empty without an Idempotency-Key."""
    return f"{x.caller.space}-{x.key.hash}" if x.key else ""


def _status(found: Checkout) -> models.CheckoutState:
    return cast(models.CheckoutState, found.status)


def _plan(plan: Plan) -> models.BillingPlan:
    limits = models.BillingPlanLimits(
        requests_per_minute=plan.requests_per_minute,
        profiles=plan.accounts,
        accounts=plan.accounts,
        brands=plan.brands,
        posts_per_month=plan.posts,
        interactions_per_month=plan.interactions,
        storage_bytes=plan.storage_bytes,
        exports_per_month=plan.exports,
        export_rows=plan.export_rows,
        event_retention_days=plan.event_retention_days,
    )
    return models.BillingPlan(
        tier=plan.tier,
        name=plan.name,
        tagline=plan.tagline,
        monthly_price_usd=plan.monthly_price_usd,
        annual_price_usd=plan.annual_price_usd,
        popular=plan.popular,
        limits=limits,
    )
