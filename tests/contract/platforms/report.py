"""What the contract suite proved of each network, as a table at the end of the test run (``tests/conftest.py`` prints it).

Vendor tests say here what they checked and by what; the rest of a row comes from the manifest and from the folder's
``fixtures/documented_errors.json``. Workers of a parallel run hand their part to the one that prints.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from shared.platforms import names, registry
from shared.platforms.manifest import FEATURES

_requests: dict[str, Counter[str]] = defaultdict(Counter)
_sdks: dict[str, set[str]] = defaultdict(set)
_errors: dict[str, set[str]] = defaultdict(set)


def requests(name: str, count: int, material: str) -> None:
    """So many requests (or answers) of this network were checked against this material of its vendor."""
    _requests[name][material] += count


def sdk(name: str, which: str) -> None:
    """The vendor's own (or the leading) SDK drove the simulator."""
    _sdks[name].add(which)


def error(name: str, documented: str) -> None:
    """This documented error of the network is in our table, as it should be."""
    _errors[name].add(documented)


def documented_errors(name: str) -> list[Mapping[str, Any]]:
    """The network's documented errors, from its folder."""
    path = Path(registry.__file__).parent / names.NAMES[name] / "fixtures" / "documented_errors.json"
    found: list[Mapping[str, Any]] = json.loads(path.read_text("utf-8")) if path.exists() else []
    return found


def export() -> dict[str, Any]:
    """This process's part, as plain data."""
    return {
        "requests": {name: dict(counts) for name, counts in _requests.items()},
        "sdks": {name: sorted(found) for name, found in _sdks.items()},
        "errors": {name: sorted(found) for name, found in _errors.items()},
    }


def merge(part: Mapping[str, Any]) -> None:
    """Another process's part."""
    for name, counts in part["requests"].items():
        _requests[name].update(counts)
    for name, found in part["sdks"].items():
        _sdks[name].update(found)
    for name, found in part["errors"].items():
        _errors[name].update(found)


def rows() -> Iterable[str]:
    """The table, a line per network; nothing when no contract test ran."""
    if not (_requests or _sdks or _errors):
        return
    yield f"{'network':<16} {'features':>8} {'kinds':>5} {'actions':>7} {'errors':>8}  checked against the vendor's material"
    for name in registry.all_names():
        yield _row(name)


def _row(name: str) -> str:
    manifest = registry.manifest(name)
    offered = sum(manifest.feature(feature) == "offered" for feature in FEATURES)
    mapped = f"{len(_errors[name])}/{len(documented_errors(name))}"
    proven = [f"{count} x {material}" for material, count in sorted(_requests[name].items())]
    proven += [f"driven by {which}" for which in sorted(_sdks[name])]
    counts = f"{offered:>5}/{len(FEATURES)} {len(manifest.kinds):>5} {len(manifest.actions):>7} {mapped:>8}"
    return f"{name:<16} {counts}  {'; '.join(proven) or 'nothing in this run'}"
