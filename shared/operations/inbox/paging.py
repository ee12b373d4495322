"""Pages of the size that a caller asks for, made of pages of the size that a network gives."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from shared.operations.inbox import cursors
from shared.platforms.contract_inbox import Page

T = TypeVar("T")
PAGES = 5  # of a network, for one page of ours


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
