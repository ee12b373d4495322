"""What people wrote to a Page, in our words; and what the Page does about it, settled by reading."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared.domain.content import Act
from shared.domain.errors import Invalid
from shared.platforms.contract import Absent, Armed, Fate, Published, Refused, Unsure
from shared.platforms.contract_inbox import Comment
from shared.platforms.facebook import inbox, inbox_actions, inbox_messages, resources, simulator
from shared.platforms.facebook.tests import world as stages
from shared.ports.http import Response

HOURS = 3600


@pytest.fixture
def stage() -> stages.Stage:
    return stages.stage()


def act(verb: str, on: str, text: str = "", handles: Any = None, **arguments: Any) -> Act:
    return Act(verb, on, text, arguments, handles=handles or {}, key="0" * 32)


def done(stage: stages.Stage, one: Act) -> Published:
    state = inbox.prepare(stage.call, one, {}).state
    return inbox_actions.commit(stage.call, one, state)


def found(stage: stages.Stage, one: Act, at: Any, taken: Any = lambda _: False) -> Any:
    return inbox.find(stage.call, one, Armed(1, at, inbox.prepare(stage.call, one, {}).state, taken))


def commented(stage: stages.Stage) -> tuple[Published, list[Comment]]:
    post = stage.published(stages.pieces()["image"])
    stage.world.pass_time(5 * HOURS)
    return post, list(inbox.comments(stage.call, post, "").items)


def test_comments_are_told_with_what_may_be_done(stage: stages.Stage) -> None:
    """Newest first; others' and the Page's own; hidden, liked and answered as they are."""
    post, comments = commented(stage)
    assert comments == sorted(comments, key=lambda one: one.at, reverse=True)
    theirs = next(one for one in comments if not one.parent_id)
    assert theirs.author.name
    assert not theirs.own
    assert theirs.can >= {"comment.reply", "comment.like", "comment.hide", "comment.delete", "comment.private_reply"}
    assert theirs.handles == {"post": post.id, "top": theirs.id}
    answer = done(stage, act("comment.reply", theirs.id, "Thank you!", theirs.handles))
    done(stage, act("comment.hide", theirs.id))
    done(stage, act("comment.like", theirs.id))
    again = {one.id: one for one in inbox.comments(stage.call, post, "").items}
    assert (again[answer.id].own, again[answer.id].parent_id) == (True, theirs.id)
    assert "comment.hide" not in again[answer.id].can
    assert (again[theirs.id].hidden, again[theirs.id].liked, again[theirs.id].replies) == (True, True, 1)


def test_all_pages_of_comments_are_read_by_cursor(stage: stages.Stage) -> None:
    """50 a page; each comment once."""
    post = stage.published(stages.pieces()["text"])
    for number in range(60):
        simulator.visit(stage.world, stage.page, "comment", f"Comment {number}", on=post.id)
    seen: list[str] = []
    cursor = ""
    for _ in range(5):
        page = inbox.comments(stage.call, post, cursor)
        assert len(page.items) <= 50
        seen += [one.id for one in page.items]
        cursor = page.next
        if not cursor:
            break
    assert len(seen) == len(set(seen)) >= 60


def test_an_answer_to_an_answer_is_found_below_the_first_comment(stage: stages.Stage) -> None:
    """Facebook hangs it below the comment at the head; also without handles."""
    post, comments = commented(stage)
    top = next(one for one in comments if not one.parent_id)
    below = simulator.visit(stage.world, stage.page, "comment", "Me too", on=f"{post.id}|{top.id}")
    one, at = act("comment.reply", below, "Good to hear"), stage.world.now
    assert isinstance(found(stage, one, at), Absent)
    made = done(stage, one)
    settled = found(stage, one, at)
    assert isinstance(settled, Published)
    assert settled.id == made.id
    assert next(c for c in inbox.comments(stage.call, post, "").items if c.id == made.id).parent_id == top.id


def test_a_comment_with_a_picture_is_told_from_one_without(stage: stages.Stage) -> None:
    """The same words, or none: what is attached decides."""
    post = stage.published(stages.pieces()["text"])
    picture = replace(act("comment.create", post.id), media=(stages.photo(),))
    at = stage.world.now
    made = done(stage, picture)
    settled = found(stage, picture, at)
    assert isinstance(settled, Published)
    assert settled.id == made.id
    worded = replace(act("comment.create", post.id, "Look"), media=(stages.photo(),))
    plain = act("comment.create", post.id, "Look")
    done(stage, plain)
    assert isinstance(found(stage, worded, at), Absent)
    second = done(stage, worded)
    assert found(stage, worded, at).id == second.id
    assert found(stage, plain, at).id != second.id


def test_a_comment_whose_mention_became_a_name_is_not_proven_absent(stage: stages.Stage) -> None:
    """@[…] is listed as the name of who is mentioned."""
    post = stage.published(stages.pieces()["text"])
    one, at = act("comment.create", post.id, "Thanks, @[123]!"), stage.world.now
    made = done(stage, one)
    stage.world.put("comment", made.id, (stage.world.get("comment", made.id) or {}) | {"message": "Thanks, Ada!"})
    assert isinstance(found(stage, one, at), Unsure)
    assert isinstance(found(stage, one, at, lambda _: True), Absent)


@pytest.mark.parametrize(
    "verb", ["comment.create", "comment.reply", "comment.like", "comment.hide", "comment.private_reply", "post.like"]
)
def test_what_is_not_there_cannot_be_acted_on(stage: stages.Stage, verb: str) -> None:
    """100/33 to an act is definite: nobody has to wait for a look that will not see it either."""
    text = "" if verb.rpartition(".")[2] in {"like", "hide"} else "Hello"
    with pytest.raises(Refused) as refused:
        done(stage, act(verb, "122100_999", text))
    assert (refused.value.fate, refused.value.row.code) == (Fate.REJECTED, "not_found")
    assert refused.value.platform_code == "100/33"


def test_a_comment_that_cannot_be_hidden_is_refused_before_anything_is_armed(stage: stages.Stage) -> None:
    """The Page's own: nothing visible is sent, so nothing stays in doubt."""
    _, comments = commented(stage)
    own = done(stage, act("comment.reply", comments[-1].id, "Thank you!", comments[-1].handles))
    with pytest.raises(Refused) as refused:
        inbox_actions.prepare(stage.call, act("comment.hide", own.id), {})
    assert (refused.value.fate, refused.value.row.code) == (Fate.REJECTED, "cannot_hide")


@pytest.mark.parametrize("id_", ["1/feed", "1?x=", "me#", "", ".."])
def test_an_id_that_is_none_is_refused_before_anything_is_sent(stage: stages.Stage, id_: str) -> None:
    """It would be another request, with the Page's token: the id, and those among the handles."""
    stage.http.sent.clear()
    given = {"comment.hide": {}, "comment.reply": {"top": id_}, "post.like": {"post": id_}, "comment.delete": {}}
    for verb, handles in given.items():
        if handles and not id_:
            continue  # an empty handle is none
        with pytest.raises(Invalid) as invalid:
            inbox.prepare(stage.call, act(verb, "1_2" if handles else id_, "Hi", handles), {})
        assert invalid.value.meta["field"] in {"on", "handles"}
    assert not stage.http.sent


@pytest.mark.parametrize(
    ("do", "undo"),
    [("comment.like", "comment.unlike"), ("comment.hide", "comment.unhide")],
)
def test_flags_are_set_and_taken_back(stage: stages.Stage, do: str, undo: str) -> None:
    """Published when it stands as wished, Absent when it does not; twice is once."""
    _, comments = commented(stage)
    for first, second in ((do, undo), (undo, do)):
        one, other = act(first, comments[0].id), act(second, comments[0].id)
        assert isinstance(found(stage, one, stage.world.now), Absent)
        done(stage, one)
        done(stage, one)
        assert isinstance(found(stage, one, stage.world.now), Published)
        assert isinstance(found(stage, other, stage.world.now), Absent)


@pytest.mark.parametrize("name", ["text", "reel"])
def test_a_post_is_liked_by_its_page(stage: stages.Stage, name: str) -> None:
    """Also where it goes by its video's id: likes belong to the post."""
    post = stage.published(stages.pieces()[name])
    like, unlike = (act(verb, post.id, handles=post.state) for verb in ("post.like", "post.unlike"))
    assert isinstance(found(stage, like, stage.world.now), Absent)
    assert done(stage, like).id == post.id
    assert isinstance(found(stage, like, stage.world.now), Published)
    done(stage, unlike)
    assert isinstance(found(stage, like, stage.world.now), Absent)


def test_any_comment_below_a_post_can_be_deleted(stage: stages.Stage) -> None:
    """Gone for all; deleting it again is fine."""
    post, comments = commented(stage)
    one = act("comment.delete", comments[0].id)
    assert isinstance(found(stage, one, stage.world.now), Absent)
    done(stage, one)
    done(stage, one)
    assert isinstance(found(stage, one, stage.world.now), Published)
    assert comments[0].id not in [left.id for left in inbox.comments(stage.call, post, "").items]


def test_conversations_say_until_when_they_may_be_answered(stage: stages.Stage) -> None:
    """24 hours after the person's last message."""
    talk = inbox.conversations(stage.call, "").items[0]
    messages = inbox.messages(stage.call, talk.id, "").items
    assert talk.people[0].id == talk.handles["recipient"]
    assert talk.unread == len(messages)
    assert talk.reply_until == max(one.at for one in messages if not one.own) + timedelta(hours=24)
    done(stage, act("message.send", talk.id, "Yes, we are", talk.handles))
    again = inbox.conversations(stage.call, "").items[0]
    assert (again.id, again.unread, again.snippet, again.reply_until) == (talk.id, 0, "Yes, we are", talk.reply_until)
    assert inbox.messages(stage.call, talk.id, "").items[0].own


def test_outside_of_the_window_a_message_is_refused_unless_a_person_writes(stage: stages.Stage) -> None:
    """10/2018278; HUMAN_AGENT reaches seven days."""
    talk = inbox.conversations(stage.call, "").items[-1]
    stage.world.pass_time(30 * HOURS)
    late = act("message.send", talk.id, "Sorry for the wait", talk.handles)
    with pytest.raises(Refused) as refused:
        done(stage, late)
    assert (refused.value.fate, refused.value.row.code) == (Fate.REJECTED, "outside_window")
    assert done(stage, act("message.send", talk.id, "A person here", talk.handles, tag="HUMAN_AGENT")).id
    stage.world.pass_time(7 * 24 * HOURS)
    with pytest.raises(Refused):
        done(stage, act("message.send", talk.id, "Too late", talk.handles, tag="HUMAN_AGENT"))


def test_a_message_is_found_in_its_conversation(stage: stages.Stage) -> None:
    """By the conversation's id or the person's; its equal is told apart by what is taken."""
    talk = inbox.conversations(stage.call, "").items[0]
    for on in (talk.id, talk.handles["recipient"]):
        one, at = act("message.send", on, f"Hello {on}"), stage.world.now
        assert isinstance(found(stage, one, at), Absent)
        made = done(stage, one)
        settled = found(stage, one, at)
        assert isinstance(settled, Published)
        assert settled.id == made.id
        assert isinstance(found(stage, one, at, taken=lambda id_, made=made: id_ == made.id), Absent)
        done(stage, one)
        assert isinstance(found(stage, one, at), Unsure)


def test_a_picture_is_a_message_of_its_own(stage: stages.Stage) -> None:
    """Text or file, never both: that would be two messages."""
    talk = inbox.conversations(stage.call, "").items[0]
    picture = Act("message.send", talk.id, media=(stages.photo(),), handles=talk.handles)
    made, at = done(stage, picture), stage.world.now
    film = replace(picture, media=(stages.video(),))
    assert isinstance(found(stage, film, at), Absent)  # somebody else's picture is not our film
    message = inbox.messages(stage.call, talk.id, "").items[0]
    assert (message.id, message.attachments[0].type, message.attachments[0].url) == (made.id, "image", stages.PHOTO)
    assert isinstance(found(stage, picture, at), Published)
    for wrong in (Act("message.send", talk.id, "Both", media=(stages.photo(),)), act("message.send", talk.id)):
        with pytest.raises(Invalid):
            inbox.prepare(stage.call, wrong, {})


def test_a_comment_is_answered_privately_once_and_within_a_week(stage: stages.Stage) -> None:
    """The comment itself says whether it was; a second one is refused, and in doubt until somebody looks."""
    _, comments = commented(stage)
    one, at = act("comment.private_reply", comments[0].id, "We wrote to you"), stage.world.now
    assert isinstance(found(stage, one, at), Absent)
    made = done(stage, one)
    settled = found(stage, one, at)
    assert isinstance(settled, Published)
    assert settled.id == made.id
    with pytest.raises(Refused) as refused:
        done(stage, one)
    assert (refused.value.fate, refused.value.row.code) == (Fate.UNKNOWN, "already_replied")
    stage.world.pass_time(8 * 24 * HOURS)
    with pytest.raises(Refused) as late:
        done(stage, act("comment.private_reply", comments[1].id, "Hello"))
    assert late.value.fate is Fate.REJECTED


def test_mentions_and_recommendations(stage: stages.Stage) -> None:
    """Those that wait, those that come; recommendations have no stars, and are named by their story."""
    simulator.visit(stage.world, stage.page, "mention", "Look what Rostrum made")
    mention = simulator.visit(stage.world, stage.page, "mention", "With Rostrum")
    review = simulator.visit(stage.world, stage.page, "review", "No answer on the phone")
    stage.world.pass_time(1)
    assert mention in [one.post_id for one in inbox.mentions(stage.call, "").items]
    reviews = inbox.reviews(stage.call, "").items
    newest = reviews[0]
    assert (newest.id, newest.recommends, newest.stars, newest.reply) == (review, False, None, None)
    assert len({one.id for one in reviews}) == len(reviews) > 3
    assert {one.recommends for one in reviews} == {True, False}


def test_recommendations_that_facebook_took_away_are_told_as_such(stage: stages.Stage) -> None:
    """Error 12, as the reference threatens for v22 and later (README)."""
    body = b'{"error": {"message": "(#12) ratings field is deprecated", "type": "OAuthException", "code": 12}}'
    stage.http.intercept = lambda _: Response(400, {}, body)
    with pytest.raises(Refused) as refused:
        inbox.reviews(stage.call, "")
    assert refused.value.row.code == "api_gone"


def test_old_ratings_have_stars() -> None:
    """From before August 2018; without a story, author and time name it."""
    row = {
        "created_time": "2018-07-07T04:35:18+0000",
        "has_rating": True,
        "rating": 4,
        "reviewer": {"id": "5", "name": "N"},
    }
    review = inbox._review(row)
    assert review is not None
    assert (review.stars, review.recommends, review.id) == (4, None, "5.1530938118")


def test_a_conversation_of_the_page_s_own_messages_has_a_bound() -> None:
    """Where no message of the person is listed, the window began before the oldest."""
    rows = [{"created_time": "2026-11-22T12:00:00+0000", "from": {"id": "1"}}]
    until = inbox._window("1", rows)
    assert until is not None
    assert until.isoformat() == "2026-11-23T12:00:00+00:00"
    assert inbox._window("1", []) is None


def test_pages_can_be_looked_up(stage: stages.Stage) -> None:
    """Those behind the connection, and none of their tokens."""
    rows = resources.read(stage.call, "pages", {}, "").items
    assert [row["id"] for row in rows] == [stage.page]
    assert "access_token" not in rows[0]


def test_long_texts_never_leave(stage: stages.Stage) -> None:
    """Refused before anything is sent: Facebook's own answer is not documented."""
    before = len(stage.http.sent)
    for verb, length in (("comment.create", 8001), ("message.send", 2001)):
        with pytest.raises(Refused) as refused:
            inbox.prepare(stage.call, act(verb, "1", "a" * length), {})
        assert refused.value.row.code == "text_too_long"
    assert len(stage.http.sent) == before


def test_who_a_conversation_is_with_is_looked_up_once(stage: stages.Stage) -> None:
    """Without handles: one read in prepare, kept in its state."""
    talk = inbox.conversations(stage.call, "").items[0]
    ready = inbox_messages.prepare(stage.call, act("message.send", talk.id, "Hi"), {})
    assert ready.state == {"recipient": talk.handles["recipient"]}
    before = len(stage.http.sent)
    assert inbox_messages.prepare(stage.call, act("message.send", talk.id, "Hi"), ready.state) == ready
    assert len(stage.http.sent) == before


def test_seen_and_done_agree(stage: stages.Stage) -> None:
    """Each visible act is one entry."""
    post, comments = commented(stage)
    for verb in ("comment.hide", "comment.like"):
        done(stage, act(verb, comments[0].id))
    made = done(stage, act("comment.create", post.id, "Hello all"))
    assert {one.verb for one in simulator.done(stage.world, stage.page)} == {
        "comment.hide",
        "comment.like",
        "comment.create",
    }
    assert made.id in stage.live()
