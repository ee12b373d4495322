"""Emulators end with their session, with all that they started; a missing one says why."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.contract.emulators import process
from tests.contract.emulators.process import SUPERVISOR, Emulator, EmulatorMissing, launch, once, skip_or_fail

# A shell script that starts a child and waits for it: what the Pub/Sub emulator's start script does with Java.
NESTED = 'sleep 300 & echo $! > "$0"; wait'


def alive(pid: int) -> bool:
    status = Path(f"/proc/{pid}/stat")
    return status.exists() and status.read_text().rsplit(")", 1)[1].split()[0] != "Z"


def within(seconds: float, what: object) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if callable(what) and what():
            return True
        time.sleep(0.01)
    return False


def nested(folder: Path) -> tuple[subprocess.Popen[bytes], int]:
    """A supervised script, and the id of its child."""
    note = folder / "pid"
    command = [sys.executable, str(SUPERVISOR), "sh", "-c", NESTED, str(note)]
    supervisor = subprocess.Popen(command, stdin=subprocess.PIPE)
    assert within(10, lambda: note.exists() and note.read_text().strip())
    return supervisor, int(note.read_text())


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads /proc")
def test_the_child_of_a_script_ends_when_the_session_does(tmp_path: Path) -> None:
    supervisor, child = nested(tmp_path)
    assert alive(child)
    assert supervisor.stdin is not None
    supervisor.stdin.close()
    assert supervisor.wait(10) == 0
    assert within(10, lambda: not alive(child))


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads /proc")
def test_the_child_ends_when_the_session_is_killed(tmp_path: Path) -> None:
    """The session is a process of its own here: it starts the script, and dies of SIGKILL."""
    note = tmp_path / "pid"
    program = (
        "import subprocess, sys, time\n"
        f"p = subprocess.Popen([sys.executable, {str(SUPERVISOR)!r}, 'sh', '-c', {NESTED!r}, {str(note)!r}],"
        " stdin=subprocess.PIPE)\n"
        "time.sleep(300)\n"
    )
    session = subprocess.Popen([sys.executable, "-c", program])
    assert within(10, lambda: note.exists() and note.read_text().strip())
    child = int(note.read_text())
    os.kill(session.pid, signal.SIGKILL)
    session.wait(10)
    assert within(10, lambda: not alive(child))


def test_one_that_ends_at_once_is_missing_and_says_its_last_words() -> None:
    with pytest.raises(EmulatorMissing, match=r"ended at once.*no such luck"):
        launch("broken", lambda _port, _scratch: ["sh", "-c", "echo no such luck; exit 3"])


def test_one_that_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "READY_SECONDS", 0.2)
    with pytest.raises(EmulatorMissing, match="did not answer"):
        launch("deaf", lambda _port, _scratch: ["sleep", "300"])


def test_it_is_started_once_even_when_it_is_missing() -> None:
    starts: list[int] = []

    @once
    def running() -> Emulator:
        starts.append(1)
        raise EmulatorMissing("install it")

    for _ in range(3):
        with pytest.raises(EmulatorMissing, match="install it"):
            running()
    assert len(starts) == 1


@pytest.mark.parametrize(("ci", "outcome"), [("true", pytest.fail.Exception), (None, pytest.skip.Exception)])
def test_missing_is_a_skip_on_a_laptop_and_a_failure_in_ci(
    monkeypatch: pytest.MonkeyPatch, ci: str | None, outcome: type[BaseException]
) -> None:
    monkeypatch.delenv("CI", raising=False)
    if ci:
        monkeypatch.setenv("CI", ci)
    with pytest.raises(outcome, match="install it"):
        skip_or_fail(EmulatorMissing("install it"))
