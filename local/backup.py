"""``python -m local backup FILE``: the state folder in one file, also while its server runs.

The SQLite files are copied as they were at one instant, each (SQLite's backup API, inside one read transaction: writers go
on). The keys are read after what they opened, and the media after the posts that name it: a backup never lacks what it needs.
Where a key was retired in between, the copy made before may need it: then there is no backup.
"""

from __future__ import annotations

import json
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import IO

from local import archive
from local.progress import Progress, megabytes

PAGES = 2_000  # in one step of the copy
_PAGE_BYTES = 4096


class CannotBackUp(Exception):
    """The message says why, and what to do about it."""


def make(home: Path, target: Path, say: Callable[[str], object]) -> None:
    """Write the backup of the folder ``home`` to the new file ``target``. Raises CannotBackUp, OSError."""
    if not (home / "rostrum.sqlite3").is_file():
        raise CannotBackUp(f"{home} holds no installation: set ROSTRUM_HOME to the folder of one.")
    if target.exists():
        raise CannotBackUp(f"{target} exists: choose another name.")
    if target.resolve().is_relative_to(home.resolve()):
        raise CannotBackUp(f"{target} lies in the folder that is backed up: choose a place outside of it.")
    archive.forget_left(target.parent)
    taken_at = datetime.now(UTC).isoformat()
    progress, keys = Progress("copied", say), _keys(home)
    try:
        with archive.written(target, progress) as writer:
            _databases(home, target.parent, writer, say)
            for path in _plain_files(home):
                with path.open("rb") as file:
                    writer.add(path.name, file)
            _blobs(home / "blobs", writer)
            if retired := keys - _keys(home):
                raise CannotBackUp(f"The sealing key {min(retired)} was retired meanwhile: make the backup again.")
            writer.finish(version(), taken_at)
    except (archive.BadArchive, sqlite3.Error) as error:
        raise CannotBackUp(f"The backup could not be made: {error}") from error
    say(f"{len(writer.files)} files ({megabytes(progress.bytes)}) as of {taken_at} are in {target} (mode 0600).")
    say("It holds every key and token of this installation, unencrypted: keep it where only you can read it.")


def version() -> str:
    """Which release this is."""
    with suppress(metadata.PackageNotFoundError):
        return metadata.version("rostrum")
    lines = (Path(__file__).resolve().parent.parent / "pyproject.toml").read_text().splitlines()
    return next(line.split('"')[1] for line in lines if line.startswith("version = "))


def _keys(home: Path) -> set[str]:
    """The ids of those that open what the folder holds."""
    with suppress(FileNotFoundError, ValueError):
        return {*json.loads((home / "vault.key").read_bytes())["keys"]}
    return set()


def _databases(home: Path, beside: Path, writer: archive.Writer, say: Callable[[str], object]) -> None:
    for path in sorted(home.glob("*.sqlite3")):
        with tempfile.TemporaryDirectory(prefix=archive.draft_name(), dir=beside) as folder:  # mode 0700
            copy = Path(folder) / path.name
            _copy(path, copy, Progress(f"{path.name} copied", say))
            with copy.open("rb") as file:
                writer.add(path.name, file)


def _copy(path: Path, copy: Path, progress: Progress) -> None:
    """One state of the file, whoever writes to it meanwhile."""

    def told(_status: int, left: int, total: int) -> None:
        progress((total - left) * _PAGE_BYTES - progress.bytes)

    with (
        closing(sqlite3.connect(path, timeout=30, isolation_level=None)) as source,
        closing(sqlite3.connect(copy)) as into,
    ):
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM sqlite_master").fetchone()  # the read that fixes the state
        source.backup(into, pages=PAGES, progress=told, sleep=0)
        source.execute("ROLLBACK")
        into.execute("PRAGMA journal_mode=DELETE")  # one file; whoever opens it goes back to WAL


def _plain_files(home: Path) -> Iterator[Path]:
    """Keys, tokens and what else lies in the folder; drafts of files (dotted) and SQLite's own left out."""
    for path in sorted(home.iterdir()):
        if path.is_file() and not (path.name.startswith(".") or ".sqlite3" in path.name or path.name == "lock"):
            yield path


def _blobs(folder: Path, writer: archive.Writer) -> None:
    """Every record, and the bytes that it names; what is deleted meanwhile is left out with its record."""
    for record in sorted((folder / "info").glob("*/*.json")):
        for _ in range(3):  # a replacement may remove the bytes between the two steps
            with suppress(FileNotFoundError), record.open("rb") as told, _named(folder, told) as data:
                writer.add(f"blobs/data/{Path(data.name).name}", data)
                writer.add(f"blobs/info/{record.parent.name}/{record.name}", told)
                break


def _named(folder: Path, told: IO[bytes]) -> IO[bytes]:
    name = str(json.loads(told.read())["file"])
    told.seek(0)
    return (folder / "data" / name).open("rb")
