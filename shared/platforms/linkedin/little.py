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
_SHOWN_MENTION: Final = r"(?<!\\)@\[([^\]]*)\]\([^)]*\)"
_ADDRESS: Final = re.compile(r"(?:https?://|lnkd\.in/)\S*")
_ESCAPED: Final = re.compile(r"\\([" + re.escape(RESERVED) + "])")


def escaped(text: str) -> str:
    """The text in little format; hashtags and well-formed mentions stay elements."""
    parts, at = [], 0
    for found in _ELEMENT.finditer(text):
        element = found.group()
        parts += [_plain(text[at : found.start()]), _mention(element) if element[0] == "@" else _hashtag(element)]
        at = found.end()
    return "".join([*parts, _plain(text[at:])])


def canonical(commentary: str) -> str:
    """What is left of a text, ours or LinkedIn's, when templates, escapes and spacing are taken out: for comparing."""
    shown = _TEMPLATE.sub(lambda found: "#" + found.group(1), commentary)
    shown = _ESCAPED.sub(r"\1", shown)
    return " ".join(unicodedata.normalize("NFC", shown).split())


def bare(commentary: str) -> str:
    """As :func:`canonical`, without what LinkedIn may show in another form: addresses, and how people are named."""
    named = re.sub(_SHOWN_MENTION, r"\1", commentary)
    return " ".join(_ADDRESS.sub(" ", canonical(named)).split()).casefold()


def _mention(element: str) -> str:
    """The name is text like any other; the URN is not."""
    name, urn = element[2:].split("](", 1)
    return f"@[{_plain(name)}]({urn}"


def _hashtag(element: str) -> str:
    return element.replace("_", r"\_")


def _plain(text: str) -> str:
    return _ESCAPABLE.sub(lambda found: "\\" + found.group(), text)


def templated(commentary: str) -> str:
    """A commentary as LinkedIn gives it back: its hashtags as templates."""
    return re.sub(_HASHTAG, lambda found: f"{{hashtag|\\#|{found.group()[1:]}}}", commentary)


def shown(commentary: str) -> str:
    """A commentary as readers see it: nothing escaped, mentions by their names."""
    named = re.sub(_SHOWN_MENTION, r"\1", commentary)
    return _ESCAPED.sub(r"\1", named)
