"""What was measured, against its budget: statistics, verdicts and the table. Pure; no clock, no file."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Budget:
    """What a figure may be: ``most`` or ``least`` of it is ``limit``. ``note``: where that comes from, if not from the design."""

    bound: Literal["most", "least"]
    limit: float
    note: str = ""

    def keeps(self, value: float) -> bool:
        """Whether the figure is within the budget."""
        return value <= self.limit if self.bound == "most" else value >= self.limit

    def __str__(self) -> str:
        said = f"{'≤' if self.bound == 'most' else '≥'} {number(self.limit)}"
        return f"{said} ({self.note})" if self.note else said


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the report. ``unit``: ``×`` for ratios, ``s``, ``reads``, ``writes``; ``detail`` is for people.

    Without a budget the row is there for information.
    """

    section: str
    what: str
    value: float
    unit: str = "×"
    budget: Budget | None = None
    detail: str = ""

    @property
    def verdict(self) -> str:
        """``kept``, ``MISSED``, or ``–`` where there is no budget."""
        if self.budget is None:
            return "–"
        return "kept" if self.budget.keeps(self.value) else "MISSED"

    def plain(self) -> dict[str, Any]:
        """For build/bench.json."""
        budget = {"bound": self.budget.bound, "limit": self.budget.limit} if self.budget else None
        return {
            "section": self.section,
            "what": self.what,
            "value": self.value,
            "unit": self.unit,
            "budget": budget,
            "verdict": self.verdict,
            "detail": self.detail,
        }


def at_most(limit: float) -> Budget:
    """A figure that is better the smaller it is."""
    return Budget("most", limit)


def at_least(limit: float, note: str = "") -> Budget:
    """A figure that is better the larger it is."""
    return Budget("least", limit, note)


def median(values: Iterable[float]) -> float:
    """The middle value, or the mean of the two middle ones. Raises ValueError when there is none."""
    ordered = sorted(values)
    if not ordered:
        raise ValueError("no values: nothing was measured")
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def percentile(values: Iterable[float], percent: float) -> float:
    """The smallest value that at least ``percent`` of all do not exceed (nearest rank). Raises ValueError."""
    ordered = sorted(values)
    if not ordered:
        raise ValueError("no values: nothing was measured")
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """The median of the ratios of runs made side by side: what slows both runs of a pair does not show in it.

    Raises ValueError when the runs do not pair up, or when one of ``theirs`` is not positive.
    """
    if len(ours) != len(theirs):
        raise ValueError(f"{len(ours)} runs of ours beside {len(theirs)} of theirs: they must alternate")
    if any(value <= 0 for value in theirs):
        raise ValueError("a run of the comparison measured nothing")
    return median(mine / yours for mine, yours in zip(ours, theirs, strict=True))


def number(value: float) -> str:
    """Three significant digits at most, without an exponent: 0.124, 0.61, 12.3, 1,563."""
    if value == int(value) or abs(value) >= 100:
        return f"{value:,.0f}"
    if 0.001 <= abs(value) < 0.2:
        return f"{value:.3g}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def table(rows: Sequence[Row]) -> str:
    """The rows in Markdown."""
    lines = ["| what | measured | budget | verdict | figures |", "|---|---|---|---|---|"]
    lines += [
        f"| {_cell(row.what)} | {_measured(row)} | {row.budget or '–'} | {_shown(row)} | {_cell(row.detail)} |"
        for row in rows
    ]
    return "\n".join(lines)


def _measured(row: Row) -> str:
    return f"{number(row.value)} {row.unit}".strip()


def _shown(row: Row) -> str:
    return f"**{row.verdict}**" if row.verdict == "MISSED" else row.verdict


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
