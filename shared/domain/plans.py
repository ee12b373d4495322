"""Plans: what a workspace may do, as data. ``docs/plans.md`` shows them; nothing else repeats a figure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import Final

UNLIMITED: Final = -1
_MB = 1_000_000


@dataclass(frozen=True, slots=True)
class Plan:
    """What comes with a plan; -1 (``UNLIMITED``) in any figure: no limit.

    ``requests_per_minute`` is shared by all keys, sessions and modes of a workspace. ``posts``, ``interactions`` and
    ``exports`` are per period (a month); ``export_rows`` in one export; ``event_retention_days`` is how long events are
    kept. Prices are whole US dollars.
    """

    tier: str
    name: str
    tagline: str
    requests_per_minute: int = UNLIMITED
    accounts: int = UNLIMITED
    brands: int = UNLIMITED
    posts: int = UNLIMITED
    interactions: int = UNLIMITED
    storage_bytes: int = UNLIMITED
    exports: int = UNLIMITED
    export_rows: int = UNLIMITED
    event_retention_days: int = 90
    monthly_price_usd: int = 0
    annual_price_usd: int = 0
    popular: bool = False

    @property
    def for_sale(self) -> bool:
        """Whether a checkout can be opened for it."""
        return self.monthly_price_usd > 0


FREE: Final = Plan(
    "free",
    "Free",
    "To try it with your own accounts",
    requests_per_minute=60,
    accounts=5,
    brands=2,
    posts=10,
    interactions=50,
    storage_bytes=100 * _MB,
    exports=2,
    export_rows=30,
    event_retention_days=1,
)
STARTER: Final = Plan(
    "starter",
    "Starter",
    "One product or a few brands",
    requests_per_minute=600,
    accounts=50,
    brands=10,
    exports=10,
    export_rows=200,
    event_retention_days=7,
    monthly_price_usd=29,
    annual_price_usd=276,
)
PRO: Final = Plan(
    "pro",
    "Pro",
    "Products with many users of their own",
    requests_per_minute=1200,
    accounts=500,
    brands=50,
    exports=20,
    export_rows=500,
    event_retention_days=30,
    monthly_price_usd=109,
    annual_price_usd=1044,
    popular=True,
)
AGENCY: Final = Plan(
    "agency",
    "Agency",
    "Hundreds of brands",
    requests_per_minute=3000,
    accounts=2000,
    brands=200,
    monthly_price_usd=349,
    annual_price_usd=3348,
)
SELF_HOSTED: Final = Plan("self_hosted", "Self-hosted", "Your own installation: no limits but the networks' own")

SOLD: Final = (FREE, STARTER, PRO, AGENCY)
"""The catalogue, cheapest first."""
PLANS: Final[Mapping[str, Plan]] = MappingProxyType({plan.tier: plan for plan in (*SOLD, SELF_HOSTED)})
LIMITS: Final = tuple(field.name for field in fields(Plan) if field.type == "int" and not field.name.endswith("_usd"))
"""The names of the figures that limit something."""


def plan_of(tier: str, default: str) -> Plan:
    """The plan of this name, else the default one: a tier that is no longer known must not lock anybody out."""
    return PLANS.get(tier) or PLANS[default]


def within(limit: int, used: int, more: int = 1) -> bool:
    """Whether ``more`` still fit."""
    return limit == UNLIMITED or used + more <= limit
