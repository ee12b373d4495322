"""`make generate`: write every file that is made from another, or with ``--check`` name those that are stale.

A generator is a module with ``PATH`` (from the root) and ``render() -> str``, or with ``outputs()``, texts by path, for
several files. It raises ValueError, naming the remedy, where the sources contradict each other; to add one, name it in
``GENERATORS``.
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
    "scripts.generate_social",
    "scripts.generate_webhooks",
    "scripts.generate_terraform",
    "scripts.generate_cost",
    "scripts.generate_reliability",
)


def stale(generator: str) -> list[tuple[Path, str]]:
    """The generator's files that do not hold what they should, with what that is."""
    module = import_module(generator)
    made = module.outputs() if hasattr(module, "outputs") else {module.PATH: module.render()}
    paths = {ROOT / path: text for path, text in made.items()}
    return [
        (path, text) for path, text in paths.items() if not path.exists() or path.read_text(encoding="utf-8") != text
    ]


def main(arguments: list[str]) -> int:
    """Write what is stale; with ``--check`` only name it, and answer 1 if anything is."""
    try:
        found = [pair for generator in GENERATORS for pair in stale(generator)]
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
