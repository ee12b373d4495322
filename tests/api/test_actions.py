"""Answering, measuring and advertising over HTTP: read what others said, act on it, follow what became of it."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest

from tests.api.client import Api
from tests.support import files


def done(call: Api, made: dict[str, Any]) -> dict[str, Any]:
    """The action once its tasks have run."""
    call.settle()
    found: dict[str, Any] = call("GET", f"/v1/actions/{made['id']}").json
    return found


def test_a_comment_is_read_and_answered(call: Api) -> None:
    """What a follower wrote under our post, and our reply below it."""
    account = call.connect("bluesky")
    post = call.post(text="Ask me anything", targets=[{"account_id": account}], publish_now=True)
    call.settle()
    live = call("GET", f"/v1/posts/{post['id']}").json["targets"][0]["platform_post_id"]
    call.rig.clock.advance(6 * 3600)
    comments = call("GET", f"/v1/accounts/{account}/comments?post_id={live}").json["data"]
    theirs = next(one for one in comments if not one["own"] and "comment.reply" in one["can"])
    reply = {"account_id": account, "verb": "comment.reply", "on": theirs["id"], "text": "Thank you!"}
    made = call("POST", "/v1/actions", {**reply, "handles": theirs["handles"]}, Idempotency_Key="answer-1")
    assert (made.status, made.json["status"]) == (201, "sending")
    again = call("POST", "/v1/actions", {**reply, "handles": theirs["handles"]}, Idempotency_Key="answer-1")
    assert again.json["id"] == made.json["id"]
    shown = done(call, made.json)
    assert (shown["status"], shown["verb"], shown["on"]) == ("done", "comment.reply", theirs["id"])
    seen = call("GET", f"/v1/accounts/{account}/comments?post_id={live}").json["data"]
    assert [one["text"] for one in seen if one["own"]] == ["Thank you!"]
    assert [one["id"] for one in call("GET", f"/v1/actions?account_id={account}").json["data"]] == [shown["id"]]
    assert call("GET", "/v1/posts").json["data"][0]["id"] == post["id"]


def test_a_lost_answer_is_found_not_repeated(call: Api) -> None:
    """The same promise as for posts."""
    account = call.connect("facebook")
    talk = call("GET", f"/v1/accounts/{account}/conversations").json["data"][0]
    body = {"account_id": account, "verb": "message.send", "on": talk["id"], "text": "Yes [[sandbox:lost_reply]]"}
    shown = done(call, call("POST", "/v1/actions", {**body, "handles": talk["handles"]}).json)
    assert shown["status"] == "done", shown
    said = call("GET", f"/v1/accounts/{account}/messages?conversation_id={talk['id']}").json["data"]
    assert [one["own"] for one in said].count(True) == 1


def test_an_ad_is_made_paused_and_started(call: Api) -> None:
    """Campaign, ad group, creative, ad; then the figures of what ran."""
    account = call.connect("facebook")
    desk = call("GET", f"/v1/accounts/{account}/ads/accounts").json["data"][0]["id"]

    def act(verb: str, on: str, text: str = "", **arguments: Any) -> str:
        body = {"account_id": account, "verb": verb, "on": on, "text": text}
        shown = done(
            call, call("POST", "/v1/actions", {**body, "arguments": {"ad_account_id": desk, **arguments}}).json
        )
        assert shown["status"] == "done", shown
        return str(shown["platform_id"])

    campaign = act("campaign.create", desk, "Spring", objective="traffic")
    group = act("ad_group.create", campaign, "Oslo", daily_budget_micros=5_000_000, targeting={"countries": ["NO"]})
    creative = act("creative.create", desk, "Bread", link="https://example.com", headline="Bread")
    ad = act("ad.create", group, "Bread in spring", creative_id=creative)
    (listed,) = call("GET", f"/v1/accounts/{account}/ads?level=ad&ad_account_id={desk}").json["data"]
    assert (listed["id"], listed["status"], listed["creative_id"]) == (ad, "paused", creative)
    for level, id_ in (("campaign", campaign), ("ad_group", group), ("ad", ad)):
        act(f"{level}.status", id_, status="active")
    call.rig.clock.advance(86_400)
    today = call.rig.clock.now().date()
    query = f"level=campaign&ad_account_id={desk}&ids={campaign}&since={today}&until={today}"
    (row,) = call("GET", f"/v1/accounts/{account}/ads/stats?{query}").json["data"]
    assert row["impressions"] > 0 < row["spend_micros"]
    assert isinstance(row["conversions"], int)  # whole numbers are written as such


@pytest.mark.parametrize(
    ("body", "status", "code", "field"),
    [
        ({"verb": "comment.shout"}, 400, "validation.field_invalid", "verb"),
        ({"verb": "review.reply", "on": "1", "text": "x"}, 501, "resource.not_supported", None),
        ({"verb": "comment.create", "on": "at://x", "text": "x" * 301}, 400, "validation.text_too_long", "text"),
        (
            {"verb": "comment.create", "on": "at://x", "text": "x", "arguments": {"no": 1}},
            400,
            "validation.option_unknown",
            "arguments.no",
        ),
        ({"verb": "comment.create", "on": "at://x"}, 400, "validation.field_required", "text"),
    ],
)
def test_bad_input_names_the_field(call: Api, body: dict[str, Any], status: int, code: str, field: str | None) -> None:
    """And stores nothing."""
    answer = call("POST", "/v1/actions", {"account_id": call.connect("bluesky"), **body})
    assert (answer.status, answer.error["code"]) == (status, code), answer.json
    assert answer.error.get("meta", {}).get("field") == field
    assert call.stored("targets") == []


def test_what_a_network_does_not_offer_says_why(call: Api) -> None:
    """With the manifest's own reason and source."""
    account = call.connect("bluesky")
    answer = call("GET", f"/v1/accounts/{account}/reviews")
    assert answer.status == 501
    assert answer.error["meta"]["source"].startswith("https://")
    assert call("GET", f"/v1/accounts/{account}/ads/accounts").status == 501


@pytest.mark.parametrize(
    ("scopes", "verb", "allowed"),
    [
        (["inbox:write"], "comment.create", True),
        (["inbox:write"], "message.send", False),
        (["dms:send"], "message.send", True),
        (["dms:send"], "post.like", False),
        (["posts:write"], "comment.create", False),
    ],
)
def test_the_verb_decides_the_scope(call: Api, scopes: list[str], verb: str, allowed: bool) -> None:
    """A key for comments writes no messages."""
    account = call.connect("bluesky")
    key = call("POST", "/v1/keys", {"name": "narrow", "scopes": scopes}).json["raw_key"]
    body = {"account_id": account, "verb": verb, "on": "at://did:plc:x/app.bsky.feed.post/3k43tv4rft22g"}
    body |= {} if verb == "post.like" else {"text": "Hello"}
    answer = call("POST", "/v1/actions", body, key=key)
    assert answer.status == (201 if allowed else 403), answer.json


@pytest.mark.parametrize(
    ("scopes", "seen"),
    [
        (["media:read"], set()),
        (["posts:read", "inbox:read"], {"comment.create"}),
        (["dms:read"], {"message.send"}),
        (["dms:send", "inbox:write"], {"comment.create", "message.send"}),
    ],
)
def test_a_narrow_key_does_not_read_what_was_said(call: Api, scopes: list[str], seen: set[str]) -> None:
    """What a message says is as private after it was sent as at the network."""
    account = call.connect("bluesky")
    post = "at://did:plc:x/app.bsky.feed.post/3k43tv4rft22g"
    made = {
        verb: call("POST", "/v1/actions", {"account_id": account, "verb": verb, "on": on, "text": "Secret"}).json["id"]
        for verb, on in (("comment.create", post), ("message.send", "3kconvo"))
    }
    key = call("POST", "/v1/keys", {"name": "narrow", "scopes": scopes}).json["raw_key"]
    listed = call("GET", f"/v1/actions?account_id={account}", key=key)
    assert {one["verb"] for one in listed.json["data"]} == seen
    for verb, action_id in made.items():
        answer = call("GET", f"/v1/actions/{action_id}", key=key)
        assert answer.status == (200 if verb in seen else 403), answer.json


def test_a_scheduled_action_can_be_called_off(call: Api) -> None:
    """Until it is sent; then there is nothing to call off."""
    account = call.connect("bluesky")
    post = "at://did:plc:ewvi7nxzyoun6zhxrhs64oiz/app.bsky.feed.post/3k43tv4rft22g"
    later = (call.rig.clock.now().replace(microsecond=0)).isoformat().replace("+00:00", "Z").replace("T12", "T18")
    body = {"account_id": account, "verb": "comment.create", "on": post, "text": "Later", "scheduled_at": later}
    made = call("POST", "/v1/actions", body).json
    assert made["status"] == "scheduled"
    assert call("DELETE", f"/v1/actions/{made['id']}").json["status"] == "cancelled"
    call.rig.clock.advance(7 * 3600)
    assert done(call, made)["status"] == "cancelled"
    assert call("POST", f"/v1/actions/{made['id']}/retry").status == 409
    assert call("POST", f"/v1/actions/{made['id']}/resolve", {"outcome": "done"}).status == 409


def test_a_file_that_an_action_waits_for_stays(call: Api) -> None:
    """Deleted before, it would make the action fail; once that is called off, nothing needs it."""
    account = call.connect("facebook")
    talk = call("GET", f"/v1/accounts/{account}/conversations").json["data"][0]
    upload = call("POST", "/v1/media/upload", data={"file": (io.BytesIO(files.jpeg()), "a.jpg", "image/jpeg")})
    file = upload.json["media_id"]
    body = {"account_id": account, "verb": "message.send", "on": talk["id"], "handles": talk["handles"]}
    later = (call.rig.clock.now() + timedelta(hours=2)).isoformat()
    body |= {"media": [{"source_type": "media_id", "source": file}], "scheduled_at": later}
    made = call("POST", "/v1/actions", body).json
    refused = call("DELETE", f"/v1/media/{file}")
    assert (refused.status, refused.error["code"]) == (409, "media.in_use")
    assert refused.error["meta"]["action_ids"] == [made["id"]]
    call("DELETE", f"/v1/actions/{made['id']}")
    assert call("DELETE", f"/v1/media/{file}").status == 204


def test_a_networks_own_things_are_looked_up(call: Api) -> None:
    """Boards, pages: by their manifest's names."""
    account = call.connect("facebook")
    pages = call("GET", f"/v1/accounts/{account}/resources/pages")
    assert pages.status == 200
    assert pages.json["data"]
    wrong = call("GET", f"/v1/accounts/{account}/resources/pagse")
    assert wrong.status == 400
    assert "pages" in wrong.error["message"]


@pytest.mark.parametrize("platform", ["facebook", "threads"])
def test_the_comments_of_what_is_not_there_are_a_404(call: Api, platform: str) -> None:
    """Not a failure of the network, which a client would try again."""
    answer = call("GET", f"/v1/accounts/{call.connect(platform)}/comments?post_id=122100000000009999")
    assert answer.status == 404, answer.json
    assert answer.error["code"].endswith("not_found")


@pytest.mark.parametrize(
    ("verb", "more", "field"),
    [
        ("playlist_item.add", {"arguments": {"video_id": "dQw4w9WgXcQ"}}, "on"),
        ("caption.insert", {"arguments": {"language": "en", "captions": "1"}}, "on"),
        ("thumbnail.set", {"on": "dQw4w9WgXcQ"}, "media"),
    ],
)
def test_a_networks_own_verb_says_what_it_needs(call: Api, verb: str, more: dict[str, Any], field: str) -> None:
    """Before anything is stored, as the common verbs do."""
    answer = call("POST", "/v1/actions", {"account_id": call.connect("youtube"), "verb": verb, **more})
    assert (answer.status, answer.error["code"]) == (400, "validation.field_required"), answer.json
    assert answer.error["meta"]["field"] == field
    assert call.stored("targets") == []
