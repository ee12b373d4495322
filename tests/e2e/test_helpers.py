"""The process that publishes beside the server: it is there, comes back, and is gone when the server is, however that ends."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.domain.content import Kind
from tests.e2e.posting import outcome, post, taking
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


def test_one_that_was_killed_is_started_anew_and_goes_with_a_server_that_was(server: Server) -> None:
    mine = group(server)
    (helper,) = set(group_members(mine)) - {mine}
    os.kill(helper, signal.SIGKILL)
    made = post(server, "While it is away", taking(Kind.TEXT, server))
    assert until(lambda: len(set(group_members(mine)) - {mine, helper}) == 1, 30)
    assert "a helper process ended, it is started anew" in server.log.read_text()
    assert outcome(server, made)["status"] == "published"
    server.kill(group=False)
    assert until(lambda: group_members(mine) == [], 5)


def test_a_signal_to_all_of_them_is_one_end(server: Server) -> None:
    mine = group(server)
    made = [post(server, f"Shared {number}", taking(Kind.TEXT, server)) for number in range(5)]
    assert {outcome(server, one)["status"] for one in made} == {"published"}
    os.killpg(mine, signal.SIGTERM)
    assert server.process is not None
    assert server.process.wait(30) == 0, server.words()
    assert group_members(mine) == []
    assert "Traceback" not in server.log.read_text()
    assert "started anew" not in server.log.read_text()
