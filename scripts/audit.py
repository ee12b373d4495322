"""Known vulnerabilities of everything that is installed: requirements.lock, and what each function's bundle installs.

pip-audit asks the OSV database (https://osv.dev) about each pinned version. It is run in an environment of its own, so that
what audits is no dependency of what is audited (uv's own audit reads no hashed requirements yet:
https://github.com/astral-sh/uv/issues/18506, 2026-11). Needs the internet; what needs none is in
tests/functions/test_dependencies.py, which `make test` runs.

Exit codes: 0 nothing is known, 1 something is, 2 nobody could be asked (no internet, or the database is down): that is no pass.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.functions_manifest import FUNCTIONS, ROOT, folders

TOOL = "pip-audit==2.10.1"  # 2026-11
CLEAN, VULNERABLE, UNKNOWN = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Finding:
    """One vulnerability of one pinned distribution. ``fixed``: versions without it."""

    name: str
    version: str
    id: str
    fixed: tuple[str, ...]

    def __str__(self) -> str:
        remedy = f"fixed in {', '.join(self.fixed)}" if self.fixed else "no fixed version yet"
        return f"{self.name} {self.version}: {self.id} ({remedy})"


class NotAsked(RuntimeError):
    """The database could not be asked. The message carries the tool's last words."""


def files() -> list[Path]:
    """What is audited: the lock first."""
    return [ROOT / "requirements.lock", *(FUNCTIONS / one.name / "requirements.txt" for one in folders())]


def audit(path: Path, command: Sequence[str]) -> list[Finding]:
    """The findings of one file of pinned and hashed requirements. Raises NotAsked."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        options = (
            "--vulnerability-service",
            "osv",
            "--require-hashes",
            "--disable-pip",
            "--format",
            "json",
            "--progress-spinner",
            "off",
        )
        done = subprocess.run(
            [*command, *options, "--output", str(report), "--requirement", str(path)],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode not in (CLEAN, VULNERABLE) or not report.exists() or not report.read_text().strip():
            raise NotAsked((done.stderr.strip().splitlines() or ["no output"])[-1][:120])
        return findings(json.loads(report.read_text()))


def findings(report: dict[str, Any]) -> list[Finding]:
    """What the tool's report names. Raises NotAsked for one that skipped a distribution: it was not looked at."""
    skipped = [one["name"] for one in report["dependencies"] if "skip_reason" in one]
    if skipped:
        raise NotAsked(f"not looked at: {', '.join(skipped)}")
    return [
        Finding(one["name"], one["version"], known["id"], tuple(known["fix_versions"]))
        for one in report["dependencies"]
        for known in one["vulns"]
    ]


def main() -> int:
    """Audit all files and say what was found."""
    uv = Path(sys.executable).parent / "uv"
    worst = CLEAN
    for path in files():
        name = path.relative_to(ROOT)
        try:
            found = audit(path, (str(uv), "tool", "run", "--from", TOOL, "pip-audit"))
        except NotAsked as error:
            print(f"{name}: NOT AUDITED: the vulnerability database could not be asked ({error})", file=sys.stderr)
            return UNKNOWN
        worst = VULNERABLE if found else worst
        print(f"{name}: {len(found) or 'no'} known vulnerabilities")
        for one in found:
            print(f"  {one}")
    return worst


if __name__ == "__main__":
    sys.exit(main())
