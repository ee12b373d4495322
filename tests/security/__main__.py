"""``make security``: the tests behind each security goal, at full count; 1 where a promise broke or a goal was not tried."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scripts import marked
from tests.security import goals, scale

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "security.md"
# What counts for which goal. Goal 15 watches every test there is (tests/support/canaries.py): here, those that hold many secrets.
TESTS: Mapping[int, Sequence[str]] = {
    13: ("tests/security/test_forgery.py",),
    14: ("tests/api/test_tenants*.py", "tests/api/test_isolation.py", "tests/security/test_queries.py"),
    15: (
        "tests/security/test_canaries.py",
        "tests/api",
        "tests/operations/test_accounts.py",
        "tests/unit/runtime",
        "tests/contract/platforms",
    ),
    16: (
        "tests/security/test_ciphertexts.py",
        "tests/security/test_key_rotation.py",
        "tests/contract/ports/test_vault.py",
    ),
    17: ("tests/security/test_ssrf*.py",),
    18: ("tests/security/test_api_keys.py",),
    19: ("tests/security/test_bombs*.py",),
}

PATIENT = ("--timeout", "900")  # seconds a test: at full count some take minutes on a busy machine


def main(arguments: Sequence[str] | None = None) -> int:
    """Run, count, judge. pytest's own status where its run was no run at all."""
    given = _options(arguments)
    chosen = _chosen(given.goals)
    os.environ[scale.VARIABLE] = scale.FULL
    files = _files(chosen)
    status = int(pytest.main(["-q", "-n", str(given.workers), "--dist", "loadgroup", *PATIENT, *files, *given.pytest]))
    untried = [goal for goal in chosen if not goals.tried(goal)]
    broken = [goal for goal in chosen if goals.broken(goal)]
    for goal in untried:
        print(f"goal {goal} was not tried: {goals.GOALS[goal]}", file=sys.stderr)
    for goal in broken:
        print(f"goal {goal} is broken: {goals.GOALS[goal]}", file=sys.stderr)
    if given.write and not status and not untried:
        write(chosen)
    return status or (1 if untried or broken else 0)


def write(chosen: Sequence[int]) -> None:
    """Put the goals' counts into docs/security.md; goals that were not chosen keep the row that they have."""
    page = PAGE.read_text(encoding="utf-8")
    before = page.partition("<!-- security:begin -->")[2].partition("<!-- security:end -->")[0]
    rows = {int(found[1]): found[0] for found in re.finditer(r"^\| (\d+) \|.*$", before, re.MULTILINE)}
    today = datetime.now(UTC).date()
    for goal in chosen:
        rows[goal] = f"| {goal} | {goals.GOALS[goal]} | {goals.broken(goal)} of {goals.tried(goal):,} | {today} |"
    head = "| goal | what must not be | how often it was, of how many tries | measured |\n|---|---|---|---|\n"
    PAGE.write_text(
        marked.within(page, "security", head + "\n".join(rows[goal] for goal in sorted(rows))), encoding="utf-8"
    )


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.security", description=__doc__)
    numbers = ", ".join(map(str, TESTS))
    parser.add_argument("-k", "--goals", default="", help=f"goals, separated by commas: {numbers}; all unless said")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--write", action="store_true", help="the counts into docs/security.md")
    parser.add_argument("pytest", nargs="*", help="after --: for pytest")
    return parser.parse_args(arguments)


def _chosen(said: str) -> list[int]:
    words = [word.strip() for word in said.split(",") if word.strip()]
    unknown = [word for word in words if not word.isdigit() or int(word) not in TESTS]
    if unknown:
        sys.exit(f"-k: {', '.join(unknown)} is no goal. There are {', '.join(map(str, TESTS))}.")
    return [int(word) for word in words] or list(TESTS)


def _files(chosen: Sequence[int]) -> list[str]:
    """The goals' files, each once (a folder holds its files)."""
    found = [
        path
        for goal in chosen
        for pattern in TESTS[goal]
        for path in sorted(ROOT.glob(pattern)) or sys.exit(f"goal {goal}: there is no {pattern}")
    ]
    unique = dict.fromkeys(found)
    return [str(path) for path in unique if not any(other in path.parents for other in unique)]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
