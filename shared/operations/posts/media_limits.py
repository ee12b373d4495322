"""A content kind's media limits: how many items, of which types, how large, how long, in which shape."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from shared.domain.content import MediaFacts, MediaType
from shared.operations.posts.content import DraftPiece
from shared.operations.posts.issues import Issue
from shared.platforms.manifest import KindLimit, Manifest, MediaLimit

Check = tuple[str, str, Mapping[str, object]]  # code, message, meta


def check_documents(manifest: Manifest, facts: Sequence[MediaFacts], piece: DraftPiece) -> Iterator[Issue]:
    """A document on a network that takes none in any kind of post: said before its kinds are asked what it makes up."""
    if any(limit.media and limit.media.document_types for limit in manifest.kinds):
        return
    for index, item in enumerate(facts):
        if item.type is MediaType.DOCUMENT:
            field = f"{piece.media_field}[{index}].source"
            message = f"{field}: {manifest.title} takes no documents ({item.content_type}); give images or a video."
            meta = {"content_type": item.content_type}
            yield Issue("validation.media_type_mismatch", field, message, segment=piece.segment, meta=meta)


def check_media(
    manifest: Manifest, limit: KindLimit, facts: Sequence[MediaFacts], piece: DraftPiece
) -> Iterator[Issue]:
    """What breaks the kind's limits; ``field`` names the item (``media[2]``)."""
    yield from _count(manifest, limit, facts, piece)
    if limit.media is None:
        return
    for issue in check_items(limit.media, facts, piece.media_field, f"{manifest.title}, {limit.kind}"):
        yield replace(issue, segment=piece.segment)


def check_items(limit: MediaLimit, facts: Sequence[MediaFacts], field: str, where: str) -> Iterator[Issue]:
    """What breaks the limits of single files. ``where`` (``Instagram, reel``) tells people whose limits they are."""
    for index, item in enumerate(facts):
        for code, message, meta in _item(limit, item):
            part = "alt_text" if code == "validation.alt_text_too_long" else "source"
            named = f"{field}[{index}].{part}"
            yield Issue(code, named, f"{named}: {message} ({where}).", meta=meta)


def _count(manifest: Manifest, limit: KindLimit, facts: Sequence[MediaFacts], piece: DraftPiece) -> Iterator[Issue]:
    count = len(facts)
    if not limit.min_items <= count <= limit.max_items:
        wanted = (
            f"{limit.min_items} to {limit.max_items}" if limit.min_items < limit.max_items else f"{limit.max_items}"
        )
        message = (
            f"{piece.media_field}: {manifest.title} takes {wanted} items in one {limit.kind} post; there are {count}."
        )
        meta = {"min": limit.min_items, "limit": limit.max_items, "count": count}
        yield Issue("validation.media_count", piece.media_field, message, segment=piece.segment, meta=meta)
    if len({item.type for item in facts}) > 1 and not limit.mixed:
        message = (
            f"{piece.media_field}: {manifest.title} does not mix images, videos and documents in one {limit.kind} post."
        )
        yield Issue("publishing.media.mixing_unsupported", piece.media_field, message, segment=piece.segment)


def _item(limit: MediaLimit, item: MediaFacts) -> Iterator[Check]:
    yield from _type(limit, item)
    yield from _size(limit, item)
    yield from _seconds(limit, item)
    yield from _shape(limit, item)
    if limit.max_alt_text is not None and len(item.alt_text) > limit.max_alt_text:
        meta = {"limit": limit.max_alt_text, "count": len(item.alt_text)}
        yield (
            "validation.alt_text_too_long",
            f"the alt text has {len(item.alt_text)} of at most {limit.max_alt_text} characters",
            meta,
        )


def _type(limit: MediaLimit, item: MediaFacts) -> Iterator[Check]:
    types = {
        MediaType.IMAGE: limit.image_types,
        MediaType.VIDEO: limit.video_types,
        MediaType.DOCUMENT: limit.document_types,
    }[item.type]
    if not types:
        yield (
            "validation.media_type_mismatch",
            f"no {item.type} can be part of this",
            {"content_type": item.content_type},
        )
    elif item.content_type and item.content_type not in types:
        meta = {"content_type": item.content_type, "accepted": list(types)}
        yield "validation.media_type_unsupported", f"{item.content_type} is not taken; use {', '.join(types)}", meta


def _size(limit: MediaLimit, item: MediaFacts) -> Iterator[Check]:
    by_type = {
        MediaType.IMAGE: limit.max_image_bytes,
        MediaType.VIDEO: limit.max_video_bytes,
        MediaType.DOCUMENT: limit.max_document_bytes,
    }
    most = limit.max_bytes_of.get(item.content_type, by_type[item.type])
    if most is not None and item.size is not None and item.size > most:
        meta = {"limit": most, "count": item.size, "counted_in": "bytes"}
        yield "validation.media_too_large", f"the file has {item.size} of at most {most} bytes", meta


def _seconds(limit: MediaLimit, item: MediaFacts) -> Iterator[Check]:
    if item.duration is None:
        return
    if limit.max_seconds is not None and item.duration > limit.max_seconds:
        meta = {"limit": limit.max_seconds, "count": item.duration, "counted_in": "seconds"}
        yield (
            "validation.media_too_long",
            f"the video takes {item.duration:g} of at most {limit.max_seconds:g} seconds",
            meta,
        )
    if limit.min_seconds is not None and item.duration < limit.min_seconds:
        meta = {"min": limit.min_seconds, "count": item.duration, "counted_in": "seconds"}
        yield (
            "validation.media_too_short",
            f"the video takes {item.duration:g} of at least {limit.min_seconds:g} seconds",
            meta,
        )


def _shape(limit: MediaLimit, item: MediaFacts) -> Iterator[Check]:
    if not item.width or not item.height:
        return
    ratio = item.width / item.height
    size = f"{item.width} × {item.height} pixels"
    low, high = limit.min_ratio, limit.max_ratio
    # Networks round: 1079 × 1350 is 4:5 to them.
    if (low is not None and ratio < low * 0.995) or (high is not None and ratio > high * 1.005):
        meta = {"min": low, "limit": high, "count": round(ratio, 4), "counted_in": "width / height"}
        yield "validation.media_ratio", f"{size} is a ratio of {ratio:.3f}; it must lie within {low} and {high}", meta
    if (limit.min_width and item.width < limit.min_width) or (limit.max_width and item.width > limit.max_width):
        meta = {"min": limit.min_width, "limit": limit.max_width, "count": item.width, "counted_in": "pixels"}
        yield (
            "validation.media_width",
            f"{size}: the width must lie within {limit.min_width} and {limit.max_width}",
            meta,
        )
