"""No function over 50 lines, no file over 500: what one can hold in the head. Tests may be longer."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
ROOMS = ("shared", "functions", "local", "scripts", "bench")
MAX_FUNCTION = 50
MAX_FILE = 500


def sources(rooms: tuple[str, ...] = ROOMS, root: Path = ROOT) -> Iterator[Path]:
    """The Python files of the rooms, without the tests beside the code."""
    for room in rooms:
        for path in sorted((root / room).rglob("*.py")):
            if not {"tests", "fixtures"} & set(path.relative_to(root).parts):
                yield path


def too_long(path: Path) -> Iterator[str]:
    """A line per function or file that is over its limit, with its place."""
    text = path.read_text(encoding="utf-8")
    lines = text.count("\n")
    if lines > MAX_FILE:
        yield f"{path}: {lines} lines; a file has at most {MAX_FILE}: split it by what it is about"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > MAX_FUNCTION:
                yield f"{path}:{node.lineno}: {node.name} has {length} lines; a function has at most {MAX_FUNCTION}"


def main() -> int:
    """Print what is too long; 1 if anything is."""
    found = [line for path in sources() for line in too_long(path)]
    print("\n".join(found), end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
