"""What was counted, as it is kept in bench/cost/counted.json: by scene, case and function, how often and with which units."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.cost.meter import Invocation
from bench.report import median

FILE = Path(__file__).with_name("counted.json")


@dataclass(frozen=True, slots=True)
class Group:
    """Requests of one function that waited for the same calls: ``units`` of all ``times`` together."""

    function: str
    times: int
    units: Mapping[str, int]
    trips: Mapping[str, int]


Case = tuple[Group, ...]
Scenes = Mapping[str, Mapping[str, Case]]


@dataclass(frozen=True, slots=True)
class Counted:
    """``cpu``: seconds of one request by function, the median, on the machine that counted ``at`` that day."""

    at: str
    cpu: Mapping[str, float]
    scenes: Scenes


def grouped(done: Iterable[Invocation]) -> Case:
    """Invocations that are alike, together; in the order of their functions' names."""
    found: dict[tuple[str, tuple[tuple[str, int], ...]], tuple[Counter[str], int]] = {}
    for one in done:
        key = one.function, tuple(sorted((name, number) for name, number in one.trips.items() if name and number))
        units, times = found.get(key, (Counter(), 0))
        found[key] = units + one.units, times + 1
    return tuple(
        Group(function, times, dict(sorted(units.items())), dict(trips))
        for (function, trips), (units, times) in sorted(found.items())
    )


def processor(done: Sequence[Invocation]) -> dict[str, float]:
    """Seconds of CPU of one request, by function: the median, so that what loads at first use does not count."""
    seconds: dict[str, list[float]] = {}
    for one in done:
        seconds.setdefault(one.function, []).append(one.cpu)
    return {name: round(median(several), 4) for name, several in sorted(seconds.items()) if ":" not in name}


def load(path: Path = FILE) -> Counted:
    """What is kept. Raises OSError, ValueError."""
    found = json.loads(path.read_text())
    scenes = {scene: {case: _case(rows) for case, rows in cases.items()} for scene, cases in found["scenes"].items()}
    return Counted(found["at"], found["cpu"], scenes)


def save(counted: Counted, path: Path = FILE) -> None:
    """Keep it: a line a group."""
    lines = [f'{{\n "at": {json.dumps(counted.at)},\n "cpu": {json.dumps(counted.cpu)},\n "scenes": {{']
    for scene, cases in counted.scenes.items():
        lines.append(f"  {json.dumps(scene)}: {{")
        for case, rows in cases.items():
            texts = ",\n    ".join(json.dumps(_row(group)) for group in rows)
            lines.append(f"   {json.dumps(case)}: [\n    {texts}]{',' if case != [*cases][-1] else ''}")
        lines.append(f"  }}{',' if scene != [*counted.scenes][-1] else ''}")
    path.write_text("\n".join([*lines, " }", "}"]) + "\n")


def _row(group: Group) -> list[Any]:
    return [group.function, group.times, group.units, group.trips]


def _case(rows: Sequence[Sequence[Any]]) -> Case:
    return tuple(Group(*row) for row in rows)
