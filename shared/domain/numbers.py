"""Numbers that were read from networks so far: the last ones of each post and account, and a bounded row of readings.

Networks tell how things stand, never how they stood: a series exists only of the moments at which somebody looked. They
look by themselves, less often as a post grows older (:data:`AGES`), and a row keeps about that density, so that one document
holds all there is of a post.
``workspaces/{space}/post_numbers/{post_id}`` and ``workspaces/{space}/account_numbers/{account_id}``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, timedelta
from typing import Any

MAX_READINGS = 200  # kept per post and per target: the latest
MAX_ACCOUNT_READINGS = 500  # a month of four a day, and a year of one a day
Number = int | float
# How often a post is read while it is younger than that; the last age is the end of it.
Ages = tuple[tuple[timedelta, timedelta], ...]
AGES: Ages = (
    (timedelta(hours=1), timedelta(minutes=10)),
    (timedelta(hours=24), timedelta(hours=1)),
    (timedelta(days=7), timedelta(hours=6)),
    (timedelta(days=30), timedelta(days=1)),
    (timedelta(days=90), timedelta(days=7)),
)
# The same where each reading costs money: after an hour, a day and a week. The last row only leaves time for the third.
SPARSE: Ages = (
    (timedelta(hours=1), timedelta(hours=1)),
    (timedelta(hours=20), timedelta(hours=23)),
    (timedelta(days=6), timedelta(days=6)),
    (timedelta(days=10), timedelta(days=365)),
)
APART = timedelta(minutes=5)  # between kept readings at the least; but for the newest, which is always kept


def interval(age: timedelta, ages: Ages = AGES) -> timedelta | None:
    """How long after a reading at this age of a post the next one is due; None: never again."""
    return next((every for until, every in ages if age < until), None)


def spacing(age: timedelta | None) -> timedelta:
    """How far apart readings of a post of this age are kept. None: nobody knows its age."""
    return APART if age is None else max(APART, (interval(age) or AGES[-1][1]) / 2)


def account_spacing(ago: timedelta) -> timedelta:
    """How far apart readings of an account are kept that are so old by now."""
    if ago < timedelta(days=2):
        return APART
    return timedelta(hours=6) if ago < timedelta(days=30) else timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Counts:
    """What a network says of one post. None: it does not say."""

    impressions: int | None = None
    reach: int | None = None
    likes: int | None = None
    comments: int | None = None
    shares: int | None = None
    saves: int | None = None
    clicks: int | None = None


@dataclass(frozen=True, slots=True)
class Series:
    """Readings by column, oldest first: a value for each instant of ``at`` (whole seconds since 1970), None where nobody
    said it then. A column that was never told is absent."""

    at: tuple[int, ...] = ()
    columns: Mapping[str, tuple[Number | None, ...]] = field(default_factory=dict)

    def rows(self) -> Iterator[tuple[datetime, dict[str, Number]]]:
        """Each reading with what was said."""
        for index, at in enumerate(self.at):
            told = {name: column[index] for name, column in self.columns.items()}
            yield (
                datetime.fromtimestamp(at, UTC),
                {name: value for name, value in told.items() if value is not None},
            )


@dataclass(frozen=True, slots=True)
class Known:
    """The last reading of one target: in common words, and ``raw`` in the network's own (bounded). ``published_at`` None:
    of readings that did not note it."""

    platform: str
    account_id: str
    at: datetime
    counts: Counts
    published_at: datetime | None = None
    raw: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reading:
    """A post's totals at one moment."""

    at: datetime
    impressions: int | None
    engagements: int | None


@dataclass(frozen=True, slots=True)
class PostNumbers:
    """All that is known of a post: ``known`` and ``series`` (columns named as :class:`Counts`) by target id, ``readings`` of
    its totals, oldest first."""

    post_id: str
    updated_at: datetime
    known: Mapping[str, Known] = field(default_factory=dict)
    readings: tuple[Reading, ...] = ()
    series: Mapping[str, Series] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FollowerReading:
    """How many followers an account had at one moment."""

    at: datetime
    followers: int


@dataclass(frozen=True, slots=True)
class AccountNumbers:
    """An account's followers as they were read, oldest first; ``series``: whatever else its network counts, by our names
    (``following``, ``posts``, ``views``…). ``raw``: the network's last answer, bounded."""

    account_id: str
    updated_at: datetime
    readings: tuple[FollowerReading, ...] = ()
    series: Series = field(default_factory=Series)
    raw: Mapping[str, Any] = field(default_factory=dict)


def post_numbers_path(space: str, post_id: str) -> str:
    """``workspaces/{space}/post_numbers/{post_id}``"""
    return f"workspaces/{space}/post_numbers/{post_id}"


def account_numbers_path(space: str, account_id: str) -> str:
    """``workspaces/{space}/account_numbers/{account_id}``"""
    return f"workspaces/{space}/account_numbers/{account_id}"


def told(counts: Counts) -> dict[str, int]:
    """What is known of them, by name."""
    known = {one.name: getattr(counts, one.name) for one in fields(counts)}
    return {name: value for name, value in known.items() if value is not None}
