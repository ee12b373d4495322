"""Which of an account's posts are due: what the chore remembers of them, and how their numbers thin out with age. Pure.

The chore's state holds a pair of instants for each post that is still watched, so that a run reads the documents of those
that are due, and asks the store only for what went out since it last looked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from shared.domain.chores import spread
from shared.domain.numbers import AGES, interval
from shared.operations.syncing.metering import Spendings

MAX_WATCHED = 300  # posts of one account: the newest
OVERLAP = timedelta(
    minutes=2
)  # a post that is written a moment after others have been looked for is found with the next look
JITTER = 5  # the spread of posts that went out at one moment, as a fifth of what lies between readings
BUSY, IDLE = timedelta(hours=6), timedelta(hours=24)  # between readings of an account: with posts of this week, without

POLLS = (
    (timedelta(days=1), timedelta(minutes=10)),
    (timedelta(days=7), timedelta(minutes=30)),
)  # by the newest post's age
QUIET = timedelta(hours=1)


@dataclass(slots=True)
class Memory:
    """What a chore remembers. Instants are whole seconds since 1970, 0: never.

    ``posts``: of each watched target when it went out, and when it was read. ``looked``: up to when posts have been looked
    for. ``account``: when the account was read. ``polled``: when the inbox was polled, ``pushed``: nothing had to be, ``inbox``: what
    polling remembers of it. ``blocked``: until when nothing may be asked, whoever is in a hurry.
    """

    posts: dict[str, list[int]] = field(default_factory=dict)
    looked: int = 0
    account: int = 0
    polled: int = 0
    pushed: bool = False
    inbox: Mapping[str, Any] = field(default_factory=dict)
    spendings: Spendings = field(default_factory=dict)
    blocked: int = 0

    @classmethod
    def of(cls, state: Mapping[str, Any]) -> Memory:
        """As a chore's state has it; what it lacks was never done."""
        posts = {name: list(pair) for name, pair in state.get("posts", {}).items()}
        spendings = {name: list(pair) for name, pair in state.get("spendings", {}).items()}
        numbers = {name: int(state.get(name, 0)) for name in ("looked", "account", "polled", "blocked")}
        return cls(
            posts=posts, spendings=spendings, inbox=state.get("inbox", {}), pushed=bool(state.get("pushed")), **numbers
        )

    def written(self) -> dict[str, Any]:
        """As the chore keeps it."""
        return {
            "posts": self.posts,
            "looked": self.looked,
            "account": self.account,
            "polled": self.polled,
            "pushed": self.pushed,
            "inbox": dict(self.inbox),
            "spendings": self.spendings,
            "blocked": self.blocked,
        }

    def watch(self, target_id: str, published: datetime) -> None:
        """From now on, this post as well; beyond ``MAX_WATCHED`` the oldest go."""
        self.posts.setdefault(target_id, [seconds(published), 0])
        for name in sorted(self.posts, key=lambda name: self.posts[name][0])[:-MAX_WATCHED]:
            del self.posts[name]

    def forget_old(self, now: datetime) -> None:
        """What is older than the last of all ages is read no more."""
        eldest = seconds(now - AGES[-1][0])
        self.posts = {name: pair for name, pair in self.posts.items() if pair[0] > eldest}


def post_due(account_id: str, published: int, read: int) -> datetime:
    """When a post is to be read next: a little later for some accounts than for others."""
    last = instant(read or published)
    every = interval(last - instant(published)) or AGES[-1][1]
    return last + every + spread(account_id, "sync", every / JITTER)


def account_due(memory: Memory, now: datetime) -> datetime:
    """When the account itself is to be read next."""
    recent = any(now - instant(pair[0]) < timedelta(days=7) for pair in memory.posts.values())
    return instant(memory.account) + (BUSY if recent else IDLE)


def poll_pace(memory: Memory, now: datetime) -> timedelta:
    """How often what a network does not push is asked for: more often while there are new posts to comment on."""
    last = max((instant(pair[0]) for pair in memory.posts.values()), default=instant(0))
    return next((every for until, every in POLLS if now - last < until), QUIET)


def due(account_id: str, memory: Memory, now: datetime) -> list[str]:
    """The posts to read now, the longest overdue first."""
    dates = {name: post_due(account_id, *pair) for name, pair in memory.posts.items()}
    return sorted((name for name, at in dates.items() if at <= now), key=lambda name: dates[name])


def next_post(account_id: str, memory: Memory) -> datetime | None:
    """When the next of the posts is due."""
    return min((post_due(account_id, *pair) for pair in memory.posts.values()), default=None)


def instant(at: int) -> datetime:
    """Seconds since 1970 as an instant."""
    return datetime.fromtimestamp(at, UTC)


def seconds(at: datetime) -> int:
    """An instant as whole seconds since 1970."""
    return int(at.timestamp())
