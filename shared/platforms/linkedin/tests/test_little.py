"""Little text: what is escaped, what stays an element, and what comes back."""

from __future__ import annotations

import pytest

from shared.platforms.linkedin import little

CASES = [
    ("Plain words", "Plain words"),
    ("Half (or less) of it", r"Half \(or less\) of it"),
    ("a_b * c ~ {d} [e] <f> |g| \\h", r"a\_b \* c \~ \{d\} \[e\] \<f\> \|g\| \\h"),
    ("Write to me@example.com", r"Write to me\@example.com"),
    ("Tagged #harbour today", "Tagged #harbour today"),
    ("We are #1 (again)", r"We are \#1 \(again\)"),
    ("With @[Fern & Moss](urn:li:organization:123) here", "With @[Fern & Moss](urn:li:organization:123) here"),
    ("@[A_B | C* #1](urn:li:organization:1_2)", r"@[A\_B \| C\* \#1](urn:li:organization:1_2)"),
    ("Not a mention: @[x](https://example.com)", r"Not a mention: \@\[x\]\(https://example.com\)"),
]


@pytest.mark.parametrize(("text", "wire"), CASES)
def test_reserved_characters_are_escaped(text: str, wire: str) -> None:
    """An unescaped one would cut the post off without a word."""
    assert little.escaped(text) == wire


@pytest.mark.parametrize(("text", "wire"), CASES)
def test_what_linkedin_gives_back_is_recognised(text: str, wire: str) -> None:
    """Hashtags come back as templates, the rest as it was sent."""
    assert little.canonical(little.templated(wire)) == little.canonical(wire)
    assert little.canonical(wire) != little.canonical(wire + "!")


def test_a_template_is_its_hashtag() -> None:
    """As LinkedIn writes it."""
    assert little.canonical(r"We love {hashtag|\#|harbour} now") == "We love #harbour now"


def test_readers_see_no_escapes() -> None:
    """And mentions by their names."""
    assert little.shown(r"\(with\) @[Fern](urn:li:organization:1)") == "(with) Fern"
