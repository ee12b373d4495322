"""Processes of the bench: servers on 127.0.0.1, each on its own core, ended by their own pid."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench import load

ROOT = Path(__file__).resolve().parent.parent
READY_SECONDS = 60.0
POLL = 0.002
THREADS = 8  # of the function's server, as the manifest's concurrency asks of one instance


class Failed(Exception):
    """A process of the bench did not do what it was started for; the message says which, and its last words."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running server and when its process was started (monotonic seconds)."""

    process: subprocess.Popen[bytes]
    port: int
    began: float
    log: Path

    def first_answer(self, request: bytes, status: int | None = None) -> float:
        """Seconds from the process's start to a complete answer with this status (None: any 2xx), asked as soon as it
        listens. Raises Failed."""
        while True:
            with contextlib.suppress(OSError):
                answered = load.ask(self.port, request)
                if answered == status or (status is None and answered // 100 == 2):
                    return time.monotonic() - self.began
                if status is not None:
                    raise Failed(f"{answered} instead of {status}: {self.last_words()}")
            if self.process.poll() is not None or time.monotonic() > self.began + READY_SECONDS:
                raise Failed(f"no answer on port {self.port}: {self.last_words()}")
            time.sleep(POLL)

    def last_words(self) -> str:
        """The end of its log."""
        return self.log.read_text(errors="replace")[-1500:]


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def function(source: str, target: str, env: Mapping[str, str], log: Path, *, pinned: bool = False) -> Iterator[Server]:
    """A function under functions-framework's own server (gunicorn gthread, one worker)."""
    port = free_port()
    command = [str(Path(sys.executable).parent / "functions-framework"), "--source", str(ROOT / source)]
    command += ["--target", target, "--host", "127.0.0.1", "--port", str(port)]
    with served(command, port, {"WORKERS": "1", "THREADS": str(THREADS), **env}, log, pinned=pinned) as server:
        yield server


@contextmanager
def served(
    command: Sequence[str], port: int, env: Mapping[str, str], log: Path, *, pinned: bool = False
) -> Iterator[Server]:
    """A process that will listen on ``port``. It is ended on the way out, by its own pid."""
    known = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "", **env}
    with log.open("wb") as output, _core(0 if pinned else None):
        began = time.monotonic()
        process = subprocess.Popen(command, cwd=ROOT, env=known, stdout=output, stderr=output)
    try:
        yield Server(process, port, began, log)
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(timeout=15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(timeout=15)


@contextmanager
def _core(core: int | None) -> Iterator[None]:
    """What is started inside runs on this core only (an affinity is inherited); we take the others meanwhile."""
    cores = os.sched_getaffinity(0)
    if core is None or len(cores) < 2:
        yield
        return
    os.sched_setaffinity(0, {sorted(cores)[core]})
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)


@contextmanager
def beside() -> Iterator[None]:
    """We ourselves stay off the core that pinned servers have."""
    cores = os.sched_getaffinity(0)
    if len(cores) > 1:
        os.sched_setaffinity(0, cores - {min(cores)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)


def python(code: str, env: Mapping[str, str] | None = None) -> dict[str, object]:
    """Run ``code`` in a fresh interpreter; it prints one JSON object as its last line. Raises Failed."""
    known = {**os.environ, "PYTHONPATH": str(ROOT), **(env or {})}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=known, capture_output=True, text=True, timeout=120, check=False
    )
    if done.returncode:
        raise Failed(done.stderr[-1500:])
    found: dict[str, object] = json.loads(done.stdout.strip().splitlines()[-1])
    return found
