"""Sending spans before a request is answered: a function's CPU stops with its last answer
(https://cloud.google.com/run/docs/configuring/billing-settings, 2026-11), and a thread that sends later would not run.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

PATIENCE = 1.0  # seconds that a request waits for it at most
PAUSE = 30.0  # seconds without waiting, after it took longer: whoever collects spans must not slow us down


class Flusher:
    """``send`` on a thread of its own, one at a time; it may take as long as it likes, and raise what it likes."""

    def __init__(self, send: Callable[[], object], patience: float = PATIENCE, pause: float = PAUSE) -> None:
        self._send, self._patience, self._pause = send, patience, pause
        self._one = threading.Lock()
        self._not_before = 0.0

    def flush(self) -> bool:
        """Send now; whether that was done within the patience. What was not is sent with the next, or by the batch's own timer."""
        began = time.monotonic()
        if began < self._not_before:
            return False
        if not self._one.acquire(timeout=self._patience):
            return self._gave_up()
        done = threading.Event()
        threading.Thread(target=self._run, args=(done,), name="spans", daemon=True).start()
        return done.wait(self._patience - (time.monotonic() - began)) or self._gave_up()

    def _gave_up(self) -> bool:
        self._not_before = time.monotonic() + self._pause
        return False

    def _run(self, done: threading.Event) -> None:
        try:
            self._send()
        finally:
            self._one.release()
            done.set()
