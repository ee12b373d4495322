"""The arm: one sender, one send window, settling that only the arm's owner or its heir may write."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from shared.domain.errors import Clash
from shared.domain.states import State
from shared.operations import publishing, sessions
from shared.operations.posts import actions, deleting
from shared.operations.posts import editing as edits
from shared.operations.publishing import records
from shared.platforms.contract import Absent, Accepted, Fate, Published, Ready, Unsure, Wait
from shared.ports.http import AnswerLost
from shared.ports.store import Unavailable
from tests.operations.flows import TEST
from tests.support.faults import Crash
from tests.unit.publishing.scripted import Stage, refusal


def test_a_slow_arm_is_given_back_unsent(stage: Stage) -> None:
    """More than the send window between deciding and being armed: nothing is sent; the next step arms anew."""
    stage.post()
    armed = _during_the_arm(stage, lambda: stage.rig.clock.advance(6))
    task = stage.rig.queue.take(stage.rig.clock.now())[0]
    step = stage.advance(task)
    assert armed
    assert (step.state, stage.network.count("commit")) == (State.SCHEDULED, 0)
    assert stage.target().arm is None
    assert stage.target().attempt == 1
    stage.deliver()
    assert stage.ended(State.PUBLISHED).attempt == 2


def test_an_arm_whose_commit_has_no_answer_is_not_used(stage: Stage) -> None:
    """The arm may be written, but nobody may send under it: it is settled by reading."""
    stage.post()
    _during_the_arm(stage, lambda: _raise(Unavailable("no answer")))
    task = stage.rig.queue.take(stage.rig.clock.now())[0]
    with pytest.raises(Unavailable):
        stage.advance(task)
    assert stage.target().state is State.ARMED
    stage.network.finds = [Absent("not listed")] * 20
    stage.pass_time(120)
    stage.ended(State.PUBLISHED)
    assert stage.network.count("commit") == 1


def test_a_sender_that_dies_is_settled_by_reading(stage: Stage) -> None:
    """Killed at the moment of sending: nobody else sends; after the sender's time the outcome is read."""
    stage.network.commits = [Crash]
    stage.post()
    task = stage.rig.queue.take(stage.rig.clock.now())[0]
    with pytest.raises(Crash):
        stage.advance(task)
    assert stage.advance(task).did == "ignored"
    over = stage.arm().over_at
    assert over - stage.rig.clock.now() == timedelta(seconds=15)
    stage.network.finds = [Published("found-1")]
    stage.pass_time(120)
    target = stage.ended(State.PUBLISHED)
    assert target.first is not None
    assert target.first.id == "found-1"
    assert stage.network.count("commit") == 1


VERDICTS: list[tuple[Any, State]] = [
    (Published("mine"), State.PUBLISHED),
    (refusal(Fate.REJECTED), State.FAILED),
    (Accepted({"ticket": "t"}, 30), State.CONFIRMING),
    (refusal(Fate.LIMITED), State.SCHEDULED),
    (AnswerLost("late"), State.RECONCILING),
]


@pytest.mark.parametrize(("word", "state"), VERDICTS, ids=[str(state) for _, state in VERDICTS])
def test_a_late_verdict_after_the_sweeper_took_over(stage: Stage, word: Any, state: State) -> None:
    """The zombie's own arm is still in doubt: what it heard is better knowledge than our reading."""

    def zombie() -> Any:
        _sweeper_takes_over(stage, until=State.RECONCILING)
        return word

    stage.network.commits = [zombie]
    stage.post()
    stage.advance(stage.rig.queue.take(stage.rig.clock.now())[0])
    assert stage.target().state is state
    assert stage.network.count("commit") == 1


def test_a_zombie_of_an_older_arm_changes_nothing(stage: Stage) -> None:
    """Its absence was proven and another arm was given: the older sender's verdict is nobody's any more."""

    def zombie() -> Any:
        stage.network.finds = [Absent("not listed")] * 20
        stage.network.commits = [Published("second")]
        stage.pass_time(120)
        assert stage.target().state is State.PUBLISHED
        return refusal(Fate.REJECTED)

    stage.network.commits = [zombie]
    stage.post()
    stage.advance(stage.rig.queue.take(stage.rig.clock.now())[0])
    target = stage.ended(State.PUBLISHED)
    assert target.first is not None
    assert target.first.id == "second"


def test_a_zombie_is_fenced_while_another_arm_is_out(stage: Stage) -> None:
    """Both arms are ``armed``: the nonce tells them apart."""
    seen: list[State] = []

    def second() -> Any:
        arm, first = stage.arm(), old[0]
        assert arm.nonce != first.nonce
        written = records.settle(stage.rig.ports, stage.target(), first, frozenset({State.ARMED}), _never)
        assert written is None
        seen.append(stage.target().state)
        return Published("second")

    old: list[Any] = []
    stage.network.commits = [AnswerLost("timeout"), second]
    stage.network.finds = [Absent("not listed")] * 20
    stage.post()
    stage.deliver()
    old.append(stage.arm())
    stage.pass_time(60)
    assert seen == [State.ARMED]


def test_two_invocations_at_once_arm_once(stage: Stage) -> None:
    """The same task twice, interleaved at the arm: the compare-and-set lets one of them through."""
    stage.post()
    task = stage.rig.queue.take(stage.rig.clock.now())[0]
    inner: list[Any] = []

    def interleaved() -> Ready:
        inner.append(stage.advance(task))
        return Ready({})

    stage.network.prepares = [interleaved]
    outer = stage.advance(task)
    assert inner[0].state is State.PUBLISHED
    assert outer.state is None
    assert stage.network.count("commit") == 1
    stage.ended(State.PUBLISHED)


def test_what_the_network_said_outlives_a_store_that_fails_once(stage: Stage) -> None:
    """The settling write is tried again: nobody else knows what it says."""
    failed: list[str] = []

    def hook(call: str, phase: str) -> None:
        if call == "store.transact" and phase == "before" and stage.network.count("commit") and len(failed) < 2:
            failed.append(call)
            raise Unavailable("down")

    stage.rig.faults.hook = hook
    stage.post()
    stage.deliver()
    assert len(failed) == 2
    stage.ended(State.PUBLISHED)


@pytest.mark.parametrize("fate", [Fate.LIMITED, Fate.UNAUTHORISED])
def test_a_definite_refusal_outlives_a_store_that_fails_beside_it(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, fate: Fate
) -> None:
    """Noting the limit, or the new token, fails: that nothing was published is known nevertheless, and kept."""
    down = lambda *_: _raise(Unavailable("down"))  # noqa: E731 - as long as its one word
    monkeypatch.setattr(sessions, "block", down)
    monkeypatch.setattr(sessions, "refresh", down)
    stage.network.commits = [refusal(fate)]
    stage.post()
    stage.deliver()
    target = stage.target()
    assert (target.state, target.refusals, target.arm) == (State.SCHEDULED, 1, None)
    stage.pass_time(30)
    stage.ended(State.PUBLISHED)


# ----------------------------------------------------------------------------------- callers' wishes in between


def test_cancelled_between_two_steps_of_one_invocation(stage: Stage) -> None:
    """A cancel that comes while an upload runs is final: the invocation that prepared does not go on."""

    def cancelled() -> Wait:
        deleting.delete(stage.rig.ports, TEST, stage.post_id)
        return Wait({"upload": 1}, 0)

    stage.network.prepares = [cancelled]
    target = stage.post()
    stage.deliver()
    assert stage.network.count("commit") == 0
    assert stage.read(target.id).state is State.CANCELLED
    assert len(stage.told("target.cancelled")) == 1


def test_rescheduled_between_saving_a_step_and_the_next(stage: Stage) -> None:
    """Moved to tomorrow right after a step was saved: the invocation must not send it today."""
    target = stage.post(scheduled_at=_in(stage, 60))
    tomorrow = _in(stage, 86_400)
    done: list[str] = []

    def hook(call: str, phase: str) -> None:
        if call == "store.transact" and phase == "after" and stage.network.count("prepare") == 1 and not done:
            done.append(call)
            edits.update(stage.rig.ports, TEST, stage.post_id, {"scheduled_at": tomorrow})

    stage.network.prepares = [Wait({"upload": 1}, 0)]
    stage.rig.faults.hook = hook
    stage.pass_time(300)
    assert done
    assert stage.network.count("commit") == 0
    now = stage.read(target.id)
    assert now.due_at is not None
    assert now.due_at > stage.rig.clock.now() + timedelta(hours=20)
    assert now.state is State.SCHEDULED


def test_cancelled_while_armed_is_refused(stage: Stage) -> None:
    """What may be on its way cannot be cancelled any more; the caller hears so, and the post goes out."""
    refused: list[str] = []

    def armed() -> Published:
        try:
            deleting.delete(stage.rig.ports, TEST, stage.post_id)
        except Exception as error:  # noqa: BLE001 - its kind is asserted below
            refused.append(type(error).__name__)
        return Published("live-1", "https://network.test/1")

    stage.network.commits = [armed]
    stage.post()
    stage.deliver()
    assert refused == ["Clash"]
    stage.ended(State.PUBLISHED)


def test_a_task_of_an_older_plan_is_ignored(stage: Stage) -> None:
    """Rescheduled: the task of the first time comes, and does nothing; the second one publishes."""
    stage.post(scheduled_at=_in(stage, 600))
    old = next(iter(stage.rig.queue.waiting.values()))
    edits.update(stage.rig.ports, TEST, stage.post_id, {"scheduled_at": _in(stage, 1200)})
    stage.rig.clock.advance(601)
    assert stage.advance(old).did == "ignored"
    assert stage.network.count("commit") == 0
    stage.pass_time(610)
    stage.ended(State.PUBLISHED)


def test_a_cancelled_target_tells_so_at_once(stage: Stage) -> None:
    """Its event does not wait for the time at which it would have been published."""
    stage.post(scheduled_at=_in(stage, 40 * 86_400))
    deleting.delete(stage.rig.ports, TEST, stage.post_id)
    stage.deliver()
    assert len(stage.told("target.cancelled")) == 1


def test_an_account_taken_out_of_a_post_stays_out(stage: Stage) -> None:
    """The engine's word on a cancelled target does not bring it back into the post's document."""
    target = stage.post(scheduled_at=_in(stage, 600))
    edits.update(stage.rig.ports, TEST, stage.post_id, {"targets": (), "scheduled_at": None})
    assert stage.stored_post().targets == {}
    stage.pass_time(120)
    assert stage.read(target.id).state is State.CANCELLED
    assert stage.stored_post().targets == {}
    assert stage.told("target.cancelled")


def test_resolved_by_a_person(stage: Stage) -> None:
    """needs_review: «send it again» sends once more, «it is live» ends it."""
    stage.network.commits = [AnswerLost("x"), AnswerLost("y")]
    stage.post()
    stage.pass_time(2_500)
    stage.ended(State.NEEDS_REVIEW)
    actions.resolve(stage.rig.ports, TEST, stage.post_id, actions.Verdict("retry"))
    stage.pass_time(2_500)
    assert stage.network.count("commit") == 2
    assert stage.target().state is State.NEEDS_REVIEW
    assert len(stage.told("target.needs_review")) == 2
    actions.resolve(stage.rig.ports, TEST, stage.post_id, actions.Verdict("published", platform_post_id="seen-1"))
    stage.deliver()
    target = stage.ended(State.PUBLISHED)
    assert target.first is not None
    assert target.first.id == "seen-1"


def test_a_new_time_does_not_resolve_a_doubt(stage: Stage) -> None:
    """needs_review may be live: giving the post another time must not send it a second time."""
    stage.network.commits = [AnswerLost("x")]
    stage.post()
    stage.pass_time(2_500)
    stage.ended(State.NEEDS_REVIEW)
    with pytest.raises(Clash):
        edits.update(stage.rig.ports, TEST, stage.post_id, {"scheduled_at": _in(stage, 600)})
    stage.pass_time(1_200)
    assert stage.network.count("commit") == 1


def _during_the_arm(stage: Stage, act: Callable[[], Any]) -> list[str]:
    """Do this between the arm's commit and its answer."""
    done: list[str] = []

    def hook(call: str, phase: str) -> None:
        if call == "store.commit" and phase == "after" and not done and stage.target().state is State.ARMED:
            done.append(call)
            act()

    stage.rig.faults.hook = hook
    return done


def _sweeper_takes_over(stage: Stage, until: State) -> None:
    stage.network.finds = [Unsure("not yet.")] * 3
    stage.rig.clock.advance(30)
    publishing.sweep(stage.rig.ports)
    stage.deliver()
    assert stage.target().state is until


def _in(stage: Stage, seconds: float) -> str:
    return (stage.rig.clock.now() + timedelta(seconds=seconds)).isoformat()


def _never(_now: Any) -> Any:
    raise AssertionError("the fence let an older arm through")


def _raise(error: Exception) -> Any:
    raise error
