"""The process that publishes beside the server: it is there, comes back, and is gone when the server is, however that ends."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from shared.domain.content import Kind
from tests.e2e.posting import outcome, post, soon, taking
from tests.e2e.server import Server, group_members, installed, until

pytestmark = pytest.mark.xdist_group("e2e-process")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """An installation of two processes, running; both are there."""
    with installed(tmp_path) as made:
        made.settings = {"ROSTRUM_PROCESSES": "2"}
        made.start()
        assert until(lambda: len(group_members(group(made))) == 2, 30)
        yield made


def group(server: Server) -> int:
    """The process group that is the installation's."""
    assert server.process is not None
    return server.process.pid


def one(server: Server) -> list[str]:
    """An account whose network answers at once, so that nothing but the processes is waited for."""
    return taking(Kind.TEXT, server)[:1]


@contextmanager
def alone(server: Server) -> Iterator[subprocess.Popen[bytes]]:
    """A helper on the installation's folder, with nobody beside it."""
    token = (server.home / "internal.token").read_text().strip()
    env = {**os.environ, "ROSTRUM_HOME": str(server.home), "PORT": str(server.port), "INTERNAL_TOKEN": token}
    command = [sys.executable, "-m", "local.helper", "1/2"]
    with server.log.open("ab") as out:
        process = subprocess.Popen(command, cwd=server.root, env=env, stdin=subprocess.PIPE, stderr=out)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def stored(server: Server, post_id: str) -> str:
    """What the folder says has become of the post."""
    with closing(sqlite3.connect(f"file:{server.home}/rostrum.sqlite3?mode=ro", uri=True)) as file:
        (data,) = file.execute("SELECT data FROM documents WHERE path LIKE ?", (f"%/posts/{post_id}",)).fetchone()
    return str(json.loads(data)["status"])


def test_one_that_was_killed_is_started_anew_and_goes_with_a_server_that_was(server: Server) -> None:
    mine = group(server)
    (helper,) = set(group_members(mine)) - {mine}
    os.kill(helper, signal.SIGKILL)
    made = post(server, "While it is away", one(server))
    assert until(lambda: len(set(group_members(mine)) - {mine, helper}) == 1, 30)
    assert "a helper process ended, it is started anew" in server.log.read_text()
    assert outcome(server, made)["status"] == "published"
    later = post(server, "While the server is away", one(server), scheduled_at=soon(1.5))
    server.kill(group=False)
    assert until(lambda: group_members(mine) == [], 5)
    with alone(server) as process:
        assert until(lambda: stored(server, later) == "published", 20, every=0.05), server.words()
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(5) == 1


def test_a_signal_to_all_of_them_is_one_end(server: Server) -> None:
    mine = group(server)
    account = one(server)
    made = [post(server, f"Shared {number}", account) for number in range(5)]
    assert {outcome(server, each)["status"] for each in made} == {"published"}
    os.killpg(mine, signal.SIGTERM)
    assert server.process is not None
    assert server.process.wait(30) == 0, server.words()
    assert group_members(mine) == []
    assert "Traceback" not in server.log.read_text()
    assert "started anew" not in server.log.read_text()
