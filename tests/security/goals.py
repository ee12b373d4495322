"""What the security tests counted, by goal, printed at the end of a run (``make security``; also of a parallel one)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

GOALS = {
    13: "forged deliveries of networks accepted",
    14: "foreign ids answered otherwise than absent ones; queries across workspaces without a reason",
    15: "secrets found in logs, tasks, events, documents, errors and URLs",
    16: "ciphertexts that opened in another place; secrets lost in a rotation",
    17: "connections to addresses that are not public",
    18: "mistyped, unknown or revoked API keys accepted",
    19: "media bombs that were let in, took too long, or too much memory",
}
_tried: Counter[tuple[int, str]] = Counter()
_broken: Counter[tuple[int, str]] = Counter()


def count(goal: int, what: str, tried: int = 1, broken: int = 0) -> None:
    """``what`` was tried so often for the goal, and so many times the promise did not hold (the test fails by itself)."""
    if goal not in GOALS:
        raise ValueError(f"goal {goal}: there are {', '.join(map(str, GOALS))}")
    _tried[goal, what] += tried
    _broken[goal, what] += broken


def tried(goal: int) -> int:
    """How often anything was tried for it."""
    return sum(number for (of, _), number in _tried.items() if of == goal)


def broken(goal: int) -> int:
    """How often it did not hold."""
    return sum(number for (of, _), number in _broken.items() if of == goal)


def export() -> dict[str, Any]:
    """This process's part, as plain data."""
    return {"tried": [[*key, n] for key, n in _tried.items()], "broken": [[*key, n] for key, n in _broken.items()]}


def merge(part: Mapping[str, Any]) -> None:
    """Another process's part."""
    for counter, rows in ((_tried, part["tried"]), (_broken, part["broken"])):
        for goal, what, number in rows:
            counter[goal, what] += number


def rows() -> Iterable[str]:
    """A line per goal, and under it one for each thing that was tried; nothing when no goal was."""
    for goal, title in GOALS.items():
        parts = {what: tried for (of, what), tried in _tried.items() if of == goal}
        if not parts:
            continue
        yield f"{goal}  {broken(goal)} of {sum(parts.values()):>9,}  {title}"
        for what, tried in sorted(parts.items()):
            yield f"     {_broken[goal, what]} of {tried:>9,}    {what}"
