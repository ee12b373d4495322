"""Free-form values that callers send along: what no store could keep is refused, naming the place.

The bounds are Firestore's: https://cloud.google.com/firestore/quotas (2026-11). Depth leaves room for the document around,
size for what is still to be written into it (1 MiB): a target that cannot be settled because it has grown too large would
be live and never say so.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from typing import Any

from shared.operations.posts.commands import CreatePost
from shared.operations.posts.issues import Issue

MAX_DEPTH = 10
MAX_NAME = 1500  # bytes
MAX_SIZE = 131_072  # characters of one value as JSON


def unstorable(command: CreatePost) -> Iterator[Issue]:
    """What of the command's ``platform_data`` cannot be kept."""
    yield from faults(command.platform_data, "platform_data")
    for index, order in enumerate(command.targets):
        yield from faults(order.platform_data, f"targets[{index}].platform_data")


def faults(value: Any, at: str) -> Iterator[Issue]:
    """What of a free-form value cannot be kept; ``at`` is its place in the request."""
    if not value:
        return
    yield from _faults(value, at, 0)
    if len(json.dumps(value, default=str)) > MAX_SIZE:
        yield _issue(at, f"{at} has more than {MAX_SIZE} characters as JSON.")


def _faults(value: Any, at: str, depth: int, *, listed: bool = False) -> Iterator[Issue]:
    if isinstance(value, Mapping):
        for name, item in value.items():
            if not _named(name):
                yield _issue(at, f"{at} has a name that is empty, over {MAX_NAME} bytes, or of the form __x__.")
            elif depth >= MAX_DEPTH:
                yield _issue(at, f"{at} is nested more than {MAX_DEPTH} levels deep.")
            else:
                yield from _faults(item, f"{at}.{name[:64]}", depth + 1)
    elif isinstance(value, list | tuple):
        if listed:
            yield _issue(at, f"{at} is a list directly within a list. Put an object between.")
            return
        for index, item in enumerate(value):
            yield from _faults(item, f"{at}[{index}]", depth + 1, listed=True)
    elif isinstance(value, int | float) and not _small(value):
        yield _issue(at, f"{at} is a number of more than 64 bits.")


def _named(name: str) -> bool:
    reserved = name.startswith("__") and name.endswith("__")
    return bool(name) and not reserved and len(name.encode()) <= MAX_NAME


def _small(value: Any) -> bool:
    return math.isfinite(value) if isinstance(value, float) else -(1 << 63) <= value < 1 << 63


def _issue(at: str, message: str) -> Issue:
    return Issue("validation.field_invalid", at, message)
