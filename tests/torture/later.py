"""``python -m tests.torture.later SECONDS``: the installation on a clock that is put forward, so that what waits is due now."""

from __future__ import annotations

import sys
from datetime import datetime, timedelta


def main(arguments: list[str]) -> int:
    """Serve, as ``python -m local`` does, so many seconds from now."""
    from local.__main__ import main as serve
    from shared.backends.live.clock import SystemClock

    now, ahead = SystemClock.now, timedelta(seconds=float(arguments[0]))

    def later(self: SystemClock) -> datetime:
        return now(self) + ahead

    SystemClock.now = later  # type: ignore[method-assign]
    return serve([])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
