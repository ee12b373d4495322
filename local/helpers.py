"""The further processes of one machine, from their parent's side: started after everything else, started anew when one
ends, and gone with their parent, however that ends."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STOP = b"s"  # what a helper is told by: the end of its input alone means that nobody is left to tell
LAST_DELIVERIES = 12  # seconds; a helper gives those under way ten
PAUSE, LONGEST = 1.0, 60.0  # seconds before a helper that ended is started anew, doubling
STEADY = 60.0  # seconds after which it is not the start that it ended from
log = logging.getLogger(__name__)


class Helpers:
    """``count`` processes that deliver beside their parent: see ``local.helper``. They have its environment."""

    def __init__(self, count: int) -> None:
        self._stopping = threading.Event()
        self._running: dict[int, subprocess.Popen[bytes]] = {}
        self._guard = threading.Lock()
        names = [f"{number}/{count + 1}" for number in range(1, count + 1)]
        self._threads = [
            threading.Thread(target=self._keep, args=(number, name), name=f"helper-{number}", daemon=True)
            for number, name in enumerate(names)
        ]

    def start(self) -> None:
        """Begin, and wait for nothing."""
        for thread in self._threads:
            thread.start()

    def ask_to_stop(self) -> None:
        """They begin nothing more. Safe to call twice."""
        with self._guard:
            self._stopping.set()
            for process in self._running.values():
                _tell(process)

    def join(self) -> None:
        """Wait for their ends, which may be up to ``LAST_DELIVERIES`` seconds away; whoever is left then is killed."""
        self.ask_to_stop()
        deadline = time.monotonic() + LAST_DELIVERIES
        for thread in self._threads:
            if thread.is_alive():
                thread.join(max(0.0, deadline - time.monotonic()))
        for process in list(self._running.values()):
            process.kill()

    def _keep(self, number: int, name: str) -> None:
        pause = PAUSE
        while not self._stopping.is_set():
            began = time.monotonic()
            code = self._run(number, name)
            if self._stopping.wait(0.5):  # a signal to the whole group reaches them first
                return
            pause = PAUSE if time.monotonic() - began > STEADY else min(LONGEST, 2 * pause)
            log.error("a helper process ended, it is started anew", extra={"code": code, "pause": pause})
            self._stopping.wait(pause)

    def _run(self, number: int, name: str) -> int | None:
        with self._guard:
            if self._stopping.is_set():
                return None
            try:
                process = self._running[number] = _launched(name)
            except OSError as error:  # no memory, too many processes, Python is being replaced: for now
                log.warning("a helper process could not be started", extra={"reason": str(error)})
                return None
        code = process.wait()
        with self._guard:
            del self._running[number]
        if process.stdin:
            process.stdin.close()
        return code


def _launched(name: str) -> subprocess.Popen[bytes]:
    paths = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH", ""))))
    return subprocess.Popen(
        [sys.executable, "-m", "local.helper", name],
        stdin=subprocess.PIPE,  # closed with this process, also by a kill -9: no other process holds its end
        stdout=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": paths},
        bufsize=0,
    )


def _tell(process: subprocess.Popen[bytes]) -> None:
    try:
        if process.stdin:
            process.stdin.write(STOP)
    except OSError:
        pass  # it has ended
