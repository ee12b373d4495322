"""`make generate`: write every file that is made from another, or with ``--check`` name those that are stale.

A generator is a module with ``PATH`` (from the root) and ``render() -> str``, which raises ValueError, naming the remedy,
where the sources contradict each other; to add one, name it in ``GENERATORS``.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).parents[1]
GENERATORS = (
    "scripts.generate_names",
    "scripts.generate_openapi",
    "scripts.generate_docs",
    "scripts.generate_platforms",
)


def stale(generator: str) -> tuple[Path, str] | None:
    """The generator's file and what it should hold, None when it does."""
    module = import_module(generator)
    path, text = ROOT / module.PATH, module.render()
    fresh = path.exists() and path.read_text(encoding="utf-8") == text
    return None if fresh else (path, text)


def main(arguments: list[str]) -> int:
    """Write what is stale; with ``--check`` only name it, and answer 1 if anything is."""
    try:
        found = [pair for generator in GENERATORS if (pair := stale(generator))]
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    for path, text in found:
        if "--check" in arguments:
            print(f"{path.relative_to(ROOT)} is stale")
        else:
            path.write_text(text, encoding="utf-8")
            print(f"wrote {path.relative_to(ROOT)}")
    return 1 if found and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
