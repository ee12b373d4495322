"""How YouTube counts: descriptions in bytes, titles in characters, tags together.

https://developers.google.com/youtube/v3/docs/videos#properties, read 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

DESCRIPTION_BYTES: Final = 5000
TITLE_CHARS: Final = 100
TAGS_CHARS: Final = 500
COMMENT_CHARS: Final = 10_000
FORBIDDEN: Final = "<>"


def count(text: str) -> int:
    """The length of a description: UTF-8 bytes."""
    return len(text.encode())


def count_tags(tags: Sequence[str]) -> int:
    """The length of a list of tags: each with a comma between them, and in quotes where it has a space."""
    quoted = sum(len(tag) + (2 if " " in tag else 0) for tag in tags)
    return quoted + max(0, len(tags) - 1)


def has_forbidden(text: str) -> bool:
    """Whether there is a character that YouTube takes neither in a title nor in a description."""
    return any(sign in text for sign in FORBIDDEN)
