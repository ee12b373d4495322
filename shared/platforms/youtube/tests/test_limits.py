"""How YouTube counts."""

from __future__ import annotations

from shared.platforms.youtube import limits


def test_descriptions_are_counted_in_bytes() -> None:
    """A letter of two bytes counts two, an emoji of four counts four."""
    assert limits.count("aé😀") == 7


def test_tags_are_counted_together() -> None:
    """Commas between them, quotes around those with a space."""
    assert limits.count_tags([]) == 0
    assert limits.count_tags(["one", "two"]) == 7
    assert limits.count_tags(["one two"]) == 9
