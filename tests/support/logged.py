"""The lines that would be logged, read back from their JSON.

with logged() as lines:
    …
assert lines[0]["message"] == "request"
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from shared.runtime.logs import JsonFormatter


class _Lines(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(JsonFormatter())
        self.lines: list[dict[str, Any]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(json.loads(self.format(record)))


@contextmanager
def logged(level: int = logging.DEBUG) -> Iterator[list[dict[str, Any]]]:
    """What ``shared`` logs within the block, while it is logged."""
    handler, log = _Lines(), logging.getLogger("shared")
    before = log.level
    log.addHandler(handler)
    log.setLevel(level)
    try:
        yield handler.lines
    finally:
        log.removeHandler(handler)
        log.setLevel(before)
