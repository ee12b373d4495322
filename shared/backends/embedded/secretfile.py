"""A file that holds a secret: made once, whoever comes first, and never readable by others."""

from __future__ import annotations

import fcntl
import os
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


def read_or_make(path: Path, make: Callable[[], bytes]) -> bytes:
    """The file's content; ``make()`` is its content when there is none yet.

    Processes that race end with one file. Raises PermissionError when others may read the file, OSError.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        _publish(path, make(), replace=False)
    handle = os.open(path, os.O_RDONLY)
    with os.fdopen(handle, "rb") as file:
        mode = stat.S_IMODE(os.fstat(handle).st_mode)
        if mode & 0o077:
            raise PermissionError(f"{path} may be read by others (mode {mode:04o}): run chmod 600 {path}")
        return file.read()


def replace(path: Path, content: bytes) -> None:
    """Exchange the content in one step."""
    _publish(path, content, replace=True)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Alone among all processes that lock this file. Raises OSError."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _publish(path: Path, content: bytes, *, replace: bool) -> None:
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # mode 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if replace:
            Path(name).replace(path)
        else:
            _link(name, path)
        _settled(path.parent)
    finally:
        Path(name).unlink(missing_ok=True)


def _settled(folder: Path) -> None:
    """The name is on the disk as well as the content: what is sealed with a key must not outlive it in a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _link(name: str, path: Path) -> None:
    """Give the complete file its name, unless another process did so first: a link never replaces."""
    try:
        os.link(name, path)
    except FileExistsError:
        return
