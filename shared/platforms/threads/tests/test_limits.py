"""Counting as Threads counts."""

from __future__ import annotations

import pytest

from shared.platforms.threads import limits


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("abc", 3),
        ("Grüße", 5),
        ("日本語", 3),
        ("👍", 4),  # https://developers.facebook.com/documentation/threads/posts: an emoji is its UTF-8 bytes
        ("❤️", 6),
        ("a👍b", 6),
        ("\U0001f468‍\U0001f469‍\U0001f467‍\U0001f466", 25),
        ("#1 *", 4),
    ],
)
def test_an_emoji_counts_its_bytes_and_all_else_one(text: str, count: int) -> None:
    """Letters of any script are one each."""
    assert limits.count(text) == count


def test_a_link_counts_once_however_often_it_stands_there() -> None:
    """As the documentation of the limit has it: unique addresses of text and attachment together."""
    assert limits.links("see www.facebook.com", "www.facebook.com") == 1
    assert limits.links("www.instagram.com and https://threads.com.", "https://www.facebook.com") == 3
    assert limits.links("no link") == 0
