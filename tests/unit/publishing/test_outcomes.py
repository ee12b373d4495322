"""Each outcome of the one visible request: the state, the error and the next step that follow from it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from shared.domain.errors import Invalid
from shared.domain.posts import MAX_DOUBTS
from shared.domain.states import State, Status
from shared.platforms.contract import Absent, Accepted, Fate, Published, Unsure, Wait
from shared.ports.http import AnswerLost, Blocked, BodyTooLarge, NotSent
from tests.unit.publishing.scripted import SETTLE, Stage, refusal


def test_a_clear_success_is_published(stage: Stage) -> None:
    """Published: live with id and permalink, sent once, told once, nothing left to do."""
    stage.post()
    stage.deliver()
    target = stage.ended(State.PUBLISHED)
    assert target.first is not None
    assert (target.first.id, target.first.permalink) == ("live-1", "https://network.test/live-1")
    assert (target.attempt, target.error, target.next_at, target.wake_at) == (1, None, None, None)
    assert stage.network.count("commit") == 1
    assert len(stage.told("post.published")) == 1
    assert stage.stored_post().published_at == target.published_at


def test_accepted_is_confirmed_later(stage: Stage) -> None:
    """Accepted: confirming, read until the network is done, never sent again."""
    stage.network.commits = [Accepted({"ticket": "t1"}, 20)]
    stage.network.confirms = [Wait({"ticket": "t2"}, 30), Published("live-9")]
    stage.post()
    stage.deliver()
    target = stage.target()
    assert (target.state, target.status, target.piece.handles) == (
        State.CONFIRMING,
        Status.PUBLISHING,
        {"ticket": "t1"},
    )
    assert target.next_at == stage.rig.clock.now() + timedelta(seconds=20)
    stage.pass_time(20)
    assert stage.target().piece.handles == {"ticket": "t2"}
    stage.pass_time(30)
    ended = stage.ended(State.PUBLISHED)
    assert ended.first is not None
    assert (ended.first.id, ended.first.permalink) == ("live-9", "https://network.test/described")
    assert stage.network.count("commit") == 1


def test_accepted_and_then_refused(stage: Stage) -> None:
    """The network's verdict, inside a success, is the end; a read that is refused says nothing of the post."""
    stage.network.commits = [Accepted({}, 10)]
    unread = [refusal(Fate.TRANSIENT), refusal(Fate.UNKNOWN), refusal(Fate.REJECTED, "no_permission", status=403)]
    stage.network.confirms = [*unread, refusal(Fate.REJECTED, "bad_video", status=200)]
    stage.post()
    stage.pass_time(80)
    error = stage.ended(State.FAILED).error
    assert error is not None
    assert error.code == "platform.bluesky.bad_video"


@pytest.mark.parametrize("word", [AnswerLost("reset"), KeyError("id"), refusal(Fate.TRANSIENT)])
def test_accepted_and_never_confirmed(stage: Stage, word: BaseException) -> None:
    """What the network never finishes, or what its adapter can never read, is a person's to look at."""
    stage.network.commits = [Accepted({}, 10)]
    stage.network.confirms = [word] * 50
    stage.post()
    stage.pass_time(180)
    error = stage.ended(State.NEEDS_REVIEW).error
    assert error is not None
    assert error.code == "publishing.outcome_unknown"
    assert stage.network.count("commit") == 1


def test_a_definite_rejection_fails(stage: Stage) -> None:
    """Refused as REJECTED: failed, with our code and the network's own words; never sent again."""
    stage.network.commits = [refusal(Fate.REJECTED, "duplicate")]
    stage.post()
    stage.deliver()
    error = stage.ended(State.FAILED).error
    assert error is not None
    assert (error.code, error.platform_code, error.platform_message) == ("platform.bluesky.duplicate", "E1", "no")
    assert not error.retryable
    stage.pass_time(600)
    assert stage.network.count("commit") == 1


def test_a_limit_waits_for_its_end_with_the_whole_account(stage: Stage) -> None:
    """Refused as LIMITED: scheduled again for the network's own time; other targets of the account wait, too."""
    until = stage.rig.clock.now() + timedelta(seconds=300)
    stage.network.commits = [refusal(Fate.LIMITED, "slow_down", retry_at=until)]
    stage.post("first")
    stage.deliver()
    first = stage.target()
    assert (first.state, first.next_at, first.refusals, first.arm) == (State.SCHEDULED, until, 1, None)
    assert first.error is not None
    assert first.error.retryable
    stage.post("second")
    stage.deliver()
    assert stage.target().next_at == until
    assert stage.network.count("commit") == 1
    stage.pass_time(301)
    assert [piece.text for piece in stage.network.committed] == ["first", "first", "second"]
    stage.ended(State.PUBLISHED)


@pytest.mark.parametrize("ago", [None, 0, 3600])
def test_a_limit_without_a_time_to_come_backs_off(stage: Stage, ago: int | None) -> None:
    """No time, or one that is past by our clock: our own back-off, never a hot loop."""
    now = stage.rig.clock.now()
    stage.network.commits = [refusal(Fate.LIMITED, retry_at=now - timedelta(seconds=ago) if ago is not None else None)]
    stage.post()
    stage.deliver()
    target = stage.target()
    assert target.next_at is not None
    assert timedelta(seconds=5) <= target.next_at - now <= timedelta(seconds=7)


def test_an_expired_token_is_refreshed_once(stage: Stage) -> None:
    """Refused as UNAUTHORISED: new tokens, then the same piece again; the caller sees no failure."""
    before = stage.account.token_version
    stage.network.commits = [refusal(Fate.UNAUTHORISED, "token_expired")]
    stage.post()
    stage.deliver()
    stage.ended(State.PUBLISHED)
    doc = stage.rig.store.get(f"workspaces/{stage.account.space}/accounts/{stage.account.id}")
    assert doc is not None
    assert doc.data["token_version"] == before + 1
    assert stage.network.count("commit") == 2


def test_a_token_that_is_refused_again_fails(stage: Stage) -> None:
    """The refreshed token is refused as well: there is no third try."""
    stage.network.commits = [refusal(Fate.UNAUTHORISED, "token_expired")] * 3
    stage.post()
    stage.deliver()
    error = stage.ended(State.FAILED).error
    assert error is not None
    assert error.code == "platform.bluesky.token_expired"
    assert stage.network.count("commit") == 2


@pytest.mark.parametrize("word", [NotSent("no route"), Blocked("private")])
def test_not_sent_is_tried_again(stage: Stage, word: NotSent) -> None:
    """Certainly nothing left this machine: back to scheduled, with the reason, ever less often."""
    stage.network.commits = [word, word]
    stage.post()
    stage.deliver()
    target = stage.target()
    assert (target.state, target.status, target.refusals, target.arm) == (State.SCHEDULED, Status.PUBLISHING, 1, None)
    assert target.error is not None
    assert target.error.code == "platform.bluesky.unreachable"
    stage.pass_time(10)
    second = stage.target()
    assert second.refusals == 2
    assert second.next_at is not None
    assert second.next_at - stage.rig.clock.now() >= timedelta(seconds=9)
    stage.pass_time(20)
    stage.ended(State.PUBLISHED)


UNKNOWN: list[Any] = [
    AnswerLost("timeout"),
    BodyTooLarge("huge"),
    refusal(Fate.TRANSIENT, "server_error"),
    refusal(Fate.UNKNOWN, "who_knows"),
    KeyError("uri"),
    RecursionError("deep"),
    Invalid("x.y", "an adapter that judges too late"),
    None,
]


@pytest.mark.parametrize("word", UNKNOWN, ids=lambda word: type(word).__name__)
def test_everything_else_is_in_doubt_never_failed(stage: Stage, word: Any) -> None:
    """Lost answers, 5xx, unlisted refusals, a broken adapter: unknown, looked at soon, found, and sent only once."""
    stage.network.commits = [word]
    stage.network.finds = [Unsure("not listed yet."), Published("found-1")]
    stage.post()
    stage.deliver()
    target = stage.target()
    assert (target.state, target.status) == (State.UNKNOWN, Status.PUBLISHING)
    assert target.error is not None
    assert target.next_at == stage.rig.clock.now() + timedelta(seconds=5)
    stage.pass_time(30)
    ended = stage.ended(State.PUBLISHED)
    assert ended.first is not None
    assert ended.first.id == "found-1"
    assert ended.error is None
    assert stage.network.count("commit") == 1


def test_absence_before_the_settling_time_never_sends_again(stage: Stage) -> None:
    """Until settles_at an effect may still come: absence proves nothing, however often it is seen."""
    stage.network.commits = [AnswerLost("timeout")]
    stage.network.finds = [Absent("not listed")] * 50
    stage.post()
    stage.deliver()
    settles = stage.arm().settles_at
    while stage.rig.clock.now() + timedelta(seconds=1) < settles:
        stage.pass_time(1)
        assert stage.network.count("commit") == 1
    assert stage.network.count("find") >= 2
    stage.pass_time(2)
    assert stage.network.count("commit") == 2
    assert stage.ended(State.PUBLISHED).attempt == 2


def test_a_look_that_began_before_the_settling_time_proves_nothing(stage: Stage) -> None:
    """The answer comes after settles_at, but it says what was true before: one more look is needed."""
    stage.network.commits = [AnswerLost("timeout")]
    stage.post()
    stage.deliver()
    settles = stage.arm().settles_at

    def slow() -> Absent:
        stage.rig.clock.move_to(settles + timedelta(seconds=1))
        return Absent("not listed")

    stage.network.finds = [slow, Published("late-effect")]
    stage.rig.clock.move_to(settles - timedelta(seconds=20))
    stage.deliver()
    assert stage.network.count("commit") == 1
    stage.pass_time(60)
    ended = stage.ended(State.PUBLISHED)
    assert ended.first is not None
    assert ended.first.id == "late-effect"


def test_doubts_run_out(stage: Stage) -> None:
    """Sent in vain, proven absent, sent again … at most so often, and then failed, saying so."""
    stage.network.commits = [refusal(Fate.TRANSIENT, "server_error")] * 9
    stage.network.finds = [Absent("not listed")] * 90
    stage.post()
    stage.pass_time(SETTLE * (MAX_DOUBTS + 2))
    target = stage.ended(State.FAILED)
    assert stage.network.count("commit") == MAX_DOUBTS
    assert target.error is not None
    assert target.error.code == "publishing.not_taken"
    assert "being checked" not in target.error.message
    assert target.error.platform_code == "E1"


@pytest.mark.parametrize(
    "word", [Unsure("cannot be listed."), AnswerLost("timeout"), TypeError("bug"), refusal(Fate.UNKNOWN)]
)
def test_what_cannot_be_known_is_handed_to_a_person(stage: Stage, word: Any) -> None:
    """Unsure for half an hour after the settling time: needs_review, told once, never sent again."""
    stage.network.commits = [AnswerLost("timeout")]
    stage.network.finds = [word] * 200
    stage.post()
    stage.pass_time(SETTLE + 1700)
    assert stage.target().state is State.RECONCILING
    stage.pass_time(900)
    error = stage.ended(State.NEEDS_REVIEW).error
    assert error is not None
    assert (error.code, error.retryable) == ("publishing.outcome_unknown", False)
    assert len(stage.told("post.needs_review")) == 1
    assert stage.network.count("commit") == 1
