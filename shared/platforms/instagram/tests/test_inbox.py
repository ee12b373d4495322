"""Comments, conversations, tags: read, answered, moderated, settled."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from shared.domain.content import Act, Kind
from shared.domain.errors import Invalid
from shared.platforms.contract import Absent, Armed, Fate, Published, Refused, Unsure
from shared.platforms.contract_inbox import Comment
from shared.platforms.instagram import inbox, simulator, simulator_messages
from shared.platforms.instagram.tests import world as stages
from shared.platforms.instagram.tests.world import Stage
from shared.ports.http import AnswerLost, Request, Response

DAY = 86_400.0


@pytest.fixture
def stage() -> Stage:
    return stages.stage()


@pytest.fixture
def post(stage: Stage) -> Published:
    """A day old, so that the crowd has commented."""
    published = stage.published(stages.pieces()[Kind.IMAGE])
    stage.world.pass_time(DAY)
    return published


def _all(stage: Stage, post: Published) -> list[Comment]:
    return list(inbox.comments(stage.call, post, "").items)


def _lost(stage: Stage, act: Act, state: dict[str, str]) -> None:
    """The request has its effect, and nobody hears of it."""

    def lose(request: Request) -> Response | None:
        simulator.handle(request, stage.world)
        raise AnswerLost("reset")

    stage.http.intercept = lose
    with pytest.raises(AnswerLost):
        inbox.commit(stage.call, act, state)
    stage.http.intercept = None


# ---------------------------------------------------------------------------------------------------- comments


def test_all_comments_are_listed_with_their_answers(stage: Stage, post: Published) -> None:
    """Top-level ones newest first, each followed by what hangs on it."""
    theirs = next(one for one in _all(stage, post) if not one.parent_id)
    mine = stage.done(Act("comment.reply", theirs.id, "Thanks!", handles=theirs.handles))
    found = _all(stage, post)
    tops = [one for one in found if not one.parent_id]
    assert [one.at for one in tops] == sorted((one.at for one in tops), reverse=True)
    answer = next(one for one in found if one.id == mine.id)
    assert (answer.parent_id, answer.own) == (theirs.id, True)
    assert answer.can == {"comment.reply", "comment.delete"}
    assert {one.post_id for one in found} == {post.id}


def test_a_page_has_at_most_fifty_whatever_hangs_on_it(stage: Stage) -> None:
    """Sixty comments, twenty of them answered: each once, none left out."""
    who = stage.account.platform_account_id
    post = stage.published(stages.pieces()[Kind.IMAGE])
    for number in range(60):
        stage.world.pass_time(1)
        theirs = simulator.visit(stage.world, who, "comment", f"Visit {number}", post.id)
        if number % 3 == 0:
            stage.done(Act("comment.reply", theirs, f"Answer {number}", handles={"media": post.id, "top": theirs}))
    found, cursor, pages = [], "", 0
    while pages < 10:
        page = inbox.comments(stage.call, post, cursor)
        assert len(page.items) <= 50
        found += [one.id for one in page.items]
        pages, cursor = pages + 1, page.next
        if not cursor:
            break
    assert len(found) == len(set(found)) == 80
    assert pages == 3


def test_an_answer_to_an_answer_hangs_on_the_top_one(stage: Stage, post: Published) -> None:
    """As Instagram has it; known from the handles, or looked up."""
    theirs = next(one for one in _all(stage, post) if not one.parent_id)
    first = stage.done(Act("comment.reply", theirs.id, "Thanks!", handles=theirs.handles))
    second = stage.done(Act("comment.reply", first.id, "And again"))
    answer = next(one for one in _all(stage, post) if one.id == second.id)
    assert answer.parent_id == theirs.id


def test_a_lost_answer_is_found_and_one_that_was_never_sent_proven_absent(stage: Stage, post: Published) -> None:
    """Every comment that is counted was read, answers too."""
    theirs = next(one for one in _all(stage, post) if not one.parent_id)
    act = Act("comment.reply", theirs.id, "Thanks!", handles=theirs.handles)
    state = stage.ready(act)
    armed = Armed(1, stage.world.now, state)
    assert isinstance(inbox.find(stage.call, act, armed), Absent)
    _lost(stage, act, state)
    found = inbox.find(stage.call, act, armed)
    assert isinstance(found, Published)
    assert found.id in [one.id for one in _all(stage, post) if one.own]
    twin = replace(armed, taken=lambda id_: id_ == found.id)
    assert isinstance(inbox.find(stage.call, act, twin), Absent)


def _renamed(stage: Stage) -> Stage:
    """The account as we still know it: by the name that it had when it was connected."""
    return replace(stage, account=replace(stage.account, username="former.name"))


def test_an_account_that_was_renamed_knows_its_own(stage: Stage, post: Published) -> None:
    """Names change, ids do not: nothing of the account's own counts as somebody else's, and a lost answer is found."""
    theirs = next(one for one in _all(stage, post) if not one.parent_id)
    act = Act("comment.reply", theirs.id, "Thanks!", handles=theirs.handles)
    state, at = stage.ready(act), stage.world.now
    made = inbox.commit(stage.call, act, state)
    known = _renamed(stage)
    assert [one.id for one in _all(known, post) if one.own] == [made.id]
    found = inbox.find(known.call, act, Armed(1, at, state))
    assert isinstance(found, Published)
    assert found.id == made.id
    talk = inbox.conversations(known.call, "").items[0]
    assert [one.username for one in talk.people] != ["rostrum"]
    letter = Act("message.send", talk.id, "On our way")
    prepared = known.ready(letter)
    sent = inbox.commit(known.call, letter, prepared)
    assert inbox.messages(known.call, talk.id, "").items[0].own
    found = inbox.find(known.call, letter, Armed(1, at, prepared))
    assert isinstance(found, Published)
    assert found.id == sent.id


def test_a_comment_like_ours_whose_author_is_not_told_proves_nothing(stage: Stage, post: Published) -> None:
    """Without the permission for names Instagram tells none: ours may be the one that is shown."""
    act = Act("comment.create", post.id, "Thanks!")
    state, at = stage.ready(act), stage.world.now
    _lost(stage, act, state)

    def nameless(request: Request) -> Response | None:
        answer = simulator.handle(request, stage.world)
        text = re.sub(rb'"(username|from)":\s*("[^"]*"|\{[^}]*\})', rb'"\1": null', answer.body)
        return Response(answer.status, answer.headers, text)

    stage.http.intercept = nameless
    assert isinstance(inbox.find(stage.call, act, Armed(1, at, state)), Unsure)


def test_hiding_deleting_and_their_settling(stage: Stage, post: Published) -> None:
    """By the comment as it is now; a hidden one takes no answer."""
    theirs = next(one for one in _all(stage, post) if not one.parent_id)
    hide, show, gone = (Act(f"comment.{verb}", theirs.id) for verb in ("hide", "unhide", "delete"))
    armed = Armed(1, stage.world.now, {})
    assert isinstance(inbox.find(stage.call, hide, armed), Absent)
    stage.done(hide)
    assert isinstance(inbox.find(stage.call, hide, armed), Published)
    hidden = next(one for one in _all(stage, post) if one.id == theirs.id)
    assert hidden.hidden
    assert "comment.reply" not in hidden.can
    stage.done(show)
    assert isinstance(inbox.find(stage.call, show, armed), Published)
    assert isinstance(inbox.find(stage.call, gone, armed), Absent)
    stage.done(gone)
    assert isinstance(inbox.find(stage.call, gone, armed), Published)
    assert stage.done(gone).id == theirs.id, "what is gone is fine"


def test_a_comment_that_is_too_long_is_refused_before_it_is_sent(stage: Stage, post: Published) -> None:
    """The request is the visible one: its bare refusal would prove nothing."""
    stage.http.sent.clear()
    with pytest.raises(Refused) as refused:
        inbox.prepare(stage.call, Act("comment.create", post.id, "x" * 2201), {})
    assert (refused.value.fate, refused.value.row.code) == (Fate.REJECTED, "text_too_long")
    assert stage.http.sent == []


# ---------------------------------------------------------------------------------------------------- messages


def test_conversations_wait_and_can_be_answered(stage: Stage) -> None:
    """Two from the start; a window of 24 hours from the other's last message."""
    talks = inbox.conversations(stage.call, "").items
    assert len(talks) == 2
    talk = talks[0]
    newest = inbox.messages(stage.call, talk.id, "").items[0]
    assert not newest.own
    assert talk.reply_until == newest.at + timedelta(hours=24)
    assert talk.snippet == newest.text
    made = stage.done(Act("message.send", talk.id, "Yes, we are.", handles=talk.handles))
    sent = inbox.messages(stage.call, talk.id, "").items[0]
    assert (sent.id, sent.own, sent.text) == (made.id, True, "Yes, we are.")


def test_after_the_window_only_a_human_agent_may(stage: Stage) -> None:
    """24 hours; with the tag, 7 days."""
    talk = inbox.conversations(stage.call, "").items[-1]
    stage.world.pass_time(2 * DAY)
    with pytest.raises(Refused) as refused:
        stage.done(Act("message.send", talk.id, "Still there?", handles=talk.handles))
    assert (refused.value.fate, refused.value.row.code) == (Fate.REJECTED, "window_closed")
    assert stage.done(Act("message.send", talk.id, "Still there?", {"tag": "HUMAN_AGENT"}, handles=talk.handles)).id


def test_a_lost_message_is_found_among_the_newest(stage: Stage) -> None:
    """By words and time; where the shown ones do not reach back, nobody knows."""
    talk = inbox.conversations(stage.call, "").items[0]
    act = Act("message.send", talk.id, "On our way", handles=talk.handles)
    state, at = stage.ready(act), stage.world.now
    assert isinstance(inbox.find(stage.call, act, Armed(1, at, state)), Absent)
    _lost(stage, act, state)
    assert isinstance(inbox.find(stage.call, act, Armed(1, at, state)), Published)
    for number in range(20):
        stage.world.pass_time(1)
        stage.done(Act("message.send", talk.id, f"Number {number}", handles=talk.handles))
    assert isinstance(inbox.find(stage.call, act, Armed(1, at, state)), Unsure)


def test_a_person_s_id_is_enough(stage: Stage) -> None:
    """As a delivery tells it: it has no conversation's."""
    talk = inbox.conversations(stage.call, "").items[0]
    act = Act("message.send", talk.people[0].id, "On our way")
    state, at = stage.ready(act), stage.world.now
    made = inbox.commit(stage.call, act, state)
    found = inbox.find(stage.call, act, Armed(1, at, state))
    assert isinstance(found, Published)
    assert found.id == made.id


def test_an_image_is_sent_by_its_address(stage: Stage) -> None:
    """And told as an attachment; words and a file are two messages."""
    talk = inbox.conversations(stage.call, "").items[0]
    stage.done(Act("message.send", talk.id, media=(stages.photo(),), handles=talk.handles))
    sent = inbox.messages(stage.call, talk.id, "").items[0]
    assert [(one.type, one.url) for one in sent.attachments] == [("image", stages.PHOTO)]
    with pytest.raises(Invalid):
        inbox.prepare(stage.call, Act("message.send", talk.id, "Look", media=(stages.photo(),)), {})
    with pytest.raises(Invalid):
        inbox.prepare(stage.call, Act("message.send", talk.id, ""), {})


def test_a_lost_image_is_not_taken_for_anything_without_words(stage: Stage) -> None:
    """A sticker or a like of the account's own has no words either: an image is told by being one."""
    talk = inbox.conversations(stage.call, "").items[0]
    act = Act("message.send", talk.id, media=(stages.photo(),), handles=talk.handles)
    state, at = stage.ready(act), stage.world.now
    account = stage.world.get("account", stage.account.platform_account_id) or {}
    person = {"id": talk.people[0].id, "username": talk.people[0].username}
    simulator_messages._kept(stage.world, account, person, "", own=True, verb="message.send")
    assert isinstance(inbox.find(stage.call, act, Armed(1, at, state)), Absent)
    made = inbox.commit(stage.call, act, state)
    found = inbox.find(stage.call, act, Armed(1, at, state))
    assert isinstance(found, Published)
    assert found.id == made.id


def test_a_comment_is_answered_privately_once(stage: Stage, post: Published) -> None:
    """A second time the network refuses, which may be our own first one: only looking tells."""
    theirs = next(one for one in _all(stage, post) if "comment.private_reply" in one.can)
    act = Act("comment.private_reply", theirs.id, "We have sent you the link", handles=theirs.handles)
    state = stage.ready(act)
    made = inbox.commit(stage.call, act, state)
    with pytest.raises(Refused) as refused:
        inbox.commit(stage.call, act, state)
    assert (refused.value.fate, refused.value.row.caused_by) == (Fate.UNKNOWN, "user"), (
        "once it is absent, it is refused"
    )
    found = inbox.find(stage.call, act, Armed(1, stage.world.now, state))
    assert isinstance(found, Published)
    assert found.id == made.id
    talk = next(one for one in inbox.conversations(stage.call, "").items if one.people[0].id == theirs.author.id)
    assert talk.snippet == "We have sent you the link"


def test_a_private_answer_that_was_never_sent_is_not_claimed(stage: Stage, post: Published) -> None:
    """Without a conversation there is nothing to read: unsure."""
    theirs = next(one for one in _all(stage, post) if "comment.private_reply" in one.can)
    act = Act("comment.private_reply", theirs.id, "Never sent", handles=theirs.handles)
    assert isinstance(inbox.find(stage.call, act, Armed(1, stage.world.now, stage.ready(act))), Unsure)


def test_after_a_week_a_comment_takes_no_private_answer(stage: Stage, post: Published) -> None:
    """The listing says so, and the network refuses."""
    theirs = next(one for one in _all(stage, post) if "comment.private_reply" in one.can)
    stage.world.pass_time(8 * DAY)
    assert all("comment.private_reply" not in one.can for one in _all(stage, post))
    with pytest.raises(Refused) as refused:
        stage.done(Act("comment.private_reply", theirs.id, "Late", handles=theirs.handles))
    assert refused.value.row.code == "private_reply_refused"


def test_tags_are_listed(stage: Stage) -> None:
    """Posts of others; who is named with @ only is told by webhooks."""
    found = inbox.mentions(stage.call, "").items
    assert found
    assert all(one.post_id == one.id and one.author.username != "rostrum" for one in found)


def test_handles_of_something_else_lead_nobody_astray(stage: Stage, post: Published) -> None:
    """A caller may mix up what it kept: who is named by ``on`` is written to, and nobody else."""
    first, second = inbox.conversations(stage.call, "").items[:2]
    stage.done(Act("message.send", first.id, "For you only", handles=second.handles))
    assert inbox.messages(stage.call, first.id, "").items[0].text == "For you only"
    assert all(one.text != "For you only" for one in inbox.messages(stage.call, second.id, "").items)
    one, other = [comment for comment in _all(stage, post) if not comment.parent_id][:2]
    made = stage.done(Act("comment.reply", one.id, "Thanks!", handles=other.handles))
    assert next(comment for comment in _all(stage, post) if comment.id == made.id).parent_id == one.id
    act = Act("comment.private_reply", one.id, "We have sent you the link", handles=other.handles)
    assert stage.ready(act) == {"person": one.author.id}


@pytest.mark.parametrize(
    ("verb", "text", "code"),
    [
        ("comment.create", "Hi", "not_found"),
        ("comment.reply", "Hi", "not_found"),
        ("comment.hide", "", "not_found"),
        ("message.send", "Hi", "recipient_unavailable"),
    ],
)
def test_an_act_on_what_is_not_there_is_refused_for_good(verb: str, text: str, code: str) -> None:
    """100/33: nobody waits for a look that could see nothing either."""
    stage = stages.stage()
    act = Act(verb, "12345678901234567", text, key="0" * 32)

    def attempt() -> None:
        inbox.commit(stage.call, act, inbox.prepare(stage.call, act, {}).state)

    with pytest.raises(Refused) as caught:
        attempt()
    assert (caught.value.fate, caught.value.row.code) == (Fate.REJECTED, code)


def test_a_post_that_names_the_account_is_answered_and_a_lost_answer_stays_unknown(stage: Stage) -> None:
    """Others' comments cannot be listed: nothing proves or denies it."""
    stage.world.pass_time(5 * 86_400)
    named = inbox.mentions(stage.call, "").items[0].post_id
    act = Act("comment.create", named, "Thank you", handles={"mention": named})
    state = stage.ready(act)
    made = inbox.commit(stage.call, act, state)
    done = simulator.done(stage.world, stage.account.platform_account_id)
    assert [(one.verb, one.id, one.on) for one in done] == [("comment.create", made.id, named)]
    assert isinstance(inbox.find(stage.call, act, Armed(1, stage.world.now, state)), Unsure)
    with pytest.raises(Refused):
        inbox.commit(stage.call, act, {**state, "mention": "17900000000000009"})
    with pytest.raises(Invalid):
        stage.ready(replace(act, handles={"mention": "1/comments?x"}))
