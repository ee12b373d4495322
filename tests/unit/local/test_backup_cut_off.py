"""Backup and restore that are killed at any moment, or find no room: nothing is taken for whole that is not."""

from __future__ import annotations

import multiprocessing
import os
import resource
import shutil
import signal
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from local import backup, restore
from local import home as home_folder
from local.__main__ import main
from scripts.operate import __main__ as operate
from shared.backends.embedded.store import EmbeddedStore
from shared.backends.embedded.vault import EmbeddedVault
from shared.domain import codec
from shared.domain.content import Kind, Role
from shared.domain.posts import PieceDoc, Target, target_path
from shared.domain.states import State
from shared.domain.targets import scheduled
from shared.domain.workspaces import Workspace
from shared.ports.store import Write
from shared.ports.vault import Place
from tests.contract.ports.conftest import INDEXES, ManualClock

PLACE = Place("ws_1.test", "acc_1", "tokens")
PATH = "workspaces/ws_1.test/accounts/acc_1"
MOMENTS = (0, 30, 100, 400, 1_600)  # Python's calls after which the process is killed
FORK = multiprocessing.get_context("fork")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A state folder with a secret in it."""
    made = tmp_path / "home"
    made.mkdir(mode=0o700)
    sealed = EmbeddedVault(made / "vault.key").seal(PLACE, b"token")
    with closing(EmbeddedStore(made / "rostrum.sqlite3", ManualClock(), INDEXES)) as store:
        store.commit([Write("create", PATH, {"sealed": sealed, "long": "x" * 300_000})])
    home_folder.internal_token(made)
    return made


def quiet(_line: str) -> None:
    """Nobody watches."""


def killed(act: Callable[[], None], calls: int) -> bool:
    """Whether ``act``, in a process of its own, was killed after so many calls; False: it was done before."""

    def run() -> None:
        left = calls

        def count(_frame: object, event: str, _argument: object) -> None:
            nonlocal left
            if event in ("call", "c_call"):
                left -= 1
                if left < 0:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.setprofile(count)
        act()
        sys.setprofile(None)

    process = FORK.Process(target=run)
    process.start()
    process.join(60)
    assert process.exitcode in (0, -signal.SIGKILL), process.exitcode
    return process.exitcode != 0


def opened(home: Path) -> bytes:
    """The secret that the folder holds."""
    with closing(EmbeddedStore(home / "rostrum.sqlite3", ManualClock(), INDEXES)) as store:
        doc = store.get(PATH)
        assert doc is not None
        return EmbeddedVault(home / "vault.key").open(PLACE, str(doc.data["sealed"]))


def test_a_backup_that_is_killed_at_any_moment_leaves_none_or_a_whole_one(home: Path, tmp_path: Path) -> None:
    """And the next one clears away what it left: drafts with every key in them."""
    folder, cut = tmp_path / "backups", 0
    for calls in MOMENTS:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        target = folder / "a.tar.gz"
        cut += killed(lambda target=target: backup.make(home, target, quiet), calls)  # type: ignore[misc]
        if not target.exists():
            backup.make(home, target, quiet)
        else:
            backup.make(home, folder / "b.tar.gz", quiet)
        assert {path.name for path in folder.iterdir()} <= {"a.tar.gz", "b.tar.gz"}
        into = tmp_path / f"into-{calls}"
        restore.take({}, into, target, quiet)
        assert opened(into) == b"token"
    assert cut >= 3
    assert opened(home) == b"token"


def test_a_restore_that_is_killed_at_any_moment_is_served_whole_or_not_at_all(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, cut = tmp_path / "a.tar.gz", 0
    backup.make(home, file, quiet)
    for calls in (*MOMENTS, 6_400, 25_600):
        into = tmp_path / f"into-{calls}"
        cut += killed(lambda into=into: restore.take({}, into, file, quiet), calls)  # type: ignore[misc]
        if home_folder.unfinished(into):
            monkeypatch.setenv("ROSTRUM_HOME", str(into))
            assert main([]) == 1, "no server serves it"
            shutil.rmtree(into)
        if not (into / "rostrum.sqlite3").exists():
            restore.take({}, into, file, quiet)
        assert opened(into) == b"token"
        with pytest.raises(restore.CannotRestore, match="not empty"):
            restore.take({}, into, file, quiet)
    assert cut >= 3


def test_restored_with_hold_nothing_waits_to_go_out_by_itself(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """By the commands: restore, look, release."""
    now = datetime.now(UTC)
    later, piece = now + timedelta(hours=1), PieceDoc(Role.POST, Kind.TEXT, "Later", "key", 0)
    target = Target("tgt_1", "", "ws_1.test", "acc_1", "bluesky", True, 0, State.SCHEDULED, (piece,), now)
    waiting = scheduled(target, later, now)
    with closing(EmbeddedStore(home / "rostrum.sqlite3", ManualClock(), INDEXES)) as store:
        known = Workspace("ws_1", "Ours", now)
        store.commit([Write("create", "workspaces/ws_1", codec.encode(known))])
        store.commit([Write("create", target_path("ws_1.test", "tgt_1"), codec.encode(waiting))])
    file = tmp_path / "a.tar.gz"
    backup.make(home, file, quiet)
    monkeypatch.setenv("ROSTRUM_HOME", str(tmp_path / "into"))
    assert main(["restore", "--hold", str(file)]) == 0
    assert "1 are held" in capsys.readouterr().out
    env = {"ROSTRUM_HOME": str(tmp_path / "into")}
    assert operate.main(["stuck"], env) == 0
    assert "held      tgt_1  scheduled" in capsys.readouterr().out
    assert operate.main(["release", "tgt_1"], env) == 0
    assert operate.main(["stuck"], env) == 0
    assert "1 released" in (said := capsys.readouterr().out)
    assert said.endswith("nothing is stuck\n")


def limited(act: Callable[[], int], size: int) -> int:
    """The exit code of ``act`` in a process that can make no file larger than ``size`` bytes, as on a full disk."""

    def run() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
        os._exit(act())

    process = FORK.Process(target=run)
    process.start()
    process.join(60)
    return int(process.exitcode or 0)


@pytest.mark.parametrize("size", [1_000, 20_000, 100_000])
def test_a_full_disk_is_said_and_leaves_nothing(
    home: Path, tmp_path: Path, size: int, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    folder, file, into = tmp_path / "backups", tmp_path / "a.tar.gz", tmp_path / "into"
    folder.mkdir()
    backup.make(home, file, quiet)
    monkeypatch.setenv("ROSTRUM_HOME", str(home))
    assert limited(lambda: main(["backup", str(folder / "b.tar.gz")]), size) == 1
    assert "Cannot backup" in capfd.readouterr().err
    assert list(folder.iterdir()) == []
    monkeypatch.setenv("ROSTRUM_HOME", str(into))
    assert limited(lambda: main(["restore", str(file)]), size) == 1
    assert "Cannot restore" in capfd.readouterr().err
    assert not [path.name for path in into.iterdir() if path.name != "lock"]
    assert opened(home) == b"token"


def test_a_key_that_is_retired_while_the_backup_is_made_leaves_no_backup_that_lacks_it(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The store was copied before everything in it was sealed anew, and the keys are read afterwards."""
    vault, copied = EmbeddedVault(home / "vault.key"), backup._databases
    old, target = vault.keys().newest, tmp_path / "kept.tar.gz"
    vault.rotate()

    def meanwhile(*given: Any) -> None:
        copied(*given)
        vault.retire(old)

    monkeypatch.setattr(backup, "_databases", meanwhile)
    with pytest.raises(backup.CannotBackUp, match=f"{old} was retired"):
        backup.make(home, target, quiet)
    assert [path.name for path in tmp_path.iterdir()] == ["home"]
    monkeypatch.undo()
    backup.make(home, target, quiet)
    assert target.is_file()
