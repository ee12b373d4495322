"""Each function's bundle, byte for byte reproducible: build/functions/<folder>.zip.

A bundle holds main.py, requirements.txt and the rooms of shared/ that functions/manifest.json names for its folder,
without tests, fixtures and READMEs. The same sources give the same bytes on any machine: entries are sorted, times and
modes fixed, and nothing is compressed (compressors differ between machines; a bundle is about a megabyte).

Usage: ``python -m scripts.package [--traces] [folder …]`` (all of them by default). ``--traces``: with what sending traces needs.
"""

from __future__ import annotations

import hashlib
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

from scripts import requirements
from scripts.functions_manifest import FUNCTIONS, ROOT, Folder, folders

TARGET = ROOT / "build" / "functions"
SHARED = ROOT / "shared"
LEFT_OUT = {"tests", "fixtures", "__pycache__", "README.md", "conftest.py"}
EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time that a zip can tell
MODE = 0o100644


class UnknownFolder(LookupError):
    """No row of the manifest has that folder."""


def contents(folder: Folder) -> Iterator[tuple[str, Path]]:
    """The bundle's entries, sorted: name inside, and file on disk."""
    found = {name: FUNCTIONS / folder.name / name for name in ("main.py", "requirements.txt")}
    found["shared/__init__.py"] = SHARED / "__init__.py"
    for room in folder.rooms:
        found.update((path.relative_to(ROOT).as_posix(), path) for path in files(SHARED / room))
    yield from sorted(found.items())


def files(room: Path) -> Iterator[Path]:
    """The files of a room that run or are read at run time."""
    for path in room.rglob("*"):
        parts = path.relative_to(ROOT).parts
        if path.is_file() and not LEFT_OUT & set(parts) and not any(part.startswith(".") for part in parts):
            yield path


def build(folder: Folder, target: Path = TARGET, *, traces: bool = False) -> Path:
    """Write the folder's bundle into ``target`` and answer its path. Raises requirements.NotLocked."""
    target.mkdir(parents=True, exist_ok=True)
    bundle = target / f"{folder.name}.zip"
    with zipfile.ZipFile(bundle, "w", zipfile.ZIP_STORED) as archive:
        for name, path in contents(folder):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.create_system = 3  # Unix: the field would otherwise tell where it was built
            entry.external_attr = MODE << 16
            more = traces and name == "requirements.txt"
            archive.writestr(entry, _with_traces(folder) if more else path.read_bytes())
    return bundle


def _with_traces(folder: Folder) -> str:
    entries = requirements.locked(requirements.LOCK.read_text(encoding="utf-8"))
    return requirements.render(folder, entries, requirements.TRACES)


def chosen(names: list[str]) -> list[Folder]:
    """The folders of these names, all when there are none. Raises UnknownFolder."""
    known = {folder.name: folder for folder in folders()}
    if unknown := sorted(set(names) - set(known)):
        raise UnknownFolder(f"no function folder {', '.join(unknown)}; known are {', '.join(sorted(known))}")
    return [known[name] for name in names or known]


def main(names: list[str]) -> int:
    """Build, and print each bundle's path, size in KiB and SHA-256."""
    traces = "--traces" in names
    try:
        wanted = chosen([name for name in names if name != "--traces"])
    except UnknownFolder as error:
        print(error, file=sys.stderr)
        return 2
    for folder in wanted:
        content = build(folder, traces=traces).read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        print(f"build/functions/{folder.name}.zip  {len(content) / 1024:8.1f} KiB  sha256:{digest}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
