"""``python -m local restore FILE``: a backup becomes the state folder of an installation that has none yet.

Everything is unpacked and proven beside its place first; a folder in which that was cut off is served by nobody
(``home.unfinished``). Posts that were due after the backup was made may have gone out since: they are put before a person.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path

from local import archive
from local import home as home_folder
from local.progress import Progress, megabytes
from shared.backends.embedded.database import FileError
from shared.backends.embedded.store import EmbeddedStore
from shared.operations.publishing import restoring
from shared.operations.publishing.restoring import Restored
from shared.ports.queue import QueueUnavailable
from shared.ports.store import Doc, Unavailable
from shared.ports.world import Ports

NEEDED = ("rostrum.sqlite3", "vault.key")
WALKED = 500  # documents in one step


class CannotRestore(Exception):
    """The message says why, and what to do about it."""


def take(env: Mapping[str, str], home: Path, source: Path, say: Callable[[str], object], *, hold: bool = False) -> None:
    """Make the empty or absent folder ``home`` what the backup ``source`` holds. ``hold``: nothing of it is published before
    somebody releases it.

    Raises CannotRestore, OSError: the folder is then as empty as before.
    """
    if not source.is_file():
        raise CannotRestore(f"{source} is no file.")
    try:
        with home_folder.alone(home):
            _refuse_full(home)
            staging = home_folder.staging(home)
            try:
                _unpacked(env, source, staging, say, hold=hold)
            except BaseException:
                shutil.rmtree(staging, ignore_errors=True)
                raise
            _moved(staging, home)
    except home_folder.InUse as error:
        raise CannotRestore(f"{home} is served by a process: end it, or choose another ROSTRUM_HOME.") from error
    except (archive.BadArchive, sqlite3.Error, FileError, QueueUnavailable, Unavailable) as error:
        raise CannotRestore(f"Nothing was restored. {error}") from error


def _refuse_full(home: Path) -> None:
    inside = sorted(path.name for path in home.iterdir() if path.name != "lock")
    if inside:
        raise CannotRestore(f"{home} is not empty (it has {inside[0]}): move it away, or choose another ROSTRUM_HOME.")


def _unpacked(env: Mapping[str, str], source: Path, staging: Path, say: Callable[[str], object], *, hold: bool) -> None:
    staging.mkdir(mode=0o700)
    progress = Progress("unpacked", say)
    manifest = archive.unpack(source, staging, progress)
    for name in NEEDED:
        if name not in manifest.files:
            raise archive.BadArchive(f"{source} has no {name}: it is no backup of an installation")
    for path in sorted(staging.glob("*.sqlite3")):
        _sound(path)
    found = _held_back(env, staging, hold=hold)
    megas = megabytes(progress.bytes)
    say(f"{len(manifest.files)} files ({megas}) as of {manifest.taken_at}, release {manifest.rostrum}.")
    for line in _told(found):
        say(line)
    say("What was changed or created after the backup is not in it: see docs/self-hosting.md.")


def _told(found: Restored) -> Iterator[str]:
    """What becomes of what was not over when the backup was made."""
    if found.review:
        yield (
            f"{found.review} posts or actions were due since then and may have gone out: they are needs_review, and not sent "
            "again before somebody looked (POST /v1/posts/{id}/resolve)."
        )
    if found.held:
        yield (
            f"{found.held} are held: none goes out before it is released (python -m scripts.operate release) or given "
            "another time."
        )
    if found.later:
        yield (
            f"{found.later} are due later and go out at their times. What was sent early, moved or cancelled since the backup "
            "would go out as it was: restore with --hold where that may be."
        )


def _sound(path: Path) -> None:
    """Raises BadArchive for a file that SQLite finds faults with."""
    with closing(sqlite3.connect(path)) as connection:
        (verdict,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
    if verdict != "ok":
        raise archive.BadArchive(f"{path.name} is damaged: {verdict}")


def _held_back(env: Mapping[str, str], folder: Path, *, hold: bool) -> Restored:
    from shared.runtime import bootstrap, settings

    ports = bootstrap.embedded(settings.load({**env, "ROSTRUM_HOME": str(folder)}))
    try:
        return sum((restoring.hold_back(ports, page, hold=hold) for page in _targets(ports)), Restored())
    finally:
        for port in (ports.store, ports.queue, ports.bus, ports.sandbox):
            port.close()  # type: ignore[union-attr]  # the embedded ones can


def _targets(ports: Ports) -> Iterator[list[Doc]]:
    if not isinstance(ports.store, EmbeddedStore):
        raise TypeError("a state folder has an embedded store")
    after = -1
    while after:
        found, after = ports.store.walk(("targets",), max(after, 0), WALKED)
        yield found


def _moved(staging: Path, home: Path) -> None:
    """Each entry to its place; ``staging`` goes last, so that what is cut off here is known as unfinished."""
    for path in sorted(staging.iterdir()):
        path.rename(home / path.name)
    staging.rmdir()
