"""What a command says: for people, or one JSON object a line; progress goes to the error stream."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

EVERY = 2.0  # seconds between two lines of progress


class Output:
    """``json``: for machines. Rows are printed as they are found, so that long lists need no memory."""

    def __init__(self, *, as_json: bool) -> None:
        self._json = as_json

    @staticmethod
    def about(installation: str) -> None:
        """Which installation it is: a command in the wrong folder is to be seen at once."""
        print(f"  of {installation}", file=sys.stderr, flush=True)

    def row(self, text: str, data: Mapping[str, Any]) -> None:
        """One thing: the text for people, the data for machines."""
        print(json.dumps(data, default=_plain) if self._json else text, flush=True)

    def problem(self, text: str) -> None:
        """What went wrong, and what to do about it."""
        if self._json:
            print(json.dumps({"error": text}), flush=True)
        print(text, file=sys.stderr, flush=True)


class Progress:
    """Counts, and says every two seconds on the error stream how far it is."""

    def __init__(self, what: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._what, self._clock = what, clock
        self._next = clock() + EVERY
        self.count = 0

    def __call__(self, more: int) -> None:
        self.count += more
        if self._clock() >= self._next:
            self._next = self._clock() + EVERY
            print(f"  {self.count:,} {self._what} …", file=sys.stderr, flush=True)


def instant(at: datetime | None) -> str:
    """For people."""
    return f"{at:%Y-%m-%d %H:%M:%S} UTC" if at else "-"


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is no JSON")
