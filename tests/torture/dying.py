"""``python -m tests.torture.dying KIND N PHASE``: the installation, which kills itself at the Nth boundary of a kind.

KIND: ``commit`` (of any SQLite file), ``sandbox.send``, ``http.send``, ``replace`` (a file that is written whole), or ``any``.
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

KINDS = ("any", "commit", "sandbox.send", "http.send", "replace")


def main(arguments: list[str]) -> int:
    """Serve, as ``python -m local`` does, until the boundary."""
    kind, number, phase = arguments
    faults = Faults()
    faults.hook = _deadly(kind, int(number), "before" if phase == "before" else "after")
    _surround(faults)
    from local.__main__ import main as serve

    return serve([])


def _deadly(kind: str, number: int, phase: Phase) -> Hook:
    left = number

    def hook(call: str, at: Phase) -> None:
        nonlocal left
        if at == phase and kind in ("any", call):
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    return hook


def _surround(faults: Faults) -> None:
    """Both sides of everything that outlives the process: commits, requests, files."""
    from shared.backends.embedded.database import _Connection
    from shared.backends.live.http import LiveHttp
    from shared.runtime.sandbox import SandboxHttp

    _around(faults, LiveHttp, "send", "http.send")
    _around(faults, SandboxHttp, "send", "sandbox.send")
    _around(faults, os, "replace", "replace")
    execute = _Connection.execute

    def executed(self: Any, sql: str, *values: Any) -> Any:
        if sql != "COMMIT":
            return execute(self, sql, *values)
        return faults.around("commit", lambda: execute(self, sql, *values))

    _Connection.execute = executed  # type: ignore[method-assign]


def _around(faults: Faults, where: Any, name: str, call: str) -> None:
    plain: Callable[..., Any] = getattr(where, name)

    @wraps(plain)
    def surrounded(*args: Any, **named: Any) -> Any:
        return faults.around(call, lambda: plain(*args, **named))

    setattr(where, name, surrounded)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
