"""How Bluesky counts a text: grapheme clusters (UAX #29), and UTF-8 bytes beside them."""

from __future__ import annotations

import regex

_GRAPHEME = regex.compile(r"\X")


def graphemes(text: str) -> int:
    """User-perceived characters: a flag, a family emoji or a letter with its accents counts one."""
    return sum(1 for _ in _GRAPHEME.finditer(text))
