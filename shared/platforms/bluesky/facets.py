"""Links, mentions and hashtags of a text, as facets: byte ranges of its UTF-8 form.

Bluesky links nothing by itself: what has no facet is plain text. The rules are those of the network's own clients
(https://docs.bsky.app/docs/advanced-guides/post-richtext, read 2026-11-22), but for bare domains: «example.com» without
``https://`` stays text, because telling a domain from a typo («end.Then») needs a list that ages.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import regex

from shared.platforms.bluesky.limits import graphemes

MAX_TAG_GRAPHEMES = 64
_UNSEEN = "\u00ad\u2060\u200a\u200b\u200c\u200d\u20e2"
_LINK = regex.compile(r"(?<![^\s(])https?://\S+", regex.IGNORECASE)
_HANDLE = r"(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?\.)+[a-zA-Z](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
_MENTION = regex.compile(rf"(?<![^\s(])@({_HANDLE})\b")
_TAG = regex.compile(rf"(?<!\S)[#＃](?!\ufe0f)([^\s{_UNSEEN}]+)")
_CASHTAG = regex.compile(r"(?<![^\s(])\$([A-Za-z][A-Za-z0-9]{0,4})(?=[\s.,;:!?)\"'\u2019]|$)")
_TRAILING_PUNCTUATION = regex.compile(r"\p{P}+$")
_MEANINGFUL = regex.compile(r"[^\d\p{P}]")


@dataclass(frozen=True, slots=True)
class _Span:
    start: int  # characters
    end: int
    feature: Mapping[str, Any]


def handles(text: str) -> list[str]:
    """The handles that the text mentions, lower case, each once, in order."""
    return list(dict.fromkeys(match[1].lower() for match in _MENTION.finditer(text)))


def detect(text: str, dids: Mapping[str, str | None]) -> list[dict[str, Any]]:
    """The facets of ``text`` in order, none overlapping. A mention whose handle has no DID stays text."""
    found = sorted((*_links(text), *_mentions(text, dids), *_tags(text), *_cashtags(text)), key=lambda s: s.start)
    facets: list[dict[str, Any]] = []
    free_from = 0
    for span in found:
        if span.start >= free_from:
            facets.append(_facet(text, span))
            free_from = span.end
    return facets


def _links(text: str) -> Iterator[_Span]:
    for match in _LINK.finditer(text):
        uri = match[0]
        if uri[-1] in ".,;:!?":
            uri = uri[:-1]
        if uri.endswith(")") and "(" not in uri:
            uri = uri[:-1]
        if uri.partition("://")[2]:
            feature = {"$type": "app.bsky.richtext.facet#link", "uri": uri}
            yield _Span(match.start(), match.start() + len(uri), feature)


def _mentions(text: str, dids: Mapping[str, str | None]) -> Iterator[_Span]:
    for match in _MENTION.finditer(text):
        if did := dids.get(match[1].lower()):
            yield _Span(match.start(), match.end(), {"$type": "app.bsky.richtext.facet#mention", "did": did})


def _tags(text: str) -> Iterator[_Span]:
    for match in _TAG.finditer(text):
        tag = _TRAILING_PUNCTUATION.sub("", match[1])
        if tag and _MEANINGFUL.search(tag) and graphemes(tag) <= MAX_TAG_GRAPHEMES:
            yield _Span(match.start(), match.start() + 1 + len(tag), _tag(tag))


def _cashtags(text: str) -> Iterator[_Span]:
    for match in _CASHTAG.finditer(text):
        yield _Span(match.start(), match.end(), _tag("$" + match[1].upper()))


def _tag(tag: str) -> dict[str, Any]:
    return {"$type": "app.bsky.richtext.facet#tag", "tag": tag}


def _facet(text: str, span: _Span) -> dict[str, Any]:
    start = len(text[: span.start].encode())
    end = start + len(text[span.start : span.end].encode())
    return {"index": {"byteStart": start, "byteEnd": end}, "features": [span.feature]}
