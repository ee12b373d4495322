"""How Instagram counts a caption: characters, hashtags, mentions.

https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-user/media (caption),
read 2026-11-22: «Maximum 2200 characters, 30 hashtags, and 20 @ tags».
"""

from __future__ import annotations

import re

MAX_CAPTION = 2200
MAX_HASHTAGS = 30
MAX_MENTIONS = 20
# Nobody documents a comment's length for the API; the app takes as much as a caption has.
MAX_COMMENT = 2200
MAX_MESSAGE = 1000  # bytes, documented: instagram-api-with-instagram-login/messaging-api

_HASHTAG = re.compile(r"(?<![\w&#])#\w*[^\W\d]\w*")
_MENTION = re.compile(r"(?<![\w@.])@\w(?:[\w.]*\w)?")


def count(text: str) -> int:
    """Characters as Instagram counts them: code points. An emoji of several code points counts as several."""
    return len(text)


def message_bytes(text: str) -> int:
    """A message is counted by its bytes in UTF-8."""
    return len(text.encode())


def hashtags(text: str) -> int:
    """How many hashtags a caption has; a lone number is none (``#1``)."""
    return len(_HASHTAG.findall(text))


def mentions(text: str) -> int:
    """How many accounts a caption names with @; the @ of an e-mail address is none."""
    return len(_MENTION.findall(text))
