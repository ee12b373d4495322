"""Acts: judged before anything is stored, done once, told, and settled by the promise that posts have."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared.domain import targets
from shared.domain.callers import Caller
from shared.domain.errors import Clash, Invalid, Missing, Reconnect, TooLong, Unsupported
from shared.domain.states import State
from shared.operations import idempotency
from shared.operations.engaging import acting, following, origins
from shared.operations.engaging.commands import Order, Verdict
from shared.operations.idempotency import AlreadyDone, Answer, Receipt
from shared.operations.posts import listing
from shared.operations.posts.commands import MediaInput
from shared.operations.posts.listing import ListPosts
from shared.platforms.contract import Absent, Unsure
from tests.operations import engaged, flows
from tests.operations.engaged import CAMPAIGN, Stage
from tests.simulation import plain
from tests.simulation.plain import wire


@pytest.fixture
def stage() -> Iterator[Stage]:
    plain.install()
    yield engaged.stage()
    plain.uninstall()


# ------------------------------------------------------------------------------------------------------- doing


def test_a_message_is_sent_once_and_told(stage: Stage) -> None:
    """Accepted at once, done soon; one event, under one id, without content."""
    accepted = stage.act("message.send", text="Good morning")
    assert targets.action_status(accepted) == "sending"
    assert accepted.id.startswith("act_")
    assert stage.done() == []
    stage.pass_time(5)
    target = stage.read(accepted)
    assert [(one.verb, one.id, one.text) for one in stage.done()] == [
        ("message.send", target.live_ids[0], "Good morning")
    ]
    (event,) = {event["id"]: event for event in stage.events(target)}.values()
    assert event["type"] == "action.done"
    expected = {"verb": "message.send", "on": "talk-1", "status": "done", "platform_id": target.live_ids[0]}
    assert expected.items() <= event.items()
    assert "Good morning" not in str(event)


def test_an_answer_and_a_like_are_done_to_a_comment(stage: Stage) -> None:
    """The answer is something new; the like is not."""
    comment = stage.comment()
    answer, like = stage.act("comment.reply", comment, text="Thank you"), stage.act("comment.like", comment)
    stage.pass_time(5)
    assert [(one.verb, one.on) for one in stage.done()] == [("comment.reply", comment), ("comment.like", comment)]
    assert stage.read(answer).live_ids
    liked = stage.read(like)
    assert liked.live_ids == ()
    assert liked.first
    assert liked.first.id == comment


def test_a_lost_answer_is_settled_by_reading(stage: Stage) -> None:
    """Done once; nothing is sent again."""
    stage.lose(1)
    target = stage.act("campaign.create", "ads-1", text="Spring", arguments=CAMPAIGN)
    stage.pass_time(3)
    assert stage.read(target).state is State.UNKNOWN
    stage.pass_time(180)
    assert stage.read(target).state is State.PUBLISHED
    assert [one.text for one in stage.done()] == ["Spring"]


def test_what_was_not_done_is_done_again_after_proof(stage: Stage) -> None:
    """The request was lost before it had its effect: absent after the settling time, then sent once more."""
    stage.lose(1, effect=False)
    target = stage.act("message.send", text="Again")
    stage.pass_time(50)
    assert stage.done() == []
    stage.pass_time(60)
    assert stage.read(target).state is State.PUBLISHED
    assert [one.text for one in stage.done()] == ["Again"]


def test_two_equal_answers_are_two(stage: Stage) -> None:
    """Both lost: each is found as what it is, and neither as the other."""
    comment = stage.comment()
    stage.lose(2)
    one, two = (stage.act("comment.reply", comment, text="Yes") for _ in range(2))
    stage.pass_time(3 * 3600)
    assert len(stage.done()) == 2
    states = {stage.read(one).state, stage.read(two).state}
    assert states <= {State.PUBLISHED, State.NEEDS_REVIEW}
    assert len({*stage.read(one).live_ids, *stage.read(two).live_ids}) == len(
        [*stage.read(one).live_ids, *stage.read(two).live_ids]
    )


def test_wishes_about_one_thing_are_fulfilled_in_order(stage: Stage) -> None:
    """A like in doubt, then another act on the same comment: the second waits until the first is over."""
    comment = stage.comment()
    stage.lose(1, effect=False)
    first = stage.act("comment.like", comment)
    stage.pass_time(2)
    assert stage.read(first).state is State.UNKNOWN
    second, elsewhere = stage.act("comment.like", comment), stage.act("comment.like", "another")
    stage.pass_time(2)
    assert stage.read(elsewhere).state is State.PUBLISHED
    assert stage.read(second).state is State.SCHEDULED
    stage.pass_time(180)
    order = sorted([stage.read(first), stage.read(second)], key=lambda one: one.published_at or one.created_at)
    assert [one.id for one in order] == [first.id, second.id]
    assert all(one.state is State.PUBLISHED for one in order)


def test_an_act_at_a_time_waits_for_it(stage: Stage) -> None:
    """As posts do."""
    at = stage.rig.clock.now() + timedelta(minutes=5)
    target = stage.act("message.send", text="Later", scheduled_at=at.isoformat())
    stage.pass_time(290)
    assert (targets.action_status(stage.read(target)), stage.done()) == ("scheduled", [])
    stage.pass_time(20)
    assert len(stage.done()) == 1


def test_a_rejected_act_fails_with_the_network_s_words(stage: Stage) -> None:
    """Definitely refused; trying again is the caller's word."""
    target = stage.act("message.send", text="No [[sandbox:rejected]]")
    stage.pass_time(5)
    failed = stage.read(target)
    assert (failed.state, failed.error and failed.error.code) == (State.FAILED, "platform.plain.content_rejected")
    assert {event["type"] for event in stage.events(target)} == {"action.failed"}
    again = following.retry(stage.rig.ports, flows.TEST, target.id)
    assert targets.action_status(again) == "sending"
    stage.pass_time(5)
    assert stage.read(target).state is State.FAILED


def test_the_same_key_is_one_act(stage: Stage) -> None:
    """The receipt is in the act's own commit."""
    ports, order = stage.rig.ports, stage.order("message.send", text="Once")
    key = idempotency.identify(flows.TEST, "key-1", "POST /v1/messages", {"text": "Once"})

    def receipt() -> Receipt:
        return Receipt(ports, key, lambda made: Answer(202, made.id.encode()))

    made = acting.act(ports, flows.TEST, order, receipt())
    with pytest.raises(AlreadyDone) as already:
        acting.act(ports, flows.TEST, order, receipt())
    assert already.value.answer.body.decode() == made.id
    stage.pass_time(5)
    assert len(stage.done()) == 1


# --------------------------------------------------------------------------------------------------- following


def test_actions_are_listed_by_account_newest_first(stage: Stage) -> None:
    """Posts are not among them, nor they among posts; the cursor leads through all."""
    stage.post("Not an action")
    made = []
    for number in range(5):
        made.append(stage.act("message.send", text=f"Message {number}").id)
        stage.pass_time(1)
    found, cursor = [], ""
    for _ in range(3):
        page = following.list_(stage.rig.ports, flows.TEST, stage.account.id, limit=2, cursor=cursor)
        found += [one.id for one in page.actions]
        cursor = page.next
    assert found == made[::-1]
    assert cursor == ""
    posts = listing.list_(stage.rig.ports, flows.TEST, ListPosts()).posts
    assert [view.post.text for view in posts] == ["Not an action"]
    assert following.list_(stage.rig.ports, flows.TEST, "acc_other").actions == ()


def test_an_action_is_the_workspace_s_own(stage: Stage) -> None:
    """Another's, a post's target and nonsense are all missing."""
    target = stage.act("message.send", text="Mine")
    stranger = Caller("ws_other", "test", "key_other")
    for caller, wanted in ((stranger, target.id), (flows.TEST, stage.post().id), (flows.TEST, "a/b")):
        with pytest.raises(Missing) as missing:
            following.get(stage.rig.ports, caller, wanted)
        assert missing.value.code == "action.not_found"
    assert following.get(stage.rig.ports, flows.TEST, target.id).id == target.id


def test_what_waits_can_be_called_off(stage: Stage) -> None:
    """Twice is fine; what is done cannot."""
    ports = stage.rig.ports
    at = (stage.rig.clock.now() + timedelta(minutes=5)).isoformat()
    target = stage.act("message.send", text="Never", scheduled_at=at)
    assert following.cancel(ports, flows.TEST, target.id).state is State.CANCELLED
    assert following.cancel(ports, flows.TEST, target.id).state is State.CANCELLED
    stage.pass_time(400)
    assert stage.done() == []
    assert {event["type"] for event in stage.events(target)} == {"action.cancelled"}
    done = stage.act("message.send", text="Done")
    stage.pass_time(5)
    for order in (following.cancel, following.retry):
        with pytest.raises(Clash, match="This action is done"):
            order(ports, flows.TEST, done.id)


@pytest.mark.parametrize("outcome", ["done", "retry"])
def test_a_person_settles_what_nobody_can_know(stage: Stage, monkeypatch: pytest.MonkeyPatch, outcome: Any) -> None:
    """In review: an event, then a verdict: it is done, or it shall be sent again."""
    monkeypatch.setattr(wire, "found", lambda *_: Unsure("the listing is closed."))
    stage.lose(1, effect=False)
    target = stage.act("message.send", text="Who knows")
    with pytest.raises(Clash, match="only one that needs_review"):
        following.resolve(stage.rig.ports, flows.TEST, target.id, Verdict("retry"))
    stage.pass_time(3600)
    assert stage.read(target).state is State.NEEDS_REVIEW
    assert {event["type"] for event in stage.events(target)} == {"action.needs_review"}
    following.resolve(stage.rig.ports, flows.TEST, target.id, Verdict(outcome, "m99" if outcome == "done" else ""))
    stage.pass_time(5)
    ended = stage.read(target)
    assert ended.state is State.PUBLISHED
    assert len(stage.done()) == (outcome == "retry")
    assert {event["type"] for event in stage.events(target)} == {"action.needs_review", "action.done"}


def test_a_verdict_is_one_of_two(stage: Stage) -> None:
    """Anything else is refused by name."""
    target = stage.act("message.send", text="Hello")
    with pytest.raises(Invalid, match="outcome"):
        following.resolve(stage.rig.ports, flows.TEST, target.id, Verdict("perhaps"))  # type: ignore[arg-type]


def test_what_is_absent_thrice_fails(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """A network that takes nothing: sent as often as a post would be, then failed and told."""
    monkeypatch.setattr(wire, "found", lambda *_: Absent("not there"))
    stage.lose(100, effect=False)
    target = stage.act("message.send", text="In vain")
    stage.pass_time(1200)
    failed = stage.read(target)
    assert (failed.state, failed.error and failed.error.code) == (State.FAILED, "publishing.not_taken")


# --------------------------------------------------------------------------------------------------- judgement

REFUSED: list[tuple[dict[str, Any], str, str, str]] = [
    ({"verb": "message.sent", "text": "x"}, "validation.field_invalid", "verb", "Did you mean message.send?"),
    ({"verb": "", "text": "x"}, "validation.field_invalid", "verb", "It has: campaign.create"),
    ({"verb": "message.send", "on": "", "text": "x"}, "validation.field_required", "on", "message.send is done to"),
    ({"verb": "campaign.status", "on": ""}, "validation.field_required", "on", "name the campaign that"),
    ({"verb": "campaign.create", "on": "", "text": "x"}, "validation.field_required", "on", "name the ad account that"),
    (
        {"verb": "campaign.create", "on": "other", "text": "x", "arguments": CAMPAIGN},
        "validation.field_invalid",
        "on",
        "another ad account",
    ),
    (
        {"verb": "comment.reply", "on": "post_01KB2M8Q4T9XWZ6V3H7N5R1C0D", "text": "x"},
        "validation.field_invalid",
        "on",
        "platform_post_id",
    ),
    ({"verb": "message.send", "on": "a\nb", "text": "x"}, "validation.field_invalid", "on", "printable"),
    ({"verb": "message.send", "on": "a" * 2049, "text": "x"}, "validation.field_invalid", "on", "2048"),
    ({"verb": "message.send"}, "validation.field_required", "text", "without one"),
    ({"verb": "message.send", "text": " \u200b"}, "validation.field_required", "text", "without one"),
    ({"verb": "message.send", "text": "x" * 501}, "validation.text_too_long", "text", "501 of at most 500"),
    ({"verb": "comment.like", "text": "x"}, "validation.field_invalid", "text", "carries none"),
    (
        {"verb": "campaign.create", "text": "x", "arguments": {**CAMPAIGN, "objektive": "traffic"}},
        "validation.option_unknown",
        "arguments.objektive",
        "Did you mean objective?",
    ),
    (
        {"verb": "campaign.create", "text": "x", "arguments": {**CAMPAIGN, "objective": "glory"}},
        "validation.field_invalid",
        "arguments.objective",
        "awareness, traffic",
    ),
    (
        {"verb": "campaign.create", "text": "x", "arguments": {**CAMPAIGN, "daily_budget_micros": "5"}},
        "validation.field_invalid",
        "arguments.daily_budget_micros",
        "type integer",
    ),
    (
        {"verb": "campaign.create", "text": "x", "arguments": {**CAMPAIGN, "daily_budget_micros": 1 << 70}},
        "validation.field_invalid",
        "arguments.daily_budget_micros",
        "64 bits",
    ),
    ({"verb": "message.send", "text": "x", "max_lateness": 0}, "validation.field_invalid", "max_lateness", "minutes"),
    ({"verb": "message.send", "text": "x", "scheduled_at": "soon"}, "validation.time_invalid", "scheduled_at", "soon"),
    (
        {
            "verb": "message.send",
            "text": "x",
            "media": (MediaInput("url", "https://sandbox.rostrum.test/media/photo.jpg"),),
        },
        "validation.media_count",
        "media",
        "takes none",
    ),
    (
        {"verb": "message.send", "text": "x", "handles": {"__x__": 1}},
        "validation.field_invalid",
        "handles",
        "a name",
    ),
]


@pytest.mark.parametrize(("fields", "code", "field", "words"), REFUSED, ids=[f"{row[2]}-{row[3]}" for row in REFUSED])
def test_what_is_wrong_is_named(stage: Stage, fields: dict[str, Any], code: str, field: str, words: str) -> None:
    """The field, the remedy; nothing is stored."""
    order = replace(Order(stage.account.id, "", "talk-1"), **fields)
    with pytest.raises(Invalid) as refused:
        acting.act(stage.rig.ports, flows.TEST, order)
    assert (refused.value.code, refused.value.meta["field"]) == (code, field)
    assert words in refused.value.message
    assert isinstance(refused.value, TooLong) == (code == "validation.text_too_long")
    assert following.list_(stage.rig.ports, flows.TEST, stage.account.id).actions == ()


@pytest.mark.parametrize("named", ["on", "argument"])
def test_an_ad_account_is_named_once(stage: Stage, named: str) -> None:
    """What is made in an ad account is done to it: the other place follows."""
    on, account = ("ads-1", {}) if named == "on" else ("", {"ad_account_id": "ads-1"})
    arguments = {name: value for name, value in CAMPAIGN.items() if name != "ad_account_id"} | account
    order = Order(stage.account.id, "campaign.create", on, "Spring", arguments)
    made = acting.act(stage.rig.ports, flows.TEST, order)
    assert made.piece.deed
    assert made.piece.deed.on == "ads-1"
    assert made.piece.options["ad_account_id"] == "ads-1"


def test_what_the_network_does_not_offer_says_why(stage: Stage) -> None:
    """A verb that the network has no feature for: its manifest's reason, with the source."""
    with pytest.raises(Unsupported) as refused:
        stage.act("review.reply", "1", text="Thank you")
    assert refused.value.meta["reason"] == "a network for tests has none"
    assert "Plain does not offer review.reply" in refused.value.message


def test_an_account_must_be_there_and_alive(stage: Stage) -> None:
    """Unknown, and to be connected again."""
    with pytest.raises(Missing):
        acting.act(stage.rig.ports, flows.TEST, Order("acc_none", "message.send", "talk-1", "x"))
    from shared.domain.accounts import account_path
    from shared.ports.store import Write

    path = account_path(flows.TEST.space, stage.account.id)
    stage.rig.store.commit([Write("update", path, {"status": "reconnect_required"})])
    with pytest.raises(Reconnect):
        stage.act("message.send", text="x")


def test_what_was_made_through_us_needs_no_handles(stage: Stage) -> None:
    """They are remembered with what went live; a caller's own win."""
    post = stage.post()
    assert post.first
    known = origins.handles(stage.rig.ports, flows.TEST, "plain", post.first.id)
    assert known == post.first.state
    assert origins.handles(stage.rig.ports, flows.TEST, "plain", "nobody's") == {}
    given = stage.act("comment.reply", post.first.id, text="x", handles={"cid": "1"})
    assert given.piece.deed
    assert given.piece.deed.handles == {"cid": "1"}


def test_a_limit_on_messages_does_not_hold_up_posts(stage: Stage) -> None:
    """What goes through the same module waits with it; a network counts posts apart."""
    limited = stage.act("message.send", text="Slowly [[sandbox:rate_limited]]")
    stage.pass_time(1)
    waiting = stage.act("message.send", text="Behind it")
    campaign = stage.act("campaign.create", "ads-1", text="Spring", arguments=CAMPAIGN)
    stage.pass_time(1)
    assert [one.text for one in stage.done()] == ["Spring"]
    assert stage.read(campaign).state is State.PUBLISHED
    assert stage.read(waiting).state is State.SCHEDULED
    assert stage.post().state is State.PUBLISHED
    stage.pass_time(5)
    assert {stage.read(limited).state, stage.read(waiting).state} == {State.PUBLISHED}


def test_the_last_word_on_a_campaign_counts(stage: Stage) -> None:
    """«Active» was lost before it had its effect; «paused» comes after its second try, not between."""
    campaign = stage.act("campaign.create", "ads-1", text="Spring", arguments=CAMPAIGN)
    stage.pass_time(60)
    on = stage.read(campaign).live_ids[0]
    stage.lose(1, effect=False)
    active = stage.act("campaign.status", on, arguments={"status": "active"})
    stage.pass_time(2)
    paused = stage.act("campaign.status", on, arguments={"status": "paused"})
    stage.pass_time(30)
    assert stage.read(paused).state is State.SCHEDULED
    assert targets.action_status(stage.read(paused)) == "sending"
    stage.pass_time(300)
    assert {stage.read(active).state, stage.read(paused).state} == {State.PUBLISHED}
    assert [one.text for one in stage.done() if one.verb == "campaign.status"] == ["paused"]
