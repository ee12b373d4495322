"""The payments port: who sells our plans. A checkout and a portal are pages of theirs; what became of it they tell by
signed events, and say again when asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Price:
    """What can be bought: a tier, paid ``monthly`` or ``annual``."""

    tier: str
    interval: str


@dataclass(frozen=True, slots=True)
class Order:
    """A checkout to open. ``workspace`` comes back with everything that follows from it; ``customer`` if there is one.

    ``success_url`` may hold ``{CHECKOUT_SESSION_ID}``. ``key``: the same key opens the same checkout, once.
    """

    workspace: str
    price: Price
    success_url: str
    cancel_url: str
    key: str
    customer: str = ""


@dataclass(frozen=True, slots=True)
class Checkout:
    """A checkout. ``status``: open, complete or expired; ``url`` empty once it is not open. ``price`` None: unknown."""

    id: str
    status: str
    url: str
    workspace: str
    price: Price | None
    paid: bool
    subscription: str = ""


@dataclass(frozen=True, slots=True)
class Subscription:
    """A subscription as it is now. ``status`` is the service's word (active, past_due, canceled …); ``price`` None: it is for
    something that is not in our list. ``failed_charges``: attempts on the latest invoice, while it is not paid."""

    id: str
    customer: str
    status: str
    workspace: str
    price: Price | None
    period_start: datetime | None
    period_end: datetime | None
    created_at: datetime
    cancels_at: datetime | None = None
    failed_charges: int = 0


@dataclass(frozen=True, slots=True)
class Event:
    """Something that the service tells. ``subscription``: the id of the one that it is about, empty if about none."""

    id: str
    type: str
    created_at: datetime
    customer: str
    subscription: str


class Payments(Protocol):
    """A payment service. Every method raises PaymentsUnavailable (no clear answer) and PaymentsRefused."""

    @property
    def prices(self) -> Mapping[Price, str]:
        """What this installation sells: the service's own id of each price."""

    def checkout(self, order: Order) -> Checkout:
        """Open a checkout; with the same ``order.key``, the one that was opened. PaymentsRefused: the price is unknown."""

    def find_checkout(self, checkout_id: str) -> Checkout | None:
        """A checkout, None if there is none of this id."""

    def portal(self, customer: str, return_url: str, key: str) -> str:
        """The address of a page where the customer changes cards and plans; good for minutes."""

    def subscription(self, subscription_id: str) -> Subscription | None:
        """The subscription as it is at this moment, None if there is none of this id."""

    def cancel(self, subscription_id: str) -> None:
        """End the subscription now. Repeatable."""

    def event(self, body: bytes, signature: str) -> Event:
        """What a signed notification says; the bytes are verified first. Raises EventForged."""


class PaymentsError(Exception):
    """Root of the port's errors."""


class PaymentsUnavailable(PaymentsError):
    """The service did not answer, or not clearly."""


class PaymentsRefused(PaymentsError):
    """The service said no: the message is its own, and holds no secret."""


class EventForged(PaymentsError):
    """The signature is not the service's, or too old."""
