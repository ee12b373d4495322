"""A place where exactly the named distributions can be imported, made of links into the environment that runs the tests.

Installing a function's requirements.txt afresh would need an index; linking shows the same (is anything missing from it?)
in a moment and without a network.
"""

from __future__ import annotations

import re
from collections import defaultdict
from importlib.metadata import distributions
from pathlib import Path, PurePosixPath

from packaging.utils import canonicalize_name

Owners = dict[PurePosixPath, set[str]]


def pinned(requirements: str) -> set[str]:
    """The names in a requirements.txt, canonical."""
    return {canonicalize_name(name) for name in re.findall(r"^([A-Za-z0-9._-]+)==", requirements, re.MULTILINE)}


def owners() -> tuple[Path, Owners]:
    """Where things are installed, and per file and folder the distributions that put something there."""
    found: Owners = defaultdict(set)
    home = Path()
    for distribution in distributions():
        home = Path(str(distribution.locate_file("")))
        name = canonicalize_name(distribution.name)
        for file in distribution.files or ():
            path = PurePosixPath(file)
            if ".." not in path.parts and "__pycache__" not in path.parts:
                for place in (path, *path.parents):
                    found[place].add(name)
    return home, found


def link(target: Path, allowed: set[str]) -> None:
    """Fill ``target`` with links to all that the allowed distributions installed, and to nothing else."""
    home, found = owners()
    children: dict[PurePosixPath, list[PurePosixPath]] = defaultdict(list)
    for place in found:
        if place.parent != place:
            children[place.parent].append(place)

    def fill(folder: PurePosixPath) -> None:
        (target / folder).mkdir()
        for child in children[folder]:
            if found[child] <= allowed:
                (target / child).symlink_to(home / child)
            elif found[child] & allowed:
                fill(child)

    fill(PurePosixPath())
