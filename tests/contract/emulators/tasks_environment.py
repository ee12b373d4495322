"""Make ``.tools/tasks-emulator``: a virtual environment for ``gcloud-tasks-emulator``, which needs protobuf below 5.

Usage: ``python -m tests.contract.emulators.tasks_environment`` (``make emulators``). As for make, the environment is made
when its stamp ``.installed`` is absent or older than the lock file; safe when several processes ask at once.
"""

from __future__ import annotations

import fcntl
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
    TOOLS.mkdir(exist_ok=True)
    with (TOOLS / "tasks-emulator.flock").open("w") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        if not _fresh(home / ".installed"):
            shutil.rmtree(home, ignore_errors=True)
            _make(home)
            (home / ".installed").touch()
    return home / "bin" / "python"


def _fresh(stamp: Path) -> bool:
    return stamp.exists() and stamp.stat().st_mtime >= LOCK.stat().st_mtime


def _make(home: Path) -> None:
    uv = Path(sys.executable).with_name("uv")
    venv.create(home, with_pip=not uv.exists(), symlinks=True)
    interpreter = str(home / "bin" / "python")
    install = (
        [str(uv), "pip", "install", "--python", interpreter] if uv.exists() else [interpreter, "-m", "pip", "install"]
    )
    try:
        done = subprocess.run(
            [*install, "--quiet", "--require-hashes", "--no-deps", "-r", str(LOCK)],
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise NotMade(f"the installer did not finish within {SECONDS} s") from error
    if done.returncode != 0:
        raise NotMade(done.stderr.strip()[-600:])


if __name__ == "__main__":
    sys.stdout.write(f"{python()}\n")
