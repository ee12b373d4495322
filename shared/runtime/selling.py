"""Settings of an installation that sells plans: nothing of this is needed to run one's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from shared.domain.plans import PLANS, SOLD
from shared.ports.clock import Clock

if TYPE_CHECKING:  # every function reads its settings; only the api's sells
    from shared.ports.payments import Payments, Price

_INTERVALS = ("monthly", "annual")


@dataclass(frozen=True, slots=True)
class Selling:
    """``DEFAULT_PLAN``, and ``STRIPE_SECRET_KEY``, ``STRIPE_WEBHOOK_SECRET``, ``STRIPE_PRICES`` (empty: nothing is sold)."""

    default_plan: str = "self_hosted"
    secret_key: str = field(default="", repr=False)
    webhook_secret: str = field(default="", repr=False)
    prices: Mapping[Price, str] = field(default_factory=dict)

    def payments(self, clock: Clock) -> Payments | None:
        """Who takes the money; the service's library loads with the first call."""
        if not self.secret_key:
            return None
        from shared.backends.live.stripe_payments import StripePayments

        return StripePayments(self.secret_key, self.webhook_secret, self.prices, clock)


def read(env: Mapping[str, str]) -> Selling:
    """From the environment. Raises ValueError naming the setting."""
    key, secret = env.get("STRIPE_SECRET_KEY", ""), env.get("STRIPE_WEBHOOK_SECRET", "")
    plan = env.get("DEFAULT_PLAN", "free" if key else "self_hosted")
    if plan not in PLANS:
        raise ValueError(f"DEFAULT_PLAN is {plan!r}: it is one of {', '.join(PLANS)}")
    if key and not secret:
        raise ValueError("STRIPE_WEBHOOK_SECRET is not set: without it nobody learns of a payment (docs/settings.md)")
    prices = dict(_price(item.strip()) for item in env.get("STRIPE_PRICES", "").split(",") if item.strip())
    if key and not prices:
        raise ValueError("STRIPE_PRICES is not set: starter_monthly=price_…,starter_annual=price_…, and so on")
    return Selling(plan, key, secret, prices)


def _price(item: str) -> tuple[Price, str]:
    from shared.ports.payments import Price

    name, _, price_id = item.partition("=")
    tier, _, interval = name.strip().rpartition("_")
    if tier not in [plan.tier for plan in SOLD if plan.for_sale] or interval not in _INTERVALS or not price_id.strip():
        raise ValueError(f"STRIPE_PRICES has {item!r}: each entry is tier_interval=price id (starter_monthly=price_…)")
    return Price(tier, interval), price_id.strip()
