"""How Threads counts a text: characters, and an emoji as its bytes in UTF-8.

https://developers.facebook.com/documentation/threads/posts (updated 2026-04-14), read 2026-11-22: «Text posts are limited
to 500 characters. Emojis are counted as the number of UTF-8 bytes.» Which characters are emoji is not said: here it is
Unicode's pictographs and what joins and colours them; digits, letters and marks of every script count one.
"""

from __future__ import annotations

import re

MAX_TEXT = 500
MAX_LINKS = 5
MAX_TEXT_ATTACHMENT = 10_000
MAX_ALT_TEXT = 1000
MAX_POLL_OPTION = 25
MAX_TOPIC = 50

_EMOJI = re.compile(
    "["
    "\U0001f000-\U0001faff"  # pictographs, flags, skin tones
    "\U000e0020-\U000e007f"  # tags (flags of regions)
    "☀-➿⬀-⯿⌀-⏿"
    "〰〽㊗㊙"
    "‍️⃣"  # what joins them
    "]"
)
_LINK = re.compile(r"(?:https?://|\bwww\.)[^\s<>\"']+", re.IGNORECASE)


def count(text: str) -> int:
    """Characters (code points) as Threads counts them."""
    return sum(len(char.encode()) if _EMOJI.match(char) else 1 for char in text)


def links(text: str, *further: str) -> int:
    """How many different links a post has: those of its text, and what is attached besides."""
    found = {match.group().rstrip(".,;:!?)]").lower() for match in _LINK.finditer(text)}
    return len(found | {link.lower() for link in further if link})
