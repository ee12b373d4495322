"""The people of the simulated networks are the same whenever one looks, and only ever say more."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from shared.platforms import _alive

SINCE = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
LATER = SINCE + timedelta(days=3)
SEEDS = [f"post-{number}" for number in range(30)]


@pytest.mark.parametrize("seed", SEEDS)
def test_what_was_said_stays_said(seed: str) -> None:
    """A later look begins with all that an earlier one saw."""
    for hours in (1, 5, 24, 50):
        early, late = SINCE + timedelta(hours=hours), SINCE + timedelta(hours=hours + 7)
        assert list(_alive.comments(seed, SINCE, late))[: len(_alive.comments(seed, SINCE, early))] == list(
            _alive.comments(seed, SINCE, early)
        )
        assert set(_alive.reviews(seed, SINCE, early)) <= set(_alive.reviews(seed, SINCE, late))
        assert set(_alive.mentions(seed, "@me", SINCE, early)) <= set(_alive.mentions(seed, "@me", SINCE, late))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_post_gathers_comments_and_nothing_is_said_before_its_time(seed: str) -> None:
    """Nobody comments before the post is there; within a day at least two have."""
    assert not _alive.comments(seed, SINCE, SINCE)
    said = _alive.comments(seed, SINCE, LATER)
    assert len(said) >= 2
    assert all(SINCE < remark.at <= LATER for remark in said)
    assert all(remark.parent is None or remark.parent < remark.number for remark in said)


@pytest.mark.parametrize("seed", SEEDS)
def test_an_account_has_letters_reviews_and_mentions_from_the_start(seed: str) -> None:
    """The inbox of a new sandbox account is not empty."""
    assert _alive.letters(seed, SINCE, SINCE)
    assert all(line.at <= SINCE for letter in _alive.letters(seed, SINCE, SINCE) for line in letter.lines)
    assert len(_alive.letters(seed, SINCE, LATER)) > len(_alive.letters(seed, SINCE, SINCE))
    assert _alive.reviews(seed, SINCE, SINCE)
    assert _alive.mentions(seed, "@me", SINCE, SINCE)


@pytest.mark.parametrize("seed", SEEDS)
def test_figures_never_fall(seed: str) -> None:
    """Counts begin at nothing and only grow; likes are fewer than views."""
    before = _alive.reception(seed, SINCE, SINCE)
    assert before == _alive.Reception(0, 0, 0, 0, 0, 0)
    for hours in (1, 4, 12, 48, 1000):
        now = _alive.reception(seed, SINCE, SINCE + timedelta(hours=hours))
        assert (now.views, now.likes, now.shares) >= (before.views, before.likes, before.shares)
        assert now.likes <= now.views
        before = now
    assert before.views >= 79
    assert _alive.followers(seed, SINCE, LATER) > _alive.followers(seed, SINCE, SINCE) >= 200


def test_ids_have_the_length_that_was_asked_for() -> None:
    """And people differ."""
    assert all(len(_alive.digits(seed, 17)) == 17 and _alive.digits(seed, 17)[0] != "0" for seed in SEEDS)
    assert len({_alive.someone(seed).id for seed in SEEDS}) == len(SEEDS)
