"""The inbox over HTTP, where things were pushed that the networks do not answer, or answer too."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from shared.domain import codec
from shared.domain.accounts import Account, account_path
from shared.domain.errors import Broken
from shared.domain.inbox import KEPT, Commented, commented_path
from shared.operations import chores, recording, sandboxing
from shared.operations.inbox import pushing
from shared.operations.ingesting import processing
from shared.platforms.contract_webhooks import Event, EventKind
from shared.ports.http import Response
from shared.ports.store import Write
from tests.api.client import Api, api


def account_of(call: Api, account_id: str) -> Account:
    doc = call.rig.store.get(account_path(f"{call.workspace}.test", account_id))
    assert doc
    return codec.decode(Account, doc.data)


def push(call: Api, account_id: str, kind: EventKind, data: Mapping[str, Any], seconds: float = 0) -> None:
    at = call.rig.clock.now() + timedelta(seconds=seconds)
    pushing.pushed(call.rig.ports, account_of(call, account_id), Event(kind, f"{kind}{data}", "1", at, data, {"a": 1}))


def comment(number: int, post: str = "104_9", **more: Any) -> dict[str, Any]:
    return {"comment_id": f"104_9_{number}", "post_id": post, "text": f"No {number}", "author_id": "7", **more}


def every(call: Api, path: str, limit: int) -> list[Any]:
    """All pages."""
    found, cursor = [], ""
    for _ in range(60):
        page = call("GET", f"{path}{'&' if '?' in path else '?'}limit={limit}&cursor={cursor}").json
        found += page["data"]
        cursor = page["pagination"].get("next_cursor", "")
        if not cursor:
            return found
    raise AssertionError("no end")


def test_comments_on_a_post_that_nobody_knows_are_listed_until_deleted(call: Api) -> None:
    """The post is among the commented ones; each comment has its flags; those that were taken back are gone."""
    account = call.connect("facebook")
    for number in range(3):
        push(call, account, "comment.created", comment(number), number)
    push(call, account, "comment.deleted", {"comment_id": "104_9_1", "post_id": "104_9"})
    (post,) = call("GET", "/v1/inbox/comments").json["data"]
    assert (post["platform_id"], post["account_id"], post["comment_count"]) == ("104_9", account, 2)
    assert "post_id" not in post
    page = call("GET", f"/v1/inbox/comments/{post['id']}?account_id={account}").json
    assert [one["text"] for one in page["data"]] == ["No 2", "No 0"]
    assert page["data"][0]["capabilities"]["can_reply"] is True
    assert page["errors"][0]["account_id"] == account


def test_what_was_pushed_and_is_answered_too_is_one_comment(call: Api) -> None:
    """By pages of any size: none twice, none lost, and the network's own row of it is the one that is shown."""
    account = call.connect("facebook")
    call.post("Ask me", ("facebook",), publish_now=True)
    call.settle()
    call.rig.clock.advance(6 * 3600)
    post = call("GET", "/v1/inbox/comments").json["data"][0]["platform_id"]
    path = f"/v1/inbox/comments/{post}?account_id={account}"
    before = every(call, path, 100)
    assert len(before) > 2
    known = before[1]
    told = {"comment_id": known["platform_id"], "post_id": post, "text": "An older text", "author_id": "7"}
    push(call, account, "comment.created", told, -60)
    push(call, account, "comment.created", comment(5, post), 60)
    push(call, account, "comment.deleted", {"comment_id": before[2]["platform_id"], "post_id": post})
    wanted = sorted([one["platform_id"] for one in before if one is not before[2]] + ["104_9_5"])
    for size in (1, 2, 100):
        found = every(call, path, size)
        assert sorted(one["platform_id"] for one in found) == wanted
        assert known["text"] in [one["text"] for one in found]


def test_what_is_pushed_by_its_id_alone_waits_for_a_network_that_does_not_answer_just_now(call: Api) -> None:
    """The delivery is tried again, so that nobody is told of a review without a word; what nobody answers for long is filed bare."""
    account = call.connect("google_business")
    made = call(
        "POST", "/v1/sandbox/events", {"account_id": account, "type": "review", "text": "Good!", "rating": 4}
    ).json
    call.rig.sandbox.intercept = lambda request: Response(503, {}, b"{}")
    with pytest.raises(Broken):
        push(call, account, "review.created", {"review_id": made["id"]})
    assert every(call, "/v1/inbox", 5) == []
    call.rig.sandbox.intercept = None
    push(call, account, "review.created", {"review_id": made["id"]})
    (item,) = every(call, "/v1/inbox", 5)
    assert (item["rating"], "Good!" in item["content"]["text"]) == (4, True)
    call.rig.sandbox.intercept = lambda request: Response(503, {}, b"{}")
    push(call, account, "review.created", {"review_id": "unseen"}, -3600)
    assert {one["platform_id"] for one in every(call, "/v1/inbox", 5)} == {made["id"], "unseen"}


def test_a_network_that_fails_does_not_hide_what_was_filed(call: Api) -> None:
    """Its error stands beside; where nothing was filed, it is the answer."""
    account = call.connect("facebook")
    path = f"/v1/accounts/{account}/mentions"
    call.rig.sandbox.intercept = lambda request: Response(503, {}, b"{}")
    assert call("GET", path).status == 503
    push(call, account, "mention.created", {"post_id": "55_1", "text": "Look: @shop", "author_id": "7"})
    page = call("GET", path).json
    assert [one["platform_id"] for one in page["data"]] == ["55_1"]
    assert page["errors"][0]["account_id"] == account


def test_messages_that_no_network_lists_are_conversations(call: Api) -> None:
    """Listed, read, answered, marked as read: all from what was pushed."""
    account = call.connect("whatsapp")
    who = {"conversation_id": "15550100", "author_id": "15550100", "author_name": "Robin"}
    for number in range(3):
        data = {"message_id": f"wamid.{number}", "text": f"No {number}", "own": False, **who}
        push(call, account, "message.received", data, number)
    (row,) = call("GET", "/v1/inbox/conversations").json["data"]
    assert (row["participant_name"], row["last_message"], row["unread_count"]) == ("Robin", "No 2", 3)
    assert row["reply_until"]
    (last, *_) = every(call, "/v1/inbox?type=message", 5)
    for _ in range(2):
        call("POST", "/v1/inbox/read", {"item_ids": [last["item_id"]]})
        assert call("GET", "/v1/inbox/conversations").json["data"][0]["unread_count"] == 2
    said = every(call, f"/v1/inbox/conversations/{row['id']}/messages", 2)
    assert [one["text"] for one in said] == ["No 2", "No 1", "No 0"]
    assert call("GET", f"/v1/inbox/conversations/{row['id']}").json["data"]["unread_count"] == 2
    assert call("POST", f"/v1/inbox/conversations/{row['id']}/read").status == 200
    assert call("GET", "/v1/inbox/conversations").json["data"][0]["unread_count"] == 0
    assert call("GET", "/v1/inbox?unread=true").json["data"] == []
    assert call("PATCH", f"/v1/inbox/conversations/{row['id']}", {"status": "archived"}).status == 200
    assert call("GET", "/v1/inbox/conversations").json["data"] == []
    push(call, account, "message.received", {**who, "message_id": "wamid.9", "text": "Again"}, 9)
    assert call("GET", "/v1/inbox/conversations").json["data"][0]["unread_count"] == 1


@pytest.mark.parametrize("platform", ["facebook", "instagram"])
def test_a_message_that_names_the_person_only_is_in_the_networks_conversation(call: Api, platform: str) -> None:
    """One conversation in all lists, of any page's size; its messages are those of both."""
    account = call.connect(platform)
    before = every(call, "/v1/inbox/conversations", 100)
    talk = before[-1]
    data = {
        "message_id": "m_new",
        "person_id": talk["participant_id"],
        "text": "New",
        "author_id": talk["participant_id"],
    }
    push(call, account, "message.received", data)
    push(call, account, "message.received", {**data, "message_id": "m_x", "person_id": "99", "author_id": "99"}, 5)
    for size in (1, 2, 100):
        found = every(call, "/v1/inbox/conversations", size)
        assert len(found) == len(before) + 1
        assert len({one["participant_id"] for one in found}) == len(found)
        assert [one["last_message"] for one in found[:2]] == ["New", "New"]
    found = every(call, "/v1/inbox/conversations", 100)
    same = next(one for one in found if one["participant_id"] == talk["participant_id"])
    assert same["id"] == talk["id"]
    said = every(call, f"/v1/inbox/conversations/{same['id']}/messages", 100)
    assert said[0]["text"] == "New"
    assert len(said) > 1


def test_a_conversation_that_was_put_away_before_anything_was_pushed_of_it_is_one(call: Api) -> None:
    """Put away by the network's id of it, then pushed by the person's: it is open again, and not put away, too."""
    account = call.connect("facebook")
    talk = every(call, "/v1/inbox/conversations", 100)[-1]
    assert call("PATCH", f"/v1/inbox/conversations/{talk['id']}", {"status": "archived"}).status == 200
    (away,) = every(call, "/v1/inbox/conversations?status=archived", 5)
    assert (away["id"], away["participant_id"]) == (talk["id"], talk["participant_id"])
    said = {"person_id": talk["participant_id"], "text": "From the app", "own": True}
    push(call, account, "message.sent", {**said, "message_id": "m_own", "author_id": "1"}, 1)
    assert len(every(call, "/v1/inbox/conversations?status=archived", 5)) == 1
    assert talk["id"] not in {one["id"] for one in every(call, "/v1/inbox/conversations", 100)}
    push(call, account, "message.received", {**said, "message_id": "m_new", "own": False}, 2)
    assert every(call, "/v1/inbox/conversations?status=archived", 5) == []
    assert [one["id"] for one in every(call, "/v1/inbox/conversations", 100)].count(talk["id"]) == 1


def test_a_message_that_comes_late_is_unread_though_others_were_read_since_it_was_said(call: Api) -> None:
    """Alike in the feed and in its conversation."""
    account = call.connect("whatsapp")
    who = {"conversation_id": "15550100", "author_id": "15550100", "own": False}
    push(call, account, "message.received", {**who, "message_id": "w1", "text": "One"})
    call.rig.clock.advance(60)
    (row,) = every(call, "/v1/inbox/conversations", 5)
    assert call("POST", f"/v1/inbox/conversations/{row['id']}/read").status == 200
    push(call, account, "message.received", {**who, "message_id": "w2", "text": "Two"}, -30)
    assert [one["content"]["text"] for one in every(call, "/v1/inbox?unread=true", 5)] == ["Two"]
    assert every(call, "/v1/inbox/conversations", 5)[0]["unread_count"] == 1


def test_the_feed_has_what_was_said_to_all_accounts(call: Api) -> None:
    """Newest first, by filters and pages; what the account said itself only where it is asked for."""
    facebook, whatsapp = call.connect("facebook"), call.connect("whatsapp")
    push(call, facebook, "comment.created", comment(1))
    push(call, facebook, "comment.created", comment(2, own=True), 1)
    push(call, facebook, "review.created", {"review_id": "r1", "text": "Good", "author_id": "8", "stars": 4}, 2)
    data = {"message_id": "w1", "conversation_id": "1555", "text": "Hi", "author_id": "1555", "own": False}
    push(call, whatsapp, "message.received", data, 3)
    assert [one["type"] for one in every(call, "/v1/inbox", 1)] == ["message", "review", "comment"]
    assert len(every(call, "/v1/inbox?own=true", 2)) == 4
    assert [one["rating"] for one in every(call, "/v1/inbox?type=review", 5)] == [4]
    assert [one["type"] for one in every(call, f"/v1/inbox?account_id={whatsapp}", 5)] == ["message"]
    assert [one["type"] for one in every(call, "/v1/inbox?platform=facebook&type=comment", 5)] == ["comment"]
    since = (call.rig.clock.now() + timedelta(seconds=2)).isoformat().replace("+00:00", "Z")
    assert [one["type"] for one in every(call, f"/v1/inbox?since={since}", 5)] == ["message", "review"]
    ids = [one["item_id"] for one in every(call, "/v1/inbox?unread=true", 5)]
    assert call("POST", "/v1/inbox/read", {"item_ids": [*ids[:2], "itm_none"]}).json["updated"] == 2
    assert [one["item_id"] for one in every(call, "/v1/inbox?unread=true", 5)] == ids[2:]


def test_a_key_sees_its_brands_and_its_scopes_only(call: Api) -> None:
    """Another brand's items are absent, and cannot be marked; without dms:read there are no messages."""
    account = call.connect("whatsapp")
    data = {"message_id": "w1", "conversation_id": "1555", "text": "Hi", "author_id": "1555", "own": False}
    push(call, account, "message.received", data)
    (item,) = every(call, "/v1/inbox", 5)
    brand = call("POST", "/v1/brands", {"name": "Other"}).json
    scopes = ["inbox:read", "dms:read"]
    for more in ({"scopes": scopes[:1]}, {"scopes": scopes, "brand_ids": [brand["id"]]}):
        key = call("POST", "/v1/keys", {"name": "a", **more}).json["raw_key"]
        assert call("GET", "/v1/inbox", key=key).json["data"] == []
        assert call("POST", "/v1/inbox/read", {"item_ids": [item["item_id"]]}, key=key).json["updated"] == 0
    other = api(call.rig)
    assert other("POST", "/v1/inbox/read", {"item_ids": [item["item_id"]]}).json["updated"] == 0
    assert len(every(call, "/v1/inbox?unread=true", 5)) == 1


def test_a_window_that_has_closed_is_told_before_anything_is_sent(call: Api) -> None:
    """A template passes; what the person writes opens it again; on other networks a tag lasts longer."""
    account = call.connect("whatsapp")
    who = {"conversation_id": "15550100", "author_id": "15550100", "text": "Hi", "own": False}
    push(call, account, "message.received", {**who, "message_id": "w1"})
    (row,) = call("GET", "/v1/inbox/conversations").json["data"]
    path, body = f"/v1/inbox/conversations/{row['id']}/messages", {"account_id": account, "text": "Hello"}
    call.rig.clock.advance(24 * 3600 + 1)
    chores.hand_out(call.rig.ports, "subscribe")
    call.settle(1)
    sent = len(call.rig.sandbox.sent)
    refused = call("POST", path, body)
    assert (refused.status, refused.error["code"]) == (400, "whatsapp.window_closed")
    assert len(call.rig.sandbox.sent) == sent
    template = {"name": "hello_world", "language": {"code": "en_US"}}
    order = {"account_id": account, "verb": "message.send", "on": "15550100", "arguments": {"template": template}}
    assert call("POST", "/v1/actions", order).status in (201, 202)
    push(call, account, "message.received", {**who, "message_id": "w2"})
    assert call("POST", path, body).status != 400
    page = call.connect("facebook")
    push(call, page, "message.received", {"message_id": "m1", "person_id": "99", "author_id": "99", "text": "Hi"})
    call.rig.clock.advance(3 * 86_400)
    order = {"account_id": page, "verb": "message.send", "on": "99", "text": "Hello"}
    late = call("POST", "/v1/actions", order)
    assert (late.status, late.error["code"]) == (400, "platform.facebook.outside_window")
    tagged = {**order, "arguments": {"tag": "HUMAN_AGENT"}}
    assert call("POST", "/v1/actions", tagged).status in (201, 202)
    call.rig.clock.advance(5 * 86_400)
    assert call("POST", "/v1/actions", tagged).status == 400


def test_a_window_is_held_closed_only_by_who_would_know_of_a_later_word(call: Api) -> None:
    """Nothing is pushed any more, the network does not answer, or the person reacted: then it is the network that decides."""
    account = call.connect("whatsapp")
    who = {"conversation_id": "15550100", "author_id": "15550100", "text": "Hi", "own": False}
    push(call, account, "message.received", {**who, "message_id": "w1"})
    call.rig.clock.advance(24 * 3600 + 1)
    order = {"account_id": account, "verb": "message.send", "on": "15550100", "text": "Hello"}
    assert call("POST", "/v1/actions", order).status == 201
    page = call.connect("facebook")
    said = {"message_id": "m1", "person_id": "99", "author_id": "99", "text": "Hi"}
    push(call, page, "message.received", said)
    call.rig.clock.advance(24 * 3600 + 1)
    order = {"account_id": page, "verb": "message.send", "on": "99", "text": "Hello"}
    assert call("POST", "/v1/actions", order).status == 400
    call.rig.sandbox.intercept = lambda request: Response(503, {}, b"{}") if "conversations" in request.url else None
    assert call("POST", "/v1/actions", order).status == 201
    call.rig.sandbox.intercept = None
    push(call, page, "reaction.created", {"person_id": "99", "own": True, "reaction": "love"})
    assert call("POST", "/v1/actions", order).status == 400
    push(call, page, "reaction.created", {"person_id": "99", "own": False, "reaction": "love"})
    assert call("POST", "/v1/actions", order).status == 201


def test_what_is_filed_under_another_post_is_listed_where_the_network_answers_it(call: Api) -> None:
    """As answers below an answer of one's own in somebody else's thread: pushed under the thread's first post."""
    account = call.connect("facebook")
    call.post("Ask me", ("facebook",), publish_now=True)
    call.settle()
    call.rig.clock.advance(6 * 3600)
    post = call("GET", "/v1/inbox/comments").json["data"][0]["platform_id"]
    path = f"/v1/inbox/comments/{post}?account_id={account}"
    before = [one["platform_id"] for one in every(call, path, 100)]
    push(call, account, "comment.created", {"comment_id": before[0], "post_id": "104_77", "author_id": "7"}, -60)
    assert [one["platform_id"] for one in every(call, path, 1)] == before


def test_a_post_that_was_commented_on_before_it_was_known_as_ours_is_listed_once(call: Api) -> None:
    account = call.connect("facebook")
    call.post("Ask me", ("facebook",), publish_now=True)
    call.settle()
    (ours,) = call("GET", "/v1/inbox/comments").json["data"]
    where = commented_path(f"{call.workspace}.test", account, ours["platform_id"])
    now = call.rig.clock.now()
    early = Commented(f"{call.workspace}.test", account, "facebook", ours["platform_id"], now, now + KEPT)
    call.rig.store.commit([Write("create", where, codec.encode(early))])
    assert [one["platform_id"] for one in every(call, "/v1/inbox/comments", 1)] == [ours["platform_id"]]


def test_what_is_answered_from_here_is_filed_once_with_its_echo(call: Api) -> None:
    """Own messages and comments stand in their threads; the network's echo adds nothing, receipts move them on."""
    account = call.connect("whatsapp")
    who = {"conversation_id": "15550100", "author_id": "15550100", "text": "Hi", "own": False}
    push(call, account, "message.received", {**who, "message_id": "w1"})
    (row,) = call("GET", "/v1/inbox/conversations").json["data"]
    path = f"/v1/inbox/conversations/{row['id']}/messages"
    call.rig.clock.advance(60)
    made = call("POST", path, {"account_id": account, "text": "Hello there"})
    call.settle()
    for _ in range(2):
        for one in call.rig.bus.messages:
            recording.observe(call.rig.ports, one.data, one.attributes)
    said = call("GET", path).json["data"]
    assert [(one["text"], one["direction"]) for one in said] == [("Hello there", "outgoing"), ("Hi", "incoming")], made
    receipt = {"message_id": said[0]["platform_id"], "conversation_id": "15550100", "receipt": True}
    push(call, account, "message.delivered", receipt)
    (own,) = [one for one in every(call, "/v1/inbox?own=true", 9) if one["is_owner"]]
    assert (own["delivery"], own["status"]) == ("delivered", "read")
    events = [one["action"] for one in call("GET", "/v1/events?category=inbox").json["events"]]
    assert sorted(events) == ["dm.received", "dm.sent", "dm.status.delivered"]
    assert call("GET", "/v1/inbox/conversations").json["data"][0]["last_message"] == "Hello there"


@pytest.mark.parametrize("platform", ["facebook", "threads", "twitter"])
def test_a_comment_in_the_simulator_is_one_item_and_one_event_and_can_be_answered(call: Api, platform: str) -> None:
    """Delivered three times, over the whole way: signed, received, taken from the bus twice, filed; then answered, and that
    comes back as the network's echo or not: it is one, too."""
    account = call.connect(platform)
    call.post("Ask me", (platform,), publish_now=True)
    call.settle()
    chores.hand_out(call.rig.ports, "subscribe")
    call.settle()
    event = {"account_id": account, "type": "comment", "text": "Is it true?", "deliveries": 3}
    made = call("POST", "/v1/sandbox/events", event).json
    arrive(call)
    (item,) = every(call, "/v1/inbox", 5)
    assert item["content"]["text"].endswith("Is it true?")
    assert (item["platform_id"], bool(item["post_id"])) == (made["id"], True)
    path = f"/v1/inbox/comments/{made['post_id']}"
    below = every(call, f"{path}?account_id={account}", 100)
    assert [one["platform_id"] for one in below].count(made["id"]) == 1
    answer = call("POST", path, {"account_id": account, "comment_id": item["id"], "text": "It is."})
    assert answer.status == 200, answer.json
    arrive(call)
    arrive(call)
    own = [one for one in every(call, "/v1/inbox?own=true", 5) if one["is_owner"]]
    assert [one["platform_id"] for one in own] == [answer.json["platform_id"]]
    events = [one["action"] for one in call("GET", "/v1/events?category=inbox").json["events"]]
    assert events == ["comment.received"]


def arrive(call: Api) -> None:
    """All that is on its way: the networks' deliveries to us, and what the bus has, twice."""
    call.rig.clock.advance(5)
    sandboxing.hand_over(call.rig.ports, {})
    for _ in range(2):
        for one in list(call.rig.bus.messages):
            if one.topic == "webhooks":
                processing.process(call.rig.ports, one.data, one.attributes)
            else:
                recording.observe(call.rig.ports, one.data, one.attributes)
