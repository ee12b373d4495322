"""Make ``.tools/tasks-emulator``: a virtual environment for ``gcloud-tasks-emulator``, which needs protobuf below 5.

Usage: ``python -m tests.contract.emulators.tasks_environment`` (``make .tools/tasks-emulator``). Does nothing when the
environment is already that of the lock file; safe when several processes ask at once.
"""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import subprocess
import sys
import venv
from pathlib import Path

LOCK = Path(__file__).with_name("tasks-emulator.lock")
TOOLS = Path(__file__).resolve().parents[3] / ".tools"
SECONDS = 300  # a cold package cache on a slow line


class NotMade(Exception):
    """The environment could not be made; the message carries the installer's last words."""


def python() -> Path:
    """The environment's interpreter, made now if it has to be. Raises NotMade."""
    home = TOOLS / "tasks-emulator"
    stamp = home / "lock.sha256"
    wanted = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    TOOLS.mkdir(exist_ok=True)
    with (TOOLS / "tasks-emulator.flock").open("w") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        if not stamp.exists() or stamp.read_text() != wanted:
            shutil.rmtree(home, ignore_errors=True)
            _make(home)
            stamp.write_text(wanted)
    return home / "bin" / "python"


def _make(home: Path) -> None:
    venv.create(home, with_pip=True, symlinks=True)
    install = [str(home / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    try:
        done = subprocess.run(
            [*install, "--require-hashes", "--no-deps", "-r", str(LOCK)],
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise NotMade(f"pip did not finish within {SECONDS} s") from error
    if done.returncode != 0:
        raise NotMade(done.stderr.strip()[-600:])


if __name__ == "__main__":
    sys.stdout.write(f"{python()}\n")
