"""The mapping between our words and X's."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from shared.domain.content import Kind, Parent, Role
from shared.platforms.x import wire
from shared.platforms.x.tests.fixtures import pairs
from tests.support import simulated

POSTS = [*pairs("post_"), *pairs("long_")]
TEXT = simulated.piece(Kind.TEXT, "Q&A at https://example.com/live?room=1&lang=en: 3 < 4 example.org")
LISTED = next(theirs for name, theirs, _ in POSTS if name == "post_with_links_and_escapes")


@pytest.mark.parametrize(("theirs", "ours"), [(t, o) for _, t, o in POSTS], ids=[name for name, _, _ in POSTS])
def test_a_listed_post_is_read_as_its_author_wrote_it(theirs: dict[str, Any], ours: dict[str, Any]) -> None:
    """Text and references come out the same in either vocabulary of the API."""
    assert wire.plain_text(theirs) == ours["text"]
    assert wire.references(theirs) == ours["references"]


def test_a_text_is_recognised_through_everything_x_does_to_it() -> None:
    """Escapes, t.co and an added http:// do not hide a post from its author."""
    assert wire.matches(TEXT, [], LISTED)
    assert not wire.matches(replace(TEXT, text=TEXT.text + "!"), [], LISTED)


@pytest.mark.parametrize(
    "difference",
    [
        {"referenced_posts": [{"type": "replied_to", "id": "1"}]},
        {"conversation_id": "1"},
        {"attachments": {"media_keys": ["3_1"]}},
        {"attachments": {"poll_ids": ["1"]}},
        {"referenced_posts": [{"type": "retweeted", "id": "1"}]},
    ],
)
def test_the_same_words_elsewhere_are_another_post(difference: dict[str, Any]) -> None:
    """A reply, a post with media, one with a poll and a repost are not the plain post with that text."""
    assert not wire.matches(TEXT, [], {**LISTED, **difference})


def test_a_reply_is_recognised_by_what_it_answers() -> None:
    """Only a reply to the parent counts; where X leaves the reference out, being a reply is enough."""
    reply = replace(TEXT, role=Role.REPLY, parent=Parent("7", {}), root=Parent("5", {}))
    right = {**LISTED, "conversation_id": "5", "referenced_posts": [{"type": "replied_to", "id": "7"}]}
    wrong = {**right, "referenced_posts": [{"type": "replied_to", "id": "6"}]}
    silent = {**LISTED, "conversation_id": "5"}
    assert [wire.matches(reply, [], post) for post in (right, wrong, silent, LISTED)] == [True, False, True, False]


def test_an_answer_is_recognised_behind_the_names_that_x_sets_before_it() -> None:
    """«@bob Hello» is what X tells of «Hello» to bob; in a post of its own a name is a word like others."""
    reply = replace(TEXT, text="Hello", role=Role.REPLY, parent=Parent("7", {}), root=Parent("7", {}))
    place = {"id": "9", "conversation_id": "7", "referenced_posts": [{"type": "replied_to", "id": "7"}]}
    for text in ("Hello", "@bob Hello", "@bob @ann_1 Hello"):
        assert wire.matches(reply, [], {**place, "text": text}), text
        assert wire.matches(replace(reply, text="@ann_1 Hello"), [], {**place, "text": text}), text
    for text in ("@bob Hello!", "@bob", "Well, @bob Hello"):
        assert not wire.matches(reply, [], {**place, "text": text}), text
    assert wire.matches(replace(reply, text="@ann_1"), [], {**place, "text": "@bob @ann_1"})
    assert not wire.matches(replace(TEXT, text="Hello"), [], {"id": "9", "text": "@bob Hello"})


def test_media_are_proof_whatever_the_text() -> None:
    """All attached uploads are ours: it is the post. One foreign upload, or one too few: it is not."""
    photos = (simulated.image(b"a"), simulated.image(b"b"))
    piece = simulated.piece(Kind.IMAGE, "Two", photos)
    listed = {"id": "9", "text": "Zwei", "attachments": {"media_keys": ["3_11", "3_12"]}}
    assert wire.matches(piece, ["10", "11", "12"], listed)
    assert not wire.matches(piece, ["11"], listed)
    assert not wire.matches(piece, ["11", "12"], {**listed, "attachments": {"media_keys": ["3_11"]}})
    assert not wire.matches(piece, ["11", "12"], {"id": "9", "text": "Two"})


def test_a_link_to_a_post_may_be_the_authors_own() -> None:
    """X makes a quote of a post that ends with a link to another: the text with the link is recognised too."""
    listed = next(theirs for name, theirs, _ in POSTS if name == "post_that_quotes")
    written = simulated.piece(Kind.TEXT, "Worth reading https://x.com/someone/status/1800000000000000000")
    asked = simulated.piece(Kind.TEXT, "Worth reading", options={"quote_tweet_id": "1800000000000000000"})
    other = simulated.piece(Kind.TEXT, "Worth reading", options={"quote_tweet_id": "1800000000000000009"})
    assert [wire.matches(piece, [], listed) for piece in (written, asked, other)] == [True, True, False]


def test_options_of_a_post_stay_with_its_first_piece() -> None:
    """Quote, poll and audience belong to the first piece; disclosures to each."""
    options = {"reply_settings": "following", "quote_tweet_id": "4", "made_with_ai": True, "paid_partnership": None}
    first = simulated.piece(Kind.TEXT, "One", options=options)
    second = replace(first, text="Two", role=Role.REPLY, parent=Parent("9", {}))
    assert wire.create_body(first, []) == {
        "text": "One",
        "reply_settings": "following",
        "quote_tweet_id": "4",
        "made_with_ai": True,
    }
    assert wire.create_body(second, ["5"]) == {
        "text": "Two",
        "made_with_ai": True,
        "media": {"media_ids": ["5"]},
        "reply": {"in_reply_to_tweet_id": "9"},
    }


def test_ids_are_times() -> None:
    """A real post of 2019-12-31 19:26:16 lies between the first ids of that second and the next."""
    second = datetime(2019, 12, 31, 19, 26, 16, tzinfo=UTC)
    assert wire.first_id_at(second) <= 1212092628029698048 < wire.first_id_at(second.replace(second=17))
    assert wire.first_id_at(datetime(2001, 1, 1, tzinfo=UTC)) == 0
