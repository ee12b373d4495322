"""No platform's name outside its folder: generic code that names a network has a case that belongs to the network.

The names are the folders of shared/platforms and what the generated registry knows (public names, aliases). They are
looked for in identifiers and string literals; docstrings, comments and the examples in the dialects' route tables are
documentation and may name one. A name of one letter cannot be searched for: its public name is. A name that is a word of
programs as well (``WORDS``) is looked for as a whole string literal only, and as part of a host.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from scripts.check_sizes import ROOT, sources

ROOMS = ("shared", "functions", "local")
PLATFORMS = ROOT / "shared" / "platforms"
GENERATED = PLATFORMS / "names.py"
WORDS = frozenset({"threads"})  # of a processor, of posts


def names() -> list[str]:
    """Folders, public names and aliases of all platforms; single letters left out."""
    from shared.platforms.names import ALIASES, NAMES

    folders = {path.parent.name for path in PLATFORMS.glob("[a-z]*/__init__.py")}
    found = folders | set(NAMES) | set(NAMES.values()) | set(ALIASES) | set(ALIASES.values())
    return sorted(name for name in found if len(name) > 1)


def pattern(words: list[str]) -> re.Pattern[str]:
    """Any of the words, also as a part of snake_case, CamelCase, a host name or a path."""
    either = _any_of(word for word in words if word not in WORDS)
    camel = _any_of(word.title() for word in words if word not in WORDS)
    common = _any_of(WORDS & set(words))
    alone = rf"^(?:{common})$|(?<![a-z])(?:{common})\.(?:net|com)\b"
    return re.compile(rf"(?<![a-z])(?i:{either})(?![a-z])|(?:{camel})(?=[A-Z])|{alone}")


def _any_of(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in words) or "(?!)"


def documentation(path: Path, tree: ast.AST) -> set[int]:
    """The ids of the constants that stand alone as a statement; in a route table, which is data, those of all."""
    if path.match("shared/api/*/routes_*.py"):
        return {id(node) for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    return {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}


def words_of(node: ast.AST) -> Iterator[str]:
    """The identifiers and literals that one node itself carries."""
    for name in ("id", "attr", "arg", "name", "asname", "module"):
        value = getattr(node, name, None)
        if isinstance(value, str):
            yield value
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value


def named(path: Path, wanted: re.Pattern[str]) -> Iterator[str]:
    """A line per place in the file that names a platform."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    free = documentation(path, tree)
    for node in ast.walk(tree):
        if id(node) not in free:
            for word in words_of(node):
                hit = wanted.search(word)
                if hit and (isinstance(node, ast.Constant) or word not in WORDS):
                    line = getattr(node, "lineno", 1)
                    yield f"{path.relative_to(ROOT)}:{line}: names {hit[0]!r}; it belongs to the platform's folder"


def inside_a_platform(path: Path) -> bool:
    """Whether the file is a platform's own (shared/platforms/<name>/…), or the generated list of them."""
    inside = path.is_relative_to(PLATFORMS) and len(path.relative_to(PLATFORMS).parts) > 1
    return path == GENERATED or (inside and not path.relative_to(PLATFORMS).parts[0].startswith("_"))


def main() -> int:
    """Print every place that names a platform and should not; 1 if there is any."""
    wanted = pattern(names())
    found = [line for path in sources(ROOMS) if not inside_a_platform(path) for line in named(path, wanted)]
    print("\n".join(found), end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
