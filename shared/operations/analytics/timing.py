"""When to post: pure arithmetic over an account's own posts, with a plain assumption where there are too few of them.

Each hour of the week starts with what is assumed of it, worth ``WEIGHT`` posts, and every post of one's own pulls the hour
that it went out in towards how it did. So nothing is claimed of an hour that nobody has tried, and the assumption fades as
posts come in. The assumption is an assumption, not a measurement: people look at their phones in working days' mornings, at
noon and after work, less at weekends, and hardly at night.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo

from shared.operations.analytics import counting
from shared.operations.analytics.history import Outcome

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
WEIGHT = 3.0  # posts that the assumption is worth, in each hour
BEST_DAYS, BEST_TIMES, BEST_HOURS = 5, 3, 3
QUIET_WINDOW, QUIET_DAYS = 3, 2  # hours; days
_NIGHT, _DAY = 0.2, 0.6
_PEAKS = {8: 0.85, 9: 1.0, 10: 0.9, 12: 1.0, 13: 0.85, 17: 0.95, 18: 0.9, 19: 0.8}  # of a working day
_WEEKEND = 0.75
_REASONS = {
    8: "morning",
    9: "morning",
    10: "morning",
    12: "noon",
    13: "noon",
    17: "after work",
    18: "after work",
    19: "evening",
}

Hours = Mapping[tuple[int, int], float]  # (weekday, hour) → how well, 1.0 is the usual


@dataclass(frozen=True, slots=True)
class Slot:
    """An hour that does well: ``score`` from 0 to 100, where 100 is the best hour of the week."""

    time: str
    score: int
    reason: str


@dataclass(frozen=True, slots=True)
class Day:
    """A day's best hours, in the order of the clock."""

    day: str
    times: tuple[Slot, ...]


@dataclass(frozen=True, slots=True)
class Quiet:
    """Hours of a day that do badly: ``06:00-09:00``."""

    day: str
    times: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Advice:
    """The best days first. ``posts``: how many of one's own it rests on."""

    days: tuple[Day, ...]
    avoid: tuple[Quiet, ...]
    posts: int


def advise(outcomes: Sequence[Outcome], zone: tzinfo) -> Advice:
    """When to post, in the hours of a time zone."""
    own = _own(outcomes, zone)
    hours = scores(own)
    top = max(hours.values())
    by_day = {day: sorted(range(24), key=lambda hour: -hours[day, hour])[:BEST_TIMES] for day in range(7)}
    ranked = sorted(by_day, key=lambda day: sorted(-hours[day, hour] for hour in by_day[day]))
    days = tuple(
        Day(DAYS[day], tuple(_slot(hours, own, top, (day, hour)) for hour in sorted(by_day[day])))
        for day in ranked[:BEST_DAYS]
    )
    return Advice(days, _quiet(hours, own), sum(len(found) for found in own.values()))


def best_hours(outcomes: Sequence[Outcome], zone: tzinfo) -> tuple[str, ...]:
    """The three hours of the clock that do best over the week, in the order of the clock."""
    hours = scores(_own(outcomes, zone))
    by_hour = {hour: sum(hours[day, hour] for day in range(7)) for hour in range(24)}
    return tuple(_clock(hour) for hour in sorted(sorted(by_hour, key=lambda one: -by_hour[one])[:BEST_HOURS]))


def scores(own: Mapping[tuple[int, int], Sequence[float]]) -> dict[tuple[int, int], float]:
    """How well each hour of the week does: the assumption, and one's own posts (1.0: as one's average post)."""
    found = {}
    for day in range(7):
        for hour in range(24):
            mine = own.get((day, hour), ())
            found[day, hour] = (WEIGHT * assumed(day, hour) + sum(mine)) / (WEIGHT + len(mine))
    return found


def assumed(day: int, hour: int) -> float:
    """What is assumed of an hour of the week (Monday is 0)."""
    usual = _PEAKS.get(hour, _DAY if 7 <= hour < 22 else _NIGHT)
    return usual * (_WEEKEND if day >= 5 else 1.0)


def _own(outcomes: Sequence[Outcome], zone: tzinfo) -> dict[tuple[int, int], list[float]]:
    """How each post did against the average one, by its hour of the week: by its rate, and where nobody knows how often it
    was seen, by its engagements."""
    values = [(one, _value(one, rated=all(one.counts.impressions for one in outcomes))) for one in outcomes]
    known = [(one, value) for one, value in values if value is not None]
    average = sum(value for _, value in known) / len(known) if known else 0.0
    found: dict[tuple[int, int], list[float]] = defaultdict(list)
    for one, value in known:
        at = one.at.astimezone(zone)
        found[at.weekday(), at.hour].append(min(value / average, 3.0) if average else 1.0)
    return found


def _value(one: Outcome, *, rated: bool) -> float | None:
    engaged = counting.engagements(one.counts)
    return counting.rate(engaged, one.counts.impressions) if rated else engaged


def _slot(hours: Hours, own: Mapping[tuple[int, int], Sequence[float]], top: float, at: tuple[int, int]) -> Slot:
    return Slot(_clock(at[1]), round(100 * hours[at] / top), _why(own.get(at, ()), at[1]))


def _why(mine: Sequence[float], hour: int) -> str:
    if not mine:
        return f"Assumed ({_REASONS.get(hour, 'daytime')}): none of your posts went out in this hour yet"
    percent = round(100 * (sum(mine) / len(mine) - 1))
    posts = "Your post" if len(mine) == 1 else f"Your {len(mine)} posts"
    how = (
        "as well as your average"
        if percent == 0
        else f"{abs(percent)} % {'above' if percent > 0 else 'below'} your average"
    )
    return f"{posts} in this hour did {how}"


def _quiet(hours: Hours, own: Mapping[tuple[int, int], Sequence[float]]) -> tuple[Quiet, ...]:
    """The weakest waking hours of the two weakest days: at night nobody needs to be told."""
    starts = range(6, 22 - QUIET_WINDOW + 1, QUIET_WINDOW)
    windows = [
        (sum(hours[day, start + i] for i in range(QUIET_WINDOW)), day, start) for day in range(7) for start in starts
    ]
    found: dict[int, int] = {}
    for _, day, start in sorted(windows):
        if len(found) < QUIET_DAYS and day not in found:
            found[day] = start
    rows = []
    for day, start in found.items():
        tried = sum(len(own.get((day, start + i), ())) for i in range(QUIET_WINDOW))
        reason = (
            f"The weakest hours of the week, with {tried} of your own posts" if tried else "Assumed: few people look"
        )
        rows.append(Quiet(DAYS[day], (f"{_clock(start)}-{_clock(start + QUIET_WINDOW)}",), reason))
    return tuple(rows)


def _clock(hour: int) -> str:
    return f"{hour:02}:00"
