"""Which content kind a post is on Instagram, and whether its options fit that kind.

https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-user/media, read 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from shared.domain.content import Kind, MediaFacts, MediaType
from shared.domain.errors import Invalid
from shared.platforms.instagram import limits

MAX_ITEMS = 10
MAX_COLLABORATORS = 3
MIN_RATIO, MAX_RATIO = 4 / 5, 1.91

_FEED = "feed"
# Our words, the dialects' and Instagram's own, all for the four things that it publishes.
_WORDS: Mapping[str, Kind | str] = {
    "feed": _FEED,
    "post": _FEED,
    "image": Kind.IMAGE,
    "reel": Kind.REEL,
    "reels": Kind.REEL,
    "video": Kind.REEL,  # since 2023-07-01 every single video is a reel
    "carousel": Kind.CAROUSEL,
    "carousel_album": Kind.CAROUSEL,
    "story": Kind.STORY,
    "stories": Kind.STORY,
}
_ONLY_REELS = ("share_to_feed", "cover_url", "thumb_offset", "audio_name")
_NOT_STORIES = ("collaborators", "location_id")


def choose(text: str, media: Sequence[MediaFacts], options: Mapping[str, Any]) -> Kind:
    """The kind that these make up. Raises Invalid, naming the field and the remedy."""
    if not media:
        raise _invalid(
            "no_media", "media", "Instagram takes no text-only posts: add an image, a video, or 2 to 10 of them."
        )
    kind = _wanted(media, options)
    _check_items(kind, media)
    _check_text(text)
    _check_options(kind, media, options)
    return kind


def _wanted(media: Sequence[MediaFacts], options: Mapping[str, Any]) -> Kind:
    name = "content_type" if options.get("content_type") else "media_type"
    word = options.get(name)
    if not word:
        return _by_default(media)
    wanted = _WORDS.get(str(word).lower())
    if wanted is None:
        raise _invalid(
            "content_type_unknown", name, f"«{word}» is not published by Instagram: feed, reel, carousel or stories."
        )
    return wanted if isinstance(wanted, Kind) else _by_default(media)


def _by_default(media: Sequence[MediaFacts]) -> Kind:
    if len(media) > 1:
        return Kind.CAROUSEL
    return Kind.IMAGE if media[0].type is MediaType.IMAGE else Kind.REEL


def _check_items(kind: Kind, media: Sequence[MediaFacts]) -> None:
    if kind is Kind.CAROUSEL:
        _check_carousel(media)
        return
    if len(media) > 1:
        raise _invalid(
            "too_many_items", "media", f"A {kind} has one item, not {len(media)}: use a carousel for several."
        )
    if kind is Kind.REEL and media[0].type is not MediaType.VIDEO:
        raise _invalid(
            "reel_needs_video", "media", "A reel is a video: give a video, or publish the image as feed or stories."
        )
    if kind is Kind.IMAGE and media[0].type is not MediaType.IMAGE:
        raise _invalid(
            "image_needs_image", "media", "This content type is an image: publish a video as reel or stories."
        )


def _check_carousel(media: Sequence[MediaFacts]) -> None:
    if not 2 <= len(media) <= MAX_ITEMS:
        raise _invalid("carousel_items", "media", f"A carousel has 2 to {MAX_ITEMS} items, not {len(media)}.")
    for index, item in enumerate(media):
        if item.type is MediaType.IMAGE and item.width and item.height:
            ratio = item.width / item.height
            if not MIN_RATIO <= ratio <= MAX_RATIO:
                message = f"An image's width to height lies between 4:5 and 1.91:1, not at {ratio:.2f}: crop it."
                raise _invalid("aspect_ratio", f"media[{index}]", message)


def _check_text(text: str) -> None:
    found = limits.mentions(text)
    if found > limits.MAX_MENTIONS:
        message = f"A caption names at most {limits.MAX_MENTIONS} accounts with @, not {found}."
        raise _invalid("too_many_mentions", "text", message)


def _check_options(kind: Kind, media: Sequence[MediaFacts], options: Mapping[str, Any]) -> None:
    for name in _ONLY_REELS:
        if options.get(name) is not None and kind is not Kind.REEL:
            raise _option(name, f"only a reel has it, and this is a {kind}: leave it out.")
    for name in _NOT_STORIES:
        if options.get(name) and kind is Kind.STORY:
            raise _option(name, "a story cannot carry it: leave it out.")
    _check_collaborators(options.get("collaborators") or [])
    _check_cover(options)
    tags = options.get("user_tags") or []
    if not isinstance(tags, list):
        raise _option("user_tags", "give a list of tags.")
    if len(tags) > limits.MAX_MENTIONS:
        raise _option("user_tags", f"Instagram takes at most {limits.MAX_MENTIONS}, not {len(tags)}.")
    for tag in tags:
        _check_tag(tag, kind, media)


def _check_collaborators(names: object) -> None:
    if not isinstance(names, list) or not all(isinstance(name, str) and name for name in names):
        raise _option("collaborators", "give a list of usernames.")
    if len(names) > MAX_COLLABORATORS:
        raise _option("collaborators", f"Instagram takes at most {MAX_COLLABORATORS}, not {len(names)}.")


def _check_cover(options: Mapping[str, Any]) -> None:
    cover, offset = options.get("cover_url"), options.get("thumb_offset")
    if cover is not None and not str(cover).startswith("https://"):
        raise _option("cover_url", "give an https address that Instagram can fetch.")
    if offset is not None and (not isinstance(offset, int) or offset < 0):
        raise _option("thumb_offset", "give whole milliseconds from the start, 0 or more.")


def _check_tag(tag: object, kind: Kind, media: Sequence[MediaFacts]) -> None:
    if not isinstance(tag, dict) or not isinstance(tag.get("username"), str) or not tag["username"]:
        raise _option("user_tags", "each tag is an object with a username.")
    index = tag.get("media_index", 0)
    if not isinstance(index, int) or not 0 <= index < len(media):
        raise _option("user_tags", f"media_index counts from 0 to {len(media) - 1}.")
    is_image = media[index].type is MediaType.IMAGE
    if kind is Kind.CAROUSEL and not is_image:
        raise _option("user_tags", "Instagram tags nobody on a carousel's videos: name an image with media_index.")
    placed = [axis for axis in ("x", "y") if tag.get(axis) is not None]
    if is_image and kind is not Kind.STORY and len(placed) < 2:
        raise _option("user_tags", "a tag on an image needs x and y.")
    if any(not isinstance(tag[axis], int | float) or not 0 <= tag[axis] <= 1 for axis in placed):
        raise _option("user_tags", "x and y are fractions of the image's width and height, 0 to 1.")


def _option(name: str, remedy: str) -> Invalid:
    return _invalid("option_invalid", f"platform_data.{name}", f"{name}: {remedy}")


def _invalid(code: str, field: str, message: str) -> Invalid:
    return Invalid(f"platform.instagram.{code}", message, field=field, platform="instagram")
