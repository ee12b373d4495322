"""An hour without this or that: a sample, and that the campaign would see it if something got lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from unittest import mock

import pytest

from shared.domain import targets
from shared.domain.posts import Target
from shared.domain.states import State
from tests.simulation import bugs, playing
from tests.torture import lost
from tests.torture.figures import Options
from tests.unit.domain.test_domain import target

QUICK = Options(quick=True, say=lambda line: None)


@pytest.fixture(autouse=True)
def _explorer() -> Iterator[None]:
    with playing.prepared():
        yield


def test_a_sample_of_outages_loses_nothing_and_doubles_nothing() -> None:
    """What was due is published once, or missed with its event where it was no longer welcome."""
    found = lost.torture(QUICK)
    assert found.kept, found.lies
    assert set(found.ends) == {"published", "missed"}


def test_without_a_sweeper_an_hour_without_the_queue_is_seen_to_lose_posts() -> None:
    """The campaign can fail."""
    no_sweeper = next(bug for bug in bugs.BUGS if bug.name == "no_sweeper")
    with bugs.planted(no_sweeper), mock.patch("tests.simulation.run.MAX_STEPS", 10):
        ended = lost.lose(lost.OUTAGES["the queue, its tasks vanish"], ("plain",), 1)
    assert "loss" in {one.kind for one in ended.broken}


def test_a_sweeper_that_puts_off_what_is_urgent_is_seen_to_miss_posts() -> None:
    """After an outage a post would wait for its next look, and be missed though there was time."""

    def hourly(one: Target, now: datetime) -> Target:
        return replace(one, tick=one.tick + 1, swept=one.swept + 1, wake_at=now + targets.AT_LEISURE)

    with mock.patch.object(targets, "swept", hourly):
        ended = lost.lose(lost.OUTAGES["the queue, its tasks vanish"], ("plain",), 1)
    assert any("missed, and there was time" in one.what for one in ended.broken)


def test_the_sweeper_looks_every_two_minutes_as_long_as_it_matters_and_each_hour_later() -> None:
    """A queue that comes back finds what is due soon; a poison row starves nobody."""
    now = target().created_at
    due = replace(target(), state=State.SCHEDULED, next_at=now, swept=9, max_lateness=3600)
    late = now + timedelta(hours=2)
    assert targets.swept(due, now).wake_at == now + timedelta(minutes=2)
    assert targets.swept(due, late).wake_at == late + timedelta(hours=1)


def test_a_target_that_nobody_took_for_days_is_still_looked_at_each_hour() -> None:
    """A queue or a bus that is away for half a day, or a week, must not end in a pause that no calendar can hold."""
    now = target().created_at
    for looks in range(400):
        waits = replace(target(), state=State.SCHEDULED, next_at=now - timedelta(days=20), swept=looks)
        again = targets.swept(waits, now).wake_at
        assert again is not None
        assert again <= now + timedelta(hours=1)
