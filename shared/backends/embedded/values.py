"""A document as text: JSON, with tags for what JSON lacks, and Firestore's rules for what a value may be.

``{"$t": "2026-11-22T10:00:00.000000+00:00"}`` is an instant, ``{"$b": "…base64"}`` is bytes; a key of the caller's
that starts with ``$`` gets another ``$`` in front. *Plain* below means this tagged form.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from shared.ports.store import MAX_DOCUMENT_BYTES, InvalidWrite, TooLarge, utc

MAX_DEPTH = 20  # nested maps and lists, https://cloud.google.com/firestore/quotas (2026-11)
_INT64 = 1 << 63
_dumps = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode
_SCALARS = (bool, float, type(None))


def tag(data: Mapping[str, Any]) -> dict[str, Any]:
    """The data of a document in plain form. Raises InvalidWrite naming the field."""
    if not isinstance(data, Mapping):
        raise InvalidWrite("a document's data is a dict")
    return {_key(key): _tag(value, str(key), 1) for key, value in data.items()}


def text(path: str, plain: Mapping[str, Any]) -> str:
    """The stored text of a document. Raises TooLarge above Firestore's size, InvalidWrite for unpaired surrogates."""
    made = _dumps(plain)
    try:
        length = len(made) if made.isascii() else len(made.encode())
    except UnicodeEncodeError:
        raise InvalidWrite(f"{path}: a string holds an unpaired surrogate, which is no valid Unicode text") from None
    # No value takes over eight times its JSON text, so only large documents need to be measured.
    if length * 8 > MAX_DOCUMENT_BYTES and size(path, plain) > MAX_DOCUMENT_BYTES:
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


def _key(key: Any) -> str:
    if not isinstance(key, str):
        raise InvalidWrite(f"field names are strings, not {type(key).__name__}: {key!r}")
    if not key or (key.startswith("__") and key.endswith("__")) or len(key.encode("utf-8", "replace")) > 1500:
        raise InvalidWrite(f"field name {key[:40]!r} is empty, reserved (__x__) or over 1,500 bytes")
    return "$" + key if key[0] == "$" else key


def _tag(value: Any, where: str, depth: int) -> Any:
    if isinstance(value, str):
        return value
    if isinstance(value, _SCALARS):
        return value
    if isinstance(value, int):
        if not -_INT64 <= value < _INT64:
            raise InvalidWrite(f"{where}: integers have 64 bits")
        return value
    if isinstance(value, datetime):
        return {"$t": _instant(value, where)}
    if isinstance(value, bytes):
        return {"$b": base64.b64encode(value).decode()}
    return _tag_nested(value, where, depth)


def _tag_nested(value: Any, where: str, depth: int) -> Any:
    if depth > MAX_DEPTH:
        raise InvalidWrite(f"{where}: nested deeper than {MAX_DEPTH}")
    if isinstance(value, dict):
        return {_key(key): _tag(item, f"{where}.{key}", depth + 1) for key, item in value.items()}
    if isinstance(value, list):
        if any(isinstance(item, list) for item in value):
            raise InvalidWrite(f"{where}: a list directly in a list cannot be stored; put a dict between")
        return [_tag(item, where, depth + 1) for item in value]
    raise InvalidWrite(f"{where}: {type(value).__name__} cannot be stored")


def _instant(value: datetime, where: str) -> str:
    try:
        return utc(value).isoformat(timespec="microseconds")
    except InvalidWrite:
        raise InvalidWrite(f"{where}: datetimes in documents must be aware; use datetime.now(UTC)") from None


def _untag_object(item: dict[str, Any]) -> Any:
    if len(item) == 1:
        ((key, value),) = item.items()
        if key == "$t":
            return datetime.fromisoformat(value).astimezone(UTC)
        if key == "$b":
            return base64.b64decode(value)
    return {key[1:] if key[0] == "$" else key: value for key, value in item.items()}
