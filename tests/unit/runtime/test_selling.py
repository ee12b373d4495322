"""Settings of an installation that sells plans."""

from __future__ import annotations

import sys

import pytest

from shared.backends.live.clock import SystemClock
from shared.ports.payments import Price
from shared.runtime.settings import BadSetting, load

SOLD = {
    "STRIPE_SECRET_KEY": "sk_test_1",
    "STRIPE_WEBHOOK_SECRET": "whsec_1",
    "STRIPE_PRICES": "starter_monthly=price_1, agency_annual=price_2",
}


def test_nothing_is_sold_unless_somebody_says_so() -> None:
    """And everybody is without limits."""
    selling = load({}).selling
    assert (selling.default_plan, selling.payments(SystemClock())) == ("self_hosted", None)
    assert load({"DEFAULT_PLAN": "pro"}).selling.default_plan == "pro"


def test_what_is_sold() -> None:
    """Tier and interval to the service's price; no secret in the repr, no library before the first call."""
    before = "stripe" in sys.modules
    selling = load(SOLD).selling
    payments = selling.payments(SystemClock())
    assert selling.default_plan == "free"
    assert payments is not None
    assert payments.prices == {Price("starter", "monthly"): "price_1", Price("agency", "annual"): "price_2"}
    assert "sk_test_1" not in repr(selling)
    assert "whsec_1" not in repr(selling)
    assert ("stripe" in sys.modules) == before


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"DEFAULT_PLAN": "gold"}, "free, starter, pro, agency, self_hosted"),
        ({"STRIPE_WEBHOOK_SECRET": ""}, "STRIPE_WEBHOOK_SECRET is not set"),
        ({"STRIPE_PRICES": ""}, "STRIPE_PRICES is not set"),
        ({"STRIPE_PRICES": "free_monthly=price_1"}, "free_monthly=price_1"),
        ({"STRIPE_PRICES": "pro_weekly=price_1"}, "pro_weekly=price_1"),
        ({"STRIPE_PRICES": "pro_monthly"}, "pro_monthly"),
    ],
)
def test_what_cannot_be_used_is_named(change: dict[str, str], said: str) -> None:
    """Before anything starts."""
    with pytest.raises(BadSetting, match=said):
        load({**SOLD, **change})
