"""Which content kind a post is, and whether its options fit it: what can be said before anything is asked of TikTok."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from shared.domain.content import Kind, MediaFacts, MediaType
from shared.domain.errors import Invalid, TooLong
from shared.platforms.tiktok import errors, limits

MOST_PHOTOS: Final = 35
TITLE: Final = 90  # of photos, UTF-16 code units
DESCRIPTION: Final = 4000  # of photos
_VIDEO_ONLY: Final = ("disable_duet", "disable_stitch", "is_aigc", "video_cover_timestamp_ms")
_PHOTO_ONLY: Final = ("description", "auto_add_music", "photo_cover_index")  # a title may be meant for other networks
VISIBILITIES: Final = {"private": "SELF_ONLY", "connections_only": "MUTUAL_FOLLOW_FRIENDS"}
_FLAGS: Final = (
    "disable_comment",
    "disable_duet",
    "disable_stitch",
    "brand_content_toggle",
    "brand_organic_toggle",
    "is_aigc",
    "auto_add_music",
)
_DIRECT_ONLY: Final = ("privacy_level", "visibility", "disable_comment", *_VIDEO_ONLY, "auto_add_music", *_FLAGS[3:5])


def choose(text: str, media: Sequence[MediaFacts], options: Mapping[str, Any]) -> Kind:
    """One video, or up to 35 photos. Raises Invalid, TooLong."""
    del text
    kind = _by_media(media)
    _check_types(options)
    for name in _PHOTO_ONLY if kind is Kind.VIDEO else _VIDEO_ONLY:
        if name in options:
            other = "photos" if kind is Kind.VIDEO else "videos"
            raise _wrong(name, f"it is for {other} only: leave it out.")
    if kind is Kind.CAROUSEL:
        _check_texts(options)
    _check_privacy(options)
    cover = options.get("photo_cover_index", 0)
    if not 0 <= cover < len(media):
        raise _wrong("photo_cover_index", f"from 0 to {len(media) - 1}, for the number of a photo.")
    return kind


def _by_media(media: Sequence[MediaFacts]) -> Kind:
    if not media:
        text = "media: TikTok publishes no text alone. Give one video, or up to 35 photos."
        raise Invalid("validation.field_required", text, field="media")
    videos = [item for item in media if item.type is MediaType.VIDEO]
    if any(item.type is MediaType.DOCUMENT for item in media):
        raise Invalid("validation.kind_unsupported", "media: TikTok takes no documents.", field="media")
    if not videos and len(media) <= MOST_PHOTOS:
        return Kind.CAROUSEL
    if len(videos) == len(media) == 1:
        return Kind.VIDEO
    text = "media: TikTok takes one video and nothing beside it, or up to 35 photos."
    raise Invalid("publishing.media.mixing_unsupported", text, field="media")


def _check_types(options: Mapping[str, Any]) -> None:
    for name in _FLAGS:
        if name in options and not isinstance(options[name], bool):
            raise _wrong(name, "true or false.")
    for name in ("privacy_level", "visibility", "post_mode", "title", "description"):
        if name in options and not isinstance(options[name], str):
            raise _wrong(name, "a text.")
    for name in ("video_cover_timestamp_ms", "photo_cover_index"):
        value = options.get(name, 0)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**31:
            raise _wrong(name, "a whole number, 0 or more.")


def _check_texts(options: Mapping[str, Any]) -> None:
    for name, most in (("title", TITLE), ("description", DESCRIPTION)):
        count = limits.count(options.get(name, ""))
        if count > most:
            field = f"platform_data.{name}"
            text = f"{field} is too long for photos on TikTok: {count} of at most {most} UTF-16 units."
            meta = {"platform": errors.PLATFORM, "limit": most, "count": count, "counted_in": "utf16"}
            raise TooLong("validation.text_too_long", text, field=field, **meta)


def wished_privacy(options: Mapping[str, Any]) -> str:
    """The privacy level that was asked for, empty where none was."""
    return str(options.get("privacy_level") or VISIBILITIES.get(options.get("visibility", ""), ""))


def _check_privacy(options: Mapping[str, Any]) -> None:
    common = VISIBILITIES.get(options.get("visibility", ""))
    if common and options.get("privacy_level", common) != common:
        raise _wrong("privacy_level", f"visibility {options['visibility']} is {common}: give one of the two.")
    if options.get("brand_content_toggle") and wished_privacy(options) == "SELF_ONLY":
        raise _wrong("privacy_level", "branded content cannot be private (SELF_ONLY): choose another level.")
    if options.get("post_mode") == "MEDIA_UPLOAD":
        for name in _DIRECT_ONLY:
            if name in options:
                raise _wrong(name, "a draft (post_mode MEDIA_UPLOAD) takes it from the TikTok app: leave it out.")


def _wrong(name: str, message: str) -> Invalid:
    field = f"platform_data.{name}"
    return Invalid("validation.field_invalid", f"{field}: {message}", field=field)
