"""Start a packaged function in a process of its own, as the cloud does: functions-framework, its bundle, nothing else."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from scripts import package
from scripts.functions_manifest import folders
from tests.functions import isolation

START_SECONDS = 60.0  # two shared cores, and the first start compiles
IMPORTED = re.compile(r"^import time:\s+\d+ \|\s+\d+ \|\s+([\w.]+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer."""

    status: int
    body: bytes

    def json(self) -> object:
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Running:
    """A started function. ``log`` holds its standard error, imports included, once per process that imported."""

    url: str
    log: Path

    def ask(self, path: str, method: str = "GET", body: bytes | None = None) -> Answer:
        """One request, without any credentials."""
        request = Request(f"{self.url}{path}", method=method, data=body, headers={"Content-Type": "application/json"})
        try:
            with urlopen(request, timeout=30) as response:
                return Answer(response.status, response.read())
        except HTTPError as error:
            with error:
                return Answer(error.code, error.read())

    def last_words(self) -> str:
        """The end of what it printed: why an answer is not what a test expects."""
        return last_words(self.log)

    def imported(self) -> set[str]:
        """The modules imported so far."""
        return set(IMPORTED.findall(self.log.read_text(encoding="utf-8", errors="replace")))


def unpack(folder: str, home: Path) -> tuple[Path, Path]:
    """Build the folder's bundle and unpack it: where it lies, and where exactly its requirements lie."""
    wanted = next(f for f in folders() if f.name == folder)
    bundle = home / "bundle"
    with zipfile.ZipFile(package.build(wanted, home)) as archive:
        archive.extractall(bundle)
    site = home / "site"
    isolation.link(site, isolation.pinned((bundle / "requirements.txt").read_text(encoding="utf-8")))
    return bundle, site


@contextmanager
def started(places: tuple[Path, Path], entry_point: str, settings: Mapping[str, str], home: Path) -> Iterator[Running]:
    """The entry point, listening on a free port of 127.0.0.1; ended with the block."""
    bundle, site = places
    port = free_port()
    log = home / f"{entry_point}.log"
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(site),
        "PYTHONUNBUFFERED": "1",
        "THREADS": "4",
        **settings,
    }
    serve = ("-m", "functions_framework", "--target", entry_point, "--source", "main.py", "--host", "127.0.0.1")
    # -S: no site-packages but the ones named; -X importtime: every import leaves a line.
    command = [sys.executable, "-S", "-X", "importtime", *serve, "--port", str(port)]
    with log.open("wb") as errors:
        process = subprocess.Popen(
            command, cwd=bundle, env=environment, stdout=errors, stderr=errors, start_new_session=True
        )
        try:
            wait_for(port, process, log)
            yield Running(f"http://127.0.0.1:{port}", log)
        finally:
            end(process)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    """Until the function answers anything (another process's start is nothing that a virtual clock could own)."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urlopen(f"http://127.0.0.1:{port}/robots.txt", timeout=START_SECONDS).close()  # the framework's own 404
        except HTTPError:
            return
        except URLError:
            time.sleep(0.05)
    raise AssertionError(f"the function did not start: {last_words(log)}")


def last_words(log: Path) -> str:
    """The end of what it printed, imports left out."""
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    return "\n".join(line for line in lines if not line.startswith("import time:"))[-3000:]


def end(process: subprocess.Popen[bytes]) -> None:
    """End the server and its workers: they are a process group of their own."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
