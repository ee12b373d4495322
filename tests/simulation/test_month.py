"""A few days of posts: the schedule keeps a series of each, and what is learned of them is what was planted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from shared.domain.numbers import Counts
from shared.operations.analytics import timing
from shared.operations.analytics.history import Outcome
from shared.platforms import _alive
from tests.simulation import month


def test_some_days_of_posts_are_read_on_schedule_and_told_as_they_went() -> None:
    found = month.learned(month.live(("threads",), 1, 5), "threads")
    assert found.posts == 5
    assert found.readings[0] >= 20
    assert found.impressions
    assert found.rate


def test_the_best_hours_of_a_month_are_the_planted_ones() -> None:
    """Eight months of six posts a day; one post in forty is passed on by everybody, at whatever hour it went out."""
    hits = slots = 0
    for number in range(8):
        outcomes = [_outcome(f"{number}/{post}") for post in range(180)]
        hits += len({*timing.best_hours(outcomes, UTC)} & {*month.PLANTED})
        best = max((slot.score, slot.time) for day in timing.advise(outcomes, UTC).days for slot in day.times)
        slots += best[1] in month.PLANTED
    print(f"{hits} of 24 best hours are planted ones, {slots} of 8 best slots lie in them")
    assert hits >= 18
    assert slots >= 7


def _outcome(seed: str) -> Outcome:
    at = datetime(2026, 10, 5, tzinfo=UTC) + timedelta(minutes=_alive.luck(seed, 30 * 1440))
    views = _alive.reception(seed, at, at + timedelta(days=2)).views
    return Outcome(at, None, Counts(impressions=views, likes=views // 10))
