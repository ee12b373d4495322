"""The process of one machine: starts its parts in order, and ends them in the opposite one."""

from __future__ import annotations

import os
import signal
import socket
import threading
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from types import FrameType

from local import delivering, first_start, sandbox_page
from local import home as home_folder
from local.app import App, functions, scheduled
from local.helpers import Helpers
from local.scheduler import Scheduler
from shared.backends import ttl
from shared.backends.embedded.blobs import EmbeddedBlobs
from shared.backends.embedded.expiring import Expiry
from shared.backends.embedded.store import EmbeddedStore
from shared.ports.world import Ports
from shared.runtime import bootstrap, people
from shared.runtime.settings import Settings

THREADS = 64  # callers may wait for a post, and each that does has one
MAX_BODY = 1 << 30  # bytes; the API and the signed URLs have limits of their own
LAST_ANSWERS = 10  # seconds for requests under way when it is asked to end; what waits for a post waits eight


class CannotStart(Exception):
    """The message says why, and what to do about it."""


@dataclass
class Server:
    """A running installation. ``values`` is what the ``env`` file says."""

    settings: Settings
    values: Mapping[str, str]
    _parts: ExitStack

    def stop(self) -> None:
        """End everything that was started, the front door last: what is accepted until then, the next start does. Safe to call
        twice."""
        self._parts.close()


def configure(env: Mapping[str, str]) -> Settings:
    """Read the settings and let the functions of this process read the same ones. Raises BadSetting."""
    from shared.runtime import settings as reading

    chosen = reading.load(env)
    if chosen.backend != "embedded":
        raise CannotStart("ROSTRUM_BACKEND: one machine runs on the embedded backends; unset it.")
    if home_folder.unfinished(chosen.home):
        raise CannotStart(f"{chosen.home}: a restore into it was cut off. Empty the folder and restore again.")
    token = home_folder.internal_token(chosen.home)
    os.environ["INTERNAL_TOKEN"] = token
    os.environ["ROSTRUM_HOME"] = str(chosen.home)
    return bootstrap.settings()


def start(env: Mapping[str, str]) -> Server:
    """Start every part. The port is taken first and answered last: whoever gets an answer finds everything ready.

    Raises CannotStart, BadSetting.
    """
    chosen = configure(env)
    parts = ExitStack()
    listening = parts.enter_context(_listen(chosen.port))
    _alone(parts, chosen)
    ports = bootstrap.ports()
    values = first_start.prepare(ports, bootstrap.sandbox(ports), chosen.home, chosen.public_url)
    page = partial(sandbox_page.respond, ports, values["ROSTRUM_API_KEY"])
    known = functions()
    _serve(parts, App(known, _files(ports), page, people.simulated_behind(ports)), listening)
    base = f"http://127.0.0.1:{chosen.port}"
    helpers = Helpers(chosen.processes - 1)
    parts.callback(helpers.join)
    worker = delivering.worker(chosen, known, count=chosen.processes)
    scheduler = Scheduler(base, chosen.internal_token, scheduled(), [_expiry(ports).run])
    for part in (worker, scheduler):
        part.start()
        parts.callback(part.stop)
    helpers.start()
    parts.callback(helpers.ask_to_stop)
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


def _files(ports: Ports) -> EmbeddedBlobs:
    if not isinstance(ports.blobs, EmbeddedBlobs):
        raise CannotStart("ROSTRUM_BACKEND: one machine serves its own files; unset it.")
    return ports.blobs


def _expiry(ports: Ports) -> Expiry:
    if not isinstance(ports.store, EmbeddedStore):
        raise CannotStart("ROSTRUM_BACKEND: one machine keeps its own documents; unset it.")
    return Expiry(ports.store, ports.clock, ttl.load())


def _alone(parts: ExitStack, chosen: Settings) -> None:
    try:
        parts.enter_context(home_folder.alone(chosen.home))
    except home_folder.InUse as error:
        parts.close()
        raise CannotStart(
            f"{error} is served by another process already: end it, or choose another ROSTRUM_HOME."
        ) from error


def _listen(port: int) -> socket.socket:
    """The port, taken. Raises CannotStart when somebody else has it."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind(("127.0.0.1", port))
        listening.listen(1024)
    except OSError as error:
        listening.close()
        raise CannotStart(
            f"Port {port} cannot be listened on ({error.strerror}): choose another, PORT=8081."
        ) from error
    return listening


def _serve(parts: ExitStack, app: App, listening: socket.socket) -> None:
    from waitress.server import create_server

    server = create_server(app, sockets=[listening], threads=THREADS, max_request_body_size=MAX_BODY, ident="rostrum")
    thread = threading.Thread(target=server.run, name="http", daemon=True)
    thread.start()
    parts.callback(thread.join, 5)
    parts.callback(server.close)
    parts.callback(
        server.task_dispatcher.shutdown, timeout=LAST_ANSWERS
    )  # first: an answer under way would find its sockets closed
