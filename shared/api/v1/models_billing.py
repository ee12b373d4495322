"""Plans, usage and payments: what callers send and are sent."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from shared.api.engine.models import Body, Time, View

CheckoutState = Literal["open", "complete", "expired"]
_ADDRESS = r"^https?://[^\s]+$"


class CheckoutRequest(Body):
    """A plan to buy."""

    tier: Literal["starter", "pro", "agency"]
    interval: Literal["monthly", "annual"] = "monthly"
    success_url: str | None = Field(None, max_length=2000, pattern=_ADDRESS)
    """Where the browser goes once it is paid; `{CHECKOUT_SESSION_ID}` in it becomes the checkout's id."""
    cancel_url: str | None = Field(None, max_length=2000, pattern=_ADDRESS)


class PortalRequest(Body):
    """A visit to the customer's portal."""

    return_url: str | None = Field(None, max_length=2000, pattern=_ADDRESS)


class CheckoutResponse(View):
    """An opened checkout: send the browser to ``url``."""

    session_id: str
    url: str
    status: CheckoutState


class PortalResponse(View):
    """Send the browser to ``url``; it is good for some minutes."""

    url: str


class CheckoutStatusQuery(Body):
    """Which checkout."""

    session_id: str = Field(min_length=1, max_length=255)


class CheckoutStatusResponse(View):
    """What became of a checkout."""

    status: CheckoutState
    plan: str
    """What was, or would be, bought."""
    paid: bool


class HeardResponse(View):
    """A notification that was taken."""

    received: bool = True


class BillingPlanLimits(View):
    """What comes with a plan; -1: no limit."""

    requests_per_minute: int
    profiles: int
    """Connected accounts: the same as `accounts`."""
    accounts: int
    brands: int
    posts_per_month: int
    interactions_per_month: int
    storage_bytes: int
    exports_per_month: int
    export_rows: int
    event_retention_days: int


class BillingPlan(View):
    """A plan."""

    tier: str
    name: str
    tagline: str
    monthly_price_usd: int
    annual_price_usd: int
    popular: bool
    limits: BillingPlanLimits


class BillingPlansResponse(View):
    """The catalogue, cheapest first; and what this workspace has."""

    plans: list[BillingPlan]
    current: str
    """The tier of the workspace that asks; `self_hosted` is no plan for sale, but an installation of one's own."""
    purchasable: bool
    """Whether a checkout can be opened here."""


class UsageResponse(View):
    """Used and allowed in this period, in live mode; limits of -1: none."""

    plan: str
    period_start: Time
    period_end: Time
    posts_used: int
    posts_limit: int
    interactions_used: int
    interactions_limit: int
    profile_units_used: int
    """Connected accounts."""
    profile_units_limit: int
    brands_used: int
    brands_limit: int
    page_allowance: int
    """Pages per brand: not limited apart from accounts, so always -1."""
    page_billing_exempt: bool
    """Pages are never billed apart: always true."""
    requests_per_minute: int
    billing_blocked: bool
