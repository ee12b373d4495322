"""What an error tells to do can be done."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.client import Api


def test_the_bounds_of_a_list_need_an_offset_and_no_zone(call: Api) -> None:
    for name in ("from", "to"):
        bare = call("GET", f"/v1/posts?{name}=2026-12-24T18:00:00")
        assert (bare.error["code"], bare.meta["field"]) == ("validation.offset_missing", name)
        assert "timezone" not in bare.error["message"]
        lost = call("GET", f"/v1/posts?{name}=2026-12-24T18:00:00+01:00")
        assert (lost.status, lost.error["code"], "%2B" in lost.error["message"]) == (
            400,
            "validation.time_invalid",
            True,
        )
        assert "timezone" not in lost.error["message"]
        assert call("GET", f"/v1/posts?{name}=2026-12-24T18:00:00%2B01:00").status == 200


@pytest.mark.parametrize("zone", ["Nope/Zone", "x", "PSTX"])
def test_a_zone_that_resembles_none_is_not_guessed(call: Api, zone: str) -> None:
    answer = call("POST", "/v1/posts", {"text": "a", "scheduled_at": "2026-12-24T18:00:00", "timezone": zone})
    assert (answer.status, answer.error["code"]) == (400, "validation.timezone_unknown")
    assert "did_you_mean" not in answer.meta
    assert "data.iana.org" in answer.error["message"]


def test_a_zone_without_a_time_is_a_slip(call: Api) -> None:
    answer = call("POST", "/v1/posts", {"text": "a", "timezone": "Europe/Berlin"})
    assert (answer.status, answer.meta["field"]) == (400, "timezone")
    target = {"account_id": call.connect("bluesky"), "scheduled_at": "2026-12-24T18:00:00"}
    assert call("POST", "/v1/posts", {"text": "a", "targets": [target], "timezone": "Europe/Berlin"}).status == 201


def test_a_post_with_a_zone_is_edited_freed_of_its_time_and_published(call: Api) -> None:
    made = call.post(scheduled_at="2026-12-24T18:00:00", timezone="Europe/Berlin")
    path = f"/v1/posts/{made['id']}"
    edited = call("PATCH", path, {"text": "other"}).json
    assert (edited["scheduled_at"], edited["timezone"]) == ("2026-12-24T17:00:00Z", "Europe/Berlin")
    moved = call("PATCH", path, {"timezone": "Europe/Lisbon"}).json
    assert moved["scheduled_at"] == "2026-12-24T18:00:00Z"
    freed = call("PATCH", path, {"scheduled_at": None}).json
    assert (freed["status"], "timezone" in freed) == ("draft", False)
    assert call("PATCH", path, {"timezone": "Europe/Berlin"}).meta["field"] == "timezone"
    again = call("PATCH", path, {"scheduled_at": "2026-12-24T18:00:00", "timezone": "Europe/Berlin"})
    assert again.status == 200
    assert call("POST", f"{path}/publish").status == 201


def test_a_path_that_is_only_a_beginning_says_what_is_below(call: Api) -> None:
    for path in ("/v1", "/v1/"):
        answer = call("GET", path)
        assert answer.status == 404
        assert "/v1/posts" in answer.error["message"]
        assert "/v1/accounts" in answer.error["message"]


def test_a_browser_at_the_root_is_sent_to_the_documentation(call: Api) -> None:
    answer = call("GET", "/", key=None)
    assert (answer.status, answer.headers["Location"], answer.data) == (302, "/docs", b"")


@pytest.mark.parametrize("path", ["/oauth/callback/twitter", "/v1/oauth/callback/instagram", "/oauth/callback/nowhere"])
@pytest.mark.parametrize("query", ["", "?state=unknown&code=1", "?error=access_denied&state=<b>"])
def test_a_callback_that_fails_is_a_page_for_people(call: Api, path: str, query: Any) -> None:
    answer = call("GET", f"{path}{query}", key=None)
    assert answer.status in (400, 403)
    assert answer.headers["Content-Type"].startswith("text/html")
    assert b"Not connected" in answer.data
    assert b"<b>" not in answer.data
