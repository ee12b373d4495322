"""The inbox over HTTP: what people say to all accounts, and answers that wait a short while for what became of them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from shared.operations.inbox import cursors, ids
from shared.ports.http import Request, Response
from tests.api.client import Api, api
from tests.support.faults import Crash


def live(call: Api, platform: str, text: str = "Ask me anything", **fields: Any) -> tuple[str, str]:
    """An account, and the network's id of a post that it published; some time ago, so that people have answered."""
    account = call.connect(platform)
    post = call.post(text=text, platforms=(platform,), publish_now=True, **fields)
    call.settle()
    target = call("GET", f"/v1/posts/{post['id']}").json["targets"][0]
    assert target["status"] == "published", target
    call.rig.clock.advance(6 * 3600)
    return account, str(target["platform_post_id"])


def theirs(call: Api, account: str, post: str, flag: str = "can_reply") -> Any:
    """A comment that somebody else wrote, on which this may be done."""
    rows = call("GET", f"/v1/inbox/comments/{post}?account_id={account}").json["data"]
    return next(one for one in rows if not one["is_owner"] and one["capabilities"][flag])


def seen(call: Api, account: str, post: str, path: str = "") -> Any:
    return call("GET", f"/v1/inbox/comments/{post}{path}?account_id={account}&limit=100").json["data"]


# ---------------------------------------------------------------------------------------------------- comments


def test_a_comment_is_answered_and_the_answer_is_read(call: Api) -> None:
    """With the id of what was made; the same request again is the same answer and no second comment."""
    account, post = live(call, "facebook")
    comment = theirs(call, account, post)
    body = {"account_id": account, "comment_id": comment["id"], "text": "Thank you!"}
    first = call("POST", f"/v1/inbox/comments/{post}", body, Idempotency_Key="k1")
    assert first.status == 200, first.json
    again = call("POST", f"/v1/inbox/comments/{post}", body, Idempotency_Key="k1")
    assert (again.status, again.data) == (200, first.data)
    below = seen(call, account, post, f"/{comment['id']}/replies")
    assert [(one["text"], one["is_owner"]) for one in below if one["is_owner"]] == [("Thank you!", True)]
    assert below[-1]["parent_id"] == comment["platform_id"]
    assert {one["platform_id"] for one in below} >= {first.json["platform_id"]}
    assert all("parent_id" not in one for one in seen(call, account, post))


def test_the_networks_own_ids_and_ours_name_the_same(call: Api) -> None:
    """Of posts (also ``post_…``) and of comments."""
    account, post = live(call, "instagram", media=[{"source_type": "url", "source": PHOTO}])
    ours = call("GET", "/v1/inbox/comments").json["data"][0]
    assert (ours["platform_id"], ours["account_id"]) == (post, account)
    lists = [seen(call, account, one) for one in (post, ours["id"], ours["post_id"])]
    assert lists[0] == lists[1] == lists[2] != []
    comment = theirs(call, account, post)
    for named in (comment["id"], comment["platform_id"]):
        body = {"account_id": account, "comment_id": named, "text": f"By {named[:7]}"}
        assert call("POST", f"/v1/inbox/comments/{post}", body).status == 200


def test_an_id_that_is_none_of_a_comment_is_refused_by_where_it_stood(call: Api) -> None:
    """In an answer's body it is comment_id, in the paths of the other acts commentId."""
    account = call.connect("facebook")
    body = {"account_id": account, "comment_id": "rst_cmt_nonsense", "text": "Thank you!"}
    answered = call("POST", "/v1/inbox/comments/1_2", body)
    liked = call("POST", "/v1/inbox/comments/1_2/rst_cmt_nonsense/like", {"account_id": account})
    assert [(one.status, one.error["meta"]["field"]) for one in (answered, liked)] == [
        (400, "comment_id"),
        (400, "commentId"),
    ]


def test_a_post_whose_id_is_an_address_has_an_id_without_slashes(call: Api) -> None:
    """A whole round on a network whose ids are URIs: comment, like, unlike, hide, show, delete."""
    account, _ = live(call, "bluesky")
    post = call("GET", f"/v1/inbox/comments?account_id={account}").json["data"][0]["id"]
    comment = theirs(call, account, post, "can_hide")
    at, on, off = f"/v1/inbox/comments/{post}/{comment['id']}", {"account_id": account}, f"?account_id={account}"
    for path, field in (("like", "liked_by_viewer"), ("hide", "is_hidden")):
        for method, body, wanted in (("POST", on, True), ("DELETE", None, False)):
            answer = call(method, f"{at}/{path}{'' if body else off}", body)
            assert (answer.status, answer.json) == (200, {"success": True})
            (shown,) = [one for one in seen(call, account, post) if one["platform_id"] == comment["platform_id"]]
            assert shown[field] is wanted
    made = call("POST", f"/v1/inbox/comments/{post}", {"account_id": account, "text": "Mine"}).json
    assert call("DELETE", f"/v1/inbox/comments/{post}/{made['comment_id']}{off}").status == 200
    assert "Mine" not in [one["text"] for one in seen(call, account, post)]


def test_a_private_reply_is_sent_within_a_week(call: Api) -> None:
    """After that the network refuses it, under the documented code."""
    account, post = live(call, "facebook")
    comment = theirs(call, account, post, "can_private_reply")
    path, body = f"/v1/inbox/comments/{post}/{comment['id']}/private-reply", {"account_id": account, "text": "Hello"}
    assert call("POST", path, body).status == 200
    other = next(one for one in seen(call, account, post) if one["capabilities"]["can_private_reply"])
    call.rig.clock.advance(8 * 86_400)
    refused = call("POST", path.replace(comment["id"], other["id"]), body)
    assert (refused.status, refused.error["code"]) == (400, "platform.facebook.private_reply_ineligible")


@pytest.mark.parametrize(
    ("platform", "method", "path", "status"),
    [
        ("instagram", "POST", "like", 501),
        ("youtube", "POST", "like", 501),
        ("youtube", "POST", "private-reply", 501),
        ("tiktok", "POST", "hide", 501),
    ],
)
def test_what_a_network_does_not_offer_is_said_with_its_reason(
    call: Api, platform: str, method: str, path: str, status: int
) -> None:
    body = {"account_id": call.connect(platform)} | ({"text": "x"} if path == "private-reply" else {})
    answer = call(method, f"/v1/inbox/comments/1/2/{path}", body)
    assert (answer.status, answer.error["code"]) == (status, "resource.not_supported")
    assert answer.meta["source"].startswith("https://")
    assert call.stored("targets") == []


def test_comments_come_page_by_page(call: Api) -> None:
    """Each once, in the order of the whole list; a cursor of another list or a bent one is refused."""
    account, post = live(call, "twitter")
    call.rig.clock.advance(5 * 86_400)
    whole = [one["id"] for one in seen(call, account, post)]
    assert len(whole) > 2
    found: list[str] = []
    query: str | None = ""
    while query is not None:
        page = call("GET", f"/v1/inbox/comments/{post}?account_id={account}&limit=1{query}").json
        found += [one["id"] for one in page["data"]]
        following = page["pagination"].get("next_cursor")
        query = f"&cursor={following}" if following else None
    assert found == whole
    first = call("GET", f"/v1/inbox/comments/{post}?account_id={account}&limit=1").json["pagination"]["next_cursor"]
    other = f"/v1/inbox/comments/{post}/{whole[0]}/replies?account_id={account}&cursor={first}"
    bent = f"/v1/inbox/comments/{post}?account_id={account}&cursor={first[:-2]}AA"
    for path in (other, bent, f"/v1/inbox/comments/{post}?account_id={account}&cursor=zzz"):
        refused = call("GET", path)
        assert (refused.status, refused.error["code"]) == (400, "validation.cursor_invalid")


def test_posts_are_listed_with_their_counts_newest_first(call: Api) -> None:
    """Of all accounts; narrowed by each filter; nobody's account is a 404."""
    one, _ = live(call, "facebook", "First")
    two, _ = live(call, "twitter", "Second")
    rows = call("GET", "/v1/inbox/comments").json["data"]
    assert [row["content"] for row in rows] == ["Second", "First"]
    assert rows[1]["comment_count"] > 0
    assert next(row["content"] for row in call("GET", "/v1/inbox/comments?sort_order=asc").json["data"]) == "First"
    assert {row["account_id"] for row in call("GET", f"/v1/inbox/comments?account_id={one}").json["data"]} == {one}
    assert {row["account_id"] for row in call("GET", "/v1/inbox/comments?platform=x").json["data"]} == {two}
    assert call("GET", "/v1/inbox/comments?min_comments=100000").json["data"] == []
    since = rows[0]["published_at"]
    assert [row["content"] for row in call("GET", f"/v1/inbox/comments?since={since}").json["data"]] == ["Second"]
    page = call("GET", "/v1/inbox/comments?limit=1").json
    rest = call("GET", f"/v1/inbox/comments?limit=1&cursor={page['pagination']['next_cursor']}").json
    assert [row["content"] for row in rest["data"]] == ["First"]
    assert call("GET", "/v1/inbox/comments?account_id=acc_nobody").status == 404


def test_what_a_made_up_cursor_holds_is_judged(call: Api) -> None:
    """Its mark is no secret: whatever shape and place is in it is refused, or a page, and never an error of ours."""
    account, post = live(call, "facebook")
    space, query = f"{call.workspace}.test", f"account_id={account}&cursor="
    talks = cursors.bound("conversations", space, "", "", "", "", "active")
    away = cursors.bound("conversations", space, "", "", "", "", "archived")
    said = cursors.bound("comments", space, account, post, "", "", False)
    shapes: tuple[Any, ...] = (5, None, [], [1], ["", -1], ["", "z"], [None, 0], ["", 10**30], {account: 5})
    paths = [
        path + cursors.write(of, state)
        for state in (*shapes, {account: ["", "9" * 5000]}, {account: [5, 0]})
        for path, of in (
            ("/v1/inbox/conversations?cursor=", talks),
            ("/v1/inbox/conversations?status=archived&cursor=", away),
            (f"/v1/inbox/comments/{post}?{query}", said),
        )
    ]
    paths += [
        f"/v1/inbox/conversations?status=archived&cursor={cursors.write(away, [at, 0])}" for at in ("../x", "a/b")
    ]
    for path in paths:
        refused = call("GET", path)
        assert (refused.status, refused.error["code"]) == (400, "validation.cursor_invalid"), path


# ----------------------------------------------------------------------------------------------- conversations


def test_conversations_of_all_accounts_are_merged(call: Api) -> None:
    """Newest first, each once over all pages; a dead account is named and does not keep the others from it."""
    for platform in ("facebook", "instagram", "bluesky", "whatsapp"):
        call.connect(platform)
    whole = call("GET", "/v1/inbox/conversations?limit=100").json
    assert {row["platform"] for row in whole["data"]} == {"facebook", "instagram", "bluesky"}
    times = [row["last_message_at"] for row in whole["data"]]
    assert times == sorted(times, reverse=True)
    found: list[str] = []
    query: str | None = ""
    while query is not None:
        page = call("GET", f"/v1/inbox/conversations?limit=2{query}").json
        found += [row["id"] for row in page["data"]]
        following = page["pagination"].get("next_cursor")
        query = f"&cursor={following}" if following else None
    assert found == [row["id"] for row in whole["data"]]
    call.rig.sandbox.intercept = lambda request: Response(500, {}, b"{}") if "instagram" in request.url else None
    page = call("GET", "/v1/inbox/conversations?limit=100").json
    assert {row["platform"] for row in page["data"]} == {"facebook", "bluesky"}
    assert [(row["platform"], row["code"].partition(".")[0]) for row in page["errors"]] == [("instagram", "platform")]
    assert call("GET", f"/v1/inbox/conversations?account_id={call.accounts['instagram']}").status >= 500


def test_a_message_is_sent_and_read(call: Api) -> None:
    """By the conversation's id; the answer has the network's id of the message."""
    account = call.connect("facebook")
    talk = call("GET", "/v1/inbox/conversations").json["data"][0]
    sent = call("POST", f"/v1/inbox/conversations/{talk['id']}/messages", {"account_id": account, "text": "Yes!"})
    assert sent.status == 200, sent.json
    rows = call("GET", f"/v1/inbox/conversations/{talk['id']}/messages?limit=200").json["data"]
    assert (rows[0]["text"], rows[0]["direction"], rows[0]["conversation_id"]) == ("Yes!", "outgoing", talk["id"])
    assert rows[0]["platform_id"] == sent.json["message_id"]
    one = call("GET", f"/v1/inbox/conversations/{talk['id']}").json["data"]
    assert one["participant_id"] == talk["participant_id"]


def test_a_conversation_is_put_away_and_back(call: Api) -> None:
    """The list without status has it only while it is active."""
    call.connect("instagram")
    first, *rest = call("GET", "/v1/inbox/conversations").json["data"]
    assert call("PATCH", f"/v1/inbox/conversations/{first['id']}", {"status": "archived"}).json == {"success": True}
    left = call("GET", "/v1/inbox/conversations").json["data"]
    assert [row["id"] for row in left] == [row["id"] for row in rest]
    (away,) = call("GET", "/v1/inbox/conversations?status=archived").json["data"]
    assert (away["id"], away["status"], away["participant_id"]) == (first["id"], "archived", first["participant_id"])
    call("PATCH", f"/v1/inbox/conversations/{first['id']}", {"status": "active"})
    assert len(call("GET", "/v1/inbox/conversations").json["data"]) == len(rest) + 1
    wrong = call("PATCH", f"/v1/inbox/conversations/{first['id']}", {"status": "gone"})
    assert (wrong.status, wrong.error["code"]) == (400, "validation.field_invalid")


def test_reading_counts_until_somebody_writes_again(call: Api) -> None:
    """In this workspace."""
    call.connect("facebook")
    talk = next(row for row in call("GET", "/v1/inbox/conversations").json["data"] if row.get("unread_count"))
    assert call("POST", f"/v1/inbox/conversations/{talk['id']}/read").json == {"success": True}
    assert call("GET", f"/v1/inbox/conversations/{talk['id']}").json["data"]["unread_count"] == 0


@pytest.mark.parametrize(
    ("platform", "code"),
    [("instagram", "platform.instagram.window_closed"), ("facebook", "platform.facebook.window_closed")],
)
def test_after_a_day_the_window_is_closed(call: Api, platform: str, code: str) -> None:
    """The network's refusal, under the documented code and status; it stands, and is kept: nothing is begun anew by repeating."""
    account = call.connect(platform)
    talk = call("GET", "/v1/inbox/conversations").json["data"][0]
    call.rig.clock.advance(30 * 3600)
    path, body = f"/v1/inbox/conversations/{talk['id']}/messages", {"account_id": account, "text": "Still there?"}
    refused = call("POST", path, body, Idempotency_Key="late")
    assert (refused.status, refused.error["code"]) == (400, code), refused.json
    sent = len(call.stored("targets"))
    assert call("POST", path, body, Idempotency_Key="late").data == refused.data
    assert len(call.stored("targets")) == sent
    tagged = call("POST", path, {**body, "message_tag": "HUMAN_AGENT"}, Idempotency_Key="corrected")
    assert tagged.status == 200, tagged.json


def test_a_message_of_several_bubbles_says_where_it_ended(call: Api) -> None:
    """Text, then the files in order; what was sent is told with the refusal, and never sent again."""
    account = call.connect("instagram")
    talk = call("GET", "/v1/inbox/conversations").json["data"][0]
    photo = {"source_type": "url", "source": PHOTO}
    path = f"/v1/inbox/conversations/{talk['id']}/messages"
    both = call("POST", path, {"account_id": account, "text": "Look", "attachments": [photo]})
    assert len(both.json["message_ids"]) == 2
    sent = len(_posted(call))
    call.rig.sandbox.intercept = _refuse_files
    half = call("POST", path, {"account_id": account, "text": "And", "attachments": [photo]}, Idempotency_Key="half")
    assert (half.meta["sent_count"], half.meta["failed_index"]) == (1, 1), half.json
    again = call("POST", path, {"account_id": account, "text": "And", "attachments": [photo]}, Idempotency_Key="half")
    assert again.data == half.data
    assert len(_posted(call)) == sent + 2


@pytest.mark.parametrize(("begun", "told"), [(1, (0, 2, None)), (2, (1, 1, 1))])
def test_a_message_that_broke_off_says_what_was_not_begun(call: Api, begun: int, told: Any) -> None:
    """The process dies while it waits for one of three bubbles: the same request is told the rest, and sends none of them."""
    account = call.connect("instagram")
    talk = call("GET", "/v1/inbox/conversations").json["data"][0]
    photo = {"source_type": "url", "source": PHOTO}
    body = {"account_id": account, "text": "Look", "attachments": [photo, photo]}
    path, alive = f"/v1/inbox/conversations/{talk['id']}/messages", call.rig.clock.while_asleep

    def die(seconds: float) -> None:
        if len(call.stored("targets")) == begun:
            raise Crash
        call.sleep(seconds)

    call.rig.clock.while_asleep = die
    with pytest.raises(Crash):
        call("POST", path, body, Idempotency_Key="broken")
    call.rig.clock.while_asleep = alive
    again = call("POST", path, body, Idempotency_Key="broken")
    shown = again.json.get("message_ids")
    assert (again.json.get("sent_count"), again.json["not_begun"], shown and len(shown)) == told
    assert again.status == 202
    assert len(call.stored("targets")) == begun
    assert any(again.json["action_id"] == doc.id for doc in call.stored("targets"))


def _posted(call: Api) -> list[Request]:
    return [
        one for one in call.rig.sandbox.sent if one.method == "POST" and one.url.partition("?")[0].endswith("/messages")
    ]


def _refuse_files(request: Request) -> Response | None:
    if request.method == "POST" and b"attachment" in (request.body or b""):  # type: ignore[operator]
        return Response(400, {}, b'{"error": {"message": "no", "code": 10, "error_subcode": 2534022}}')
    return None


@pytest.mark.parametrize(
    ("platform", "more", "field"),
    [
        ("bluesky", {"quick_replies": [{"title": "Yes"}]}, "quick_replies"),
        ("bluesky", {"message_tag": "HUMAN_AGENT"}, "message_tag"),
        ("bluesky", {"reply_to_message_id": "1"}, "reply_to_message_id"),
        ("bluesky", {"attachment_url": "https://example.com/a.jpg"}, "attachments"),
        ("facebook", {"buttons": [{"type": "url", "title": "x", "url": "https://example.com"}]}, "buttons"),
        ("facebook", {"text": ""}, "text"),
    ],
)
def test_what_a_message_cannot_have_is_refused_by_name(call: Api, platform: str, more: Any, field: str) -> None:
    account = call.connect(platform)
    talk = call("GET", "/v1/inbox/conversations").json["data"][0]
    body = {"account_id": account, "text": "Hi", **more}
    answer = call("POST", f"/v1/inbox/conversations/{talk['id']}/messages", body)
    assert (answer.status, answer.meta["field"]) == (400, field), answer.json
    assert call.stored("targets") == []


def test_what_takes_longer_is_followed_not_sent_again(call: Api) -> None:
    """Nobody works: 202 with the action to ask for, the same answer for the same key, one message in the end."""
    account = call.connect("facebook")
    talk = call("GET", "/v1/inbox/conversations").json["data"][0]
    call.rig.clock.while_asleep = call.rig.clock.advance
    path, body = f"/v1/inbox/conversations/{talk['id']}/messages", {"account_id": account, "text": "Slow"}
    pending = call("POST", path, body, Idempotency_Key="slow")
    assert (pending.status, pending.json["status"]) == (202, "sending")
    assert pending.headers["Location"] == pending.json["poll"]
    assert call("POST", path, body, Idempotency_Key="slow").data == pending.data
    call.settle()
    assert call("GET", pending.json["poll"]).json["status"] == "done"
    rows = call("GET", f"/v1/inbox/conversations/{talk['id']}/messages").json["data"]
    assert [row["text"] for row in rows].count("Slow") == 1


def test_another_accounts_conversation_is_not_there(call: Api) -> None:
    """An id of another workspace, one that was made up, one beside another account."""
    other = api(call.rig)
    other.connect("facebook")
    foreign = other("GET", "/v1/inbox/conversations").json["data"][0]["id"]
    own = call.connect("facebook")
    made_up = ids.encode("conversation", ids.Named("facebook", "t_1", "acc_nobody"))
    mine = call("GET", "/v1/inbox/conversations").json["data"][0]["id"]
    for path in (foreign, made_up, "rst_cnv_zzz", "rst_cmt_e30", f"{mine}x"):
        answer = call("GET", f"/v1/inbox/conversations/{path}/messages")
        assert (answer.status, answer.error["code"]) == (404, "conversation.not_found"), path
    beside = {"account_id": call.connect("instagram"), "text": "Hi"}
    assert call("POST", f"/v1/inbox/conversations/{mine}/messages", beside).status == 404
    assert call("POST", f"/v1/inbox/conversations/{mine}/messages", {**beside, "account_id": own}).status == 200


# -------------------------------------------------------------------------------------------- reviews, mentions


def test_reviews_are_counted_sorted_and_answered(call: Api) -> None:
    account = call.connect("google_business")
    call.connect("facebook")
    call.rig.clock.advance(10 * 86_400)
    rows = {row["platform"]: row for row in call("GET", "/v1/inbox/reviews").json["data"]}
    assert set(rows) == {"google_business", "facebook"}
    page = call("GET", f"/v1/inbox/reviews/{account}?limit=50").json
    stars = [one["rating"] for one in page["data"]]
    assert rows["google_business"]["total_count"] == page["summary"]["total_count"] == len(stars)
    assert rows["google_business"]["average_rating"] == pytest.approx(sum(stars) / len(stars), abs=0.01)
    ranked = call("GET", f"/v1/inbox/reviews/{account}?limit=50&order=rating_asc").json["data"]
    assert [one["rating"] for one in ranked] == sorted(stars)
    review = next(one for one in page["data"] if "reply" not in one)
    body = {"account_id": account, "text": "Thank you!"}
    answer = call("POST", f"/v1/inbox/reviews/{review['id']}/reply", body)
    assert (answer.status, answer.json["success"]) == (200, True), answer.json
    shown = call("GET", f"/v1/inbox/reviews/{account}?limit=50").json["data"]
    assert [one["reply"]["text"] for one in shown if one["id"] == review["id"]] == ["Thank you!"]
    other = {"account_id": call.connect("bluesky"), "text": "x"}
    for refused in (
        call("POST", "/v1/inbox/reviews/1/reply", other),
        call("GET", f"/v1/inbox/reviews/{other['account_id']}"),
    ):
        assert (refused.status, refused.error["code"]) == (422, "account.platform_unsupported")


@pytest.mark.parametrize("platform", ["facebook", "instagram", "twitter", "bluesky"])
def test_a_mention_is_answered(call: Api, platform: str) -> None:
    """With the fields that the documents name; ``since`` and a page at a time."""
    account = call.connect(platform)
    call.rig.clock.advance(5 * 86_400)
    page = call("GET", f"/v1/accounts/{account}/mentions").json
    assert page["count"] == len(page["data"]) > 0
    first = page["data"][0]
    assert first["type"] == "mention"
    assert first["content"]["text"] == first["text"]
    body = {"media_id": first["id"], "text": "Thank you!"}
    answer = call("POST", f"/v1/accounts/{account}/mentions/reply", body)
    assert (answer.status, bool(answer.json.get("comment_id"))) == (200, True), answer.json
    later = call.rig.clock.now().isoformat().replace("+00:00", "Z")
    assert call("GET", f"/v1/accounts/{account}/mentions?since={later}").json["data"] == []


PHOTO = "https://sandbox.rostrum.test/media/photo.jpg"


def test_a_key_of_another_brand_sees_nothing_of_it(call: Api) -> None:
    """Lists are empty, everything else is not there; nothing is sent."""
    for platform in ("facebook", "whatsapp", "google_business"):
        call.connect(platform)
    talk = call("GET", "/v1/inbox/conversations").json["data"][0]["id"]
    brand = call("POST", "/v1/brands", {"name": "other"}).json["id"]
    key = call("POST", "/v1/keys", {"name": "theirs", "brand_ids": [brand]}).json["raw_key"]
    page, number = call.accounts["facebook"], call.accounts["whatsapp"]
    said, template = {"account_id": page, "text": "x"}, {"template_name": "hello_world", "language": "en_US"}
    for path in ("/v1/inbox/conversations", "/v1/inbox/conversations?status=archived", "/v1/inbox/reviews"):
        assert call("GET", path, key=key).json["data"] == []
    for method, path, body in (
        ("GET", f"/v1/inbox/conversations/{talk}/messages", None),
        ("POST", f"/v1/inbox/conversations/{talk}/messages", said),
        ("PATCH", f"/v1/inbox/conversations/{talk}", {"status": "archived"}),
        ("GET", f"/v1/inbox/comments/1?account_id={page}", None),
        ("POST", "/v1/inbox/comments/1", said),
        ("GET", f"/v1/inbox/reviews/{call.accounts['google_business']}", None),
        ("GET", f"/v1/platforms/whatsapp/phone-numbers/{number}/status", None),
        ("POST", f"/v1/platforms/whatsapp/accounts/{number}/send-template", {"to": "15550100000", **template}),
    ):
        assert call(method, path, body, key=key).status == 404, path
    assert call.stored("targets") == []


@pytest.mark.parametrize("platform", ["facebook", "instagram"])
def test_ready_answers_are_sent_with_a_message(call: Api, platform: str) -> None:
    """As the network has them: what comes back is the title where no payload was given."""
    account = call.connect(platform)
    talk = next(one for one in call("GET", "/v1/inbox/conversations").json["data"] if one.get("reply_until"))
    ready = [{"title": "Yes", "payload": "YES"}, {"title": "No"}]
    body = {"account_id": account, "text": "Shall we?", "quick_replies": ready, "message_tag": "HUMAN_AGENT"}
    answer = call("POST", f"/v1/inbox/conversations/{talk['id']}/messages", body)
    assert answer.status == 200, answer.json
    bodies = [one.body for one in call.rig.sandbox.sent if one.method == "POST" and isinstance(one.body, bytes)]
    sent = json.loads(bodies[-1])
    told = [(one["title"], one["payload"]) for one in sent["message"]["quick_replies"]]
    assert told == [("Yes", "YES"), ("No", "No")]
