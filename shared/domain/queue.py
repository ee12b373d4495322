"""Queues: the times of a week at which a brand publishes, and who has which of them.

A slot is a weekday and a time of the clock in the queue's zone. Where clocks go forward over it, it is moved by the gap
(02:30 is 03:30 on that day); where they go back, it is the first of the two (RFC 5545, section 3.3.5:
https://www.rfc-editor.org/rfc/rfc5545#section-3.3.5).

A slot that is taken is a document of its own, made in the commit of the post that takes it: two posts never get the same
one. It goes in the commit by which the post leaves the slot.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Literal, get_args
from zoneinfo import ZoneInfo

from shared.domain.posts import Post
from shared.domain.states import Status

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: tuple[Weekday, ...] = get_args(Weekday)
MAX_SLOTS = 168  # in a week
HORIZON = timedelta(days=366)  # how far ahead slots are given out


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """``weekday`` 0 is Monday; ``at`` is ``HH:MM``."""

    weekday: int
    at: str


@dataclass(frozen=True, slots=True)
class Queue:
    """``workspaces/{space}/queues/{brand_id}``. ``timezone`` (IANA) reads the slots."""

    brand_id: str
    timezone: str
    slots: tuple[Slot, ...]
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Taken:
    """``workspaces/{space}/queues/{brand_id}/taken/{epoch}``: the slot at ``at`` is this post's."""

    post_id: str
    at: datetime


def queue_path(space: str, brand_id: str) -> str:
    """``workspaces/{space}/queues/{brand_id}``"""
    return f"workspaces/{space}/queues/{brand_id}"


def taken_path(space: str, brand_id: str, at: datetime) -> str:
    """``workspaces/{space}/queues/{brand_id}/taken/{epoch}``"""
    return f"{queue_path(space, brand_id)}/taken/{int(at.timestamp())}"


def upcoming(queue: Queue, after: datetime) -> Iterator[datetime]:
    """The instants (UTC) of the slots later than ``after``, each once, in order, up to HORIZON."""
    zone, until = ZoneInfo(queue.timezone), after + HORIZON
    day, last = after.astimezone(zone).date() - timedelta(days=1), after
    times = [(slot.weekday, time.fromisoformat(slot.at)) for slot in sorted(queue.slots)]
    held: list[datetime] = []  # a day's slots may pass those of the next, where a gap moves them: one day is held back
    while times and last <= until:
        local = [datetime.combine(day, at, zone) for weekday, at in times if weekday == day.weekday()]
        found = sorted({*held, *(at.astimezone(UTC) for at in local)})
        edge = datetime.combine(day, time.min, zone).astimezone(UTC)
        for at in (one for one in found if one < edge and last < one <= until):
            yield at
            last = at
        held = [one for one in found if one >= edge]
        day += timedelta(days=1)
        if edge > until:
            return


def still_holds(post: Post) -> bool:
    """Whether the post is still meant for its slot."""
    gone = post.deleted_at is not None or post.status is Status.CANCELLED
    taken = post.slot.rpartition("/")[2]
    return not gone and post.scheduled_at is not None and taken == str(int(post.scheduled_at.timestamp()))
