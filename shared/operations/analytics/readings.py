"""Keeping what was read, so that it is known later without asking again; and looking it up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TypeVar

from shared.domain import codec
from shared.domain.accounts import Account
from shared.domain.numbers import (
    MAX_READINGS,
    AccountNumbers,
    FollowerReading,
    Known,
    PostNumbers,
    Reading,
    account_numbers_path,
    post_numbers_path,
)
from shared.operations.analytics import counting
from shared.platforms import registry
from shared.ports.store import StoreError, Transaction, Write
from shared.ports.world import Ports

APART = timedelta(minutes=5)  # between kept readings; but for the newest, which is always kept
R = TypeVar("R", Reading, FollowerReading)


def keep_post(ports: Ports, space: str, post_id: str, fresh: Mapping[str, Known]) -> PostNumbers:
    """The post's numbers with these fresh ones (by target id). That they cannot be kept just now hurts nobody."""
    path, now = post_numbers_path(space, post_id), ports.clock.now()
    made = with_reading(PostNumbers(post_id, now), fresh, now)

    def body(txn: Transaction) -> PostNumbers:
        nonlocal made
        doc = txn.get(path)
        before = codec.decode(PostNumbers, doc.data) if doc else PostNumbers(post_id, now)
        made = with_reading(before, fresh, now)
        if fresh:
            txn.write(Write("set", path, codec.encode(made)))
        return made

    with suppress(StoreError):
        return ports.store.transact(body)
    return made


def with_reading(before: PostNumbers, fresh: Mapping[str, Known], now: datetime) -> PostNumbers:
    """Pure: the numbers with a reading of now."""
    if not fresh:
        return before
    known = {**before.known, **fresh}
    counts = counting.added(one.counts for one in known.values())
    reading = Reading(now, counts.impressions, counting.engagements(counts))
    return PostNumbers(before.post_id, now, known, (*thinned(before.readings), reading)[-MAX_READINGS:])


def thinned(row: tuple[R, ...]) -> tuple[R, ...]:
    """Pure: readings, without the last one if it came too soon after the one before it."""
    return row[:-1] if len(row) > 1 and row[-1].at - row[-2].at < APART else row


def of_posts(ports: Ports, space: str, post_ids: Sequence[str]) -> dict[str, PostNumbers]:
    """What is known of these posts, by id; one round trip. Posts that nobody looked at are absent."""
    docs = ports.store.get_many([post_numbers_path(space, one) for one in post_ids]) if post_ids else []
    return {doc.id: codec.decode(PostNumbers, doc.data) for doc in docs if doc}


def keep_followers(ports: Ports, account: Account, followers: int) -> AccountNumbers:
    """One more reading of an account's followers. That it cannot be kept just now hurts nobody."""
    path, now = account_numbers_path(account.space, account.id), ports.clock.now()
    made = AccountNumbers(account.id, now, (FollowerReading(now, followers),))

    def body(txn: Transaction) -> AccountNumbers:
        doc = txn.get(path)
        before = codec.decode(AccountNumbers, doc.data).readings if doc else ()
        kept = AccountNumbers(account.id, now, (*thinned(before), *made.readings)[-MAX_READINGS:])
        txn.write(Write("set", path, codec.encode(kept)))
        return kept

    with suppress(StoreError):
        return ports.store.transact(body)
    return made


def of_accounts(ports: Ports, space: str, account_ids: Sequence[str]) -> dict[str, AccountNumbers]:
    """What is known of these accounts, by id; one round trip."""
    docs = ports.store.get_many([account_numbers_path(space, one) for one in account_ids]) if account_ids else []
    return {doc.id: codec.decode(AccountNumbers, doc.data) for doc in docs if doc}


def followers(ports: Ports, accounts: Sequence[Account]) -> dict[str, int]:
    """The followers of those accounts of one space of which somebody has read them: last, or when they were connected."""
    numbers = of_accounts(ports, accounts[0].space, [one.id for one in accounts]) if accounts else {}
    found: dict[str, int] = {}
    for account in accounts:
        kept = numbers.get(account.id)
        said = registry.manifest(account.platform).told(account.metadata, "followers")
        if kept and kept.readings:
            found[account.id] = kept.readings[-1].followers
        elif isinstance(said, int):
            found[account.id] = said
    return found
