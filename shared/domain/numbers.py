"""Numbers that were read from networks so far: the last ones of each post and account, and a bounded row of readings.

Networks tell how things stand, never how they stood: a series exists only of the moments at which somebody looked.
``workspaces/{space}/post_numbers/{post_id}`` and ``workspaces/{space}/account_numbers/{account_id}``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

MAX_READINGS = 200  # kept per post and per account: the latest


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
class Known:
    """The last reading of one target."""

    platform: str
    account_id: str
    at: datetime
    counts: Counts


@dataclass(frozen=True, slots=True)
class Reading:
    """A post's totals at one moment."""

    at: datetime
    impressions: int | None
    engagements: int | None


@dataclass(frozen=True, slots=True)
class PostNumbers:
    """All that is known of a post: ``known`` by target id, ``readings`` oldest first."""

    post_id: str
    updated_at: datetime
    known: Mapping[str, Known] = field(default_factory=dict)
    readings: tuple[Reading, ...] = ()


@dataclass(frozen=True, slots=True)
class FollowerReading:
    """How many followers an account had at one moment."""

    at: datetime
    followers: int


@dataclass(frozen=True, slots=True)
class AccountNumbers:
    """An account's followers as they were read, oldest first."""

    account_id: str
    updated_at: datetime
    readings: tuple[FollowerReading, ...] = ()


def post_numbers_path(space: str, post_id: str) -> str:
    """``workspaces/{space}/post_numbers/{post_id}``"""
    return f"workspaces/{space}/post_numbers/{post_id}"


def account_numbers_path(space: str, account_id: str) -> str:
    """``workspaces/{space}/account_numbers/{account_id}``"""
    return f"workspaces/{space}/account_numbers/{account_id}"
