"""The ids port: the only source of randomness, so that a simulation can own it."""

from __future__ import annotations

from typing import Protocol


class Ids(Protocol):
    """Fresh identifiers and secrets."""

    def new(self, prefix: str) -> str:
        """``{prefix}_{26 Crockford base32 digits}``: sorts by creation (ULID: 48 bits of milliseconds, 80 random)."""

    def token(self, bits: int = 256) -> str:
        """A URL-safe secret with at least so many random bits."""

    def below(self, limit: int) -> int:
        """A uniform random integer in [0, limit)."""
