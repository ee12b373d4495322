"""Requests shown and answered as shown, per document: a line each at the end of the test run (``tests/conftest.py``)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

_shown: Counter[str] = Counter()
_answered: Counter[str] = Counter()
_refused: Counter[str] = Counter()


def shown(document: str) -> None:
    """One more request that this document shows was sent."""
    _shown[document] += 1


def answered(document: str) -> None:
    """It was answered as the document shows."""
    _answered[document] += 1


def not_offered(document: str, reason: str) -> None:
    """The network offers it no more: it was refused, saying so."""
    _refused[f"{document}\t{reason}"] += 1


def export() -> dict[str, Any]:
    """This process's part, as plain data."""
    return {"shown": dict(_shown), "answered": dict(_answered), "refused": dict(_refused)}


def merge(part: Mapping[str, Any]) -> None:
    """Another process's part."""
    _shown.update(part["shown"])
    _answered.update(part["answered"])
    _refused.update(part.get("refused", {}))


def rows() -> Iterable[str]:
    """A line per document; nothing when no case ran."""
    for document in sorted(_shown):
        yield f"{document:<28} {_answered[document]:>4} of {_shown[document]:>4} requests answered as shown"
        for name, count in sorted(_refused.items()):
            named, _, reason = name.partition("\t")
            if named == document:
                yield f"{'':<28} {count:>4} not offered by the network: {reason}"
