"""How Google Business Profile counts: posts in characters, answers to reviews in bytes."""

from __future__ import annotations

from typing import Final

SUMMARY_CHARS: Final = 1500
REPLY_BYTES: Final = 4096
EVENT_TITLE_CHARS: Final = 58
COUPON_CHARS: Final = 58


def count_bytes(text: str) -> int:
    """UTF-8 bytes."""
    return len(text.encode())
