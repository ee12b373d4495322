"""Pages of the size that a caller asks for, made of pages of the size that a network gives."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Generic, TypeVar

from shared.domain.errors import RostrumError
from shared.operations.inbox import cursors
from shared.platforms.contract_inbox import Page
from shared.ports.store import Unavailable
from shared.ports.vault import VaultError

S = TypeVar("S")
T = TypeVar("T")
PAGES = 5  # of a network, for one page of ours
AT_ONCE = 8  # networks asked at the same time, for one request
_UNREADABLE = "The account could not be opened just now; ask again."


def filled(
    fetch: Callable[[str], Page[T]], of: str, limit: int, cursor: str, keep: Callable[[T], bool] = lambda _: True
) -> Page[T]:
    """Up to ``limit`` items that ``keep`` likes, from where ``cursor`` says. Raises Invalid (the cursor), what fetching raises.

    A network's page is read again where ours ended within it. Fewer than ``limit`` with a ``next`` means: go on.
    """
    at, skip = cursors.place(of, cursor)
    found: list[T] = []
    for _ in range(PAGES):
        page = fetch(at)
        for index, item in enumerate(page.items[skip:], skip):
            if keep(item):
                if len(found) == limit:
                    return Page(tuple(found), cursors.write(of, [at, index]))
                found.append(item)
        if not page.next:
            return Page(tuple(found))
        at, skip = page.next, 0
        if len(found) == limit:
            break
    return Page(tuple(found), cursors.write(of, [at, skip]))


@dataclass(frozen=True, slots=True)
class Told(Generic[S, T]):
    """What one of many answered, or why it could not be asked."""

    of: S
    answer: T | None = None
    error: RostrumError | None = None


def asked_all(many: Sequence[S], question: Callable[[S], T]) -> list[Told[S, T]]:
    """Ask them all, a few at a time; what one cannot answer does not keep the others from it. In the order of ``many``."""

    def ask(one: S) -> Told[S, T]:
        try:
            return Told(one, question(one))
        except RostrumError as error:
            return Told(one, error=error)
        except (Unavailable, VaultError):
            return Told(one, error=RostrumError("system.unavailable", _UNREADABLE))

    if len(many) < 2:
        return [ask(one) for one in many]
    with ThreadPoolExecutor(min(AT_ONCE, len(many))) as pool:
        return list(pool.map(ask, many))
