"""Senders that wake up late: a sample of the grid, and that the grid would see it if the promise did not hold."""

from __future__ import annotations

from collections.abc import Iterator
from unittest import mock

import pytest

from shared.operations.publishing import sending
from tests.simulation import acts, bugs, playing, scenarios
from tests.torture import zombies
from tests.torture.figures import Options
from tests.torture.zombies import case, wake

QUICK = Options(quick=True, say=lambda line: None)


@pytest.fixture(autouse=True)
def _explorer() -> Iterator[None]:
    with playing.prepared():
        yield


def test_a_sample_of_the_grid_keeps_the_promise() -> None:
    """One freeze on every network that posts."""
    found = zombies.torture(QUICK)
    assert found.kept, found.lies
    assert found.did["frozen senders"] == zombies.QUICK
    assert found.did["stages"] == len(zombies.STAGES)


@pytest.mark.parametrize("stage", ["armed", "suspended"])
def test_a_sender_that_slept_after_arming_does_not_send(stage: str) -> None:
    """Not even where the whole machine slept, and with it the monotonic clock: the hour that others counted has passed."""
    frozen = case(scenarios.one_now("plain"), stage, 3600.0)
    assert wake(frozen, seed=1) == ([], ["published"])


def test_without_a_send_window_a_zombie_is_seen_to_send_twice() -> None:
    """The grid can fail: a sender that minds no clock."""
    frozen = case(scenarios.one_now("plain"), "armed", 3600.0)
    with mock.patch.object(sending, "_passed", return_value=0.0):
        assert {one.kind for one in wake(frozen, seed=1)[0]} == {"duplicate", "lie"}


def test_with_a_settling_time_that_is_too_short_a_late_request_is_seen_to_be_live_twice() -> None:
    """The grid can fail: a network whose declared time is not the one that it takes."""
    late = case(acts.one("plain", "comment.reply"), "died", 250.0)
    assert late.promised
    assert not wake(late, seed=1)[0]
    with bugs.planted(next(bug for bug in bugs.BUGS if bug.name == "comment_settled_at_once")):
        assert "duplicate" in {one.kind for one in wake(late, seed=1)[0]}


def test_a_request_later_than_the_settling_time_is_not_promised_but_under_a_key_of_its_own() -> None:
    """Bluesky's record key makes a repetition harmless at any lateness; its messages have none."""
    assert case(scenarios.one_now("bluesky"), "sending", 99_999.0).promised
    assert not case(acts.one("bluesky", "message.send"), "sending", 99_999.0).promised
    assert not case(scenarios.one_now("plain"), "sending", 280.0).promised
