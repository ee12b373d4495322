"""The whole exploration: its units of work, spread over processes, and what it found by network."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any
from zlib import crc32

from scripts.marked import within
from shared.platforms import registry
from tests.simulation import plans, playing, writes
from tests.simulation.plans import Mode
from tests.simulation.playing import Tally
from tests.simulation.scenarios import Scenario

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "build" / "explore.json"
PAGE = ROOT / "docs" / "reliability.md"
PAIRS = 800  # pairs of faults tried per scenario of a real network
PAIR_MODES = (Mode.CRASH_AFTER, Mode.ERROR_BEFORE, Mode.ERROR_AFTER, Mode.LATE)
RACES = 60  # interleavings per scenario
FEWER = 4  # one in so many races and random plans for a scenario that only adds another write
EVERYWHERE = "all at once"


@dataclass(frozen=True, slots=True)
class Unit:
    """One scenario's work, by its place in the list of all, so that another process finds it: ``part`` is ``plans`` (single
    faults, races, random plans) or ``pairs``."""

    names: tuple[str, ...]
    index: int
    part: str
    seed: int
    randoms: int


def units(names: tuple[str, ...], seed: int, randoms: int) -> list[Unit]:
    """All of it; the plain network comes last, by itself."""
    found: list[Unit] = []
    for some in (names, ("plain",)):
        scenarios = listed(some)
        found += [Unit(some, index, "plans", seed, randoms) for index in range(len(scenarios))]
        paired = [index for index, one in enumerate(scenarios) if one.name.endswith(" now")]
        found += [Unit(some, index, "pairs", seed, randoms) for index in paired]
    return found


def full(names: tuple[str, ...], seed: int, randoms: int, jobs: int) -> Iterator[tuple[str, str, Tally]]:
    """The whole exploration, unit by unit: the network, what was tried, what was found."""
    work = units(names, seed, randoms)
    if jobs == 1:
        yield from map(_done, work)
        return
    with ProcessPoolExecutor(jobs, initializer=_begin) as pool:
        yield from pool.map(_done, work)


_PREPARED = ExitStack()  # kept: what is prepared would be undone with the object that prepared it


def _begin() -> None:
    """A process of its own explores with a prepared registry until it ends."""
    _PREPARED.enter_context(playing.prepared())


def listed(names: tuple[str, ...]) -> list[Scenario]:
    """Every scenario of the whole exploration."""
    return playing.catalogue(names) + playing.all_writes(names)


def _done(unit: Unit) -> tuple[str, str, Tally]:
    scenario = listed(unit.names)[unit.index]
    where = scenario.platforms[0] if len(scenario.platforms) == 1 else EVERYWHERE
    name, tally = (_plans if unit.part == "plans" else _pairs)(scenario, unit)
    return where, name, tally


def _plans(scenario: Scenario, unit: Unit) -> tuple[str, Tally]:
    """Every single fault, and some races and random plans."""
    tally = Tally()
    calls = playing.length(scenario, tally)
    share = FEWER if scenario.name.endswith(", too") else 1
    playing.explore(scenario, plans.singles(calls + 8), tally)
    playing.explore(scenario, playing.interleavings(unit.seed, RACES // share), tally, interleave=True)
    playing.explore(scenario, plans.randoms(unit.seed, unit.randoms // share, calls + 8), tally)
    return f"{scenario.name} ({calls} calls)", tally


def _pairs(scenario: Scenario, unit: Unit) -> tuple[str, Tally]:
    """All pairs where the network has no mercy; of the others, each its own."""
    tally, every = Tally(), list(plans.pairs(min(24, playing.length(scenario)), PAIR_MODES))
    own = Random(unit.seed + crc32(scenario.name.encode()))
    drawn = every if scenario.platforms == ("plain",) else own.sample(every, min(PAIRS, len(every)))
    playing.explore(scenario, drawn, tally)
    return f"{scenario.name}, pairs", tally


# ------------------------------------------------------------------------------------------------------- telling


def keep(by_network: Mapping[str, Tally], bugs: Mapping[str, int], seed: int, *, page: bool) -> None:
    """build/explore.json, and with ``page`` the block of docs/reliability.md.

    ``bugs``: ``of`` so many that were planted, so many were ``caught``.
    """
    found = {
        "at": time.strftime("%Y-%m-%d", time.gmtime()),
        "seed": seed,
        "networks": {name: _plain(name, tally) for name, tally in by_network.items()},
        "bugs": dict(bugs),
    }
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n")
    if page:
        PAGE.write_text(within(PAGE.read_text(), "explore", table(found)))


def _plain(name: str, tally: Tally) -> dict[str, Any]:
    known = registry.all_names()
    return {
        "title": registry.manifest(name).title if name in known or name == "plain" else name,
        "writes": len(tally.writes.get(name, ())),
        "offered": len(writes.offered(name)) if name != EVERYWHERE else 0,
        "plans": tally.runs,
        "crashes": tally.crashes,
        "duplicates": tally.broken["duplicate"],
        "losses": tally.losses,
        "other": tally.others,
    }


def table(found: Mapping[str, Any]) -> str:
    """What :func:`keep` keeps, in Markdown."""
    columns = ("plans", "crashes", "duplicates", "losses", "other")
    lines = [
        "| network | writes tried | plans | crashes survived | duplicates | losses | other |",
        "|---|---|---|---|---|---|---|",
    ]
    rows = list(found["networks"].values())
    for row in rows:
        tried = f"{row['writes']} of {row['offered']}" if row["offered"] else "one post on each"
        lines.append(f"| {row['title']} | {tried} | {' | '.join(f'{row[name]:,}' for name in columns)} |")
    sums = {name: sum(row[name] for row in rows) for name in ("writes", "offered", *columns)}
    tried = f"**{sums['writes']} of {sums['offered']}**"
    lines.append(f"| **together** | {tried} | {' | '.join(f'**{sums[name]:,}**' for name in columns)} |")
    bugs, at = found["bugs"], found["at"]
    lines += ["", f"Seeded bugs caught: {bugs['caught']} of {bugs['of']}. Seed {found['seed']}, {at}."]
    return "\n".join(lines)
