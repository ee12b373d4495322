"""The social dialect where something goes wrong after a request was accepted, and where an amount could be another."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from shared.ports.http import AnswerLost, Request, Response
from shared.ports.store import Unavailable
from tests.api.client import PHOTO, Answer, Api, api
from tests.conformance.stage_social import page_ads

PUBLISH = "/v1/social/facebook/publish"
CAMPAIGN = "238123456789"


def _page() -> tuple[Api, str]:
    call = api()
    call.connect("facebook")
    return call, str(call("GET", "/v1/social/facebook/pages").json["pages"][0]["id"])


def _publish(call: Api, page: str, **headers: str) -> Answer:
    return call("POST", PUBLISH, {"page_id": page, "message": "Hello", "media_url": PHOTO}, **headers)


def _failing(call: Api, wanted: str, from_then: str) -> None:
    """``wanted`` fails for this caller from the moment that it waits, however often; nothing works meanwhile."""
    waits = False

    def sleep(seconds: float) -> None:
        nonlocal waits
        waits = True
        call.rig.clock.advance(seconds)

    def hook(name: str, phase: str) -> None:
        if waits and name == wanted and phase == from_then:
            raise Unavailable("down")

    call.rig.clock.while_asleep, call.rig.faults.hook = sleep, hook


def test_a_post_that_was_accepted_is_no_error_because_its_outcome_could_not_be_read() -> None:
    call, page = _page()
    _failing(call, "store.get", "before")
    answer = _publish(call, page)
    call.rig.faults.hook = None
    assert (answer.status, answer.json["status"]) == (202, "publishing")
    call.settle()
    assert call("GET", answer.json["poll"]).json["status"] == "published"


@pytest.mark.parametrize("phase", ["before", "after"])
def test_an_answer_that_could_not_be_kept_is_given_all_the_same(phase: str) -> None:
    call, page = _page()
    work = call.rig.clock.while_asleep

    def sleep(seconds: float) -> None:
        call.rig.faults.hook = None
        work(seconds)
        call.rig.faults.hook = hook

    def hook(name: str, at: str) -> None:
        if name == "store.commit" and at == phase and call.stored("posts"):
            raise Unavailable("down")

    call.rig.clock.while_asleep = sleep
    first = _publish(call, page, Idempotency_Key="one")
    call.rig.faults.hook = None
    assert first.status in (200, 202)
    assert _publish(call, page, Idempotency_Key="one").data == first.data
    assert len(call.stored("posts")) == 1


def test_a_post_that_somebody_has_to_approve_is_not_said_to_be_publishing() -> None:
    call, page = _page()
    assert call("PATCH", "/v1/posts/settings", {"approval": "required"}).status == 200
    made = call("POST", "/v1/keys", {"name": "writer", "mode": "test", "scopes": ["posts:write", "posts:read"]})
    body = {"page_id": page, "message": "Hello"}
    answer = call("POST", PUBLISH, body, key=made.json["raw_key"])
    assert (answer.status, answer.json["status"]) == (202, "awaiting_approval")
    assert call("GET", answer.json["poll"]).json["status"] == "awaiting_approval"


def test_what_the_network_does_not_know_is_not_said_to_be_deleted() -> None:
    call, page = _page()
    post = _publish(call, page).json["post_id"]
    for given, status in ((page, 400), ("me", 400), ("123_456", 404), (post, 200), (post, 200)):
        answer = call("DELETE", f"/v1/social/facebook/post/{given}", {"page_id": page})
        assert answer.status == status, answer.json
    assert all(not one.url.partition("?")[0].endswith(("/me", f"/{page}")) for one in _sent(call, "DELETE"))


def test_a_verb_that_asks_networks_ends_in_time() -> None:
    call = api()
    page = page_ads(call)["page_id"]

    def hang(request: Request) -> Response | None:
        if request.method != "GET":
            return None
        call.rig.clock.advance(min(30, request.total_timeout or 30))
        raise AnswerLost("nobody answers")

    call.rig.sandbox.intercept = hang
    for path in ("ads/accounts", f"photos?page_id={page}", f"stats?page_id={page}", "post-stats?post_id=1"):
        began = call.rig.clock.monotonic()
        answer = call("GET", f"/v1/social/facebook/{path}")
        assert answer.status in (502, 503), answer.json
        assert call.rig.clock.monotonic() - began <= 31


def _sent(call: Api, method: str) -> list[Request]:
    return [one for one in call.rig.sandbox.sent if one.method == method]


# ------------------------------------------------------------------------------------------------------------ money


def _adset(call: Api, ad_account: str, budget: int = 1500) -> Answer:
    campaign = call(
        "POST",
        "/v1/social/facebook/ads/campaigns",
        {"ad_account_id": ad_account, "name": "Spring", "objective": "LINK_CLICKS"},
    ).json.get("campaign_id", CAMPAIGN)
    body: dict[str, Any] = {"ad_account_id": ad_account, "campaign_id": campaign, "name": "Set", "daily_budget": budget}
    return call(
        "POST", "/v1/social/facebook/ads/adsets", {**body, "targeting": {"geo_locations": {"countries": ["US"]}}}
    )


def _currency(call: Api, currency: str) -> str:
    """An ad account of this currency."""
    ad_account, sandbox = str(page_ads(call)["ad_account_id"]), call.rig.sandbox

    def answer(request: Request) -> Response | None:
        if request.method != "GET":
            return None
        sandbox.intercept = None
        found = sandbox.send(request)
        sandbox.intercept = answer
        return replace(found, body=found.body.replace(b'"EUR"', f'"{currency}"'.encode()))

    sandbox.intercept = answer
    return ad_account


@pytest.mark.parametrize("currency", ["USD", "JPY", "HUF", "EUR"])
def test_a_budget_reaches_the_network_as_it_was_given(currency: str) -> None:
    call = api()
    answer = _adset(call, _currency(call, currency))
    assert answer.status == 200, answer.json
    sent = [one for one in call.rig.sandbox.sent if one.method == "POST" and one.url.endswith("/adsets")]
    assert [b"daily_budget=1500" in one.body for one in sent if isinstance(one.body, bytes)] == [True]


def test_no_currency_is_assumed() -> None:
    call = api()
    ad_account = _currency(call, "")
    answer = _adset(call, ad_account)
    assert (answer.status, answer.json["success"]) == (503, False), answer.json
    other = _adset(call, "act_99")
    assert (other.status, other.json["error_code"]) == (404, "FACEBOOK_ADS/AD_ACCOUNT_NOT_FOUND")
    assert not [one for one in call.rig.sandbox.sent if one.method == "POST" and one.url.endswith("/adsets")]


def test_an_ad_is_not_deleted_by_the_id_of_what_holds_it(call: Api) -> None:
    """Facebook would take the campaign's id, and all of the campaign would be gone."""
    ad_account = str(page_ads(call)["ad_account_id"])
    made = {"ad_account_id": ad_account, "name": "Spring", "objective": "LINK_CLICKS"}
    campaign = call("POST", "/v1/social/facebook/ads/campaigns", made).json["campaign_id"]
    adset = _adset(call, ad_account).json["adset_id"]
    before = len(_sent(call, "POST"))
    for holder in (campaign, adset):
        refused = call("DELETE", f"/v1/social/facebook/ads/{holder}", {"ad_account_id": ad_account})
        assert (refused.status, refused.json["meta"]["field"]) == (400, "ad_id"), refused.json
    wrong = {"ad_account_id": ad_account, "entity_id": campaign, "level": "adset", "status": "DELETED"}
    assert call("PATCH", "/v1/social/facebook/ads/status", wrong).status == 400
    assert len(_sent(call, "POST")) == before
    right = {**wrong, "level": "campaign"}
    assert call("PATCH", "/v1/social/facebook/ads/status", right).status == 200
