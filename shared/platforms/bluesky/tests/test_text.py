"""Counting, linking and keying a text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.platforms.bluesky import facets, tid
from shared.platforms.bluesky.limits import graphemes


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("abc", 3),
        ("é", 1),
        ("e\u0301", 1),
        ("👨‍👩‍👧‍👦", 1),
        ("👋🏽", 1),
        ("🇩🇪🇧🇷", 2),
        ("\r\n", 1),
        ("नमस्ते", 3),
    ],
)
def test_a_text_is_counted_as_people_see_it(text: str, count: int) -> None:
    """Grapheme clusters, not code points."""
    assert graphemes(text) == count


@given(st.text(max_size=60), st.text(max_size=60))
def test_a_facet_s_bytes_are_its_text(before: str, after: str) -> None:
    """Cut out of the UTF-8 form, a link is the link, whatever stands around it."""
    text = f"{before} https://example.org/x {after}"
    data = text.encode()
    links = [facet for facet in facets.detect(text, {}) if facet["features"][0].get("uri") == "https://example.org/x"]
    assert links
    for facet in links:
        assert data[facet["index"]["byteStart"] : facet["index"]["byteEnd"]] == b"https://example.org/x"


@given(st.text(alphabet="@#$ab.:/() \n👋é1", max_size=80))
def test_facets_never_overlap(text: str) -> None:
    """Whatever the text: in order, apart, inside."""
    end = 0
    for facet in facets.detect(text, dict.fromkeys(facets.handles(text), "did:plc:abc")):
        assert end <= facet["index"]["byteStart"] < facet["index"]["byteEnd"] <= len(text.encode())
        end = facet["index"]["byteEnd"]


@pytest.mark.parametrize(
    ("text", "handles"),
    [
        ("Hi @alice.bsky.social!", ["alice.bsky.social"]),
        ("@A.example.org and @a.Example.org", ["a.example.org"]),
        ("mail me@alice.example.org", []),
        ("@alice", []),
        ("(@bob.example.org)", ["bob.example.org"]),
        ("@alice@mastodon.example", []),
    ],
)
def test_mentions_are_handles(text: str, handles: list[str]) -> None:
    """Only what could be resolved is asked for, once."""
    assert facets.handles(text) == handles


def test_an_unresolved_mention_stays_text() -> None:
    """Nobody of that name: no facet."""
    assert facets.detect("Hi @nobody.example.org", {"nobody.example.org": None}) == []


@given(st.integers(0, (1 << 53) - 1), st.integers(0, (1 << 128) - 1))
def test_record_keys_sort_by_their_second(created_at: int, key: int) -> None:
    """Thirteen characters; a later second sorts later, whatever the keys."""
    early = tid.record_key(created_at, f"{key:032x}")
    late = tid.record_key(min(created_at + (2 << 20), (1 << 53) - 1), f"{key ^ 12345:032x}")
    assert len(early) == 13
    assert early[0] in "234567abcdefghij"
    assert created_at + (2 << 20) >= 1 << 53 or early < late


def test_pieces_of_one_instant_have_different_keys() -> None:
    """A post's pieces are made in the same microsecond, by the thousand if need be."""
    keys = {tid.record_key(1_795_348_800_000_000, f"{number << 98:032x}") for number in range(2000)}
    assert len(keys) == 2000
