"""functions/<name>/requirements.txt from the one lock: what the function loads, all that this needs, pinned and hashed.

``functions/manifest.json`` names what is loaded; what that needs in turn is read from the metadata of what is installed
(as requirements.lock says), for the machine that functions run on. ``--check`` only says whether the files are fresh.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from scripts.functions_manifest import FUNCTIONS, ROOT, Folder, folders

LOCK = ROOT / "requirements.lock"
TRACES = ("opentelemetry-sdk", "opentelemetry-exporter-otlp-proto-http")  # what shared/runtime/tracing.py loads
HEADER = "# Generated from requirements.lock and functions/manifest.json by `make generate`: do not edit.\n"
# Where functions run, whatever machine this is run on.
TARGET = {
    "implementation_name": "cpython",
    "os_name": "posix",
    "platform_machine": "x86_64",
    "platform_python_implementation": "CPython",
    "platform_system": "Linux",
    "python_full_version": "3.11.0",
    "python_version": "3.11",
    "sys_platform": "linux",
}


class NotLocked(LookupError):
    """A distribution that is needed and not in the lock, or not installed."""


def locked(text: str) -> dict[str, str]:
    """Per distribution its entry in the lock (pin and hashes), without the marker."""
    entries = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)[1:]
    pins = (re.sub(r" ;.*(?= \\$)", "", entry, count=1, flags=re.MULTILINE) for entry in entries)
    return {canonicalize_name(pin.split("==", 1)[0]): pin.rstrip() + "\n" for pin in pins}


def needed(requirement: Requirement) -> Iterator[Requirement]:
    """What a distribution, with the extras asked for, needs directly on the target."""
    try:
        lines = requires(requirement.name) or []
    except PackageNotFoundError as error:
        raise NotLocked(
            f"{requirement.name} is not installed: name it in pyproject.toml and run `make lock`"
        ) from error
    for line in lines:
        child = Requirement(line)
        extras = requirement.extras or {""}
        if child.marker is None or any(child.marker.evaluate({**TARGET, "extra": extra}) for extra in extras):
            yield child


def closure(names: tuple[str, ...]) -> set[str]:
    """The distributions and all that they need in turn, as canonical names."""
    found: set[tuple[str, frozenset[str]]] = set()
    waiting = [Requirement(name) for name in names]
    while waiting:
        requirement = waiting.pop()
        key = (canonicalize_name(requirement.name), frozenset(requirement.extras))
        if key not in found:
            found.add(key)
            waiting.extend(needed(requirement))
    return {name for name, _ in found}


def render(folder: Folder, entries: Mapping[str, str], also: tuple[str, ...] = ()) -> str:
    """The folder's requirements.txt, of what it loads and of ``also``. Raises NotLocked."""
    names = sorted(closure((*folder.requirements, *also)))
    if missing := [name for name in names if name not in entries]:
        raise NotLocked(f"functions/{folder.name} needs {', '.join(missing)}, which the lock lacks: run `make lock`")
    return HEADER + "".join(entries[name] for name in names)


def main(arguments: list[str]) -> int:
    """Write the files, or with ``--check`` name those that are stale; 1 if any is."""
    entries = locked(LOCK.read_text(encoding="utf-8"))
    stale = 0
    for folder in folders():
        path = FUNCTIONS / folder.name / "requirements.txt"
        text = render(folder, entries)
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        if "--check" in arguments:
            print(f"{path.relative_to(ROOT)} is not what the lock and the manifest say")
            stale = 1
        else:
            write(path, text)
    return stale


def write(path: Path, text: str) -> None:
    """Write and say so."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    print(f"wrote {path.relative_to(ROOT)}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
