"""The bench's arithmetic: what decides between kept and missed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench import report
from bench.report import Row, at_least, at_most

POSITIVE = st.floats(min_value=0.001, max_value=1e6)


def test_the_median_is_the_middle_one_or_the_mean_of_two() -> None:
    assert report.median([9, 1, 5]) == 5
    assert report.median([4, 1, 2, 9]) == 3


@given(st.lists(POSITIVE, min_size=1), st.randoms())
def test_the_median_has_as_many_below_as_above_in_any_order(values: list[float], random: object) -> None:
    middle = report.median(values)
    assert sum(v < middle for v in values) <= len(values) / 2
    assert sum(v > middle for v in values) <= len(values) / 2
    random.shuffle(values)  # type: ignore[attr-defined]  # hypothesis hands out a random.Random
    assert report.median(values) == middle


@pytest.mark.parametrize(("percent", "expected"), [(50, 50), (99, 99), (99.5, 100), (100, 100), (1, 1), (0, 1)])
def test_percentiles_are_by_nearest_rank(percent: float, expected: int) -> None:
    assert report.percentile(range(1, 101), percent) == expected


def test_the_p99_of_few_values_is_the_worst() -> None:
    assert report.percentile([3.0, 1.0, 2.0], 99) == 3.0


def test_a_ratio_is_the_median_over_pairs_so_that_a_slow_minute_does_not_count() -> None:
    assert report.ratio([50, 10, 60], [100, 20, 100]) == 0.5
    assert report.ratio([50, 5, 60], [100, 10, 100]) == 0.5  # the second pair ran while the machine was busy


@given(st.lists(st.tuples(POSITIVE, POSITIVE), min_size=1), st.floats(min_value=0.1, max_value=10))
def test_a_machine_that_is_faster_for_both_has_the_same_ratio(pairs: list[tuple[float, float]], factor: float) -> None:
    ours, theirs = [a for a, _ in pairs], [b for _, b in pairs]
    faster = report.ratio([v * factor for v in ours], [v * factor for v in theirs])
    assert faster == pytest.approx(report.ratio(ours, theirs))


@pytest.mark.parametrize(("ours", "theirs"), [([1.0], []), ([1.0, 2.0], [1.0]), ([1.0], [0.0]), ([], [])])
def test_runs_that_do_not_pair_up_are_no_ratio(ours: list[float], theirs: list[float]) -> None:
    with pytest.raises(ValueError, match=r"alternate|measured"):
        report.ratio(ours, theirs)


@pytest.mark.parametrize("what", [report.median, lambda values: report.percentile(values, 50)])
def test_nothing_measured_is_an_error(what: object) -> None:
    with pytest.raises(ValueError, match="nothing was measured"):
        what([])  # type: ignore[operator]  # either of the two above


@pytest.mark.parametrize(
    ("budget", "value", "verdict"),
    [
        (at_most(1.15), 1.15, "kept"),
        (at_most(1.15), 1.16, "MISSED"),
        (at_least(0.6), 0.6, "kept"),
        (at_least(0.6), 0.59, "MISSED"),
        (None, 9.0, "–"),
    ],
)
def test_the_verdict_counts_the_limit_itself_as_kept(budget: report.Budget | None, value: float, verdict: str) -> None:
    assert Row("s", "w", value, budget=budget).verdict == verdict


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.614, "0.61"),
        (0.1241, "0.124"),
        (1.0, "1"),
        (1.084, "1.08"),
        (12.34, "12.3"),
        (1563.4, "1,563"),
        (0.004, "0.004"),
        (0.0004, "0.00"),
        (3000, "3,000"),
    ],
)
def test_numbers_are_short(value: float, shown: str) -> None:
    assert report.number(value) == shown


def test_the_table_has_a_line_per_row_and_shouts_at_a_miss() -> None:
    rows = [
        Row("a", "a | b", 0.5, budget=at_least(0.6), detail="5 / 10"),
        Row("b", "reads", 6, "reads", at_most(6)),
        Row("c", "for information", 2.0),
    ]
    lines = report.table(rows).splitlines()
    assert lines[2:] == [
        "| a \\| b | 0.50 × | ≥ 0.60 | **MISSED** | 5 / 10 |",
        "| reads | 6 reads | ≤ 6 | kept |  |",
        "| for information | 2 × | – | – |  |",
    ]


def test_a_row_is_kept_with_its_budget() -> None:
    assert Row("a", "w", 0.5, budget=at_least(0.6)).plain()["budget"] == {"bound": "least", "limit": 0.6}
    assert Row("a", "w", 0.5).plain()["budget"] is None
