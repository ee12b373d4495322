"""A Cloud Tasks emulator (PyPI ``gcloud-tasks-emulator``): delivers HTTP tasks at their time, and again after a 5xx.

By itself it refuses neither a used name nor a time too far ahead: ``tasks_server`` adds both. Not shown by it: OIDC tokens
(it sends none), the 100 KB, rate limits. The tests prove these on the request that we send, against a server of the same
messages.
"""

from __future__ import annotations

from pathlib import Path

from tests.contract.emulators import tasks_environment
from tests.contract.emulators.process import Emulator, EmulatorMissing, launch, once

SERVER = Path(__file__).with_name("tasks_server.py")


@once
def running() -> Emulator:
    """The session's emulator; create a queue before use. Isolate tests by project ids. Raises EmulatorMissing."""
    try:
        python = tasks_environment.python()
    except tasks_environment.NotMade as error:
        raise EmulatorMissing(f"its environment cannot be made: {error}") from error
    return launch("tasks", lambda port, _scratch: [str(python), str(SERVER), str(port)])
