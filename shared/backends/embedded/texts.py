"""Dataclasses as stored text in one walk: the same text that ``values`` makes of what ``codec.encode`` makes of them.

For each type a writer is put together once, from the field's types; what has no type of its own (an option's value, a
network's payload) goes through ``values`` and its rules.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Hashable, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from json.encoder import encode_basestring as quoted
from operator import attrgetter, call
from typing import Any, Literal, Union, cast, get_args, get_origin, get_type_hints

from shared.backends.embedded import values
from shared.domain import codec

Writer = Callable[[Any], str]


def text(path: str, document: codec.Document) -> str:
    """The stored text of a document. Raises what ``values`` raises."""
    value, kind = document.value, cast(Hashable, type(document.value))
    return values.checked(path, writer(kind, 0)(value), lambda: values.tag(document))


@cache
def writer(kind: Any, depth: int) -> Writer:
    """A function that writes one value of this type, which lies within ``depth`` maps and lists; made once per type."""
    if is_dataclass(kind) and isinstance(kind, type):
        return _of_dataclass(kind, depth)
    if kind in _SIMPLE:
        return _SIMPLE[kind]
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return quoted
    origin, args = get_origin(kind), get_args(kind)
    if origin is Literal and all(type(arg) is str for arg in args):
        return quoted
    if origin in (Union, types.UnionType):
        return _of_optional(args, depth)
    if origin is tuple and args[1:] == (...,):
        return _of_tuple(writer(args[0], depth + 1))
    item = args[-1] if args else None
    if isinstance(origin, type) and issubclass(origin, Mapping) and (item is str or is_dataclass(item)):
        return _of_mapping(writer(cast(Hashable, item), depth + 1))
    return _of_anything(depth)


def _of_anything(depth: int) -> Writer:
    def written(value: Any) -> str:
        kind = type(value)
        if kind is codec.Document:
            return writer(cast(Hashable, type(value.value)), depth)(value.value)
        if kind is dict and all(type(item) is str for item in value.values()):  # most are empty, or a word or two
            return _of_words(value) if value else "{}"
        return values.part(codec.encode(value), depth)

    return written


def _of_dataclass(cls: type[Any], depth: int) -> Writer:
    hints = get_type_hints(cls)
    names = [field.name for field in fields(cls)]
    writers = [writer(hints[name], depth + 1) for name in names]
    template = "{" + ",".join(f'"{name}":%s' for name in names) + "}"
    if len(names) == 1:  # attrgetter answers one value then, not a tuple of them
        return lambda value: template % writers[0](getattr(value, names[0]))
    read = attrgetter(*names)
    return lambda value: template % tuple(map(call, writers, read(value)))


def _of_optional(args: tuple[Any, ...], depth: int) -> Writer:
    inner = [arg for arg in args if arg is not types.NoneType]
    if len(inner) != 1:
        return _of_anything(depth)
    write = writer(inner[0], depth)
    return lambda value: "null" if value is None else write(value)


def _of_tuple(write: Writer) -> Writer:
    return lambda items: f"[{','.join(map(write, items))}]" if items else "[]"


def _of_mapping(write: Writer) -> Writer:
    def written(items: Mapping[str, Any]) -> str:
        return "{" + ",".join(f"{quoted(values.stored_name(key))}:{write(item)}" for key, item in items.items()) + "}"

    return written


_of_words = _of_mapping(quoted)


def _instant(value: datetime) -> str:
    made = value if value.tzinfo is UTC else values.in_utc(value)
    return f'{{"$t":"{made.isoformat(timespec="microseconds")}"}}'


def _boolean(value: bool) -> str:
    return "true" if value else "false"


def _whole(value: int) -> str:
    return str(value) if type(value) is int and -values.INT64 <= value < values.INT64 else values.part(value, 1)


_SIMPLE: Mapping[Any, Writer] = {str: quoted, int: _whole, bool: _boolean, datetime: _instant}
