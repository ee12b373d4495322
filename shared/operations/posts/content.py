"""What one target will say: the post's own content with the target's overrides, as pieces.

A *draft piece* is a piece before it has an identity: everything that limits are checked against.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared.domain.content import Role
from shared.domain.posts import MediaRef
from shared.operations.posts import wording
from shared.operations.posts.blanks import is_blank
from shared.operations.posts.commands import CreatePost, MediaInput, TargetOrder
from shared.operations.posts.issues import Findings, Issue
from shared.platforms import registry
from shared.platforms.manifest import Manifest

Resolved = Mapping[MediaInput, MediaRef]  # what became of each media item; one that failed is absent


@dataclass(frozen=True, slots=True)
class DraftPiece:
    """A piece to be: ``field`` is where its text came from in the request, ``media_field`` its media.

    ``segment`` is the 0-based item of the thread after the post itself, None for the post and for a first comment.
    """

    role: Role
    text: str
    field: str
    media: tuple[MediaRef, ...] = ()
    media_field: str = "media"
    segment: int | None = None


@dataclass(frozen=True, slots=True)
class Content:
    """All that a target will publish. ``options`` is its flat ``platform_data``, the target's own winning."""

    pieces: tuple[DraftPiece, ...]
    options: Mapping[str, Any]
    title: str
    visibility: str

    def all_options(self, manifest: Manifest) -> dict[str, Any]:
        """What the adapter is given: title and visibility travel as options where the network has them."""
        known = {option.name for option in manifest.options}
        named = {"title": self.title, "visibility": "" if self.visibility == "public" else self.visibility}
        return {name: value for name, value in named.items() if value and name in known} | dict(self.options)


def of_target(
    command: CreatePost, order: TargetOrder | None, manifest: Manifest, at: str, resolved: Resolved, found: Findings
) -> Content:
    """The content for one account (``order``), or for a network as such (None). ``at`` is the target's field path."""
    pieces = [_main(command, order, manifest, at, resolved)]
    pieces += _segments(command, pieces[0], resolved)
    if len(pieces) > 1 and not (pieces[0].text or pieces[0].media):
        pieces = pieces[1:]  # a thread may be given as segments alone: the first is the post itself
    comment = _first_comment(command, order, manifest, at, found)
    visibility = (order.visibility if order else None) or command.visibility
    title = order.title if order and order.title is not None else command.title
    return Content((*pieces, *comment), options(command, order, manifest), title, visibility)


def options(command: CreatePost, order: TargetOrder | None, manifest: Manifest) -> dict[str, Any]:
    """The network's options: the post's by platform (an alias counts), then the target's own, then its page or board."""
    media = order.media if order and order.media is not None else command.media
    merged: dict[str, Any] = {} if order and order.text is not None else wording.card(command, manifest, bool(media))
    for name in sorted(command.platform_data, key=lambda name: name == manifest.name):
        if _means(name, manifest):
            merged |= command.platform_data[name]
    if order is None:
        return merged
    merged |= order.platform_data
    named = {"page_id": order.page_id, "board_id": order.board_id}
    return merged | {name: value for name, value in named.items() if value is not None}


def _means(name: str, manifest: Manifest) -> bool:
    try:
        return registry.resolve(name) == manifest.name
    except registry.UnknownPlatform:
        return False


def _main(
    command: CreatePost, order: TargetOrder | None, manifest: Manifest, at: str, resolved: Resolved
) -> DraftPiece:
    own_text = order is not None and order.text is not None
    own_media = order is not None and order.media is not None
    media = order.media if order and order.media is not None else command.media
    text = order.text if order and order.text is not None else wording.composed(command, manifest, bool(media))
    return DraftPiece(
        Role.POST,
        text,
        f"{at}.text" if own_text else "text",
        _refs(media, resolved),
        f"{at}.media" if own_media else "media",
    )


def _segments(command: CreatePost, main: DraftPiece, resolved: Resolved) -> list[DraftPiece]:
    first = Role.REPLY if main.text or main.media else Role.POST
    return [
        DraftPiece(
            first if index == 0 else Role.REPLY,
            segment.text,
            f"segments[{index}].text",
            _refs(segment.media, resolved),
            f"segments[{index}].media",
            index,
        )
        for index, segment in enumerate(command.segments)
    ]


def _first_comment(
    command: CreatePost, order: TargetOrder | None, manifest: Manifest, at: str, found: Findings
) -> tuple[DraftPiece, ...]:
    own, account_id = (order.first_comment, order.account_id) if order else (None, None)
    text = command.first_comment if own is None else own
    field = "first_comment" if own is None else f"{at}.first_comment"
    if is_blank(text):
        return ()
    if manifest.first_comment:
        return (DraftPiece(Role.FIRST_COMMENT, text, field),)
    said = f"{manifest.title} takes no first comment"
    code = "validation.first_comment_unsupported"
    if own is None:
        found.warnings.append(Issue(code, field, f"{said}; it is left out there.", manifest.name))
    else:
        found.errors.append(Issue(code, field, f"{said}. Leave it out of this target.", manifest.name, account_id))
    return ()


def _refs(media: tuple[MediaInput, ...], resolved: Resolved) -> tuple[MediaRef, ...]:
    return tuple(resolved[item] for item in media if item in resolved)
