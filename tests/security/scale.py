"""How much a security test tries: a sample in ``make test``, all of it in ``make security``, which sets the variable."""

from __future__ import annotations

import os

VARIABLE = "ROSTRUM_SECURITY"
FULL = "full"


def many(sample: int, full: int) -> int:
    """So many of them, in this run."""
    return full if is_full() else sample


def is_full() -> bool:
    """Whether this is ``make security``."""
    return os.environ.get(VARIABLE) == FULL
