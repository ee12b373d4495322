"""shared/platforms/names.py from the platform folders' manifests, so that looking up a name imports no platform."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path

from shared.platforms.manifest import Manifest

PATH = "shared/platforms/names.py"
PLATFORMS = Path(__file__).parents[1] / "shared" / "platforms"
HEAD = '''"""Generated from the platform folders' manifests by ``make generate``: do not edit.

``NAMES``: public name to folder. ``ALIASES``: what else is accepted on input, to the public name. ``HOSTS``: the hosts that
a simulator answers for (a leading dot matches subdomains), to the public names of those who share it.
"""

from __future__ import annotations
'''


class Clash(ValueError):
    """Two platforms claim the same name, alias or host."""


def manifests() -> Iterator[Manifest]:
    """The manifest of every folder, in the order of the folders' names."""
    for init in sorted(PLATFORMS.glob("[a-z]*/__init__.py")):
        folder = init.parent.name
        manifest = getattr(import_module(f"shared.platforms.{folder}"), "MANIFEST", None)
        if not isinstance(manifest, Manifest) or manifest.folder != folder:
            raise Clash(f"shared/platforms/{folder}/__init__.py: define MANIFEST with folder={folder!r}")
        yield manifest


def table(name: str, pairs: Iterable[tuple[str, str]]) -> str:
    """A dict literal, sorted by key. Raises Clash for a key that two platforms claim."""
    found: dict[str, str] = {}
    for key, value in pairs:
        if found.setdefault(key, value) != value:
            raise Clash(f"{found[key]} and {value} both claim {key!r}: change one manifest")
    lines = "".join(f'    "{key}": "{found[key]}",\n' for key in sorted(found))
    return f"\n{name}: dict[str, str] = {{{chr(10) if lines else ''}{lines}}}\n"


def render(found: Iterable[Manifest] | None = None) -> str:
    """The module's text. Raises Clash."""
    known = list(manifests() if found is None else found)
    names = [(m.name, m.folder) for m in known]
    aliases = [(alias, m.name) for m in known for alias in m.aliases]
    if both := {alias for alias, _ in aliases} & {name for name, _ in names}:
        raise Clash(f"{', '.join(sorted(both))}: an alias of one platform is the name of another")
    return HEAD + table("NAMES", names) + table("ALIASES", aliases) + _hosts(known)


def _hosts(known: Iterable[Manifest]) -> str:
    """A host may be shared: one company's networks speak through one door."""
    found: dict[str, list[str]] = {}
    for manifest in known:
        for host in manifest.hosts:
            found.setdefault(host, []).append(manifest.name)
    lines = "".join(f'    "{host}": {_tuple(sorted(found[host]))},\n' for host in sorted(found))
    return f"\nHOSTS: dict[str, tuple[str, ...]] = {{{chr(10) if lines else ''}{lines}}}\n"


def _tuple(names: list[str]) -> str:
    """As the formatter writes it: a comma after a single one, none after the last of several."""
    written = ", ".join(f'"{name}"' for name in names)
    return f"({written},)" if len(names) == 1 else f"({written})"
