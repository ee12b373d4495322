"""Buying a plan: through Stripe's own library against a simulated Stripe; what its events change, in any order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from shared.operations import billing, workspaces
from tests.api.client import Answer, Api, api
from tests.support import memory_ports, simulated_stripe
from tests.support.simulated_stripe import SimulatedStripe

STARTER = {"tier": "starter", "interval": "monthly"}


@pytest.fixture
def shop() -> Iterator[tuple[Api, SimulatedStripe]]:
    """A workspace of an installation that sells plans; it speaks with its live key."""
    rig = memory_ports.rig()
    with simulated_stripe.serving(rig.clock) as (stripe, payments):
        call = api(rig)
        call.serve_on = replace(rig.ports, payments=payments, default_plan="free", memory={})
        call.test_key = call.live_key
        yield call, stripe


def hears(call: Api, stripe: SimulatedStripe, event: dict[str, Any]) -> int:
    """Stripe sends us an event."""
    body, signature = stripe.signed(event)
    sent = call("POST", "/v1/billing/webhook", data=body, key=None, Stripe_Signature=signature)
    return sent.status


def tier(call: Api) -> str:
    used = call("GET", "/v1/usage")
    assert used.status == 200, used.json
    return str(used.json["plan"])


def bought(call: Api, stripe: SimulatedStripe) -> None:
    """The workspace pays for Starter."""
    session = call("POST", "/v1/billing/checkout", STARTER).json["session_id"]
    assert hears(call, stripe, stripe.pay(session)) == 200
    assert tier(call) == "starter"


def test_without_a_payment_service_buying_is_not_offered_and_says_why() -> None:
    """501 on all four; the catalogue and the usage are there."""
    call = api()
    for method, path, body in (
        ("POST", "/v1/billing/checkout", STARTER),
        ("POST", "/v1/billing/portal", None),
        ("GET", "/v1/billing/checkout/status?session_id=cs_1", None),
        ("POST", "/v1/billing/webhook", {"id": "evt_1"}),
    ):
        answer = call(method, path, body)
        assert (answer.status, answer.error["code"]) == (501, "billing.not_configured")
        assert "STRIPE_SECRET_KEY" in answer.error["message"]
    plans = call("GET", "/v1/billing/plans").json
    assert [plan["name"] for plan in plans["plans"]] == ["Free", "Starter", "Pro", "Agency"]
    assert (plans["current"], plans["purchasable"]) == ("self_hosted", False)
    used = call("GET", "/v1/usage").json
    assert {used[name] for name in used if name.endswith("_limit")} == {-1}


def test_a_plan_is_bought_and_holds(shop: tuple[Api, SimulatedStripe]) -> None:
    """Checkout, payment, event: the plan and its limits are there at the next request."""
    call, stripe = shop
    opened = call("POST", "/v1/billing/checkout", STARTER)
    assert (opened.status, opened.json["status"]) == (200, "open")
    form = stripe.sessions[opened.json["session_id"]]["_form"]
    assert form["subscription_data[metadata][workspace]"] == form["client_reference_id"] == call.workspace
    status = f"/v1/billing/checkout/status?session_id={opened.json['session_id']}"
    assert call("GET", status).json == {"status": "open", "plan": "starter", "paid": False}
    assert call("GET", "/v1/usage").headers["X-RateLimit-Limit"] == "60"
    stripe.pay(opened.json["session_id"])
    assert call("GET", status).json == {"status": "complete", "plan": "starter", "paid": True}
    used = call("GET", "/v1/usage")
    assert (used.json["plan"], used.headers["X-RateLimit-Limit"]) == ("starter", "600")
    assert used.json["period_end"] > used.json["period_start"]
    again = call("POST", "/v1/billing/checkout", STARTER)
    assert (again.status, again.error["code"]) == (409, "billing.already_subscribed")
    assert "cus_1" in call("POST", "/v1/billing/portal").json["url"]


def test_a_checkout_asked_for_twice_is_one(shop: tuple[Api, SimulatedStripe]) -> None:
    """The same key: kept by us, and by the payment service where our own record was lost."""
    call, stripe = shop
    first = call("POST", "/v1/billing/checkout", STARTER, Idempotency_Key="k")
    again = call("POST", "/v1/billing/checkout", STARTER, Idempotency_Key="k")
    assert (first.data, again.headers["Idempotent-Replayed"]) == (again.data, "true")
    call.rig.clock.advance(8 * 86_400)  # our record is gone
    late = call("POST", "/v1/billing/checkout", STARTER, Idempotency_Key="k")
    assert late.json == first.json
    assert len(stripe.sessions) == 1
    call("POST", "/v1/billing/checkout", STARTER)
    assert len(stripe.sessions) == 2


def test_a_forged_or_stale_notification_changes_nothing(shop: tuple[Api, SimulatedStripe]) -> None:
    """Verified before it is read: another secret, another body, too old, no signature, bytes that are no text."""
    call, stripe = shop
    stripe.subscribe("sub_1", call.workspace)
    event = stripe.event("customer.subscription.created", stripe.subscriptions["sub_1"])
    body, signature = stripe.signed(event)
    forged: list[tuple[bytes, str]] = [
        stripe.signed(event, secret="whsec_other"),
        (body.replace(b"sub_1", b"sub_2"), signature),
        stripe.signed(event, age=301),
        stripe.signed(event, age=-301),
        (body, ""),
        (body, "t=,v1="),
        (body, f"{signature[:-1]}é"),
        *(stripe.signed_text(odd) for odd in ("[]", "1", '{"id": "evt_1"}', "[" * 100_000)),
        (b"\xff\xfe", signature),
    ]
    asked = len(stripe.calls)
    for bytes_, header in forged:
        answer = call("POST", "/v1/billing/webhook", data=bytes_, key=None, Stripe_Signature=header)
        assert (answer.status, answer.error["code"]) == (400, "billing.signature_invalid")
    assert len(stripe.calls) == asked
    large = call("POST", "/v1/billing/webhook", data=b" " * 1_048_577, key=None, Stripe_Signature=signature)
    assert large.status == 413
    assert tier(call) == "free"


def test_of_two_checkouts_that_were_open_at_once_none_is_paid_for_unseen(shop: tuple[Api, SimulatedStripe]) -> None:
    """The later one holds; when it is over the other one does; leaving ends both."""
    call, stripe = shop
    first = call("POST", "/v1/billing/checkout", STARTER).json["session_id"]
    second = call("POST", "/v1/billing/checkout", {"tier": "pro", "interval": "annual"}).json["session_id"]
    events = [stripe.pay(first, "sub_first")]
    call.rig.clock.advance(5)
    events.append(stripe.pay(second, "sub_second"))
    for event in (*reversed(events), *events):
        assert hears(call, stripe, event) == 200
        assert tier(call) == "pro"
    stripe.subscriptions["sub_second"]["status"] = "canceled"
    ended = stripe.event("customer.subscription.deleted", stripe.subscriptions["sub_second"])
    assert hears(call, stripe, ended) == 200
    assert tier(call) == "starter"
    stripe.subscribe("sub_third", call.workspace)
    assert hears(call, stripe, stripe.event("customer.subscription.created", stripe.subscriptions["sub_third"])) == 200
    assert call("DELETE", "/v1/users/me").status == 200
    assert {one["status"] for one in stripe.subscriptions.values()} == {"canceled"}


def test_events_may_come_twice_and_in_any_order(shop: tuple[Api, SimulatedStripe]) -> None:
    """What counts is how the subscription stands, not what an event says of it."""
    call, stripe = shop
    bought(call, stripe)
    active = stripe.event("customer.subscription.created", stripe.subscriptions["sub_1"])
    ended = stripe.becomes("sub_1", "canceled")
    assert [hears(call, stripe, one) for one in (ended, active, active, ended)] == [200] * 4
    assert tier(call) == "free"
    bought_again = call("POST", "/v1/billing/checkout", STARTER).json["session_id"]
    call.rig.clock.advance(60)
    paid = stripe.pay(bought_again, subscription="sub_2", price="price_pro_y")
    assert [hears(call, stripe, one) for one in (paid, ended, active)] == [200] * 3
    assert tier(call) == "pro"


def test_notifications_about_strangers_are_taken_and_forgotten(shop: tuple[Api, SimulatedStripe]) -> None:
    """A customer of something else, a subscription that does not exist, an event about none: 200, or it comes for ever."""
    call, stripe = shop
    stripe.subscribe("sub_8", "ws_nobody")
    stripe.subscribe("sub_9", "")
    for about in (
        stripe.subscriptions["sub_8"],
        stripe.subscriptions["sub_9"],
        {"object": "subscription", "id": "sub_gone", "customer": "cus_9"},
        {"object": "charge", "id": "ch_1"},
    ):
        assert hears(call, stripe, stripe.event("customer.subscription.updated", about)) == 200
    assert tier(call) == "free"
    stripe.down = True
    assert hears(call, stripe, stripe.event("customer.subscription.updated", stripe.subscriptions["sub_8"])) == 503


def test_a_workspace_that_owes_may_pay_and_little_else(shop: tuple[Api, SimulatedStripe]) -> None:
    """The first failed charge is forgiven; from the second on it is 402, until it is paid."""
    call, stripe = shop
    bought(call, stripe)
    hears(call, stripe, stripe.charge_fails("sub_1", 1))
    assert call("GET", "/v1/posts").status == 200
    hears(call, stripe, stripe.charge_fails("sub_1", 2))
    refused = call("GET", "/v1/posts")
    assert (refused.status, refused.error["code"]) == (402, "billing.past_due")
    assert refused.headers["X-RateLimit-Limit"] == "600"
    assert call("POST", "/v1/posts", {"text": "hi"}).status == 402
    assert call("GET", "/v1/usage").status == 402
    assert call("GET", "/v1/billing/plans").status == 200
    assert call("POST", "/v1/billing/portal").status == 200
    leaked = next(one["id"] for one in call("GET", "/v1/keys").json["data"] if one["mode"] == "test")
    assert call("DELETE", f"/v1/keys/{leaked}").status in (200, 204)
    assert call("POST", "/v1/keys", {"name": "another"}).status == 402
    hears(call, stripe, stripe.becomes("sub_1", "active"))
    assert call("GET", "/v1/posts").status == 200


def test_a_block_is_over_in_another_process_after_five_seconds(shop: tuple[Api, SimulatedStripe]) -> None:
    """Who has just paid does not wait for a minute."""
    call, stripe = shop
    bought(call, stripe)
    hears(call, stripe, stripe.charge_fails("sub_1", 4))
    here, there = call.serve_on, replace(call.serve_on or call.rig.ports, memory={})
    call.serve_on = there
    assert call("GET", "/v1/posts").status == 402
    call.serve_on = here
    hears(call, stripe, stripe.becomes("sub_1", "active"))
    call.serve_on = there
    assert call("GET", "/v1/posts").status == 402
    call.rig.clock.advance(5)
    assert call("GET", "/v1/posts").status == 200


def test_who_may_buy_and_what_is_sold(shop: tuple[Api, SimulatedStripe]) -> None:
    """A live key of full access; what has a price; never another workspace's checkout."""
    call, stripe = shop
    narrow = call("POST", "/v1/keys", {"name": "n", "scopes": ["posts:read"]}).json["raw_key"]
    test = call("POST", "/v1/keys", {"name": "t", "mode": "test"}).json["raw_key"]
    for key in (narrow, test):
        assert call("POST", "/v1/billing/checkout", STARTER, key=key).status == 403
    unsold = call("POST", "/v1/billing/checkout", {"tier": "agency", "interval": "annual"})
    assert (unsold.status, unsold.meta["field"]) == (400, "tier")
    assert call("POST", "/v1/billing/portal").error["code"] == "billing.no_subscription"
    session = call("POST", "/v1/billing/checkout", STARTER).json["session_id"]
    other = workspaces.create(call.rig.ports, "Other").live.raw
    for path, key in ((session, other), ("cs_test_99", ""), ("a%2Fb", "")):
        assert _status(call, path, key).status == 404
    stripe.down = True
    assert call("POST", "/v1/billing/checkout", STARTER).status == 503


def test_leaving_ends_what_is_paid_for(shop: tuple[Api, SimulatedStripe]) -> None:
    """At once, and only once; a workspace that pays nothing has nothing to end."""
    call, stripe = shop
    ports = call.serve_on or call.rig.ports
    billing.cancel(ports, call.workspace)
    bought(call, stripe)
    for _ in range(2):
        billing.cancel(ports, call.workspace)
    assert [one for one in stripe.calls if one.startswith("DELETE")] == ["DELETE /v1/subscriptions/sub_1"]
    assert tier(call) == "free"


def _status(call: Api, session: str, key: str) -> Answer:
    return call("GET", f"/v1/billing/checkout/status?session_id={session}", key=key)
