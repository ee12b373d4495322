"""What others say to the simulated account, and what it answers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from shared.domain.content import Act, Kind
from shared.domain.errors import Invalid
from shared.platforms.contract import Absent, Armed, Fate, Published, Refused, Unsure
from shared.platforms.x import inbox, publish, simulator
from shared.platforms.x.tests.person import Person
from shared.ports.http import Response
from tests.support import simulated

SAMPLE = "1460323737035677698"


@pytest.fixture
def person() -> Person:
    return Person()


def do(person: Person, act: Act) -> Published:
    ready = inbox.prepare(person.call, act, {})
    made = inbox.commit(person.call, act, ready.state)
    assert isinstance(made, Published)
    return made


def find(person: Person, act: Act, state: Mapping[str, Any] | None = None) -> Published | Absent | Unsure:
    return inbox.find(person.call, act, Armed(1, person.world.now, state or {}))


def test_comments_come_with_time(person: Person) -> None:
    """None at once, some after an hour; each names its author, none is the account's own."""
    made, _ = person.post(simulated.piece(Kind.TEXT, "Anybody there?"))
    assert inbox.comments(person.call, made, "").items == ()
    person.world.pass_time(3600)
    found = inbox.comments(person.call, made, "").items
    assert found
    assert all(one.author.name and not one.own and one.text.startswith("@rostrum ") for one in found)
    assert [one.at for one in found] == sorted((one.at for one in found), reverse=True)
    assert inbox.comments(person.call, made, "").items == found


def test_an_answer_is_among_the_comments(person: Person) -> None:
    """As the account's own, below what it answers; and it is gone when it is deleted."""
    made, _ = person.post(simulated.piece(Kind.TEXT, "Anybody there?"))
    asked = simulator.visit(person.world, person.connected.platform_account_id, "reply", "Me!", on=made.id)
    answer = do(person, Act("comment.reply", asked, "Welcome", key="1" * 32))
    (own,) = [one for one in inbox.comments(person.call, made, "").items if one.own]
    assert (own.id, own.parent_id) == (answer.id, asked)
    assert own.text.endswith(" Welcome")
    assert own.text.startswith("@"), "X sets the name of whom it answers before it"
    assert "comment.delete" in own.can
    gone = Act("comment.delete", answer.id)
    assert isinstance(find(person, gone), Absent)
    do(person, gone)
    do(person, gone)
    assert isinstance(find(person, gone), Published)


def test_pages_of_comments_follow_each_other(person: Person) -> None:
    """All of them, each once."""
    made, _ = person.post(simulated.piece(Kind.TEXT, "Busy"))
    me = person.connected.platform_account_id
    for number in range(60):
        simulator.visit(person.world, me, "reply", f"Number {number}", on=made.id)
        person.world.pass_time(1)
    first = inbox.comments(person.call, made, "")
    second = inbox.comments(person.call, made, first.next)
    ids = [one.id for one in (*first.items, *second.items)]
    assert len(first.items) == 50
    assert not second.next
    assert len(set(ids)) == len(ids) >= 60


def test_mentions_wait_for_the_account(person: Person) -> None:
    """Two from the start; a reply names the post it answers."""
    assert len(inbox.mentions(person.call, "").items) == 2
    made, _ = person.post(simulated.piece(Kind.TEXT, "Anybody there?"))
    me = person.connected.platform_account_id
    asked = simulator.visit(person.world, me, "reply", "Me!", on=made.id)
    newest = inbox.mentions(person.call, "").items[0]
    assert (newest.id, newest.post_id, newest.comment_id) == (asked, made.id, asked)


def test_conversations_and_their_messages(person: Person) -> None:
    """Two people wrote; what the account answers is in the conversation, and found there when its answer is lost."""
    found = inbox.conversations(person.call, "").items
    assert len(found) == 2
    one = found[0]
    assert len(one.people) == 1
    act = Act("message.send", one.id, "Yes & no: https://example.com")
    assert isinstance(find(person, act), Absent)
    sent = do(person, act)
    settled = find(person, act)
    assert isinstance(settled, Published)
    assert settled.id == sent.id
    newest = inbox.messages(person.call, one.id, "").items[0]
    assert (newest.id, newest.own, newest.text) == (sent.id, True, act.text)


def test_a_strangers_conversation_is_closed(person: Person) -> None:
    """A bare «Forbidden» proves nothing of a message."""
    with pytest.raises(Refused) as refused:
        do(person, Act("message.send", "12-13", "Hello"))
    assert refused.value.fate is Fate.UNKNOWN


def test_a_private_reply_needs_only_the_comment(person: Person) -> None:
    """Its author is asked for where nobody kept it."""
    me = person.connected.platform_account_id
    asked = simulator.visit(person.world, me, "mention", "Help!")
    act = Act("comment.private_reply", asked, "How can we help?")
    made = do(person, act)
    conversation = str(made.state["conversation_id"])
    assert [one.text for one in inbox.messages(person.call, conversation, "").items] == [act.text]


@pytest.mark.parametrize("what", ["like", "unlike"])
def test_a_like_is_seen_by_reading(person: Person, what: str) -> None:
    """Absent before, Published after, one effect however often."""
    if what == "unlike":
        do(person, Act("post.like", SAMPLE))
    act = Act(f"post.{what}", SAMPLE)
    assert isinstance(find(person, act), Absent)
    for _ in range(2):
        do(person, act)
    assert isinstance(find(person, act), Published)
    shown = [one.verb for one in simulator.done(person.world, person.connected.platform_account_id)]
    assert shown == (["post.like"] if what == "like" else [])


def test_hiding_is_for_ones_own_conversations(person: Person) -> None:
    """A reply below one's own post; whether it is hidden X does not say."""
    made, _ = person.post(simulated.piece(Kind.TEXT, "Anybody there?"))
    me = person.connected.platform_account_id
    asked = simulator.visit(person.world, me, "reply", "Me!", on=made.id)
    act = Act("comment.hide", asked)
    do(person, act)
    assert isinstance(find(person, act), Unsure)
    assert [one.verb for one in simulator.done(person.world, me)] == ["comment.hide"]
    do(person, Act("comment.unhide", asked))
    assert not simulator.done(person.world, me)
    elsewhere = simulator.visit(person.world, me, "reply", "Me too!", on=SAMPLE)
    with pytest.raises(Refused):
        do(person, Act("comment.hide", elsewhere))


def test_a_repost_goes_by_the_id_of_its_source(person: Person) -> None:
    """Found on the timeline, undone by delete, and only one however often."""
    piece = simulated.piece(Kind.REPOST, "", options={"repost_of": SAMPLE})
    made, armed = person.post(piece)
    person.post(piece)
    settled = publish.find(person.call, piece, armed)
    assert isinstance(settled, Published)
    assert made.id == settled.id == SAMPLE
    assert len(person.stored()) == 1
    for _ in range(2):
        publish.delete(person.call, made)
    assert person.stored() == []


@pytest.mark.parametrize(
    ("verb", "scope"),
    [("post.like", "like.write"), ("comment.hide", "tweet.moderate.write"), ("message.send", "dm.write")],
)
def test_a_permission_that_was_never_given_is_named(person: Person, verb: str, scope: str) -> None:
    """Before anything is sent: X would answer a bare «Forbidden»."""
    tokens = replace(person.connected.tokens, scopes=("tweet.read", "tweet.write", "users.read"))
    person.connected = replace(person.connected, tokens=tokens)
    before = len(person.http.sent)
    with pytest.raises(Refused) as refused:
        do(person, Act(verb, SAMPLE, "Hello"))
    assert (refused.value.fate, refused.value.row.code) == (Fate.REJECTED, "permission_denied")
    assert scope in refused.value.row.message
    with pytest.raises(Refused):
        inbox.conversations(person.call, "")
    assert len(person.http.sent) == before


def test_who_takes_no_messages_is_a_definite_refusal(person: Person) -> None:
    """The commonest end of a private answer: nobody waits for it to be settled."""
    made, _ = person.post(simulated.piece(Kind.TEXT, "Anybody there?"))
    asked = simulator.visit(person.world, person.connected.platform_account_id, "reply", "Me!", on=made.id)
    said = {"title": "Forbidden", "type": "about:blank", "status": 403}
    said |= {"detail": "You do not have permission to DM one or more participants."}
    act = Act("comment.private_reply", asked, "Hello")
    state = inbox.prepare(person.call, act, {}).state
    person.http.intercept = lambda _: Response(403, {}, json.dumps(said).encode())
    with pytest.raises(Refused) as refused:
        inbox.commit(person.call, act, state)
    assert (refused.value.fate, refused.value.row.code) == (Fate.REJECTED, "recipient_unavailable")


@pytest.mark.parametrize(
    ("verb", "on"),
    [
        ("comment.delete", "../users/1/following/2"),
        ("comment.reply", "https://x.com/ann/status/1460323737035677698"),
        ("post.unlike", "5?x=1"),
        ("comment.hide", ""),
        ("comment.private_reply", "12345678901234567890"),
        ("message.send", "with/1460323737035677698"),
        ("message.send", "1-2-3"),
    ],
)
def test_what_is_no_id_of_x_s_is_never_part_of_an_address(person: Person, verb: str, on: str) -> None:
    """It would lead to any other endpoint: refused in words before anything is sent."""
    person.http.sent.clear()
    with pytest.raises(Invalid) as refused:
        inbox.prepare(person.call, Act(verb, on, "Hello"), {})
    assert refused.value.meta["field"] == "on"
    assert person.http.sent == []


def test_a_conversation_of_no_id_is_not_asked_for(person: Person) -> None:
    """As above, for reading."""
    person.http.sent.clear()
    with pytest.raises(Invalid):
        inbox.messages(person.call, "../../users/me", "")
    assert person.http.sent == []


def test_a_box_of_the_longest_messages_fits_into_a_document(person: Person) -> None:
    """A simulator's values have 1 MiB: the oldest give way, the newest are there."""
    talk = inbox.conversations(person.call, "").items[0].id
    for number in range(45):
        person.world.pass_time(90)  # 15 messages in 15 minutes
        do(person, Act("message.send", talk, f"{number:04d}" + "😀" * 9_990))
    sizes = [len(json.dumps(value)) for value in person.world.values.values()]
    assert max(sizes) < 1 << 20
    assert inbox.messages(person.call, talk, "").items[0].text.startswith("0044")


def test_handles_of_something_else_lead_nobody_astray(person: Person) -> None:
    """A caller may mix up what it kept: the author of ``on`` is written to, and nobody else."""
    made, _ = person.post(simulated.piece(Kind.TEXT, "Anybody there?"))
    me = person.connected.platform_account_id
    for number in range(2):
        simulator.visit(person.world, me, "reply", f"Number {number}", on=made.id)
    first, second = inbox.comments(person.call, made, "").items[:2]
    assert first.author.id != second.author.id
    for handles in (first.handles, second.handles, {}):
        step = inbox.prepare(person.call, Act("comment.private_reply", first.id, "Hello", handles=handles), {})
        assert step.state["to"] == first.author.id
