"""Backup and restore of the state folder: all of it comes back, and nothing that is not whole."""

from __future__ import annotations

import gzip
import io
import json
import shutil
import sqlite3
import stat
import tarfile
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from local import backup, restore
from local import home as home_folder
from local.__main__ import main
from local.progress import Progress
from shared.backends import indexes
from shared.backends.embedded.blobs import EmbeddedBlobs
from shared.backends.embedded.store import EmbeddedStore
from shared.backends.embedded.vault import EmbeddedVault
from shared.ports.store import Write
from shared.ports.vault import Place
from tests.support.memory_parts import ManualClock

PLACE = Place("ws_1.live", "acc_1", "token")
PATH = "workspaces/ws_1.test/things/a"
Members = dict[str, bytes]


def opened(home: Path, name: str = "rostrum.sqlite3") -> EmbeddedStore:
    return EmbeddedStore(home / name, ManualClock(), indexes.load())


def blobs(home: Path) -> EmbeddedBlobs:
    return EmbeddedBlobs(home / "blobs", "http://localhost", home / "blobs.key", ManualClock())


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with ``home``, a state folder with something in each of its parts, and ``backup.tar.gz`` of it."""
    folder = tmp_path_factory.mktemp("template")
    made = folder / "home"
    with home_folder.alone(made), closing(opened(made)) as store, closing(opened(made, "sandbox.sqlite3")):
        sealed = EmbeddedVault(made / "vault.key").seal(PLACE, b"token")
        store.commit([Write("create", PATH, {"sealed": sealed})])
        blobs(made).put("media/a", [b"bytes"], "text/plain", 10)
        blobs(made).put("media/b", [b""], "text/plain", 10)
    (made / "blobs" / "data" / ("0" * 64 + ".left")).write_bytes(b"what a crash left")
    home_folder.write_env(made, {"ROSTRUM_API_KEY": "rst_test_x"})
    home_folder.internal_token(made)
    backup.make(made, folder / "backup.tar.gz", lambda _: None)
    return folder


@pytest.fixture
def home(template: Path, tmp_path: Path) -> Path:
    """A state folder of one's own."""
    return Path(shutil.copytree(template / "home", tmp_path / "home"))


@pytest.fixture
def file(template: Path) -> Path:
    """A backup of it."""
    return template / "backup.tar.gz"


def test_all_of_it_comes_back_and_is_private(home: Path, file: Path, tmp_path: Path) -> None:
    said: list[str] = []
    other = tmp_path / "deep" / "other"
    restore.take({}, other, file, said.append)
    with closing(opened(other)) as store:
        doc = store.get(PATH)
        assert doc is not None
        assert EmbeddedVault(other / "vault.key").open(PLACE, doc.data["sealed"]) == b"token"
    assert blobs(other).read("media/a") == b"bytes"
    assert blobs(other).read("media/b") == b""
    for name in ("env", "internal.token", "vault.key", "blobs.key"):
        assert (other / name).read_bytes() == (home / name).read_bytes()
    assert not list((other / "blobs" / "data").glob("*.left"))
    files = [path for path in (file, *other.rglob("*")) if path.is_file() and path.name != "lock"]
    assert {stat.S_IMODE(path.stat().st_mode) & 0o077 for path in files if "sqlite3-" not in path.name} == {0}
    assert not list(tmp_path.glob(".*")), "a draft was left"
    assert any("as of" in line for line in said)


def test_the_backup_of_a_file_that_is_written_to_is_one_state_of_it(home: Path, tmp_path: Path) -> None:
    """Two documents that are always written together are equal in every backup, and the writer never waits for its end."""
    done, rounds = threading.Event(), list[int]()
    pair = ("workspaces/ws_1.test/things/x", "workspaces/ws_1.test/things/y")

    def write() -> None:
        with closing(opened(home)) as store:
            while not done.is_set():
                rounds.append(len(rounds))
                store.commit([Write("set", path, {"n": rounds[-1], "fill": "z" * 50_000}) for path in pair])

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(3):
            backup.make(home, tmp_path / f"{number}.tar.gz", lambda _: None)
    finally:
        done.set()
        writer.join()
    for number in range(3):
        restore.take({}, tmp_path / str(number), tmp_path / f"{number}.tar.gz", lambda _: None)
        with closing(opened(tmp_path / str(number))) as store:
            one, other = (doc.data["n"] if doc else None for doc in store.get_many(pair))
        assert one == other


def members(file: Path) -> Members:
    with tarfile.open(file) as tar:
        return {member.name: tar.extractfile(member).read() for member in tar}  # type: ignore[union-attr]


def packed(path: Path, parts: Members, odd: Callable[[tarfile.TarFile], None] = lambda _: None) -> Path:
    with tarfile.open(path, "w:gz") as tar:
        odd(tar)
        for name, content in parts.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return path


def _linked(kind: bytes, name: str, target: str) -> Callable[[tarfile.TarFile], None]:
    def add(tar: tarfile.TarFile) -> None:
        info = tarfile.TarInfo(name)
        info.type, info.linkname = kind, target
        tar.addfile(info)

    return add


def _named(name: str) -> Callable[[Members], Members]:
    return lambda parts: {name: b"evil", **parts}


def _changed(name: str, content: bytes) -> Callable[[Members], Members]:
    return lambda parts: {**parts, name: content}


def _manifest(**fields: object) -> Callable[[Members], Members]:
    def change(parts: Members) -> Members:
        return {**parts, "manifest.json": json.dumps({**json.loads(parts["manifest.json"]), **fields}).encode()}

    return change


def _without(name: str) -> Callable[[Members], Members]:
    return lambda parts: {key: value for key, value in parts.items() if key != name}


FORGED = [
    _named("../evil"),
    _named("/tmp/evil-of-rostrum"),
    _named("blobs/../../evil"),
    _named("blobs/info/../evil"),
    _named("blobs//evil"),
    _named(".restoring"),
    _named("added"),
    _changed("vault.key", b"{}"),
    _without("env"),
    _without("vault.key"),
    _without("manifest.json"),
    _manifest(format=2),
    _manifest(files=[]),
    _changed("manifest.json", b"[]"),
]


@pytest.mark.parametrize("change", FORGED)
def test_what_is_not_as_its_manifest_says_is_refused(
    file: Path, tmp_path: Path, change: Callable[[Members], Members]
) -> None:
    refused(packed(tmp_path / "forged.tar.gz", change(members(file))), tmp_path)


@pytest.mark.parametrize(
    "odd",
    [
        _linked(tarfile.SYMTYPE, "blobs", "/tmp"),
        _linked(tarfile.SYMTYPE, "env", "/etc/passwd"),
        _linked(tarfile.LNKTYPE, "env", "vault.key"),
        _linked(tarfile.DIRTYPE, "blobs", ""),
        _linked(tarfile.FIFOTYPE, "env", ""),
        _linked(tarfile.CHRTYPE, "env", ""),
    ],
)
def test_links_and_devices_are_refused(file: Path, tmp_path: Path, odd: Callable[[tarfile.TarFile], None]) -> None:
    refused(packed(tmp_path / "forged.tar.gz", members(file), odd), tmp_path)


def test_whatever_is_cut_off_is_refused(file: Path, tmp_path: Path) -> None:
    whole = file.read_bytes()
    cut = tmp_path / "cut.tar.gz"
    for length in (0, 1, 20, *range(0, len(whole) - 1, len(whole) // 8), len(whole) - 12, len(whole) - 1):
        cut.write_bytes(whole[:length])
        refused(cut, tmp_path)
    cut.write_bytes(gzip.compress(gzip.decompress(whole)[:4096]))
    refused(cut, tmp_path)


def test_a_damaged_database_is_refused(home: Path, tmp_path: Path) -> None:
    """Its bytes are those that were backed up; SQLite finds faults with them all the same."""
    with closing(sqlite3.connect(home / "rostrum.sqlite3")) as connection:
        connection.execute("PRAGMA writable_schema=ON")
        connection.execute("UPDATE sqlite_master SET rootpage = 3 WHERE name = 'documents'")
        connection.commit()
    target = tmp_path / "damaged.tar.gz"
    backup.make(home, target, lambda _: None)
    refused(target, tmp_path)


def test_a_newer_schema_is_refused(home: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(home / "rostrum.sqlite3")) as connection:
        connection.execute("PRAGMA user_version=99")
    backup.make(home, tmp_path / "newer.tar.gz", lambda _: None)
    refused(tmp_path / "newer.tar.gz", tmp_path, "newer release")


def refused(file: Path, tmp_path: Path, reason: str = "Nothing was restored") -> None:
    """Nothing of it is left, and the folder takes a good one afterwards."""
    into = tmp_path / "into"
    with pytest.raises(restore.CannotRestore, match=reason):
        restore.take({}, into, file, lambda _: None)
    assert [path.name for path in into.iterdir()] == ["lock"]
    assert not (tmp_path / "evil").exists()


def test_a_folder_with_something_in_it_is_left_alone(home: Path, file: Path) -> None:
    before = (home / "env").read_bytes()
    with pytest.raises(restore.CannotRestore, match="not empty"):
        restore.take({}, home, file, lambda _: None)
    with home_folder.alone(home), pytest.raises(restore.CannotRestore, match="served by a process"):
        restore.take({}, home, file, lambda _: None)
    assert (home / "env").read_bytes() == before


def test_an_unfinished_restore_is_not_served(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    into = tmp_path / "into"
    real, moved = Path.rename, []

    def fails(self: Path, target: Path) -> Path:
        moved.append(self.name)
        if len(moved) == 3:
            raise OSError("the disk is gone")
        return real(self, target)

    monkeypatch.setattr(Path, "rename", fails)
    with pytest.raises(OSError, match="gone"):
        restore.take({}, into, file, lambda _: None)
    monkeypatch.setenv("ROSTRUM_HOME", str(into))
    assert main([]) == 1
    assert "cut off" in capsys.readouterr().err


@pytest.mark.parametrize("where", ["home/in.tar.gz", "there.tar.gz", "nowhere/a.tar.gz"])
def test_a_backup_that_would_harm_or_cannot_be_is_refused(
    home: Path, tmp_path: Path, where: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "there.tar.gz").write_text("mine")
    monkeypatch.setenv("ROSTRUM_HOME", str(home))
    assert main(["backup", str(tmp_path / where)]) == 1
    assert "Cannot backup" in capsys.readouterr().err
    assert (tmp_path / "there.tar.gz").read_text() == "mine"


def test_no_installation_no_backup(tmp_path: Path) -> None:
    with pytest.raises(backup.CannotBackUp, match="ROSTRUM_HOME"):
        backup.make(tmp_path, tmp_path / "a.tar.gz", lambda _: None)


@pytest.mark.parametrize("argument", ["--help", "nonsense", "backup"])
def test_help_and_bad_arguments_start_nothing(argument: str) -> None:
    with pytest.raises(SystemExit) as ended:
        main([argument])
    assert ended.value.code == (0 if argument == "--help" else 2)


def test_a_long_copy_says_how_far_it_is() -> None:
    now, said = [0.0], list[str]()
    progress = Progress("copied", said.append, lambda: now[0])
    for second in range(7):
        now[0] = float(second)
        progress(1_500_000)
    assert said == ["  copied: 4.5 MB …", "  copied: 7.5 MB …", "  copied: 10.5 MB …"]


def test_names_that_cannot_be_restored_are_named(home: Path, tmp_path: Path) -> None:
    (home / "my notes").write_text("x")
    with pytest.raises(backup.CannotBackUp, match="my notes"):
        backup.make(home, tmp_path / "a.tar.gz", lambda _: None)
    assert [path.name for path in tmp_path.iterdir()] == ["home"]
