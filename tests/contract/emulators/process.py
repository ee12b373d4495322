"""Start an emulator, wait until it answers, end it; each at most once per test session.

``EmulatorMissing`` says that this machine lacks one: a skip on a laptop, a failure when ``CI=true``
(:func:`skip_or_fail`).
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NoReturn

import pytest

HOST = "127.0.0.1"
READY_SECONDS = 60.0  # two cold Java machines on one core take a few; a hang must not hold the session
STOP_SECONDS = 10.0
SUPERVISOR = Path(__file__).with_name("supervisor.py")


class EmulatorMissing(Exception):
    """This machine cannot run the emulator; the message says why and what would help."""


def skip_or_fail(reason: EmulatorMissing) -> NoReturn:
    """Skip the test on a laptop; fail it in CI, where every emulator must have run."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"emulator missing: {reason}", pytrace=False)
    pytest.skip(f"emulator missing: {reason}")


class Emulator:
    """A running emulator. ``address`` is ``host:port``; ``seconds`` is how long it took to answer."""

    def __init__(self, name: str, port: int, process: subprocess.Popen[bytes], log: Path) -> None:
        self.name = name
        self.address = f"{HOST}:{port}"
        self.seconds = 0.0
        self._process = process
        self._log = log

    def wait(self, ready: Callable[[], bool]) -> None:
        """Return once ``ready`` holds. Raises EmulatorMissing when it ended or did not answer in time."""
        began = time.monotonic()
        while not ready():
            ended = self._process.poll() is not None
            if ended or time.monotonic() - began > READY_SECONDS:
                what = "ended at once" if ended else f"did not answer within {READY_SECONDS:.0f} s"
                words = self.log()[-600:].strip()
                self.stop()
                raise EmulatorMissing(f"the {self.name} emulator {what}: {words}")
            time.sleep(0.03)
        self.seconds = time.monotonic() - began

    def log(self) -> str:
        """What it printed so far."""
        return self._log.read_text(errors="replace")

    def stop(self) -> None:
        """End it and everything that it started. Safe to call twice."""
        if self._process.stdin is not None:
            with contextlib.suppress(BrokenPipeError):
                self._process.stdin.close()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        shutil.rmtree(self._log.parent, ignore_errors=True)


def launch(name: str, command: Callable[[int, Path], Sequence[str]], env: Mapping[str, str] | None = None) -> Emulator:
    """Start ``command(port, scratch folder)`` on a free port and wait until the port accepts connections."""
    try:
        return _launch(name, command, env)
    except EmulatorMissing as missing:
        if "in use" not in str(missing).lower():
            raise
    return _launch(name, command, env)  # another process took the port that was free a moment ago


def _launch(name: str, command: Callable[[int, Path], Sequence[str]], env: Mapping[str, str] | None) -> Emulator:
    scratch = Path(tempfile.mkdtemp(prefix=f"rostrum-{name}-"))
    log, port = scratch / "log", free_port()
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, str(SUPERVISOR), *command(port, scratch)],
            stdin=subprocess.PIPE,
            stdout=out,
            stderr=subprocess.STDOUT,
            cwd=scratch,
            env={**os.environ, **(env or {})},
        )
    emulator = Emulator(name, port, process, log)
    atexit.register(emulator.stop)
    emulator.wait(functools.partial(accepts, port))
    return emulator


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def accepts(port: int) -> bool:
    """Whether somebody listens on the port."""
    with contextlib.suppress(OSError), socket.create_connection((HOST, port), timeout=0.5):
        return True
    return False


@functools.cache
def cloud_sdk() -> Path:
    """Where the Cloud SDK lies, by its own word. Raises EmulatorMissing."""
    gcloud = shutil.which("gcloud")
    if gcloud is None or shutil.which("java") is None:
        raise EmulatorMissing("gcloud or java is not on PATH; install the Google Cloud CLI and Java 17 or later")
    asked = [gcloud, "info", "--format=value(installation.sdk_root)"]
    answer = subprocess.run(asked, capture_output=True, text=True, timeout=60, check=False)
    if answer.returncode != 0 or not answer.stdout.strip():
        raise EmulatorMissing(f"gcloud does not say where it lies: {answer.stderr.strip()[-300:]}")
    return Path(answer.stdout.strip())


def once(start: Callable[[], Emulator]) -> Callable[[], Emulator]:
    """``start`` run at the first call only; later calls get the same emulator, or the same EmulatorMissing."""
    kept: list[Emulator | EmulatorMissing] = []

    @functools.wraps(start)
    def shared() -> Emulator:
        if not kept:
            try:
                kept.append(start())
            except EmulatorMissing as missing:
                kept.append(missing)
        if isinstance(kept[0], EmulatorMissing):
            raise kept[0]
        return kept[0]

    return shared
