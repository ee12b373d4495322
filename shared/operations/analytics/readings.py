"""Keeping what was read, so that it is known later without asking again; and looking it up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime

from shared.domain import codec
from shared.domain.accounts import Account
from shared.domain.numbers import (
    AccountNumbers,
    Counts,
    Known,
    PostNumbers,
    account_numbers_path,
    post_numbers_path,
)
from shared.domain.payloads import storable
from shared.domain.posts import Target
from shared.operations.analytics import counting, rows
from shared.platforms import registry
from shared.platforms.contract import Metrics
from shared.ports.store import StoreError, Transaction, Write
from shared.ports.world import Ports

MAX_RAW = 4_000  # characters of a network's own answer, as JSON: a larger one is not kept
Fresh = Mapping[str, Mapping[str, Known]]  # by post id, by target id


def known(target: Target, at: datetime, counts: Counts, metrics: Metrics | None = None) -> Known:
    """A target's reading, as it is kept."""
    raw = storable(metrics.raw, MAX_RAW) if metrics else {}
    published = target.first.at if target.first else None
    return Known(target.platform, target.account_id, at, counts, published, raw)


def keep_post(ports: Ports, space: str, post_id: str, fresh: Mapping[str, Known]) -> PostNumbers:
    """The post's numbers with these fresh ones (by target id). That they cannot be kept just now hurts nobody."""
    with suppress(StoreError):
        return keep_posts(ports, space, {post_id: fresh})[post_id]
    now = ports.clock.now()
    return rows.with_reading(PostNumbers(post_id, now), fresh, now)


def keep_posts(ports: Ports, space: str, fresh: Fresh) -> dict[str, PostNumbers]:
    """The numbers of several posts with these fresh ones, in one transaction: one read and one write a post.

    Raises store.Unavailable.
    """
    now = ports.clock.now()

    def body(txn: Transaction) -> dict[str, PostNumbers]:
        found = {post_id: txn.get(post_numbers_path(space, post_id)) for post_id in fresh}
        before = {name: codec.decode(PostNumbers, doc.data) if doc else None for name, doc in found.items()}
        made = {name: rows.with_reading(before[name] or PostNumbers(name, now), fresh[name], now) for name in fresh}
        for name, numbers in made.items():
            if fresh[name]:
                txn.write(Write("set", post_numbers_path(space, name), codec.encode(numbers)))
        return made

    return ports.store.transact(body)


def of_posts(ports: Ports, space: str, post_ids: Sequence[str]) -> dict[str, PostNumbers]:
    """What is known of these posts, by id; one round trip. Posts that nobody looked at are absent."""
    docs = ports.store.get_many([post_numbers_path(space, one) for one in post_ids]) if post_ids else []
    return {doc.id: codec.decode(PostNumbers, doc.data) for doc in docs if doc}


def keep_account(ports: Ports, account: Account, metrics: Metrics) -> AccountNumbers:
    """One more reading of an account. That it cannot be kept just now hurts nobody."""
    path, now = account_numbers_path(account.space, account.id), ports.clock.now()
    raw = storable(metrics.raw, MAX_RAW)

    def body(txn: Transaction) -> AccountNumbers:
        doc = txn.get(path)
        before = codec.decode(AccountNumbers, doc.data) if doc else AccountNumbers(account.id, now)
        kept = rows.with_account(before, counting.of_account(metrics), raw, now)
        txn.write(Write("set", path, codec.encode(kept)))
        return kept

    with suppress(StoreError):
        return ports.store.transact(body)
    return rows.with_account(AccountNumbers(account.id, now), counting.of_account(metrics), raw, now)


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
