"""A temporary installation: a workspace, its key, connected sandbox accounts; and what is done with it."""

from __future__ import annotations

import secrets
import shutil
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from bench import processes
from bench.processes import Server
from local import first_start
from shared.domain import codec
from shared.domain.accounts import Account
from shared.domain.callers import Caller
from shared.domain.posts import Target
from shared.domain.states import TERMINAL
from shared.operations import accounts, callers
from shared.operations.posts import creating
from shared.operations.posts.commands import CreatePost, TargetOrder
from shared.operations.posts.views import PostView
from shared.platforms import registry
from shared.ports.store import Query
from shared.ports.world import Ports
from shared.runtime import bootstrap, settings
from shared.runtime.sandbox import SandboxHttp

TOKEN = secrets.token_urlsafe(16)
WRITERS = 8  # threads that make posts; the store commits what waits together


@dataclass(frozen=True, slots=True)
class World:
    """One installation in a folder that goes with it. ``connected``: the accounts by platform."""

    home: Path
    port: int
    ports: Ports
    caller: Caller
    key: str
    connected: dict[str, list[Account]]

    @property
    def env(self) -> dict[str, str]:
        """For processes of this installation."""
        return {"ROSTRUM_HOME": str(self.home), "INTERNAL_TOKEN": TOKEN, "PORT": str(self.port)}

    def create(self, text: str, account_ids: Sequence[str], due: datetime | None, **more: object) -> PostView:
        """A post to these accounts, due then (None: now)."""
        orders = tuple(TargetOrder(one) for one in account_ids)
        at = due.isoformat() if due else None
        command = CreatePost(text, targets=orders, publish_now=due is None, scheduled_at=at, **more)  # type: ignore[arg-type]  # media
        return creating.create(self.ports, self.caller, command)

    def targets(self) -> list[Target]:
        """Every target of the workspace."""
        collection = f"workspaces/{self.caller.space}/targets"
        found = self.ports.store.query(Query(collection, limit=100_000))
        return [codec.decode(Target, doc.data) for doc in found]

    def unfinished(self) -> int:
        """How many targets have not come to their end."""
        collection = f"workspaces/{self.caller.space}/targets"
        over = [self.ports.store.count(Query(collection, where=(("state", "==", str(one)),))) for one in TERMINAL]
        return self.ports.store.count(Query(collection)) - sum(over)

    def lose_queue(self) -> None:
        """Every waiting task is gone, as if the queue had never got it."""
        with sqlite3.connect(self.home / "rostrum.sqlite3", timeout=30) as connection:
            connection.execute("DELETE FROM deliveries WHERE kind = 'task'")
        connection.close()


@contextmanager
def world(each: int = 1) -> Iterator[World]:
    """An installation with ``each`` connected sandbox accounts per network; its folder is removed afterwards."""
    home = Path(tempfile.mkdtemp(prefix="rostrum-bench-"))
    try:
        port = processes.free_port()
        chosen = settings.load({"ROSTRUM_HOME": str(home), "PORT": str(port)})
        ports = bootstrap.embedded(chosen)
        values = first_start.prepare(ports, bootstrap.sandbox(ports), home, chosen.public_url)
        key = values["ROSTRUM_API_KEY"]
        caller = callers.authenticate(ports, key)
        yield World(home, port, ports, caller, key, _connected(ports, caller, each))
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def running(at: World) -> Iterator[Server]:
    """``make run``'s process on this installation, ready."""
    command = [sys.executable, "-m", "local"]
    with processes.served(command, at.port, at.env, at.home / "local.log") as server:
        server.first_answer(b"GET /readyz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        yield server


def create_many(at: World, dues: Sequence[datetime], account_ids: Sequence[str]) -> list[str]:
    """One text post per due time, accounts in turn; the posts' ids."""

    def one(index: int) -> str:
        return at.create(f"Post {index}", [account_ids[index % len(account_ids)]], dues[index]).post.id

    with ThreadPoolExecutor(WRITERS) as pool:
        return list(pool.map(one, range(len(dues))))


def wait_until_done(at: World, seconds: float, every: float = 0.5) -> bool:
    """Wait until no target has a step left; False when time is up."""
    until = time.monotonic() + seconds
    while at.unfinished():
        if time.monotonic() > until:
            return False
        time.sleep(every)
    return True


def in_seconds(seconds: float) -> datetime:
    """An instant ahead."""
    return datetime.now(UTC) + timedelta(seconds=seconds)


def _connected(ports: Ports, caller: Caller, each: int) -> dict[str, list[Account]]:
    sandbox = bootstrap.sandbox(ports)
    for name in {account.platform for account in accounts.list_(ports, caller)}:
        for number in range(1, each):
            _connect(ports, sandbox, caller, name, f"bench{number}")
    found: dict[str, list[Account]] = {}
    for account in accounts.list_(ports, caller):
        found.setdefault(account.platform, []).append(account)
    return found


def _connect(ports: Ports, sandbox: SandboxHttp, caller: Caller, name: str, username: str) -> None:
    """As the first start does, but with the consent of another simulated person."""
    if registry.manifest(name).oauth.style == "credentials":
        first_start.connect(ports, sandbox, caller, name, username)
        return
    begun = accounts.connect(ports, caller, accounts.Connect(name))
    if not isinstance(begun, accounts.Redirect):
        raise TypeError(f"{name} connects by redirect, and did not")
    consent = dict(parse_qsl(urlsplit(begun.auth_url).query))["url"]
    back = accounts.sandbox_authorize(ports, f"{consent}&sandbox_user={username}")
    accounts.callback(ports, name, dict(parse_qsl(urlsplit(back).query)))
