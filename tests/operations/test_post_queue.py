"""Queues: slots on the clock of their zone, each given to one post, free again when the post leaves it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain import codec
from shared.domain.brands import Brand, brand_path
from shared.domain.callers import Caller
from shared.domain.errors import Clash, Invalid, Missing
from shared.domain.posts import Post
from shared.domain.queue import Queue, Slot, upcoming
from shared.operations.posts import actions, approvals, cancelling, creating, deleting, editing, reading, slots
from shared.operations.posts import settings as decided
from shared.operations.posts.commands import CreatePost, TargetOrder
from shared.operations.posts.views import PostView
from shared.ports.store import Write
from tests.operations.flows import TEST, signed_in
from tests.support import memory_ports
from tests.support.memory_ports import Rig

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
MORNINGS = [Slot(day, "09:30") for day in range(7)]
ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Sao_Paulo", "Africa/Casablanca", "UTC")


@pytest.fixture
def rig() -> Rig:
    made = memory_ports.rig()
    slots.replace(made.ports, TEST, "default", MORNINGS, "Europe/Berlin")
    return made


def queued(rig: Rig, text: str, caller: Caller = TEST) -> PostView:
    return creating.create(rig.ports, caller, CreatePost(text, targets=(TargetOrder(signed_in(rig).id),), queue=True))


def times(zone: str, chosen: list[Slot], after: datetime, count: int) -> list[str]:
    queue = Queue("b", zone, tuple(chosen), NOON)
    return [at.astimezone(ZoneInfo(zone)).strftime("%a %d %H:%M %z") for at in islice(upcoming(queue, after), count)]


def test_a_slot_that_clocks_skip_moves_by_the_gap() -> None:
    """Berlin, 2027-03-28: 02:00 is 03:00."""
    found = times(
        "Europe/Berlin", [Slot(5, "02:30"), Slot(6, "02:30"), Slot(0, "02:30")], datetime(2027, 3, 26, tzinfo=UTC), 3
    )
    assert found == ["Sat 27 02:30 +0100", "Sun 28 03:30 +0200", "Mon 29 02:30 +0200"]


def test_a_slot_that_moves_onto_another_is_given_once() -> None:
    found = times("Europe/Berlin", [Slot(6, "02:30"), Slot(6, "03:30")], datetime(2027, 3, 27, tzinfo=UTC), 3)
    assert found == ["Sun 28 03:30 +0200", "Sun 04 02:30 +0200", "Sun 04 03:30 +0200"]


def test_a_slot_that_comes_twice_is_the_first() -> None:
    """New York, 2026-11-01: 01:30 comes in daylight time and again in standard time."""
    found = times("America/New_York", [Slot(6, "01:30")], datetime(2026, 10, 30, tzinfo=UTC), 2)
    assert found == ["Sun 01 01:30 -0400", "Sun 08 01:30 -0500"]


@settings(max_examples=80, deadline=None)
@given(
    st.sampled_from(ZONES),
    st.lists(st.builds(Slot, st.integers(0, 6), st.times().map(lambda t: f"{t:%H:%M}")), min_size=1, max_size=6),
    st.integers(0, 4 * 366 * 1440),
)
def test_slots_rise_and_show_the_chosen_clock_or_were_moved_by_a_gap(
    zone: str, chosen: list[Slot], minutes: int
) -> None:
    """Every week has each slot once, whatever the clocks do."""
    start, tz = NOON + timedelta(minutes=minutes), ZoneInfo(zone)
    found = list(islice(upcoming(Queue("b", zone, tuple(chosen), NOON), start), 60))
    assert found == sorted(set(found))
    assert all(at > start for at in found)
    wanted = {(slot.weekday, slot.at) for slot in chosen}
    for at in found:
        local = at.astimezone(tz)
        shown = (local.weekday(), f"{local:%H:%M}")
        before = (at - timedelta(hours=3)).astimezone(tz).utcoffset()
        assert shown in wanted or before != local.utcoffset()
    gaps = [later - earlier for earlier, later in pairwise(found)]
    assert all(gap <= timedelta(days=7, hours=1) for gap in gaps)


def test_posts_take_one_slot_after_the_other(rig: Rig) -> None:
    found = [queued(rig, f"Post {number}").post for number in range(3)]
    local = [one.scheduled_at.astimezone(ZoneInfo("Europe/Berlin")).isoformat() for one in found if one.scheduled_at]
    assert local == ["2026-11-23T09:30:00+01:00", "2026-11-24T09:30:00+01:00", "2026-11-25T09:30:00+01:00"]
    assert all(str(one.status) == "scheduled" for one in found)
    _, shown = slots.upcoming(rig.ports, TEST, "default", 4)
    assert [one.post and one.post.id for one in shown] == [*(one.id for one in found), None]


def test_many_at_once_never_get_the_same_slot(rig: Rig) -> None:
    account = signed_in(rig).id
    order = [CreatePost(f"Post {n}", targets=(TargetOrder(account),), queue=True) for n in range(12)]
    with ThreadPoolExecutor(12) as pool:
        made = list(pool.map(lambda one: creating.create(rig.ports, TEST, one), order))
    assert len({one.post.scheduled_at for one in made}) == 12


def test_two_that_choose_at_the_same_moment_get_two_slots(rig: Rig) -> None:
    """The second one chooses between the first one's look and its commit."""
    account = signed_in(rig).id
    seen: list[Post] = []

    def hook(call: str, phase: str) -> None:
        if call == "store.commit" and phase == "before" and not seen:
            seen.append(Post("", "", None, NOON, NOON, {}))  # type: ignore[arg-type]
            rig.faults.hook = None
            seen.append(
                creating.create(rig.ports, TEST, CreatePost("B", targets=(TargetOrder(account),), queue=True)).post
            )

    rig.faults.hook = hook
    first = creating.create(rig.ports, TEST, CreatePost("A", targets=(TargetOrder(account),), queue=True)).post
    assert first.scheduled_at
    assert seen[1].scheduled_at
    assert first.scheduled_at - seen[1].scheduled_at == timedelta(days=1)


@pytest.mark.parametrize("how", ["delete", "cancel", "retime", "untime", "publish", "reject"])
def test_a_post_that_leaves_frees_its_slot(rig: Rig, how: str) -> None:
    """And the one that got another slot keeps its own."""
    writer = Caller("ws_1", "test", "key_w", scopes=("posts:write",))
    if how == "reject":
        decided.change(rig.ports, TEST, "required")
    gone, stays = queued(rig, "One", writer).post, queued(rig, "Two", writer).post
    leave = {
        "delete": lambda: deleting.delete(rig.ports, TEST, gone.id),
        "cancel": lambda: cancelling.cancel(rig.ports, TEST, gone.id),
        "retime": lambda: editing.update(rig.ports, TEST, gone.id, {"scheduled_at": "2027-01-01T00:00:00Z"}),
        "untime": lambda: editing.update(rig.ports, TEST, gone.id, {"scheduled_at": None}),
        "publish": lambda: actions.publish(rig.ports, TEST, gone.id),
        "reject": lambda: approvals.reject(rig.ports, TEST, gone.id, ""),
    }
    leave[how]()
    assert reading.get(rig.ports, TEST, gone.id).post.slot == ""
    taken = [queued(rig, "Three").post.scheduled_at, queued(rig, "Four").post.scheduled_at]
    assert stays.scheduled_at is not None
    assert gone.scheduled_at is not None
    assert taken == [gone.scheduled_at, stays.scheduled_at + timedelta(days=1)]


def test_an_edited_text_keeps_the_slot(rig: Rig) -> None:
    made = queued(rig, "One").post
    after = editing.update(rig.ports, TEST, made.id, {"text": "Better"}).post
    assert (after.slot, after.scheduled_at) == (made.slot, made.scheduled_at)
    assert made.slot


def test_what_cannot_be_queued_says_why(rig: Rig) -> None:
    """No slots, a time beside the queue, accounts of two brands, another's brand, no account."""
    target = (TargetOrder(signed_in(rig).id),)
    with pytest.raises(Invalid):
        creating.create(rig.ports, TEST, CreatePost("A", targets=target, queue=True, publish_now=True))
    with pytest.raises(Invalid):
        creating.create(rig.ports, TEST, CreatePost("A", queue=True))
    with pytest.raises(Missing):
        creating.create(rig.ports, TEST, CreatePost("A", targets=target, queue=True, queue_brand_id="br_none"))
    now = rig.clock.now()
    rig.store.commit(
        [Write("set", brand_path("ws_1.test", "br_2"), codec.encode(Brand("br_2", "Two", now, now, "Asia/Tokyo")))]
    )
    with pytest.raises(Clash) as caught:
        creating.create(rig.ports, TEST, CreatePost("A", targets=target, queue=True, queue_brand_id="br_2"))
    assert caught.value.code == "queue.no_free_slot"
    assert slots.read(rig.ports, TEST, "br_2").timezone == "Asia/Tokyo"
    with pytest.raises(Missing):
        slots.read(rig.ports, Caller("ws_1", "test", "k", brand_ids=("default",)), "br_2")


def test_slots_are_judged(rig: Rig) -> None:
    for bad in ("24:00", "9:30", "09:60", "", "٠٩:٣٠"):
        with pytest.raises(Invalid):
            slots.replace(rig.ports, TEST, "default", [Slot(0, bad)], None)
    with pytest.raises(Invalid):
        slots.replace(rig.ports, TEST, "default", MORNINGS, "Europe/Berln")
