"""Many posts in one request: each is made by itself, once, whatever becomes of the others.

Every post's commit carries a receipt of its own, derived from the batch's key and the post's place in it. A batch that was
cut off in the middle and is sent again makes the rest, and answers with what was made before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shared.domain.callers import Caller
from shared.domain.errors import Broken, Limited, RostrumError
from shared.operations import idempotency
from shared.operations.idempotency import AlreadyDone, Answer, Key, Receipt
from shared.operations.posts.commands import CreatePost
from shared.operations.posts.creating import create
from shared.operations.posts.views import PostView
from shared.ports.store import StoreError
from shared.ports.world import Ports

PATIENCE = 25.0  # seconds: what a request may take, with room below the 60 s of its function
AT_ONCE = 50  # receipts looked up in one round trip


@dataclass(frozen=True, slots=True)
class Item:
    """One post of a batch: its place, what was sent (to compare), and the command; or why there is none."""

    place: int
    sent: Mapping[str, Any]
    command: CreatePost | RostrumError


@dataclass(frozen=True, slots=True)
class Batch:
    """``key`` identifies the batch, empty when repeating it shall make the posts again. ``encode``: a post's answer."""

    key: str
    route: str
    encode: Callable[[PostView], Answer]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one post: its answer (now, or when it was made before), or the error."""

    place: int
    answer: Answer | None = None
    error: RostrumError | None = None

    @property
    def settled(self) -> bool:
        """Whether sending it again would change nothing: it was made, or refused for what it says."""
        return not isinstance(self.error, Broken | Limited)


def make(ports: Ports, caller: Caller, batch: Batch, items: Sequence[Item]) -> list[Outcome]:
    """Make each. What cannot be reached within PATIENCE is an outcome too (``system.not_reached``)."""
    until = ports.clock.monotonic() + PATIENCE
    return [
        outcome
        for start in range(0, len(items), AT_ONCE)
        for outcome in _some(ports, caller, batch, items[start : start + AT_ONCE], until)
    ]


def answered(ports: Ports, caller: Caller, batch: Batch, items: Sequence[Item]) -> list[RostrumError | bool]:
    """For a dry run: whether each was made before, or why it cannot be under this key. Raises StoreError."""
    found: list[RostrumError | bool] = []
    for start in range(0, len(items), AT_ONCE):
        receipts = _receipts(ports, caller, batch, items[start : start + AT_ONCE])
        found += [one if isinstance(one, RostrumError) else isinstance(one, Answer) for one in receipts]
    return found


def _some(ports: Ports, caller: Caller, batch: Batch, items: Sequence[Item], until: float) -> Iterator[Outcome]:
    try:
        receipts = _receipts(ports, caller, batch, items)
    except StoreError:
        yield from (Outcome(item.place, error=unclear()) for item in items)
        return
    for item, receipt in zip(items, receipts, strict=True):
        if isinstance(receipt, Answer):
            yield Outcome(item.place, receipt)
        elif isinstance(receipt, RostrumError) or isinstance(item.command, RostrumError):
            refused = item.command if isinstance(item.command, RostrumError) else receipt
            yield Outcome(item.place, error=refused if isinstance(refused, RostrumError) else None)
        elif ports.clock.monotonic() > until:
            yield Outcome(item.place, error=not_reached())
        else:
            yield _one(ports, caller, batch, item.place, item.command, receipt)


def _one(
    ports: Ports, caller: Caller, batch: Batch, place: int, command: CreatePost, receipt: Receipt | None
) -> Outcome:
    try:
        return Outcome(place, batch.encode(create(ports, caller, command, receipt)))
    except AlreadyDone as done:
        return Outcome(place, done.answer)
    except RostrumError as error:
        return Outcome(place, error=error)
    except StoreError:
        return Outcome(place, error=unclear())


def _receipts(
    ports: Ports, caller: Caller, batch: Batch, items: Sequence[Item]
) -> Sequence[Answer | Receipt | RostrumError | None]:
    """What each was answered before, or the receipt to make it with."""
    if not batch.key:
        return [None] * len(items)
    keys = [_key(caller, batch, item) for item in items]
    found = idempotency.find_all(ports, keys)
    made: list[Answer | Receipt | RostrumError | None] = []
    for key, before in zip(keys, found, strict=True):
        if isinstance(before, RostrumError):
            made.append(before)
        else:
            answer, stale = before
            made.append(answer or Receipt(ports, key, batch.encode, stale))
    return made


def _key(caller: Caller, batch: Batch, item: Item) -> Key:
    return idempotency.identify(caller, f"{batch.key}-{item.place}", f"{batch.route}#item", item.sent)


def not_reached() -> Broken:
    """The request's time was over."""
    message = (
        "The time of one request was over before this post. Send the same request again: what is made stays made once."
    )
    return Broken("system.not_reached", message)


def unclear() -> Broken:
    """The store did not answer."""
    return Broken("system.unavailable", "Whether it was stored is not known. Send the same request again.")
