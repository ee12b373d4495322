"""Comments, reactions and mentions, read and made, for members and pages; and how each act is settled."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from shared.domain.content import Act
from shared.domain.errors import Invalid, Unsupported
from shared.platforms.contract import Absent, Fate, Published, Refused, Unsure
from shared.platforms.linkedin import inbox, metrics, simulator
from shared.platforms.linkedin.tests.person import PAGES, SELF_SERVE, Person
from shared.ports.http import AnswerLost, Request, Response

HOURS = 3600.0


def act(verb: str, on: str, text: str = "", handles: Mapping[str, Any] | None = None) -> Act:
    return Act(verb, on, text, handles=handles or {}, key="k" * 32)


def lose_answers(person: Person) -> None:
    """Every request has its effect, no answer comes back."""

    def lose(request: Request) -> Response | None:
        simulator.handle(request, person.world)
        raise AnswerLost("reset")

    person.http.intercept = lose


@pytest.fixture(params=[False, True], ids=["member", "page"])
def person(request: pytest.FixtureRequest) -> Person:
    return Person(PAGES, page=request.param)


def test_comments_come_with_their_replies(person: Person) -> None:
    """By others as time passes, and by the account itself."""
    post = person.publish("What do you think?")
    person.world.pass_time(10 * HOURS)
    theirs = simulator.visit(person.world, person.urn, "comment", on=post.id, text="When does it open?")
    person.world.pass_time(60)
    made = inbox.commit(person.call, act("comment.reply", theirs, "Tomorrow", {"post": post.id}), {})
    items = inbox.comments(person.call, post, "").items
    assert len(items) > 2
    reply = next(one for one in items if one.id == made.id)
    assert (reply.parent_id, reply.own, reply.text) == (theirs, True, "Tomorrow")
    asked = next(one for one in items if one.id == theirs)
    assert (asked.own, asked.replies, asked.text) == (False, 1, "When does it open?")
    assert ("comment.delete" in asked.can) is person.urn.startswith("urn:li:organization:")


def test_long_threads_are_paged(person: Person) -> None:
    """At most fifty a page, each comment once and after what it answers, however many replies one has."""
    post = person.publish("Discuss")
    for number in range(25):
        simulator.visit(person.world, person.urn, "comment", on=post.id, text=f"Thought {number}")
    many = simulator.visit(person.world, person.urn, "comment", on=post.id, text="What about you all?")
    for number in range(120):
        simulator.visit(person.world, person.urn, "comment", on=many, text=f"Me {number}")
    seen: list[str] = []
    cursor = ""
    while True:
        page = inbox.comments(person.call, post, cursor)
        assert len(page.items) <= inbox.MOST
        assert all(
            not one.parent_id or one.parent_id in {*seen, *(item.id for item in page.items)} for one in page.items
        )
        seen += [one.id for one in page.items]
        cursor = page.next
        if not cursor:
            break
    assert len(seen) == len(set(seen)) == 146


def test_a_cursor_of_nobody_s_is_refused(person: Person) -> None:
    """In words."""
    post = person.publish("Discuss")
    with pytest.raises(Invalid):
        inbox.comments(person.call, post, "x.y")


def test_a_reply_to_a_reply_stands_in_the_same_thread(person: Person) -> None:
    """LinkedIn's threads are one level deep."""
    post = person.publish("A post")
    first = simulator.visit(person.world, person.urn, "comment", on=post.id, text="First")
    second = simulator.visit(person.world, person.urn, "comment", on=first, text="Second")
    deep = next(one for one in inbox.comments(person.call, post, "").items if one.id == second)
    made = inbox.commit(person.call, act("comment.reply", second, "Third", deep.handles), {})
    reply = next(one for one in inbox.comments(person.call, post, "").items if one.id == made.id)
    assert reply.parent_id == first


@pytest.mark.parametrize("verb", ["comment.create", "comment.reply"])
def test_a_lost_comment_is_found_and_absence_proven(person: Person, verb: str) -> None:
    """By author, words and time, below the thing that it answers."""
    post = person.publish("A post")
    on = (
        post.id
        if verb == "comment.create"
        else simulator.visit(person.world, person.urn, "comment", on=post.id, text="?")
    )
    wanted, armed = act(verb, on, "Thank you"), person.armed({})
    assert isinstance(inbox.find(person.call, wanted, armed), Absent)
    lose_answers(person)
    with pytest.raises(AnswerLost):
        inbox.commit(person.call, wanted, {})
    person.http.intercept = None
    found = inbox.find(person.call, wanted, armed)
    assert isinstance(found, Published)
    assert found.id in {one.id for one in simulator.done(person.world, person.urn)}


@pytest.mark.parametrize(("do", "undo"), [("post.like", "post.unlike"), ("comment.like", "comment.unlike")])
def test_reactions_are_repeatable_and_settled_by_reading(person: Person, do: str, undo: str) -> None:
    """The wished state is there, or it is not."""
    post = person.publish("A post")
    on = post.id if do == "post.like" else simulator.visit(person.world, person.urn, "comment", on=post.id, text="Nice")
    like, unlike, armed = act(do, on), act(undo, on), person.armed({})
    assert isinstance(inbox.find(person.call, like, armed), Absent)
    for _ in range(2):
        inbox.commit(person.call, like, {})
    assert isinstance(inbox.find(person.call, like, armed), Published)
    assert isinstance(inbox.find(person.call, unlike, armed), Absent)
    assert [one.verb for one in simulator.done(person.world, person.urn)] == [do]
    for _ in range(2):
        inbox.commit(person.call, unlike, {})
    assert isinstance(inbox.find(person.call, unlike, armed), Published)
    assert not simulator.done(person.world, person.urn)


def test_a_deleted_comment_is_gone(person: Person) -> None:
    """With proof either way; deleting it again is fine."""
    post = person.publish("A post")
    made = inbox.commit(person.call, act("comment.create", post.id, "Oops"), {})
    delete, armed = act("comment.delete", made.id), person.armed({})
    assert isinstance(inbox.find(person.call, delete, armed), Absent)
    for _ in range(2):
        inbox.commit(person.call, delete, {})
    assert isinstance(inbox.find(person.call, delete, armed), Published)


def test_members_may_not_delete_what_others_said() -> None:
    """Only pages may, under their own posts."""
    member, page = Person(PAGES), Person(PAGES, page=True)
    for who, allowed in ((member, False), (page, True)):
        post = who.publish("A post")
        theirs = simulator.visit(who.world, who.urn, "comment", on=post.id, text="Spam")
        if allowed:
            inbox.commit(who.call, act("comment.delete", theirs), {})
            continue
        with pytest.raises(Refused) as refused:
            inbox.commit(who.call, act("comment.delete", theirs), {})
        assert (refused.value.fate, refused.value.row.code) == (Fate.REJECTED, "permission_denied")


def test_most_apps_write_for_members_without_seeing_it() -> None:
    """So that a lost answer ends in doubt, for every act."""
    person = Person(SELF_SERVE)
    post = person.publish("A post")
    armed = person.armed({})
    made = inbox.commit(person.call, act("comment.create", post.id, "Hello"), {})
    for verb, on in (("comment.create", post.id), ("post.like", post.id), ("comment.delete", made.id)):
        assert isinstance(inbox.find(person.call, act(verb, on, "Hello"), armed), Unsure), verb
    with pytest.raises(Refused) as refused:
        inbox.comments(person.call, post, "")
    assert refused.value.row.code == "permission_denied"


def test_pages_are_told_who_mentions_them() -> None:
    """Newest first; of members LinkedIn tells nothing."""
    page = Person(PAGES, page=True)
    page.world.pass_time(48 * HOURS)
    simulator.visit(page.world, page.urn, "mention", text="Have you seen Fern & Moss?")
    items = inbox.mentions(page.call, "").items
    assert items[0].text == "Have you seen Fern & Moss?"
    assert [one.at for one in items] == sorted((one.at for one in items), reverse=True)
    assert all(one.post_id and one.author.id and one.permalink for one in items)
    with pytest.raises(Unsupported):
        inbox.mentions(Person().call, "")


def test_figures_of_pages_and_members(person: Person) -> None:
    """Each by its own statistics, in the same words."""
    post = person.publish("A post")
    person.world.pass_time(5 * HOURS)
    counts = metrics.post(person.call, post)
    assert counts.views
    assert counts.extra["reach"] <= counts.views
    account = metrics.account(person.call)
    assert account.extra["posts"] == 1
    assert account.extra["followers"] > 0
    assert (account.views is not None) is person.urn.startswith("urn:li:organization:")


def test_a_page_s_posts_are_told_together_and_as_each_alone() -> None:
    page = Person(PAGES, page=True)
    made = [page.publish(f"Number {number}") for number in range(4)]
    page.world.pass_time(5 * HOURS)
    alone = {one.id: metrics.post(page.call, one) for one in made}
    page.http.sent.clear()
    assert metrics.posts(page.call, made) == alone
    assert len(page.http.sent) <= 2
    assert all(one.views for one in alone.values())


def test_a_page_s_post_that_nobody_saw_has_zeros() -> None:
    """LinkedIn leaves it out, and documents what that means."""
    page = Person(PAGES, page=True)
    counts = metrics.post(page.call, page.publish("Just now"))
    assert (counts.likes, counts.comments, counts.shares, counts.views) == (0, 0, 0, 0)


@pytest.mark.parametrize(
    ("verb", "on"),
    [
        ("comment.create", "4711"),
        ("comment.reply", "urn:li:share:1"),
        ("comment.delete", "urn:li:comment:(urn:li:activity:1,x)"),
        ("comment.delete", "urn:li:comment:(a/b?c,1)"),
        ("comment.like", ""),
        ("post.like", "urn:li:share:1/../x"),
    ],
)
def test_what_is_no_urn_is_told_before_anything_is_armed(verb: str, on: str) -> None:
    """Or the one request would break on it, and its outcome be in doubt."""
    person = Person(PAGES, page=True)
    with pytest.raises(Invalid) as refused:
        inbox.prepare(person.call, Act(verb, on, "x", {}, (), {}, "0" * 32, 0), {})
    assert refused.value.meta["field"] == "on"
