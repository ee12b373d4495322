"""At least 20,000 generated requests over all four dialects, and what they were answered: by several processes."""

from __future__ import annotations

import argparse
import multiprocessing
import time

from tests.fuzz import sending
from tests.fuzz.operations import all_operations, run


def main(arguments: list[str]) -> int:
    """Run it; 1 if anything was answered as it should not be."""
    parser = argparse.ArgumentParser(prog="make fuzz")
    parser.add_argument("--cases", type=int, default=20_000, help="at least so many in all")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", default="", help="operations whose name holds this")
    parser.add_argument("--workers", type=int, default=2)
    chosen = parser.parse_args(arguments)
    began = time.monotonic()
    tasks = [(index, chosen) for index in range(chosen.workers)]
    with multiprocessing.get_context("spawn").Pool(chosen.workers) as pool:
        parts = pool.map(_part, tasks)
    sent = sum(part[0] for part in parts)
    failed = [line for part in parts for line in part[2]]
    statuses: dict[int, int] = {}
    for part in parts:
        for status, count in part[1].items():
            statuses[status] = statuses.get(status, 0) + count
    print("\n".join(failed))
    print(f"{sent} cases over {sum(part[3] for part in parts)} operations in {time.monotonic() - began:.0f} s")
    print("answered: " + ", ".join(f"{status} x {statuses[status]}" for status in sorted(statuses)))
    print(f"{len(failed)} operations answered with a 5xx or something undocumented")
    return 1 if failed else 0


def _part(task: tuple[int, argparse.Namespace]) -> tuple[int, dict[int, int], list[str], int]:
    index, chosen = task
    found = [one for one in all_operations() if chosen.only in one[1].label]
    mine = found[index :: chosen.workers]
    each = -(-chosen.cases // max(1, len(found)))
    sent, failed = 0, []
    for number, (dialect, operation) in enumerate(mine):
        try:
            sent += run(operation, sending.World(), each - each // 3, each // 3 + each // 10, chosen.seed)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is told, and the others are tried
            failed.append(f"FAILED {dialect} {operation.label}: {error!r}"[:600])
        if number % 20 == 0:
            print(f"worker {index}: {number} of {len(mine)} operations, {sent} cases", flush=True)
    return sent, dict(sending.statuses), failed, len(mine)
