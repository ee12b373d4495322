"""Two posts of one text on one account: each live post belongs to one of them, and none is called published for another."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shared.domain import codec
from shared.domain.posts import Target, target_path
from shared.domain.states import State
from shared.operations import publishing
from shared.operations.posts import creating
from shared.operations.posts.commands import CreatePost, TargetOrder
from shared.platforms.contract import Absent, Accepted, Fate, Published, Wait
from shared.ports.http import AnswerLost
from shared.ports.store import Write
from tests.operations import flows
from tests.support import memory_ports
from tests.support.memory_ports import Rig
from tests.unit.publishing.scripted import Stage, refusal


def run(rig: Rig, seconds: int) -> None:
    """Let the world go on, each task delivered when it is due."""
    for _ in range(seconds):
        for task in rig.queue.take(rig.clock.now()):
            publishing.advance(rig.ports, dict(task.body))
        rig.clock.advance(1)


def read(rig: Rig, target: Target) -> Target:
    doc = rig.store.get(target_path(flows.TEST.space, target.id))
    assert doc is not None
    return codec.decode(Target, doc.data)


def test_the_duplicate_of_a_post_is_not_called_published() -> None:
    """The network takes one of three: one target has its id, the others fail and say why."""
    rig = memory_ports.rig()
    account = flows.redirected(rig)
    command = CreatePost(text="Good morning", targets=(TargetOrder(account.id),), publish_now=True)
    made = [creating.create(rig.ports, flows.TEST, command).targets[0] for _ in range(3)]
    run(rig, 120)
    ended = [read(rig, target) for target in made]
    assert sorted(target.state for target in ended) == [State.FAILED, State.FAILED, State.PUBLISHED]
    failed = [target.error for target in ended if target.state is State.FAILED]
    assert [error and error.code for error in failed] == ["platform.twitter.duplicate"] * 2
    assert not any(error and error.retryable for error in failed)
    assert all(error and "duplicate content" in error.platform_message for error in failed)


@pytest.mark.parametrize("later_first", [False, True])
def test_of_two_in_doubt_the_one_that_was_armed_first_has_the_post(stage: Stage, *, later_first: bool) -> None:
    """Whoever looks first: the later one may not take what may be the earlier one's."""
    stage.network.commits = [AnswerLost("timeout"), refusal(Fate.UNKNOWN, "duplicate")]
    stage.network.finds = [Published("the-only-one")] * 20
    first = stage.post()
    stage.deliver()
    stage.rig.clock.advance(0.5)
    second = stage.post()
    stage.deliver()
    stage.rig.clock.advance(6)
    tasks = sorted(stage.rig.queue.take(stage.rig.clock.now()), key=lambda task: task.at or stage.rig.clock.now())
    for task in reversed(tasks) if later_first else tasks:
        stage.advance(task)
    assert stage.read(first.id).state is State.PUBLISHED
    assert stage.read(first.id).live_ids == ("the-only-one",)
    later = stage.read(second.id)
    assert later.state is State.RECONCILING
    assert later.next_at is not None
    assert later.next_at <= stage.rig.clock.now() + timedelta(seconds=60)


def test_a_post_that_another_was_told_the_id_of_is_the_other_s(stage: Stage) -> None:
    """The first is in doubt; the second, armed later, was accepted under an id and waits until it is live: the first looks
    and sees that very post, which is not its own."""
    stage.network.commits = [AnswerLost("timeout"), Accepted({"id": "the-second's"}, 600)]
    stage.network.finds = [Published("the-second's")] * 20
    stage.network.confirms = [Wait({"id": "the-second's"}, 600)] * 20
    first = stage.post()
    stage.deliver()
    stage.rig.clock.advance(0.5)
    second = stage.post()
    stage.deliver()
    stage.pass_time(60)
    assert stage.read(second.id).state is State.CONFIRMING
    assert stage.read(first.id).state is not State.PUBLISHED
    assert stage.read(first.id).live_ids == ()


def test_two_that_are_processed_at_once_are_not_told_the_same_id(stage: Stage) -> None:
    """The network shows one post and both are asked about: the first has it, the other is not called live for it."""
    stage.network.commits = [Accepted({}, 10), Accepted({}, 10)]
    stage.network.confirms = [Published("the-only-one")] * 50
    first, second = stage.post(), stage.post()
    stage.deliver()
    stage.pass_time(60)
    states = sorted((stage.read(one.id).state for one in (first, second)), key=str)
    assert states == [State.CONFIRMING, State.PUBLISHED]
    stage.pass_time(600)
    assert {stage.read(one.id).state for one in (first, second)} == {State.PUBLISHED, State.NEEDS_REVIEW}


def test_a_refusal_of_the_authors_doing_is_final_once_absence_is_proven(stage: Stage) -> None:
    """A 4xx that is on no list of definite ones may lie; when reading proves that nothing is there, it did not."""
    stage.network.commits = [refusal(Fate.UNKNOWN, "duplicate", caused_by="user")]
    stage.network.finds = [Absent("not there")] * 20
    target = stage.post()
    stage.deliver()
    assert stage.read(target.id).state is State.UNKNOWN
    stage.pass_time(600)
    ended = stage.read(target.id)
    assert ended.state is State.FAILED
    assert ended.error is not None
    assert (ended.error.code.endswith(".duplicate"), stage.network.count("commit")) == (True, 1)


def test_a_target_that_cannot_be_read_leaves_its_neighbours_to_a_person(stage: Stage) -> None:
    """It may own the post that was found: nobody is called published for it, and nobody is in doubt for ever."""
    stage.network.commits = [AnswerLost("timeout")]
    stage.network.finds = [Published("somebodys")] * 50
    target = stage.post()
    stage.deliver()
    path = target_path(target.space, "tgt_POISON")
    poison = {"id": "tgt_POISON", "account_id": target.account_id, "platform": target.platform, "state": "unknown"}
    stage.rig.store.commit([Write("create", path, poison)])
    stage.pass_time(3 * 3600)
    assert stage.read(target.id).state is State.NEEDS_REVIEW
