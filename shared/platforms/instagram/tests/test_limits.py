"""How captions are counted."""

from __future__ import annotations

import pytest

from shared.platforms.instagram import MANIFEST, limits


@pytest.mark.parametrize(("text", "count"), [("", 0), ("Grüße", 5), ("👍🏽", 2), ("a\nb", 3)])
def test_characters_are_code_points(text: str, count: int) -> None:
    """An emoji with a skin tone is two."""
    assert limits.count(text) == count


@pytest.mark.parametrize(
    ("text", "count"),
    [("#one #two", 2), ("#einß,#zwei", 2), ("no#tag", 0), ("#1 is a number", 0), ("#1st", 1), ("&#39;", 0), ("# x", 0)],
)
def test_hashtags(text: str, count: int) -> None:
    """A letter makes it a tag; the middle of a word does not."""
    assert limits.hashtags(text) == count


@pytest.mark.parametrize(
    ("text", "count"), [("@one and @two.three.", 2), ("me@example.com", 0), ("(@one)", 1), ("@@one", 0), ("@", 0)]
)
def test_mentions(text: str, count: int) -> None:
    """Accounts, not e-mail addresses."""
    assert limits.mentions(text) == count


def test_the_manifest_says_the_same() -> None:
    """One number in two places is a drift to come."""
    assert MANIFEST.text.max_length == limits.MAX_CAPTION
    assert MANIFEST.text.max_hashtags == limits.MAX_HASHTAGS
