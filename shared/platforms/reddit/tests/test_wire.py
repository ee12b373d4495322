"""Titles, bodies, forms, and recognising what a listing shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from shared.domain.content import Kind, MediaFacts, MediaType
from shared.domain.errors import Invalid
from shared.platforms.reddit import errors, publish, uploads, wire
from tests.support import simulated

JPEG = MediaFacts(MediaType.IMAGE, "image/jpeg")
MP4 = MediaFacts(MediaType.VIDEO, "video/mp4")
POLL = {"options": ["this", "that"]}


@pytest.mark.parametrize(
    ("text", "options", "title", "body"),
    [
        ("Hello", {}, "Hello", ""),
        ("Hello\n\nand more", {}, "Hello", "Hello\n\nand more"),
        ("and more", {"title": "Hello"}, "Hello", "and more"),
        ("", {"title": "Hello"}, "Hello", ""),
        ("a" * 301, {}, "a" * 299 + "…", "a" * 301),
    ],
)
def test_a_text_becomes_title_and_body(text: str, options: Mapping[str, Any], title: str, body: str) -> None:
    """Without a title the first line is it; nothing of the text is lost."""
    piece = simulated.piece(Kind.TEXT, text, options=options)
    assert (wire.title_of(piece), wire.body_of(piece)) == (title, body)


@pytest.mark.parametrize(
    ("text", "media", "options", "kind"),
    [
        ("Hello", (), {}, Kind.TEXT),
        ("", (), {"title": "Hello"}, Kind.TEXT),
        ("Hello", (), {"url": "https://example.com"}, Kind.LINK),
        ("Which?", (), {"poll": POLL}, Kind.POLL),
        ("Hello", (JPEG,), {}, Kind.IMAGE),
        ("Hello", (JPEG, JPEG), {}, Kind.CAROUSEL),
        ("Hello", (MP4,), {}, Kind.VIDEO),
        ("Hello", (MP4, JPEG), {}, Kind.VIDEO),
    ],
)
def test_kind(text: str, media: tuple[MediaFacts, ...], options: Mapping[str, Any], kind: Kind) -> None:
    """What a post is follows from its options and media."""
    assert publish.choose_kind(text, media, options) is kind


@pytest.mark.parametrize(
    ("text", "media", "options", "field"),
    [
        ("", (), {}, "text"),
        ("", (JPEG,), {}, "text"),
        ("a", (MP4, MP4), {}, "media"),
        ("a", (JPEG, MP4), {}, "media"),
        ("a", (JPEG,), {"url": "https://example.com"}, "platform_data.url"),
        ("a", (JPEG,), {"poll": POLL}, "platform_data.poll"),
        ("a", (), {"poll": POLL, "url": "https://example.com"}, "platform_data.poll"),
        ("a", (), {"url": "example.com"}, "platform_data.url"),
        ("a", (), {"poll": {"options": ["one"]}}, "platform_data.poll"),
        ("a", (), {"poll": {**POLL, "duration_days": 8}}, "platform_data.poll"),
        ("a", (), {"poll": {**POLL, "colour": "red"}}, "platform_data.poll"),
        ("a", (), {"subreddit": "https://reddit.com/r/test"}, "platform_data.subreddit"),
        ("a", (), {"title": "x" * 301}, "platform_data.title"),
        ("a", (), {"flair_text": "x" * 65}, "platform_data.flair_text"),
        ("a", (), {"nsfw": "yes"}, "platform_data.nsfw"),
    ],
)
def test_what_reddit_would_refuse(
    text: str, media: tuple[MediaFacts, ...], options: Mapping[str, Any], field: str
) -> None:
    """Said before anything is sent, and which field it is."""
    with pytest.raises(Invalid) as invalid:
        publish.choose_kind(text, media, options)
    assert invalid.value.meta["field"] == field


@pytest.mark.parametrize("name", ["test", "r/test", "/r/test/", "u_rostrum"])
def test_a_community_is_named_in_many_ways(name: str) -> None:
    """All of them go out as the bare name."""
    piece = simulated.piece(Kind.TEXT, options={"subreddit": name})
    assert wire.subreddit_of(piece, "rostrum") == name.strip("/").removeprefix("r/")


def test_without_a_community_it_is_the_own_profile() -> None:
    """Which is a community too."""
    assert wire.subreddit_of(simulated.piece(Kind.TEXT), "rostrum") == "u_rostrum"


def _listed(**changes: Any) -> dict[str, Any]:
    post = {
        "subreddit": "u_rostrum",
        "title": "Hello",
        "selftext": "",
        "is_self": True,
        "url": "https://x",
        "name": "t3_1",
    }
    return {**post, **changes}


@pytest.mark.parametrize(
    ("changes", "mine"),
    [
        ({}, True),
        ({"subreddit": "U_Rostrum"}, True),
        ({"title": "Hello "}, True),
        ({"title": "Hello!"}, False),
        ({"subreddit": "test"}, False),
        ({"selftext": "more"}, False),
        ({"is_self": False}, False),
        ({"poll_data": {"options": []}}, False),
    ],
)
def test_a_listed_post_is_ours_or_not(changes: Mapping[str, Any], mine: bool) -> None:
    """By community, title, body and kind."""
    assert wire.is_piece(simulated.piece(Kind.TEXT, "Hello"), "rostrum", (), _listed(**changes)) is mine


def test_a_gallery_is_known_by_its_uploads() -> None:
    """Their ids are ours alone."""
    piece = simulated.piece(Kind.CAROUSEL, "Hello")
    shown = _listed(is_self=False, is_gallery=True, gallery_data={"items": [{"media_id": "a"}, {"media_id": "b"}]})
    assert wire.is_piece(piece, "rostrum", ["a", "b"], shown)
    assert not wire.is_piece(piece, "rostrum", ["a", "c"], shown)


@pytest.mark.parametrize(
    ("made", "name"),
    [
        ({"id": "abc", "name": "t3_abc", "url": "https://www.reddit.com/r/test/comments/abc/x/"}, "t3_abc"),
        ({"id": "t3_abc"}, "t3_abc"),
        ({"url": "https://www.reddit.com/r/test/comments/abc/x/"}, "t3_abc"),
        ({"id": "def", "name": "t1_def"}, "t1_def"),
        ({}, ""),
    ],
)
def test_the_name_of_what_was_made(made: Mapping[str, Any], name: str) -> None:
    """Each form answers it in another place."""
    assert wire.fullname(made) == name


def test_the_plain_poster_is_a_picture() -> None:
    """A video that comes without one goes out with it."""
    file = uploads.poster()
    assert file.bytes().startswith(b"\x89PNG\r\n\x1a\n")
    assert file.facts.size == len(file.bytes())


def test_every_code_has_one_row() -> None:
    """A code that stood in two rows would mean what comes last."""
    codes = [code for listed in errors._BY_CODE.values() for code in listed.split()]
    assert len(codes) == len(set(codes))
