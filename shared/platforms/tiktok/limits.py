"""Counting as TikTok does: «UTF-16 runes», that is code units; most emoji are two.

https://developers.tiktok.com/doc/content-posting-api-reference-direct-post, read 2026-11-22.
"""

from __future__ import annotations

from unicodedata import east_asian_width


def count(text: str) -> int:
    """UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def count_name(text: str) -> int:
    """As TikTok for Business counts names: what is Chinese or Japanese counts two."""
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in text)
