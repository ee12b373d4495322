"""How Facebook counts a text: characters (code points); nothing official says otherwise."""

from __future__ import annotations

MAX_TEXT = 63_206
MAX_COMMENT = 8_000
MAX_MESSAGE = 2_000  # https://developers.facebook.com/docs/messenger-platform/reference/send-api, 2026-11-22


def count(text: str) -> int:
    """Code points: an emoji of several counts as several."""
    return len(text)
