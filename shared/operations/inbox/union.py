"""One list of what was filed and of what the network says at this moment: each thing once, the newest first.

What was filed leads: the network's own row of it is left out (or takes its place, for it has the latest of it), and what was taken
back is left out of both. Only what was filed before the first page was asked for counts, so that later pages lose
nothing to what arrives meanwhile. A network that does not answer does not keep what was filed from its reader.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar

from shared.domain.accounts import Account
from shared.domain.errors import RostrumError
from shared.domain.inbox import Item, Kind
from shared.operations.inbox import cursors, interest, shown, stored
from shared.operations.inbox.cursors import Place
from shared.operations.inbox.merging import Lane, taken
from shared.platforms.contract_inbox import Page
from shared.ports.world import Ports

T = TypeVar("T", bound=shown.Thing)
_BEGAN, _LIVE, _STORED = "began", "live", "stored"


@dataclass(frozen=True, slots=True)
class Listed(Generic[T]):
    """A page, and why the network's own part of it is missing, where it is."""

    items: tuple[T, ...]
    next: str = ""
    error: RostrumError | None = None


@dataclass(frozen=True, slots=True)
class Asked(Generic[T]):
    """What list is wanted. ``live``: the network's pages, None where it has none. ``where``: the filed ones, by fields of
    theirs; several are several queries. ``of``: what the cursor is bound to."""

    kind: Kind
    thing: type[T]
    of: str
    limit: int
    cursor: str = ""
    live: Callable[[str], Page[T]] | None = None
    where: Sequence[dict[str, str]] = ({},)
    keep: Callable[[T], bool] = lambda _: True


def listed(ports: Ports, account: Account, asked: Asked[T]) -> Listed[T]:
    """A page of both. Raises Invalid (the cursor), and what the network raises where nothing was filed to be shown."""
    places = cursors.places(asked.of, asked.cursor)
    interest.noted(ports, [account])
    began = _began(places.pop(_BEGAN, None), ports.clock.now())
    known: _Known[T] = _Known(ports, account, asked.kind, began, asked.where)
    lanes: list[Lane[T]] = []
    if asked.live and (not asked.cursor or _LIVE in places):
        lanes.append(Lane(_LIVE, known.live(asked.live), places.get(_LIVE, ("", 0)), asked.keep, forgiving=True))
    for number, where in enumerate(asked.where):
        name = f"{_STORED}{number}"
        if not asked.cursor or name in places:
            fetch = known.filed(asked.thing, where)
            lanes.append(Lane(name, fetch, places.get(name, ("", 0)), asked.keep))
    items = taken(lanes, asked.limit)
    error = next((lane.error for lane in lanes if lane.error), None)
    if error and not items:
        raise error
    following: dict[str, Place] = {lane.name: place for lane in lanes if (place := lane.place())}
    for lane in lanes:
        if following and lane.name == _LIVE and lane.page and not lane.error:
            following.setdefault(_LIVE, (lane.at, lane.index))  # its end is read again, for its latest words
    more = cursors.write(asked.of, {_BEGAN: (began.isoformat(), 0), **following}) if following else ""
    return Listed(tuple(items), more, error)


def _began(place: Place | None, now: datetime) -> datetime:
    try:
        return datetime.fromisoformat(place[0]) if place else now
    except ValueError:
        raise cursors.refused() from None


@dataclass(slots=True)
class _Known(Generic[T]):
    """What of the network's rows was filed, and the network's rows of what was."""

    ports: Ports
    account: Account
    kind: Kind
    began: datetime
    where: Sequence[dict[str, str]]
    fresh: dict[str, T] = field(default_factory=dict)

    def live(self, fetch: Callable[[str], Page[T]]) -> Callable[[str], Page[T | None]]:
        """The network's pages without what was filed."""

        def page(at: str) -> Page[T | None]:
            found = fetch(at)
            filed = stored.many(self.ports, self.account, self.kind, [one.id for one in found.items])
            items = [self._unfiled(*pair) for pair in zip(found.items, filed, strict=True)]
            return Page(tuple(items), found.next)

        return page

    def filed(self, thing: type[T], where: dict[str, str]) -> Callable[[str], Page[T | None]]:
        """Pages of what was filed, without what was taken back."""

        def page(at: str) -> Page[T | None]:
            found = stored.page(self.ports, self.account, self.kind, at, **where)
            items = [
                (self.fresh.get(item.network_id) or shown.as_thing(thing, item))
                if item.shown and item.received_at <= self.began
                else None
                for item in found.items
            ]
            return Page(tuple(items), found.next)

        return page

    def _unfiled(self, one: T, filed: Item | None) -> T | None:
        if filed is None or filed.received_at > self.began or not (filed.complete or filed.deleted):
            return one
        if not (filed.deleted or self._is_listed(filed)):
            return one
        self.fresh[one.id] = one
        return None

    def _is_listed(self, filed: Item) -> bool:
        """Whether the filed part of this list has it: a network may push under another post than it answers it under."""
        return any(all(getattr(filed, name) == value for name, value in one.items()) for one in self.where)
