"""Cloud Scheduler's place on one machine: calls the scheduled functions every twenty seconds, and does what the cloud's
store does by itself."""

from __future__ import annotations

import http.client
import logging
import threading
import time
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

log = logging.getLogger(__name__)
EVERY = 20.0  # seconds; a minute in the cloud, but here a sweep costs nothing, and a killed process is taken up sooner


class Scheduler:
    """Posts to ``{base_url}/_functions/{name}`` for every name: once at the start, then every twenty seconds.

    ``also``: what is called after them in each round; it does not raise.
    """

    def __init__(
        self, base_url: str, token: str, names: tuple[str, ...], also: Sequence[Callable[[], object]] = ()
    ) -> None:
        parts = urlsplit(base_url)
        self._address = (parts.hostname or "127.0.0.1", parts.port or 80)
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self._names = names
        self._also = tuple(also)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="scheduler", daemon=True)

    def start(self) -> None:
        """Begin; the first round comes at once, so that what a killed process left is taken up."""
        self._thread.start()

    def stop(self) -> None:
        """End after the round at hand, within a few seconds."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(timeout=5)

    def _run(self) -> None:
        while not self._stopping.is_set():
            for name in self._names:
                self._call(name)
            for work in self._also:
                work()
            self._stopping.wait(EVERY - time.time() % EVERY)

    def _call(self, name: str) -> None:
        connection = http.client.HTTPConnection(*self._address, timeout=55)
        try:
            connection.request("POST", f"/_functions/{name}", b"{}", self._headers)
            status = connection.getresponse().status
        except (OSError, http.client.HTTPException) as error:  # whatever comes back, the next minute is called again
            log.warning("scheduled function unreachable", extra={"function": name, "reason": str(error)})
            return
        finally:
            connection.close()
        if status != 200:
            log.warning("scheduled function failed", extra={"function": name, "status": status})
