"""Counting as TikTok does: «UTF-16 runes», that is code units; most emoji are two.

https://developers.tiktok.com/doc/content-posting-api-reference-direct-post, read 2026-11-22.
"""

from __future__ import annotations


def count(text: str) -> int:
    """UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
