"""LinkedIn's limits as numbers, and how it counts a text: in characters, as the person typed them.

Source: learn.microsoft.com/en-us/linkedin/marketing/community-management/shares, 2026-11-22; see README for what they do
not say.
"""

from __future__ import annotations

from typing import Final

MAX_TEXT: Final = 3000
MAX_COMMENT: Final = 1250
MAX_ALT_TEXT: Final = 4086
MAX_ARTICLE_TITLE: Final = 400
MAX_ARTICLE_DESCRIPTION: Final = 4086
MAX_POLL_QUESTION: Final = 140
MAX_POLL_OPTION: Final = 30
PART: Final = 4 * 1024 * 1024  # LinkedIn cuts a video's upload into parts of 4 MB
MB: Final = 1024 * 1024


def count(text: str) -> int:
    """The length of a text: the escapes that our request adds are not counted."""
    return len(text)
