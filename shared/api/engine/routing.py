"""From a method and a path to a route."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache

from shared.api.engine.problems import Problem
from shared.api.engine.routes import Dialect, Route, load

_DEPTH = 5  # steps of the deepest group
_PARAMETER = re.compile(r"\{(\w+)\}")
_ADDRESS = r"(?P<\1>[a-z][a-z0-9+.-]*://.+?)"  # an id that is an address: its slashes are sent encoded, but WSGI decodes the path


@dataclass(frozen=True, slots=True)
class Match:
    """A route and its path parameters. ``route`` None: an OPTIONS request, answered by ``allow`` alone."""

    route: Route | None
    path: Mapping[str, str]
    allow: tuple[str, ...] = ()


def dialect_of(path: str, dialects: Sequence[Dialect]) -> Dialect:
    """The dialect whose group the path begins with; the first one speaks for paths that nobody has."""
    return next((dialect for dialect in dialects if _prefix(dialect, path)), dialects[0])


def match(dialect: Dialect, method: str, path: str) -> Match:
    """The route. Raises Problem 404 (with the nearest path) or 405 (with what is allowed)."""
    prefix = _prefix(dialect, path)
    if prefix is None:
        raise _unknown(dialect, path)
    allowed: set[str] = set()
    found = _tree(dialect.groups[prefix]).find(path, "GET" if method == "HEAD" else method, allowed)
    if found is not None:
        return found
    if allowed:
        return _other_method(method, path, allowed)
    raise _unknown(dialect, path)


def _other_method(method: str, path: str, valid: Iterable[str]) -> Match:
    allowed = {*valid, *(("HEAD",) if "GET" in valid else ()), "OPTIONS"}
    allow = tuple(sorted(allowed))
    if method == "OPTIONS":
        return Match(None, {}, allow)
    message = f"{method} is not offered on {path[:200]}. It takes {', '.join(allow)}."
    raise Problem(405, message, {"Allow": ", ".join(allow)}, allow=list(allow))


def _prefix(dialect: Dialect, path: str) -> str | None:
    """The longest group that the path is or lies below: looked up step by step, however many groups there are."""
    steps = path.split("/", _DEPTH + 1)
    for count in range(min(len(steps), _DEPTH + 1), 0, -1):
        prefix = "/".join(steps[:count]) or "/"
        if prefix in dialect.groups and (prefix != "/" or path == "/"):
            return prefix
    return None


@dataclass(slots=True)
class _Node:
    """What can follow one step of a path: steps by their name, any step as a parameter, the end as a route per method."""

    named: dict[str, _Node] = field(default_factory=dict)
    any: _Node | None = None
    ends: dict[str, Route] = field(default_factory=dict)

    def add(self, route: Route) -> None:
        """Make the route's way."""
        node = self
        for step in route.path.split("/"):
            if not _PARAMETER.fullmatch(step):
                node = node.named.setdefault(step, _Node())
            else:
                node.any = node = node.any or _Node()
        node.ends[route.method] = route

    def find(self, steps: Sequence[str], at: int, method: str, allowed: set[str]) -> Route | None:
        """The route of these steps from ``at`` on, a name before a parameter; ``allowed`` gets the methods of others."""
        if at == len(steps):
            allowed.update(self.ends)
            return self.ends.get(method)
        node = self.named.get(steps[at])
        found = node.find(steps, at + 1, method, allowed) if node else None
        if found is None and self.any is not None and steps[at]:
            return self.any.find(steps, at + 1, method, allowed)
        return found


class _Tree:
    """A group's routes by the steps of their paths."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._root = _Node()
        self._names: dict[Route, tuple[tuple[int, str], ...]] = {}
        self._wide: list[tuple[re.Pattern[str], Route]] = []
        for route in routes:
            self._root.add(route)
            steps = enumerate(route.path.split("/"))
            self._names[route] = tuple((at, step[1:-1]) for at, step in steps if _PARAMETER.fullmatch(step))
            if route.wide:
                self._wide.append((re.compile(_PARAMETER.sub(_ADDRESS, route.path), re.DOTALL), route))

    def find(self, path: str, method: str, allowed: set[str]) -> Match | None:
        """The match; without one, ``allowed`` has the methods that the path takes."""
        steps = path.split("/")
        route = self._root.find(steps, 0, method, allowed)
        if route is not None:
            return Match(route, {name: steps[at] for at, name in self._names[route]})
        return self._find_wide(path, method, allowed) if "://" in path else None

    def _find_wide(self, path: str, method: str, allowed: set[str]) -> Match | None:
        matches = [(route, found) for shape, route in self._wide if (found := shape.fullmatch(path))]
        allowed.update(route.method for route, _ in matches)
        fitting = [Match(route, found.groupdict()) for route, found in matches if route.method == method]
        return max(fitting, key=lambda one: len(one.route.path) if one.route else 0, default=None)


@cache
def _tree(name: str) -> _Tree:
    """A group's tree, made when first needed; finding changes nothing in it."""
    return _Tree(load(name))


def _below(path: str, shapes: Sequence[str]) -> list[str]:
    """The first steps below a path that is only a beginning."""
    depth = path.count("/") + 2
    found = ["/".join(shape.split("/")[:depth]) for shape in shapes if path and shape.startswith(f"{path}/")]
    return [] if path in shapes else list(dict.fromkeys(found))


def _unknown(dialect: Dialect, path: str) -> Problem:
    shapes = sorted({route.path for route in dialect.routes()})
    if below := _below(path.rstrip("/"), shapes):
        return Problem(404, f"There is nothing at {path[:200]} itself. Below it are {', '.join(below)}.")
    near = get_close_matches(path, shapes, n=1, cutoff=0.5)
    hint = f" The nearest is {near[0]}." if near else " GET /openapi.json lists every path."
    return Problem(404, f"There is nothing at {path[:200]}.{hint}", nearest=near[0] if near else None)
