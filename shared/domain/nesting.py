"""Lists directly within lists, which stores do not keep: put into an object each while they are stored, and taken out again.

``[["a"]]`` is stored as ``[{"[]": ["a"]}]``. Networks want such (the examples of a template's variables); pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_LIST = "[]"


def packed(value: Any, *, within: bool = False) -> Any:
    """The value without lists directly within lists."""
    if isinstance(value, Mapping):
        return {name: packed(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        inner = [packed(item, within=True) for item in value]
        return {_LIST: inner} if within else inner
    return value


def unpacked(value: Any) -> Any:
    """The value that was packed."""
    if isinstance(value, Mapping):
        if set(value) == {_LIST}:
            return unpacked(value[_LIST])
        return {name: unpacked(item) for name, item in value.items()}
    return [unpacked(item) for item in value] if isinstance(value, list | tuple) else value
