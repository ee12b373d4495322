"""Which kind a post is, and which options fit."""

from __future__ import annotations

from typing import Any

import pytest

from shared.domain.content import Kind
from shared.domain.errors import Invalid
from shared.platforms.threads import publish
from shared.platforms.threads.tests import world as stages

PHOTO, VIDEO = stages.photo().facts, stages.video().facts
POLL = {"option_a": "Tea", "option_b": "Coffee"}


@pytest.mark.parametrize(
    ("text", "media", "options", "kind"),
    [
        ("Hi", [], {}, Kind.TEXT),
        ("", [PHOTO], {}, Kind.IMAGE),
        ("", [VIDEO], {}, Kind.VIDEO),
        ("", [PHOTO, VIDEO], {}, Kind.CAROUSEL),
        ("Tea?", [], {"poll_attachment": POLL}, Kind.POLL),
        ("", [], {"repost_of": "1"}, Kind.REPOST),
        ("", [], {"link_attachment": "https://example.org"}, Kind.TEXT),
        ("", [], {"quote_post_id": "1"}, Kind.TEXT),
        ("Hi", [], {"gif_attachment": {"gif_id": "x", "provider": "GIPHY"}}, Kind.TEXT),
        ("Hi", [], {"reply_control": "mentioned_only", "topic_tag": "Tea", "is_ghost_post": False}, Kind.TEXT),
    ],
)
def test_the_kind_follows_from_what_is_given(text: str, media: Any, options: Any, kind: Kind) -> None:
    """By the media, unless an option makes it something of its own."""
    assert publish.choose_kind(text, media, options) is kind


@pytest.mark.parametrize(
    ("text", "media", "options", "field"),
    [
        ("", [], {}, "text"),
        ("Hi", [PHOTO] * 21, {}, "media"),
        ("Hi", [PHOTO], {"poll_attachment": POLL}, "poll_attachment"),
        ("Hi", [PHOTO], {"is_ghost_post": True}, "is_ghost_post"),
        ("Hi", [], {"is_spoiler_media": True}, "is_spoiler_media"),
        ("Hi", [], {"is_ghost_post": True, "link_attachment": "https://a.org"}, "is_ghost_post"),
        ("Hi", [], {"poll_attachment": {"option_a": "Tea"}}, "poll_attachment"),
        ("Hi", [], {"poll_attachment": {**POLL, "option_c": "x" * 26}}, "poll_attachment"),
        ("Hi", [], {"poll_attachment": POLL, "link_attachment": "https://a.org"}, "poll_attachment"),
        ("Hi", [], {"gif_attachment": {"gif_id": "x", "provider": "TENOR"}}, "gif_attachment"),
        ("Hi", [], {"reply_control": "nobody"}, "reply_control"),
        ("Hi", [], {"topic_tag": "a.b"}, "topic_tag"),
        ("Hi", [], {"allowlisted_country_codes": ["usa"]}, "allowlisted_country_codes"),
        ("Hi", [], {"text_attachment": {"plaintext": "x" * 10_001}}, "text_attachment"),
        (" ".join(f"https://{n}.org" for n in range(6)), [], {}, "text"),
        ("Hi", [], {"repost_of": "1"}, "text"),
        ("", [PHOTO], {"repost_of": "1"}, "text"),
    ],
)
def test_what_does_not_fit_is_named(text: str, media: Any, options: Any, field: str) -> None:
    """Field and remedy, before anything is sent."""
    with pytest.raises(Invalid) as invalid:
        publish.choose_kind(text, media, options)
    assert invalid.value.meta["field"].endswith(field)
