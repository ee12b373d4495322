"""Rows of readings: one more at their end, thinned as they grow old. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from shared.domain.numbers import (
    MAX_ACCOUNT_READINGS,
    MAX_READINGS,
    AccountNumbers,
    FollowerReading,
    Known,
    Number,
    PostNumbers,
    Reading,
    Series,
    account_spacing,
    spacing,
    told,
)
from shared.operations.analytics import counting

MAX_COLUMNS = 16  # of an account's further numbers


def with_reading(before: PostNumbers, fresh: Mapping[str, Known], now: datetime) -> PostNumbers:
    """The numbers with a reading of now."""
    if not fresh:
        return before
    known = {**before.known, **fresh}
    counts = counting.added(one.counts for one in known.values())
    reading = Reading(now, counts.impressions, counting.engagements(counts))
    dates = [one.published_at for one in known.values() if one.published_at]
    apart = spacing(now - min(dates) if dates else None)
    kept = before.readings
    if len(kept) > 1 and kept[-1].at - kept[-2].at < apart:
        kept = kept[:-1]
    series = {**before.series, **{name: _with_row(before.series.get(name), one) for name, one in fresh.items()}}
    return PostNumbers(before.post_id, now, known, (*kept, reading)[-MAX_READINGS:], series)


def with_account(
    before: AccountNumbers, counts: Mapping[str, Number], raw: Mapping[str, Any], now: datetime
) -> AccountNumbers:
    """The account's numbers with a reading of now; ``followers`` apart from all others."""
    followers = counts.get("followers")
    readings = before.readings if followers is None else (*before.readings, FollowerReading(now, int(followers)))
    kept = spaced([one.at for one in readings], now)[-MAX_ACCOUNT_READINGS:]
    others = {name: value for name, value in counts.items() if name != "followers"}
    series = appended(before.series, now, dict(list(others.items())[:MAX_COLUMNS])) if others else before.series
    dates = [datetime.fromtimestamp(at, now.tzinfo) for at in series.at]
    series = picked(series, spaced(dates, now)[-MAX_ACCOUNT_READINGS:])
    return AccountNumbers(before.account_id, now, tuple(readings[index] for index in kept), series, raw)


def spaced(dates: Sequence[datetime], now: datetime) -> list[int]:
    """Which readings of an account stay: the first of each span, and the newest."""
    kept: list[int] = []
    for index, at in enumerate(dates):
        if not kept or at - dates[kept[-1]] >= account_spacing(now - at):
            kept.append(index)
    if dates and kept[-1] != len(dates) - 1:
        kept.append(len(dates) - 1)
    return kept


def appended(series: Series, at: datetime, values: Mapping[str, Number]) -> Series:
    """The series with one more row."""
    length = len(series.at)
    names = {*series.columns, *values}
    columns = {name: (*series.columns.get(name, (None,) * length), values.get(name)) for name in sorted(names)}
    return Series((*series.at, int(at.timestamp())), columns)


def picked(series: Series, rows: Sequence[int]) -> Series:
    """Only these rows; a column that says nothing any more goes."""
    columns = {name: tuple(column[row] for row in rows) for name, column in series.columns.items()}
    said = {name: column for name, column in columns.items() if any(value is not None for value in column)}
    return Series(tuple(series.at[row] for row in rows), said)


def _with_row(series: Series | None, one: Known) -> Series:
    """A target's series with this reading; the one before it goes if it came too soon after its own predecessor."""
    found = series or Series()
    age = one.at - one.published_at if one.published_at else None
    if len(found.at) > 1 and timedelta(seconds=found.at[-1] - found.at[-2]) < spacing(age):
        found = picked(found, range(len(found.at) - 1))
    made = appended(found, one.at, told(one.counts))
    return picked(made, range(max(0, len(made.at) - MAX_READINGS), len(made.at)))
