"""What one caller of a workspace must not get at through another's: kept answers, queues, accounts, the wrong mode."""

from __future__ import annotations

import pytest

from shared.domain.accounts import Connected, Tokens
from shared.domain.errors import Clash
from shared.operations import callers, choosing
from shared.operations.linking import Owner
from tests.api.client import Api
from tests.operations import flows

LATER = "2027-01-01T09:00:00Z"


def bound_to(call: Api, brand_id: str) -> str:
    """A key of this brand alone."""
    return str(call("POST", "/v1/keys", {"name": "bound", "brand_ids": [brand_id]}).json["raw_key"])


def brand(call: Api, name: str) -> str:
    return str(call("POST", "/v1/brands", {"name": name}).json["id"])


def test_a_restricted_key_is_never_told_what_another_key_was_answered(call: Api) -> None:
    """Keys of idempotency are often guessable: order-1."""
    bound = bound_to(call, brand(call, "Mine"))
    body = {"text": "Not theirs", "targets": [{"account_id": call.connect("bluesky")}], "scheduled_at": LATER}
    made = call("POST", "/v1/posts", body, Idempotency_Key="order-1")
    assert made.status == 201, made.json
    for sent in (body, {**body, "text": "Which fields differ?"}):
        refused = call("POST", "/v1/posts", sent, key=bound, Idempotency_Key="order-1")
        assert (refused.status, refused.error["code"]) == (404, "account.not_found")
    full = call("POST", "/v1/keys", {"name": "another of full access"}).json["raw_key"]
    again = call("POST", "/v1/posts", body, key=full, Idempotency_Key="order-1")
    assert (again.data, again.headers["Idempotent-Replayed"]) == (made.data, "true")
    writer = call("POST", "/v1/keys", {"name": "writer", "scopes": ["posts:write"]}).json["raw_key"]
    own = [call("POST", "/v1/posts", {**body, "text": "Own"}, key=writer, Idempotency_Key="order-1") for _ in "ab"]
    assert own[0].status == 201
    assert own[0].data == own[1].data != made.data


def test_a_disconnected_account_brings_no_posts_into_another_brand(call: Api) -> None:
    mine, theirs = brand(call, "Mine"), brand(call, "Theirs")
    bound, account = bound_to(call, mine), call.connect("bluesky")
    call("PATCH", f"/v1/accounts/{account}", {"brand_id": theirs})
    call.post("What they plan", scheduled_at=LATER)
    assert call("DELETE", f"/v1/accounts/{account}").status == 204
    with pytest.raises(Clash, match="another brand's"):
        flows.signed_in(call.rig, callers.authenticate(call.rig.ports, bound))
    assert call("GET", "/v1/posts", key=bound).json["data"] == []
    assert flows.signed_in(call.rig, call.caller).id == account


def test_a_queue_does_not_show_the_posts_of_other_brands_accounts(call: Api) -> None:
    mine = brand(call, "Mine")
    bound, path = bound_to(call, mine), f"/v1/queue?brand_id={mine}"
    slots = {
        "timezone": "UTC",
        "slots": [{"weekday": "monday", "time": "09:00"}, {"weekday": "friday", "time": "09:00"}],
    }
    assert call("PUT", f"/v1/queue/slots?brand_id={mine}", slots).status == 200
    call.post("Of the default brand", queue=True, queue_brand_id=mine)
    everyone, theirs = call("GET", path).json["data"], call("GET", path, key=bound).json["data"]
    assert [row.get("post", {}).get("text") for row in everyone[:2]] == ["Of the default brand", None]
    assert theirs == everyone[1:]
    call("PATCH", f"/v1/accounts/{call.connect('bluesky')}", {"brand_id": mine})
    assert call("GET", path, key=bound).json["data"] == everyone


def test_a_key_asked_for_the_other_mode_is_refused_instead_of_publishing_for_real(call: Api) -> None:
    for key, mode, other in ((call.live_key, "live", "test"), (call.test_key, "test", "live")):
        assert call("GET", "/v1/auth/session", key=key, Rostrum_Mode=mode).json["mode"] == mode
        refused = call("POST", "/v1/posts", {"text": "Hello"}, key=key, Rostrum_Mode=other)
        assert (refused.status, refused.meta["field"]) == (400, "Rostrum-Mode")


def test_what_is_missing_is_told_to_people_and_keys_in_their_own_words(call: Api) -> None:
    token = call.rig.issuer.token(tenant_id=call.workspace, roles=["creator"])
    reader = call("POST", "/v1/keys", {"name": "reader", "scopes": ["posts:read"]}).json["raw_key"]
    for key, word in ((token, "role"), (reader, "key")):
        for path in ("/v1/webhooks", "/v1/keys"):
            refused = call("GET", path, key=key)
            assert refused.status == 403
            assert word in refused.error["message"]
    assert "key" not in call("GET", "/v1/webhooks", key=token).error["message"]


def test_what_a_caller_of_some_brands_enters_is_theirs_and_they_see_no_others(call: Api) -> None:
    """Listings: the same network entered by two is two, with a number each."""
    entry = {
        "network_type": "instagram",
        "network_id": "123",
        "network_url": "https://instagram.com/acme",
        "followers": 1,
    }
    bound, other = (bound_to(call, brand(call, name)) for name in ("Mine", "Theirs"))
    numbers = {
        key: call("POST", "/api/action/network/approval/", entry, key=key).json["approval_id"]
        for key in (call.test_key, bound, other)
    }
    assert len(set(numbers.values())) == 3

    def seen(key: str) -> list[int]:
        return [one["id"] for one in call("POST", "/api/get/networks/", {}, key=key).json["networks"]]

    assert seen(bound) == [numbers[bound]]
    assert seen(call.test_key) == sorted(numbers.values(), key=seen(call.test_key).index)
    for path, body in (("action/network-extra/update", {"extra_data": {"bio": "x"}}), ("network/disconnect", {})):
        for number in (numbers[call.test_key], numbers[other]):
            refused = call("POST", f"/api/{path}/", {"network_id": number, **body}, key=bound)
            assert refused.status == 404, refused.json
        assert call("POST", f"/api/{path}/", {"network_id": numbers[bound], **body}, key=bound).status == 200


def test_what_somebody_who_was_invited_may_choose_from_is_theirs_alone(call: Api) -> None:
    owner = Owner(call.caller.space, True, "default", invite="invites/somebodys")
    offered = choosing.offer(call.rig.ports, owner, "instagram", [Connected("100", "page", "Page", Tokens("token"))])
    path = f"/v1/accounts/pending/{offered.id}"
    assert call("GET", path).error["code"] == "connection.not_found"
    assert call("POST", f"{path}/select", {"page_ids": ["100"]}).error["code"] == "connection.not_found"


def test_a_choice_of_nothing_names_the_field_that_was_sent(call: Api) -> None:
    owner = Owner(call.caller.space, True, "default")
    offered = choosing.offer(call.rig.ports, owner, "instagram", [Connected("100", "page", "Page", Tokens("token"))])
    for sent, field in (({"page_ids": []}, "page_ids"), ({"platform_account_id": "7"}, "platform_account_id")):
        refused = call("POST", f"/v1/accounts/pending/{offered.id}/select", sent)
        assert (refused.status, refused.meta["field"]) == (400, field)
        assert "100" in refused.error["message"]


def test_a_caller_of_some_brands_takes_no_post_out_of_all_brands(call: Api) -> None:
    """Nobody who is bound would ever see it again."""
    mine = brand(call, "Mine")
    bound, account = bound_to(call, mine), call.connect("bluesky")
    call("PATCH", f"/v1/accounts/{account}", {"brand_id": mine})
    made = call.post("Mine", scheduled_at=LATER)["id"]
    refused = call("PATCH", f"/v1/posts/{made}", {"targets": []}, key=bound)
    assert (refused.status, refused.meta["field"]) == (400, "targets")
    assert call("GET", f"/v1/posts/{made}", key=bound).json["status"] == "scheduled"
