"""Which content kind a post is on Facebook, and whether its options fit that kind.

https://developers.facebook.com/docs/pages-api/posts, read 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from shared.domain.content import Kind, MediaFacts, MediaType
from shared.domain.errors import Invalid

MAX_PHOTOS = 10

_FEED = "feed"
_WORDS: Mapping[str, Kind | str] = {
    "feed": _FEED,
    "post": _FEED,
    "text": Kind.TEXT,
    "status": Kind.TEXT,
    "link": Kind.LINK,
    "image": Kind.IMAGE,
    "photo": Kind.IMAGE,
    "carousel": Kind.CAROUSEL,
    "album": Kind.CAROUSEL,
    "video": Kind.VIDEO,
    "reel": Kind.REEL,
    "reels": Kind.REEL,
    "story": Kind.STORY,
    "stories": Kind.STORY,
}
_VIDEOS = (Kind.VIDEO, Kind.REEL)
# Which kinds take an option beside the media.
_TAKEN_BY: Mapping[str, tuple[Kind, ...]] = {
    "link": (Kind.LINK,),
    "is_ai_generated": _VIDEOS,
    "place": (Kind.TEXT, Kind.LINK, Kind.IMAGE, Kind.CAROUSEL, Kind.REEL),
}


def choose(text: str, media: Sequence[MediaFacts], options: Mapping[str, Any]) -> Kind:
    """The kind that these make up. Raises Invalid, naming the field and the remedy."""
    kind = _wanted(media, options)
    _check_items(kind, media)
    _check_options(kind, options)
    if kind is Kind.TEXT and not text.strip():
        raise _invalid("no_content", "text", "A post needs a text, a link, photos or a video: give one of them.")
    if kind is Kind.LINK and not options.get("link"):
        raise _option("link", "a link post needs the address: give an https address.")
    return kind


def _wanted(media: Sequence[MediaFacts], options: Mapping[str, Any]) -> Kind:
    name = "content_type" if options.get("content_type") else "media_type"
    word = options.get(name)
    if not word:
        return _by_default(media, options)
    wanted = _WORDS.get(str(word).lower())
    if wanted is None:
        message = f"«{word}» is not published by Facebook: feed, text, link, image, carousel, video, reel or story."
        raise _invalid("content_type_unknown", name, message)
    return wanted if isinstance(wanted, Kind) else _by_default(media, options)


def _by_default(media: Sequence[MediaFacts], options: Mapping[str, Any]) -> Kind:
    if not media:
        return Kind.LINK if options.get("link") else Kind.TEXT
    if len(media) > 1:
        return Kind.CAROUSEL
    return Kind.IMAGE if media[0].type is MediaType.IMAGE else Kind.VIDEO


def _check_items(kind: Kind, media: Sequence[MediaFacts]) -> None:
    if kind in {Kind.TEXT, Kind.LINK}:
        if media:
            raise _invalid("media_not_taken", "media", f"A {kind} post has no media: leave them out, or the link.")
        return
    if kind is Kind.CAROUSEL:
        _check_photos(media)
        return
    if len(media) != 1:
        message = f"A {kind} has one item, not {len(media)}: several photos make a carousel."
        raise _invalid("item_count", "media", message)
    if kind in _VIDEOS and media[0].type is not MediaType.VIDEO:
        raise _invalid("video_needed", "media", f"A {kind} is a video: give a video, or publish the photo as feed.")
    if kind is Kind.IMAGE and media[0].type is not MediaType.IMAGE:
        raise _invalid(
            "image_needed", "media", "This content type is a photo: publish a video as video, reel or story."
        )


def _check_photos(media: Sequence[MediaFacts]) -> None:
    if not 2 <= len(media) <= MAX_PHOTOS:
        raise _invalid(
            "item_count",
            "media",
            f"A post of several photos has 2 to {MAX_PHOTOS}, not {len(media)}: make it more or fewer.",
        )
    for index, item in enumerate(media):
        if item.type is not MediaType.IMAGE:
            message = "Facebook does not mix photos and videos in one post: publish the video by itself."
            raise _invalid("mixed_media", f"media[{index}]", message)


def _check_options(kind: Kind, options: Mapping[str, Any]) -> None:
    for name, kinds in _TAKEN_BY.items():
        if options.get(name) and kind not in kinds:
            raise _option(name, f"{kind} posts do not take it: leave it out.")
    link = options.get("link")
    if link and not (isinstance(link, str) and link.startswith(("https://", "http://"))):
        raise _option("link", "give an address that begins with https://.")
    for name in ("title", "place"):
        if options.get(name) and not isinstance(options[name], str):
            raise _option(name, "give a text.")


def _option(name: str, remedy: str) -> Invalid:
    return _invalid("option_invalid", f"platform_data.{name}", f"{name}: {remedy}")


def _invalid(code: str, field: str, message: str) -> Invalid:
    return Invalid(f"platform.facebook.{code}", message, field=field, platform="facebook")
