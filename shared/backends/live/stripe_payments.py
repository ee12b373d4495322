"""The payments port on Stripe, through its own library, which loads with the first call.

What Stripe does (API version 2026-10-28, read 2026-11):

* The same ``Idempotency-Key`` gives the same answer for at least 24 hours: https://docs.stripe.com/api/idempotent_requests
* Events come more than once and in any order: https://docs.stripe.com/webhooks#event-ordering. So an event only says
  which subscription to ask for.
* A subscription's period is its items': https://docs.stripe.com/changelog/basil/2025-03-31/deprecate-subscription-current-period-start-and-end
* ``Stripe-Signature``: ``t=<seconds>,v1=<HMAC-SHA256 of "t.body">``, several ``v1`` while a secret is rolled over.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from shared.ports.clock import Clock
from shared.ports.payments import (
    Checkout,
    Event,
    EventForged,
    Order,
    PaymentsRefused,
    PaymentsUnavailable,
    Price,
    Subscription,
)

if TYPE_CHECKING:
    from stripe import StripeClient

TOLERANCE = 300  # seconds that a signature is good for
TIMEOUT = 15.0  # seconds of one call
RETRIES = 2  # by the library: with the same idempotency key
WORKSPACE = "workspace"  # the name under which our id is kept at Stripe


class StripePayments:
    """``api_base``: another address than Stripe's own, for tests."""

    def __init__(
        self,
        secret_key: str,
        webhook_secret: str,
        prices: Mapping[Price, str],
        clock: Clock,
        *,
        api_base: str = "",
        retries: int = RETRIES,
    ) -> None:
        self._secret_key = secret_key
        self._webhook_secret = webhook_secret
        self._prices = dict(prices)
        self._clock = clock
        self._api_base = api_base
        self._retries = retries

    @property
    def prices(self) -> Mapping[Price, str]:
        """What is sold."""
        return self._prices

    def checkout(self, order: Order) -> Checkout:
        """Open a checkout, or find the one that was opened under the same key."""
        ours = {WORKSPACE: order.workspace}
        asked: dict[str, Any] = {
            "mode": "subscription",
            "line_items": [{"price": self._prices[order.price], "quantity": 1}],
            "success_url": order.success_url,
            "cancel_url": order.cancel_url,
            "client_reference_id": order.workspace,
            "metadata": {**ours, "tier": order.price.tier, "interval": order.price.interval},
            "subscription_data": {"metadata": ours},
        }
        if order.customer:
            asked["customer"] = order.customer
        options: Any = {"idempotency_key": order.key}
        with _asking():
            made = self._client.v1.checkout.sessions.create(params=asked, options=options)  # type: ignore[arg-type]
        return self._checkout(_plain(made))

    def find_checkout(self, checkout_id: str) -> Checkout | None:
        """A checkout, None if there is none."""
        found = self._found(lambda: self._client.v1.checkout.sessions.retrieve(checkout_id))
        return None if found is None else self._checkout(found)

    def portal(self, customer: str, return_url: str, key: str) -> str:
        """The address of the customer's portal."""
        options: Any = {"idempotency_key": key}
        with _asking():
            made = self._client.v1.billing_portal.sessions.create(
                params={"customer": customer, "return_url": return_url}, options=options
            )
        return str(made.url)

    def subscription(self, subscription_id: str) -> Subscription | None:
        """The subscription as it is now."""
        expand: Any = {"expand": ["latest_invoice"]}
        found = self._found(lambda: self._client.v1.subscriptions.retrieve(subscription_id, params=expand))
        return None if found is None else self._subscription(found)

    def cancel(self, subscription_id: str) -> None:
        """End it now; one that is gone already is left alone."""
        self._found(lambda: self._client.v1.subscriptions.cancel(subscription_id))

    def event(self, body: bytes, signature: str) -> Event:
        """What a notification says, once its signature was verified."""
        import stripe

        if not signature.isascii():  # the library compares text, and Python compares no other text in constant time
            raise EventForged("the signature is not Stripe's")
        try:
            stripe.WebhookSignature.verify_header(body, signature, self._webhook_secret)
            signed_at = int(next(part[2:] for part in signature.split(",") if part.startswith("t=")))
            data = json.loads(body)
        except (stripe.SignatureVerificationError, ValueError, StopIteration, RecursionError) as error:
            raise EventForged("the signature is not Stripe's") from error
        if abs(self._clock.now().timestamp() - signed_at) > TOLERANCE:
            raise EventForged("the signature is too old")
        try:
            about = data["data"]["object"]
            return Event(data["id"], data["type"], _at(data["created"]), _id(about.get("customer")), _subject(about))
        except (KeyError, TypeError, AttributeError, ValueError, OverflowError) as error:
            raise EventForged("the body is no event") from error

    @cached_property
    def _client(self) -> StripeClient:
        from stripe import RequestsClient, StripeClient

        elsewhere: Any = {"base_addresses": {"api": self._api_base}} if self._api_base else {}
        return StripeClient(
            self._secret_key,
            http_client=RequestsClient(timeout=TIMEOUT),
            max_network_retries=self._retries,
            **elsewhere,
        )

    def _found(self, ask: Callable[[], Any]) -> dict[str, Any] | None:
        """What is asked for, None if Stripe has no such thing."""
        from stripe import InvalidRequestError

        with _asking():
            try:
                return _plain(ask())
            except InvalidRequestError as error:
                if error.http_status == 404:
                    return None
                raise

    def _checkout(self, data: Mapping[str, Any]) -> Checkout:
        meta = data.get("metadata") or {}
        price = Price(meta["tier"], meta["interval"]) if "tier" in meta and "interval" in meta else None
        paid = data.get("payment_status") in ("paid", "no_payment_required")
        whose, subscription = data.get("client_reference_id") or "", _id(data.get("subscription"))
        return Checkout(data["id"], data["status"], data.get("url") or "", whose, price, paid, subscription)

    def _subscription(self, data: Mapping[str, Any]) -> Subscription:
        item = (data["items"]["data"] or [{}])[0]
        invoice = data.get("latest_invoice") or {}
        owed = isinstance(invoice, dict) and invoice.get("status") in ("open", "uncollectible")
        cancels = data.get("cancel_at") or (
            item.get("current_period_end") if data.get("cancel_at_period_end") else None
        )
        return Subscription(
            id=data["id"],
            customer=_id(data["customer"]),
            status=data["status"],
            workspace=(data.get("metadata") or {}).get(WORKSPACE, ""),
            price=next((ours for ours, theirs in self._prices.items() if theirs == _id(item.get("price"))), None),
            period_start=_at(item["current_period_start"]) if "current_period_start" in item else None,
            period_end=_at(item["current_period_end"]) if "current_period_end" in item else None,
            created_at=_at(data["created"]),
            cancels_at=_at(cancels) if cancels else None,
            failed_charges=int(invoice.get("attempt_count") or 0) if owed else 0,
        )


@contextmanager
def _asking() -> Iterator[None]:
    """The library's errors as the port's. Raises PaymentsUnavailable, PaymentsRefused."""
    import stripe

    try:
        yield
    except (stripe.APIConnectionError, stripe.RateLimitError) as error:
        raise PaymentsUnavailable(type(error).__name__) from error
    except stripe.StripeError as error:
        if error.http_status is None or error.http_status >= 500:
            raise PaymentsUnavailable(type(error).__name__) from error
        raise PaymentsRefused(f"{type(error).__name__}: {error.user_message or error.code or 'refused'}") from error


def _plain(found: Any) -> dict[str, Any]:
    """A Stripe object as plain values."""
    made: dict[str, Any] = json.loads(str(found))
    return made


def _id(value: Any) -> str:
    """The id of what may be an id or the thing itself."""
    return str(value.get("id", "")) if isinstance(value, dict) else str(value or "")


def _subject(about: Mapping[str, Any]) -> str:
    """The subscription that an event is about: itself, a checkout's or an invoice's."""
    if about.get("object") == "subscription":
        return _id(about)
    parent = (about.get("parent") or {}).get("subscription_details") or {}
    return _id(about.get("subscription") or parent.get("subscription"))


def _at(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
