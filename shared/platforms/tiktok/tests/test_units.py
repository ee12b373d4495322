"""Counting, kinds, the plan of chunks, tables of errors: what needs no network."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from shared.domain.content import Kind, MediaFacts, MediaType
from shared.domain.errors import Invalid, TooLong
from shared.platforms.contract import Fate
from shared.platforms.tiktok import errors, kinds, limits, uploads, wire
from shared.ports.http import Response
from tests.support import simulated

FIXTURES = Path(__file__).parents[1] / "fixtures"
VIDEO = MediaFacts(MediaType.VIDEO, "video/mp4", 5000, 1080, 1920, 10.0)
PHOTO = MediaFacts(MediaType.IMAGE, "image/jpeg", 5000, 1080, 1080)


def test_utf16_units_are_counted() -> None:
    """An emoji beyond the first plane counts twice, a letter with its accent once."""
    assert limits.count("aé😀") == 4
    assert limits.count("\ud800") == 1  # half an emoji is a unit, too


@pytest.mark.parametrize(
    ("size", "chunks"),
    [
        (3_145_728, [3_145_728]),
        (5_000_000, [5_000_000]),
        (10_485_759, [10_485_759]),
        (10_485_760, [5_242_880, 5_242_880]),
        (12_000_000, [5_242_880, 6_757_120]),
        (50_000_123, [5_242_880] * 8 + [8_057_083]),
    ],
)
def test_the_plan_is_one_that_tiktok_documents(size: int, chunks: list[int]) -> None:
    """Every chunk but the last has one size, and the last takes the rest."""
    chunk, count = uploads.plan(size)
    made = [chunk] * (count - 1) + [size - chunk * (count - 1)]
    assert made == chunks


@pytest.mark.parametrize("size", [1, 4_999_999, 199_999_999, 200_000_000, 4 * 1024**3])
def test_every_plan_keeps_the_documented_bounds(size: int) -> None:
    """5 to 64 MB a chunk, the last up to 128 MB, at most 1000, and a count that is rounded down."""
    chunk, count = uploads.plan(size)
    assert count == size // chunk <= 1000
    if count > 1:
        assert 5_000_000 <= chunk <= 64_000_000
        assert chunk <= size - chunk * (count - 1) < 128_000_000
    else:
        assert chunk == size <= 64_000_000


@pytest.mark.parametrize(
    ("media", "kind"), [([VIDEO], Kind.VIDEO), ([PHOTO], Kind.CAROUSEL), ([PHOTO] * 35, Kind.CAROUSEL)]
)
def test_media_decide_the_kind(media: list[MediaFacts], kind: Kind) -> None:
    """One video, or 1 to 35 photos."""
    assert kinds.choose("Hello", media, {}) is kind


@pytest.mark.parametrize(
    ("media", "options", "field"),
    [
        ([], {}, "media"),
        ([VIDEO, PHOTO], {}, "media"),
        ([VIDEO, VIDEO], {}, "media"),
        ([PHOTO] * 36, {}, "media"),
        ([VIDEO], {"photo_cover_index": 0}, "platform_data.photo_cover_index"),
        ([PHOTO], {"is_aigc": True}, "platform_data.is_aigc"),
        ([PHOTO], {"photo_cover_index": 1}, "platform_data.photo_cover_index"),
        ([VIDEO], {"disable_duet": "yes"}, "platform_data.disable_duet"),
        ([VIDEO], {"brand_content_toggle": True, "privacy_level": "SELF_ONLY"}, "platform_data.privacy_level"),
        ([VIDEO], {"post_mode": "MEDIA_UPLOAD", "privacy_level": "SELF_ONLY"}, "platform_data.privacy_level"),
        ([VIDEO], {"visibility": "private", "privacy_level": "PUBLIC_TO_EVERYONE"}, "platform_data.privacy_level"),
        ([VIDEO], {"visibility": "private", "brand_content_toggle": True}, "platform_data.privacy_level"),
    ],
)
def test_what_tiktok_would_refuse_is_named(media: list[MediaFacts], options: dict[str, Any], field: str) -> None:
    """Field and remedy, before anything is asked."""
    with pytest.raises(Invalid) as invalid:
        kinds.choose("Hello", media, options)
    assert invalid.value.meta["field"] == field


@pytest.mark.parametrize(("name", "most"), [("title", 90), ("description", 4000)])
def test_photos_have_texts_of_their_own_length(name: str, most: int) -> None:
    """Counted in UTF-16 units."""
    kinds.choose("", [PHOTO], {name: "😀" * (most // 2)})
    with pytest.raises(TooLong) as long:
        kinds.choose("", [PHOTO], {name: "😀" * (most // 2) + "a"})
    assert (long.value.meta["limit"], long.value.meta["count"]) == (most, most + 1)


def test_a_title_for_other_networks_does_not_hinder_a_video() -> None:
    """A post's title goes to every network that has titles; TikTok's videos have none."""
    assert kinds.choose("Hello", [VIDEO], {"title": "a" * 200}) is Kind.VIDEO


def test_every_documented_fail_reason_is_definite() -> None:
    """FAILED means that nothing was posted; an unknown reason is no other."""
    documented = json.loads((FIXTURES / "documented_fail_reasons.json").read_text("utf-8"))["reasons"]
    assert set(documented) == set(errors.FAIL_REASONS)
    for reason, code in {**documented, "made_up": "publish_failed", "": "publish_failed"}.items():
        refused = errors.failed(reason, {})
        assert (refused.fate, refused.row.code) == (Fate.REJECTED, code)


def test_a_text_over_its_limit_is_known_by_its_words() -> None:
    """``invalid_param`` has no finer code."""
    body = {"error": {"code": "invalid_param", "message": "The title exceeds the maximum length", "log_id": "x"}}
    refused = errors.refusal(Response(400, {}, json.dumps(body).encode()), simulated.START)
    assert (refused.row.code, refused.platform_code) == ("text_too_long", "invalid_param")


def test_a_spent_day_says_when_to_look_again() -> None:
    """TikTok names no end of its 24 hours, so it is asked every hour."""
    body = {"error": {"code": "spam_risk_too_many_posts", "message": "", "log_id": "x"}}
    refused = errors.refusal(Response(403, {}, json.dumps(body).encode()), simulated.START)
    assert refused.retry_at == simulated.START + errors.LATER


def test_photos_become_the_documented_body() -> None:
    """The example of the guide, field by field (and the brand switches that we always send)."""
    known = json.loads((FIXTURES / "photos.canonical.json").read_text("utf-8"))
    media = tuple(simulated.media_file(PHOTO, b"", url) for url in known["photos"])
    piece = simulated.piece(Kind.CAROUSEL, known["text"], media, options=known["options"])
    assert wire.photo_body(piece, known["settings"]) == json.loads((FIXTURES / "photos.tiktok.json").read_text("utf-8"))


def test_an_entry_that_is_none_is_passed_over() -> None:
    """Without id or instant nothing can be matched."""
    assert wire.listed({"id": "1"}) is None
    assert wire.listed({"create_time": 5}) is None
