"""Stripe's API as its documentation describes it, as far as we use it; its own library is pointed at it over loopback.

Objects as of API version 2026-10-28: https://docs.stripe.com/api (2026-11).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from shared.backends.live.stripe_payments import StripePayments
from shared.ports.clock import Clock
from shared.ports.http import Request, Response
from shared.ports.payments import Price
from tests.support import loopback

SECRET_KEY = "sk_test_simulated"
WEBHOOK_SECRET = "whsec_simulated"
PRICES = {Price("starter", "monthly"): "price_starter_m", Price("pro", "annual"): "price_pro_y"}
MONTH = 30 * 86_400


@dataclass
class SimulatedStripe:
    """What Stripe knows; tests pay, fail and cancel on it, and take its events."""

    clock: Clock
    sessions: dict[str, dict[str, Any]] = field(default_factory=dict)
    subscriptions: dict[str, dict[str, Any]] = field(default_factory=dict)
    answered: dict[str, tuple[bytes, Response]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    down: bool = False

    @property
    def now(self) -> int:
        return int(self.clock.now().timestamp())

    def handle(self, request: Request) -> Response:
        """One call."""
        path = urlsplit(request.url).path
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.calls.append(f"{request.method} {path}")
        if self.down:
            return _json(503, {"error": {"type": "api_error", "message": "down"}})
        if headers.get("authorization") != f"Bearer {SECRET_KEY}":
            return _json(401, {"error": {"type": "invalid_request_error", "message": "Invalid API Key provided"}})
        key = headers.get("idempotency-key", "") if request.method == "POST" else ""
        if key in self.answered:
            body, answer = self.answered[key]
            same = body == _body(request)
            return (
                answer if same else _json(400, {"error": {"type": "idempotency_error", "message": "other parameters"}})
            )
        answer = self._route(request.method, path, dict(parse_qsl((_body(request)).decode())))
        if key and answer.status < 500:
            self.answered[key] = (_body(request), answer)
        return answer

    def pay(self, session_id: str, subscription: str = "sub_1", price: str = "") -> dict[str, Any]:
        """The customer pays a checkout; answers Stripe's event of it."""
        session = self.sessions[session_id]
        bought = price or session["_price"]
        session |= {"status": "complete", "payment_status": "paid", "url": None, "subscription": subscription}
        session["customer"] = session["customer"] or "cus_1"
        self.subscribe(subscription, session["client_reference_id"], bought, session["customer"])
        return self.event("checkout.session.completed", session)

    def subscribe(self, id: str, workspace: str, price: str = "price_starter_m", customer: str = "cus_1") -> None:
        """A subscription that is active from now on."""
        item = {"price": {"id": price}, "current_period_start": self.now, "current_period_end": self.now + MONTH}
        self.subscriptions[id] = {
            "id": id,
            "object": "subscription",
            "customer": customer,
            "status": "active",
            "created": self.now,
            "metadata": {"workspace": workspace} if workspace else {},
            "items": {"object": "list", "data": [item]},
            "cancel_at": None,
            "cancel_at_period_end": False,
            "latest_invoice": {"object": "invoice", "status": "paid", "attempt_count": 1},
        }

    def charge_fails(self, id: str, attempts: int) -> dict[str, Any]:
        """The latest invoice was tried so often, in vain."""
        about = self.subscriptions[id]
        about |= {"status": "past_due", "latest_invoice": {"status": "open", "attempt_count": attempts}}
        details = {"type": "subscription_details", "subscription_details": {"subscription": id}}
        invoice = {"object": "invoice", "id": "in_1", "customer": about["customer"], "parent": details}
        return self.event("invoice.payment_failed", invoice)

    def becomes(self, id: str, status: str) -> dict[str, Any]:
        """The subscription's state changes."""
        about = self.subscriptions[id]
        about |= {"status": status, "latest_invoice": {"status": "paid", "attempt_count": 2}}
        kind = "deleted" if status == "canceled" else "updated"
        return self.event(f"customer.subscription.{kind}", about)

    def event(self, type: str, about: Mapping[str, Any]) -> dict[str, Any]:
        """An event with what it is about as it is now."""
        shown = json.loads(json.dumps(about))
        return {
            "id": f"evt_{len(self.calls)}",
            "object": "event",
            "type": type,
            "created": self.now,
            "data": {"object": shown},
        }

    def signed(self, event: Mapping[str, Any], secret: str = WEBHOOK_SECRET, age: int = 0) -> tuple[bytes, str]:
        """The bytes that Stripe sends, and the value of ``Stripe-Signature``."""
        return self.signed_text(json.dumps(event), secret, age)

    def signed_text(self, body: str, secret: str = WEBHOOK_SECRET, age: int = 0) -> tuple[bytes, str]:
        """The same of any text."""
        import stripe

        made = stripe.WebhookSignature.generate_signature_header(body, secret, self.now - age)
        return body.encode(), str(made)

    def _route(self, method: str, path: str, form: Mapping[str, str]) -> Response:
        if (method, path) == ("POST", "/v1/checkout/sessions"):
            return self._open(form)
        if (method, path) == ("POST", "/v1/billing_portal/sessions"):
            url = f"https://billing.stripe.test/{form['customer']}?back={form['return_url']}"
            return _json(200, {"id": "bps_1", "object": "billing_portal.session", "url": url})
        found = re.fullmatch(r"/v1/(checkout/sessions|subscriptions)/(\w+)", path)
        held = self.sessions if found and found[1].startswith("checkout") else self.subscriptions
        if found is None or found[2] not in held:
            missing = {"type": "invalid_request_error", "code": "resource_missing", "message": "No such object"}
            return _json(404, {"error": missing})
        if method == "DELETE":
            held[found[2]] |= {"status": "canceled"}
        return _json(200, held[found[2]])

    def _open(self, form: Mapping[str, str]) -> Response:
        if form["line_items[0][price]"] not in PRICES.values():
            refusal = {"type": "invalid_request_error", "code": "resource_missing", "message": "No such price"}
            return _json(400, {"error": refusal})
        made: dict[str, Any] = {
            "id": f"cs_test_{len(self.sessions) + 1}",
            "object": "checkout.session",
            "status": "open",
            "payment_status": "unpaid",
            "client_reference_id": form["client_reference_id"],
            "customer": form.get("customer"),
            "subscription": None,
            "metadata": {name: form[f"metadata[{name}]"] for name in ("workspace", "tier", "interval")},
            "url": f"https://checkout.stripe.test/{len(self.sessions) + 1}",
            "_price": form["line_items[0][price]"],
            "_form": dict(form),
        }
        self.sessions[made["id"]] = made
        return _json(200, made)


@contextmanager
def serving(clock: Clock) -> Iterator[tuple[SimulatedStripe, StripePayments]]:
    """A Stripe on loopback, and our backend on its own library."""
    simulated = SimulatedStripe(clock)
    with loopback.serve(simulated.handle) as base_url:
        yield simulated, StripePayments(SECRET_KEY, WEBHOOK_SECRET, PRICES, clock, api_base=base_url, retries=0)


def _body(request: Request) -> bytes:
    return request.body if isinstance(request.body, bytes) else b""


def _json(status: int, data: Mapping[str, Any]) -> Response:
    headers = {"Content-Type": "application/json", "Request-Id": "req_simulated"}
    return Response(status, headers, json.dumps(data).encode())
