"""Record keys that are ours before the first attempt: TIDs (https://atproto.com/specs/tid, read 2026-11-22).

A TID is 53 bits of microseconds and 10 bits that tell writers apart, in 13 sortable characters.
"""

from __future__ import annotations

_ALPHABET = "234567abcdefghijklmnopqrstuvwxyz"
_LENGTH = 13
_CLOCK_BITS = 10
_SHARED_BITS = 20  # microseconds that give way to the key: about one second


def encode(microseconds: int, clock_id: int) -> str:
    """The TID of an instant and a 10-bit clock id."""
    value = (microseconds << _CLOCK_BITS | clock_id) & (1 << 63) - 1
    digits = (value >> 5 * place & 31 for place in reversed(range(_LENGTH)))
    return "".join(_ALPHABET[digit] for digit in digits)


def record_key(created_at: int, key: str) -> str:
    """The TID of a piece: the second is ``created_at``'s (epoch microseconds), the rest 30 bits of ``key`` (hex).

    Pieces of one post may share their microsecond, and ten bits would let them collide.
    """
    entropy = int(key[:8], 16)
    microseconds = created_at >> _SHARED_BITS << _SHARED_BITS | entropy >> _CLOCK_BITS & (1 << _SHARED_BITS) - 1
    return encode(microseconds, entropy & (1 << _CLOCK_BITS) - 1)


def instant(key: str) -> int:
    """The epoch microseconds in a TID; 0 for a key that is none."""
    if len(key) != _LENGTH or any(digit not in _ALPHABET for digit in key):
        return 0
    value = 0
    for digit in key:
        value = value << 5 | _ALPHABET.index(digit)
    return value >> _CLOCK_BITS
