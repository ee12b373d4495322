"""``make cost``: count again, compare with what is kept, and print docs/cost.md's tables; ``--write`` keeps and writes them."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence

from bench.cost import counted, page, scenes
from bench.cost.counted import Counted, Group
from bench.cost.meter import Invocation
from scripts import generate


def main(arguments: Sequence[str] | None = None) -> int:
    """1 when what was counted is not what is kept: the code does other things than the page says."""
    parser = argparse.ArgumentParser(prog="python -m bench.cost", description=__doc__)
    parser.add_argument("--write", action="store_true", help="keep what was counted, and write docs/cost.md")
    parser.add_argument("--quick", action="store_true", help="without the month of every network's account")
    options = parser.parse_args(arguments)
    if options.write and options.quick:
        parser.error("--write counts everything: leave --quick out")
    fresh = count(scenes.QUICK if options.quick else tuple(scenes.scenes()))
    if options.write:
        counted.save(fresh)
        return generate.main([])
    for name, block in page.blocks().items():
        print(f"\n{name}\n{block}")
    stale = differing(fresh, counted.load())
    print("\n".join(["", *(f"{name}: counted anew, it differs; make cost ARGS=--write" for name in stale)]))
    return 1 if stale else 0


def count(names: Sequence[str]) -> Counted:
    """Run these scenes."""
    every: list[Invocation] = []
    found = {}
    for name in names:
        print(f"{name} …", file=sys.stderr, flush=True)
        cases = scenes.scenes()[name]()
        every += [one for done in cases.values() for one in done]
        found[name] = {case: counted.grouped(done) for case, done in cases.items()}
    return Counted(time.strftime("%Y-%m-%d", time.gmtime()), counted.processor(every), found)


def differing(fresh: Counted, kept: Counted) -> list[str]:
    """The scenes of ``fresh`` in which other operations were counted before. Bytes may differ: a word is no reason to count
    again."""
    return [name for name in fresh.scenes if _operations(fresh, name) != _operations(kept, name)]


def _operations(of: Counted, scene: str) -> dict[str, list[tuple[object, ...]]]:
    cases = of.scenes.get(scene, {})
    return {case: [_bare(group) for group in groups] for case, groups in cases.items()}


def _bare(group: Group) -> tuple[object, ...]:
    units = {unit: amount for unit, amount in group.units.items() if "bytes" not in unit}
    return group.function, group.times, units, group.trips


if __name__ == "__main__":
    sys.exit(main())
