"""Import, bulk, queue, approval, preview, history, cost and duplicates, over HTTP."""

from __future__ import annotations

import io
from typing import Any
from urllib.parse import quote

from tests.api.client import PHOTO, Answer, Api

DUE = "2026-12-24T18:00:00Z"


def upload(call: Api, text: str, query: str = "", **headers: str) -> Answer:
    head = '--b\r\nContent-Disposition: form-data; name="file"; filename="posts.csv"\r\nContent-Type: text/csv\r\n\r\n'
    data = f"{head}{text}\r\n--b--\r\n".encode()
    kind = "multipart/form-data; boundary=b"
    return call("POST", f"/v1/posts/import{query}", data=data, Content_Type=kind, **headers)


def narrow(call: Api, *scopes: str) -> str:
    return str(call("POST", "/v1/keys", {"name": "narrow", "scopes": list(scopes)}).json["raw_key"])


def body(call: Api, text: str = "Hello", **fields: Any) -> dict[str, Any]:
    return {"text": text, "targets": [{"account_id": call.connect("bluesky")}], **fields}


def test_a_file_is_judged_then_imported_then_not_imported_again(call: Api) -> None:
    text = f"text,account_ids,scheduled_at\nOne,{call.connect('bluesky')},{DUE}\nTwo,acc_none,\n"
    dry = upload(call, text, "?dry_run=true").json
    assert (dry["created"], dry["failed"], dry["total_rows"], dry["dry_run"]) == (0, 1, 2, True)
    assert call.stored("posts") == []
    first = upload(call, text).json
    assert (first["created"], first["failed"], first["posts"][0]["status"]) == (1, 1, "scheduled")
    assert first["errors"] == [
        {
            "row": 3,
            "column": "account_ids",
            "code": "account.not_found",
            "message": "account_ids: no account 'acc_none' is connected here. GET /v1/accounts lists the ones that are.",
        }
    ]
    assert upload(call, text).json == first
    assert len(call.stored("posts")) == 1
    meant = upload(call, text, Idempotency_Key="again").json
    assert meant["errors"][0]["code"] == "publishing.duplicate_content"
    assert upload(call, text, Idempotency_Key="again").headers["Idempotent-Replayed"] == "true"


def test_what_is_no_file_of_posts_is_refused(call: Api) -> None:
    answer = upload(call, "txt\nA")
    assert (answer.status, answer.meta["did_you_mean"]) == (400, "text")
    for size in (5_243_000, 6_300_000):
        assert upload(call, "text\n" + "x" * size).error["code"] == "validation.body_too_large"
    assert call("POST", "/v1/posts/import", {"file": "x"}).status == 415


def test_many_posts_at_once_have_an_outcome_each(call: Api) -> None:
    sent = {"posts": [body(call, "One"), body(call, "Two", media_ids=["med_none"]), {"text": "Three"}]}
    first = call("POST", "/v1/posts/bulk", sent, Idempotency_Key="b").json
    assert [one["status"] for one in first["results"]] == [201, 404, 201]
    assert first["results"][1]["error"]["meta"]["field"] == "media_ids[0]"
    assert call("POST", "/v1/posts/bulk", sent, Idempotency_Key="b").json == first
    assert (first["created"], first["failed"], len(call.stored("posts"))) == (2, 1, 2)
    refused: list[Any] = [{"posts": []}, {"posts": [{"text": "a"}] * 51}, {"posts": [{"txt": "a"}]}]
    for bad in refused:
        assert call("POST", "/v1/posts/bulk", bad).status == 400


def test_the_same_words_twice_within_a_day_are_refused_naming_the_first(call: Api) -> None:
    first = call("POST", "/v1/posts", body(call, publish_now=True)).json
    again = call("POST", "/v1/posts", body(call, publish_now=True))
    assert (again.status, again.error["code"]) == (409, "publishing.duplicate_content")
    assert again.meta["post_id"] == first["id"]
    assert first["id"] in again.error["message"]
    assert call("POST", "/v1/posts", body(call, publish_now=True, skip_duplicate_check=True)).status == 201
    assert call("POST", "/v1/posts", body(call)).status == 201
    assert call("POST", "/v1/posts", body(call, scheduled_at=DUE)).status == 201
    assert call("POST", "/v1/posts", body(call, scheduled_at="2026-12-25T17:59:00Z")).status == 409
    assert call("POST", "/v1/posts", body(call, "Hello!", scheduled_at=DUE)).status == 201


def test_what_did_not_go_out_may_be_said_again(call: Api) -> None:
    first = call("POST", "/v1/posts", body(call, scheduled_at=DUE)).json
    call("DELETE", f"/v1/posts/{first['id']}")
    assert call("POST", "/v1/posts", body(call, scheduled_at=DUE)).status == 201


def test_a_repetition_under_the_same_key_is_the_answer_and_no_duplicate(call: Api) -> None:
    sent = body(call, publish_now=True)
    first = call("POST", "/v1/posts", sent, Idempotency_Key="k")
    assert call("POST", "/v1/posts", sent, Idempotency_Key="k").data == first.data


def test_a_post_is_queued_and_shown_in_its_slot(call: Api) -> None:
    chosen = {"slots": [{"weekday": "monday", "time": "09:30"}], "timezone": "Europe/Berlin"}
    assert call("GET", "/v1/queue/next").error["code"] == "queue.no_free_slot"
    assert call("PUT", "/v1/queue/slots?brand_id=default", chosen).json == {"brand_id": "default", **chosen}
    made = call("POST", "/v1/posts", body(call, queue=True)).json
    assert (made["queued"], made["scheduled_at"]) == (True, "2026-11-23T08:30:00Z")
    rows = call("GET", "/v1/queue?limit=2").json["data"]
    assert [row["local_time"] for row in rows] == ["2026-11-23T09:30:00+01:00", "2026-11-30T09:30:00+01:00"]
    assert [row.get("post", {}).get("id") for row in rows] == [made["id"], None]
    assert call("GET", "/v1/queue/next").json["at"] == "2026-11-30T08:30:00Z"
    assert call("GET", "/v1/queue?brand_id=br_none").status == 404
    assert call("PUT", "/v1/queue/slots", {"slots": [{"weekday": "moonday", "time": "09:30"}]}).status == 400


def test_a_workspace_may_demand_approval(call: Api) -> None:
    writer, editor = narrow(call, "posts:write", "posts:read"), narrow(call, "posts:approve", "posts:read")
    assert call("PATCH", "/v1/posts/settings", {"approval": "required"}, key=writer).status == 403
    assert call("PATCH", "/v1/posts/settings", {"approval": "required"}).json == {"approval": "required"}
    assert call("GET", "/v1/posts/settings", key=writer).json == {"approval": "required"}
    made = call("POST", "/v1/posts", body(call, scheduled_at=DUE), key=writer).json
    path = f"/v1/posts/{made['id']}"
    assert (made["status"], made["targets"][0]["status"]) == ("awaiting_approval", "draft")
    assert call("POST", f"{path}/approve", key=writer).status == 403
    assert call("POST", f"{path}/publish", key=writer).error["code"] == "post.approval_pending"
    back = call("POST", f"{path}/reject", {"reason": "No."}, key=editor).json
    assert (back["status"], back["approval"]["reason"]) == ("draft", "No.")
    assert call("POST", f"{path}/submit", key=writer).json["status"] == "awaiting_approval"
    agreed = call("POST", f"{path}/approve", key=editor).json
    assert (agreed["status"], agreed["scheduled_at"]) == ("scheduled", DUE)
    waiting = call("GET", "/v1/posts?status=awaiting_approval").json["data"]
    assert waiting == []
    said = [row["action"] for row in call("GET", f"{path}/history").json["data"]]
    assert said == ["created", "submitted", "rejected", "submitted", "approved"]
    text = f"text,account_ids,scheduled_at\nImported,{call.connect('bluesky')},{DUE}\n"
    made_by_file = call(
        "POST", "/v1/posts/import", data={"file": (io.BytesIO(text.encode()), "a.csv")}, key=writer
    ).json["posts"]
    in_bulk = call("POST", "/v1/posts/bulk", {"posts": [body(call, "Bulk", publish_now=True)]}, key=writer).json
    assert made_by_file[0]["status"] == in_bulk["results"][0]["post"]["status"] == "awaiting_approval"


def test_tags_and_campaigns_label_and_find(call: Api) -> None:
    made = call("POST", "/v1/posts", body(call, tags=["#Sale ", "sale", "Two  Words"], campaign_id="spring")).json
    assert (made["tags"], made["campaign_id"]) == (["sale", "two words"], "spring")
    call("POST", "/v1/posts", body(call, "Other", tags=["other"]))
    brand = "brand_id=default"
    for query in (
        "tag=SALE",
        "campaign_id=spring",
        "tag=two%20words&status=draft&sort=created_desc",
        f"tag=sale&{brand}",
    ):
        assert [row["id"] for row in call("GET", f"/v1/posts?{query}").json["data"]] == [made["id"]], query
    assert call("GET", f"/v1/posts?{brand}").json["data"][1:]
    assert call("GET", "/v1/posts?brand_id=br_none").json["data"] == []
    assert call("GET", "/v1/posts?campaign_id=spring&tag=other").json["data"] == []
    edited = call("PATCH", f"/v1/posts/{made['id']}", {"tags": [], "campaign_id": None}).json
    assert "tags" not in edited
    assert call("GET", "/v1/posts?tag=sale").json["data"] == []
    for bad in (["x" * 51], [" "], [f"t{n}" for n in range(21)]):
        assert call("POST", "/v1/posts", {"text": "a", "tags": bad}).status == 400


def test_a_published_post_can_be_labelled_and_is_found_by_its_networks_id(call: Api) -> None:
    made = call.post("Live", ("twitter",), publish_now=True)
    call.settle()
    shown = call("GET", f"/v1/posts/{made['id']}").json
    known = shown["targets"][0]["platform_post_id"]
    assert call("GET", f"/v1/posts/{known}").json["id"] == made["id"]
    assert call("GET", f"/v1/posts/{known}/metrics").json["data"]["post_id"] == made["id"]
    call.sleep(60)
    assert call("PATCH", f"/v1/posts/{made['id']}", {"tags": ["live"], "hidden": True}).json["tags"] == ["live"]
    lines = call("GET", f"/v1/posts/{known}/history").json["data"]
    assert [row["action"] for row in lines] == ["created", "publish_requested", "published", "edited"]


def test_an_id_that_two_networks_gave_is_ambiguous(call: Api) -> None:
    from dataclasses import replace

    from shared.domain import codec
    from shared.domain.posts import Target
    from shared.ports.store import Write

    made = [call.post(f"Live {n}", publish_now=True) for n in range(2)]
    call.settle()
    for doc in call.stored("targets"):
        target = replace(codec.decode(Target, doc.data), live_ids=("same-id",))
        call.rig.store.commit([Write("set", doc.path, codec.encode(target))])
    answer = call("GET", "/v1/posts/same-id")
    assert (answer.status, answer.error["code"]) == (409, "ambiguous_post_id")
    assert answer.meta["post_ids"] == sorted(one["id"] for one in made)


def test_a_preview_shows_what_each_account_will_be_sent(call: Api) -> None:
    sent = body(call, "See https://example.com/a.", first_comment="", scheduled_at=DUE)
    sent["targets"][0]["text"] = "Own text 👋🏽"
    planned = call("POST", "/v1/posts/preview", sent).json["targets"]
    made = call("POST", "/v1/posts", sent).json
    stored = call("GET", f"/v1/posts/{made['id']}/preview").json
    assert (stored["targets"], stored["errors"]) == (planned, [])
    (piece,) = planned[0]["pieces"]
    assert (piece["text"], piece["length"], piece["limit"], piece["kind"]) == ("Own text 👋🏽", 10, 300, "text")
    photo = [{"source_type": "url", "source": PHOTO, "alt_text": "A view"}]
    wide = call("POST", "/v1/posts/preview", {"text": "https://example.com/", "platforms": ["x"], "media": photo}).json
    assert wide["targets"][0]["pieces"][0]["media"][0]["alt_text"] == "A view"
    assert "link" not in wide["targets"][0]["pieces"][0]
    linked = call("POST", "/v1/posts/preview", {"text": "Hi https://example.com/.", "platforms": ["x"]}).json
    assert linked["targets"][0]["pieces"][0]["link"] == "https://example.com/"
    long = call("POST", "/v1/posts/preview", {"text": "a" * 281, "platforms": ["x"]}).json
    assert [row["code"] for row in long["errors"]] == ["validation.text_too_long"]


def test_a_post_with_a_link_costs_what_its_network_says(call: Api) -> None:
    """X: $0.015 a post, $0.200 with a link; Bluesky: nothing. Sandbox posts cost no vendor anything."""
    made = call.post("See https://example.com/", ("twitter", "bluesky"), segments=[{"text": "And more"}])
    found = call("GET", f"/v1/posts/{made['id']}/cost").json
    by_platform = {row["platform"]: row for row in found["targets"]}
    assert by_platform["twitter"]["vendor"] == {"estimated_usd": "0.215", "counted_usd": "0"}
    assert by_platform["twitter"]["vendor_sources"][0]["url"].startswith("https://docs.x.com/")
    assert by_platform["bluesky"]["vendor"]["estimated_usd"] == "0"
    assert by_platform["twitter"]["reading"] == {"estimated_usd": "0.015", "counted_usd": "0"}  # on three days
    assert by_platform["bluesky"]["reading"]["estimated_usd"] == "0"
    assert 0 < float(by_platform["bluesky"]["infrastructure"]["estimated_usd"]) < 0.001
    assert by_platform["bluesky"]["infrastructure"]["counted_usd"] == "0"
    call("POST", f"/v1/posts/{made['id']}/publish")
    call.settle()
    after = call("GET", f"/v1/posts/{made['id']}/cost").json["targets"][0]
    assert float(after["infrastructure"]["counted_usd"]) > 0
    assert after["vendor"]["counted_usd"] == "0"


def test_an_id_that_is_an_address_is_found_though_its_slashes_arrive_decoded(call: Api) -> None:
    """Bluesky's ids are of this kind; changing a post takes its own id, and an unknown path is still one."""
    made = call.post("Hello", publish_now=True)
    call.settle()
    theirs = call("GET", f"/v1/posts/{made['id']}").json["targets"][0]["platform_post_id"]
    assert theirs.startswith("at://")
    path = f"/v1/posts/{quote(theirs, safe='')}"
    assert call("GET", path).json["id"] == made["id"]
    assert call("GET", f"{path}/cost").json["post_id"] == made["id"]
    assert call("GET", f"{path}/history").json["data"][0]["action"] == "created"
    assert call("GET", f"{path}/preview").json["targets"][0]["account_id"]
    assert call("GET", f"{path}/metrics").status == 200
    assert call("GET", f"{path}x").error["code"] == "post.not_found"


def test_the_history_remembers_how_an_attempt_ended_that_was_tried_again(call: Api) -> None:
    made = call.post("Hello [[sandbox:rejected]]", publish_now=True)
    path = f"/v1/posts/{made['id']}"
    for _ in range(2):
        call.sleep(60)
        assert call("POST", f"{path}/retry").status == 200
    call.sleep(60)
    lines = call("GET", f"{path}/history").json["data"]
    said = [row["action"] for row in lines if row["action"] in ("failed", "retried")]
    assert said == ["failed", "retried", "failed", "retried", "failed"]
    first, last = (next(row for row in rows if row["action"] == "failed") for rows in (lines, lines[::-1]))
    assert first["detail"] == last["detail"]
    assert first["detail"]["message"]
