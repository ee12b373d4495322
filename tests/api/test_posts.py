"""Posts through the API, from the request to what is live on the simulated networks."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any
from urllib.parse import urlsplit

import pytest

from shared.operations import publishing
from shared.platforms import registry
from shared.ports.http import Request
from tests.api.client import PHOTO, VIDEO, Api
from tests.support import files

ALL = ("bluesky", "instagram", "twitter")


def shown(call: Api, post_id: str) -> Any:
    """The post as it is now."""
    answer = call("GET", f"/v1/posts/{post_id}")
    assert answer.status == 200
    return answer.json


def test_a_post_goes_live_on_three_networks(call: Api) -> None:
    made = call.post("Hello", ALL, media=[{"source_type": "url", "source": PHOTO}], publish_now=True)
    assert made["status"] == "publishing"
    assert [target["platform"] for target in made["targets"]] == list(ALL)
    call.settle()
    after = shown(call, made["id"])
    assert after["status"] == "published", after
    for target in after["targets"]:
        assert target["status"] == "published"
        assert target["platform_post_id"]
        assert target["permalink"].startswith("https://")
        assert target["attempts"] == 1


def test_a_scheduled_post_waits_for_its_time(call: Api) -> None:
    made = call.post(scheduled_at="2026-11-22T15:00:00+01:00")
    assert (made["status"], made["scheduled_at"]) == ("scheduled", "2026-11-22T14:00:00Z")
    call.settle(3600)
    assert shown(call, made["id"])["status"] == "scheduled"
    call.settle(3 * 3600)
    assert shown(call, made["id"])["status"] == "published"


def test_a_draft_is_published_on_request(call: Api) -> None:
    made = call.post()
    assert made["status"] == "draft"
    call.settle()
    assert shown(call, made["id"])["status"] == "draft"
    published = call("POST", f"/v1/posts/{made['id']}/publish")
    assert (published.status, published.json["status"]) == (201, "publishing")
    call.settle()
    assert shown(call, made["id"])["status"] == "published"
    again = call("POST", f"/v1/posts/{made['id']}/publish")
    assert (again.status, again.error["code"], again.meta["state"]) == (409, "post.state_invalid", "published")


def test_an_unfinished_draft_is_judged_when_it_is_published(call: Api) -> None:
    made = call.post("no picture yet", ("instagram",), skip_validation=True)
    answer = call("POST", f"/v1/posts/{made['id']}/publish")
    assert answer.status == 400
    assert answer.meta["field"] == "media"
    edited = call("PATCH", f"/v1/posts/{made['id']}", {"media": [{"source_type": "url", "source": PHOTO}]})
    assert edited.status == 200
    assert call("POST", f"/v1/posts/{made['id']}/publish").status == 201
    call.settle()
    assert shown(call, made["id"])["status"] == "published"


def test_a_targets_own_content_wins(call: Api) -> None:
    bluesky, twitter = call.connect("bluesky"), call.connect("twitter")
    body = {
        "text": "for all",
        "platform_data": {"bluesky": {"languages": ["en"]}, "x": {}},
        "targets": [
            {"account_id": bluesky, "text": "for one", "platform_data": {"languages": ["pt"]}},
            {"account_id": twitter, "scheduled_at": "2026-11-23T12:00:00Z"},
        ],
        "publish_now": False,
        "scheduled_at": "2026-11-22T13:00:00Z",
    }
    made = call("POST", "/v1/posts", body).json
    stored = {doc.data["account_id"]: doc.data for doc in call.stored("targets")}
    assert stored[bluesky]["pieces"][0]["text"] == "for one"
    assert stored[bluesky]["pieces"][0]["options"] == {"languages": ["pt"]}
    assert stored[twitter]["pieces"][0]["text"] == "for all"
    assert made["targets"][0]["text"] == "for one"
    assert made["targets"][1]["scheduled_at"] == "2026-11-23T12:00:00Z"
    call.settle(2 * 3600)
    assert [target["status"] for target in shown(call, made["id"])["targets"]] == ["published", "scheduled"]


def test_a_thread_and_its_first_comment(call: Api) -> None:
    made = call.post("one", ("bluesky",), segments=[{"text": "two"}, {"text": "three"}], first_comment="mine")
    roles = [piece["role"] for piece in call.stored("targets")[0].data["pieces"]]
    assert roles == ["post", "reply", "reply", "first_comment"]
    call("POST", f"/v1/posts/{made['id']}/publish")
    call.settle()
    target = shown(call, made["id"])["targets"][0]
    assert target["status"] == "published"
    assert len(target["metadata"]["thread_post_ids"]) == 3


def test_pieces_have_keys_and_instants_of_their_own(call: Api) -> None:
    call.post("one", ("bluesky",), segments=[{"text": "two"}])
    pieces = call.stored("targets")[0].data["pieces"]
    assert len({piece["key"] for piece in pieces}) == 2
    assert all(len(piece["key"]) == 32 and int(piece["key"], 16) >= 0 for piece in pieces)
    assert pieces[0]["created_at"] < pieces[1]["created_at"]


def test_a_file_of_the_library_is_published(call: Api) -> None:
    upload = call("POST", "/v1/media/upload", data={"file": (io.BytesIO(files.jpeg()), "a.jpg", "image/jpeg")})
    assert upload.status == 201
    made = call.post("with picture", ("twitter",), media_ids=[upload.json["media_id"]], publish_now=True)
    assert made["media_ids"] == [upload.json["media_id"]]
    in_use = call("DELETE", f"/v1/media/{upload.json['media_id']}")
    assert (in_use.status, in_use.error["code"]) == (409, "media.in_use")
    call.settle()
    assert shown(call, made["id"])["targets"][0]["media_type"] == "image"
    assert call("DELETE", f"/v1/media/{upload.json['media_id']}").status == 204


def test_a_video_is_published(call: Api) -> None:
    made = call.post("moving", ("twitter",), media=[{"source_type": "url", "source": VIDEO}], publish_now=True)
    call.settle()
    assert shown(call, made["id"])["status"] == "published"


def test_a_refusal_is_told_in_our_words_and_in_the_networks(call: Api) -> None:
    made = call.post("[[sandbox:rejected]]", ("twitter",), publish_now=True)
    call.settle()
    after = shown(call, made["id"])
    assert after["status"] == "failed"
    error = after["targets"][0]["error"]
    assert error["code"].startswith("platform.twitter.")
    assert error["category"] in ("platform", "validation")
    assert error["retryable"] is False
    assert error["platform_message"]


def test_a_failed_post_is_edited_and_retried(call: Api) -> None:
    made = call.post("[[sandbox:rejected]]", ("twitter",), publish_now=True)
    call.settle()
    assert call("PATCH", f"/v1/posts/{made['id']}", {"text": "better"}).json["status"] == "failed"
    assert call("POST", f"/v1/posts/{made['id']}/retry").json == {"success": True}
    call.settle()
    after = shown(call, made["id"])
    assert (after["status"], after["retry_count"], after["text"]) == ("published", 1, "better")
    again = call("POST", f"/v1/posts/{made['id']}/retry")
    assert (again.status, again.error["code"]) == (400, "post.no_retryable_deliveries")
    assert "field" not in again.meta


def test_an_edit_moves_a_scheduled_post(call: Api) -> None:
    made = call.post(scheduled_at="2026-11-22T13:00:00Z")
    path = f"/v1/posts/{made['id']}"
    later = call("PATCH", path, {"text": "later", "scheduled_at": "2026-11-22T16:00:00Z"}).json
    assert (later["status"], later["scheduled_at"], later["text"]) == ("scheduled", "2026-11-22T16:00:00Z", "later")
    call.settle(2 * 3600)
    assert shown(call, made["id"])["status"] == "scheduled"
    call.settle(3 * 3600)
    after = shown(call, made["id"])
    assert after["status"] == "published"
    assert call.rig.clock.now().isoformat() >= "2026-11-22T16:00:00"


def test_an_edit_of_the_text_alone_keeps_the_time(call: Api) -> None:
    made = call.post(scheduled_at="2026-11-22T13:00:00Z")
    edited = call("PATCH", f"/v1/posts/{made['id']}", {"text": "corrected"}).json
    assert edited["scheduled_at"] == "2026-11-22T13:00:00Z"
    call.settle(2 * 3600)
    sent = shown(call, made["id"])
    assert sent["status"] == "published"
    assert call.stored("targets")[0].data["pieces"][0]["text"] == "corrected"


def test_no_time_makes_it_a_draft_again(call: Api) -> None:
    made = call.post(scheduled_at="2026-11-22T13:00:00Z")
    assert call("PATCH", f"/v1/posts/{made['id']}", {"scheduled_at": None}).json["status"] == "draft"
    call.settle(2 * 3600)
    assert shown(call, made["id"])["status"] == "draft"


def test_an_edit_changes_the_accounts(call: Api) -> None:
    made = call.post(platforms=("bluesky",), scheduled_at="2026-11-22T13:00:00Z")
    targets = [{"account_id": call.connect("twitter")}]
    edited = call("PATCH", f"/v1/posts/{made['id']}", {"targets": targets}).json
    assert [target["platform"] for target in edited["targets"]] == ["twitter"]
    assert edited["targets"][0]["status"] == "scheduled"
    call.settle(2 * 3600)
    states = {doc.data["platform"]: doc.data["state"] for doc in call.stored("targets")}
    assert states == {"bluesky": "cancelled", "twitter": "published"}


def test_a_bad_edit_changes_nothing(call: Api) -> None:
    made = call.post(scheduled_at="2026-11-22T13:00:00Z")
    path = f"/v1/posts/{made['id']}"
    assert call("PATCH", path, {"text": "x" * 301}).meta["field"] == "text"
    assert call("PATCH", path, {"publish_now": True}).error["code"] == "validation.field_unknown"
    assert call("PATCH", path, {"scheduled_at": "2020-01-01T00:00:00Z"}).error["code"] == "validation.time_past"
    assert shown(call, made["id"]) == made


def test_what_is_live_cannot_be_edited(call: Api) -> None:
    made = call.post(publish_now=True)
    call.settle()
    answer = call("PATCH", f"/v1/posts/{made['id']}", {"text": "too late"})
    assert (answer.status, answer.error["code"], answer.meta["state"]) == (409, "post.state_invalid", "published")
    assert call("PATCH", f"/v1/posts/{made['id']}", {"hidden": True}).json["hidden"] is True


def test_a_deleted_schedule_is_never_sent(call: Api) -> None:
    made = call.post(scheduled_at="2026-11-22T13:00:00Z")
    assert call("DELETE", f"/v1/posts/{made['id']}").json == {"success": True, "deleted": True, "results": []}
    call.settle(3 * 3600)
    assert shown(call, made["id"])["status"] == "cancelled"
    assert call("GET", "/v1/posts").json["data"] == []
    assert call("GET", "/v1/posts?status=cancelled").json["data"][0]["id"] == made["id"]
    assert call("DELETE", f"/v1/posts/{made['id']}").json["deleted"] is True


def test_a_published_post_is_deleted_where_the_network_can(call: Api) -> None:
    made = call.post("Hello", ALL, media=[{"source_type": "url", "source": PHOTO}], publish_now=True)
    call.settle()
    answer = call("DELETE", f"/v1/posts/{made['id']}").json
    outcomes = {row["platform"]: row["outcome"] for row in answer["results"]}
    assert outcomes["bluesky"] == outcomes["twitter"] == "deleted"
    after = {target["platform"]: target["status"] for target in shown(call, made["id"])["targets"]}
    assert after["bluesky"] == after["twitter"] == "cancelled"
    assert answer["deleted"] is (outcomes["instagram"] == "deleted")


def test_a_network_that_deletes_nothing_says_how_the_others_are_taken_down(call: Api) -> None:
    made = call.post(
        "Hello", ("bluesky", "instagram"), media=[{"source_type": "url", "source": PHOTO}], publish_now=True
    )
    call.settle()
    path = f"/v1/posts/{made['id']}/unpublish"
    answer = call("POST", path)
    assert answer.status == 501
    assert "account_id" in answer.error["message"]
    assert "DELETE" in answer.error["message"]
    assert answer.meta["account_id"] == call.accounts["instagram"]
    assert call("POST", path, {"account_id": call.accounts["bluesky"]}).status == 200


def test_a_post_is_taken_down_on_one_account(call: Api) -> None:
    made = call.post("Hello", ("bluesky", "twitter"), publish_now=True)
    call.settle()
    path = f"/v1/posts/{made['id']}/unpublish"
    assert call("POST", path, {"account_id": call.accounts["twitter"]}).json == {"success": True}
    statuses = {target["platform"]: target["status"] for target in shown(call, made["id"])["targets"]}
    assert statuses == {"bluesky": "published", "twitter": "cancelled"}
    assert call("POST", path).json == {"success": True}
    assert call("POST", path).status == 409


def test_the_networks_of_a_post_are_asked_for_metrics_at_once(call: Api) -> None:
    """Each is answered only when the other has been asked, too."""
    made = call.post(platforms=("bluesky", "twitter"), publish_now=True)
    call.settle()
    together, asked = Barrier(2, timeout=10), set[str]()

    def meet(request: Request) -> None:
        host = urlsplit(request.url).hostname or ""
        if host not in asked:
            asked.add(host)
            together.wait()

    call.rig.sandbox.intercept = meet
    rows = call("GET", f"/v1/posts/{made['id']}/metrics").json["data"]["targets"]
    assert ["metrics" in row for row in rows] == [True, True]


def test_metrics_are_live_and_an_unreadable_target_carries_its_error(call: Api) -> None:
    made = call.post("Hello", ("bluesky", "twitter"), publish_now=True)
    call.settle()
    rows = call("GET", f"/v1/posts/{made['id']}/metrics").json["data"]["targets"]
    assert all(row["metrics"]["likes"] == 0 and row["metrics_synced_at"] for row in rows)
    call("DELETE", f"/v1/accounts/{call.accounts['twitter']}")
    rows = call("GET", f"/v1/posts/{made['id']}/metrics").json["data"]["targets"]
    by_platform = {row["platform"]: row for row in rows}
    assert "metrics" in by_platform["bluesky"]
    assert by_platform["twitter"]["error"]["code"] == "account.not_found"


def test_what_nobody_can_know_is_resolved_by_a_person(call: Api) -> None:
    made = call.post(publish_now=True)
    doc = call.stored("targets")[0]
    review = {**doc.data, "state": "needs_review", "next_at": None}
    from shared.ports.store import Write

    call.rig.store.commit([Write("set", doc.path, review)])
    call.rig.queue.waiting.clear()
    path = f"/v1/posts/{made['id']}/resolve"
    body = {"outcome": "published", "platform_post_id": "3k", "permalink": "https://bsky.app/profile/a/post/3k"}
    resolved = call("POST", path, body)
    assert (resolved.status, resolved.json["status"]) == (200, "published")
    assert resolved.json["targets"][0]["platform_post_id"] == "3k"
    again = call("POST", path, body)
    assert (again.status, again.error["code"], "field" in again.meta) == (409, "post.state_invalid", False)
    named = call("POST", path, {**body, "account_id": call.accounts["bluesky"]})
    assert (named.status, named.error["code"]) == (409, "post.state_invalid")
    assert call("POST", path, {"outcome": "retry", "account_id": "acc_other"}).status == 404


def test_a_dry_run_tells_errors_and_advice_and_writes_nothing(call: Api) -> None:
    body = {"text": "x" * 290, "platforms": ["x", "bluesky"], "title": "T", "first_comment": "c"}
    found = call("POST", "/v1/posts/validate", body).json
    assert found["valid"] is False
    assert [(row["platform"], row["field"]) for row in found["errors"]] == [("twitter", "text")]
    account = call.connect("bluesky")
    found = call("POST", "/v1/posts/validate", {"text": "hi", "title": "T", "account_ids": [account]}).json
    assert found["valid"] is True
    assert [row["code"] for row in found["warnings"]] == ["validation.title_unsupported"]
    found = call("POST", "/v1/posts/validate", {"text": "hi", "account_ids": ["acc_nobody"]}).json
    assert found["errors"][0]["code"] == "account.not_found"
    assert call.stored("posts") == []


def test_limits_are_data(call: Api) -> None:
    limits = call("GET", "/v1/posts/validate").json["data"]
    assert set(limits) == set(registry.publishing_names()) >= set(ALL)
    assert limits["bluesky"]["text"] == {
        "max_length": 300,
        "counting_mode": "graphemes",
        "max_bytes": 3000,
        "max_hashtags": 0,
    }
    assert limits["instagram"]["carousel"]["max_items"] == 10
    assert set(call("GET", "/v1/posts/validate?platform=x").json["data"]) == {"twitter"}
    wrong = call("GET", "/v1/posts/validate?platform=instagrm")
    assert (wrong.status, wrong.error["code"]) == (400, "account.unsupported_platform")
    assert {row["name"] for row in call("GET", "/v1/platforms").json["data"]} == set(registry.all_names())


@pytest.mark.parametrize("sort", ["scheduled_asc", "scheduled_desc", "created_asc", "created_desc"])
def test_pages_hold_every_post_once_in_order(call: Api, sort: str) -> None:
    """Drafts without a time come before every time, and pages end among them as anywhere else."""
    times = ["", "", "", *(f"2026-11-23T0{hour}:00:00Z" for hour in (5, 1, 4, 2, 3))]
    for at in times:
        call.post(scheduled_at=at) if at else call.post()
        call.rig.clock.advance(1)
    found, cursor = [], ""
    while True:
        page = call("GET", f"/v1/posts?limit=2&sort={sort}{cursor}").json
        found += [row.get("scheduled_at", "") for row in page["data"]]
        if not page["pagination"]["has_more"]:
            break
        cursor = f"&cursor={page['pagination']['next_cursor']}"
    wanted = sorted(times) if sort.startswith("scheduled") else times
    assert found == (wanted if sort.endswith("asc") else wanted[::-1])


def test_lists_are_filtered(call: Api) -> None:
    first = call.post("red apple", ("bluesky",))["id"]
    second = call.post("green pear", ("twitter",), scheduled_at="2026-12-01T00:00:00Z")["id"]
    both = call.post("blue plum", ("bluesky", "twitter"))["id"]

    def ids(query: str) -> set[str]:
        return {row["id"] for row in call("GET", f"/v1/posts?{query}").json["data"]}

    assert ids("platform=bluesky") == {first, both}
    assert ids("platform=x&status=draft") == {both}
    assert ids(f"account_ids={call.accounts['twitter']}") == {second, both}
    assert ids(f"account_ids={call.accounts['twitter']},{call.accounts['bluesky']}") == {first, second, both}
    assert ids("search=PEAR") == {second}
    assert ids("status=scheduled&from=2026-11-30T00:00:00Z&to=2026-12-02T00:00:00Z") == {second}
    assert ids("sort=created_desc&from=2026-11-30T00:00:00Z") == set()
    assert ids(f"status=draft&platform=bluesky&account_ids={call.accounts['twitter']}&sort=created_asc") == {both}


def test_a_cursor_of_another_list_is_refused(call: Api) -> None:
    for _ in range(3):
        call.post()
    cursor = call("GET", "/v1/posts?limit=1").json["pagination"]["next_cursor"]
    assert call("GET", f"/v1/posts?limit=2&cursor={cursor}").status == 200
    for query in (f"status=draft&cursor={cursor}", "cursor=bm9uc2Vuc2U", "cursor=%20", f"cursor={cursor[:-4]}"):
        answer = call("GET", f"/v1/posts?limit=1&{query}")
        assert (answer.status, answer.error["code"]) == (400, "validation.cursor_invalid"), query


def test_a_fault_free_post_costs_a_look_for_duplicates_two_reads_and_three_writes(call: Api) -> None:
    account = call.connect("bluesky")
    call("GET", "/v1/accounts")  # the key's last use is noted
    call.rig.faults.calls.clear()
    writes: list[int] = []
    commit = call.rig.store.commit
    body = {"text": "hi", "targets": [{"account_id": account}], "publish_now": True}
    call.rig.store.commit = lambda made: (writes.append(len(made)), commit(made))[1]  # type: ignore[method-assign, assignment, func-returns-value]
    assert call("POST", "/v1/posts", body, Idempotency_Key="k").status == 201
    looks = ["store.get", "store.get", "store.get_many", "store.query"]
    assert call.rig.faults.calls == [*looks, "store.commit", "queue.enqueue"]
    assert writes == [3]  # post, target, idempotency record; the first read is the key's


def test_lateness_is_the_callers(call: Api) -> None:
    made = call.post(scheduled_at="2026-11-22T13:00:00Z", max_lateness=5)
    assert made["max_lateness"] == 5
    call.rig.clock.advance(timedelta(hours=1, minutes=6).total_seconds())
    call.settle()
    assert shown(call, made["id"])["status"] == "missed"


def test_what_nobody_can_know_is_not_deleted_either(call: Api) -> None:
    made = call.post(publish_now=True)
    doc = call.stored("targets")[0]
    from shared.ports.store import Write

    call.rig.store.commit([Write("set", doc.path, {**doc.data, "state": "needs_review", "next_at": None})])
    answer = call("DELETE", f"/v1/posts/{made['id']}").json
    assert (answer["deleted"], answer["results"][0]["outcome"]) == (False, "failed")
    assert "resolve" in answer["results"][0]["message"]


def test_a_post_that_is_being_sent_cannot_be_stopped(call: Api) -> None:
    made = call.post(publish_now=True)
    doc = call.stored("targets")[0]
    from shared.ports.store import Write

    call.rig.store.commit([Write("set", doc.path, {**doc.data, "state": "armed"})])
    for method, path, body in (("DELETE", "", None), ("PATCH", "", {"text": "other"}), ("POST", "/publish", None)):
        answer = call(method, f"/v1/posts/{made['id']}{path}", body)
        assert (answer.status, answer.error["code"]) == (409, "post.state_invalid"), answer.json
    assert call.stored("targets")[0].data["state"] == "armed"


def test_hashtags_are_counted() -> None:
    from shared.operations.posts.limits import count_hashtags

    assert count_hashtags("#one #two ＃三 #1 a#b &#x27; #_ #é9") == 4


def _half_way(call: Api) -> str:
    """A thread whose first item is live and whose second is not sent yet."""
    made = call.post("one", ("bluesky",), segments=[{"text": "two"}], publish_now=True)
    for _ in range(20):
        if call.stored("targets")[0].data["current"] == 1:
            return str(made["id"])
        for task in call.rig.queue.take(call.rig.clock.now()):
            publishing.advance(call.rig.ports, dict(task.body))
    raise AssertionError("the first item never went live")


def test_a_thread_that_is_deleted_half_way_stops_there(call: Api) -> None:
    post_id = _half_way(call)
    assert call("POST", f"/v1/posts/{post_id}/unpublish").status == 409
    changes: tuple[dict[str, Any], ...] = ({"text": "other"}, {"scheduled_at": None}, {"targets": []})
    for change in changes:
        assert call("PATCH", f"/v1/posts/{post_id}", change).status == 409
    answer = call("DELETE", f"/v1/posts/{post_id}").json
    assert (answer["deleted"], [row["outcome"] for row in answer["results"]]) == (True, ["deleted"])
    sent = len(call.rig.sandbox.sent)
    call.settle(86_400)
    assert len(call.rig.sandbox.sent) == sent
    target = call.stored("targets")[0].data
    assert (target["state"], target["pieces"][1]["live"]) == ("cancelled", None)
    assert target["unpublished_at"] is not None


def test_a_publish_that_is_sent_twenty_times_at_once_publishes_once(call: Api) -> None:
    made = call.post()
    path = f"/v1/posts/{made['id']}/publish"
    with ThreadPoolExecutor(20) as pool:
        statuses = set(pool.map(lambda i: call("POST", path, Idempotency_Key=f"k{i % 2}").status, range(20)))
    assert statuses <= {201, 409}
    call.settle()
    assert shown(call, made["id"])["targets"][0]["attempts"] == 1
    writes = [one for one in call.rig.sandbox.sent if one.url.endswith(("putRecord", "createRecord"))]
    assert len(writes) == 1


@pytest.mark.parametrize("platforms", [("bluesky",), ("bluesky", "twitter")])
def test_what_fails_again_after_a_retry_says_so(call: Api, platforms: tuple[str, ...]) -> None:
    made = call.post("No [[sandbox:rejected]]", platforms, publish_now=True)
    path = f"/v1/posts/{made['id']}"
    call.settle()
    first = call("GET", path).json["status"]
    assert first == "failed"
    for again in ({}, {"scheduled_at": "2026-11-23T12:00:00Z"}):
        asked = call("PATCH", path, again) if again else call("POST", f"{path}/retry", {})
        assert asked.status == 200, asked.json
        call.settle(3 * 86_400)
        assert call("GET", path).json["status"] == first
        assert [one["id"] for one in call("GET", "/v1/posts?status=failed").json["data"]] == [made["id"]]
