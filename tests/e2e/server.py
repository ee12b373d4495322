"""``python -m local`` in a process group of its own, on a free loopback port and in a folder of its own.

    with installed(folder) as server:
        server.start()
        server.call("POST", "/v1/posts", {...})
        server.kill()          # kill -9, the whole group
        server.start()         # the same folder and port

Whatever is left is killed when the block ends, and once more when the session does.
"""

from __future__ import annotations

import atexit
import http.client
import json
import os
import shlex
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.contract.emulators.process import HOST, free_port

ROOT = Path(__file__).resolve().parents[2]
READY_SECONDS = 60.0  # two shared cores, and the first start compiles
ANSWER_SECONDS = 30.0
# Everything else of the environment that changes what the process is told (shared/runtime/settings.py) stays outside.
PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "VIRTUAL_ENV", "COVERAGE_PROCESS_START")


class NotReady(AssertionError):
    """The process ended, or did not answer in time; the message carries its last words."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer. ``headers``: names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


class Spoken:
    """An installation that listens on ``port`` of this machine, as its callers reach it."""

    port: int

    def key(self) -> str:
        """The test key that requests are made with."""
        raise NotImplementedError

    def words(self) -> str:
        """The end of what it printed."""
        raise NotImplementedError

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        key: str | None = None,
        seconds: float = ANSWER_SECONDS,
    ) -> Answer:
        """One request; ``key`` None: the test key, empty: none. Raises OSError, http.client.HTTPException."""
        key = self.key() if key is None else key
        sent = {**({"Authorization": f"Bearer {key}"} if key else {}), **(headers or {})}
        connection = http.client.HTTPConnection(HOST, self.port, timeout=seconds)
        try:
            connection.request(method, path, body, sent)
            answer = connection.getresponse()
            return Answer(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
        finally:
            connection.close()

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """JSON in, JSON out; anything but a 2xx fails the test."""
        answer = self.ask(method, path, *_encoded(body, headers))
        assert 200 <= answer.status < 300, f"{method} {path}: {answer.status} {answer.body[:800]!r}\n{self.words()}"
        return answer.json if answer.body else None

    def accounts(self) -> dict[str, str]:
        """The ids of the sandbox accounts by network: of each the first that was connected."""
        found: dict[str, str] = {}
        for account in self.call("GET", "/v1/accounts")["data"]:
            found.setdefault(account["platform"], account["id"])
        return found

    def connect(self, name: str, person: str) -> str:
        """Connect another simulated person's account, as a browser would; its id."""
        begun = self.call("POST", "/v1/accounts/connect", {"platform": name})
        parts = urlsplit(f"{begun['auth_url']}&sandbox_user={person}")
        consented = self.ask("GET", f"{parts.path}?{parts.query}", key="")
        back = urlsplit(consented.headers["location"])
        landed = self.ask("GET", f"{back.path}?{back.query}", key="")
        assert landed.status == 200, landed.body
        mine = [one for one in self.call("GET", "/v1/accounts")["data"] if one["platform"] == name]
        return str(mine[-1]["id"])


@dataclass
class Server(Spoken):
    """One installation in ``home``, running or not. ``log`` collects what all its processes print; ``settings``: further ones;
    ``root``: the checkout whose code runs."""

    home: Path
    log: Path
    port: int = field(default_factory=free_port)
    settings: Mapping[str, str] = field(default_factory=dict)
    root: Path = ROOT
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://{HOST}:{self.port}"

    def env(self) -> dict[str, str]:
        """What ``$ROSTRUM_HOME/env`` exports, read as a shell would."""
        words = (shlex.split(line) for line in (self.home / "env").read_text().splitlines())
        return dict(word[1].split("=", 1) for word in words if word[:1] == ["export"])

    def key(self) -> str:
        """The test key of the ``env`` file."""
        return self.env()["ROSTRUM_API_KEY"]

    def env_mode(self) -> int:
        """The permission bits of the ``env`` file."""
        return stat.S_IMODE((self.home / "env").stat().st_mode)

    def launch(self, *command: str) -> subprocess.Popen[bytes]:
        """Start the process and wait for nothing. ``command``: another module than ``local``, and its arguments."""
        if self.process is not None and self.process.poll() is None:
            raise RuntimeError("it is running")
        env = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        env |= {"PORT": str(self.port), "ROSTRUM_HOME": str(self.home), "PYTHONUNBUFFERED": "1"}
        env |= {"ROSTRUM_PROCESSES": "1", **self.settings}  # further ones would double what each start costs
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", *(command or ("local",))],
                cwd=self.root,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        return self.process

    def start(self, *command: str) -> float:
        """Start (``command`` as in :meth:`launch`) and wait for ``/healthz``; the seconds that took. Raises NotReady."""
        began = time.monotonic()
        process = self.launch(*command)
        while not self.healthy():
            late = time.monotonic() - began > READY_SECONDS
            if late or process.poll() is not None:
                code = process.poll()
                self.kill()
                raise NotReady(f"not ready (exit code {code}): {self.words()}")
            time.sleep(0.02)
        return time.monotonic() - began

    def healthy(self) -> bool:
        """Whether ``/healthz`` answers 200 just now."""
        with suppress(OSError, http.client.HTTPException):
            return self.ask("GET", "/healthz", key="", seconds=5).status == 200
        return False

    def kill(self, *, group: bool = True) -> int | None:
        """``kill -9`` of the whole group, or of the process alone; how it ended (None: there was none). Safe to call twice."""
        process, self.process = self.process, None
        if process is None:
            return None
        if process.returncode is None:  # until it is waited for, the group is ours, also when it died by itself
            with suppress(ProcessLookupError):
                (os.killpg if group else os.kill)(process.pid, signal.SIGKILL)
        return process.wait()

    def died(self) -> bool:
        """Whether the process is gone, before it is waited for: what it left of its group can still be killed."""
        if self.process is None or self.process.returncode is not None:
            return True
        return os.waitid(os.P_PID, self.process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

    def stop(self, how: signal.Signals = signal.SIGINT, seconds: float = 30.0) -> int:
        """Ask the process to end, as Ctrl-C does; its exit code. Raises subprocess.TimeoutExpired."""
        if self.process is None:
            raise RuntimeError("it is not running")
        self.process.send_signal(how)
        return self.process.wait(seconds)

    def words(self) -> str:
        """The end of what it printed."""
        return self.log.read_text(errors="replace")[-1500:] if self.log.exists() else ""

    def sweep(self) -> None:
        """Have the sweeper run now, as its schedule does each minute."""
        token = (self.home / "internal.token").read_text().strip()
        assert self.ask("POST", "/_functions/sweep", b"{}", key=token).status == 200

    def put(self, url: str, body: bytes, content_type: str) -> int:
        """PUT to a signed URL of this installation; the status."""
        parts = urlsplit(url)
        assert (parts.hostname, parts.port) == (HOST, self.port), url
        return self.ask("PUT", f"{parts.path}?{parts.query}", body, {"Content-Type": content_type}, key="").status


@contextmanager
def installed(folder: Path) -> Iterator[Server]:
    """An installation in ``folder``, not yet started; killed with the block."""
    server = Server(folder / "home", folder / "log")
    atexit.register(server.kill)
    try:
        yield server
    finally:
        server.kill()
        atexit.unregister(server.kill)


def settled(post: Mapping[str, Any]) -> bool:
    """Whether nothing more happens to the post by itself."""
    return post["status"] not in ("scheduled", "publishing")


def until(holds: Callable[[], bool], seconds: float, every: float = 0.2) -> bool:
    """Whether it came to hold in time; asked now and then, because a real process has a real clock."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(every)
    return True


def group_members(group: int) -> list[int]:
    """The processes of a process group that are alive, zombies left out. Linux only."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = status.read_text().rsplit(")", 1)[1].split()
            if fields[0] != "Z" and int(fields[2]) == group:
                found.append(int(status.parent.name))
    return found


def _encoded(body: Any, headers: Mapping[str, str]) -> tuple[bytes | None, dict[str, str]]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    if body is None:
        return None, named
    return json.dumps(body).encode(), {"Content-Type": "application/json", **named}
