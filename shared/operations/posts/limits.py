"""A network's limits, applied: text counted as the network counts it, media, options, threads.

Limits are the manifest's data; nothing here knows a network. The network's own answer stays final.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from importlib import import_module
from typing import cast

from shared.domain.content import Kind, MediaFacts, Role
from shared.domain.errors import Invalid
from shared.operations.posts.blanks import is_blank
from shared.operations.posts.content import Content, DraftPiece
from shared.operations.posts.issues import Issue, from_error
from shared.operations.posts.media_limits import check_documents, check_media
from shared.operations.posts.option_limits import check_options
from shared.platforms import registry
from shared.platforms.manifest import Manifest, TextLimit

_HASHTAG = re.compile(r"(?<![\w&])[#＃]\w*[^\W\d_]\w*")  # a letter is what makes it one: #1 is a number
_COUNTED_IN = {
    "chars": "characters",
    "graphemes": "graphemes (what a reader sees as one character)",
    "utf16": "UTF-16 units (most emoji are two)",
    "bytes": "bytes of UTF-8",
    "weighted": "weighted characters (a link counts as 23, an emoji or a CJK character as 2)",
}


def publishing_issue(manifest: Manifest, field: str) -> Issue | None:
    """What is wrong with a post on a network that has none (a messenger), None where there are posts."""
    facet = manifest.facets.get("publish")
    if facet == "offered":
        return None
    why = f" ({facet.reason})" if facet else ""
    message = f"{field}: there are no posts on {manifest.title}{why}. Leave it out of the post."
    return Issue("validation.kind_unsupported", field, message)


def check(manifest: Manifest, content: Content, at: str, options_at: str) -> Iterator[Issue]:
    """Every limit that this content breaks on this network. ``at`` is the target's field path (``targets[0]``)."""
    yield from _check_thread(manifest, content)
    for piece in content.pieces:
        yield from _check_text(manifest, piece)
    blamed = set()
    for issue in check_options(manifest, content, at, options_at):
        blamed.add(issue.field)
        yield issue
    for piece in content.pieces:
        found = _check_kind(manifest, content, piece, options_at)
        yield from (issue for issue in found if issue.field not in blamed)


def kind_of(manifest: Manifest, content: Content, piece: DraftPiece) -> Kind:
    """Which content kind the piece is on this network. Raises Invalid when it is none."""
    if piece.role is Role.FIRST_COMMENT:
        return Kind.TEXT
    facts = [media.facts for media in piece.media]
    options = content.all_options(manifest) if piece.role is Role.POST else {}
    text = "" if is_blank(piece.text) else piece.text
    return registry.publisher(manifest.name).choose_kind(text, facts, options)


def length(manifest: Manifest, text: str, limit: TextLimit | None = None) -> int:
    """The text's length as the network counts it: that of a post, or of what ``limit`` is about."""
    return _counter(manifest.name, (limit or manifest.text).count)(text)


def count_hashtags(text: str) -> int:
    """How many hashtags a text has."""
    return len(_HASHTAG.findall(text))


@cache
def _counter(platform: str, where: str) -> Callable[[str], int]:
    if not where:
        return len
    module, _, name = where.partition(":")
    folder = registry.manifest(platform).folder
    return cast(Callable[[str], int], getattr(import_module(f"shared.platforms.{folder}.{module}"), name))


def _check_text(manifest: Manifest, piece: DraftPiece) -> Iterator[Issue]:
    limit, text = manifest.text, piece.text
    if is_blank(text):
        if limit.required and piece.role is Role.POST:
            message = f"{piece.field} is empty: {manifest.title} publishes nothing without a text."
            yield Issue("validation.field_required", piece.field, message, segment=piece.segment)
        return
    yield from (replace(issue, segment=piece.segment) for issue in check_length(manifest, limit, text, piece.field))
    yield from _check_hashtags(manifest, limit, piece)


def check_length(manifest: Manifest, limit: TextLimit, text: str, field: str) -> Iterator[Issue]:
    """A text over the limit, counted as the network counts, and in bytes where it counts those too."""
    count, size = length(manifest, text, limit), len(text.encode())
    if count > limit.max_length:
        yield _too_long(manifest, field, limit.max_length, count, limit.counted_in)
    if limit.max_bytes is not None and size > limit.max_bytes:
        yield _too_long(manifest, field, limit.max_bytes, size, "bytes")


def _too_long(manifest: Manifest, field: str, limit: int, count: int, unit: str) -> Issue:
    message = (
        f"{field} is too long for {manifest.title}: {count} of at most {limit} {_COUNTED_IN[unit]}. "
        f"Shorten it by {count - limit}."
    )
    return Issue("validation.text_too_long", field, message, meta={"limit": limit, "count": count, "counted_in": unit})


def _check_hashtags(manifest: Manifest, limit: TextLimit, piece: DraftPiece) -> Iterator[Issue]:
    if limit.max_hashtags is None:
        return
    count = count_hashtags(piece.text)
    if count > limit.max_hashtags:
        message = f"{piece.field}: {manifest.title} takes at most {limit.max_hashtags} hashtags, and there are {count}."
        meta = {"limit": limit.max_hashtags, "count": count}
        yield Issue("validation.too_many_hashtags", piece.field, message, segment=piece.segment, meta=meta)


def _check_kind(manifest: Manifest, content: Content, piece: DraftPiece, options_at: str) -> Iterator[Issue]:
    if piece.role is Role.FIRST_COMMENT:
        return  # a comment is no post: a network that takes no text posts takes comments nevertheless
    facts: Sequence[MediaFacts] = [media.facts for media in piece.media]
    if documents := list(check_documents(manifest, facts, piece)):
        yield from documents
        return
    try:
        kind = kind_of(manifest, content, piece)
    except Invalid as error:
        yield from_error(error, _kind_field(error, piece, options_at))
        return
    limit = manifest.kind(kind)
    if limit is None:
        message = f"{manifest.title} takes no {kind} posts. It takes: {_kinds(manifest)}."
        yield Issue("validation.kind_unsupported", piece.media_field, message, segment=piece.segment)
        return
    yield from check_media(manifest, limit, facts, piece)
    if piece.role is Role.POST and not limit.first_comment:
        yield from _check_first_comment(manifest, content, kind)


def _check_first_comment(manifest: Manifest, content: Content, kind: Kind) -> Iterator[Issue]:
    for piece in content.pieces:
        if piece.role is Role.FIRST_COMMENT:
            message = f"{piece.field}: nobody can comment on a {kind} of {manifest.title}. Leave it out."
            yield Issue("validation.first_comment_unsupported", piece.field, message)


def _kind_field(error: Invalid, piece: DraftPiece, options_at: str) -> str:
    """Adapters know their own fields only: what they blame on the media is this piece's media, and so on."""
    named = str(error.meta.get("field", "media"))
    base = re.match(r"\w*", named)
    word = base.group() if base else ""
    places = {"media": piece.media_field, "text": piece.field, "platform_data": options_at}
    return places.get(word, word) + named.removeprefix(word)


def _check_thread(manifest: Manifest, content: Content) -> Iterator[Issue]:
    items = sum(piece.role is not Role.FIRST_COMMENT for piece in content.pieces)
    if items < 2:
        return
    if not manifest.thread:
        message = f"{manifest.title} has no threads. Leave out segments, or this target."
        yield Issue("validation.thread_unsupported", "segments", message)
    elif items > manifest.thread:
        message = f"segments: {manifest.title} takes threads of at most {manifest.thread} items, and there are {items}."
        yield Issue("validation.thread_too_long", "segments", message, meta={"limit": manifest.thread, "count": items})


def _kinds(manifest: Manifest) -> str:
    return ", ".join(str(kind.kind) for kind in manifest.kinds)
