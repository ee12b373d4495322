"""State folders of earlier releases, taken over by this one: ``python -m tests.e2e.upgrading [COMMIT …]``.

Of each commit's own code a server is started, posts are scheduled on every network, and the server is killed; today's code is
started on its folder, and so it is on a restored backup of the folder. Every post has to be out once, on time.
"""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from local import backup, restore
from shared.domain.content import Kind
from shared.platforms import registry
from tests.contract.platforms import samples
from tests.e2e import live
from tests.e2e.posting import post_to, read, soon, target
from tests.e2e.server import ROOT, Server, until

COMMITS = ("f0f3b8c", "9823388", "980d4cd", "6de17b3", "15793e4")  # from the day before this release back to its youth
AHEAD = 45.0  # seconds from scheduling to the time: the earlier server has to end, and this one to start
# Seconds after its time at which a text is out: some (simulated) networks confirm one after five. Media take longer.
LATE = 15.0
WORKING = 60.0
TEXT = "Scheduled by an earlier release"
Move = Callable[[Server], None]


class Broken(Exception):
    """What did not go as it has to."""


def checkout(commit: str, into: Path) -> Path:
    """The commit's tree, without touching this one. Raises Broken."""
    done = subprocess.run(["git", "archive", commit], cwd=ROOT, capture_output=True, check=False)
    if done.returncode:
        raise Broken(f"{commit}: {done.stderr.decode().strip()} (a clone without history has no earlier releases)")
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as tree:
        tree.extractall(into, filter="data")
    return into


def scheduled(server: Server) -> dict[str, str]:
    """A post on each network that the earlier server takes one for, at one time; ids by account."""
    found: dict[str, str] = {}
    at = soon(AHEAD)
    posting = {name: account for name, account in server.accounts().items() if registry.manifest(name).kinds}
    for name, account in posting.items():
        try:
            found[account] = post_to(server, TEXT, [target(server, name)], scheduled_at=at)
        except AssertionError as refused:  # what today's sample has, it may not have known
            print(f"    {name}: {str(refused).splitlines()[0][:160]}", flush=True)
    return found


def taken_over(_server: Server) -> None:
    """The folder as it is."""


def restored(server: Server) -> None:
    """The folder, backed up and restored by this release."""
    copy = server.home.with_suffix(".tar.gz")
    backup.make(server.home, copy, lambda _line: None)
    shutil.rmtree(server.home)
    restore.take({}, server.home, copy, lambda line: print(f"    {line}", flush=True))


def go(commit: str, move: Move, folder: Path) -> str:
    """One commit; what was found. Raises Broken."""
    server = Server(folder / "home", folder / "log", root=checkout(commit, folder / "code"))
    try:
        server.start()
        posts = scheduled(server)
        server.kill()
        move(server)
        server.root = ROOT
        server.start()
        return _judged(server, posts)
    finally:
        server.kill()


def _judged(server: Server, posts: dict[str, str]) -> str:
    if not posts:
        raise Broken("the earlier server took no post")
    waiting = [one for one in posts.values() if read(server, one)["status"] != "scheduled"]
    if waiting:
        raise Broken(f"{len(waiting)} were not scheduled when this release had started: {read(server, waiting[0])}")
    until(lambda: all(read(server, one)["status"] == "published" for one in posts.values()), AHEAD + 60)
    told = {one: read(server, one) for one in posts.values()}
    if odd := [f"{one['id']} {one['status']}" for one in told.values() if one["status"] != "published"]:
        raise Broken(f"not published: {', '.join(odd)}")
    time.sleep(3)
    server.sweep()
    seen = live.timelines(server)
    for account, one in posts.items():
        if len(seen[account]) != 1:
            raise Broken(f"{one} is out {len(seen[account])} times on {account}")
    late = {str(one["targets"][0]["platform"]): _lateness(one) for one in told.values()}
    if slow := {name: round(seconds, 1) for name, seconds in late.items() if seconds > _allowed(name)}:
        raise Broken(f"published late (seconds): {slow}")
    texts = max(seconds for name, seconds in late.items() if _allowed(name) == LATE)
    return f"{len(posts)} posts published once, the latest text {texts:.1f} s after its time, media {max(late.values()):.1f} s"


def _allowed(name: str) -> float:
    return LATE if samples.plainest(registry.manifest(name)) is Kind.TEXT else WORKING


def _lateness(told: dict[str, Any]) -> float:
    due = datetime.fromisoformat(str(told["scheduled_at"]))
    ended = datetime.fromisoformat(str(told["published_at"] or datetime.now(UTC).isoformat()))
    return (ended - due).total_seconds()


def main(commits: Sequence[str]) -> int:
    """How many did not go well."""
    broken = 0
    for commit in commits or COMMITS:
        for move in (taken_over, restored):
            with tempfile.TemporaryDirectory(prefix="rostrum-upgrade-") as folder:
                try:
                    said = go(commit, move, Path(folder))
                except (Broken, AssertionError) as problem:
                    said, broken = f"BROKEN: {problem}", broken + 1
            print(f"{commit} {move.__name__}: {said}", flush=True)
    return broken


if __name__ == "__main__":
    sys.exit(min(main(sys.argv[1:]), 1))
