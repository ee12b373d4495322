"""The price table and the assumptions, and what amounts of its items cost. Pure, but for reading the two files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
DAYS = 30.4  # of a month


@dataclass(frozen=True, slots=True)
class Price:
    """``price`` US dollars for ``per`` units. ``free``: units a month that cost nothing, ``free_daily`` those a day.

    ``confirmed``: the day on which the source was read, None where it comes from memory or a guide; ``by``: what it says.
    """

    name: str
    price: float
    per: float
    url: str
    confirmed: str | None
    by: str
    free: float = 0.0
    free_daily: float = 0.0

    @property
    def monthly(self) -> float:
        """What is free in a month, if use is the same every day."""
        return self.free + self.free_daily * DAYS

    def of(self, amount: float, *, free: bool = False) -> float:
        """US dollars of an amount in a month; ``free``: beyond the free tier."""
        return max(0.0, amount - (self.monthly if free else 0.0)) * self.price / self.per


@dataclass(frozen=True, slots=True)
class Assumption:
    """A number that was not counted."""

    value: float
    unit: str
    what: str


Amounts = Mapping[str, float]


def load() -> dict[str, Price]:
    """The items by name."""
    found = json.loads((HERE / "prices.json").read_text())
    return {name: Price(**row) for name, row in found["items"].items()}


def region() -> str:
    """What the prices are of."""
    return str(json.loads((HERE / "prices.json").read_text())["region"])


def assumptions() -> dict[str, Assumption]:
    """The assumptions by name."""
    found = json.loads((HERE / "assumptions.json").read_text())
    return {name: Assumption(**row) for name, row in found.items()}


def charge(prices: Mapping[str, Price], amounts: Amounts, *, free: bool = False) -> dict[str, float]:
    """US dollars by item. Raises KeyError for an item without a price: nothing is left out in silence."""
    return {name: prices[name].of(amount, free=free) for name, amount in amounts.items()}
