"""The events log and exports over the API, as documented."""

from __future__ import annotations

from shared.operations import events
from tests.api.client import Api


def test_an_export_from_the_request_to_its_files(call: Api) -> None:
    post = call.post("Good morning", publish_now=True)
    call.settle()
    asked = call(
        "POST", f"/v1/accounts/{call.accounts['bluesky']}/export", {"include_vision": False}, Idempotency_Key="e"
    )
    assert (asked.status, asked.json["status"]) == (202, "pending")
    again = call(
        "POST", f"/v1/accounts/{call.accounts['bluesky']}/export", {"include_vision": False}, Idempotency_Key="e"
    )
    assert again.data == asked.data
    path = f"/v1/exports/{asked.json['id']}"
    waiting = call("GET", f"{path}/videos")
    assert (waiting.status, waiting.error["code"]) == (400, "export.not_ready")
    call.settle()
    shown = call("GET", path).json
    assert (shown["status"], shown["total_videos"], shown["processed_videos"]) == ("completed", 1, 1)
    assert set(shown["result"]) == {"excel_url", "report_url", "csv_url"}
    [video] = call("GET", f"{path}/videos").json["videos"]
    assert (video["post_id"], video["description"], video["like_count"]) == (post["id"], "Good morning", 0)
    assert [one["id"] for one in call("GET", "/v1/exports?status=completed").json["exports"]] == [asked.json["id"]]
    assert call("GET", "/v1/exports?status=failed").json["exports"] == []


def test_what_nobody_looks_at_is_not_offered(call: Api) -> None:
    answer = call("POST", f"/v1/accounts/{call.connect('bluesky')}/export", {"include_transcript": True})
    assert (answer.status, answer.error["code"]) == (501, "resource.not_supported")


def test_the_log_tells_what_became_of_a_post(call: Api) -> None:
    post = call.post("Good morning", publish_now=True)
    call.settle()
    for message in call.rig.bus.messages:
        events.observe(call.rig.ports, message.data, message.attributes)
    page = call("GET", f"/v1/events?resource_id={post['id']}&status=ok&limit=1").json
    assert page["pagination"]["has_more"]
    cursor = page["pagination"]["next_cursor"]
    rest = call("GET", f"/v1/events?resource_id={post['id']}&status=ok&limit=1&cursor={cursor}").json
    found = {one["action"]: one for one in (*page["events"], *rest["events"])}
    assert set(found) == {"target.published", "post.published"}
    assert found["target.published"]["account_id"] == call.accounts["bluesky"]
    assert call("GET", f"/v1/events?cursor={cursor}").error["code"] == "validation.cursor_invalid"
    assert call("GET", "/v1/events?from=yesterday").error["code"] == "validation.time_invalid"
    summary = call("GET", "/v1/events/summary").json
    assert (summary["by_category"]["post"], summary["failed"], summary["total_previous"]) == (2, 0, 0)
