"""The connect dialect: what its document does not show."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.client import Api, api
from tests.conformance.stage_connect import token_of

PAGE = {"network": "facebook", "page_id": "p1", "page_name": "Blog", "page_url": "https://facebook.com/p1"}
ENTRY = {"network_type": "tiktok", "network_id": "fern", "network_url": "https://tiktok.com/@fern"}


def _networks(call: Api) -> Any:
    return call("POST", "/api/get/networks/").json["networks"]


def test_what_is_entered_again_keeps_its_number_and_what_was_accepted_stays_so(call: Api) -> None:
    first = call("POST", "/api/action/network/approval/", ENTRY).json["approval_id"]
    assert [one["status"] for one in _networks(call)] == ["pending"]
    assert call("POST", "/api/action/network/review/", {"network_id": first, "status": "accepted"}).status == 200
    again = call("POST", "/api/action/network/approval/", {**ENTRY, "followers": 7}).json["approval_id"]
    (shown,) = _networks(call)
    assert (again, shown["id"], shown["status"], shown["followers"]) == (first, first, "accepted", 7)
    assert not shown["verified"]


def test_only_full_access_reviews(call: Api) -> None:
    number = call("POST", "/api/action/network/approval/", ENTRY).json["approval_id"]
    key = call("POST", "/v1/keys", {"name": "k", "scopes": ["accounts:manage"]}).json["raw_key"]
    answer = call("POST", "/api/action/network/review/", {"network_id": number, "status": "accepted"}, key=key)
    assert (answer.status, answer.json["error"]) == (403, "permission_denied")


def test_what_is_connected_needs_no_approval_and_replaces_what_was_entered(call: Api) -> None:
    account = call.connect("tiktok")
    (connected,) = _networks(call)
    assert connected["account_id"] == account
    assert connected["verified"]
    entry = {**ENTRY, "network_id": connected["network_id"]}
    entered = call("POST", "/api/action/network/approval/", entry).json["approval_id"]
    assert [one["account_id"] for one in _networks(call)] == [account]
    status = call("POST", "/api/network/status/", {"network_id": entered}).json
    assert (status["status"], status["verified"]) == ("accepted", True)
    refused = call("POST", "/api/action/network/review/", {"network_id": connected["id"], "status": "rejected"})
    assert (refused.status, refused.json["error"]) == (409, "network_already_connected")


def test_a_disconnected_account_leaves_and_what_was_entered_says_so(call: Api) -> None:
    call.connect("instagram")
    number = _networks(call)[0]["id"]
    assert call("POST", "/api/network/disconnect/", data={"network_id": str(number)}).status == 200
    assert _networks(call) == []
    assert call("POST", "/api/network/disconnect/", {"network_id": number}).status == 404
    page = call("POST", "/api/add/social-page/", PAGE).json["page_id"]
    assert call("POST", "/api/network/disconnect/", {"network_id": page}).status == 200
    assert call("POST", "/api/get/social-pages/").json["pages"][0]["status"] == "disconnected"


def test_a_token_of_somebody_else_connects_nothing(call: Api) -> None:
    mine = token_of(call, "twitter")
    answer = call("POST", "/api/auth/twitter/", {"access_token": mine["token"], "user_id": "4711"})
    assert (answer.status, answer.json["error"], answer.json["field"]) == (
        400,
        "network_verification_failed",
        "user_id",
    )
    assert mine["token"] not in str(answer.json)
    assert _networks(call) == []


def test_an_adopted_account_publishes(call: Api) -> None:
    mine = token_of(call, "twitter")
    body = {"access_token": mine["token"], "user_id": mine["user"]}
    made = call("POST", "/api/auth/twitter/", body, Idempotency_Key="k")
    assert call("POST", "/api/auth/twitter/", body, Idempotency_Key="k").data == made.data
    (shown,) = _networks(call)
    assert shown["id"] == made.json["network_id"]
    post = call(
        "POST", "/v1/posts", {"text": "Hi", "targets": [{"account_id": shown["account_id"]}], "publish_now": True}
    )
    call.settle()
    assert call("GET", f"/v1/posts/{post.json['id']}").json["status"] == "published"


def test_a_network_without_tokens_to_hand_over_says_where_to_connect(call: Api) -> None:
    answer = call("POST", "/api/auth/reddit/", {"access_token": "t", "user_id": "u"})
    assert (answer.status, answer.json["error"]) == (501, "not_supported")
    assert "/v1/accounts/connect" in answer.json["message"]
    assert call("POST", "/api/auth/myspace/", {"access_token": "t", "user_id": "u"}).json["field"] == "network"


def test_another_workspaces_number_is_nobodys(call: Api) -> None:
    other = api(call.rig)
    page = other("POST", "/api/add/social-page/", PAGE).json["page_id"]
    other.connect("instagram")
    for number in (page, _networks(other)[0]["id"]):
        for path in ("/api/network/status/", "/api/network/disconnect/"):
            assert call("POST", path, {"network_id": number}).json["error"] == "network_not_found"
    assert call("POST", "/api/add/social-page/", PAGE).json["page_id"] != page
    assert len(_networks(other)) == 1


@pytest.mark.parametrize(
    ("path", "form", "field"),
    [
        ("/api/network/status/", {"network_id": "one"}, "network_id"),
        ("/api/network/status/", {"network": "1"}, "network"),
        ("/api/network/status/", {}, "network_id"),
        ("/api/action/network-extra/update/", {"network_id": "1", "extra_data": "x"}, "extra_data"),
        ("/api/action/network-extra/update/", {"network_id": "1", "extra_data[a][b]": "x"}, "extra_data.a"),
        ("/api/action/network-extra/update/", {"network_id": "1", "a]b": "x"}, "a]b"),
        ("/api/add/social-page/", {**PAGE, "page_url": "javascript:alert(1)"}, "page_url"),
        ("/api/add/social-page/", {**PAGE, "followers": "-1"}, "followers"),
    ],
)
def test_a_form_that_is_wrong_names_its_field(call: Api, path: str, form: dict[str, str], field: str) -> None:
    answer = call("POST", path, data=form, Content_Type="application/x-www-form-urlencoded")
    assert (answer.status, answer.json["error"]) == (400, "validation_error"), answer.json
    assert answer.json["field"].startswith(field)


def test_a_form_of_ten_thousand_fields_is_refused(call: Api) -> None:
    plain = "&".join(f"f{n}=x" for n in range(10_000)).encode()
    parts = b"".join(b'--b\r\nContent-Disposition: form-data; name="f%d"\r\n\r\nx\r\n' % n for n in range(10_000))
    for kind, data in (
        ("application/x-www-form-urlencoded", plain),
        ("multipart/form-data; boundary=b", parts + b"--b--"),
    ):
        answer = call("POST", "/api/network/status/", data=data, Content_Type=kind)
        assert answer.status in (400, 413), answer.json


def test_extra_fields_are_bounded(call: Api) -> None:
    page = call("POST", "/api/add/social-page/", PAGE).json["page_id"]
    many = {f"f{n}": n for n in range(51)}
    answer = call("POST", "/api/action/network-extra/update/", {"network_id": page, "extra_data": many})
    assert (answer.status, answer.json["field"]) == (400, "extra_data")
    body = {"network_id": page, "extra_data": {"engagement_rate": "nan"}}
    assert call("POST", "/api/action/network-extra/update/", body).status == 200
    assert "engagement_rate" not in call("POST", "/api/network/status/", {"network_id": page}).json
