"""The events log: what is written, what is found, what is counted."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.domain.callers import Caller
from shared.domain.errors import Forbidden, Invalid
from shared.domain.events import CATEGORIES
from shared.operations import accounts, brand_deletion, brands, event_pages, events, invites, keys, publishing
from shared.operations.engaging import acting
from shared.operations.engaging.commands import Order
from shared.operations.event_pages import ListEvents
from shared.operations.posts import creating
from shared.operations.posts.commands import CreatePost, TargetOrder
from tests.operations.flows import OTHER, TEST, redirected, signed_in
from tests.support import memory_ports
from tests.support.memory_ports import Rig


@pytest.fixture
def rig() -> Rig:
    return memory_ports.rig()


def note(rig: Rig, action: str, **more: object) -> None:
    """An entry of the category that the action begins with."""
    category = next(
        name for name in CATEGORIES if action.startswith(name) or (name == "inbox" and "received" in action)
    )
    rig.store.commit([events.written(rig.ports, TEST.space, category, action, **more)])  # type: ignore[arg-type]


def found(rig: Rig, **wanted: object) -> list[str]:
    return [one.action for one in event_pages.list_(rig.ports, TEST, ListEvents(**wanted)).entries]  # type: ignore[arg-type]


def test_what_became_of_a_post_is_logged_once_however_often_it_is_told(rig: Rig) -> None:
    """Target and post, from the engine's own messages; the log takes no write on the way of publishing."""
    account = signed_in(rig)
    spec = CreatePost(text="Hello", targets=(TargetOrder(account.id),), publish_now=True)
    view = creating.create(rig.ports, TEST, spec, None)
    while tasks := rig.queue.take(rig.clock.now()):
        for task in tasks:
            publishing.advance(rig.ports, task.body)
    assert event_pages.list_(rig.ports, TEST, ListEvents(category="post")).entries == ()
    told = [events.observe(rig.ports, one.data, one.attributes) for one in (*rig.bus.messages, *rig.bus.messages)]
    assert told == ["logged", "logged", "known", "known"]
    page = event_pages.list_(rig.ports, TEST, ListEvents(resource_id=view.post.id))
    assert {one.action for one in page.entries} == {"target.published", "post.published"}
    assert all((one.status, one.category) == ("ok", "post") for one in page.entries)
    [target] = event_pages.list_(
        rig.ports, TEST, ListEvents(account_id=account.id, platform="bluesky", category="post")
    ).entries
    assert target.metadata["permalink"].startswith("https://")
    assert event_pages.list_(rig.ports, OTHER, ListEvents()).entries == ()


def test_the_log_does_not_say_to_whom_a_message_went(rig: Rig) -> None:
    """A key for figures is none for people's telephone numbers: the action has them, for who may read messages."""
    account = redirected(rig, "whatsapp")
    template = {"name": "hello_world", "language": {"code": "en_US"}}
    order = Order(account.id, "message.send", "15550100000", arguments={"template": template})
    made = acting.act(rig.ports, TEST, order)
    while tasks := rig.queue.take(rig.clock.now()):
        for task in tasks:
            publishing.advance(rig.ports, task.body)
    assert [events.observe(rig.ports, one.data, one.attributes) for one in rig.bus.messages] == ["logged"]
    [entry] = event_pages.list_(rig.ports, TEST, ListEvents(resource_id=made.id)).entries
    assert (entry.action, entry.metadata) == ("action.done", {"verb": "message.send", "status": "done"})


def test_what_callers_change_is_logged_with_the_change(rig: Rig) -> None:
    """In the same commit; who did it is named, and no secret is."""
    key = keys.create(rig.ports, TEST, keys.CreateKey("CI"))
    keys.update(rig.ports, TEST, key.key.id, name="CI 2")
    rotated = keys.rotate(rig.ports, TEST, key.key.id)
    keys.revoke(rig.ports, TEST, key.key.id)
    keys.revoke(rig.ports, TEST, key.key.id)  # changes nothing, and says nothing
    brand = brands.create(rig.ports, TEST, "Acme")
    account = signed_in(rig)
    accounts.move(rig.ports, TEST, account.id, brand.id)
    invite = invites.create(rig.ports, TEST, brand.id, "twitter", 7)
    accounts.disconnect(rig.ports, TEST, account.id)
    brand_deletion.delete(rig.ports, TEST, brand.id)
    assert sorted(found(rig, limit=100)) == [
        "account.connected",
        "account.disconnected",
        "account.updated",
        "brand.created",
        "brand.deleted",
        "invite.created",
        "invite.revoked",
        "key.created",
        "key.revoked",
        "key.rotated",
        "key.updated",
    ]
    [made] = event_pages.list_(rig.ports, TEST, ListEvents(action="key.created")).entries
    assert (made.actor, made.resource_id) == (TEST.key_id, key.key.id)
    told = str([doc for path, doc in rig.store.everything() if "/events/" in path])
    assert not [secret for secret in (key.raw, rotated.raw, invite.token) if secret in told]


def test_a_failure_is_logged_with_its_words_and_its_kind(rig: Rig) -> None:
    """Another's message, or one that says nothing, is passed over."""
    data = {
        "id": "evt_1",
        "at": rig.clock.now().isoformat(),
        "post_id": "p",
        "error_message": "No.",
        "error_category": "auth",
    }
    said = {"id": "evt_1", "type": "target.failed", "space": TEST.space}
    assert events.observe(rig.ports, data, said) == "logged"
    [entry] = event_pages.list_(rig.ports, TEST, ListEvents(status="failed")).entries
    assert (entry.error_category, entry.error_message, entry.resource_id) == ("auth", "No.", "p")
    for odd in ({**said, "type": "weather.changed"}, {**said, "type": "target"}, {"type": "target.failed"}, {}):
        assert events.observe(rig.ports, data, odd) == "ignored"
    for broken in ({}, {**data, "at": "noon"}, {**data, "at": "2026-11-22T12:00:00"}, {**data, "id": "a/b"}):
        assert events.observe(rig.ports, broken, said) == "ignored"


def test_the_filters_may_be_combined(rig: Rig) -> None:
    """The latest first."""
    for minute in range(3):
        rig.clock.advance(60)
        note(rig, "post.published", account_id="a", platform="bluesky", resource_id=f"p{minute}")
        note(rig, "account.connected", account_id="a", platform="bluesky", resource_id="a")
        note(rig, "post.failed", status="failed", account_id="b", platform="twitter", resource_id=f"p{minute}")
    assert found(rig, category="post", account_id="a") == ["post.published"] * 3
    assert found(rig, status="failed", platform="x") == ["post.failed"] * 3
    assert found(rig, resource_id="p1", status="ok") == ["post.published"]
    assert found(rig, action="account.connected", platform="twitter") == []
    since = (rig.clock.now() - timedelta(seconds=30)).isoformat()
    assert sorted(found(rig, since=since)) == ["account.connected", "post.failed", "post.published"]
    assert len(found(rig, until=since)) == 6


def test_a_category_that_there_is_not_is_refused_with_those_that_there_are(rig: Rig) -> None:
    with pytest.raises(Invalid, match=r"category: there is none 'posts'; known are .*post"):
        found(rig, category="posts")


def test_pages_follow_each_other_and_a_cursor_belongs_to_its_filters(rig: Rig) -> None:
    """Every entry once, whatever the page's size; a changed or foreign cursor is refused."""
    for number in range(25):
        rig.clock.advance(1)
        note(rig, "post.published" if number % 5 else "key.created", resource_id=str(number))
    seen: list[str] = []
    cursor = None
    while True:
        page = event_pages.list_(rig.ports, TEST, ListEvents(category="post", status="ok", limit=7, cursor=cursor))
        seen += [one.resource_id for one in page.entries]
        if (cursor := page.next_cursor) is None:
            break
        first = cursor
        rig.clock.advance(1)  # a page is asked for a moment after the one before it
    assert seen == [str(number) for number in range(24, -1, -1) if number % 5]
    for wrong in (
        ListEvents(cursor=first),
        ListEvents(category="post", status="ok", cursor=first[:-2]),
        ListEvents(cursor="{}"),
    ):
        with pytest.raises(Invalid) as caught:
            event_pages.list_(rig.ports, TEST, wrong)
        assert caught.value.code == "validation.cursor_invalid"
    with pytest.raises(Invalid):
        event_pages.list_(rig.ports, OTHER, ListEvents(category="post", status="ok", cursor=first))


def test_the_summary_counts_its_span_and_the_one_before(rig: Rig) -> None:
    """By counting, never by reading."""
    note(rig, "post.published")
    rig.clock.advance(3600)
    note(rig, "post.published")
    note(rig, "post.failed", status="failed", error_category="auth")
    note(rig, "comment.received")
    rig.faults.calls.clear()
    since = (rig.clock.now() - timedelta(minutes=20)).isoformat()
    made = event_pages.summary(rig.ports, TEST, since)
    assert (made.total, made.failed, made.total_previous) == (3, 1, 0)
    assert made.by_category == {"post": 2, "inbox": 1}
    assert made.by_error_category == {"auth": 1}
    assert made.inbox_breakdown == {"comment.received": 1}
    assert set(rig.faults.calls) <= {"store.count", "store.get"}
    hour = event_pages.summary(rig.ports, TEST, (rig.clock.now() - timedelta(minutes=59)).isoformat())
    assert (hour.total, hour.total_previous) == (3, 1)
    with pytest.raises(Invalid):
        event_pages.summary(rig.ports, TEST, until="2020-01-01T00:00:00Z")


def test_the_plan_says_how_far_back_is_shown() -> None:
    """What is older is there still, should a larger plan be bought."""
    rig = memory_ports.rig()
    note(rig, "post.published")
    rig.clock.advance(3 * 86_400)
    for tier, shown in (("self_hosted", 1), ("free", 0)):
        ports = replace(rig.ports, default_plan=tier, memory={})
        assert len(event_pages.list_(ports, TEST, ListEvents(since="2020-01-01T00:00:00Z")).entries) == shown
        assert event_pages.summary(ports, TEST).total == shown


def test_callers_of_some_brands_see_no_log(rig: Rig) -> None:
    """It tells of all brands."""
    bound = Caller("ws_1", "test", "key_9", brand_ids=("brand_1",))
    for refused in (
        lambda: event_pages.list_(rig.ports, bound, ListEvents()),
        lambda: event_pages.summary(rig.ports, bound),
    ):
        with pytest.raises(Forbidden):
            refused()


def test_a_category_that_does_not_exist_is_refused_with_those_that_do(rig: Rig) -> None:
    with pytest.raises(Invalid) as caught:
        event_pages.list_(rig.ports, TEST, ListEvents(category="zzz"))
    assert caught.value.meta["field"] == "category"
    assert "'zzz'" in caught.value.message
    assert "webhook" in caught.value.message
