"""From a method and a path to a route."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache

from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import BaseConverter, Map, MapAdapter, RequestRedirect, Rule

from shared.api.engine.problems import Problem
from shared.api.engine.routes import Dialect, Route, load

_DEPTH = 5  # steps of the deepest group
_PARAMETER = re.compile(r"\{(\w+)\}")


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
    adapter = _map(dialect.groups[prefix])
    try:
        route, arguments = adapter.match(path, method="GET" if method == "HEAD" else method)
    except MethodNotAllowed as error:
        return _other_method(method, path, error.valid_methods or ())
    except (NotFound, RequestRedirect) as error:
        raise _unknown(dialect, path) from error
    return Match(route, arguments)


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


@cache
def _map(name: str) -> MapAdapter:
    """A group's routes as a werkzeug map, made when first needed; matching changes nothing in it."""
    rules = [_rule(route, r"<\1>") for route in load(name)]
    rules += [_rule(route, r"<address:\1>") for route in load(name) if route.wide]
    made = Map(
        rules, strict_slashes=True, merge_slashes=False, redirect_defaults=False, converters={"address": _Address}
    )
    return made.bind("api")


def _rule(route: Route, parameter: str) -> Rule:
    return Rule(_PARAMETER.sub(parameter, route.path), endpoint=route, methods=[route.method])


class _Address(BaseConverter):
    """An id that is an address. Its slashes are sent encoded, but WSGI decodes the path."""

    regex = "[a-z][a-z0-9+.-]*://.+?"
    part_isolating = False


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
