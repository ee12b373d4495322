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
from shared.domain.numbers import AGES, Ages, interval
from shared.operations.syncing.metering import Spendings

MAX_WATCHED = 300  # posts of one account: the newest
OVERLAP = timedelta(minutes=2)  # what is written a moment after others were looked for is found with the next look
JITTER = 5  # the spread of posts that went out at one moment, as a fifth of what lies between readings
BUSY, IDLE = timedelta(hours=6), timedelta(hours=24)  # between readings of an account: with posts of this week, without
SELDOM = timedelta(days=7)  # the same where reading costs money

POLLS = (  # by how long ago there was news last: something said, a post, somebody who looked at the inbox
    (timedelta(hours=1), timedelta(minutes=10)),
    (timedelta(hours=6), timedelta(minutes=30)),
    (timedelta(days=3), timedelta(hours=1)),
    (timedelta(days=7), timedelta(hours=3)),
    (timedelta(days=30), timedelta(hours=6)),
)
QUIET = timedelta(hours=24)
PUSHED = timedelta(hours=6)  # between looks whether a network still pushes all that there is
TOGETHER = 10  # what would be due within a tenth of its own pace is done with what is due now: one run instead of two


@dataclass(slots=True)
class Memory:
    """What a chore remembers. Instants are whole seconds since 1970, 0: never.

    ``posts``: of each watched target when it went out, and when it was read. ``looked``: up to when posts have been looked
    for. ``account``: when the account was read. ``polled``: when the inbox was polled, ``pushed``: nothing had to be, ``inbox``: what
    polling remembers of it. ``blocked``: until when nothing may be asked, whoever is in a hurry. ``asked``: when somebody was in a
    hurry last; the chore itself keeps that.
    """

    posts: dict[str, list[int]] = field(default_factory=dict)
    looked: int = 0
    account: int = 0
    polled: int = 0
    pushed: bool = False
    inbox: Mapping[str, Any] = field(default_factory=dict)
    spendings: Spendings = field(default_factory=dict)
    blocked: int = 0
    asked: int = 0

    @classmethod
    def of(cls, state: Mapping[str, Any], asked_at: datetime | None = None) -> Memory:
        """As a chore's state has it; what it lacks was never done."""
        posts = {name: list(pair) for name, pair in state.get("posts", {}).items()}
        spendings = {name: list(pair) for name, pair in state.get("spendings", {}).items()}
        numbers = {name: int(state.get(name, 0)) for name in ("looked", "account", "polled", "blocked")}
        return cls(
            posts=posts,
            spendings=spendings,
            inbox=state.get("inbox", {}),
            pushed=bool(state.get("pushed")),
            asked=seconds(asked_at) if asked_at else 0,
            **numbers,
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

    def forget_old(self, now: datetime, ages: Ages = AGES) -> None:
        """What is older than the last of all ages is read no more."""
        eldest = seconds(now - ages[-1][0])
        self.posts = {name: pair for name, pair in self.posts.items() if pair[0] > eldest}


def post_due(account_id: str, published: int, read: int, by: Ages = AGES) -> datetime:
    """When a post is to be read next: a little later for some accounts than for others."""
    last = instant(read or published)
    every = interval(last - instant(published), by) or by[-1][1]
    return last + every + spread(account_id, "sync", every / JITTER)


def account_due(
    account_id: str, memory: Memory, now: datetime, *, sparing: bool = False, early: bool = False
) -> datetime:
    """When the account itself is to be read next. ``early``: as it may be done with something else that is due."""
    recent = any(now - instant(pair[0]) < timedelta(days=7) for pair in memory.posts.values())
    every = SELDOM if sparing else BUSY if recent else IDLE
    return _after(account_id, memory.account, every, early=early)


def poll_due(account_id: str, memory: Memory, now: datetime, *, early: bool = False) -> datetime:
    """When what a network does not push is asked for next; where all is pushed, when that is looked at again, for it may change
    with the subscriptions. ``early``: as for :func:`account_due`."""
    return _after(account_id, memory.polled, PUSHED if memory.pushed else poll_pace(memory, now), early=early)


def poll_pace(memory: Memory, now: datetime) -> timedelta:
    """How often what a network does not push is asked for: the longer nothing happened, the less often."""
    published = max((instant(pair[0]) for pair in memory.posts.values()), default=instant(0))
    said = str(memory.inbox.get("news") or memory.inbox.get("began") or "")
    last = max(published, instant(memory.asked), datetime.fromisoformat(said) if said else instant(0))
    return next((every for until, every in POLLS if now - last < until), QUIET)


def _after(account_id: str, last: int, every: timedelta, *, early: bool) -> datetime:
    """Each account has a pace of its own, up to a fifth slower: those that were connected at one moment are soon apart."""
    pace = every + spread(account_id, "sync", every / JITTER)
    return instant(last) + (pace - every / TOGETHER if early else pace)


def due(account_id: str, memory: Memory, now: datetime, by: Ages = AGES) -> list[str]:
    """The posts to read now, the longest overdue first."""
    dates = {name: post_due(account_id, pair[0], pair[1], by) for name, pair in memory.posts.items()}
    return sorted((name for name, at in dates.items() if at <= now), key=lambda name: dates[name])


def next_post(account_id: str, memory: Memory, by: Ages = AGES) -> datetime | None:
    """When the next of the posts is due."""
    return min((post_due(account_id, pair[0], pair[1], by) for pair in memory.posts.values()), default=None)


def instant(at: int) -> datetime:
    """Seconds since 1970 as an instant."""
    return datetime.fromtimestamp(at, UTC)


def seconds(at: datetime) -> int:
    """An instant as whole seconds since 1970."""
    return int(at.timestamp())
