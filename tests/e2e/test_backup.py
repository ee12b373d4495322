"""Backup, wipe, restore: the posts that were scheduled before are published once, on time."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.e2e import live
from tests.e2e.posting import outcome, post, read, soon
from tests.e2e.server import ROOT, Server, installed, until

pytestmark = pytest.mark.xdist_group("e2e-backup")
AHEAD = 9.0  # seconds; backup, wipe, restore and start have to come before, on two shared cores


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with installed(tmp_path) as made:
        made.start()
        yield made


def run(server: Server, *words: str) -> str:
    """``python -m local`` with the installation's settings; what it said."""
    env = {"ROSTRUM_HOME": str(server.home), "PORT": str(server.port)}
    command = [sys.executable, "-m", "local", *words]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_what_was_scheduled_before_is_published_once_on_time_and_what_went_out_meanwhile_not_again(
    server: Server, tmp_path: Path
) -> None:
    account = server.accounts()["bluesky"]
    after = post(server, "Due after the restoring", [account], scheduled_at=soon(AHEAD))
    meanwhile = post(server, "Due before it", [account], scheduled_at=soon(3))
    copy = tmp_path / "backup.tar.gz"
    assert "keep it" in run(server, "backup", str(copy))
    assert outcome(server, meanwhile)["status"] == "published"
    server.kill()
    shutil.rmtree(server.home)

    assert "1 posts or actions" in run(server, "restore", str(copy))
    server.start()
    assert read(server, meanwhile)["status"] == "needs_review"
    assert read(server, after)["status"] == "scheduled", "this machine was too slow for the test's times"
    assert until(lambda: read(server, after)["status"] == "published", AHEAD + 5), server.words()
    due = datetime.fromisoformat(read(server, after)["scheduled_at"])
    assert datetime.now(UTC) - due < timedelta(seconds=5)
    server.sweep()
    assert [one.text for one in live.timelines(server)[account]] == ["Due after the restoring"]
    assert set(live.integrity(server.home).values()) == {"ok"}
    assert server.stop() == 0
