"""``make torture``: every part in turn, its figures, and 1 where a promise was broken."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from scripts.marked import within
from tests.torture.figures import Figures, Options, Part, table

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "build" / "torture.json"
PAGE = ROOT / "docs" / "reliability.md"
# A part is a function from Options to Figures; its module loads when its turn comes.
PARTS: dict[str, tuple[str, str]] = {
    "zombies": ("senders that wake up late", "tests.torture.zombies:torture"),
    "unknown": ("commits whose outcome nobody knows", "tests.torture.unknown:torture"),
    "lost": ("an hour without schedule, queue or both", "tests.torture.lost:torture"),
    "kills": ("SIGKILLs of the real process, SQLite", "tests.torture.kills:torture"),
    "emulator": ("SIGKILLs of instances, Firestore emulator", "tests.torture.emulator:torture"),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Torture, print, keep. 1 when a promise was broken or a part could not run."""
    given = _options(arguments)
    options = Options(quick=given.quick, seed=given.seed, say=lambda line: print(f"  {line}", flush=True))
    tried: dict[str, Any] = {}
    failed: list[str] = []
    for name in _chosen(given.only):
        print(f"{PARTS[name][0]} …", flush=True)
        began = time.monotonic()
        try:
            figures = _part(name)(options)
        except Exception as problem:  # noqa: BLE001 - a part that breaks must not cost the others' figures
            failed.append(name)
            print(f"  could not be tried: {type(problem).__name__}: {problem}", file=sys.stderr, flush=True)
            continue
        _tell(figures, time.monotonic() - began)
        tried[name] = {**figures.plain(), "at": time.strftime("%Y-%m-%d", time.gmtime()), "quick": options.quick}
        failed += [] if figures.kept else [name]
    found = _kept() | tried  # read now: another part may have been tried meanwhile
    rows = {PARTS[name][0]: found[name] for name in PARTS if name in found}
    print(f"\n{table(rows)}\n")
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n")
    if given.write:
        PAGE.write_text(within(PAGE.read_text(), "torture", table(rows)))
    return 1 if failed else 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.torture", description=__doc__)
    parser.add_argument("--only", default="", help=f"parts, separated by commas: {', '.join(PARTS)}")
    parser.add_argument("--quick", action="store_true", help="a sample of each")
    parser.add_argument("--seed", type=int, default=Options.seed)
    parser.add_argument("--write", action="store_true", help="write the figures into docs/reliability.md, too")
    return parser.parse_args(arguments)


def _chosen(only: str) -> list[str]:
    names = [name.strip() for name in only.split(",") if name.strip()] or list(PARTS)
    unknown = [name for name in names if name not in PARTS]
    if unknown:
        sys.exit(f"--only: {', '.join(unknown)} is no part. There are {', '.join(PARTS)}.")
    return names


def _part(name: str) -> Part:
    module, _, function = PARTS[name][1].partition(":")
    part: Part = getattr(import_module(module), function)
    return part


def _tell(figures: Figures, seconds: float) -> None:
    verdict = "kept" if figures.kept else "BROKEN"
    print(
        f"  {verdict}: {figures.duplicates} duplicates, {figures.losses} losses, {len(figures.lies)} other; {seconds:.0f} s"
    )
    for lie in figures.lies[:20]:
        print(f"    {lie}", flush=True)


def _kept() -> dict[str, Any]:
    """The figures of earlier runs: a part that is not tried now keeps what it had."""
    return dict(json.loads(RESULTS.read_text())) if RESULTS.exists() else {}


if __name__ == "__main__":
    sys.exit(main())
