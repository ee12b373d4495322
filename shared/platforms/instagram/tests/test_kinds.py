"""Which kind a post is, and what does not fit together."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from shared.domain.content import Kind, MediaFacts, MediaType
from shared.domain.errors import Invalid
from shared.platforms.instagram import MANIFEST
from shared.platforms.instagram.publish import choose_kind

IMAGE = MediaFacts(MediaType.IMAGE, "image/jpeg", 1000, 1080, 1080)
VIDEO = MediaFacts(MediaType.VIDEO, "video/mp4", 1000, 1080, 1920, 10.0)
TAG = {"username": "natgeo", "x": 0.5, "y": 0.5}


@pytest.mark.parametrize(
    ("media", "options", "kind"),
    [
        ([IMAGE], {}, Kind.IMAGE),
        ([VIDEO], {}, Kind.REEL),
        ([IMAGE, VIDEO], {}, Kind.CAROUSEL),
        ([IMAGE] * 10, {}, Kind.CAROUSEL),
        ([VIDEO], {"content_type": "feed"}, Kind.REEL),
        ([IMAGE], {"content_type": "feed"}, Kind.IMAGE),
        ([IMAGE], {"content_type": "stories"}, Kind.STORY),
        ([VIDEO], {"media_type": "STORIES"}, Kind.STORY),
        ([VIDEO], {"media_type": "REELS"}, Kind.REEL),
        ([VIDEO], {"media_type": "VIDEO"}, Kind.REEL),
        ([IMAGE, IMAGE], {"media_type": "carousel"}, Kind.CAROUSEL),
        ([VIDEO], {"content_type": "stories", "media_type": "reel"}, Kind.STORY),
    ],
)
def test_the_kind(media: list[MediaFacts], options: dict[str, Any], kind: Kind) -> None:
    """By the number and type of the items, unless the caller says which."""
    assert choose_kind("Hello", media, options) is kind
    assert MANIFEST.kind(kind) is not None


@pytest.mark.parametrize(
    ("media", "options", "field", "says"),
    [
        ([], {}, "media", "no text-only posts"),
        ([IMAGE] * 11, {}, "media", "2 to 10"),
        ([IMAGE], {"content_type": "carousel"}, "media", "2 to 10"),
        ([IMAGE], {"content_type": "reel"}, "media", "a video"),
        ([VIDEO], {"media_type": "IMAGE"}, "media", "an image"),
        ([IMAGE, IMAGE], {"content_type": "stories"}, "media", "carousel"),
        ([IMAGE], {"content_type": "igtv"}, "content_type", "feed, reel, carousel or stories"),
        ([IMAGE, replace(IMAGE, width=2000, height=1000)], {}, "media[1]", "crop"),
        ([IMAGE], {"share_to_feed": False}, "platform_data.share_to_feed", "only a reel"),
        ([IMAGE], {"content_type": "stories", "location_id": "1"}, "platform_data.location_id", "a story"),
        ([IMAGE], {"collaborators": ["a", "b", "c", "d"]}, "platform_data.collaborators", "at most 3"),
        ([IMAGE], {"collaborators": [1]}, "platform_data.collaborators", "usernames"),
        ([VIDEO], {"cover_url": "http://example.test/a.jpg"}, "platform_data.cover_url", "https"),
        ([VIDEO], {"thumb_offset": -1}, "platform_data.thumb_offset", "milliseconds"),
        ([IMAGE], {"user_tags": [{"username": "natgeo"}]}, "platform_data.user_tags", "x and y"),
        ([IMAGE], {"user_tags": [TAG | {"x": 2}]}, "platform_data.user_tags", "0 to 1"),
        ([IMAGE], {"user_tags": ["natgeo"]}, "platform_data.user_tags", "username"),
        ([IMAGE], {"user_tags": [TAG | {"media_index": 1}]}, "platform_data.user_tags", "media_index"),
        ([IMAGE, VIDEO], {"user_tags": [TAG | {"media_index": 1}]}, "platform_data.user_tags", "videos"),
    ],
)
def test_what_does_not_fit_names_field_and_remedy(
    media: list[MediaFacts], options: dict[str, Any], field: str, says: str
) -> None:
    """Invalid before anything is stored."""
    with pytest.raises(Invalid, match=says) as caught:
        choose_kind("Hello", media, options)
    assert caught.value.meta["field"] == field
    assert caught.value.code.startswith("platform.instagram.")


def test_too_many_mentions() -> None:
    """20 accounts at most."""
    choose_kind(" ".join(f"@a{n}" for n in range(20)), [IMAGE], {})
    with pytest.raises(Invalid, match="at most 20"):
        choose_kind(" ".join(f"@a{n}" for n in range(21)), [IMAGE], {})


@pytest.mark.parametrize("tags", [5, True, "rostrum", [{"username": "a", "x": 0.5, "y": 0.5}] * 21])
def test_tags_are_a_list_of_at_most_twenty(tags: object) -> None:
    """Anything else is refused by name, before anything is stored."""
    with pytest.raises(Invalid, match="user_tags"):
        choose_kind("Hello", [IMAGE], {"user_tags": tags})
