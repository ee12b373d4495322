"""Which kind a post is, and what is refused before anything is sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from shared.domain.content import Kind, MediaFacts, MediaType
from shared.domain.errors import Invalid
from shared.platforms.facebook import publish

PHOTO = MediaFacts(MediaType.IMAGE, "image/jpeg", 1000, 1080, 1080)
VIDEO = MediaFacts(MediaType.VIDEO, "video/mp4", 1000, 1080, 1920, 10.0)


@pytest.mark.parametrize(
    ("text", "media", "options", "kind"),
    [
        ("Hi", [], {}, Kind.TEXT),
        ("Hi", [PHOTO], {"title": "A title that is meant for another network"}, Kind.IMAGE),
        ("", [], {"link": "https://example.test"}, Kind.LINK),
        ("Hi", [], {"link": "https://example.test", "content_type": "feed"}, Kind.LINK),
        ("", [PHOTO], {}, Kind.IMAGE),
        ("", [PHOTO] * 10, {}, Kind.CAROUSEL),
        ("", [VIDEO], {}, Kind.VIDEO),
        ("", [VIDEO], {"content_type": "reel", "title": "T", "place": "1"}, Kind.REEL),
        ("", [VIDEO], {"content_type": "story"}, Kind.STORY),
        ("", [PHOTO], {"media_type": "STORIES"}, Kind.STORY),
        ("", [PHOTO], {"media_type": "photo"}, Kind.IMAGE),
    ],
)
def test_the_kind_follows_from_what_there_is(
    text: str, media: list[MediaFacts], options: Mapping[str, Any], kind: Kind
) -> None:
    """Text, link, photo, photos, video by themselves; reels and stories by name."""
    assert publish.choose_kind(text, media, options) is kind


@pytest.mark.parametrize(
    ("text", "media", "options", "field"),
    [
        ("  ", [], {}, "text"),
        ("Hi", [PHOTO, VIDEO], {}, "media[1]"),
        ("Hi", [PHOTO] * 11, {}, "media"),
        ("Hi", [PHOTO], {"content_type": "reel"}, "media"),
        ("Hi", [VIDEO], {"content_type": "image"}, "media"),
        ("Hi", [PHOTO, PHOTO], {"content_type": "story"}, "media"),
        ("Hi", [], {"content_type": "story"}, "media"),
        ("Hi", [PHOTO], {"content_type": "text"}, "media"),
        ("Hi", [PHOTO], {"link": "https://example.test"}, "platform_data.link"),
        ("Hi", [], {"content_type": "link"}, "platform_data.link"),
        ("Hi", [], {"link": "ftp://example.test"}, "platform_data.link"),
        ("Hi", [], {"link": ["x"]}, "platform_data.link"),
        ("Hi", [PHOTO], {"title": ["T"]}, "platform_data.title"),
        ("Hi", [VIDEO], {"title": 5}, "platform_data.title"),
        ("Hi", [VIDEO], {"place": "1"}, "platform_data.place"),
        ("Hi", [], {"content_type": "event"}, "content_type"),
    ],
)
def test_what_does_not_go_together_is_named(
    text: str, media: list[MediaFacts], options: Mapping[str, Any], field: str
) -> None:
    """The field, and what to do."""
    with pytest.raises(Invalid) as invalid:
        publish.choose_kind(text, media, options)
    assert invalid.value.meta["field"] == field
    assert ":" in str(invalid.value)
