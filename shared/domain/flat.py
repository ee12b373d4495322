"""One level out of many: for programs whose users map fields and see no nesting (Zapier, Make)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from shared.domain.instants import rfc3339

MAX_ITEMS = 10  # of a list: fields each, and `…__count` says how many there are


def flattened(said: Mapping[str, Any]) -> dict[str, Any]:
    """One level of plain values, each named by its way: ``data__author__name``.

    A list of plain values is one text, joined by commas. Of a list of things the first ``MAX_ITEMS`` are there by number
    (``data__results__0__status``). Either has its ``…__count``. What is on top already keeps its name; instants are RFC 3339.
    Where two ways have one name, the later ones get an underscore each. An empty list is an empty text, counted 0.
    """
    made: dict[str, Any] = {}
    for key, inner in said.items():
        for name, value in _leaves(key, inner):
            while name in made:
                name = f"{name}_"  # noqa: PLW2901
            made[name] = value
    return made


def _leaves(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _leaves(f"{name}__{key}", inner)
    elif isinstance(value, list | tuple):
        yield f"{name}__count", len(value)
        if any(isinstance(item, Mapping | list | tuple) for item in value):
            for number, item in enumerate(value[:MAX_ITEMS]):
                yield from _leaves(f"{name}__{number}", item)
        else:
            yield name, ",".join(_text(item) for item in value)
    else:
        yield name, rfc3339(value) if isinstance(value, datetime) else value


def _text(item: Any) -> str:
    if isinstance(item, datetime):
        return rfc3339(item)
    return item if isinstance(item, str) else json.dumps(item)
