"""Things that happen in the sandbox on demand: who may, to whom, and what is said where nobody can."""

from __future__ import annotations

from typing import Any

import pytest

from shared.operations import sandboxing
from shared.operations.ingesting import processing
from shared.platforms.whatsapp.simulator_state import sent
from tests.api.client import PHOTO, Api


def happen(call: Api, account: str, type_: str, **fields: Any) -> Any:
    return call("POST", "/v1/sandbox/events", {"account_id": account, "type": type_, "text": "Hello?", **fields})


def test_a_comment_is_made_on_the_named_post_or_the_newest(call: Api) -> None:
    """By our id of the post or the network's; it is then among the post's comments."""
    posts = []
    for number in range(2):
        media = [{"source_type": "url", "source": PHOTO}]
        posts.append(call.post(f"Number {number}", ("instagram",), media=media, publish_now=True))
        call.settle()
    targets = [call("GET", f"/v1/posts/{one['id']}").json["targets"][0] for one in posts]
    account, (first, newest) = targets[0]["account_id"], [str(one["platform_post_id"]) for one in targets]
    made = [happen(call, account, "comment", post_id=one) for one in (posts[0]["id"], first, None)]
    assert [one.status for one in made] == [201] * 3
    assert [one.json["post_id"] for one in made] == [first, first, newest]
    assert {one.json["platform"] for one in made} == {"instagram"}
    read = call("GET", f"/v1/accounts/{account}/comments?post_id={first}").json["data"]
    assert {one.json["id"] for one in made[:2]} <= {one["id"] for one in read}


@pytest.mark.parametrize(
    ("platform", "type_", "listed"),
    [
        ("facebook", "message", "conversations"),
        ("facebook", "mention", "mentions"),
        ("facebook", "review", "reviews"),
        ("instagram", "mention", "mentions"),
        ("google_business", "review", "reviews"),
        ("twitter", "mention", "mentions"),
        ("bluesky", "message", "conversations"),
        ("reddit", "message", "conversations"),
        ("whatsapp", "message", ""),
    ],
)
def test_what_else_people_do_is_read_as_on_the_network(call: Api, platform: str, type_: str, listed: str) -> None:
    account = call.connect(platform)
    path = f"/v1/accounts/{account}/{listed}"
    before = call("GET", path).json["data"] if listed else []
    made = happen(call, account, type_, rating=1)
    assert made.status == 201, made.json
    assert made.json["id"]
    assert "post_id" not in made.json
    if listed:
        assert len(call("GET", path).json["data"]) == len(before) + 1


@pytest.mark.parametrize("platform", ["facebook", "threads", "twitter"])
def test_who_named_the_account_is_answered_at_the_first_attempt(
    call: Api, platform: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Also below a post of somebody who is nobody's page here, of which no app hears."""
    account = call.connect(platform)
    call.settle()
    named = happen(call, account, "mention").json["id"]
    body = {"account_id": account, "verb": "comment.create", "on": named, "text": "Thank you!"}
    made = call("POST", "/v1/actions", body | ({"verb": "comment.reply"} if platform == "threads" else {}))
    assert made.status == 201, made.json
    call.settle()
    done = call("GET", f"/v1/actions/{made.json['id']}").json
    assert (done["status"], done["attempts"]) == ("done", 1), done
    assert not [one for one in caplog.records if one.levelname == "ERROR"]


def test_what_nobody_can_do_there_says_what_they_can(call: Api) -> None:
    refused = happen(call, call.connect("bluesky"), "review")
    assert refused.status == 501
    assert "comment, message, mention" in refused.error["message"]
    assert happen(call, call.connect("tiktok"), "comment").status == 501


def test_a_comment_needs_a_live_post(call: Api) -> None:
    account = call.connect("twitter")
    for fields in ({}, {"post_id": "1234"}):
        refused = happen(call, account, "comment", **fields)
        assert (refused.status, refused.error["code"]) == (404, "post.not_found")


def test_nothing_happens_for_a_live_key_nor_to_the_accounts_of_others(call: Api) -> None:
    account = call.connect("bluesky")
    body = {"account_id": account, "type": "mention", "text": "Hello?"}
    live = call("POST", "/v1/sandbox/events", body, key=call.live_key)
    assert (live.status, live.error["code"]) == (403, "auth.sandbox_only")
    assert happen(call, "acc_01KB2KZ0A7B8C9D0E1F2G3H4J5", "mention").status == 404


def test_the_same_request_again_is_one_comment(call: Api) -> None:
    account = call.connect("facebook")
    body = {"account_id": account, "type": "message", "text": "Once"}
    first, again = (call("POST", "/v1/sandbox/events", body, Idempotency_Key="say-it-once") for _ in range(2))
    assert first.json == again.json


def test_the_network_tells_of_it_as_often_as_was_asked(call: Api) -> None:
    """What is handed over is kept once, however often it came; and nothing is handed over twice."""
    account = call.connect("google_business")
    assert happen(call, account, "review", deliveries=3).json["webhooks"] == 3
    assert sandboxing.hand_over(call.rig.ports, {}) == 3
    assert sandboxing.hand_over(call.rig.ports, {}) == 0
    kept = [path for path, _ in call.rig.store.everything() if path.startswith("webhook_events/")]
    assert len(kept) == 1


def test_a_message_whose_answer_was_lost_is_settled_by_what_the_network_tells_of_it(call: Api) -> None:
    """WhatsApp cannot be asked what became of a message, and repeats its key in what it tells: it is sent once."""
    account = call.connect("whatsapp")
    sandboxing.due(call.rig.ports, {})
    call.settle(30)
    assert happen(call, account, "message").json["webhooks"]
    told(call)
    (talk, *_) = call("GET", "/v1/inbox/conversations").json["data"]
    body = {"account_id": account, "verb": "message.send", "on": talk["participant_id"]}
    made = call("POST", "/v1/actions", {**body, "text": "Here [[sandbox:lost_reply]]"}).json
    for _ in range(8):
        call.sleep(60)
        told(call)
    ended = call("GET", f"/v1/actions/{made['id']}").json
    assert (ended["status"], ended["platform_id"][:6]) == ("done", "wamid."), ended
    (known,) = call.stored("accounts")
    number = known.data["platform_account_id"]
    assert len(sent(call.rig.sandbox.world("whatsapp"), number)) == 1


def told(call: Api) -> None:
    """What the simulated networks sent, worked off."""
    sandboxing.hand_over(call.rig.ports, {})
    waiting = [one for one in call.rig.bus.messages if one.topic == "webhooks"]
    call.rig.bus.messages.clear()
    for one in waiting:
        processing.process(call.rig.ports, one.data, one.attributes)
