"""Asking several networks at once, for one request: it takes as long as the slowest of them, not as all together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Generic, TypeVar

from shared.domain.errors import Broken, RostrumError
from shared.ports import about
from shared.ports.store import Unavailable
from shared.ports.vault import VaultError

S = TypeVar("S")
T = TypeVar("T")
AT_ONCE = 8  # networks asked at the same time, for one request
TOGETHER = 20.0  # seconds for all of them: a request of the API has 60, and its caller rarely more than 30
_UNREADABLE = "The account could not be opened just now; ask again."


@dataclass(frozen=True, slots=True)
class Told(Generic[S, T]):
    """What one of many answered, or why it could not be asked."""

    of: S
    answer: T | None = None
    error: RostrumError | None = None


def asked_all(many: Sequence[S], question: Callable[[S], T], within: float = TOGETHER) -> list[Told[S, T]]:
    """Ask them all, a few at a time; what one cannot answer does not keep the others from it. In the order of ``many``.

    Who has not answered ``within`` so many seconds is told as such: the rest is not lost over slow ones.
    """

    def ask(one: S) -> Told[S, T]:
        try:
            return Told(one, question(one))
        except RostrumError as error:
            return Told(one, error=error)
        except (Unavailable, VaultError):
            return Told(one, error=Broken("system.unavailable", _UNREADABLE))

    if len(many) < 2:
        return [ask(one) for one in many]
    pool = ThreadPoolExecutor(min(AT_ONCE, len(many)))
    try:
        asked = [pool.submit(about.carried(ask), one) for one in many]
        wait(asked, timeout=within)
        slow = Broken("platform.no_answer", f"Not answered within {within:.0f} seconds; ask again.")
        return [told.result() if told.done() else Told(one, error=slow) for one, told in zip(many, asked, strict=True)]
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
