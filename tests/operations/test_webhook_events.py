"""From what happens to what an endpoint gets: which events, to whom, with what in them, once."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from shared.domain.errors import Missing
from shared.domain.posts import Post
from shared.domain.webhooks import MAX_BODY, Event
from shared.operations import accounts, brands, publishing, telling
from shared.operations.posts import actions, creating, deleting, editing
from shared.operations.posts.commands import CreatePost, TargetOrder
from shared.operations.webhooks import delivering, endpoints, fanning_out, payloads
from shared.ports.bus import BusUnavailable
from shared.ports.store import Unavailable
from tests.operations.flows import OTHER, TEST, redirected, signed_in
from tests.operations.webhook_world import Machine, Receiver, all_deliveries, happened
from tests.support import faults, memory_ports
from tests.support.memory_ports import Rig

POSTS = (
    "post.scheduled",
    "post.updated",
    "post.deleted",
    "post.unpublished",
    "post.retried",
    "post.published",
    "post.partial",
    "post.failed",
    "post.cancelled",
)


@pytest.fixture
def rig() -> Rig:
    return memory_ports.rig()


class World(Machine):
    """Posts are published, too."""

    def settle(self) -> None:
        functions: dict[str, Callable[..., Any]] = {"publish": publishing.advance, "deliver": delivering.deliver}
        while True:
            heard, self._heard = self._heard, len(self.rig.bus.messages)
            for message in self.rig.bus.messages[heard:]:
                fanning_out.notify(self.rig.ports, message.data, message.attributes)
                fanning_out.notify(self.rig.ports, message.data, message.attributes)  # at least once
            due = self.rig.queue.take(self.rig.clock.now())
            for task in due:
                if task.function in functions:
                    functions[task.function](self.rig.ports, task.body)
            if not due and self._heard == len(self.rig.bus.messages):
                return


def said(receiver: Receiver) -> list[tuple[str, dict[str, Any]]]:
    """What the receiver got, in the order of its sequence."""
    bodies = [json.loads(request.body) for requests in receiver.got.values() for request in requests]  # type: ignore[arg-type]
    return [(one["event"], one["data"]) for one in sorted(bodies, key=lambda one: one["sequence"])]


def test_the_life_of_a_post_is_told_once_each_and_in_order(rig: Rig) -> None:
    """Scheduled, edited, published, taken down, deleted; every message delivered twice."""
    receiver, world = Receiver(rig), World(rig)
    account = signed_in(rig)
    receiver.register(POSTS)
    at = (rig.clock.now() + timedelta(days=9)).isoformat()
    order = CreatePost("Good morning", targets=(TargetOrder(account.id),), scheduled_at=at)
    post = creating.create(rig.ports, TEST, order).post
    world.settle()
    rig.clock.advance(1)
    editing.update(rig.ports, TEST, post.id, {"text": "Good evening"})
    world.settle()
    rig.clock.advance(1)
    actions.publish(rig.ports, TEST, post.id)
    for _ in range(20):
        world.settle()
        rig.clock.advance(1)
    deleting.unpublish(rig.ports, TEST, post.id)
    rig.clock.advance(1)
    deleting.delete(rig.ports, TEST, post.id)
    for _ in range(5):
        world.settle()
        rig.clock.advance(1)
    told = said(receiver)
    names = [name for name, _ in told]
    assert names == [
        "post.scheduled",
        "post.updated",
        "post.published",
        *sorted(names[3:-1], reverse=True),
        "post.deleted",
    ]
    assert sorted(names[3:-1]) == ["post.cancelled", "post.unpublished"]
    assert all(len(requests) == 1 for requests in receiver.got.values())
    data = dict(told)
    assert {one["post_id"] for one in data.values()} == {post.id}
    row = {"account_id": account.id, "platform": "bluesky"}
    assert data["post.scheduled"]["targets"] == [row]
    assert data["post.scheduled"]["scheduled_at"].startswith(at[:10])
    assert data["post.updated"]["changed_fields"] == ["text"]
    [result] = data["post.published"]["results"]
    assert result.items() >= {**row, "status": "published"}.items()
    assert result["platform_post_id"].startswith("at://")
    assert (data["post.unpublished"]["account_id"], data["post.unpublished"]["unpublished_count"]) == (account.id, 1)
    assert data["post.deleted"] == {"post_id": post.id, "was_status": "cancelled"}


def test_nothing_is_written_for_nobody(rig: Rig) -> None:
    """Where no endpoint listens, a post costs no entry of the log, no message and no task but its own."""
    account, at = signed_in(rig), (rig.clock.now() + timedelta(days=9)).isoformat()
    order = CreatePost("Good morning", targets=(TargetOrder(account.id),), scheduled_at=at)
    before = len(rig.bus.messages), len(rig.queue.accepted)
    post = creating.create(rig.ports, TEST, order).post
    editing.update(rig.ports, TEST, post.id, {"text": "Good evening"})
    deleting.delete(rig.ports, TEST, post.id)
    assert isinstance(post, Post)
    assert len(rig.bus.messages) == before[0]
    assert {task.function for task in rig.queue.accepted[before[1] :]} <= {"publish"}
    assert fanning_out.notify(rig.ports, {"id": "evt_1", "at": "2026-11-22T12:00:00+00:00"}, ATTRIBUTES) == (
        "nobody listens"
    )


ATTRIBUTES = {"id": "evt_1", "type": "post.published", "space": TEST.space}


def test_an_endpoint_of_a_brand_hears_of_its_accounts_only(rig: Rig) -> None:
    """Of a post on two brands' accounts it gets its own rows; of what is about the workspace, nothing."""
    ours = brands.create(rig.ports, TEST, "Ours").id
    one, two = signed_in(rig), redirected(rig)
    accounts.move(rig.ports, TEST, one.id, ours)
    everything, narrow, world = Receiver(rig), Receiver(rig, "brand.example.com"), World(rig)
    everything.register((*POSTS, "engagement.spike", "webhook.disabled"))
    endpoints.register(rig.ports, TEST, narrow.url, [*POSTS, "engagement.spike", "webhook.disabled"], [ours])
    narrow.got = {}
    for text, targets in (("Hello", (one, two)), ("Hello again", (two,))):
        order = CreatePost(text, targets=tuple(TargetOrder(a.id) for a in targets), publish_now=True)
        creating.create(rig.ports, TEST, order)
    happened(rig, "webhook.disabled", reason="gone")
    for _ in range(20):
        world.settle()
        rig.clock.advance(1)
    assert sorted(name for name, _ in said(everything)) == ["post.published", "post.published", "webhook.disabled"]
    [(name, data)] = said(narrow)
    assert (name, [row["account_id"] for row in data["results"]]) == ("post.published", [one.id])
    with pytest.raises(Missing):
        endpoints.register(rig.ports, TEST, narrow.url, ["post.failed"], ["br_nobodys"])


def test_an_endpoint_of_a_brand_hears_of_no_copy_of_another_brands_that_was_taken_down(rig: Rig) -> None:
    ours = brands.create(rig.ports, TEST, "Ours").id
    one, two = signed_in(rig), redirected(rig)
    accounts.move(rig.ports, TEST, one.id, ours)
    narrow, world = Receiver(rig), World(rig)
    endpoints.register(rig.ports, TEST, narrow.url, ["post.unpublished"], [ours])
    narrow.got = {}
    order = CreatePost("Hello", targets=(TargetOrder(one.id), TargetOrder(two.id)), publish_now=True)
    post = creating.create(rig.ports, TEST, order).post
    for _ in range(20):
        world.settle()
        rig.clock.advance(1)
    for account in (two, one):
        deleting.unpublish(rig.ports, TEST, post.id, account.id)
        world.settle()
    assert [data["account_id"] for _, data in said(narrow)] == [one.id]


def test_another_workspaces_events_are_not_told(rig: Rig) -> None:
    receiver, machine = Receiver(rig), Machine(rig)
    receiver.register(("engagement.spike",), OTHER)
    happened(rig)
    machine.settle()
    assert receiver.asked == 0


def test_an_event_asked_for_by_its_other_name_comes_under_it(rig: Rig) -> None:
    receiver, machine = Receiver(rig), Machine(rig)
    endpoint = receiver.register(("social.engagement_spike",))
    happened(rig, metric="likes", value=412)
    machine.settle()
    assert said(receiver) == [("social.engagement_spike", {"post_id": "post_1", "metric": "likes", "value": 412})]
    assert all_deliveries(rig, endpoint)[0].event_type == "engagement.spike"


def test_where_the_bus_is_away_the_queue_carries_the_event(rig: Rig) -> None:
    """As from the API, which ships no client of the bus; and once more by the sweep, which changes nothing."""
    receiver, machine = Receiver(rig), Machine(rig)
    receiver.register(("engagement.spike",))

    def down(call: str, _: faults.Phase) -> None:
        if call == "bus.publish":
            raise BusUnavailable("this function ships no bus")

    rig.faults.hook = down
    event = happened(rig)
    machine.settle()
    rig.clock.advance(60)
    assert telling.sweep(rig.ports) == 0
    assert list(receiver.got) == [event]
    assert rig.bus.messages == []


@pytest.mark.parametrize("phase", ["before", "after"])
def test_fanning_out_may_die_anywhere_and_is_told_again(rig: Rig, phase: faults.Phase) -> None:
    """Before or after each call of a port; the event reaches each of three endpoints once, with the same bytes."""
    receivers = [Receiver(rig, f"r{number}.example.com") for number in range(3)]
    for receiver in receivers:
        receiver.register(("engagement.spike",))
    machine = Machine(rig)
    for call in range(12):
        event = happened(rig, number=call)
        message = rig.bus.messages[-1]
        rig.ports.memory.clear()
        rig.faults.hook = faults.once(call, phase, lambda: Unavailable("down"))
        try:
            fanning_out.notify(rig.ports, message.data, message.attributes)
            died = False
        except Unavailable:
            died = True
        rig.faults.hook = None
        machine.settle()
        assert [len(one.got[event]) for one in receivers] == [1, 1, 1]
        if not died and call > 6:
            break
    assert call > 3


def test_a_long_text_is_cut_and_says_so() -> None:
    """Whatever it is made of, a payload fits; what is short stays whole."""
    long: dict[str, Any] = {"id": "x", "content": {"text": "ä" * 60_000, "media": [{"url": "u" * 900}] * 200}}
    at = memory_ports.rig().clock.now()
    for flat in (False, True):
        text = payloads.fitted(Event("evt_1", "comment.received", at, long, {"raw": 1}), flat=flat)
        assert len(text.encode()) <= MAX_BODY
        assert json.loads(text)["data__truncated" if flat else "data"] in (True, json.loads(text).get("data"))
        assert "truncated" in text
    wide = {f"name{number}": "v" * 300 for number in range(3_000)} | {"post_id": "post_1"}
    fitted = json.loads(payloads.fitted(Event("evt_1", "engagement.spike", at, wide), flat=False))
    assert fitted["data"] == {"post_id": "post_1", "truncated": True}
    whole = {"text": "short"}
    assert json.loads(payloads.fitted(Event("evt_1", "engagement.spike", at, whole), flat=False))["data"] == whole
