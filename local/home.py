"""The state folder: its secrets and the ``env`` file, each written whole or not at all, readable by the owner only."""

from __future__ import annotations

import fcntl
import os
import secrets
import shlex
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path


def internal_token(home: Path) -> str:
    """What the queue and the scheduler show to the functions: made once, kept in the folder."""
    path = home / "internal.token"
    if not path.exists():
        write_private(path, secrets.token_urlsafe(32))
    return path.read_text().strip()


class InUse(Exception):
    """Another process serves this folder."""


@contextmanager
def alone(home: Path) -> Iterator[None]:
    """Be the only server of this folder until the block, or the process, ends. Raises InUse."""
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (home / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise InUse(str(home)) from error
        yield


def staging(home: Path) -> Path:
    """Where a backup is unpacked before it is the folder's content."""
    return home / ".restoring"


def unfinished(home: Path) -> bool:
    """Whether restoring a backup into this folder was cut off."""
    return staging(home).exists()


def write_private(path: Path, text: str) -> None:
    """Write a file of mode 0600, atomically: a killed process leaves the old one or the new one."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def write_env(home: Path, values: Mapping[str, str]) -> None:
    """``$ROSTRUM_HOME/env``: what a shell reads to speak to this installation."""
    write_private(home / "env", "".join(f"export {name}={shlex.quote(value)}\n" for name, value in values.items()))


def read_env(home: Path) -> dict[str, str]:
    """The values of the ``env`` file, empty when there is none."""
    path = home / "env"
    if not path.exists():
        return {}
    lines = (line.removeprefix("export ").partition("=") for line in path.read_text().splitlines())
    return {name: _unquoted(value) for name, _, value in lines if name}


def _unquoted(value: str) -> str:
    try:
        return "".join(shlex.split(value))
    except ValueError:  # a line that a person left half-quoted
        return value
