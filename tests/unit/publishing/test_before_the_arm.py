"""Before anything is visible: waiting, refusals, accounts that cannot be used, and coming too late."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from shared.domain.errors import Broken, Missing
from shared.domain.states import State, Status
from shared.operations import publishing
from shared.operations.posts import actions
from shared.operations.posts import editing as edits
from shared.platforms.contract import Fate, Ready, Wait
from shared.ports.http import AnswerLost, NotSent
from shared.ports.vault import VaultUnavailable
from tests.operations.flows import TEST
from tests.unit.publishing.scripted import Stage, refusal


def test_each_prepare_step_is_saved(stage: Stage) -> None:
    """Handles are stored as they come; the next step starts from them, in this invocation or a later one."""
    stage.network.prepares = [Wait({"a": 1}, 0), Wait({"b": 2}, 30), Ready({"c": 3})]
    stage.post()
    stage.deliver()
    target = stage.target()
    assert (target.state, target.status, target.piece.handles) == (State.PREPARING, Status.PUBLISHING, {"b": 2})
    assert target.next_at == stage.rig.clock.now() + timedelta(seconds=30)
    stage.pass_time(30)
    assert stage.ended(State.PUBLISHED).piece.handles == {"c": 3}


def test_media_that_are_never_processed_time_out(stage: Stage) -> None:
    """The manifest's ``prepare_within`` ends it: failed, retryable, nothing was sent."""
    stage.network.prepares = [Wait({}, 30)] * 100
    stage.post()
    stage.pass_time(400)
    error = stage.ended(State.FAILED).error
    assert error is not None
    assert (error.code, error.retryable) == ("publishing.delivery.timeout", True)
    assert stage.network.count("commit") == 0


def test_endless_progress_gives_way_to_others(stage: Stage) -> None:
    """Steps without waiting are taken at most forty at a time; then the queue brings the target back."""
    stage.network.prepares = [Wait({}, 0)] * 60
    stage.post()
    stage.advance(stage.rig.queue.take(stage.rig.clock.now())[0])
    assert stage.network.count("prepare") == 40
    stage.deliver()
    stage.ended(State.PUBLISHED)


def test_a_rejection_before_the_arm_fails(stage: Stage) -> None:
    """Nothing is visible yet, and the network says no for good."""
    stage.network.prepares = [refusal(Fate.REJECTED, "bad_file")]
    stage.post()
    stage.deliver()
    error = stage.ended(State.FAILED).error
    assert error is not None
    assert error.code == "platform.bluesky.bad_file"


PASSING: list[Any] = [
    AnswerLost("timeout"),
    NotSent("no route"),
    refusal(Fate.TRANSIENT),
    refusal(Fate.UNKNOWN),
    refusal(Fate.LIMITED),
    refusal(Fate.UNAUTHORISED),
    Broken("system.blobs_unavailable", "try again"),
    KeyError("a bug"),
]


@pytest.mark.parametrize("word", PASSING, ids=lambda word: f"{type(word).__name__} {getattr(word, 'fate', '')}")
def test_everything_else_before_the_arm_passes(stage: Stage, word: Any) -> None:
    """Uploads are repeatable: whatever happens to them is tried again, and no handler fails for it."""
    stage.network.prepares = [word]
    stage.post()
    stage.deliver()
    stage.pass_time(30)
    stage.ended(State.PUBLISHED)


def test_a_file_that_is_gone_fails_at_once(stage: Stage) -> None:
    """One of our own errors that no waiting mends: failed with its own code."""
    stage.network.prepares = [Missing("media.not_found", "No such file.")]
    stage.post()
    stage.deliver()
    error = stage.ended(State.FAILED).error
    assert error is not None
    assert error.code == "media.not_found"


@pytest.mark.parametrize(
    ("status", "code"),
    [("reconnect_required", "account.reconnection_required"), ("disconnected", "account.not_found")],
)
def test_an_account_that_cannot_be_used(stage: Stage, status: str, code: str) -> None:
    """Dead or gone: the target fails saying whose turn it is; nothing is asked of the network."""
    stage.post()
    stage.change_account(status=status)
    stage.deliver()
    target = stage.ended(State.FAILED)
    assert target.error is not None
    assert (target.error.code, target.error.caused_by) == (code, "user")
    assert stage.network.calls == []


def test_a_blocked_account_waits(stage: Stage) -> None:
    """The network asked us to stay away: no question before then."""
    until = stage.rig.clock.now() + timedelta(seconds=90)
    stage.change_account(blocked_until=until)
    stage.post()
    stage.deliver()
    target = stage.target()
    assert (target.state, target.status, target.next_at) == (State.SCHEDULED, Status.PUBLISHING, until)
    assert stage.network.calls == []
    stage.pass_time(90)
    stage.ended(State.PUBLISHED)


def test_a_vault_that_is_down_is_waited_for(stage: Stage) -> None:
    """Our own trouble is no failure of the post, and its error says what it is."""

    def hook(call: str, phase: str) -> None:
        if call == "vault.open" and phase == "before":
            raise VaultUnavailable("down")

    stage.rig.faults.hook = hook
    stage.post()
    stage.deliver()
    target = stage.target()
    assert target.state is State.SCHEDULED
    assert target.error is not None
    assert target.error.code == "system.vault_unavailable"
    stage.rig.faults.hook = None
    stage.pass_time(20)
    stage.ended(State.PUBLISHED)


def test_found_too_late_is_missed(stage: Stage) -> None:
    """Nobody came for an hour: it is not sent, and says so; a person may send it now."""
    stage.post(scheduled_at=(stage.rig.clock.now() + timedelta(seconds=60)).isoformat(), max_lateness=10)
    stage.rig.clock.advance(60 + 601)
    stage.deliver()
    error = stage.ended(State.MISSED).error
    assert error is not None
    assert error.code == "publishing.missed"
    assert stage.network.calls == []
    actions.retry(stage.rig.ports, TEST, stage.post_id)
    stage.deliver()
    stage.ended(State.PUBLISHED)


def test_late_within_the_limit_is_sent(stage: Stage) -> None:
    """Ten minutes late of ten allowed."""
    stage.post(scheduled_at=(stage.rig.clock.now() + timedelta(seconds=60)).isoformat(), max_lateness=10)
    stage.rig.clock.advance(60 + 600)
    stage.deliver()
    stage.ended(State.PUBLISHED)


def test_late_because_the_network_was_down_is_failed(stage: Stage) -> None:
    """It was tried in time: then it is no ``missed``, and the error is what kept it."""
    stage.network.commits = [NotSent("no route")] * 99
    stage.post(max_lateness=5)
    stage.pass_time(900)
    error = stage.ended(State.FAILED).error
    assert error is not None
    assert error.code == "platform.bluesky.unreachable"


def test_a_failed_post_that_gets_a_new_time_is_scheduled(stage: Stage) -> None:
    """What callers see of a target with an earlier attempt that waits for its new time is ``scheduled``."""
    stage.network.commits = [refusal(Fate.REJECTED)]
    stage.post()
    stage.deliver()
    stage.ended(State.FAILED)
    later = (stage.rig.clock.now() + timedelta(hours=5)).isoformat()
    edits.update(stage.rig.ports, TEST, stage.post_id, {"scheduled_at": later})
    assert stage.target().status is Status.SCHEDULED
    assert stage.stored_post().status is Status.SCHEDULED
    stage.pass_time(5 * 3600 + 10)
    stage.ended(State.PUBLISHED)


def test_strange_tasks_do_nothing(stage: Stage) -> None:
    """A target that does not exist, a draft, a task that comes early."""
    body = {"space": TEST.space, "target_id": "tgt_none", "generation": 0}
    assert publishing.advance(stage.rig.ports, body).did == "gone"
    draft = stage.post(publish_now=False)
    body["target_id"] = draft.id
    assert publishing.advance(stage.rig.ports, body).did == "ignored"
    early = stage.post(scheduled_at=(stage.rig.clock.now() + timedelta(seconds=60)).isoformat())
    body |= {"target_id": early.id, "generation": early.generation}
    assert publishing.advance(stage.rig.ports, body).did == "ignored"
    assert stage.network.calls == []


def _slow_step(stage: Stage, outcome: Ready | Wait, meanwhile: Callable[[], object] = lambda: None) -> Any:
    """A prepare step of two and a half minutes (a large upload), with the sweeper's rounds in it."""

    def step() -> Ready | Wait:
        for second in range(150):
            stage.rig.clock.advance(1)
            if second % 60 == 30:
                publishing.sweep(stage.rig.ports)
        meanwhile()
        return outcome

    return step


@pytest.mark.parametrize("outcome", [Wait({"uploaded": 1}, 0), Ready({"uploaded": 1})])
def test_the_sweeper_does_not_throw_a_long_step_away(stage: Stage, outcome: Ready | Wait) -> None:
    """What was uploaded while the sweeper looked in is saved, and sent, by the invocation that did it."""
    stage.network.prepares = [_slow_step(stage, outcome)]
    stage.post()
    (first,) = stage.rig.queue.take(stage.rig.clock.now())
    stage.advance(first)
    assert stage.ended(State.PUBLISHED).piece.handles == {"uploaded": 1}
    stage.deliver()
    assert stage.network.count("commit") == 1


@pytest.mark.parametrize("outcome", [Wait({"uploaded": 1}, 0), Ready({"uploaded": 1})])
def test_an_edit_during_a_long_step_is_not_overwritten(stage: Stage, outcome: Ready | Wait) -> None:
    """The step's work belongs to the text before: only the new one is sent."""

    def edit() -> None:
        edits.update(stage.rig.ports, TEST, stage.post_id, {"text": "Better"})

    stage.network.prepares = [_slow_step(stage, outcome, edit)]
    stage.post(scheduled_at=(stage.rig.clock.now() + timedelta(seconds=60)).isoformat())
    stage.rig.clock.advance(60)
    (first,) = stage.rig.queue.take(stage.rig.clock.now())
    stage.advance(first)
    assert stage.network.committed == []
    stage.deliver()
    stage.ended(State.PUBLISHED)
    assert [piece.text for piece in stage.network.committed] == ["Better"]
