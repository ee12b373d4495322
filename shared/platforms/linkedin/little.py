"""LinkedIn's «little» text: what a post's words look like on the wire, and back again.

Reserved characters must be escaped. One that is not does not fail the request: LinkedIn answers 201 and drops what follows
it (seen by several publishers). Hashtags (``#word``) and mentions (``@[Name](urn:li:organization:1)``) are elements of
the format: what has exactly their form is left as it is. LinkedIn gives hashtags back as templates.
Source: learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/little-text-format, 2026-11-22.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

RESERVED: Final = r"|{}@[]()<>#\*_~"
_ESCAPABLE: Final = re.compile("[" + re.escape(RESERVED) + "]")
_MENTION: Final = r"@\[[^\[\]()\\\n]{1,200}\]\(urn:li:(?:person|organization):[A-Za-z0-9_-]{1,64}\)"
_HASHTAG: Final = r"(?<![\w#&])#\w*[^\W\d_]\w*"
_ELEMENT: Final = re.compile(f"{_MENTION}|{_HASHTAG}")
_TEMPLATE: Final = re.compile(r"\{hashtag\|(?:\\?#|\\＃)\|([^{}|]*)\}")
_ESCAPED: Final = re.compile(r"\\([" + re.escape(RESERVED) + "])")


def escaped(text: str) -> str:
    """The text in little format; hashtags and well-formed mentions stay elements."""
    parts, at = [], 0
    for found in _ELEMENT.finditer(text):
        element = found.group()
        parts += [_plain(text[at : found.start()]), element if element[0] == "@" else element.replace("_", r"\_")]
        at = found.end()
    return "".join([*parts, _plain(text[at:])])


def canonical(commentary: str) -> str:
    """What is left of a text, ours or LinkedIn's, when templates, escapes and spacing are taken out: for comparing."""
    shown = _TEMPLATE.sub(lambda found: "#" + found.group(1), commentary)
    shown = _ESCAPED.sub(r"\1", shown)
    return " ".join(unicodedata.normalize("NFC", shown).split())


def _plain(text: str) -> str:
    return _ESCAPABLE.sub(lambda found: "\\" + found.group(), text)


def templated(commentary: str) -> str:
    """A commentary as LinkedIn gives it back: its hashtags as templates."""
    return re.sub(_HASHTAG, lambda found: f"{{hashtag|\\#|{found.group()[1:]}}}", commentary)


def shown(commentary: str) -> str:
    """A commentary as readers see it: nothing escaped, mentions by their names."""
    named = re.sub(r"(?<!\\)@\[([^\]]*)\]\([^)]*\)", r"\1", commentary)
    return _ESCAPED.sub(r"\1", named)
