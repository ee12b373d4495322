"""What others say to the simulated account, and what it answers."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from shared.domain.content import Act
from shared.domain.errors import Invalid
from shared.platforms.bluesky import inbox, inbox_acts, simulator, tid
from shared.platforms.contract import Absent, Armed, Published, Ready, Refused, Unsure
from shared.ports.http import Request, Response
from tests.contract.platforms.harness import Network, new_network

CREATED = 1_795_348_800_000_000


@pytest.fixture
def network() -> Network:
    return new_network("bluesky")


def act(verb: str, on: str, text: str = "", key: str = "7" * 32, **handles: Any) -> Act:
    return Act(verb, on, text, handles=handles, key=key, created_at=CREATED)


def ready(network: Network, given: Act) -> dict[str, Any]:
    state: dict[str, Any] = {}
    for _ in range(10):
        step = inbox.prepare(network.call, given, state)
        state = dict(step.state)
        if isinstance(step, Ready):
            return state
    raise AssertionError("never ready")


def do(network: Network, given: Act) -> Published:
    made = inbox.commit(network.call, given, ready(network, given))
    assert isinstance(made, Published)
    return made


def done(network: Network) -> list[tuple[str, str]]:
    return [(one.verb, one.id) for one in simulator.done(network.world, network.account.platform_account_id)]


def find(network: Network, given: Act) -> Any:
    return inbox.find(network.call, given, Armed(1, network.world.now, ready(network, given)))


def test_comments_come_with_time(network: Network) -> None:
    """None at once, some after an hour, replies to replies below them; the same whenever they are read."""
    post = network.publish(network.piece())
    assert inbox.comments(network.call, post, "").items == ()
    network.world.pass_time(3600)
    found = inbox.comments(network.call, post, "").items
    assert found
    assert all(one.author.username and one.post_id == post.id and not one.own for one in found)
    assert [one.at for one in found] == sorted((one.at for one in found), reverse=True)
    assert inbox.comments(network.call, post, "").items == found


def test_pages_of_comments_follow_each_other(network: Network) -> None:
    """The network answers a thread whole; each reply is on one page."""
    post, me = network.publish(network.piece()), network.account.platform_account_id
    for number in range(60):
        simulator.visit(network.world, me, "reply", f"Number {number}", post.id)
    first = inbox.comments(network.call, post, "")
    second = inbox.comments(network.call, post, first.next)
    ids = {one.id for one in (*first.items, *second.items)}
    assert (len(first.items), len(second.items), second.next, len(ids)) == (50, 10, "", 60)


def test_an_answer_belongs_to_its_thread(network: Network) -> None:
    """Also where only the comment's address is known: root and parent come from its record."""
    post, me = network.publish(network.piece()), network.account.platform_account_id
    asked = simulator.visit(network.world, me, "reply", "Me!", post.id)
    made = do(network, act("comment.reply", asked, "Welcome"))
    (own,) = [one for one in inbox.comments(network.call, post, "").items if one.own]
    assert (own.id, own.parent_id, own.text, own.handles["root"]["uri"]) == (made.id, asked, "Welcome", post.id)
    gone = act("comment.delete", made.id)
    assert isinstance(find(network, gone), Absent)
    do(network, gone)
    do(network, gone)
    assert isinstance(find(network, gone), Published)


@pytest.mark.parametrize(
    "where", ["somebody else's", "app.bsky.actor.profile/self", "app.bsky.feed.like/3k2a4b5c6d7e2"]
)
def test_only_one_s_own_answers_are_deleted(network: Network, where: str) -> None:
    """deleteRecord looks at the key alone: what is no answer of the account's is refused before it is asked."""
    post, me = network.publish(network.piece()), network.account.platform_account_id
    theirs = simulator.visit(network.world, me, "reply", "Me!", post.id)
    before = len(network.http.sent)
    with pytest.raises(Invalid) as refused:
        ready(network, act("comment.delete", theirs if where == "somebody else's" else f"at://{me}/{where}"))
    assert refused.value.meta["field"] == "on"
    assert len(network.http.sent) == before


def test_a_link_names_what_is_unliked_hidden_and_deleted(network: Network) -> None:
    """People copy links: they mean the same as the at:// URIs that the network goes by."""
    post, me = network.publish(network.piece()), network.account.platform_account_id
    theirs = simulator.visit(network.world, me, "reply", "Me!", post.id)
    link = f"https://bsky.app/profile/{theirs.split('/')[2]}/post/{theirs.rpartition('/')[2]}"
    for verb in ("comment.like", "comment.hide"):
        do(network, act(verb, link))
        assert isinstance(find(network, act(verb, link)), Published)
        assert (verb, theirs) in done(network)
    for verb in ("comment.unlike", "comment.unhide"):
        do(network, act(verb, link))
    assert done(network) == []
    mine = do(network, act("comment.reply", theirs, "Welcome"))
    do(
        network,
        act("comment.delete", f"https://bsky.app/profile/rostrum.bsky.social/post/{mine.id.rpartition('/')[2]}"),
    )
    assert done(network) == []


@pytest.mark.parametrize("verb", ["comment.reply", "comment.like", "comment.hide"])
def test_handles_of_something_else_lead_nobody_astray(network: Network, verb: str) -> None:
    """A caller may mix up what it kept: what is named by ``on`` counts."""
    post, me = network.publish(network.piece()), network.account.platform_account_id
    first, second = (simulator.visit(network.world, me, "reply", f"Number {number}", post.id) for number in range(2))
    shown = {one.id: one for one in inbox.comments(network.call, post, "").items}
    do(network, act(verb, first, "Welcome" if verb == "comment.reply" else "", **shown[second].handles))
    (made,) = simulator.done(network.world, me)
    assert made.on == first


def test_a_like_is_one_record_per_post(network: Network) -> None:
    """Another act that likes the same post finds the like there; taking it back leaves none."""
    post = network.publish(network.piece())
    first, second = act("post.like", post.id), act("post.like", post.id, key="8" * 32)
    do(network, first)
    network.world.pass_time(60)
    do(network, second)
    assert done(network) == [("post.like", post.id)]
    assert isinstance(find(network, second), Published)
    do(network, act("post.unlike", post.id))
    assert done(network) == []


def test_a_like_from_an_app_is_taken_back_too(network: Network) -> None:
    """Its key is not ours: the AppView names it."""
    post, me = network.publish(network.piece()), network.account.platform_account_id
    record = {"$type": "app.bsky.feed.like", "subject": dict(post.state), "createdAt": "2026-11-22T12:00:00Z"}
    body = {"repo": me, "collection": "app.bsky.feed.like", "record": record}
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {network.account.tokens.access}"}
    url = "https://bsky.social/xrpc/com.atproto.repo.createRecord"
    network.http.send(Request("POST", url, headers, json.dumps(body).encode()))
    assert done(network) == [("post.like", post.id)]
    do(network, act("post.unlike", post.id))
    assert done(network) == []


def test_our_like_s_key_is_a_tid_that_follows_from_the_post() -> None:
    """In every process, whatever the post's key is."""
    one, two = "at://did:plc:a/app.bsky.feed.post/3k2a4b5c6d7e2", "at://did:plc:b/app.bsky.feed.post/3k2a4b5c6d7e2"
    assert inbox_acts.like_key(one) == inbox_acts.like_key(one)
    assert inbox_acts.like_key(one) != inbox_acts.like_key(two)
    assert abs(tid.instant(inbox_acts.like_key(one)) - tid.instant("3k2a4b5c6d7e2")) < 2_000_000
    assert len(inbox_acts.like_key("at://did:plc:a/app.bsky.feed.post/self")) == 13


def test_hiding_keeps_what_others_hid(network: Network) -> None:
    """The gate is read, and written under its version: what came meanwhile is not lost, but in doubt."""
    post, me = network.publish(network.piece()), network.account.platform_account_id
    ids = [simulator.visit(network.world, me, "reply", f"Number {number}", post.id) for number in range(2)]
    first, second = (act("comment.hide", uri) for uri in ids)
    late = ready(network, second)
    do(network, first)
    with pytest.raises(Refused) as refused:
        inbox.commit(network.call, second, late)
    assert refused.value.row.code == "conflict"
    assert isinstance(find(network, second), Absent)
    do(network, second)
    shown = {one.id: one.hidden for one in inbox.comments(network.call, post, "").items}
    assert shown == dict.fromkeys(ids, True)
    do(network, act("comment.unhide", ids[0]))
    assert done(network) == [("comment.hide", ids[1])]


def test_only_one_s_own_threads_have_replies_to_hide(network: Network) -> None:
    """Said before anything is sent that others could see."""
    uri = simulator.visit(network.world, network.account.platform_account_id, "mention")
    with pytest.raises(Invalid):
        ready(network, act("comment.hide", uri))


def test_mentions_wait_for_the_account(network: Network) -> None:
    """Two from the start, a third when somebody names it."""
    assert len(inbox.mentions(network.call, "").items) == 2
    uri = simulator.visit(network.world, network.account.platform_account_id, "mention", "Look!")
    newest = inbox.mentions(network.call, "").items[0]
    assert (newest.id, newest.post_id, newest.comment_id) == (uri, uri, "")


def test_conversations_and_their_messages(network: Network) -> None:
    """Two people wrote; an answer is there, and found there when its own answer is lost."""
    found = inbox.conversations(network.call, "").items
    assert len(found) == 2
    given = act("message.send", found[0].id, "See https://example.com")
    assert isinstance(find(network, given), Absent)
    sent = do(network, given)
    assert find(network, given) == Published(sent.id, None, sent.state, find(network, given).raw)
    newest = inbox.messages(network.call, found[0].id, "").items[0]
    assert (newest.id, newest.own, newest.text) == (sent.id, True, given.text)


def test_a_message_that_its_author_deleted_since_may_be_the_lost_one(network: Network) -> None:
    """Deleting hides it from who deleted it only: the other has read it, so its absence is not proven."""
    convo = inbox.conversations(network.call, "").items[0].id
    given = act("message.send", convo, "See https://example.com")
    at, sent = network.world.now, do(network, given)
    held = network.world.get("bluesky.convo", convo) or {}
    gone = [{k: v for k, v in one.items() if k != "text"} if one["id"] == sent.id else one for one in held["messages"]]
    network.world.put("bluesky.convo", convo, {**held, "messages": gone})
    assert isinstance(inbox.find(network.call, given, Armed(1, at, {})), Unsure)
    assert isinstance(inbox.find(network.call, given, Armed(1, at, {}, lambda one: one == sent.id)), Absent)


def test_a_message_is_known_by_its_words_whatever_their_spacing(network: Network) -> None:
    """Blanks at the ends, and how an accent is composed, are not what tells two messages apart."""
    convo = inbox.conversations(network.call, "").items[0].id
    sent = do(network, act("message.send", convo, "Cafe\u0301 at  nine"))
    found = inbox.find(network.call, act("message.send", convo, " Caf\u00e9 at nine "), Armed(1, network.world.now, {}))
    assert isinstance(found, Published)
    assert found.id == sent.id


def test_a_conversation_without_messages_has_its_own_time(network: Network) -> None:
    """Of its revision, which is a TID, and not of the moment of asking."""
    rev = tid.encode(CREATED, 7)
    body = json.dumps({"convos": [{"id": "one", "rev": rev, "members": [], "muted": False, "unreadCount": 0}]})
    network.http.intercept = lambda _: Response(200, {"content-type": "application/json"}, body.encode())
    (found,) = inbox.conversations(network.call, "").items
    assert found.updated_at == datetime.fromtimestamp(CREATED / 1_000_000, UTC)


def test_an_app_password_without_messages_is_told_apart(network: Network) -> None:
    """Nothing is wrong with the session: another app password is needed."""
    me = network.account.platform_account_id
    network.world.put("bluesky.account", me, {**(network.world.get("bluesky.account", me) or {}), "no_chat": True})
    with pytest.raises(Refused) as refused:
        inbox.conversations(network.call, "")
    assert refused.value.row.code == "permission_denied"


def test_a_conversation_of_the_longest_messages_fits_into_a_document(network: Network) -> None:
    """A simulator's values have 1 MiB: the oldest give way, the newest are there."""
    convo = inbox.conversations(network.call, "").items[0].id
    for number in range(150):
        network.world.pass_time(1)
        do(network, act("message.send", convo, f"{number:04d}" + "🧑🏽" * 990))
    assert max(len(json.dumps(value)) for value in network.world.values.values()) < 1 << 20
    assert inbox.messages(network.call, convo, "").items[0].text.startswith("0149")
