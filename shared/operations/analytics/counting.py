"""Arithmetic of counts: pure. What no network said stays None, and is never taken for zero."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields

from shared.domain.numbers import Counts, Number
from shared.platforms.contract import Metrics
from shared.platforms.manifest import Manifest

ENGAGEMENTS = ("likes", "comments", "shares", "clicks")


def from_metrics(manifest: Manifest, metrics: Metrics) -> Counts:
    """A network's answer in common words."""
    further = {name: metrics.extra.get(manifest.extra_counts.get(name, name)) for name in ("reach", "clicks")}
    known = {name: int(value) for name, value in further.items() if value is not None}
    return Counts(
        impressions=metrics.views,
        likes=metrics.likes,
        comments=metrics.comments,
        shares=metrics.shares,
        saves=metrics.saves,
        **known,
    )


def of_account(metrics: Metrics) -> dict[str, Number]:
    """An account's numbers by our names: ``followers``, ``following``, ``posts``, and whatever else its network counts."""
    named = {name: getattr(metrics, name) for name in ("likes", "comments", "shares", "saves", "views")}
    known = {name: value for name, value in named.items() if value is not None}
    return {**known, **metrics.extra}


def added(several: Iterable[Counts]) -> Counts:
    """The sum; of a count that some networks say and others do not, the sum of those that do."""
    made = list(several)
    return Counts(**{one.name: total(getattr(counts, one.name) for counts in made) for one in fields(Counts)})


def total(values: Iterable[int | None]) -> int | None:
    """The sum of what is known, None when nothing is."""
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def engagements(counts: Counts) -> int | None:
    """Likes, comments, shares and clicks together. Saves are told apart: few networks count them."""
    return total(getattr(counts, name) for name in ENGAGEMENTS)


def rate(engaged: int | None, impressions: int | None) -> float | None:
    """Engagements per hundred impressions, to two decimals; None where either is unknown or nobody has seen it yet."""
    if engaged is None or impressions is None:
        return None
    return round(100 * engaged / impressions, 2) if impressions else 0.0


def joint_rate(several: Iterable[Counts]) -> float | None:
    """The rate of several together: of those that say both numbers. What nobody tells the views of would make it too high."""
    both = [one for one in several if one.impressions is not None and engagements(one) is not None]
    return rate(total(engagements(one) for one in both), total(one.impressions for one in both))
