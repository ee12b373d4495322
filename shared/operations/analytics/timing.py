"""When to post: pure arithmetic over a workspace's own posts, shrunk towards what is assumed of the network where they are few.

Each post counts by how it did against the account's usual post (the logarithm of the ratio to the median, so that one post
that everybody saw does not make its hour the best for ever). What is assumed of the hour is taken off; what remains teaches
three things: how the hour of the clock does, how the weekday does, and how the two together do. Each is an average that starts
as ``WEIGHT`` posts of no effect, and an hour learns half from its neighbours. The assumption fades as posts come in: with
``FADES`` posts it counts half. It is no measurement: it says when people are at work, awake or at leisure
(``Manifest.rhythm``).
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from statistics import median
from types import MappingProxyType
from typing import Literal

from shared.operations.analytics import counting
from shared.operations.analytics.history import Outcome

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
Rhythm = Literal["work", "leisure", "mixed"]
WEIGHT = 4.0  # posts without effect that every average starts with
FADES = 30.0  # posts with which the assumption counts half
NEAR = 0.5  # what a post tells of the hours beside its own
EXTREME = 1.5  # the most that one post's logarithm counts: 4.5 times the usual (in simulated months better than 2.5 or no bound)
BEST_DAYS, BEST_TIMES, BEST_HOURS = 5, 3, 3
QUIET_WINDOW, QUIET_DAYS = 3, 2  # hours; days
_NIGHT, _DAY = 0.35, 0.6
_WORK = {8: 0.85, 9: 1.0, 10: 0.9, 12: 1.0, 13: 0.85, 16: 0.9, 17: 0.9}
_LEISURE = {7: 0.7, 12: 0.8, 13: 0.75, 17: 0.8, 18: 0.9, 19: 1.0, 20: 1.0, 21: 0.9}
_MIXED = {8: 0.85, 9: 1.0, 10: 0.9, 12: 1.0, 13: 0.85, 17: 0.95, 18: 0.9, 19: 0.8}
_PEAKS: Mapping[Rhythm, Mapping[int, float]] = MappingProxyType({"work": _WORK, "leisure": _LEISURE, "mixed": _MIXED})
_WEEKENDS: Mapping[Rhythm, float] = MappingProxyType({"work": 0.5, "leisure": 0.95, "mixed": 0.75})
_REASONS = (
    (range(6, 11), "morning"),
    (range(11, 14), "noon"),
    (range(14, 17), "afternoon"),
    (range(17, 19), "after work"),
    (range(19, 23), "evening"),
)

Cell = tuple[int, int]  # weekday (Monday is 0), hour
Hours = Mapping[Cell, float]  # how well, 1.0 is the usual


@dataclass(frozen=True, slots=True)
class Slot:
    """An hour that does well: ``score`` from 0 to 100, where 100 is the best hour of the week. ``posts``: of one's own in it."""

    time: str
    score: int
    reason: str
    posts: int = 0


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


@dataclass(frozen=True, slots=True)
class Sample:
    """A post: its hour of the week, and the logarithm of how it did against the account's median post."""

    cell: Cell
    value: float


def advise(outcomes: Sequence[Outcome], zone: tzinfo, rhythm: Rhythm = "mixed") -> Advice:
    """When to post, in the hours of a time zone."""
    own = samples(outcomes, zone)
    hours = scores(own, rhythm)
    top = max(hours.values())
    tried = _by_cell(own)
    by_day = {day: sorted(range(24), key=lambda hour: -hours[day, hour])[:BEST_TIMES] for day in range(7)}
    ranked = sorted(by_day, key=lambda day: sorted(-hours[day, hour] for hour in by_day[day]))
    days = tuple(
        Day(DAYS[day], tuple(_slot(hours, tried, top, (day, hour)) for hour in sorted(by_day[day])))
        for day in ranked[:BEST_DAYS]
    )
    return Advice(days, _quiet(hours, tried), len(own))


def best_hours(outcomes: Sequence[Outcome], zone: tzinfo, rhythm: Rhythm = "mixed") -> tuple[str, ...]:
    """The three hours of the clock that do best over the week, in the order of the clock."""
    hours = scores(samples(outcomes, zone), rhythm)
    by_hour = {hour: sum(hours[day, hour] for day in range(7)) for hour in range(24)}
    return tuple(_clock(hour) for hour in sorted(sorted(by_hour, key=lambda one: -by_hour[one])[:BEST_HOURS]))


def samples(outcomes: Sequence[Outcome], zone: tzinfo) -> list[Sample]:
    """How each post did against its account's median one: by its engagements, and where nobody counts these, by its views."""
    by_account: dict[str, list[tuple[Outcome, float]]] = defaultdict(list)
    for one in outcomes:
        engaged = counting.engagements(one.counts)
        count = one.counts.impressions if engaged is None else engaged
        if count is not None:
            by_account[one.account_id].append((one, math.log1p(max(0, count))))
    found = []
    for rows in by_account.values():
        usual = median(value for _, value in rows)
        for post, value in rows:
            at = post.at.astimezone(zone)
            found.append(Sample((at.weekday(), at.hour), max(-EXTREME, min(EXTREME, value - usual))))
    return found


def scores(own: Sequence[Sample], rhythm: Rhythm = "mixed") -> dict[Cell, float]:
    """How well each hour of the week does: what is assumed of it, times what one's own posts say."""
    faded = FADES / (FADES + len(own))
    prior = {(day, hour): faded * math.log(assumed(day, hour, rhythm)) for day in range(7) for hour in range(24)}
    rest = [(one.cell, one.value - prior[one.cell]) for one in own]
    level = _level(value for _, value in rest)
    hour = _effects(((cell[1] + step) % 24, value - level, share) for cell, value in rest for step, share in _REACH)
    day = _effects((cell[0], value - level - hour.get(cell[1], 0.0), 1.0) for cell, value in rest)
    both = _effects((cell, value - level - hour.get(cell[1], 0.0) - day.get(cell[0], 0.0), 1.0) for cell, value in rest)
    return {
        cell: math.exp(known + hour.get(cell[1], 0.0) + day.get(cell[0], 0.0) + both.get(cell, 0.0))
        for cell, known in prior.items()
    }


def assumed(day: int, hour: int, rhythm: Rhythm = "mixed") -> float:
    """What is assumed of an hour of the week (Monday is 0)."""
    usual = _PEAKS[rhythm].get(hour, _DAY if 7 <= hour < 22 else _NIGHT)
    return usual * (_WEEKENDS[rhythm] if day >= 5 else 1.0)


_REACH = ((0, 1.0), (-1, NEAR), (1, NEAR))


def _level(values: Iterable[float]) -> float:
    """What all have in common, which tells nothing of hours."""
    known = list(values)
    return sum(known) / len(known) if known else 0.0


def _effects(rows: Iterable[tuple[object, float, float]]) -> dict[object, float]:
    """The average by key, each shrunk by ``WEIGHT`` posts of no effect. Rows: key, value, what it counts."""
    sums: dict[object, float] = defaultdict(float)
    weights: dict[object, float] = defaultdict(float)
    for key, value, share in rows:
        sums[key] += share * value
        weights[key] += share
    return {key: total / (WEIGHT + weights[key]) for key, total in sums.items()}


def _by_cell(own: Sequence[Sample]) -> dict[Cell, list[float]]:
    found: dict[Cell, list[float]] = defaultdict(list)
    for one in own:
        found[one.cell].append(one.value)
    return found


def _slot(hours: Hours, tried: Mapping[Cell, Sequence[float]], top: float, at: Cell) -> Slot:
    mine = tried.get(at, ())
    return Slot(_clock(at[1]), round(100 * hours[at] / top), _why(mine, tried, at), len(mine))


def _why(mine: Sequence[float], tried: Mapping[Cell, Sequence[float]], at: Cell) -> str:
    if mine:
        others = [value for cell, values in tried.items() if cell != at for value in values]
        return f"{_number('Your', mine)} in this hour did {_compared(mine, others)}"
    same = [value for (_, hour), values in tried.items() if hour == at[1] for value in values]
    if same:
        others = [value for (_, hour), values in tried.items() if hour != at[1] for value in values]
        return (
            f"Not tried on this day; {_number('your', same)} at this time of other days did {_compared(same, others)}"
        )
    part = next((name for hours, name in _REASONS if at[1] in hours), "night")
    return f"Assumed ({part}): none of your posts went out at this time of day yet"


def _number(whose: str, values: Sequence[float]) -> str:
    return f"{whose} post" if len(values) == 1 else f"{whose} {len(values)} posts"


def _compared(values: Sequence[float], others: Sequence[float]) -> str:
    percent = round(100 * (math.exp(_level(values) - _level(others)) - 1)) if others else 0
    if percent == 0:
        return "as well as your others"
    return f"{abs(percent)} % {'better' if percent > 0 else 'worse'} than your others"


def _quiet(hours: Hours, tried: Mapping[Cell, Sequence[float]]) -> tuple[Quiet, ...]:
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
        count = sum(len(tried.get((day, start + i), ())) for i in range(QUIET_WINDOW))
        reason = (
            f"The weakest hours of the week, with {count} of your own posts" if count else "Assumed: few people look"
        )
        rows.append(Quiet(DAYS[day], (f"{_clock(start)}-{_clock(start + QUIET_WINDOW)}",), reason))
    return tuple(rows)


def _clock(hour: int) -> str:
    return f"{hour:02}:00"
