"""One run of one account: its posts that are due, the account itself, and what its network does not push.

The schedule hands out accounts (:func:`hand_out`), a task does one (:func:`advance`) and plans the next run for when
something is due again: an account without new posts costs a run a day. What one part meets does not keep the others from
their work. Store operations of a run: the chore and the account (2 reads), the posts that went out since the last look (a
query, when something may have), each post that is due (its target and its numbers: 2 reads, 1 write), the account's
numbers (1 and 1), the chore again (1 and 1).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from shared.domain.accounts import Account
from shared.domain.chores import Chore
from shared.domain.errors import Limited, Missing, Reconnect, RostrumError
from shared.operations import chores, sessions
from shared.operations.chores import HandedOut
from shared.operations.syncing import asking, parts, quotas, thrift, watching
from shared.operations.syncing.asking import Line
from shared.operations.syncing.metering import Meter, Spent, rejoined
from shared.operations.syncing.parts import Run
from shared.operations.syncing.watching import Memory
from shared.platforms.contract import Fate, Refused
from shared.ports.http import HttpFailure
from shared.ports.store import StoreError
from shared.ports.vault import VaultError
from shared.ports.world import Ports

SOON = timedelta(minutes=1)  # what is left of a run's work
LIMITED = timedelta(minutes=15)  # where a network limits us without saying for how long
RECONNECTED = timedelta(days=30)  # connecting again plans the chore anew; this is for the case that it did not
log = logging.getLogger(__name__)


@dataclass(slots=True)
class Met:
    """What the parts of a run met: ``until`` the network wants to be left alone, ``troubles`` of a kind that passes."""

    until: datetime | None = None
    reconnect: bool = False
    troubles: int = 0
    fine: int = 0


def hand_out(ports: Ports, body: Mapping[str, Any]) -> HandedOut:
    """The schedule's call: a task for every account that is due. Raises store.Unavailable."""
    return chores.hand_out(ports, "sync")


def advance(ports: Ports, body: Mapping[str, Any]) -> str:
    """The task's call: one run of one account. Safe to be done twice. Answers what was done; raises store.Unavailable,
    VaultError."""
    chore = chores.taken(ports, "sync", body)
    if chore is None:
        return "nothing to do"
    account = _account(ports, chore)
    if account is None or not parts.any_of(account.platform):
        chores.done(ports, chore, None)
        return "never again"
    memory = Memory.of(chore.state, chore.asked_at)
    if account.status != "active":
        return _ended(ports, chore, memory, Met(reconnect=True))
    if memory.blocked > ports.clock.now().timestamp():  # a post that went out since made it due
        return _ended(ports, chore, memory, Met(watching.instant(memory.blocked)))
    return _ended(ports, chore, memory, _run(ports, account, memory))


def _account(ports: Ports, chore: Chore) -> Account | None:
    try:
        return sessions.open_account(ports, chore.space, chore.account_id)
    except Missing:
        return None


def _run(ports: Ports, account: Account, memory: Memory) -> Met:
    met, opened = Met(), list[Run]()
    _do(met, ports, account, lambda: opened.append(_opened(ports, account, memory)))
    for part in parts.PARTS if opened else ():
        if met.until is not None or met.reconnect:
            break
        _do(met, ports, account, partial(part, opened[0]))
        if opened[0].line.meter.until is not None:
            met.until = opened[0].line.meter.until
    memory.forget_old(ports.clock.now(), thrift.ages(ports, account.platform))
    return met


def _opened(ports: Ports, account: Account, memory: Memory) -> Run:
    call = sessions.call(ports, account)
    key = quotas.key(account, call.app.client_id)
    meter = Meter(ports, account, key, memory.spendings)
    return Run(ports, Line(ports, account, meter, asking.metered(call, meter)), memory, ports.clock.now())


def _do(met: Met, ports: Ports, account: Account, part: Callable[[], object]) -> None:
    """Do one part; what it meets is noted, and stops nothing but itself."""
    now = ports.clock.now()
    try:
        met.fine += bool(part())
    except Spent as spent:
        met.until = spent.until
    except Refused as refused:
        _refused(met, refused, now)
    except Reconnect:
        met.reconnect = True
    except Limited as limited:
        met.until = now + timedelta(seconds=limited.meta.get("retry_after_seconds") or LIMITED.seconds)
    except (StoreError, VaultError):
        raise
    except (RostrumError, HttpFailure) as error:
        log.info("an account could not be read", extra={"account_id": account.id, "reason": str(error)[:200]})
        met.troubles += 1
    except Exception:  # an adapter's bug over one answer must not keep the account's other numbers from being read
        log.exception("adapter failed on schedule", extra={"account_id": account.id})
        met.troubles += 1


def _refused(met: Met, refused: Refused, now: datetime) -> None:
    if refused.fate is Fate.LIMITED:
        met.until = max(refused.retry_at or now + LIMITED, now + SOON)
    else:
        met.troubles += 1


def _ended(ports: Ports, chore: Chore, memory: Memory, met: Met) -> str:
    """Plan the next run, and remember."""
    now = ports.clock.now()
    again = _again(ports, chore, memory, met, now)
    memory.blocked = watching.seconds(met.until) if met.until else 0
    if met.troubles and not met.fine and met.until is None:
        chores.failed(ports, replace(chore, state=memory.written()))
        return "failed"
    chores.done(ports, chore, again, memory.written())
    return "waits for its owner" if met.reconnect else "waits" if met.until else "done"


def _again(ports: Ports, chore: Chore, memory: Memory, met: Met, now: datetime) -> datetime:
    if met.reconnect:
        return now + RECONNECTED
    if met.until is not None:
        return rejoined(chore.account_id, met.until, now)
    return max(now + SOON, parts.next_due(ports, chore.account_id, chore.platform, memory, now))
