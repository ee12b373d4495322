"""Chores: what has to be done for a connected account again and again, each at its own time.

One small document per account and chore, apart from the account's own, so that a chore that is put off never contends with
a token that is being renewed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal, get_args

ChoreKind = Literal["refresh", "subscribe", "sync"]

KINDS: tuple[ChoreKind, ...] = get_args(ChoreKind)
SHARDS = 4  # of the index by time: a sequential field in one index takes 500 writes a second at most
FIRST, LONGEST = timedelta(minutes=1), timedelta(hours=6)  # between tries of what does not succeed
LEASE = timedelta(minutes=15)  # longer than a task may take, with its queue's delay
LEASED = 4  # times in a row a lease becomes twice as long, where nobody came to the chore's end


@dataclass(frozen=True, slots=True)
class Chore:
    """``workspaces/{space}/chores/{account_id}.{kind}``.

    ``wake_at``: when it is due; while somebody works on it, when it would be handed out again. ``ticket`` counts how often
    it was handed out: a task with another ticket finds nothing to do. ``handed``: how often since somebody last came to its
    end. ``hurried``: somebody asked for it while it was handed out; ``asked_at``: when somebody asked for it last. ``failures``: in a row. ``state``: what the chore itself
    remembers (JSON).
    """

    space: str
    account_id: str
    platform: str
    kind: ChoreKind
    shard: int
    wake_at: datetime
    ticket: int = 0
    failures: int = 0
    handed: int = 0
    hurried: bool = False
    asked_at: datetime | None = None
    state: Mapping[str, Any] = field(default_factory=dict)

    @property
    def path(self) -> str:
        return chore_path(self.space, self.account_id, self.kind)


def chore_path(space: str, account_id: str, kind: ChoreKind) -> str:
    """``workspaces/{space}/chores/{account_id}.{kind}``"""
    return f"workspaces/{space}/chores/{account_id}.{kind}"


def new(space: str, account_id: str, platform: str, kind: ChoreKind, at: datetime) -> Chore:
    """A chore that was never done."""
    return Chore(space, account_id, platform, kind, _hash(account_id) % SHARDS, at)


def spread(account_id: str, kind: ChoreKind, over: timedelta) -> timedelta:
    """This account's own share of a span, always the same: so that all of them are never due at once."""
    return over * (_hash(f"{account_id}|{kind}") % 10_000 / 10_000)


def back_off(failures: int) -> timedelta:
    """How long to wait after so many failures in a row: 1, 2, 4 … minutes, at most six hours."""
    doublings: int = min(max(failures, 1) - 1, 16)
    return min(FIRST * (1 << doublings), LONGEST)


def lease(handed: int) -> timedelta:
    """For how long it is handed out: longer, when the task before has not come to its end. A queue that is further behind
    than the lease would else bring only tasks that are out of date, for ever."""
    return LEASE * (1 << min(handed, LEASED))


def task_name(chore: Chore) -> str:
    """The name of the task of this ticket."""
    return f"c-{hashlib.sha256(f'{chore.path}|{chore.ticket}'.encode()).hexdigest()[:40]}"


def _hash(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
