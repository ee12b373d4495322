"""Approval: what is made without the scope goes out only after somebody with it agreed, whichever way is tried."""

from __future__ import annotations

from typing import Any

import pytest

from shared.domain.callers import Caller
from shared.domain.errors import Clash, Forbidden, Invalid, RostrumError
from shared.operations.posts import (
    actions,
    approvals,
    cancelling,
    creating,
    deleting,
    editing,
    histories,
    listing,
    reading,
    settings,
)
from shared.operations.posts.approvals import Agreement
from shared.operations.posts.commands import CreatePost, TargetOrder
from shared.operations.posts.listing import ListPosts
from shared.operations.posts.views import PostView
from shared.operations.publishing import advance, sweep
from tests.operations.flows import TEST, signed_in
from tests.support import memory_ports
from tests.support.memory_ports import Rig

WRITER = Caller("ws_1", "test", "key_w", scopes=("posts:read", "posts:write"))
EDITOR = Caller("ws_1", "test", "key_e", scopes=("posts:read", "posts:write", "posts:approve"))
DAY = 86_400


@pytest.fixture
def rig() -> Rig:
    made = memory_ports.rig()
    settings.change(made.ports, TEST, "required")
    return made


def order(rig: Rig, text: str = "Hello", **fields: Any) -> CreatePost:
    return CreatePost(text, targets=(TargetOrder(signed_in(rig).id),), **fields)


def later(rig: Rig, days: float = 1) -> str:
    at = rig.clock.now().timestamp() + days * DAY
    return rig.clock.now().fromtimestamp(at, rig.clock.now().tzinfo).isoformat()


def work(rig: Rig, seconds: float = 3 * DAY) -> None:
    """Queue and sweeper for so long."""
    until = rig.clock.now().timestamp() + seconds
    while (at := rig.queue.next_at()) is not None and at.timestamp() <= until:
        rig.clock.move_to(at)
        for task in rig.queue.take(rig.clock.now()):
            advance(rig.ports, dict(task.body))
    rig.clock.advance(max(until - rig.clock.now().timestamp(), 0))
    sweep(rig.ports)
    for task in rig.queue.take(rig.clock.now()):
        advance(rig.ports, dict(task.body))


def live(rig: Rig, post: PostView) -> bool:
    work(rig)
    return any(target.first for target in reading.get(rig.ports, TEST, post.post.id).targets)


def test_without_the_scope_a_post_waits_and_cannot_go_out(rig: Rig) -> None:
    """Now, or at a time: accepted, awaiting, its targets drafts, no task."""
    for now in (True, False):
        when: dict[str, Any] = {"publish_now": True} if now else {"scheduled_at": later(rig)}
        made = creating.create(rig.ports, WRITER, order(rig, **when))
        assert str(made.post.status) == "awaiting_approval"
        assert {str(target.state) for target in made.targets} == {"draft"}
        assert not live(rig, made)
    found = listing.list_(rig.ports, WRITER, ListPosts(status="awaiting_approval"))
    assert len(found.posts) == 2


def test_whoever_may_approve_is_not_asked(rig: Rig) -> None:
    assert live(rig, creating.create(rig.ports, EDITOR, order(rig, publish_now=True)))
    assert live(rig, creating.create(rig.ports, TEST, order(rig, "Another", publish_now=True)))


def test_agreeing_sends_it_at_its_time(rig: Rig) -> None:
    made = creating.create(rig.ports, WRITER, order(rig, scheduled_at=later(rig)))
    agreed = approvals.approve(rig.ports, EDITOR, made.post.id)
    assert str(agreed.post.status) == "scheduled"
    assert agreed.post.scheduled_at == made.post.scheduled_at == agreed.targets[0].due_at
    assert live(rig, made)
    lines = [(line.actor, line.action) for line in histories.history(rig.ports, TEST, made.post.id)]
    assert lines == [("key_w", "created"), ("key_w", "submitted"), ("key_e", "approved"), ("", "published")]


def test_agreeing_to_what_was_meant_for_now_sends_it_now(rig: Rig) -> None:
    made = creating.create(rig.ports, WRITER, order(rig, publish_now=True))
    rig.clock.advance(DAY)
    assert str(approvals.approve(rig.ports, EDITOR, made.post.id).post.status) == "publishing"
    assert live(rig, made)


def test_after_its_time_somebody_must_say_when(rig: Rig) -> None:
    """Nothing goes out at an hour that nobody chose."""
    made = creating.create(rig.ports, WRITER, order(rig, scheduled_at=later(rig, 0.5)))
    rig.clock.advance(DAY)
    with pytest.raises(Clash) as caught:
        approvals.approve(rig.ports, EDITOR, made.post.id)
    assert caught.value.code == "post.approval_late"
    assert reading.get(rig.ports, TEST, made.post.id).post.awaiting
    again = approvals.approve(rig.ports, EDITOR, made.post.id, Agreement(scheduled_at=later(rig)))
    assert str(again.post.status) == "scheduled"
    assert live(rig, made)


def test_a_refusal_makes_it_a_draft_with_the_reason(rig: Rig) -> None:
    made = creating.create(rig.ports, WRITER, order(rig, scheduled_at=later(rig)))
    back = approvals.reject(rig.ports, EDITOR, made.post.id, "Too loud.")
    assert (str(back.post.status), back.post.approval and back.post.approval.reason) == ("draft", "Too loud.")
    assert not live(rig, made)
    with pytest.raises(Clash):
        approvals.approve(rig.ports, EDITOR, made.post.id)


def test_an_edit_after_approval_waits_again_unless_it_is_the_approvers(rig: Rig) -> None:
    made = creating.create(rig.ports, WRITER, order(rig, scheduled_at=later(rig)))
    approvals.approve(rig.ports, EDITOR, made.post.id)
    assert str(editing.update(rig.ports, EDITOR, made.post.id, {"text": "Better"}).post.status) == "scheduled"
    assert str(editing.update(rig.ports, WRITER, made.post.id, {"tags": ("x",)}).post.status) == "scheduled"
    edited = editing.update(rig.ports, WRITER, made.post.id, {"text": "Worse"})
    assert str(edited.post.status) == "awaiting_approval"
    assert edited.targets[0].due_at is None
    assert edited.post.scheduled_at == made.post.scheduled_at
    assert not live(rig, made)


def test_what_was_changed_since_is_not_agreed_to_unseen(rig: Rig) -> None:
    made = creating.create(rig.ports, WRITER, order(rig, scheduled_at=later(rig)))
    rig.clock.advance(1)
    editing.update(rig.ports, WRITER, made.post.id, {"text": "Something else"})
    with pytest.raises(Clash):
        approvals.approve(rig.ports, EDITOR, made.post.id, Agreement(updated_at=made.post.updated_at.isoformat()))
    assert not live(rig, made)


def attempts(rig: Rig, made: PostView) -> list[Any]:
    """Everything that a writer may try with a post that waits."""
    post_id, ports = made.post.id, rig.ports
    return [
        lambda: actions.publish(ports, WRITER, post_id),
        lambda: actions.retry(ports, WRITER, post_id),
        lambda: actions.resolve(ports, WRITER, post_id, actions.Verdict("retry")),
        lambda: approvals.approve(ports, WRITER, post_id),
        lambda: approvals.submit(ports, WRITER, post_id),
        lambda: editing.update(ports, WRITER, post_id, {"text": "Sneaky"}),
        lambda: editing.update(ports, WRITER, post_id, {"scheduled_at": later(rig, 0.1)}),
        lambda: editing.update(ports, WRITER, post_id, {"targets": made_targets(made), "text": "Same"}),
        lambda: deleting.unpublish(ports, WRITER, post_id),
    ]


def made_targets(made: PostView) -> tuple[TargetOrder, ...]:
    return tuple(TargetOrder(target.account_id) for target in made.targets)


@pytest.mark.parametrize("first", range(9))
@pytest.mark.parametrize("second", [0, 1, 4, 5, 6])
def test_no_two_steps_of_a_writer_get_it_out(rig: Rig, first: int, second: int) -> None:
    """From a post that waits, from a refused one and from a draft."""
    waiting = creating.create(rig.ports, WRITER, order(rig, scheduled_at=later(rig, 0.5)))
    refused = creating.create(rig.ports, WRITER, order(rig, "Two", scheduled_at=later(rig, 0.5)))
    approvals.reject(rig.ports, EDITOR, refused.post.id, "")
    draft = creating.create(rig.ports, WRITER, order(rig, "Three"))
    for made in (waiting, refused, draft):
        for step in (attempts(rig, made)[first], attempts(rig, made)[second]):
            try:
                step()
            except RostrumError:
                continue
    for made in (waiting, refused, draft):
        assert not live(rig, made)


def test_an_approved_draft_without_a_time_may_be_published_by_its_author_as_it_is(rig: Rig) -> None:
    for edit in (False, True):
        made = creating.create(rig.ports, WRITER, order(rig, f"Draft {edit}"))
        approvals.submit(rig.ports, WRITER, made.post.id)
        assert str(approvals.approve(rig.ports, EDITOR, made.post.id).post.status) == "draft"
        if edit:
            editing.update(rig.ports, WRITER, made.post.id, {"text": "Another text"})
        sent = actions.publish(rig.ports, WRITER, made.post.id)
        assert str(sent.post.status) == ("awaiting_approval" if edit else "publishing")
        assert live(rig, made) is not edit


def test_agreeing_takes_the_scope(rig: Rig) -> None:
    made = creating.create(rig.ports, WRITER, order(rig, publish_now=True))
    with pytest.raises(Forbidden):
        approvals.approve(rig.ports, WRITER, made.post.id)
    with pytest.raises(Forbidden):
        approvals.reject(rig.ports, WRITER, made.post.id, "")


def test_without_the_setting_nobody_is_asked() -> None:
    rig = memory_ports.rig()
    assert live(rig, creating.create(rig.ports, WRITER, order(rig, publish_now=True)))


def test_a_failed_post_that_was_edited_is_not_retried_before_somebody_agrees(rig: Rig) -> None:
    """The edit of what failed is what waits."""
    made = creating.create(rig.ports, EDITOR, order(rig, scheduled_at=later(rig, 0.1), max_lateness=1))
    rig.queue.take(rig.clock.now())
    rig.clock.advance(DAY)
    sweep(rig.ports)
    for task in rig.queue.take(rig.clock.now()):
        advance(rig.ports, dict(task.body))
    assert str(reading.get(rig.ports, TEST, made.post.id).post.status) == "missed"
    editing.update(rig.ports, WRITER, made.post.id, {"text": "Sneaky"})
    with pytest.raises(Clash) as caught:
        actions.retry(rig.ports, WRITER, made.post.id)
    assert caught.value.code == "post.approval_pending"
    assert not live(rig, made)
    approvals.reject(rig.ports, EDITOR, made.post.id, "No.")
    with pytest.raises(Clash, match="sent back"):
        actions.retry(rig.ports, WRITER, made.post.id)
    assert not live(rig, made)
    edited = editing.update(rig.ports, WRITER, made.post.id, {"text": "Kind"})
    assert str(edited.post.status) == "awaiting_approval"
    approvals.approve(rig.ports, EDITOR, made.post.id, Agreement(publish_now=True))
    assert live(rig, made)


def test_the_same_words_wait_twice_but_go_out_once(rig: Rig) -> None:
    """Nothing of a post that waits is compared; whoever agrees to the second is told of the first."""
    first, second = (
        creating.create(rig.ports, WRITER, order(rig, publish_now=True, check_duplicates=True)) for _ in range(2)
    )
    approvals.approve(rig.ports, EDITOR, first.post.id)
    with pytest.raises(Clash) as caught:
        approvals.approve(rig.ports, EDITOR, second.post.id)
    assert (caught.value.code, caught.value.meta["post_id"]) == ("publishing.duplicate_content", first.post.id)
    assert reading.get(rig.ports, TEST, second.post.id).post.awaiting
    approvals.approve(rig.ports, EDITOR, second.post.id, Agreement(skip_duplicate_check=True))
    assert live(rig, first)
    assert live(rig, second)


def test_a_zone_without_a_time_is_an_error_of_agreeing(rig: Rig) -> None:
    made = creating.create(rig.ports, WRITER, order(rig, scheduled_at=later(rig)))
    with pytest.raises(Invalid, match="timezone"):
        approvals.approve(rig.ports, EDITOR, made.post.id, Agreement(timezone="Europe/Berlin"))


def test_what_waits_can_be_cancelled_and_is_then_nothing_to_agree_to(rig: Rig) -> None:
    made = creating.create(rig.ports, WRITER, order(rig, scheduled_at=later(rig)))
    assert str(cancelling.cancel(rig.ports, WRITER, made.post.id).post.status) == "cancelled"
    with pytest.raises(Clash):
        approvals.approve(rig.ports, EDITOR, made.post.id)
    assert not live(rig, made)


def test_history_is_bounded(rig: Rig) -> None:
    made = creating.create(rig.ports, EDITOR, order(rig))
    for number in range(120):
        editing.update(rig.ports, EDITOR, made.post.id, {"tags": (f"t{number}",)})
    kept = reading.get(rig.ports, TEST, made.post.id).post.history
    assert (len(kept), kept[0].action, kept[-1].detail["fields"]) == (100, "created", ["tags"])


def meanwhile(rig: Rig, act: Any) -> None:
    """``act`` happens just before the next transaction, after everything that was read for it."""

    def hook(call: str, phase: str) -> None:
        if (call, phase) == ("store.transact", "before"):
            rig.faults.hook = None
            act()

    rig.faults.hook = hook


def test_what_is_edited_while_somebody_agrees_is_not_agreed_to(rig: Rig) -> None:
    made = creating.create(rig.ports, WRITER, order(rig, scheduled_at=later(rig)))
    meanwhile(rig, lambda: editing.update(rig.ports, WRITER, made.post.id, {"text": "Sneaky"}))
    with pytest.raises(Clash):
        approvals.approve(rig.ports, EDITOR, made.post.id)
    assert reading.get(rig.ports, TEST, made.post.id).post.awaiting
    assert not live(rig, made)


def test_what_is_agreed_to_while_it_is_edited_waits_again(rig: Rig) -> None:
    made = creating.create(rig.ports, WRITER, order(rig, scheduled_at=later(rig)))
    meanwhile(rig, lambda: approvals.approve(rig.ports, EDITOR, made.post.id))
    edited = editing.update(rig.ports, WRITER, made.post.id, {"text": "Sneaky"})
    assert str(edited.post.status) == "awaiting_approval"
    assert not live(rig, made)


def test_an_approval_of_other_words_does_not_publish_those_that_were_read_before(rig: Rig) -> None:
    """The writer's order to publish was judged with the first text; the second one is what was approved."""
    made = creating.create(rig.ports, WRITER, order(rig, "Sneaky"))

    def agreed() -> None:
        editing.update(rig.ports, EDITOR, made.post.id, {"text": "Good"})
        approvals.submit(rig.ports, WRITER, made.post.id)
        approvals.approve(rig.ports, EDITOR, made.post.id)

    meanwhile(rig, agreed)
    with pytest.raises(Clash):
        actions.publish(rig.ports, WRITER, made.post.id)
    assert not live(rig, made)
