"""Fresh identifiers and secrets from the operating system's randomness."""

from __future__ import annotations

import os
import secrets
import time

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # https://www.crockford.com/base32.html: no I, L, O, U
_PAIRS = [high + low for high in CROCKFORD for low in CROCKFORD]  # ten bits at a time halves the work


def ulid(milliseconds: int, random_bits: int) -> str:
    """The 26 digits of 48 bits of time and 80 bits of randomness (https://github.com/ulid/spec)."""
    p, t, r = _PAIRS, milliseconds & (1 << 48) - 1, random_bits & (1 << 80) - 1
    return (
        f"{p[t >> 40]}{p[t >> 30 & 1023]}{p[t >> 20 & 1023]}{p[t >> 10 & 1023]}{p[t & 1023]}"
        f"{p[r >> 70]}{p[r >> 60 & 1023]}{p[r >> 50 & 1023]}{p[r >> 40 & 1023]}{p[r >> 30 & 1023]}"
        f"{p[r >> 20 & 1023]}{p[r >> 10 & 1023]}{p[r & 1023]}"
    )


class SystemIds:
    """The ids port on the operating system's randomness."""

    def new(self, prefix: str) -> str:
        """``{prefix}_{26 digits}``; sorts by the millisecond of creation."""
        return f"{prefix}_{ulid(time.time_ns() // 1_000_000, int.from_bytes(os.urandom(10), 'big'))}"

    def token(self, bits: int = 256) -> str:
        """A URL-safe secret with at least ``bits`` random bits."""
        return secrets.token_urlsafe((bits + 7) // 8)

    def below(self, limit: int) -> int:
        """A uniform random integer in [0, limit)."""
        return secrets.randbelow(limit)
