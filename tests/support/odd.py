"""Deliveries that nobody expects: each field of a sample in turn, with values of every other type."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

VALUES: tuple[Any, ...] = (None, 5, -1.5, "text", "9" * 400, 10**400, [], [5], {}, {"data": 5})


def bodies(sample: Any) -> Iterator[bytes]:
    """The sample as JSON, once per field and odd value."""
    for path in _places(sample):
        for odd in VALUES:
            changed = json.loads(json.dumps(sample))
            within = changed
            for key in path[:-1]:
                within = within[key]
            within[path[-1]] = odd
            yield json.dumps(changed).encode()


def is_flat(data: Mapping[str, Any]) -> bool:
    """Whether an event's data is text, numbers and booleans, as ``contract_webhooks.Event`` says."""
    return all(isinstance(value, str | int | float) for value in data.values())


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        yield from _places(inner, (*path, key))
