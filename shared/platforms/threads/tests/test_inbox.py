"""Replies and mentions: read, answered, hidden, deleted, delivered."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

import pytest

from shared.domain.content import Act, Kind
from shared.domain.errors import Invalid, Missing
from shared.platforms._graph.webhooks import signature
from shared.platforms.contract import Absent, Armed, Fate, Published, Refused, Unsure
from shared.platforms.contract_inbox import Comment
from shared.platforms.threads import inbox, metrics, resources, simulator, webhooks
from shared.platforms.threads.tests import world as stages
from shared.platforms.threads.tests.world import Stage
from shared.ports.http import Response
from tests.support import odd
from tests.support.simulated import START

FIXTURES = Path(__file__).parents[1] / "fixtures"
DAY = 86_400.0


@pytest.fixture
def stage() -> Stage:
    return stages.stage()


@pytest.fixture
def post(stage: Stage) -> Published:
    """A day old, so that the crowd has answered."""
    published = stage.published(stages.pieces()[Kind.TEXT])
    stage.world.pass_time(DAY)
    return published


def _all(stage: Stage, post: Published) -> list[Comment]:
    return list(inbox.comments(stage.call, post, "").items)


def test_all_answers_are_listed_newest_first(stage: Stage, post: Published) -> None:
    """Nested ones with their parent; nobody's id is known, so the name stands for it."""
    found = _all(stage, post)
    assert len(found) >= 2
    assert [one.at for one in found] == sorted((one.at for one in found), reverse=True)
    assert {one.post_id for one in found} == {post.id}
    assert all(one.parent_id in {"", *(other.id for other in found)} for one in found)
    assert all(one.author.username == one.author.id and not one.own for one in found)


def test_pages_follow_each_other(stage: Stage) -> None:
    """By cursor, until a page is empty."""
    who = stage.account.platform_account_id
    post = stage.published(stages.pieces()[Kind.TEXT])
    for number in range(60):
        stage.world.pass_time(1)
        simulator.visit(stage.world, who, "reply", f"Visit {number}", post.id)
    paged, cursor = [], ""
    for _ in range(10):
        page = inbox.comments(stage.call, post, cursor)
        paged += [one.text for one in page.items]
        cursor = page.next
        if not cursor:
            break
    assert paged == [f"Visit {number}" for number in range(59, -1, -1)]


def test_an_answer_is_a_post_below_it(stage: Stage, post: Published) -> None:
    """Prepared as a container; one's own afterwards, and not to be hidden."""
    theirs = _all(stage, post)[0]
    made = stage.done(Act("comment.reply", theirs.id, "Thanks!", key="1" * 32))
    mine = next(one for one in _all(stage, post) if one.id == made.id)
    assert mine.own
    assert mine.parent_id == theirs.id
    assert mine.can == {"comment.reply", "comment.delete"}
    stage.done(Act("comment.delete", made.id))
    assert made.id not in [one.id for one in _all(stage, post)]


def test_hiding_is_seen_and_undone(stage: Stage, post: Published) -> None:
    """Settled by the reply's own status."""
    theirs = next(one for one in _all(stage, post) if "comment.hide" in one.can)
    hide, show = Act("comment.hide", theirs.id), Act("comment.unhide", theirs.id)
    armed = Armed(1, stage.world.now, {})
    assert isinstance(inbox.find(stage.call, hide, armed), Absent)
    stage.done(hide)
    assert isinstance(inbox.find(stage.call, hide, armed), Published)
    assert isinstance(inbox.find(stage.call, show, armed), Absent)
    assert next(one for one in _all(stage, post) if one.id == theirs.id).hidden
    stage.done(show)
    assert not next(one for one in _all(stage, post) if one.id == theirs.id).hidden


def test_only_one_s_own_answers_are_deleted(stage: Stage, post: Published) -> None:
    """Threads says of somebody else's what it says of one that is gone: so it is asked first whose it is."""
    theirs = _all(stage, post)[0]
    stage.http.sent.clear()
    with pytest.raises(Refused) as refused:
        inbox.prepare(stage.call, Act("comment.delete", theirs.id), {})
    assert (refused.value.fate, refused.value.row.code) == (Fate.REJECTED, "not_owned")
    assert [sent.method for sent in stage.http.sent] == ["GET"]
    mine = stage.done(Act("comment.reply", theirs.id, "Thanks!", key="1" * 32))
    gone = Act("comment.delete", mine.id)
    stage.done(gone)
    assert stage.done(gone).id == mine.id, "what is gone is fine"


def test_what_threads_does_not_say_is_unsure(stage: Stage, post: Published) -> None:
    """An answer without the field."""
    theirs = _all(stage, post)[0]
    stage.http.intercept = lambda _: Response(200, {}, b"{}")
    for verb in ("comment.hide", "comment.delete"):
        assert isinstance(inbox.find(stage.call, Act(verb, theirs.id), Armed(1, START, {})), Unsure)


def test_an_answer_s_arguments_are_judged(stage: Stage) -> None:
    """As those of a post."""
    act = Act("comment.reply", stages.SOMEBODYS, "Look", {"gif_attachment": {"gif_id": 5}})
    with pytest.raises(Invalid):
        inbox.prepare(stage.call, act, {})


def test_mentions_are_listed(stage: Stage) -> None:
    """Two wait from the start; a visit is another."""
    found = inbox.mentions(stage.call, "").items
    assert len(found) >= 1
    assert all("@rostrum" in one.text and one.post_id == one.id for one in found)
    simulator.visit(stage.world, stage.account.platform_account_id, "mention", "Hey @rostrum")
    assert inbox.mentions(stage.call, "").items[0].text == "Hey @rostrum"


# ---------------------------------------------------------------------------------------------------- webhooks


@pytest.mark.parametrize("body", [b"[]", b"{}", b"nonsense", b'{"values": 5}', b'{"values": [{"value": {}}]}'])
def test_what_makes_no_sense_is_a_value_error(body: bytes) -> None:
    """And nothing else."""
    with pytest.raises(ValueError):
        webhooks.parse({}, body)


@pytest.mark.parametrize("path", sorted(FIXTURES.glob("webhook.*.threads.json")), ids=lambda path: path.name)
def test_whatever_is_odd_in_a_delivery_is_read_or_refused(path: Path) -> None:
    """Each of its fields in turn is of a type that nobody expects: events or ValueError, nothing else."""
    for body in odd.bodies(json.loads(path.read_bytes())):
        with suppress(ValueError):
            assert all(event.id and odd.is_flat(event.data) for event in webhooks.parse({}, body))


def test_an_unknown_field_is_other() -> None:
    """Topics may grow."""
    body = {"topic": "x", "target_id": "7", "time": 1723226877, "values": [{"field": "new", "value": {"id": "9"}}]}
    (event,) = webhooks.parse({}, json.dumps(body).encode())
    assert (event.kind, event.platform_account_id) == ("other", "7")


def test_only_signed_bytes_are_believed() -> None:
    """With the app's secret, to the byte."""
    body = b'{"values": []}'
    headers = {"x-hub-signature-256": signature(body, "secret")}
    assert webhooks.verify(headers, body, "secret", START)
    assert not webhooks.verify(headers, body + b" ", "secret", START)
    assert not webhooks.verify(headers, body, "other", START)
    assert not webhooks.verify({}, body, "secret", START)


def test_the_handshake_answers_its_challenge() -> None:
    """For our token only."""
    query = {"hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": "ours"}
    reply = webhooks.challenge(query, "secret", "ours")
    assert reply is not None
    assert reply.body == "1158201444"
    assert webhooks.challenge(query, "secret", "theirs") is None


def test_the_simulator_s_pushes_are_deliveries(stage: Stage) -> None:
    """A post, a visit under it, a deletion: each signed, each readable, each once."""
    who = stage.account.platform_account_id
    published = stage.published(stages.pieces()[Kind.TEXT])
    comment = simulator.visit(stage.world, who, "reply", "Where is this?", published.id)
    simulator.visit(stage.world, who, "mention", "With @rostrum")
    stage.done(Act("comment.delete", published.id))
    pushes = simulator.pushes(stage.world)
    events = [event for push in pushes for event in webhooks.parse(push.headers, push.body)]
    assert [event.kind for event in events] == [
        "post.published",
        "comment.created",
        "mention.created",
        "post.deleted",
    ]
    assert {event.platform_account_id for event in events} == {who}
    assert events[1].data["comment_id"] == comment
    assert len({push.id for push in pushes}) == 4
    assert all(webhooks.verify(push.headers, push.body, "sandbox-secret", START) for push in pushes)


def test_nothing_is_subscribed_by_a_call(stage: Stage) -> None:
    """The dashboard does it, once for all."""
    assert webhooks.subscribe(stage.call, "https://example.test", "secret").renew_at is None
    webhooks.unsubscribe(stage.call)
    assert stage.http.sent == []


# ----------------------------------------------------------------------------------------- metrics, resources


def test_counts_have_our_names(stage: Stage, post: Published) -> None:
    """Replies are comments; what has no name with us stays under Threads'."""
    counts = metrics.post(stage.call, post)
    assert counts.comments == len(_all(stage, post))
    assert {"reposts", "quotes"} <= counts.extra.keys()
    account = metrics.account(stage.call)
    assert account.extra["posts"] == 1
    assert account.extra["followers"] > 0
    assert account.views is not None


def test_a_repost_has_no_counts(stage: Stage) -> None:
    """«An empty array will be returned.»"""
    counts = metrics.post(stage.call, stage.published(stages.pieces()[Kind.REPOST]))
    assert (counts.likes, counts.views) == (None, None)


def test_a_profile_without_instagram_has_no_followers(stage: Stage) -> None:
    """THREADS_API__FEATURE_NOT_AVAILABLE: left out, not an error."""
    refused = b'{"error": {"message": "ErrorCode::THREADS_API__FEATURE_NOT_AVAILABLE", "type": "THApiException", "code": 100}}'
    stage.http.intercept = lambda sent: Response(400, {}, refused) if "followers_count" in sent.url else None
    assert "followers" not in metrics.account(stage.call).extra


def test_places_are_found_and_the_quota_is_shown(stage: Stage) -> None:
    """What the manifest's resources promise."""
    places = resources.read(stage.call, "locations", {"q": "park"}, "").items
    assert {place["name"] for place in places} == {"Hill Park", "Old Mill"}
    limit = resources.read(stage.call, "publishing_limit", {}, "").items[0]
    assert limit["location_search_quota_usage"] == 1
    with pytest.raises(Invalid):
        resources.read(stage.call, "locations", {}, "")
    with pytest.raises(Missing):
        resources.read(stage.call, "boards", {}, "")
