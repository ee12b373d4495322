"""Buying a plan: a checkout, the customer's portal, and what the payment service says became of it.

The service's events only say which subscription to look at: what counts is how it stands when it is asked, so that
events may come twice, late and in any order. A workspace is blocked (``billing.past_due``) from its second failed charge
until one succeeds.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from shared.domain import codec
from shared.domain.callers import Caller
from shared.domain.errors import Broken, Clash, Forbidden, Invalid, Missing, NetworkRefused, Unsupported
from shared.domain.workspaces import Billing, Workspace, workspace_path
from shared.operations import auditing, budgets, lookup
from shared.ports import payments as port
from shared.ports.payments import Checkout, EventForged, Order, Payments, PaymentsRefused, PaymentsUnavailable, Price
from shared.ports.store import Transaction, Write
from shared.ports.world import Ports

LIVE = ("active", "trialing", "past_due", "unpaid", "paused")
"""The states in which a subscription gives its plan. https://docs.stripe.com/billing/subscriptions/overview (2026-11)"""
FAILED_TWICE = 2
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Buy:
    """A plan to buy. Empty addresses: a page of ours. ``key``: the same key opens the same checkout."""

    tier: str
    interval: str = "monthly"
    success_url: str = ""
    cancel_url: str = ""
    key: str = ""


def checkout(ports: Ports, caller: Caller, command: Buy) -> Checkout:
    """Open a checkout. Raises Unsupported (``billing.not_configured``), Forbidden, Invalid, Clash
    (``billing.already_subscribed``), Broken, NetworkRefused, store.Unavailable."""
    service = _service(ports)
    _live_only(caller)
    price = Price(command.tier, command.interval)
    if price not in service.prices:
        sold = ", ".join(f"{one.tier} {one.interval}" for one in service.prices)
        raise Invalid("validation.field_invalid", f"tier: this installation sells {sold}.", field="tier")
    known = _billing(ports, caller.workspace)
    if known.status in LIVE:
        text = f"This workspace pays for {known.plan} already: change it at POST /v1/billing/portal."
        raise Clash("billing.already_subscribed", text, plan=known.plan)
    page = f"{ports.public_url}/v1/billing/done"
    order = Order(
        caller.workspace,
        price,
        command.success_url or f"{page}?session_id={{CHECKOUT_SESSION_ID}}",
        command.cancel_url or f"{page}?cancelled=true",
        command.key or ports.ids.token(128),
        known.customer,
    )
    with _asking():
        return service.checkout(order)


def portal(ports: Ports, caller: Caller, return_url: str = "", key: str = "") -> str:
    """The address where the customer changes cards and plans. Raises as :func:`checkout`, and Clash
    (``billing.no_subscription``)."""
    service = _service(ports)
    _live_only(caller)
    customer = _billing(ports, caller.workspace).customer
    if not customer:
        text = "This workspace has never bought a plan: POST /v1/billing/checkout opens a checkout."
        raise Clash("billing.no_subscription", text)
    back = return_url or f"{ports.public_url}/v1/billing/done"
    with _asking():
        return service.portal(customer, back, key or ports.ids.token(128))


def status(ports: Ports, caller: Caller, checkout_id: str) -> Checkout:
    """What became of a checkout of this workspace; once it is paid, the plan holds from this answer on.

    Raises Unsupported, Missing (``checkout.not_found``), Broken, NetworkRefused, store.Unavailable.
    """
    service = _service(ports)
    with _asking():
        found = service.find_checkout(checkout_id) if lookup.plain(checkout_id) else None
    if found is None or found.workspace != caller.workspace:
        raise lookup.missing("checkout", checkout_id)
    if found.status == "complete" and found.subscription:
        _look(ports, service, found.subscription)
    return found


def hear(ports: Ports, body: bytes, signature: str) -> bool:
    """Act on a notification of the payment service; answers whether it concerned us. Repeatable, in any order.

    Raises Unsupported, Invalid (``billing.signature_invalid``), Broken (it shall be sent again), store.Unavailable.
    """
    service = _service(ports)
    try:
        event = service.event(body, signature)
    except EventForged as error:
        raise Invalid("billing.signature_invalid", f"{error}.", field="Stripe-Signature") from error
    return bool(event.subscription) and _look(ports, service, event.subscription)


def cancel(ports: Ports, workspace: str) -> None:
    """End what the workspace pays for, now and without refund; nothing where it pays nothing. Raises Broken,
    NetworkRefused, store.Unavailable."""
    if ports.payments is None:
        return
    doc = ports.store.get(workspace_path(workspace))
    known = codec.decode(Workspace, doc.data).billing if doc else None
    if known is None:
        return
    for subscription in (*known.others, *([known.subscription] if known.status in LIVE else [])):
        with _asking():
            ports.payments.cancel(subscription)
        _look(ports, ports.payments, subscription)


def _look(ports: Ports, service: Payments, subscription_id: str) -> bool:
    """Keep how a subscription stands at this moment; False if it is nobody's here."""
    asked_at = ports.clock.now()
    with _asking():
        found = service.subscription(subscription_id)
    if found is None or not lookup.plain(found.workspace):
        log.warning("a subscription that is nobody's", extra={"subscription": subscription_id})
        return False
    path = workspace_path(found.workspace)

    def body(txn: Transaction) -> Billing | None:
        doc, audit = txn.get(path), auditing.opened(ports, txn, f"{found.workspace}.live")
        if doc is None:
            return None
        known = codec.decode(Workspace, doc.data).billing or Billing()
        after = _after(known, found, asked_at)
        if after != known:
            txn.write(Write("update", path, {"billing": codec.encode(after)}))
        if (after.plan, after.status) != (known.plan, known.status):
            audit.add(txn, "", "billing.changed", found.workspace, plan=after.plan, status=after.status)
        return after

    after = ports.store.transact(body)
    budgets.refresh(ports, found.workspace)
    if after is None:
        log.warning("a subscription of no workspace", extra={"subscription": subscription_id})
        return False
    if after.others and after.status not in LIVE:  # what held is over, and another is paid for
        _look(ports, service, after.others[0])
    elif after.others:
        log.warning("a workspace pays twice", extra={"workspace": found.workspace, "others": list(after.others)})
    return True


def _outdated(known: Billing, found: port.Subscription, asked_at: datetime) -> bool:
    """Asked for earlier than what is known; or another subscription, that is over or began before the one that holds."""
    if known.as_of is not None and asked_at < known.as_of:
        return True
    if not known.subscription or found.id == known.subscription:
        return False
    older = known.subscribed_at is not None and found.created_at <= known.subscribed_at
    return found.status not in LIVE or (older and known.status in LIVE)


def _others(known: Billing, found: port.Subscription, *, outdated: bool) -> tuple[str, ...]:
    """What is paid for beside the subscription that holds."""
    beside = {one for one in known.others if one != found.id}
    if found.status in LIVE and known.status in LIVE and found.id != known.subscription:
        beside.add(found.id if outdated else known.subscription)
    return tuple(sorted(beside))


def _after(known: Billing, found: port.Subscription, asked_at: datetime) -> Billing:
    outdated = _outdated(known, found, asked_at)
    others = _others(known, found, outdated=outdated)
    if outdated:
        return replace(known, others=others)
    blocked = found.status == "unpaid" or (found.status == "past_due" and found.failed_charges >= FAILED_TWICE)
    since = known.past_due_since if found.id == known.subscription else None
    return Billing(
        customer=found.customer,
        subscription=found.id,
        status=found.status,
        plan=found.price.tier if found.price and found.status in LIVE else "",
        interval=found.price.interval if found.price else "",
        period_start=found.period_start,
        period_end=found.period_end,
        past_due_since=(since or asked_at) if blocked else None,
        cancels_at=found.cancels_at,
        subscribed_at=found.created_at,
        as_of=asked_at,
        others=others,
    )


def _service(ports: Ports) -> Payments:
    if ports.payments is None:
        text = "This installation sells no plans: STRIPE_SECRET_KEY is not set (docs/plans.md)."
        raise Unsupported("billing.not_configured", text)
    return ports.payments


def _live_only(caller: Caller) -> None:
    if caller.sandbox:
        raise Forbidden("auth.insufficient_scope", "A test key buys nothing: use a live key of full access.")


def _billing(ports: Ports, workspace: str) -> Billing:
    doc = ports.store.get(workspace_path(workspace))
    if doc is None:
        raise Missing("workspace.not_found", "This workspace does not exist any more.")
    return codec.decode(Workspace, doc.data).billing or Billing()


@contextmanager
def _asking() -> Iterator[None]:
    """The port's errors as ours."""
    try:
        yield
    except PaymentsUnavailable as error:
        text = "The payment service did not answer clearly: send the request again, with the same Idempotency-Key."
        raise Broken("system.unavailable", text) from error
    except PaymentsRefused as error:
        raise NetworkRefused("billing.refused", f"The payment service refused: {error}") from error
