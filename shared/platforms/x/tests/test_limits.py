"""X's counting, by the cases that its counting page and its open configuration describe."""

from __future__ import annotations

import pytest

from shared.platforms.x import limits


@pytest.mark.parametrize(
    ("text", "weight"),
    [
        ("", 0),
        ("plain words", 11),
        ("größer", 6),
        ("cafe\u0301", 4),  # NFC makes four of five
        ("東京", 4),
        ("한국", 4),
        ("Ωμέγα", 5),
        ("привет", 6),
        ("“quoted” – dash", 15),
        ("€", 2),
        ("🚀", 2),
        ("🙋🏽", 2),
        ("👨‍👩‍👧‍👦", 2),
        ("🇳🇱", 2),
        ("🏴󠁧󠁢󠁥󠁮󠁧󠁿", 2),
        ("1️⃣", 2),
        ("❤️", 2),
        ("🚀🚀", 4),
        ("https://a.io", 23),
        ("https://example.com/" + "x" * 300, 23),
        ("see example.com now", 31),
        ("(https://example.com/a)", 25),
        ("https://example.com/wiki/A_(b)", 23),
        ("end https://example.com.", 28),
        ("例えばexample.comです", 33),
        ("mail me@example.com", 19),
        ("version 1.2.3", 13),
        ("file.notatld", 12),
        ("#tag.com", 8),
    ],
)
def test_weight(text: str, weight: int) -> None:
    """Each kind of text weighs what X says."""
    assert limits.count(text) == weight


def test_a_host_that_cannot_exist_is_no_link() -> None:
    """60 characters of Japanese are more than the 63 octets that a label may have."""
    assert list(limits.url_spans("http://" + "あ" * 60 + ".com")) == []
    assert list(limits.url_spans("http://" + "あ" * 6 + ".com")) == [(0, 17)]


def test_280_is_reached_by_half_as_many_heavy_characters() -> None:
    """140 characters of Japanese fill a post."""
    assert limits.count("あ" * 140) == limits.MAX_WEIGHT


@pytest.mark.parametrize("text", ["a" * 20_000, "a." * 10_000, "http://x.com/" + "(" * 5_000, "a-" * 10_000])
def test_counting_hostile_text_ends(text: str) -> None:
    """No text makes the counting slow: the test's own time limit says so."""
    assert limits.count(text) > 0
