"""Listings: networks, pages, walls and channels that somebody entered by hand, to be looked at by a person.

A listing is what its owner says of it. Once the same account of the network is connected, the network has vouched for it:
it is then shown as accepted, whatever was entered. What a caller keeps about a connected account (a category, a bio of
its own) is a listing too, with that account's id.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Sort = Literal["network", "page", "wall", "channel"]
Standing = Literal["pending", "accepted", "rejected", "suspended", "disconnected"]
SORTS: tuple[Sort, ...] = ("network", "page", "wall", "channel")
MAX_LISTINGS = 1000  # of one workspace and mode
MAX_EXTRA = 50  # fields beside those that every listing has
_SAFE = (1 << 53) - 1  # the largest whole number that every JSON reader keeps


@dataclass(frozen=True, slots=True)
class Listing:
    """``workspaces/{space}/listings/{id}``. ``platform_id``: what its owner says is its id on the network.

    ``brand_ids``: the brands of the caller who entered it, empty for one of all: a caller of other brands does not see it.
    ``number``: the id that callers see. ``account_id``: the connected account that this is kept about, empty for what was
    entered. ``extra``: whatever else its owner keeps with it.
    """

    id: str
    space: str
    number: int
    sort: Sort
    platform: str
    platform_id: str
    name: str
    url: str
    standing: Standing
    created_at: datetime
    updated_at: datetime
    followers: int | None = None
    category: str = ""
    reason: str = ""
    account_id: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)
    brand_ids: tuple[str, ...] = ()


def number_of(id: str) -> int:
    """A whole number from 1 that stands for an id: the same each time, and short enough for every JSON reader."""
    return int.from_bytes(hashlib.sha256(id.encode()).digest()[:8]) % _SAFE + 1


def listing_id(sort: Sort, platform: str, platform_id: str, brand_ids: Iterable[str] = ()) -> str:
    """The same entry twice is one listing, for callers of the same brands."""
    named = "".join(f"/{one}" for one in sorted(brand_ids))
    return f"lst_{hashlib.sha256(f'{sort}/{platform}/{platform_id}{named}'.encode()).hexdigest()[:32]}"


def kept_id(account_id: str) -> str:
    """The listing of what a caller keeps about a connected account."""
    return f"lst_{account_id}"


def listing_path(space: str, id: str) -> str:
    """``workspaces/{space}/listings/{id}``"""
    return f"workspaces/{space}/listings/{id}"
