"""A document as text: JSON, with tags for what JSON lacks, and Firestore's rules for what a value may be.

``{"$t": "2026-11-22T10:00:00.000000+00:00"}`` is an instant, ``{"$b": "…base64"}`` is bytes; a key of the caller's
that starts with ``$`` gets another ``$`` in front. *Plain* below means this tagged form.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from shared.ports.store import MAX_DOCUMENT_BYTES, InvalidWrite, TooLarge, utc

MAX_DEPTH = 20  # nested maps and lists, https://cloud.google.com/firestore/quotas (2026-11)
INT64 = 1 << 63
_dumps = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode
_SHORT, _MANY = 64, 4096  # characters of a name that is worth remembering, and how many of them: most are our own
_NAMES: dict[str, str] = {}
_AS_IT_IS = frozenset({str, bool, float, type(None)})
_Where = tuple[Any, Any]  # the holder's (None at the top), and the name
_PART: _Where = (None, "a field")


def tag(data: Mapping[str, Any]) -> dict[str, Any]:
    """The data of a document in plain form. Raises InvalidWrite naming the field."""
    if not isinstance(data, Mapping):
        raise InvalidWrite("a document's data is a dict")
    return _fields(data, None, 1)


def text(path: str, plain: Mapping[str, Any]) -> str:
    """The stored text of a document. Raises TooLarge above Firestore's size, InvalidWrite for unpaired surrogates."""
    return checked(path, _dumps(plain), lambda: plain)


def part(data: Any, depth: int) -> str:
    """The text of a value that lies ``depth`` maps and lists deep in a document. Raises InvalidWrite."""
    return _dumps(_tag(data, _PART, depth))


def field(plain: Mapping[str, Any], name: str) -> Any:
    """One field of plain data as the caller knows it. Raises KeyError."""
    return untag(plain["$" + name if name[:1] == "$" else name])


def checked(path: str, made: str, plain: Callable[[], Mapping[str, Any]]) -> str:
    """``made``, a document's text; ``plain``: its data, should they have to be measured. Raises TooLarge, InvalidWrite."""
    try:
        length = len(made) if made.isascii() else len(made.encode())
    except UnicodeEncodeError:
        raise InvalidWrite(f"{path}: a string holds an unpaired surrogate, which is no valid Unicode text") from None
    # No value takes over eight times its JSON text, so only large documents need to be measured.
    if length * 8 > MAX_DOCUMENT_BYTES and size(path, plain()) > MAX_DOCUMENT_BYTES:
        raise TooLarge(f"{path}: over {MAX_DOCUMENT_BYTES} bytes")
    return made


def load(stored: str) -> dict[str, Any]:
    """The data of a document from its stored text."""
    hook = _untag_object if '"$' in stored else None
    data: dict[str, Any] = json.loads(stored, object_hook=hook)
    return data


def untag(plain: Any) -> Any:
    """One plain value as the caller knows it."""
    if isinstance(plain, dict):
        return _untag_object({key: untag(value) for key, value in plain.items()})
    return [untag(value) for value in plain] if isinstance(plain, list) else plain


def size(path: str, plain: Mapping[str, Any]) -> int:
    """Bytes of the document as Firestore counts them: https://cloud.google.com/firestore/docs/storage-size."""
    name = sum(len(segment.encode()) + 1 for segment in path.split("/")) + 16
    return name + 32 + _size(untag(plain))


def _size(value: Any) -> int:
    if value is None or isinstance(value, bool):
        return 1
    if isinstance(value, str):
        return len(value.encode()) + 1
    if isinstance(value, bytes):
        return len(value)
    if isinstance(value, dict):
        return sum(len(key.encode()) + 1 + _size(item) for key, item in value.items())
    if isinstance(value, list):
        return sum(map(_size, value))
    return 8


def stored_name(key: Any) -> str:
    """A field's name as it is stored. Raises InvalidWrite."""
    return _NAMES.get(key) or _key(key)


def _named(key: str) -> str:
    if not key or (key.startswith("__") and key.endswith("__")) or len(key.encode("utf-8", "replace")) > 1500:
        raise InvalidWrite(f"field name {key[:40]!r} is empty, reserved (__x__) or over 1,500 bytes")
    return "$" + key if key[0] == "$" else key


def _key(key: Any) -> str:
    if not isinstance(key, str):
        raise InvalidWrite(f"field names are strings, not {type(key).__name__}: {key!r}")
    made = _named(key)
    if len(key) <= _SHORT and len(_NAMES) < _MANY:
        _NAMES[key] = made
    return made


def _fields(data: Mapping[str, Any], holder: Any, depth: int) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for key, value in data.items():
        name = _NAMES.get(key) or _key(key)
        made[name] = value if type(value) in _AS_IT_IS else _tag(value, (holder, key), depth)
    return made


def _tag(value: Any, where: _Where, depth: int) -> Any:
    """``where``: the field's name, and whose part it is; put together only when it has to be told."""
    kind = type(value)
    if kind in _AS_IT_IS or (kind is int and -INT64 <= value < INT64):
        return value
    if kind is datetime:
        return {"$t": _instant(value, where)}
    if kind is dict:
        _check_depth(depth, where)
        return _fields(value, where, depth + 1) if value else {}
    if kind is list:
        _check_depth(depth, where)
        if list in map(type, value):
            raise InvalidWrite(f"{_told(where)}: a list directly in a list cannot be stored; put a dict between")
        return [_tag(item, where, depth + 1) for item in value] if value else []
    return _tag_other(value, where, depth)


def _tag_other(value: Any, where: _Where, depth: int) -> Any:
    """Large numbers, bytes, and kinds of a plain kind (an enum's text)."""
    if isinstance(value, datetime):
        return {"$t": _instant(value, where)}
    if isinstance(value, int) and not isinstance(value, bool):
        if not -INT64 <= value < INT64:
            raise InvalidWrite(f"{_told(where)}: integers have 64 bits")
        return value
    if isinstance(value, bytes):
        return {"$b": base64.b64encode(value).decode()}
    if isinstance(value, str | float):
        return value
    if isinstance(value, dict):
        return _tag(dict(value), where, depth)
    if isinstance(value, list):
        return _tag(list(value), where, depth)
    raise InvalidWrite(f"{_told(where)}: {type(value).__name__} cannot be stored")


def _check_depth(depth: int, where: _Where) -> None:
    if depth > MAX_DEPTH:
        raise InvalidWrite(f"{_told(where)}: nested deeper than {MAX_DEPTH}")


def _told(where: _Where) -> str:
    """``a.b.c``"""
    holder, name = where
    return f"{_told(holder)}.{name}" if holder else str(name)


def _instant(value: datetime, where: _Where) -> str:
    made = value if value.tzinfo is UTC else in_utc(value, where)
    return made.isoformat(timespec="microseconds")


def in_utc(value: datetime, where: _Where = _PART) -> datetime:
    """An aware datetime in UTC. Raises InvalidWrite."""
    try:
        return utc(value)
    except InvalidWrite:
        raise InvalidWrite(f"{_told(where)}: datetimes in documents must be aware; use datetime.now(UTC)") from None


def _untag_object(item: dict[str, Any]) -> Any:
    if len(item) == 1:
        ((key, value),) = item.items()
        if key == "$t":
            return datetime.fromisoformat(value).astimezone(UTC)
        if key == "$b":
            return base64.b64decode(value)
    return {key[1:] if key[0] == "$" else key: value for key, value in item.items()}
