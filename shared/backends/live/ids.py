"""Fresh identifiers and secrets from the operating system's randomness."""

from __future__ import annotations

import secrets
import time

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # https://www.crockford.com/base32.html: no I, L, O, U
_PAIRS = [high + low for high in CROCKFORD for low in CROCKFORD]  # ten bits at a time halves the work


def ulid(milliseconds: int, random_bits: int) -> str:
    """The 26 digits of 48 bits of time and 80 bits of randomness (https://github.com/ulid/spec)."""
    number = (milliseconds & (1 << 48) - 1) << 80 | random_bits & (1 << 80) - 1
    return "".join(_PAIRS[number >> shift & 1023] for shift in range(120, -1, -10))


class SystemIds:
    """The ids port on the operating system's randomness."""

    def new(self, prefix: str) -> str:
        """``{prefix}_{26 digits}``; sorts by the millisecond of creation."""
        return f"{prefix}_{ulid(time.time_ns() // 1_000_000, secrets.randbits(80))}"

    def token(self, bits: int = 256) -> str:
        """A URL-safe secret with at least ``bits`` random bits."""
        return secrets.token_urlsafe((bits + 7) // 8)

    def below(self, limit: int) -> int:
        """A uniform random integer in [0, limit)."""
        return secrets.randbelow(limit)
