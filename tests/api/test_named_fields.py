"""An error names the field that its sender wrote, and nothing that is not a field is taken."""

from __future__ import annotations

import io
from typing import Any

import pytest

from tests.api.client import PHOTO, Api
from tests.support import files

ITEM = {"source_type": "url", "source": PHOTO}
INVISIBLE = ["", "   ", "\u200b\u200d\ufeff", "\u2060\u00ad", "\u3164", "\u2800\ufe0f", "\n\u2028\t", "\U000e0061"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"media_ids": ["med_nobody"]}, "media_ids[0]"),
        ({"media_ids": [""]}, "media_ids[0]"),
        ({"segments": [{"text": "b"}, {"text": "c", "media_ids": ["med_nobody"]}]}, "segments[1].media_ids[0]"),
        ({"media": [{"source_type": "media_id", "source": "med_nobody"}]}, "media[0].source"),
        ({"media": [{**ITEM, "alt_text": "x" * 2500}]}, "media[0].alt_text"),
        ({"media": [{**ITEM, "type": "video"}]}, "media[0].type"),
    ],
)
def test_media_are_named_as_they_were_sent(call: Api, body: dict[str, Any], field: str) -> None:
    full = {"text": "hi", "targets": [{"account_id": call.connect("bluesky")}], **body}
    made = call.post()
    for method, path, sent in (("POST", "/v1/posts", full), ("PATCH", f"/v1/posts/{made['id']}", body)):
        answer = call(method, path, sent)
        assert (answer.status in (400, 404), answer.meta["field"]) == (True, field), answer.json
        assert answer.error["message"].startswith(field)


def test_a_targets_own_media_are_named_likewise(call: Api) -> None:
    targets = [{"account_id": call.connect("bluesky"), "media_ids": ["med_nobody"]}]
    assert call("POST", "/v1/posts", {"text": "a", "targets": targets}).meta["field"] == "targets[0].media_ids[0]"


def test_a_dry_run_names_account_ids(call: Api) -> None:
    good = call.connect("bluesky")
    found = call("POST", "/v1/posts/validate", {"text": "hi", "account_ids": [good, "acc_nobody"]}).json
    assert [row["field"] for row in found["errors"]] == ["account_ids[1]"]
    assert found["errors"][0]["message"].startswith("account_ids[1]")
    assert call("POST", "/v1/posts/validate", {"text": "hi", "account_ids": [""]}).meta["field"] == "account_ids[0]"


@pytest.mark.parametrize("bad", [r"\u0000", r"\ud83d"])
def test_a_text_that_nothing_can_hold_is_named(call: Api, bad: str) -> None:
    for body, field in (
        ('{"text": "a%s"}', "text"),
        ('{"targets": [{"account_id": "a", "text": "%s"}]}', "targets[0].text"),
    ):
        answer = call("POST", "/v1/posts", data=(body % bad).encode(), Content_Type="application/json")
        assert (answer.status, answer.meta["field"]) == (400, field)


def test_a_byte_order_mark_is_called_by_its_name(call: Api) -> None:
    answer = call("POST", "/v1/posts", data=b'\xef\xbb\xbf{"text": "a"}', Content_Type="application/json")
    assert (answer.status, "byte order mark" in answer.error["message"]) == (400, True)


def test_a_network_is_named_once_in_platform_data(call: Api) -> None:
    data = {"twitter": {"reply_settings": "following"}, "x": {"reply_settings": "following"}}
    answer = call("POST", "/v1/posts", {"text": "a", "platform_data": data})
    assert (answer.status, answer.error["code"]) == (400, "validation.field_invalid")
    assert answer.meta["field"] == "platform_data.x"
    assert "platform_data.twitter" in answer.error["message"]


def test_an_action_takes_no_fields(call: Api) -> None:
    path = f"/v1/posts/{call.post()['id']}"
    for method, where in (("POST", f"{path}/publish"), ("POST", f"{path}/retry"), ("DELETE", path)):
        answer = call(method, where, {"bogus": 1})
        assert (answer.status, answer.error["code"], answer.meta["field"]) == (
            400,
            "validation.field_unknown",
            "bogus",
        )
    assert call("GET", path).json["status"] == "draft"
    assert call("POST", f"{path}/publish", {}).status == 201


@pytest.mark.parametrize(
    "path", ["/v1/platforms", "/v1/keys", "/v1/media/storage", "/v1/accounts", "/v1/posts/validate"]
)
def test_an_unknown_query_parameter_is_refused(call: Api, path: str) -> None:
    answer = call("GET", f"{path}?bogus=1")
    assert (answer.status, answer.error["code"], answer.meta["field"]) == (400, "validation.field_unknown", "bogus")


def test_an_upload_is_one_file(call: Api) -> None:
    form = {"file": [(io.BytesIO(files.jpeg()), f"{n}.jpg", "image/jpeg") for n in "ab"]}
    answer = call("POST", "/v1/media/upload", data=form)
    assert (answer.status, answer.meta["field"], answer.meta["count"]) == (400, "file", 2)
    assert call("GET", "/v1/media").json["count"] == 0


def test_an_upload_over_the_limit_says_so_in_its_own_code(call: Api) -> None:
    large = b"--b" + bytes(50_200_000)
    answer = call("POST", "/v1/media/upload", data=large, Content_Type="multipart/form-data; boundary=b")
    assert (answer.status, answer.error["code"], answer.meta["field"]) == (413, "media.too_large", "file")


def test_bad_cursors_have_one_code(call: Api) -> None:
    for path in ("/v1/posts", "/v1/media"):
        answer = call("GET", f"{path}?cursor=nonsense")
        assert (answer.status, answer.error["code"]) == (400, "validation.cursor_invalid")


@pytest.mark.parametrize("text", INVISIBLE)
@pytest.mark.parametrize("platform", ["bluesky", "twitter"])
def test_what_nobody_can_see_is_no_text(call: Api, platform: str, text: str) -> None:
    targets = [{"account_id": call.connect(platform)}]
    answer = call("POST", "/v1/posts", {"text": text, "targets": targets})
    assert (answer.status, answer.error["code"], answer.meta["field"]) == (400, "validation.field_required", "text")
    assert call("POST", "/v1/posts", {"text": text, "targets": targets, "media": [ITEM]}).status == 201


def test_a_text_of_one_emoji_is_a_text(call: Api) -> None:
    assert call.post("👨‍👩‍👧")["text"] == "👨‍👩‍👧"


def test_a_story_carries_no_first_comment(call: Api) -> None:
    target = {"account_id": call.connect("instagram"), "platform_data": {"content_type": "stories"}}
    body = {"targets": [target], "media": [ITEM]}
    answer = call("POST", "/v1/posts", {**body, "first_comment": "first!"})
    assert (answer.status, answer.error["code"]) == (400, "validation.first_comment_unsupported")
    assert answer.meta["field"] == "first_comment"
    assert call("POST", "/v1/posts", body).status == 201


def test_a_dry_run_takes_what_creating_takes(call: Api) -> None:
    body = {
        "text": "hi",
        "publish_now": True,
        "segments": [{"text": "two"}],
        "first_comment": "c",
        "title": "T",
        "scheduled_at": "2026-12-24T18:00:00",
        "timezone": "Europe/Berlin",
        "skip_duplicate_check": True,
    }
    found = call("POST", "/v1/posts/validate", body)
    assert (found.status, found.json["valid"]) == (200, True)
    assert [row["code"] for row in found.json["warnings"]] == ["validation.nothing_to_check"]
    targets = [{"account_id": call.connect("bluesky")}]
    found = call("POST", "/v1/posts/validate", {**body, "targets": targets})
    assert "validation.nothing_to_check" not in [row["code"] for row in found.json["warnings"]]


def test_wordings_are_for_people(call: Api) -> None:
    """A date that is none, a list that is empty, a time that has passed."""
    dated = call("GET", "/api/v1/creator/social/distribution/metrics?start_date=x")
    assert "it must be a date, as 2026-11-22." in str(dated.json), dated.json
    past = call("POST", "/v1/posts", {"text": "a", "scheduled_at": "2020-01-01T00:00:00Z"})
    assert "2020-01-01T00:00:00Z" in past.error["message"]
    assert past.meta["now"].endswith("Z")
