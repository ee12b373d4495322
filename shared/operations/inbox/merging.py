"""Several lists, each in the order of time and read a page at a time, as one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from shared.domain.errors import RostrumError
from shared.operations.inbox.cursors import Place
from shared.operations.inbox.paging import PAGES
from shared.platforms.contract_inbox import Page


class Timed(Protocol):
    """What has a time by which it is sorted."""

    @property
    def at(self) -> datetime: ...


T = TypeVar("T", bound=Timed)


@dataclass(slots=True)
class Lane(Generic[T]):
    """One of the lists, a page at a time. ``forgiving``: its failure is told beside the others' rows."""

    name: str
    fetch: Callable[[str], Page[T | None]]
    begin: Place
    keep: Callable[[T], bool]
    forgiving: bool = False
    page: Page[T | None] | None = None
    loads: int = 0
    stopped: bool = False
    error: RostrumError | None = None
    at: str = ""
    index: int = 0

    def head(self) -> T | None:
        """What is next of it; None at its end, or where this request has read enough of it (``stopped``)."""
        while not (self.stopped or self.error):
            if self.page is None:
                self._load(*self.begin)
                continue
            while self.index < len(self.page.items):
                one = self.page.items[self.index]
                if one is not None and self.keep(one):
                    return one
                self.index += 1
            if not self.page.next:
                return None
            if self.loads == PAGES:
                self.stopped = True
            else:
                self._load(self.page.next, 0)
        return None

    def place(self) -> Place | None:
        """Where it goes on, None where it has ended."""
        if self.error or self.page is None:
            return (self.at, self.index) if self.page else self.begin
        if self.index < len(self.page.items):
            return self.at, self.index
        return (self.page.next, 0) if self.page.next else None

    def _load(self, at: str, skip: int) -> None:
        try:
            page = self.fetch(at)
        except RostrumError as error:
            if not self.forgiving or error.code == "validation.cursor_invalid":
                raise
            self.error = error
            if self.page is not None:
                self.page, self.begin = None, (at, skip)
            return
        self.page, self.at, self.index, self.loads = page, at, skip, self.loads + 1


def taken(lanes: list[Lane[T]], limit: int, *, oldest: bool = False) -> list[T]:
    """The newest (or the oldest) of all heads, until there are enough, or one lane has more that was not read."""
    choose = min if oldest else max
    found: list[T] = []
    while True:
        heads = [(lane, one) for lane in lanes if (one := lane.head()) is not None]
        if any(lane.stopped for lane in lanes) or not heads or len(found) == limit:
            return found
        lane, one = choose(heads, key=lambda pair: pair[1].at)
        found.append(one)
        lane.index += 1
