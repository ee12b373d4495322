"""``python -m tests.torture.dying KIND N PHASE [FD]``: an installation that kills itself at the Nth boundary of a kind.

It is ``python -m local``, or with FD an instance on Google's emulators (``tests.e2e.instance``). KIND: ``commit`` (of an SQLite file;
of Firestore, a transaction), ``sandbox.send``, ``http.send``, ``replace`` (a file that is written whole), ``enqueue``, ``publish``, or ``any``.
PHASE: ``before`` the effect, or ``after`` it, when nobody was told of it yet. A ``kill -9`` that comes from outside meets such a
moment by chance only, and most bugs of this sort live there.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from functools import wraps
from typing import Any

from tests.support.faults import Faults, Hook, Phase

LOCAL = ("any", "commit", "sandbox.send", "http.send", "replace")
CLOUD = ("any", "commit", "sandbox.send", "enqueue", "publish")


def main(arguments: list[str]) -> int:
    """Serve until the boundary."""
    kind, number, phase, *descriptor = arguments
    faults = Faults()
    faults.hook = _deadly(kind, int(number), "before" if phase == "before" else "after")
    return _instance(faults, descriptor) if descriptor else _local(faults)


def _deadly(kind: str, number: int, phase: Phase) -> Hook:
    left = number

    def hook(call: str, at: Phase) -> None:
        nonlocal left
        if at == phase and kind in ("any", call):
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    return hook


def _local(faults: Faults) -> int:
    """Both sides of everything that outlives the process: commits, requests, files."""
    from local.__main__ import main as serve
    from shared.backends.embedded.database import _Connection

    _around(faults, os, "replace", "replace")
    _sends(faults)
    execute = _Connection.execute

    def executed(self: Any, sql: str, *values: Any) -> Any:
        if sql != "COMMIT":
            return execute(self, sql, *values)
        return faults.around("commit", lambda: execute(self, sql, *values))

    _Connection.execute = executed  # type: ignore[method-assign]
    return serve([])


def _instance(faults: Faults, descriptor: list[str]) -> int:
    """The same of an instance: what it writes is elsewhere."""
    from shared.backends.gcp.bus import PubSubBus
    from shared.backends.gcp.queue import CloudTasksQueue
    from shared.backends.gcp.store import FirestoreStore
    from tests.e2e.instance import main as serve

    for where, name, call in (
        (FirestoreStore, "commit", "commit"),
        (FirestoreStore, "transact", "commit"),
        (CloudTasksQueue, "enqueue", "enqueue"),
        (PubSubBus, "publish", "publish"),
    ):
        _around(faults, where, name, call)
    _sends(faults)
    return serve(descriptor)


def _sends(faults: Faults) -> None:
    from shared.backends.live.http import LiveHttp
    from shared.runtime.sandbox import SandboxHttp

    _around(faults, LiveHttp, "send", "http.send")
    _around(faults, SandboxHttp, "send", "sandbox.send")


def _around(faults: Faults, where: Any, name: str, call: str) -> None:
    plain: Callable[..., Any] = getattr(where, name)

    @wraps(plain)
    def surrounded(*args: Any, **named: Any) -> Any:
        return faults.around(call, lambda: plain(*args, **named))

    setattr(where, name, surrounded)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
