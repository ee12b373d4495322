"""A network's own payload, as every store can keep it: what it said must never be the reason why it cannot be written.

Networks answer with what documents cannot hold (lists in lists, integers beyond 64 bits, half an emoji, a page's worth
of echo). The bounds are Firestore's: https://cloud.google.com/firestore/quotas (2026-11).
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

MAX_DEPTH = 8  # beyond it, JSON text; leaves room for the document around
MAX_TEXT = 16_384  # characters of the whole as JSON; a longer one is kept as text, cut off
MAX_NAME = 300  # characters of a field's name


def storable(raw: Mapping[str, Any], most: int = MAX_TEXT) -> dict[str, Any]:
    """``raw`` with whatever no document can hold replaced by its text. Larger than ``most``: ``{"cut_off": text}``."""
    text = json.dumps(raw, default=str)
    if len(text) > most:
        return {"cut_off": text[:most]}
    return _fields(raw, 1)


def plain_text(text: str) -> str:
    """``text`` without unpaired surrogates."""
    return text.encode(errors="replace").decode()


def _fields(raw: Mapping[Any, Any], depth: int) -> dict[str, Any]:
    return {_name(str(key)): _value(item, depth) for key, item in raw.items()}


def _name(key: str) -> str:
    name = plain_text(key)[:MAX_NAME]
    reserved = not name or (name.startswith("__") and name.endswith("__"))
    return f"_{name}." if reserved else name


def _value(value: Any, depth: int, *, listed: bool = False) -> Any:
    if isinstance(value, str):
        return plain_text(value)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if -(1 << 63) <= value < 1 << 63 else str(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, Mapping) and depth < MAX_DEPTH:
        return _fields(value, depth + 1)
    if isinstance(value, list | tuple) and depth < MAX_DEPTH and not listed:
        return [_value(item, depth + 1, listed=True) for item in value]
    return json.dumps(value, default=str)
