"""`make check`: every check that needs no test run, two at a time, each with its time; a failing one shows its output."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent


class Check(NamedTuple):
    """A command, and what mends what it finds."""

    name: str
    command: tuple[str, ...]
    remedy: str


class Outcome(NamedTuple):
    """How a check ended, in how many seconds, and all that it printed."""

    check: Check
    passed: bool
    seconds: float
    output: str


def module(name: str, *arguments: str) -> tuple[str, ...]:
    """The command that runs a module of ours."""
    return (sys.executable, "-m", name, *arguments)


# The slowest first: the two workers end at about the same time.
CHECKS = (
    Check("types", (str(BIN / "mypy"), "--no-error-summary"), "mend the types"),
    Check("imports", (str(BIN / "lint-imports"), "--no-logo"), "move the code to its room (docs/architecture.md)"),
    Check("format", (str(BIN / "ruff"), "format", "--check", "--quiet", "."), "make format"),
    Check("lint", (str(BIN / "ruff"), "check", "--quiet", "."), "make format mends some of it"),
    Check("terraform", module("scripts.check_terraform"), "make check-terraform"),
    Check("sizes", module("scripts.check_sizes"), "split it"),
    Check("names", module("scripts.check_names"), "make it data of the platform's manifest"),
    Check("generated", module("scripts.generate", "--check"), "make generate"),
    Check("versions", module("scripts.check_versions"), "the manifests name an API version that is retired soon"),
    Check("requirements", module("scripts.requirements", "--check"), "make generate"),
)


def run(check: Check) -> Outcome:
    """Run one check to its end."""
    began = time.monotonic()
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(check.command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    return Outcome(check, done.returncode == 0, time.monotonic() - began, done.stdout + done.stderr)


def main() -> int:
    """All checks, whatever fails; 1 if any did."""
    failed = []
    with ThreadPoolExecutor(max_workers=2) as pool:
        for outcome in pool.map(run, CHECKS):
            word = "ok" if outcome.passed else "FAILED"
            print(f"{outcome.check.name:<13} {word:<7} {outcome.seconds:5.1f} s", flush=True)
            if not outcome.passed:
                failed.append(outcome.check)
                print(f"{outcome.output.rstrip()}\n  -> {outcome.check.remedy}\n", flush=True)
            elif warned := [line for line in outcome.output.splitlines() if line.startswith("warning:")]:
                print("\n".join(warned), flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
