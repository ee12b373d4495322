"""Whether a text shows anything at all."""

from __future__ import annotations

import unicodedata

# Letters and marks that are drawn as nothing, in no category of their own: Hangul fillers, the blank Braille pattern,
# the grapheme joiner, variation selectors. https://www.unicode.org/reports/tr44/#Default_Ignorable_Code_Point (2026-11)
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0") | frozenset(
    map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)))
)
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp", "Zs"})


def is_blank(text: str) -> bool:
    """True for the empty text, and for one of white space, zero-width and format characters only."""
    return all(char in _BLANK or unicodedata.category(char) in _UNSEEN for char in text)
