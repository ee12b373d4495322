"""A backup was restored: what may have gone out since it was made is not sent again, what is due later goes out once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from shared.domain import codec
from shared.domain.posts import post_path, target_path
from shared.domain.states import State, Status
from shared.domain.targets import RESTORED, WrongState, restored
from shared.domain.workspaces import Workspace, workspace_path
from shared.operations import audits
from shared.operations.operating import holding, spaces
from shared.operations.operating.holding import Chosen, Moved
from shared.operations.posts import actions, cancelling, editing
from shared.operations.publishing import failures, restoring
from shared.operations.publishing.restoring import Restored
from shared.platforms.contract import Absent, Accepted, Published, Ready, Wait
from shared.ports.http import AnswerLost
from shared.ports.store import Doc, Write
from tests.operations.flows import TEST
from tests.unit.publishing.scripted import Stage

DUE = 600.0  # seconds from now


class Copy:
    """A backup of the documents of the stage's post."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self.docs: list[Doc] = []

    def then(self, word: Any) -> Callable[[], Any]:
        """A word of the network at which the backup is made."""

        def act() -> Any:
            self.take()
            return word

        return act

    def take(self) -> None:
        """As everything is now."""
        post = self._stage.stored_post()
        paths = [post_path(TEST.space, post.id), *(target_path(TEST.space, one) for one in post.targets)]
        self.docs = [doc for doc in self._stage.rig.store.get_many(paths) if doc]

    def bring_back(self) -> int:
        """As if nothing had happened since; how many targets were put before a person."""
        return self.restore(hold=False).review

    def restore(self, *, hold: bool) -> Restored:
        """The same, and what else became of them."""
        self._stage.rig.store.commit([Write("set", doc.path, doc.data) for doc in self.docs])
        targets = [doc for doc in self.docs if "/targets/" in doc.path]
        return restoring.hold_back(self._stage.rig.ports, targets, hold=hold)


def quiet(_more: int) -> None:
    """Nobody watches."""


@pytest.fixture(autouse=True)
def known(stage: Stage) -> None:
    """Its workspace is one of the installation's."""
    made = Workspace(TEST.workspace, "Ours", stage.rig.clock.now())
    stage.rig.store.commit([Write("create", workspace_path(made.id), codec.encode(made))])


def sent(stage: Stage) -> list[str]:
    return [piece.text for piece in stage.network.committed]


def scheduled(stage: Stage, **more: Any) -> Copy:
    stage.post("one", scheduled_at=(stage.rig.clock.now() + timedelta(seconds=DUE)).isoformat(), **more)
    return Copy(stage)


def test_what_is_due_after_the_restoring_is_published_once_on_time(stage: Stage) -> None:
    copy = scheduled(stage)
    copy.take()
    stage.pass_time(DUE - 10)
    assert copy.bring_back() == 0
    stage.pass_time(9)
    assert sent(stage) == []
    stage.pass_time(1)
    published = stage.ended(State.PUBLISHED)
    assert published.published_at is not None
    assert published.due_at is not None
    assert published.published_at - published.due_at < timedelta(seconds=1)
    stage.pass_time(7_200)
    assert sent(stage) == ["one"]


def test_what_was_due_meanwhile_waits_for_a_person_who_is_told(stage: Stage) -> None:
    copy = scheduled(stage)
    copy.take()
    stage.pass_time(DUE + 10)
    assert copy.bring_back() == 1
    assert restoring.hold_back(stage.rig.ports, copy.docs).review == 0, "safe to run twice"
    stage.pass_time(7_200)
    target = stage.ended(State.NEEDS_REVIEW)
    assert target.error is not None
    assert target.error.code == RESTORED
    assert stage.told("target.needs_review")
    assert sent(stage) == ["one"]
    actions.resolve(stage.rig.ports, TEST, stage.post_id, actions.Verdict("retry"))
    stage.deliver()
    assert (stage.target().state, stage.target().live_ids) == (State.PUBLISHED, ("live-2",))
    assert sent(stage) == ["one", "one"], "a person said that it is not live"


def _while_it_is_sent(stage: Stage, copy: Copy) -> None:
    stage.network.commits = [copy.then(Published("live-1", "https://x"))]


def _while_it_is_in_doubt(stage: Stage, copy: Copy) -> None:
    """The first attempt was lost and is proven absent afterwards; the second one is sent after the backup."""
    stage.network.commits = [AnswerLost("x"), Published("live-2", "https://x")]
    stage.network.finds = [copy.then(Absent("not there")), *[Absent("not there")] * 20]


def _while_the_network_works(stage: Stage, copy: Copy) -> None:
    stage.network.commits = [Accepted({}, 10)]
    stage.network.confirms = [copy.then(Wait({}, 10))]


def _while_it_is_prepared(stage: Stage, copy: Copy) -> None:
    stage.network.prepares = [copy.then(Wait({}, 5))]


def _between_two_pieces(stage: Stage, copy: Copy) -> None:
    stage.network.prepares = [Ready({}), copy.then(Wait({}, 5))]


MOMENTS = [
    _while_it_is_sent,
    _while_it_is_in_doubt,
    _while_the_network_works,
    _while_it_is_prepared,
    _between_two_pieces,
]


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_backup_of_any_moment_sends_nothing_twice(stage: Stage, moment: Callable[[Stage, Copy], None]) -> None:
    copy = Copy(stage)
    moment(stage, copy)
    stage.post("one", thread=("two",))
    stage.pass_time(2_500)
    stage.ended(State.PUBLISHED)
    before = sent(stage)
    assert copy.docs, "the moment did not come"
    assert copy.bring_back() == 1
    stage.network.finds = [Absent("not there")] * 20
    stage.pass_time(7_200)
    assert sent(stage) == before
    stage.ended(State.NEEDS_REVIEW)
    actions.resolve(stage.rig.ports, TEST, stage.post_id, actions.Verdict("published", platform_post_id="seen"))
    stage.pass_time(7_200)
    target = stage.target()
    assert target.state is State.PUBLISHED
    assert sent(stage) == before, "that it is live is said of all of it"
    assert [piece.text for piece in target.pieces] == ["one", "two"]


def test_what_is_over_or_a_draft_stays_as_it_is(stage: Stage) -> None:
    stage.post()
    stage.deliver()
    copy = Copy(stage)
    copy.take()
    assert copy.bring_back() == 0
    with pytest.raises(WrongState):
        restored(stage.target(), failures.brought_back(), stage.rig.clock.now())


def test_what_cannot_be_read_is_left_alone(stage: Stage) -> None:
    odd = Doc("workspaces/ws_1.test/targets/odd", {"state": "scheduled", "pieces": 7}, "1")
    assert restoring.hold_back(stage.rig.ports, [odd]) == Restored()


def test_what_was_sent_early_by_hand_does_not_go_out_again_where_everything_is_held(stage: Stage) -> None:
    """The copy knows it as due later: published then without ``hold``, never with it."""
    copy = scheduled(stage)
    copy.take()
    actions.publish(stage.rig.ports, TEST, stage.post_id)
    stage.deliver()
    assert sent(stage) == ["one"]
    assert copy.restore(hold=True) == Restored(held=1)
    assert copy.restore(hold=True) == Restored(held=1), "safe to run twice"
    stage.pass_time(DUE + 7_200)
    assert stage.target().held
    assert stage.stored_post().status is Status.SCHEDULED
    assert sent(stage) == ["one"]


def test_what_is_released_goes_out_at_its_time_and_once(stage: Stage) -> None:
    ports = stage.rig.ports
    copy = scheduled(stage)
    copy.take()
    copy.restore(hold=True)
    stage.pass_time(DUE - 60)
    assert holding.release(ports, Chosen(ids=("post_none",)), quiet) == Moved(0, ("post_none",))
    assert holding.release(ports, Chosen(ids=(stage.post_id,)), quiet) == Moved(1, ())
    assert holding.release(ports, Chosen(), quiet).count == 0, "safe to run twice"
    stage.pass_time(59)
    assert sent(stage) == []
    stage.pass_time(7_200)
    assert sent(stage) == ["one"]
    noted = audits.list_(ports, TEST, audits.Wanted(act="publishing.released")).entries
    assert [(one.actor, one.details["count"]) for one in noted] == [(spaces.OPERATOR, "1")]


def test_what_is_released_too_late_is_missed_and_says_so(stage: Stage) -> None:
    scheduled(stage)
    assert holding.hold(stage.rig.ports, Chosen(platform=stage.target().platform), quiet).count == 1
    stage.pass_time(DUE + 7_200)
    assert sent(stage) == []
    holding.release(stage.rig.ports, Chosen(TEST.workspace), quiet)
    stage.pass_time(60)
    stage.ended(State.MISSED)
    assert stage.told("target.missed")


def test_another_time_is_a_release_and_other_words_are_not(stage: Stage) -> None:
    ports = stage.rig.ports
    scheduled(stage)
    holding.hold(ports, Chosen(), quiet)
    editing.update(ports, TEST, stage.post_id, {"text": "two"})
    stage.pass_time(DUE + 60)
    assert stage.target().held
    at = (stage.rig.clock.now() + timedelta(seconds=60)).isoformat()
    editing.update(ports, TEST, stage.post_id, {"scheduled_at": at})
    stage.pass_time(120)
    assert sent(stage) == ["two"]


def test_what_is_held_can_be_cancelled(stage: Stage) -> None:
    scheduled(stage)
    holding.hold(stage.rig.ports, Chosen(), quiet)
    cancelling.cancel(stage.rig.ports, TEST, stage.post_id)
    stage.deliver()
    stage.ended(State.CANCELLED)
    assert holding.release(stage.rig.ports, Chosen(), quiet).count == 0
