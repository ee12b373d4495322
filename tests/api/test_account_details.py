"""Pages, creator info, limits and boards of an account, over HTTP."""

from __future__ import annotations

import pytest

from tests.api.client import Api


def test_boards_are_made_changed_and_deleted(call: Api) -> None:
    """Each answer shows what the network has then; the same request again makes no second board."""
    path = f"/v1/accounts/{call.connect('pinterest')}/boards"
    before = call("GET", path).json["data"]
    body = {"name": "Plans", "description": "What comes next", "privacy": "SECRET"}
    made = call("POST", path, body, Idempotency_Key="k1")
    assert made.status == 201, made.json
    assert call("POST", path, body, Idempotency_Key="k1").data == made.data
    assert {name: made.json[name] for name in body} == body
    assert [one for one in call("GET", path).json["data"] if one not in before] == [made.json]
    one = f"{path}/{made.json['board_id']}"
    changed = call("PATCH", one, {"name": "Other plans"})
    assert (changed.status, changed.json) == (200, {**made.json, "name": "Other plans"})
    assert call("PATCH", one, {}).meta["field"] == "name"
    assert call("DELETE", one).status == 204
    assert call("DELETE", one).status == 204, "what is gone is gone"
    assert call("GET", path).json["data"] == before
    refused = call("PATCH", one, {"name": "Late"})
    assert refused.error["code"] == "platform.pinterest.board_unknown"


def test_what_takes_longer_is_told_where_to_look(call: Api) -> None:
    """202, and the action goes on."""
    path = f"/v1/accounts/{call.connect('pinterest')}/boards"
    call.rig.clock.while_asleep = call.rig.clock.advance
    made = call("POST", path, {"name": "Plans"})
    assert made.status == 202, made.json
    call.settle()
    assert call("GET", made.json["poll"]).json["status"] == "done"


def test_creator_info_is_the_creators_own(call: Api) -> None:
    """Where the network has such a thing."""
    found = call("GET", f"/v1/accounts/{call.connect('tiktok')}/creator-info")
    assert found.status == 200, found.json
    assert found.json["can_post"] is True
    assert "SELF_ONLY" in found.json["privacy_level_options"]
    assert found.json["max_video_duration_sec"] > 0
    for path in ("creator-info", "boards"):
        none = call("GET", f"/v1/accounts/{call.connect('bluesky')}/{path}")
        assert (none.status, none.error["code"]) == (501, "resource.not_supported")


@pytest.mark.parametrize("platform", ["instagram", "threads"])
def test_limits_are_what_the_network_counts(call: Api, platform: str) -> None:
    """And nothing where it tells nothing."""
    account = call.connect(platform)
    before = call("GET", f"/v1/accounts/{account}/limits").json
    assert 0 < before["posts_remaining"] <= before["posts_total"]
    media = [{"source_type": "url", "source": "https://sandbox.rostrum.test/media/photo.jpg"}]
    call.post(platforms=(platform,), publish_now=True, media=media)
    call.settle()
    after = call("GET", f"/v1/accounts/{account}/limits").json
    assert after["posts_remaining"] == before["posts_remaining"] - 1
    assert call("GET", f"/v1/accounts/{call.connect('bluesky')}/limits").json == {}


def test_a_page_is_an_account_of_its_own(call: Api) -> None:
    """Its only page, which stays on; other networks have none."""
    account = call.connect("facebook")
    (page,) = call("GET", f"/v1/accounts/{account}/pages").json["data"]
    assert (page["id"], page["is_active"], page["is_default"]) == (account, True, True)
    for page_id in (page["id"], page["platform_page_id"]):
        path = f"/v1/accounts/{account}/pages/{page_id}"
        assert call("PATCH", path, {"is_default": True, "is_active": True}).json == page
        off = call("PATCH", path, {"is_active": False})
        assert (off.status, off.error["code"]) == (409, "resource.conflict")
    assert call("PATCH", f"/v1/accounts/{account}/pages/1", {}).error["code"] == "resource.not_found"
    none = call("GET", f"/v1/accounts/{call.connect('bluesky')}/pages")
    assert (none.status, none.error["code"]) == (400, "account.pages_not_supported")
