"""``make bench``: every row of the design's budgets that exists so far, in one run."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from bench import cold, counts, growth, imports, lost, publishing, rates
from bench.processes import ROOT
from bench.report import Row, table
from scripts.marked import within

RESULTS = ROOT / "build" / "bench.json"
PAGE = ROOT / "docs" / "performance.md"
Section = Callable[[argparse.Namespace], list[Row]]
SECTIONS: dict[str, Section] = {
    "imports": lambda _: imports.measure(),
    "cold": lambda _: cold.measure(),
    "rates": lambda _: rates.measure(),
    "counts": lambda options: counts.measure(growth.QUICK if options.quick else growth.SIZES),
    "lost": lambda options: publishing.lost_queue() if options.long else lost.measure(),
    "lateness": lambda _: publishing.lateness(),
    "fanout": lambda _: publishing.fan_out(),
    "burst": lambda options: publishing.burst(publishing.QUICK_BURST if options.quick else publishing.BURST),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, keep. 1 when a section could not be measured; a missed budget is a result, not an error."""
    options = _options(arguments)
    names = _chosen(options.only)
    began, rows, broken = time.monotonic(), [], []
    for name in names:
        print(f"{name} …", flush=True)
        try:
            rows += SECTIONS[name](options)
        except Exception as problem:  # noqa: BLE001 - a section that breaks must not cost the others' figures
            broken.append(name)
            print(f"  could not be measured: {type(problem).__name__}: {problem}", file=sys.stderr, flush=True)
    print(f"\n{table(rows)}\n\n{time.monotonic() - began:.0f} s; kept in {RESULTS.relative_to(ROOT)}")
    _keep(rows, RESULTS)
    if options.write and not broken:
        PAGE.write_text(within(PAGE.read_text(), "bench", table(rows)))
    elif options.write:
        print(f"not written: {', '.join(broken)} could not be measured", file=sys.stderr)
    return 1 if broken else 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--only", default="", help=f"sections, separated by commas: {', '.join(SECTIONS)}")
    parser.add_argument(
        "--quick", action="store_true", help="600 posts in the burst instead of 3,000; 1,000 stored posts"
    )
    parser.add_argument("--long", action="store_true", help="the lost queue in real time (two minutes)")
    parser.add_argument("--write", action="store_true", help="write the table into docs/performance.md, too")
    options = parser.parse_args(arguments)
    if options.write and (options.only or options.quick):
        parser.error("--write replaces the whole table: it wants a whole run, without --only and --quick")
    return options


def _chosen(only: str) -> list[str]:
    names = [name.strip() for name in only.split(",") if name.strip()] or list(SECTIONS)
    unknown = [name for name in names if name not in SECTIONS]
    if unknown:
        sys.exit(f"--only: {', '.join(unknown)} is no section. There are {', '.join(SECTIONS)}.")
    return names


def _keep(rows: Sequence[Row], path: Path) -> None:
    path.parent.mkdir(exist_ok=True)
    found = {
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "python": sys.version.split()[0],
        "cores": len(os.sched_getaffinity(0)),
        "rows": [row.plain() for row in rows],
    }
    path.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    sys.exit(main())
