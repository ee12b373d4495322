"""Bodies, options, and recognising a listed Pin."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from shared.domain.content import Kind, MediaFacts, MediaType
from shared.domain.errors import Invalid
from shared.platforms.pinterest import publish, wire
from tests.support import simulated

JPEG = MediaFacts(MediaType.IMAGE, "image/jpeg")
MP4 = MediaFacts(MediaType.VIDEO, "video/mp4")
BOARD = {"board_id": "1"}


@pytest.mark.parametrize(
    ("media", "kind"),
    [((JPEG,), Kind.IMAGE), ((JPEG,) * 5, Kind.CAROUSEL), ((MP4,), Kind.VIDEO), ((MP4, JPEG), Kind.VIDEO)],
)
def test_kind(media: tuple[MediaFacts, ...], kind: Kind) -> None:
    """What a Pin is follows from its media."""
    assert publish.choose_kind("", media, BOARD) is kind


@pytest.mark.parametrize(
    ("media", "options", "field"),
    [
        ((), BOARD, "media"),
        ((MP4, MP4), BOARD, "media"),
        ((JPEG, MP4), BOARD, "media"),
        ((JPEG,), {}, "platform_data.board_id"),
        ((JPEG,), {"board_id": "workshop"}, "platform_data.board_id"),
        ((JPEG,), {**BOARD, "board_section_id": "x"}, "platform_data.board_section_id"),
        ((JPEG,), {**BOARD, "title": "x" * 101}, "platform_data.title"),
        ((JPEG,), {**BOARD, "link": "example.com"}, "platform_data.link"),
        ((JPEG,), {**BOARD, "dominant_color": "red"}, "platform_data.dominant_color"),
        ((MP4,), {**BOARD, "cover_image_key_frame_time": -1}, "platform_data.cover_image_key_frame_time"),
    ],
)
def test_what_pinterest_would_refuse(media: tuple[MediaFacts, ...], options: Mapping[str, Any], field: str) -> None:
    """Said before anything is sent, and which field it is."""
    with pytest.raises(Invalid) as invalid:
        publish.choose_kind("Hello", media, options)
    assert invalid.value.meta["field"] == field


def test_a_video_without_a_cover_shows_a_frame() -> None:
    """Pinterest wants one of them."""
    piece = simulated.piece(Kind.VIDEO, "Hi", (simulated.video(b"v"),), options=BOARD)
    assert wire.pin_body(piece, "7")["media_source"] == {
        "source_type": "video_id",
        "media_id": "7",
        "cover_image_key_frame_time": 0,
    }


def test_a_video_s_cover_is_the_image_after_it() -> None:
    """Unless an address was given."""
    piece = simulated.piece(Kind.VIDEO, "Hi", (simulated.video(b"v"), simulated.image(b"i")), options=BOARD)
    assert wire.pin_body(piece, "7")["media_source"]["cover_image_url"] == piece.media[1].url


def _listed(**changes: Any) -> dict[str, Any]:
    pin = {"id": "9", "title": "T", "description": "Hello", "link": "https://example.com/", "is_owner": True}
    return {**pin, "media": {"media_type": "image"}, "created_at": "2026-11-22T12:00:00", **changes}


@pytest.mark.parametrize(
    ("changes", "mine"),
    [
        ({}, True),
        ({"link": "https://example.com"}, True),
        ({"description": "Hello &amp; so on"}, False),
        ({"title": None}, False),
        ({"link": None}, False),
        ({"media": {"media_type": "video"}}, False),
        ({"is_owner": False}, False),
        ({"parent_pin_id": "5"}, False),
    ],
)
def test_a_listed_pin_is_ours_or_not(changes: Mapping[str, Any], mine: bool) -> None:
    """By title, description, link and kind; never somebody else's, never a saved one."""
    options = {**BOARD, "title": "T", "link": "https://example.com"}
    piece = simulated.piece(Kind.IMAGE, "Hello", (simulated.image(b"i"),), options=options)
    assert wire.is_piece(piece, _listed(**changes)) is mine
