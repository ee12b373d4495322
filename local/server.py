"""The process of one machine: starts its parts in order, and ends them in the opposite one."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from types import FrameType
from typing import Any

from local import first_start
from local import home as home_folder
from local.app import App, functions
from local.scheduler import Scheduler
from shared.runtime import bootstrap
from shared.runtime.settings import Settings

THREADS = 64  # the queue calls the functions through the same door: its deliveries must not fill it
AT_ONCE = 4  # deliveries per network


class CannotStart(Exception):
    """The message says why, and what to do about it."""


@dataclass
class Server:
    """A running installation. ``values`` is what the ``env`` file says."""

    settings: Settings
    values: Mapping[str, str]
    _parts: Any

    def stop(self) -> None:
        """End everything that was started, the front door first. Safe to call twice."""
        self._parts.close()


def configure(env: Mapping[str, str]) -> Settings:
    """Read the settings and let the functions of this process read the same ones. Raises BadSetting."""
    from shared.runtime import settings as reading

    chosen = reading.load(env)
    if chosen.backend != "embedded":
        raise CannotStart("ROSTRUM_BACKEND: one machine runs on the embedded backends; unset it.")
    token = home_folder.internal_token(chosen.home)
    os.environ["INTERNAL_TOKEN"] = token
    os.environ["ROSTRUM_HOME"] = str(chosen.home)
    return bootstrap.settings()


def start(env: Mapping[str, str]) -> Server:
    """Start every part; answers once ``/healthz`` would. Raises CannotStart, BadSetting."""
    from contextlib import ExitStack

    chosen = configure(env)
    parts = ExitStack()
    ports = bootstrap.ports()
    base = f"http://127.0.0.1:{chosen.port}"
    _listen(parts, App(functions(), ports.blobs), chosen.port)
    values = first_start.prepare(ports, bootstrap.sandbox(ports), chosen.home, chosen.public_url)
    worker = _worker(chosen, base)
    worker.start()
    parts.callback(worker.stop)
    scheduler = Scheduler(base, chosen.internal_token, ("sweep",))
    scheduler.start()
    parts.callback(scheduler.stop)
    return Server(chosen, values, parts)


def wait_for_signal() -> None:
    """Block until SIGINT or SIGTERM."""
    ended = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        ended.set()

    signal.signal(signal.SIGINT, end)
    signal.signal(signal.SIGTERM, end)
    while not ended.wait(timeout=3600):
        pass


def _worker(chosen: Settings, base: str) -> Any:
    from shared.backends.embedded.deliveries import QueueLimits, QueueSettings
    from shared.backends.embedded.worker import QueueWorker
    from shared.backends.live.clock import SystemClock

    path = chosen.home / "rostrum.sqlite3"
    return QueueWorker(path, SystemClock(), QueueSettings(default=QueueLimits(concurrent=AT_ONCE)), base, chosen.internal_token)


def _listen(parts: Any, app: App, port: int) -> None:
    from waitress.server import create_server

    try:
        server = create_server(
            app, host="127.0.0.1", port=port, threads=THREADS, ident="rostrum", max_request_body_size=2**31
        )
    except OSError as error:
        raise CannotStart(
            f"Port {port} cannot be listened on ({error.strerror}): choose another with PORT=8081."
        ) from error
    thread = threading.Thread(target=server.run, name="http", daemon=True)
    thread.start()
    parts.callback(thread.join, 5)
    parts.callback(server.close)
