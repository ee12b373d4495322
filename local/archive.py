"""The file of a backup: a gzipped tar of private files, its last member the manifest that names each with its SHA-256.

The manifest comes last, so that an archive that was cut off is known by its absence. What is read may come from anybody:
only plain files under plain names are taken from it.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import re
import shutil
import socket
import tarfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

FORMAT = 1
MANIFEST = "manifest.json"
CHUNK = 1 << 20  # bytes
_MAX_MANIFEST = 64 << 20  # bytes; some hundred thousand files
_NAME = re.compile(r"(blobs/(data/|info/[0-9a-f]{2}/))?[A-Za-z0-9][A-Za-z0-9._-]*")
Said = Callable[[int], None]  # is told how many bytes more were copied


class BadArchive(Exception):
    """The message says what is wrong with the file."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an archive holds. ``taken_at``: ISO 8601, before the first file was read; ``files``: SHA-256 by name."""

    rostrum: str
    taken_at: str
    files: Mapping[str, str] = field(default_factory=dict)
    format: int = FORMAT


class Writer:
    """Adds files to an archive. Use :func:`written`."""

    def __init__(self, tar: tarfile.TarFile, said: Said) -> None:
        self._tar = tar
        self._said = said
        self.files: dict[str, str] = {}

    def add(self, name: str, file: IO[bytes]) -> None:
        """The open file's content, as it is now, under ``name``."""
        if not _NAME.fullmatch(name):
            raise BadArchive(f"{name!r} is no name that could be restored: move the file out of the folder")
        info = tarfile.TarInfo(name)
        info.size, info.mode = os.fstat(file.fileno()).st_size, 0o600
        source = _Hashed(file, self._said)
        self._tar.addfile(info, source)
        self.files[name] = source.digest.hexdigest()

    def finish(self, rostrum: str, taken_at: str) -> None:
        """Write the manifest."""
        made = json.dumps(asdict(Manifest(rostrum, taken_at, self.files)), indent=1).encode()
        info = tarfile.TarInfo(MANIFEST)
        info.size, info.mode = len(made), 0o600
        self._tar.addfile(info, io.BytesIO(made))


def draft_name() -> str:
    """What drafts of this process begin with, wherever they lie: whose process is gone can be told (:func:`forget_left`)."""
    host = re.sub(r"[^A-Za-z0-9]", "", socket.gethostname())
    return f".rostrum-backup-{host}-{os.getpid()}-"


def forget_left(folder: Path) -> None:
    """Remove what backups that were killed on this machine left in the folder: drafts with every key in them."""
    stem = draft_name().rsplit("-", 2)[0]
    for path in folder.glob(f"{stem}-*"):
        pid = path.name.removeprefix(f"{stem}-").partition("-")[0]
        if pid.isdigit() and not _runs(int(pid)):
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # somebody else's
    return True


@contextmanager
def written(path: Path, said: Said) -> Iterator[Writer]:
    """A new archive of mode 0600, there only once it is whole. Raises FileExistsError, OSError."""
    draft = path.with_name(f"{draft_name()}{path.name}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as out:
            with tarfile.open(fileobj=out, mode="w:gz", format=tarfile.PAX_FORMAT, compresslevel=6) as tar:
                yield Writer(tar, said)
            out.flush()
            os.fsync(out.fileno())
        os.link(draft, path)  # a link never replaces
    finally:
        draft.unlink(missing_ok=True)


def unpack(path: Path, into: Path, said: Said) -> Manifest:
    """Put the archive's files into the folder ``into``, each proven to be what the manifest says.

    Raises BadArchive, OSError; what was written by then is the caller's to remove.
    """
    found: dict[str, str] = {}
    manifest = None
    try:
        with gzip.open(path) as unzipped, tarfile.open(fileobj=unzipped, mode="r|") as tar:
            for member in tar:
                if manifest is not None:
                    raise BadArchive(f"{member.name!r} comes after the manifest")
                manifest = _taken(tar, member, into, found, said)
            while unzipped.read(CHUNK):  # to its end, where gzip has its own checksum
                pass
    except (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise BadArchive(f"{path} is damaged, cut off or no backup: {error}") from error
    if manifest is None:
        raise BadArchive(f"{path} is cut off, or no backup: it has no manifest")
    _compare(manifest, found)
    return manifest


def _taken(
    tar: tarfile.TarFile, member: tarfile.TarInfo, into: Path, found: dict[str, str], said: Said
) -> Manifest | None:
    """The manifest, if the member is it; else the member is written. Raises BadArchive."""
    source = tar.extractfile(member) if member.type in (tarfile.REGTYPE, tarfile.AREGTYPE) else None
    if source is None:
        raise BadArchive(f"{member.name!r} is no plain file: a backup has nothing else")
    if member.name == MANIFEST:
        return _read_manifest(source.read(_MAX_MANIFEST))
    if not _NAME.fullmatch(member.name) or member.name in found:
        raise BadArchive(f"{member.name!r} is no name of a backup's file, or comes twice")
    found[member.name] = _write(source, into / member.name, said)
    return None


def _write(source: IO[bytes], path: Path, said: Said) -> str:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    hashed = _Hashed(source, said)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        while chunk := hashed.read(CHUNK):
            out.write(chunk)
        out.flush()
        os.fsync(out.fileno())
    return hashed.digest.hexdigest()


def _read_manifest(raw: bytes) -> Manifest:
    try:
        told: dict[str, Any] = json.loads(raw)
        made = Manifest(str(told["rostrum"]), str(told["taken_at"]), dict(told["files"]), int(told["format"]))
    except (ValueError, KeyError, TypeError) as error:
        raise BadArchive(f"the manifest cannot be read: {error!r}") from error
    if made.format != FORMAT:
        raise BadArchive(f"it was made by release {made.rostrum}, in a format that this one does not know")
    return made


def _compare(manifest: Manifest, found: Mapping[str, str]) -> None:
    for name in sorted({*manifest.files, *found}):
        if manifest.files.get(name) != found.get(name):
            raise BadArchive(f"{name} is missing, was added or is not what the manifest says (SHA-256)")


class _Hashed(io.RawIOBase):
    """A file whose bytes are counted and hashed as they are read."""

    def __init__(self, file: IO[bytes], said: Said) -> None:
        self._file, self._said = file, said
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        chunk = self._file.read(size)
        self.digest.update(chunk)
        self._said(len(chunk))
        return chunk
