"""``python -m local.helper 1/2``: publishes beside the server of the same folder, which starts it and ends it.

It serves its share of each network's queue and nothing else: callers, networks, the schedule, the events and everything that
is to be done by one are the server's. Whatever it was at when it is killed is delivered again once the lease has run out.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Sequence
from types import FrameType

from local.helpers import STOP


def main(arguments: Sequence[str]) -> int:
    """Deliver until the server says stop, a signal comes, or the server is gone."""
    over = threading.Event()
    threading.Thread(target=_listen, args=(over,), name="parent", daemon=True).start()

    def end(_number: int, _frame: FrameType | None) -> None:
        over.set()

    signal.signal(signal.SIGINT, end)  # Ctrl-C and some supervisors speak to the whole group
    signal.signal(signal.SIGTERM, end)
    from local import app, delivering
    from shared.runtime import bootstrap

    number, _, count = arguments[0].partition("/")
    bootstrap.ports()
    worker = delivering.worker(bootstrap.settings(), app.functions(), int(number), int(count))
    worker.start()
    while not over.wait(timeout=3600):
        pass
    worker.stop()
    return 0


def _listen(over: threading.Event) -> None:
    """Until the server's word. Without a server nobody would end us, and a new one may begin at once: be gone before."""
    if os.read(0, 1) != STOP:
        os._exit(1)
    over.set()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
