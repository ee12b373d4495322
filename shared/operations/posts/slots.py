"""Queues: a brand's weekly slots, which of them are free, and what is in the others."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from shared.domain import codec
from shared.domain import queue as queues
from shared.domain.accounts import Account
from shared.domain.brands import brand_of
from shared.domain.callers import Caller
from shared.domain.errors import Clash, Invalid
from shared.domain.posts import Post, post_path
from shared.domain.queue import MAX_SLOTS, Queue, Slot, Taken
from shared.operations import brands
from shared.operations.lookup import every
from shared.operations.posts.times import checked_zone
from shared.ports.store import Query, Write
from shared.ports.world import Ports

_CLOCK = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d")


@dataclass(frozen=True, slots=True)
class Upcoming:
    """A slot to come, and what is in it: ``post`` is None where it is free."""

    at: datetime
    post: Post | None


def read(ports: Ports, caller: Caller, brand_id: str) -> Queue:
    """A brand's slots; none where nobody has chosen any. Two reads. Raises Missing (the brand)."""
    brand = brands.get(ports, caller, brand_id)
    doc = ports.store.get(queues.queue_path(caller.space, brand_id))
    return codec.decode(Queue, doc.data) if doc else Queue(brand_id, brand.timezone, (), brand.updated_at)


def replace(ports: Ports, caller: Caller, brand_id: str, slots: Sequence[Slot], zone: str | None) -> Queue:
    """Choose a brand's slots. Posts that have a slot keep their time. ``zone`` None: the brand's. Raises Missing, Invalid."""
    brand = brands.get(ports, caller, brand_id)
    if len(slots) > MAX_SLOTS:
        raise Invalid("validation.field_invalid", f"slots: at most {MAX_SLOTS} in a week.", field="slots")
    for index, slot in enumerate(slots):
        if not _CLOCK.fullmatch(slot.at):
            message = f"slots[{index}].time: write the hour and minute as 09:30 (00:00 to 23:59)."
            raise Invalid("validation.time_invalid", message, field=f"slots[{index}].time")
    name = zone or brand.timezone
    checked_zone(name, "timezone")
    made = Queue(brand_id, name, tuple(sorted(set(slots))), ports.clock.now())
    ports.store.commit([Write("set", queues.queue_path(caller.space, brand_id), codec.encode(made))])
    return made


def next_free(ports: Ports, caller: Caller, brand_id: str) -> tuple[Queue, datetime]:
    """The next slot that nobody has. Raises Missing, Clash (``queue.no_free_slot``)."""
    queue = read(ports, caller, brand_id)
    if not queue.slots:
        message = f"The queue of brand {brand_id!r} has no slots. Choose some: PUT /v1/queue/slots?brand_id={brand_id}."
        raise Clash("queue.no_free_slot", message, brand_id=brand_id)
    now = ports.clock.now()
    taken = _Ahead(_taken(ports, caller, brand_id, now))
    free = next((at for at in queues.upcoming(queue, now) if not taken.has(at)), None)
    if free is None:
        message = f"Every slot of brand {brand_id!r} is taken for the next 366 days. Add slots, or name a time."
        raise Clash("queue.no_free_slot", message, brand_id=brand_id)
    return queue, free


def upcoming(ports: Ports, caller: Caller, brand_id: str, limit: int) -> tuple[Queue, list[Upcoming]]:
    """The next slots, with the posts that have them; also those that have one of an earlier choice. Raises Missing.

    A slot that a post of other brands' accounts has is left out for a caller of some brands: it is neither free nor theirs.
    """
    queue, now = read(ports, caller, brand_id), ports.clock.now()
    query = _query(caller, brand_id, now, limit)
    taken = {one.at: one for one in (codec.decode(Taken, doc.data) for doc in ports.store.query(query))}
    times = sorted({*islice(queues.upcoming(queue, now), limit), *taken})[:limit]
    allowed = brands.allowed_accounts(ports, caller)
    ids = [taken[at].post_id for at in times if at in taken]
    docs = ports.store.get_many([post_path(caller.space, one) for one in ids]) if ids else []
    posts = {doc.id: codec.of(Post, doc) for doc in docs if doc}
    found = [Upcoming(at, posts.get(taken[at].post_id) if at in taken else None) for at in times]
    return queue, [one for one in found if allowed is None or not one.post or not allowed.isdisjoint(one.post.accounts)]


def brand_for(accounts: Sequence[Account], named: str) -> str:
    """The brand whose queue a post goes into: the one that it names, or its accounts'. Raises Invalid."""
    if named:
        return named
    found = sorted({brand_of(account) for account in accounts})
    if len(found) == 1:
        return found[0]
    message = "queue_brand_id: the accounts are of several brands. Name the one whose queue is meant."
    if not found:
        message = "targets: name at least one account to publish on; its brand's queue gives the time."
    raise Invalid("validation.field_required", message, field="queue_brand_id" if found else "targets")


def taking(caller: Caller, brand_id: str, at: datetime, post_id: str) -> Write:
    """The write by which a post takes a slot; it fails when another one has it."""
    return Write("create", queues.taken_path(caller.space, brand_id, at), codec.encode(Taken(post_id, at)))


class _Ahead:
    """Walks through what is taken beside the slots, both in order of time."""

    def __init__(self, taken: Iterator[datetime]) -> None:
        self._taken = taken
        self._at = next(taken, None)

    def has(self, at: datetime) -> bool:
        while self._at is not None and self._at < at:
            self._at = next(self._taken, None)
        return self._at == at


def _taken(ports: Ports, caller: Caller, brand_id: str, after: datetime) -> Iterator[datetime]:
    for doc in every(ports, _query(caller, brand_id, after, 1)):
        yield codec.decode(Taken, doc.data).at


def _query(caller: Caller, brand_id: str, after: datetime, limit: int) -> Query:
    collection = f"{queues.queue_path(caller.space, brand_id)}/taken"
    return Query(collection, None, (("at", ">", after),), (("at", "asc"),), limit)
