"""Polling: what is new is filed once, in few requests, and nobody is told of what was there before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared.domain import codec
from shared.domain.accounts import Account, account_path
from shared.domain.chores import chore_path
from shared.domain.inbox import Item
from shared.operations import sessions
from shared.operations.inbox import polling, pushing
from shared.platforms import registry
from shared.platforms.contract import Call, Published
from shared.platforms.contract_inbox import Comment, Page, Person
from shared.platforms.contract_webhooks import Event
from shared.platforms.happenings import Happening
from shared.ports.http import Response
from shared.ports.store import Query, Write
from tests.api.client import Api

STEP = timedelta(minutes=11)


def account_of(call: Api, platform: str) -> Account:
    doc = call.rig.store.get(account_path(f"{call.workspace}.test", call.connect(platform)))
    assert doc
    return codec.decode(Account, doc.data)


def happen(call: Api, who: Account, what: Any, text: str) -> None:
    call.rig.clock.advance(1)
    call.rig.sandbox.happen(who.platform, who.platform_account_id, Happening(what, text))


def poll(call: Api, who: Account, state: Mapping[str, Any]) -> dict[str, Any]:
    call.rig.clock.advance(STEP.total_seconds())
    return again(call, who, state)


def again(call: Api, who: Account, state: Mapping[str, Any]) -> dict[str, Any]:
    """The state after a run, which it leaves in what it was given."""
    kept = dict(state)
    polling.poll(call.rig.ports, who, kept)
    return kept


def items(call: Api) -> list[Item]:
    found = call.rig.store.query(Query(f"{_space(call)}/inbox"))
    return sorted((codec.decode(Item, doc.data) for doc in found), key=lambda one: one.at)


def told(call: Api) -> list[str]:
    found = call.rig.store.query(Query(f"{_space(call)}/events", where=(("category", "==", "inbox"),)))
    return sorted(doc.data["action"] for doc in found)


def _space(call: Api) -> str:
    return f"workspaces/{call.workspace}.test"


@pytest.mark.parametrize(
    ("platform", "what", "action"),
    [
        ("bluesky", "message", "dm.received"),
        ("bluesky", "mention", "mention.received"),
        ("reddit", "message", "dm.received"),
    ],
)
def test_what_is_said_after_the_account_was_connected_is_one_item_and_one_event(
    call: Api, platform: str, what: str, action: str
) -> None:
    """Polled again and again; what was there before is filed as read, and nobody is told."""
    who = account_of(call, platform)
    happen(call, who, what, "Before")
    who = replace(who, created_at=call.rig.clock.now())
    state = poll(call, who, {})
    assert told(call) == []
    assert {one.status for one in items(call)} == {"read"}
    happen(call, who, what, "After")
    for _ in range(3):
        state = poll(call, who, state)
    (new,) = [one for one in items(call) if one.status == "unread"]
    assert "After" in new.text
    assert told(call) == [action]


def test_comments_on_own_posts_are_read_less_often_with_age(call: Api) -> None:
    """A young post each time, one of last week every other hour; and pushed and polled is one."""
    call.post("Ask me", ("bluesky",), publish_now=True)
    call.settle()
    who = account_of(call, "bluesky")
    state = poll(call, who, {})
    happen(call, who, "comment", "Is it true?")
    state = poll(call, who, state)
    (new,) = [one for one in items(call) if one.text == "Is it true?"]  # others comment, too
    assert (new.kind, new.text, bool(new.our_post_id), new.post_id != "") == ("comment", "Is it true?", True, True)
    data = {"comment_id": new.network_id, "post_id": new.post_id, "text": "Is it true?", "author_id": "x"}
    again = Event("comment.created", "1", who.platform_account_id, call.rig.clock.now(), data)
    assert not pushing.pushed(call.rig.ports, who, again)
    assert told(call) == ["comment.received"] * sum(one.status == "unread" for one in items(call))
    call.rig.clock.advance(2 * 86_400)
    asked = []
    for _ in range(4):
        before = len(call.rig.sandbox.sent)
        state = poll(call, who, state)
        asked.append(sum("getPostThread" in one.url for one in call.rig.sandbox.sent[before:]))
    assert asked == [1, 0, 0, 0]


def test_a_run_asks_a_bounded_number_of_times_and_not_too_soon(call: Api) -> None:
    """Twenty posts are read in several runs; before its time nothing is asked."""
    for number in range(20):
        call.post(f"Number {number}", ("bluesky",), publish_now=True)
    call.settle()
    who = account_of(call, "bluesky")
    state: dict[str, Any] = {}
    seen: set[str] = set()
    for _ in range(4):
        before = len(call.rig.sandbox.sent)
        state = dict(poll(call, who, state))
        assert len(call.rig.sandbox.sent) - before <= polling.REQUESTS
        seen |= set(state["posts"])
        assert again(call, who, state) == state
    assert len(seen) == 20


def test_what_was_said_while_an_account_was_cut_off_is_told_where_it_is_not_old(call: Api) -> None:
    """Connected again, nothing is remembered: of the last seven days all is new that was not filed, before that nothing is."""
    who = account_of(call, "bluesky")
    poll(call, who, {})
    happen(call, who, "mention", "Long ago")
    call.rig.clock.advance(timedelta(days=8).total_seconds())
    happen(call, who, "mention", "Yesterday")
    call.rig.clock.advance(timedelta(days=1).total_seconds())
    poll(call, who, {})
    found = {one.text.rpartition(" ")[2]: one.status for one in items(call) if one.kind == "mention"}
    assert (found["ago"], found["Yesterday"]) == ("read", "unread")


def test_what_is_older_than_anything_is_kept_is_never_news(call: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """A network's list still has what has long gone from here, and the log does not know it any more."""
    monkeypatch.setattr(polling, "KEPT", timedelta(days=10))
    who = account_of(call, "bluesky")
    state = poll(call, who, {})
    happen(call, who, "mention", "Hello")
    state = poll(call, who, state)
    assert told(call) == ["mention.received"]
    call.rig.clock.advance(timedelta(days=11).total_seconds())
    for group in ("inbox", "events"):
        docs = call.rig.store.query(Query(f"{_space(call)}/{group}"))
        call.rig.store.commit([Write("delete", doc.path) for doc in docs])
    happen(call, who, "mention", "Again")
    poll(call, who, state)
    words = {one.text.rpartition(" ")[2] for one in items(call) if one.kind == "mention"}
    assert "Again" in words
    assert "Hello" not in words


def test_an_answer_that_cannot_be_read_keeps_nothing_else_from_being_read(
    call: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One post whose comments break the reader is passed by; what was remembered is kept."""
    for number in range(3):
        call.post(f"Number {number}", ("bluesky",), publish_now=True)
    call.settle()
    who, asked = account_of(call, "bluesky"), list[str]()

    def comments(call: Call, post: Published, cursor: str) -> Page[Comment]:
        asked.append(post.id)
        raise KeyError("value")

    monkeypatch.setattr(registry.inbox("bluesky"), "comments", comments)
    line, state = sessions.call(call.rig.ports, who), dict[str, Any]()
    for _ in range(3):
        call.rig.clock.advance(STEP.total_seconds())
        polling.poll(call.rig.ports, who, state, lambda question: question(line))
    assert len(set(asked)) == len(asked) == 3


def test_mentions_do_not_wait_for_all_posts_to_be_looked_at(call: Api) -> None:
    """An account with many young posts uses all of its requests, each time."""
    for number in range(14):
        call.post(f"Number {number}", ("bluesky",), publish_now=True)
    call.settle()
    who = account_of(call, "bluesky")
    state = poll(call, who, {})
    happen(call, who, "mention", "Hello")
    poll(call, who, state)
    assert "mention.received" in told(call)


def test_of_a_long_list_of_comments_one_more_page_is_read_each_time(call: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is new there, in the middle and at the end, is found in time; a list's beginning is read each time."""
    call.post("Ask me", ("bluesky",), publish_now=True)
    call.settle()
    who, now = account_of(call, "bluesky"), call.rig.clock.now()
    said = [Comment(f"c{number}", "p", "?", Person("7"), now) for number in range(60)]
    asked: list[int] = []

    def comments(call: Call, post: Published, cursor: str) -> Page[Comment]:
        start = int(cursor or 0)
        asked.append(start)
        return Page(tuple(said[start : start + 10]), f"{start + 10:02000}" if start + 10 < len(said) else "")

    inbox = registry.inbox("bluesky")
    monkeypatch.setattr(inbox, "comments", comments)
    state: dict[str, Any] = {}
    for _ in range(5):
        state = poll(call, who, state)
    assert asked == [0, 10, 0, 20, 0, 30, 0, 40, 0, 50]
    said[55] = replace(said[55], id="new", at=call.rig.clock.now())
    for _ in range(5):
        state = poll(call, who, state)
    assert {one.network_id for one in items(call) if one.kind == "comment"} >= {one.id for one in said}


def test_a_network_that_limits_is_left_alone_until_then(call: Api) -> None:
    """The account's block holds for the inbox, and what was remembered is not lost."""
    who = account_of(call, "bluesky")
    state = poll(call, who, {})
    call.rig.sandbox.intercept = lambda request: Response(429, {"retry-after": "3600"}, b"{}")
    state = poll(call, who, state)
    blocked = account_of(call, "bluesky")
    until = sessions.blocked_until(blocked, polling.MODULE)
    assert until is not None
    assert until > call.rig.clock.now()
    before = len(call.rig.sandbox.sent)
    assert poll(call, blocked, state) == state
    assert len(call.rig.sandbox.sent) == before
    assert polling.next_at(blocked, state) == until


def test_what_a_network_pushes_is_polled_only_while_nothing_is_subscribed(call: Api) -> None:
    """By what each network's folder says; a network without an inbox is never polled."""
    who = account_of(call, "facebook")
    assert polling.kinds(call.rig.ports, who) == ("comment", "message", "mention", "review")
    chore = {"space": who.space, "account_id": who.id, "platform": who.platform, "kind": "subscribe", "shard": 0}
    stands = {**chore, "wake_at": call.rig.clock.now(), "state": {"url": "https://x.test/webhooks/facebook"}}
    call.rig.store.commit([Write("set", chore_path(who.space, who.id, "subscribe"), stands)])
    assert polling.kinds(call.rig.ports, who) == ()
    assert polling.next_at(replace(who, platform="pinterest"), {}) is None


@pytest.mark.parametrize("platform", registry.all_names())
def test_what_a_network_pushes_is_what_it_can_be_asked_for_or_says_why(platform: str) -> None:
    """Kinds that exist; a network that pushes none of it offers webhooks for something else, or none."""
    facet = registry.webhooks(platform)
    if facet is not None:
        assert {"comment", "message", "mention", "review"} >= facet.PUSHES
        actions = {one.verb.partition(".")[0] for one in registry.manifest(platform).actions}
        assert facet.PUSHES - {"mention"} <= actions | {"review"}
