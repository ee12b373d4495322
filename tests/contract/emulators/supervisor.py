"""Run a command in a process group of its own, and end the whole group when standard input closes.

An emulator is a shell script that starts a Java machine: ending the script would leave the child. Standard input is a
pipe from the test session, so it closes however the session ends, even by ``kill -9``.

Usage: ``python supervisor.py command argument…``; exits with the command's code, or 0 when told to stop.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading

GRACE = 5.0  # seconds between asking and killing


def main(argv: list[str]) -> int:
    """Supervise until the command ends or standard input does."""
    child = subprocess.Popen(argv, stdin=subprocess.DEVNULL, start_new_session=True)
    threading.Thread(target=_end_with_input, args=(child,), daemon=True).start()
    return max(child.wait(), 0)


def _end_with_input(child: subprocess.Popen[bytes]) -> None:
    while sys.stdin.buffer.read(1):
        pass
    _signal(child.pid, signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):
        child.wait(GRACE)
    _signal(child.pid, signal.SIGKILL)


def _signal(group: int, what: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, what)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
