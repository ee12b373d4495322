"""What a post costs: what its networks take, and what our own operations come to, per account, at dated list prices.

``estimated``: when everything goes well. ``counted``: for the requests that were begun so far, retries included. Neither
is a bill: networks and clouds have quotas, discounts and rounding of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from shared.domain import prices
from shared.domain.callers import Caller
from shared.domain.posts import PieceDoc, Target
from shared.operations.posts.previewing import LINK
from shared.operations.posts.reading import find
from shared.platforms import registry
from shared.platforms.manifest import Price, Source
from shared.ports.world import Ports


@dataclass(frozen=True, slots=True)
class Amount:
    """US dollars: estimated before, and counted so far."""

    estimated: Decimal
    counted: Decimal


@dataclass(frozen=True, slots=True)
class TargetCost:
    """One account's part. ``sources``: where the network's prices stand; empty where it takes nothing."""

    target: Target
    vendor: Amount
    infrastructure: Amount
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class PostCost:
    """All accounts."""

    post_id: str
    targets: tuple[TargetCost, ...]

    def total(self) -> Amount:
        amounts = [amount for one in self.targets for amount in (one.vendor, one.infrastructure)]
        return Amount(sum((a.estimated for a in amounts), Decimal(0)), sum((a.counted for a in amounts), Decimal(0)))


def cost(ports: Ports, caller: Caller, post_id: str) -> PostCost:
    """What the post costs, and has cost. Raises Missing, Clash (as ``reading.find``)."""
    found = find(ports, caller, post_id)
    return PostCost(found.post.id, tuple(_target(target) for target in found.targets))


def _target(target: Target) -> TargetCost:
    listed = registry.manifest(target.platform).prices
    each = [(_price(listed, piece), piece.attempt) for piece in target.pieces]
    vendor = Amount(
        sum((Decimal(price.usd) for price, _ in each if price), Decimal(0)),
        sum((Decimal(price.usd) * sent for price, sent in each if price), Decimal(0)),
    )
    if target.sandbox:
        vendor = Amount(vendor.estimated, Decimal(0))
    sources = tuple(dict.fromkeys(price.source for price in listed))
    return TargetCost(target, vendor, _infrastructure(target), sources)


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
