"""Reading what people say on the simulated Reddit, and answering."""

from __future__ import annotations

import json

import pytest

from shared.domain.content import Act, Kind
from shared.domain.errors import Invalid
from shared.platforms.contract import Absent, Accepted, Armed, Published, Refused, Unsure, Wait
from shared.platforms.reddit import inbox, resources, simulator
from shared.platforms.reddit.tests.person import KEY, Person
from shared.ports.http import Request, Response
from tests.support import simulated

HELLO = simulated.piece(Kind.TEXT, "Hello", options={"subreddit": "test"})


@pytest.fixture
def person() -> Person:
    return Person()


def test_comments_and_their_answers_are_listed(person: Person) -> None:
    """Somebody's, and one's own below it, told apart; what can be done follows from whose it is."""
    post, _ = person.post(HELLO)
    theirs = simulator.visit(person.world, person.connected.platform_account_id, "comment", "Nice", on=post.id)
    mine = person.act("comment.reply", theirs, "Thanks")
    by_id = {comment.id: comment for comment in inbox.comments(person.call, post, "").items}
    assert (by_id[theirs].text, by_id[theirs].own, by_id[theirs].replies) == ("Nice", False, 1)
    assert (by_id[mine.id].own, by_id[mine.id].parent_id) == (True, theirs)
    assert "comment.delete" in by_id[mine.id].can
    assert {"comment.private_reply", "comment.hide"} <= by_id[theirs].can
    assert "comment.delete" not in by_id[theirs].can


def test_what_is_folded_away_is_fetched(person: Person) -> None:
    """Reddit only names what is deep in a long thread."""
    post, _ = person.post(HELLO)
    theirs = simulator.visit(person.world, person.connected.platform_account_id, "comment", "Nice", on=post.id)

    def folding(request: Request) -> Response | None:
        if "/comments/" not in request.url:
            return None
        more = {"kind": "more", "data": {"count": 1, "children": [theirs.removeprefix("t1_")], "parent_id": post.id}}
        empty = {"kind": "Listing", "data": {"children": []}}
        folded = {"kind": "Listing", "data": {"children": [more]}}
        return Response(200, {"content-type": "application/json"}, json.dumps([empty, folded]).encode())

    person.http.intercept = folding
    assert [comment.id for comment in inbox.comments(person.call, post, "").items] == [theirs]


def test_pages_follow_each_other(person: Person) -> None:
    """Fifty at a time, each once."""
    post, _ = person.post(HELLO)
    account = person.connected.platform_account_id
    said = {simulator.visit(person.world, account, "comment", f"Number {n}", on=post.id) for n in range(60)}
    first = inbox.comments(person.call, post, "")
    second = inbox.comments(person.call, post, first.next)
    assert len(first.items) == 50
    assert not second.next
    assert {comment.id for comment in (*first.items, *second.items)} == said


def test_only_a_moderator_hides(person: Person) -> None:
    """Elsewhere Reddit refuses, and the comment does not offer it."""
    post, _ = person.post(simulated.piece(Kind.TEXT, "Hello", options={"subreddit": "elsewhere"}))
    theirs = simulator.visit(person.world, person.connected.platform_account_id, "comment", "Nice", on=post.id)
    assert "comment.hide" not in inbox.comments(person.call, post, "").items[0].can
    with pytest.raises(Refused) as refused:
        person.act("comment.hide", theirs)
    assert refused.value.row.code == "permission_denied"


def test_a_hidden_comment_says_so(person: Person) -> None:
    """And is shown again after approval."""
    post, _ = person.post(HELLO)
    theirs = simulator.visit(person.world, person.connected.platform_account_id, "comment", "Nice", on=post.id)
    for verb, hidden in (("comment.hide", True), ("comment.unhide", False)):
        person.act(verb, theirs)
        assert inbox.comments(person.call, post, "").items[0].hidden is hidden


def test_a_private_reply_needs_no_handles(person: Person) -> None:
    """Who wrote the comment is looked up; what was sent is found among the sent."""
    post, _ = person.post(HELLO)
    theirs = simulator.visit(person.world, person.connected.platform_account_id, "comment", "Nice", on=post.id)
    sent = person.act("comment.private_reply", theirs, "Write to us", arguments={"subject": "Hi"})
    assert sent.id.startswith("t4_")
    assert (sent.raw["subject"], sent.raw["body"]) == ("Hi", "Write to us")


def test_a_private_reply_to_nobody_is_refused(person: Person) -> None:
    """A deleted author gets no mail."""
    act = Act("comment.private_reply", "t1_x", "Hi", key=KEY, handles={"author": "[deleted]"})
    with pytest.raises(Refused) as refused:
        inbox.commit(person.call, act, {})
    assert refused.value.row.code == "not_found"


def test_letters_wait_and_are_answered(person: Person) -> None:
    """The account has threads from the start; an answer stands in its thread, and is found there."""
    thread = inbox.conversations(person.call, "").items[0]
    act = Act("message.send", thread.id, "Yes, until six", key=KEY, handles=thread.handles)
    at = person.world.now
    made = inbox.commit(person.call, act, {})
    assert isinstance(made, Published)
    newest = inbox.messages(person.call, thread.id, "").items[0]
    assert (newest.id, newest.own, newest.text) == (made.id, True, "Yes, until six")
    found = inbox.find(person.call, act, Armed(1, at, {}))
    assert isinstance(found, Published)
    # Messages are chats now: that a list lacks one does not prove that nobody got it.
    assert isinstance(inbox.find(person.call, act, Armed(1, at, {}, lambda one: one == made.id)), Unsure)


def test_a_new_letter_is_a_thread_of_its_own(person: Person) -> None:
    """Newest first."""
    name = simulator.visit(person.world, person.connected.platform_account_id, "message", "Are you there?")
    first = inbox.conversations(person.call, "").items[0]
    assert (first.id, first.snippet) == (name, "Are you there?")


def test_mentions_say_where(person: Person) -> None:
    """The post, the comment, and its words with the name in them."""
    mention = inbox.mentions(person.call, "").items[0]
    assert "u/rostrum" in mention.text
    assert mention.post_id.startswith("t3_")
    assert mention.comment_id == mention.id


def test_a_thing_that_is_gone_settles_nothing(person: Person) -> None:
    """A vote on what is not there any more: nobody can know."""
    assert isinstance(inbox.find(person.call, Act("comment.like", "t1_gone", key=KEY), _armed(person)), Unsure)


def test_a_comment_in_other_words_is_in_doubt(person: Person) -> None:
    """What Reddit removed or somebody edited no longer has our words: it may be ours, unless it is known as another's."""
    post, _ = person.post(HELLO)
    at = person.world.now
    act = Act("comment.create", post.id, "Our words", key=KEY)
    assert isinstance(inbox.find(person.call, act, Armed(1, at, {})), Absent)
    other = person.act("comment.create", post.id, "[ Removed by Reddit ]")
    assert isinstance(inbox.find(person.call, act, Armed(1, at, {})), Unsure)
    assert isinstance(inbox.find(person.call, act, Armed(1, at, {}, lambda one: one == other.id)), Absent)


def test_only_one_s_own_comments_are_deleted(person: Person) -> None:
    """Reddit would say yes to the deletion of another's, and do nothing."""
    post, _ = person.post(HELLO)
    theirs = simulator.visit(person.world, person.connected.platform_account_id, "comment", "Nice", on=post.id)
    with pytest.raises(Refused) as refused:
        person.act("comment.delete", theirs)
    assert refused.value.row.code == "not_own"
    mine = person.act("comment.create", post.id, "Mine")
    for _ in range(2):  # deleting what is gone succeeds
        assert person.act("comment.delete", mine.id).id == mine.id


def test_of_two_equal_letters_neither_is_chosen(person: Person) -> None:
    """``compose`` answers no id: which of two is this one cannot be told, and a guess would be another's id."""
    post, _ = person.post(HELLO)
    theirs = simulator.visit(person.world, person.connected.platform_account_id, "comment", "Nice", on=post.id)
    act = Act("comment.private_reply", theirs, "Write to us", key=KEY, handles={"author": "somebody_else"})
    first, second = (inbox.commit(person.call, act, {}) for _ in range(2))
    assert isinstance(first, Accepted)
    assert isinstance(second, Accepted)
    assert isinstance(inbox.confirm(person.call, act, second.state), Wait)


@pytest.mark.parametrize("given", ["t3_x/../../message/messages/1", "t3_x?limit=1", "t3_x,t3_y", "t1_x", "1", ""])
def test_an_id_is_no_path(person: Person, given: str) -> None:
    """It would be another request with the account's token."""
    before = len(person.http.sent)
    with pytest.raises(Invalid):
        inbox.comments(person.call, Published(given), "")
    with pytest.raises(Invalid):
        inbox.messages(person.call, given.replace("t3_", "t4_"), "")
    with pytest.raises(Invalid):
        inbox.find(person.call, Act("message.send", given.replace("t3_", "t4_"), "Hi", key=KEY), _armed(person))
    with pytest.raises(Invalid):
        inbox.find(person.call, Act("post.like", given, key=KEY), _armed(person))
    assert len(person.http.sent) == before


def test_a_cursor_that_is_none_begins_again(person: Person) -> None:
    """However many digits it has."""
    post, _ = person.post(HELLO)
    assert inbox.comments(person.call, post, "9" * 5000).items == inbox.comments(person.call, post, "").items


@pytest.mark.parametrize(("verb", "on"), [("comment.reply", "t3_x"), ("post.like", "t1_x"), ("message.send", "12")])
def test_an_id_of_another_kind_is_named(person: Person, verb: str, on: str) -> None:
    """Before anything is sent, and before anything is armed: what is armed is in doubt."""
    before = len(person.http.sent)
    for step in (inbox.prepare, inbox.commit):
        with pytest.raises(Invalid):
            step(person.call, Act(verb, on, "Hi", key=KEY), {})
    assert len(person.http.sent) == before


def test_what_must_be_looked_up(person: Person) -> None:
    """Communities, flairs and requirements; a community that is private says so."""
    assert "test" in {one["display_name"] for one in resources.read(person.call, "subreddits", {}, "").items}
    flairs = resources.read(person.call, "flairs", {"subreddit": "r/test"}, "").items
    assert {flair["text"] for flair in flairs} == {"News", "Question"}
    demands = resources.read(person.call, "post_requirements", {"subreddit": "flaired_news"}, "").items[0]
    assert demands["is_flair_required"] is True
    with pytest.raises(Refused) as refused:
        resources.read(person.call, "post_requirements", {"subreddit": "private_one"}, "")
    assert refused.value.row.code == "permission_denied"
    with pytest.raises(Invalid):
        resources.read(person.call, "flairs", {}, "")


def _armed(person: Person) -> Armed:
    return Armed(1, person.world.now, {})
