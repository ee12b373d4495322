"""Dataclasses to documents and back.

``encode`` turns a dataclass into plain values (dicts, lists, str, numbers, aware datetimes); ``decode`` reads them back
by the field types. Unknown keys are ignored and absent ones take their default, so that a document written by an older
or newer version still reads.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime
from enum import Enum
from functools import cache
from operator import attrgetter
from typing import Any, Literal, Protocol, TypeVar, Union, cast, get_args, get_origin, get_type_hints

T = TypeVar("T")
Reader = Callable[[Any], Any]
_PLAIN = frozenset({str, int, float, bool, bytes, type(None), datetime})  # most of what documents hold


def encode(value: Any) -> Any:
    """Plain values for a store document."""
    kind = type(value)
    return value if kind in _PLAIN else _writer(kind)(value)  # type: ignore[arg-type]  # a type is hashable


def decode(cls: type[T], data: Mapping[str, Any]) -> T:
    """The dataclass that ``data`` describes. Raises TypeError when a field without default is missing."""
    return cast(T, _reader(cast(Hashable, cls))(data))


class Document(Mapping[str, Any]):
    """A dataclass as the data of a write: to whoever looks, the mapping that :func:`encode` makes of it.

    A store that keeps text looks at ``value`` and writes it in one walk.
    """

    __slots__ = ("_plain", "value")

    def __init__(self, value: Any) -> None:
        self.value = value
        self._plain: dict[str, Any] | None = None

    def __getitem__(self, name: str) -> Any:
        return self._encoded()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._encoded())

    def __len__(self) -> int:
        return len(self._encoded())

    def field(self, name: str) -> Any:
        """One field, encoded. Raises KeyError."""
        try:
            return encode(getattr(self.value, name))
        except AttributeError:
            raise KeyError(name) from None

    def _encoded(self) -> dict[str, Any]:
        if self._plain is None:
            self._plain = encode(self.value)
        return self._plain


class Stored(Protocol):
    """A document of the store, as far as it matters here."""

    @property
    def data(self) -> dict[str, Any]: ...

    @property
    def memo(self) -> dict[Any, Any]: ...


def of(cls: type[T], doc: Stored) -> T:
    """The dataclass that the document describes; made once for a document that the store hands out again."""
    found = doc.memo.get(cls)
    if found is None:
        found = doc.memo[cls] = decode(cls, doc.data)
    return cast(T, found)


_AGAIN: dict[tuple[int, Any], tuple[Mapping[str, Any], Any]] = {}
_MANY = 1024


def again(cls: type[T], data: Mapping[str, Any]) -> T:
    """As :func:`decode`, made once for the very mapping that is given again: part of a document that is read often."""
    if isinstance(data, Document) and type(data.value) is cls:
        return data.value
    key = (id(data), cls)
    known = _AGAIN.get(key)
    if known is None or known[0] is not data:
        if len(_AGAIN) >= _MANY:
            _AGAIN.clear()
        known = _AGAIN[key] = (data, decode(cls, data))
    return cast(T, known[1])


@cache
def _reader(kind: Any) -> Reader:
    """A function that reads one value of this type; made once per type."""
    if is_dataclass(kind) and isinstance(kind, type):
        return _dataclass_reader(kind)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind
    origin, args = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return _optional_reader(args)
    if origin is tuple:
        return _tuple_reader(_reader(args[0]))
    if origin in (dict, Mapping) or (origin is not None and origin is not Literal and issubclass(origin, Mapping)):
        return _mapping_reader(_reader(args[1]))
    return _same


def _dataclass_reader(cls: type[Any]) -> Reader:
    hints = get_type_hints(cls)
    readers = [(f.name, _reader(hints[f.name])) for f in fields(cls)]
    copied = tuple(name for name, reader in readers if reader is _same)
    read_on = tuple((name, reader) for name, reader in readers if reader is not _same)
    required = frozenset(f.name for f in fields(cls) if f.default is MISSING and f.default_factory is MISSING)

    def read(data: Mapping[str, Any]) -> Any:
        known = {name: data[name] for name in copied if name in data}
        for name, reader in read_on:
            if name in data:
                known[name] = reader(data[name])
        if not required <= known.keys():
            raise TypeError(f"{cls.__name__}: document lacks {', '.join(sorted(required - known.keys()))}")
        return cls(**known)

    return read


def _optional_reader(args: tuple[Any, ...]) -> Reader:
    inner = [arg for arg in args if arg is not type(None)]
    reader = _reader(inner[0]) if len(inner) == 1 else _same
    return reader if reader is _same else lambda value: None if value is None else reader(value)


def _tuple_reader(item: Reader) -> Reader:
    return tuple if item is _same else lambda values: tuple(item(value) for value in values)


def _mapping_reader(item: Reader) -> Reader:
    return dict if item is _same else lambda values: {key: item(value) for key, value in values.items()}


@cache
def _writer(kind: type[Any]) -> Reader:
    """A function that writes one value of exactly this type; made once per type."""
    if is_dataclass(kind):
        return _dataclass_writer(tuple(f.name for f in fields(kind)))
    if issubclass(kind, Enum):
        return lambda value: value.value
    if issubclass(kind, Mapping):
        return lambda value: _written(dict(value))
    if issubclass(kind, list | tuple | frozenset):
        return lambda value: [encode(item) for item in value]
    return _same


def _dataclass_writer(names: tuple[str, ...]) -> Reader:
    if len(names) < 2:  # attrgetter answers one value then, not a tuple of them
        return lambda value: {name: encode(getattr(value, name)) for name in names}
    values = attrgetter(*names)
    return lambda value: _written(dict(zip(names, values(value), strict=True)))


def _written(made: dict[Any, Any]) -> dict[Any, Any]:
    for name, item in made.items():
        if type(item) not in _PLAIN:
            made[name] = encode(item)
    return made


def _same(value: Any) -> Any:
    return value
