"""What a post costs: what its networks take for it and for reading its numbers on schedule, and what our own operations come to, per
account, at dated list prices.

``estimated``: when everything goes well. ``counted``: for the requests that were begun so far, retries included. Neither
is a bill: networks and clouds have quotas, discounts and rounding of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from shared.domain import prices
from shared.domain.callers import Caller
from shared.domain.numbers import Ages, PostNumbers, interval
from shared.domain.posts import PieceDoc, Target
from shared.operations.analytics import readings
from shared.operations.posts.previewing import LINK
from shared.operations.posts.reading import find
from shared.operations.syncing import thrift
from shared.platforms import registry
from shared.platforms.manifest import Price, Source
from shared.ports.world import Ports

DAY = 86_400


@dataclass(frozen=True, slots=True)
class Amount:
    """US dollars: estimated before, and counted so far."""

    estimated: Decimal
    counted: Decimal


@dataclass(frozen=True, slots=True)
class TargetCost:
    """One account's part. ``reading``: what the network takes for its numbers, as often as schedule reads them. ``sources``: where
    the network's prices stand; empty where it takes nothing."""

    target: Target
    vendor: Amount
    reading: Amount
    infrastructure: Amount
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class PostCost:
    """All accounts."""

    post_id: str
    targets: tuple[TargetCost, ...]

    def total(self) -> Amount:
        amounts = [amount for one in self.targets for amount in (one.vendor, one.reading, one.infrastructure)]
        return Amount(sum((a.estimated for a in amounts), Decimal(0)), sum((a.counted for a in amounts), Decimal(0)))


def cost(ports: Ports, caller: Caller, post_id: str) -> PostCost:
    """What the post costs, and has cost. Raises Missing, Clash (as ``reading.find``)."""
    found = find(ports, caller, post_id)
    paid = any(registry.manifest(one.platform).read_price for one in found.targets)
    known = readings.of_posts(ports, caller.space, [found.post.id]).get(found.post.id) if paid else None
    return PostCost(found.post.id, tuple(_target(ports, target, known) for target in found.targets))


def _target(ports: Ports, target: Target, known: PostNumbers | None) -> TargetCost:
    listed = registry.manifest(target.platform).prices
    each = [(_price(listed, piece), piece.attempt) for piece in target.pieces]
    vendor = Amount(
        sum((Decimal(price.usd) for price, _ in each if price), Decimal(0)),
        sum((Decimal(price.usd) * sent for price, sent in each if price), Decimal(0)),
    )
    if target.sandbox:
        vendor = Amount(vendor.estimated, Decimal(0))
    sources = tuple(dict.fromkeys(price.source for price in listed))
    return TargetCost(target, vendor, _reading(ports, target, known), _infrastructure(target), sources)


def _reading(ports: Ports, target: Target, known: PostNumbers | None) -> Amount:
    """A day on which the post is read, however often, is charged once: so does the one network that takes money for it."""
    price = registry.manifest(target.platform).read_price
    if price is None:
        return Amount(Decimal(0), Decimal(0))
    series = known.series.get(target.id) if known else None
    days = {at // DAY for at in series.at} if series and not target.sandbox else ()
    return Amount(Decimal(price.usd) * len(_days(thrift.ages(ports, target.platform))), Decimal(price.usd) * len(days))


def _days(ages: Ages) -> set[int]:
    """The days of a post's life on which schedule reads it."""
    age, found = timedelta(), set[int]()
    while (every := interval(age, ages)) and (age := age + every) <= ages[-1][0]:
        found.add(age.days)
    return found


def _price(listed: tuple[Price, ...], piece: PieceDoc) -> Price | None:
    linked = LINK.search(piece.text) is not None
    fitting = [price for price in listed if price.with_link == linked]
    return next(iter(fitting or listed), None)


def _infrastructure(target: Target) -> Amount:
    further = max(len(target.pieces) - 1, 0)
    sent = sum(piece.attempt for piece in target.pieces)
    first = prices.total(prices.PER_TARGET)
    counted = first + prices.total(prices.PER_SEND, max(sent - 1, 0)) if sent else Decimal(0)
    return Amount(first + prices.total(prices.PER_SEND, further), counted)
