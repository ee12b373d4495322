"""Bad input: every answer names the field and the remedy, and nothing is half-created."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.client import PHOTO, VIDEO, Api, api
from tests.support import files

FAMILY = "👨‍👩‍👧"


def refused(call: Api, body: Any, status: int = 400) -> Any:
    """The error, after it was made sure that nothing was created."""
    answer = call("POST", "/v1/posts", body)
    assert answer.status == status, answer.json
    assert call.stored("posts") == []
    assert call.stored("targets") == []
    assert call.rig.queue.accepted == []
    return answer.error


def _to(call: Api, platform: str = "bluesky", **fields: Any) -> dict[str, Any]:
    return {"text": "hi", "targets": [{"account_id": call.connect(platform)}], **fields}


WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"text": 5}, "text", "validation.field_invalid"),
    ({"txet": "hi"}, "txet", "validation.field_unknown"),
    ({"publish_now": "yes"}, "publish_now", "validation.field_invalid"),
    ({"max_lateness": "60"}, "max_lateness", "validation.field_invalid"),
    ({"max_lateness": 0}, "max_lateness", "validation.field_invalid"),
    ({"targets": {}}, "targets", "validation.field_invalid"),
    ({"targets": [{"account": "acc_1"}]}, "targets[0].account_id", "validation.field_required"),
    ({"targets": [5]}, "targets[0]", "validation.field_invalid"),
    ({"media": [{"source_type": "file", "source": "x"}]}, "media[0].source_type", "validation.field_invalid"),
    ({"media": [{"source_type": "url"}]}, "media[0].source", "validation.field_required"),
    ({"visibility": "secret"}, "visibility", "validation.field_invalid"),
    ({"platform_data": {"bluesky": 5}}, "platform_data.bluesky", "validation.field_invalid"),
    ({"platform_data": {"blusky": {}}}, "platform_data.blusky", "account.unsupported_platform"),
    ({"publish_now": True}, "targets", "validation.field_required"),
    ({"text": "x" * 100_001}, "text", "validation.field_invalid"),
]


@pytest.mark.parametrize(("body", "field", "code"), WRONG, ids=lambda value: str(value)[:40])
def test_a_wrong_field_is_named(call: Api, body: dict[str, Any], field: str, code: str) -> None:
    error = refused(call, body)
    assert (error["meta"]["field"], error["code"]) == (field, code)
    assert field.partition("[")[0] in error["message"]


def test_an_unknown_field_names_the_nearest_known_one(call: Api) -> None:
    error = refused(call, {"targets": [{"account_id": "acc_1", "platfrom_data": {}}]})
    assert error["meta"]["field"] == "targets[0].platfrom_data"
    assert error["meta"]["did_you_mean"] == "platform_data"
    query = call("GET", "/v1/posts?statuss=draft")
    assert (query.status, query.meta["did_you_mean"]) == (400, "status")


def test_several_errors_are_told_at_once(call: Api) -> None:
    error = refused(call, {"text": 5, "publish_now": "x", "colour": "red"})
    assert {row["field"] for row in error["meta"]["errors"]} == {"text", "publish_now", "colour"}


def test_no_input_is_repeated_in_an_error(call: Api) -> None:
    body = {"platform": "bluesky", "metadata": {"identifier": 5, "app_password": ["canary-secret"]}}
    answer = call("POST", "/v1/accounts/connect", body)
    assert answer.status == 400
    assert b"canary-secret" not in answer.data


LONG = [
    ("bluesky", "x" * 301, 300, 301, "graphemes"),
    ("bluesky", FAMILY * 301, 300, 301, "graphemes"),
    ("twitter", "x" * 281, 280, 281, "weighted"),
    ("twitter", "字" * 141, 280, 282, "weighted"),
]


@pytest.mark.parametrize(("platform", "text", "limit", "count", "unit"), LONG)
def test_a_text_is_counted_as_the_network_counts_it(
    call: Api, platform: str, text: str, limit: int, count: int, unit: str
) -> None:
    error = refused(call, _to(call, platform, text=text, publish_now=True))
    assert error["code"] == "validation.text_too_long"
    meta = error["meta"]
    assert (meta["field"], meta["platform"]) == ("text", platform)
    assert (meta["limit"], meta["count"], meta["counted_in"]) == (limit, count, unit)
    assert str(limit) in error["message"]
    assert str(count) in error["message"]


def test_a_text_at_the_limit_is_taken(call: Api) -> None:
    assert call.post(FAMILY * 120)["status"] == "draft"
    assert call.post("x" * 280, ("twitter",))["status"] == "draft"


def test_a_targets_own_text_is_the_one_that_is_blamed(call: Api) -> None:
    targets = [
        {"account_id": call.connect("bluesky")},
        {"account_id": call.connect("twitter"), "text": "x" * 281},
    ]
    error = refused(call, {"text": "hi", "targets": targets, "publish_now": True})
    assert error["meta"]["field"] == "targets[1].text"
    assert error["meta"]["account_id"] == call.accounts["twitter"]


TIMES = [
    ({"scheduled_at": "2026-11-22T11:00:00Z"}, "scheduled_at", "validation.time_past"),
    ({"scheduled_at": "2031-11-22T11:00:00Z"}, "scheduled_at", "validation.time_too_far"),
    ({"scheduled_at": "tomorrow"}, "scheduled_at", "validation.time_invalid"),
    ({"scheduled_at": "2026-13-01T00:00:00Z"}, "scheduled_at", "validation.time_invalid"),
    ({"scheduled_at": "2026-12-24"}, "scheduled_at", "validation.time_invalid"),
    ({"scheduled_at": "2026-12-24T18:00:00"}, "scheduled_at", "validation.offset_missing"),
    ({"scheduled_at": "2026-12-24T18:00:00", "timezone": "Europe/Berlim"}, "timezone", "validation.timezone_unknown"),
    ({"scheduled_at": "2026-12-24T18:00:00Z", "timezone": "../etc/passwd"}, "timezone", "validation.timezone_unknown"),
    ({"scheduled_at": "2027-03-28T02:30:00", "timezone": "Europe/Berlin"}, "scheduled_at", "validation.time_skipped"),
    ({"timezone": "Mars/Olympus"}, "timezone", "validation.timezone_unknown"),
]


@pytest.mark.parametrize(("fields", "field", "code"), TIMES, ids=lambda value: str(value)[:50])
def test_an_impossible_time_is_refused(call: Api, fields: dict[str, Any], field: str, code: str) -> None:
    error = refused(call, _to(call, **fields))
    assert (error["meta"]["field"], error["code"]) == (field, code)


def test_the_nearest_zone_is_named(call: Api) -> None:
    error = refused(call, _to(call, scheduled_at="2026-12-24T18:00:00", timezone="Europe/Berlim"))
    assert error["meta"]["did_you_mean"] == "Europe/Berlin"


def test_a_targets_own_past_time_is_named(call: Api) -> None:
    target = {"account_id": call.connect("bluesky"), "scheduled_at": "2020-01-01T00:00:00Z"}
    error = refused(call, {"text": "hi", "targets": [target]})
    assert error["meta"]["field"] == "targets[0].scheduled_at"


def test_a_time_that_comes_twice_is_the_first(call: Api) -> None:
    made = call.post(scheduled_at="2027-10-31T02:30:00", timezone="Europe/Berlin")
    assert made["scheduled_at"] == "2027-10-31T00:30:00Z"


def test_a_time_that_was_a_moment_ago_is_now(call: Api) -> None:
    assert call.post(scheduled_at="2026-11-22T11:59:30Z")["status"] == "publishing"


MEDIA = [
    ("http://169.254.169.254/latest/meta-data", "validation"),
    ("https://10.0.0.8/a.jpg", ""),
    ("https://localhost/a.jpg", ""),
    ("ftp://sandbox.rostrum.test/a.jpg", ""),
    ("not a url", ""),
    ("https://sandbox.rostrum.test/media/missing.jpg", ""),
]


@pytest.mark.parametrize(("url", "_code"), MEDIA)
def test_a_url_that_cannot_be_fetched_is_refused(call: Api, url: str, _code: str) -> None:
    error = refused(call, _to(call, media=[{"source_type": "url", "source": url}]))
    assert error["meta"]["field"] == "media[0].source"
    assert "media[0].source" in error["message"]


def test_a_file_that_is_not_what_it_says_is_refused(call: Api) -> None:
    error = refused(call, _to(call, media=[{"source_type": "url", "source": PHOTO, "type": "video"}]))
    assert (error["code"], error["meta"]["field"]) == ("validation.media_type_mismatch", "media[0].type")
    answer = call("POST", "/v1/media/upload", data={"file": (_stream(b"MZ" + b"\0" * 500), "photo.jpg", "image/jpeg")})
    assert answer.status == 400
    assert answer.meta["field"] == "file"


def test_an_image_over_the_pixel_limit_is_refused_before_it_is_decoded(call: Api) -> None:
    form = {"file": (_stream(files.bomb_png()), "photo.png", "image/png")}
    answer = call("POST", "/v1/media/upload", data=form)
    assert answer.status == 400
    assert "pixel" in answer.error["message"]


def test_too_many_items_and_mixtures_are_refused(call: Api) -> None:
    photo = {"source_type": "url", "source": PHOTO}
    five = refused(call, _to(call, media=[{**photo, "source": f"{PHOTO}?{i}"} for i in range(5)]))
    assert (five["code"], five["meta"]["limit"], five["meta"]["count"]) == ("validation.media_count", 4, 5)
    mixed = refused(call, _to(call, media=[photo, {"source_type": "url", "source": VIDEO}]))
    assert (mixed["code"], mixed["meta"]["field"]) == ("publishing.media.mixing_unsupported", "media")
    mixed = refused(call, _to(call, "twitter", media=[photo, {"source_type": "url", "source": VIDEO}]))
    assert (mixed["code"], mixed["meta"]["field"]) == ("publishing.media.mixing_unsupported", "media")


def test_a_text_without_media_is_nothing_to_a_network_of_pictures(call: Api) -> None:
    error = refused(call, _to(call, "instagram", publish_now=True))
    assert error["meta"]["field"] == "media"


def test_an_unknown_option_names_the_nearest(call: Api) -> None:
    error = refused(call, _to(call, platform_data={"bluesky": {"langauges": ["en"]}}))
    assert error["meta"]["field"] == "platform_data.bluesky.langauges"
    assert error["meta"]["did_you_mean"] == "languages"
    target = {"account_id": call.connect("bluesky"), "platform_data": {"languages": "en"}}
    wrong = refused(call, {"text": "hi", "targets": [target]})
    assert wrong["meta"]["field"] == "targets[0].platform_data.languages"


UNSTORABLE: list[tuple[Any, str]] = [
    ({"": 1}, "platform_data.bluesky"),
    ({"__x__": 1}, "platform_data.bluesky"),
    ({"a": [[1]]}, "platform_data.bluesky.a[0]"),
    ({"a": 2**63}, "platform_data.bluesky.a"),
    ({"a": {"b": {"c": {"d": {"e": {"f": {"g": {"h": {"i": {"j": 1}}}}}}}}}}, "platform_data.bluesky.a"),
]


@pytest.mark.parametrize(("value", "field"), UNSTORABLE)
@pytest.mark.parametrize("skip", [True, False])
def test_what_no_store_could_keep_is_refused(call: Api, value: Any, field: str, skip: bool) -> None:
    error = refused(call, {"text": "hi", "platform_data": {"bluesky": value}, "skip_validation": skip})
    assert (error["code"], error["meta"]["field"].startswith(field)) == ("validation.field_invalid", True)


def test_a_platforms_name_is_known_in_any_case(call: Api) -> None:
    error = refused(call, _to(call, "twitter", platform_data={"X": {"nonsense": 1}}))
    assert error["code"] == "validation.option_unknown"


def test_what_is_meant_for_few_is_never_made_public(call: Api) -> None:
    error = refused(call, _to(call, visibility="private"))
    assert (error["code"], error["meta"]["accepted"]) == ("validation.visibility_unsupported", ["public"])


def test_a_thread_is_refused_where_there_are_none(call: Api) -> None:
    body = _to(call, "instagram", media=[{"source_type": "url", "source": PHOTO}], segments=[{"text": "two"}])
    error = refused(call, body)
    assert (error["code"], error["meta"]["field"]) == ("validation.thread_unsupported", "segments")


def test_an_item_of_a_thread_is_blamed_by_its_index(call: Api) -> None:
    error = refused(call, _to(call, segments=[{"text": "two"}, {"text": "x" * 301}]))
    assert (error["meta"]["field"], error["meta"]["segment_index"]) == ("segments[1].text", 1)


def test_an_account_counts_once(call: Api) -> None:
    target = {"account_id": call.connect("bluesky")}
    error = refused(call, {"text": "hi", "targets": [target, target]})
    assert (error["code"], error["meta"]["field"]) == ("publishing.duplicate_target", "targets[1].account_id")


def test_an_account_or_file_of_nobody_is_a_404(call: Api) -> None:
    error = refused(call, {"text": "hi", "targets": [{"account_id": "acc_nobody"}]}, 404)
    assert (error["code"], error["meta"]["field"]) == ("account.not_found", "targets[0].account_id")
    refused(call, {"text": "hi", "targets": [{"account_id": "../../ws_2.test/accounts/acc_1"}]}, 404)
    error = refused(call, _to(call, media_ids=["med_nobody"]), 404)
    assert (error["code"], error["meta"]["field"]) == ("media.not_found", "media_ids[0]")


def test_another_workspaces_account_and_file_are_a_404(call: Api) -> None:
    other = api(call.rig)
    account = other.connect("bluesky")
    upload = other("POST", "/v1/media/upload", data={"file": (_stream(files.jpeg()), "a.jpg", "image/jpeg")}).json
    assert refused(call, {"text": "hi", "targets": [{"account_id": account}]}, 404)["code"] == "account.not_found"
    error = refused(call, {"text": "hi", "media_ids": [upload["media_id"]]}, 404)
    assert error["code"] == "media.not_found"


def test_a_live_key_does_not_see_what_a_test_key_made(call: Api) -> None:
    made = call.post()
    assert call("GET", f"/v1/posts/{made['id']}", key=call.live_key).status == 404
    assert call("GET", "/v1/accounts", key=call.live_key).json["count"] == 0


def test_skipping_validation_leaves_limits_to_the_network(call: Api) -> None:
    made = call.post("x" * 400, skip_validation=True)
    assert made["status"] == "draft"


def _stream(data: bytes) -> Any:
    import io

    return io.BytesIO(data)
