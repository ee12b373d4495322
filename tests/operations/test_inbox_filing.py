"""The stored inbox: told twice, late or the wrong way round, a thing is one item and one event."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest

from shared.domain import codec
from shared.domain.accounts import Account
from shared.domain.inbox import Item, Kind, item_id, item_path
from shared.domain.posts import target_path
from shared.operations import recording
from shared.operations.inbox import filing, forgetting, pushing, reading_marks, shelf, telling_data
from shared.platforms.contract_inbox import Comment, Conversation, Person
from shared.platforms.contract_webhooks import Event, EventKind
from shared.ports.store import Query, Unavailable, Write
from tests.support import faults, memory_ports
from tests.support.memory_ports import Rig

COMMENT = {"comment_id": "c1", "post_id": "p1", "text": "Is it still there?", "author_id": "7", "author_name": "Robin"}
MESSAGE = {"message_id": "m1", "person_id": "7", "text": "Hello", "author_id": "7", "own": False}


@pytest.fixture
def rig() -> Rig:
    return memory_ports.rig()


def event(rig: Rig, kind: EventKind, data: Mapping[str, Any], id_: str = "", after: float = 0) -> Event:
    at = rig.clock.now() + timedelta(seconds=after)
    return Event(kind, id_ or f"{kind}.{data}", "1", at, data, {"verbatim": [[1]]})


def account(rig: Rig, platform: str = "instagram") -> Account:
    """One whose network needs not be asked for anything."""
    now = rig.clock.now()
    return Account("acc_1", "ws_1.test", platform, True, "1", "shop", "Shop", "active", "", now, now)


def entries(rig: Rig) -> list[str]:
    found = rig.store.query(Query("workspaces/ws_1.test/events", order_by=(("created_at", "asc"),)))
    return [doc.data["action"] for doc in found if doc.data["category"] == "inbox"]


def item(rig: Rig, kind: Kind, network_id: str) -> Item:
    doc = rig.store.get(item_path("ws_1.test", item_id("acc_1", kind, network_id)))
    assert doc
    return codec.decode(Item, doc.data)


def thread(rig: Rig, conversation: str = "7") -> shelf.Note:
    (note,) = shelf.notes(rig.ports, "ws_1.test", [("acc_1", conversation)])
    assert note
    return note


def test_pushed_twice_and_polled_is_one_item_and_one_event(rig: Rig) -> None:
    """Also under another id of the delivery; what it holds is what was said, and the log has none of it."""
    who = account(rig)
    assert pushing.pushed(rig.ports, who, event(rig, "comment.created", COMMENT, "a"))
    assert not pushing.pushed(rig.ports, who, event(rig, "comment.created", COMMENT, "b"))
    read = Comment("c1", "p1", "Is it still there?", Person("7", "Robin"), rig.clock.now())
    assert not filing.polled(rig.ports, who, "comment", read)
    one = item(rig, "comment", "c1")
    assert (one.text, one.author.name, one.status, one.own) == ("Is it still there?", "Robin", "unread", False)
    assert entries(rig) == ["comment.received"]
    (entry,) = rig.store.query(Query("workspaces/ws_1.test/events"))
    assert (entry.data["resource_id"], entry.data["account_id"]) == (one.id, "acc_1")
    assert "still" not in str(entry.data)


def test_whatever_fails_it_is_one_item_and_one_event(rig: Rig) -> None:
    """At every port call, before and after it had its effect: the delivery that is repeated makes it whole."""
    total = 0
    for moment in ("before", "after"):
        for call in range(12):
            world = memory_ports.rig()
            who, said = account(world), event(world, "message.received", MESSAGE)
            world.store.commit([_endpoint()])
            world.faults.hook = faults.once(call, moment, lambda: Unavailable("down"))
            try:
                pushing.pushed(world.ports, who, said)
            except Unavailable:
                total += 1
            world.faults.hook = None
            pushing.pushed(world.ports, who, said)
            assert entries(world) == ["dm.received"]
            assert (item(world, "message", "m1").text, thread(world).unread) == ("Hello", 1)
    assert total >= 6


def _endpoint() -> Write:
    return Write("create", "workspaces/ws_1.test/webhooks/wh_1", {"is_active": True})


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_in_whatever_order_it_comes_what_was_taken_back_is_gone(rig: Rig, order: tuple[int, ...]) -> None:
    """Creation, edit and deletion: at the end nothing is shown and no word is kept."""
    who = account(rig, "facebook")
    told = [
        event(rig, "comment.created", COMMENT, "1"),
        event(rig, "comment.updated", {**COMMENT, "text": "Edited"}, "2", 1),
        event(rig, "comment.deleted", {"comment_id": "c1", "post_id": "p1"}, "3", 2),
    ]
    for index in order:
        pushing.pushed(rig.ports, who, told[index])
    one = item(rig, "comment", "c1")
    assert (one.shown, one.text, one.raw) == (False, "", "")
    assert entries(rig) in ([], ["comment.received"])


def test_an_edit_that_comes_before_its_comment_leads_to_the_edited_words(rig: Rig) -> None:
    """Nobody is told of the edit alone; once the comment itself is told, it is one event."""
    who = account(rig, "facebook")
    pushing.pushed(rig.ports, who, event(rig, "comment.updated", {**COMMENT, "text": "Edited", "hidden": True}, "2", 1))
    assert entries(rig) == []
    assert not item(rig, "comment", "c1").shown
    assert pushing.pushed(rig.ports, who, event(rig, "comment.created", COMMENT, "1"))
    one = item(rig, "comment", "c1")
    assert (one.text, one.hidden, one.shown, entries(rig)) == ("Edited", True, True, ["comment.received"])


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_latest_edit_stands_in_whatever_order_edits_come_and_are_shown_again(
    rig: Rig, order: tuple[int, ...]
) -> None:
    who = account(rig, "facebook")
    pushing.pushed(rig.ports, who, event(rig, "comment.created", COMMENT, "0"))
    for index in (*order, *order):
        edit = event(rig, "comment.updated", {**COMMENT, "text": f"No {index}"}, f"e{index}", index + 1)
        pushing.pushed(rig.ports, who, edit)
    assert item(rig, "comment", "c1").text == "No 2"


def test_receipts_that_overtake_each_other_never_go_back(rig: Rig) -> None:
    """Read before sent, and before the message itself is known: each is one event, the item says read."""
    who = account(rig, "whatsapp")
    receipt = {"message_id": "m1", "conversation_id": "7", "person_id": "7", "own": True, "receipt": True}
    kinds: tuple[EventKind, ...] = ("message.read", "message.sent", "message.delivered", "message.read")
    told = [pushing.pushed(rig.ports, who, event(rig, kind, receipt, f"m1.{kind}")) for kind in kinds]
    assert told == [True, True, True, False]
    echo = {**MESSAGE, "own": True, "author_id": "1", "text": "Yes"}
    assert pushing.pushed(rig.ports, who, event(rig, "message.sent", echo, "echo"))
    one = item(rig, "message", "m1")
    assert (one.delivery, one.text, one.own, one.status) == ("read", "Yes", True, "read")
    assert sorted(entries(rig)) == ["dm.sent", "dm.status.delivered", "dm.status.read", "dm.status.sent"]
    data, _ = telling_data.interaction(rig.ports, "ws_1.test", one.id, "dm.status.read") or ({}, None)
    assert (data["status"], data["mids"], data["recipient_id"]) == ("read", ["m1"], "7")


def test_what_the_account_says_itself_is_never_incoming(rig: Rig) -> None:
    """Own comments tell nobody, own messages are dm.sent; neither is unread."""
    who = account(rig)
    pushing.pushed(rig.ports, who, event(rig, "comment.created", {**COMMENT, "own": True}, "1"))
    pushing.pushed(rig.ports, who, event(rig, "message.sent", {**MESSAGE, "own": True, "author_id": "1"}, "2"))
    assert entries(rig) == ["dm.sent"]
    assert {item(rig, "comment", "c1").status, item(rig, "message", "m1").status} == {"read"}
    assert thread(rig).unread == 0
    data, raw = telling_data.interaction(rig.ports, "ws_1.test", item(rig, "message", "m1").id, "dm.sent") or ({}, None)
    assert (data["type"], data["recipient"], data["content"]["text"]) == ("dm.sent", {"id": "7"}, "Hello")
    assert raw == {"verbatim": [[1]]}


def test_that_the_account_has_read_a_message_does_not_make_it_its_own(rig: Rig) -> None:
    who = account(rig)
    assert pushing.pushed(rig.ports, who, event(rig, "message.received", MESSAGE))
    assert not pushing.pushed(rig.ports, who, event(rig, "message.read", {"message_id": "m1", "person_id": "7"}))
    assert (item(rig, "message", "m1").own, entries(rig)) == (False, ["dm.received"])


def test_what_was_told_and_then_forgotten_is_filed_again_and_not_told_again(rig: Rig) -> None:
    """As after an account was disconnected and connected again, while the log still has it."""
    who = account(rig)
    for _ in range(2):
        pushing.pushed(rig.ports, who, event(rig, "comment.created", COMMENT))
        made = item(rig, "comment", "c1")
        rig.store.commit([Write("delete", item_path("ws_1.test", made.id))])
    pushing.pushed(rig.ports, who, event(rig, "comment.created", COMMENT))
    assert (item(rig, "comment", "c1").status, entries(rig)) == ("read", ["comment.received"])


def test_a_thread_goes_with_the_last_of_its_messages_unless_it_was_put_away(rig: Rig) -> None:
    who = account(rig)
    pushing.pushed(rig.ports, who, event(rig, "message.received", MESSAGE))
    assert thread(rig).expire_at == item(rig, "message", "m1").expire_at
    talk = Conversation("7", (Person("7"),), rig.clock.now())
    shelf.note(rig.ports, who.space, who.id, who.platform, talk, "archived")
    pushing.pushed(rig.ports, who, event(rig, "message.sent", {**MESSAGE, "message_id": "m2", "own": True}))
    assert (thread(rig).status, thread(rig).expire_at) == ("archived", None)
    rig.clock.advance(60)
    pushing.pushed(rig.ports, who, event(rig, "message.received", {**MESSAGE, "message_id": "m3"}))
    assert thread(rig).expire_at == item(rig, "message", "m3").expire_at


def test_messages_make_a_thread_that_counts_what_is_unread(rig: Rig) -> None:
    """The newest is its snippet even if it comes first; what is taken back counts no more, and its words go."""
    who = account(rig)
    for number, after in ((2, 20.0), (1, 10.0)):
        data = {**MESSAGE, "message_id": f"m{number}", "text": f"Hello {number}"}
        pushing.pushed(rig.ports, who, event(rig, "message.received", data, f"{number}", after))
    note = thread(rig)
    assert (note.unread, note.snippet, [one.id for one in note.people]) == (2, "Hello 2", ["7"])
    assert note.updated_at == note.incoming_at == rig.clock.now() + timedelta(seconds=20)
    pushing.pushed(rig.ports, who, event(rig, "message.deleted", {"message_id": "m2", "person_id": "7"}, "3"))
    assert (thread(rig).unread, thread(rig).snippet) == (1, "")
    assert sorted(entries(rig)) == ["dm.deleted", "dm.received", "dm.received"]


def test_what_was_taken_back_is_counted_out_once(rig: Rig) -> None:
    """Also where it is marked as read afterwards."""
    who = account(rig)
    for number in range(3):
        pushing.pushed(rig.ports, who, event(rig, "message.received", {**MESSAGE, "message_id": f"m{number}"}))
    pushing.pushed(rig.ports, who, event(rig, "message.deleted", {"message_id": "m0", "person_id": "7"}))
    doc = rig.store.get(item_path("ws_1.test", item(rig, "message", "m0").id))
    assert doc
    reading_marks.items(rig.ports, [doc])
    assert thread(rig).unread == 2


def test_buttons_and_ads_are_events_of_their_own(rig: Rig) -> None:
    """A button that was touched, and somebody who came by an ad and wrote nothing."""
    who = account(rig)
    tapped = {**MESSAGE, "postback": True, "payload": "YES", "title": "Yes"}
    pushing.pushed(rig.ports, who, event(rig, "message.received", tapped, "1"))
    came = {"message_id": "referral.7.1", "person_id": "7", "author_id": "7", "referral": True, "ad_id": "9"}
    pushing.pushed(rig.ports, who, event(rig, "message.received", came, "2"))
    assert sorted(entries(rig)) == ["dm.postback", "dm.referral"]
    data, _ = telling_data.interaction(rig.ports, "ws_1.test", item(rig, "message", "m1").id, "dm.postback") or (
        {},
        None,
    )
    assert (data["metadata"]["payload"], data["metadata"]["title"]) == ("YES", "Yes")


def test_what_was_there_before_is_filed_in_silence(rig: Rig) -> None:
    """It is read already, no event is made; a push of it later is known."""
    who = account(rig)
    read = Comment("c1", "p1", "Old", Person("7"), rig.clock.now() - timedelta(days=3))
    filing.polled(rig.ports, who, "comment", read, silently=True)
    assert (item(rig, "comment", "c1").status, entries(rig)) == ("read", [])
    assert not pushing.pushed(rig.ports, who, event(rig, "comment.created", COMMENT, "1"))


@pytest.mark.parametrize("kind", ["post.published", "reaction.created", "account.revoked", "other", "follow.created"])
def test_what_is_none_of_the_inboxs_is_left_alone(rig: Rig, kind: EventKind) -> None:
    """And so is an event that does not say of which thing."""
    assert not pushing.pushed(rig.ports, account(rig), event(rig, kind, {"post_id": "p1"}))
    assert not pushing.pushed(rig.ports, account(rig), event(rig, "comment.created", {"text": "?"}))
    assert rig.store.query(Query("workspaces/ws_1.test/inbox")) == []


def test_however_much_is_pushed_what_is_kept_is_bounded(rig: Rig) -> None:
    """Words are cut, a network's own words that are too many are left out, and nothing breaks the store."""
    data = {**COMMENT, "text": "\ud800x" * 40_000, "author_name": "y" * 9_000}
    big = Event("comment.created", "1", "1", rig.clock.now(), data, {"text": "z" * 40_000})
    assert pushing.pushed(rig.ports, account(rig), big)
    one = item(rig, "comment", "c1")
    assert (len(one.text), len(one.author.name), one.raw) == (10_000, 500, "")


def test_a_deleted_post_that_was_a_comment_is_one(rig: Rig) -> None:
    """On some networks: other posts are none of the inbox's."""
    who = account(rig, "twitter")
    pushing.pushed(rig.ports, who, event(rig, "comment.created", COMMENT, "1"))
    assert pushing.pushed(rig.ports, who, event(rig, "post.deleted", {"post_id": "c1"}, "2"))
    assert not item(rig, "comment", "c1").shown
    assert not pushing.pushed(rig.ports, who, event(rig, "post.deleted", {"post_id": "c9"}, "3"))


def test_an_action_that_cannot_be_read_is_in_the_log_all_the_same(rig: Rig) -> None:
    rig.store.commit([Write("create", target_path("ws_1.test", "act_1"), {"id": "act_1"})])
    attributes = {"type": "action.done", "space": "ws_1.test"}
    at = rig.clock.now().isoformat()
    data = {"id": "evt_1", "action_id": "act_1", "verb": "comment.create", "at": at}
    with pytest.raises(TypeError):
        recording.observe(rig.ports, data, attributes)
    (entry,) = rig.store.query(Query("workspaces/ws_1.test/events"))
    assert entry.data["action"] == "action.done"


def test_what_was_filed_of_a_disconnected_account_goes(rig: Rig) -> None:
    """Items, threads and posts, in bounded parts; another account's stay, and what came since."""
    who = account(rig)
    other = replace(who, id="acc_2")
    for one in (who, other):
        for number in range(120):
            pushing.pushed(rig.ports, one, event(rig, "comment.created", {**COMMENT, "comment_id": f"c{number}"}))
        pushing.pushed(rig.ports, one, event(rig, "message.received", MESSAGE))
    rig.store.commit([forgetting.planned(who, rig.clock.now())])
    rig.clock.advance(60)
    pushing.pushed(rig.ports, who, event(rig, "mention.created", {"post_id": "p9", "text": "New"}))
    assert forgetting.go_on(rig.ports) == 123
    assert forgetting.go_on(rig.ports) == 0
    left = rig.store.query(Query("workspaces/ws_1.test/inbox", limit=1000))
    assert [doc.data["account_id"] for doc in left].count("acc_1") == 1
    assert len(left) == 122
    assert len(rig.store.query(Query("workspaces/ws_1.test/conversations"))) == 1
    assert rig.store.query(Query(f"workspaces/ws_1.test/{forgetting.GROUP}")) == []
