"""Fault plans: which port call of a run fails, and how."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from random import Random

from shared.ports.blobs import BlobsUnavailable
from shared.ports.bus import BusUnavailable
from shared.ports.http import AnswerLost, NotSent
from shared.ports.queue import QueueUnavailable
from shared.ports.store import Unavailable
from shared.ports.vault import VaultUnavailable
from tests.support.faults import Crash


class Mode(StrEnum):
    """How a port call fails."""

    CRASH_BEFORE = "crash_before"  # the process dies, the call was never made
    CRASH_AFTER = "crash_after"  # the process dies, the call had its effect
    ERROR_BEFORE = "error_before"  # the port says it does not know; nothing happened
    ERROR_AFTER = "error_after"  # the port says it does not know; it happened
    SLOW = "slow"  # the call takes 20 seconds: longer than the send window
    LATE = "late"  # a network's write: no answer, and the effect comes two minutes later


_ERRORS: dict[str, tuple[Callable[[], Exception], Callable[[], Exception]]] = {
    "store": (lambda: Unavailable("injected"), lambda: Unavailable("injected")),
    "queue": (lambda: QueueUnavailable("injected"), lambda: QueueUnavailable("injected")),
    "bus": (lambda: BusUnavailable("injected"), lambda: BusUnavailable("injected")),
    "vault": (lambda: VaultUnavailable("injected"), lambda: VaultUnavailable("injected")),
    "blobs": (lambda: BlobsUnavailable("injected"), lambda: BlobsUnavailable("injected")),
    "sandbox": (lambda: NotSent("injected"), lambda: AnswerLost("injected")),
    "http": (lambda: NotSent("injected"), lambda: AnswerLost("injected")),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """The ``call``-th port call (from 0, after the accounts exist) fails in this mode."""

    call: int
    mode: Mode


@dataclass(frozen=True, slots=True)
class Plan:
    """The faults of one run. ``seed`` drives everything else that is random in it (order, interleaving); with an
    odd one the queue gives up a task whose handler crashed."""

    faults: tuple[Fault, ...]
    seed: int = 0

    def __str__(self) -> str:
        return "+".join(f"{fault.mode}@{fault.call}" for fault in self.faults) or "no fault"


def raised(call: str, phase: str, mode: Mode) -> BaseException | None:
    """What this mode raises at this side of a call, None when nothing."""
    if (mode is Mode.CRASH_BEFORE and phase == "before") or (mode is Mode.CRASH_AFTER and phase == "after"):
        return Crash(f"{mode} {call}")
    before, after = _ERRORS[call.partition(".")[0]]
    if mode is Mode.ERROR_BEFORE and phase == "before":
        return before()
    return after() if mode is Mode.ERROR_AFTER and phase == "after" else None


def singles(calls: int) -> Iterator[Plan]:
    """Every call × every mode; each crash also with a queue that then gives the task up (an odd seed)."""
    for call in range(calls):
        for mode in Mode:
            yield Plan((Fault(call, mode),))
            if mode in (Mode.CRASH_BEFORE, Mode.CRASH_AFTER):
                yield Plan((Fault(call, mode),), seed=1)


def pairs(calls: int, modes: tuple[Mode, ...] = tuple(Mode)) -> Iterator[Plan]:
    """Every pair of calls × every pair of modes."""
    for first in range(calls):
        for second in range(first + 1, calls):
            for one in modes:
                for two in modes:
                    yield Plan((Fault(first, one), Fault(second, two)))


def randoms(seed: int, count: int, calls: int) -> Iterator[Plan]:
    """Three to five faults anywhere, reproducible from the seed."""
    for number in range(count):
        own = seed * 1_000_003 + number
        random = Random(own)
        chosen = sorted(random.sample(range(calls), k=min(calls, random.randint(3, 5))))
        yield Plan(tuple(Fault(call, random.choice(list(Mode))) for call in chosen), own)
