"""What a part of the torture did, and what it found."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any


@dataclass(frozen=True)
class Options:
    """``quick``: a sample, for the test suite and for a first look. ``seed``: what chance begins with.

    ``say``: where progress goes, a line at a time.
    """

    quick: bool = False
    seed: int = 20261122
    say: Callable[[str], None] = print


@dataclass(frozen=True, slots=True)
class Figures:
    """``did``: how often what was tried (``{"kills": 1000, "targets": 4000}``), in the order in which it is told.

    ``duplicates``: visible effects beyond one of a target. ``losses``: targets that neither ended nor ask for a person.
    ``lies``: other broken promises, each with the words that lead back to it (seed, round, plan).
    ``ends``: targets by the state in which they ended. ``note``: what a reader must know of how it was tried.
    """

    did: Mapping[str, int]
    duplicates: int = 0
    losses: int = 0
    lies: tuple[str, ...] = ()
    ends: Mapping[str, int] = field(default_factory=dict)
    note: str = ""

    @property
    def kept(self) -> bool:
        """Whether the promise held."""
        return not (self.duplicates or self.losses or self.lies)

    def plain(self) -> dict[str, Any]:
        """For build/torture.json."""
        return asdict(replace(self, did=dict(self.did), ends=dict(self.ends)))  # asdict counts a Counter's pairs


Part = Callable[[Options], Figures]


def table(parts: Mapping[str, Mapping[str, Any]]) -> str:
    """The parts (as :meth:`Figures.plain`) in Markdown."""
    lines = [
        "| what was tried | how often | duplicates | losses | other | how the targets ended |",
        "|---|---|---|---|---|---|",
    ]
    for name, found in parts.items():
        what = f"{name}. {found['note']}" if found["note"] else name
        row = (
            what,
            _counts(found["did"]),
            found["duplicates"],
            found["losses"],
            len(found["lies"]),
            _counts(found["ends"]),
        )
        lines.append(f"| {' | '.join(map(str, row))} |")
    return "\n".join(lines)


def _counts(counted: Mapping[str, int]) -> str:
    return ", ".join(f"{count:,} {name}" for name, count in counted.items()) or "–"
