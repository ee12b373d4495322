"""Publishing to the simulated X, every kind of post and every way to lose an answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared.domain.content import Kind, MediaFacts, MediaType, Parent, Role
from shared.domain.errors import Invalid
from shared.platforms.contract import Absent, Armed, Fate, Published, Ready, Refused, Unsure
from shared.platforms.x import MANIFEST, publish, simulator_posts, timeline, wire
from shared.platforms.x.tests.person import Person, reply_to
from shared.ports.http import AnswerLost, Request, Response
from tests.support import simulated

KEY = "0123456789abcdef0123456789abcde"
HELLO = simulated.piece(Kind.TEXT, "Hello")
JPEG = MediaFacts(MediaType.IMAGE, "image/jpeg")
GIF = MediaFacts(MediaType.IMAGE, "image/gif")
MP4 = MediaFacts(MediaType.VIDEO, "video/mp4")
POLL = {"options": ["this", "that"], "duration_minutes": 60}


@pytest.fixture
def person() -> Person:
    return Person()


def stored(person: Person, post_id: str) -> Mapping[str, Any]:
    return person.world.get("x.post", post_id) or {}


# ------------------------------------------------------------------------------------------------------- kinds


@pytest.mark.parametrize(
    ("text", "media", "options", "kind"),
    [
        ("Hello", (), {}, Kind.TEXT),
        ("", (), {"poll": POLL}, Kind.POLL),
        ("Which?", (), {"poll": POLL}, Kind.POLL),
        ("", (), {"repost_of": "12"}, Kind.REPOST),
        ("", (JPEG,), {}, Kind.IMAGE),
        ("Hello", (JPEG,) * 4, {}, Kind.IMAGE),
        ("", (GIF,), {}, Kind.IMAGE),
        ("", (MP4,), {}, Kind.VIDEO),
    ],
)
def test_kind(text: str, media: tuple[MediaFacts, ...], options: Mapping[str, Any], kind: Kind) -> None:
    """What a post is follows from its media."""
    assert publish.choose_kind(text, media, options) is kind


@pytest.mark.parametrize(
    ("text", "media", "options", "field"),
    [
        ("  ", (), {}, "text"),
        ("Mine", (), {"repost_of": "12"}, "platform_data.repost_of"),
        ("", (JPEG,), {"repost_of": "12"}, "platform_data.repost_of"),
        ("", (), {"repost_of": "https://x.com/i/status/12"}, "platform_data.repost_of"),
        ("a", (MP4, JPEG), {}, "media"),
        ("a", (MP4, MP4), {}, "media"),
        ("a", (GIF, JPEG), {}, "media"),
        ("a", (JPEG,), {"poll": POLL}, "platform_data.poll"),
        ("a", (JPEG,), {"quote_tweet_id": "1"}, "platform_data.quote_tweet_id"),
        ("a", (), {"poll": POLL, "quote_tweet_id": "1"}, "platform_data.quote_tweet_id"),
        ("a", (), {"poll": {**POLL, "options": ["one"]}}, "platform_data.poll"),
        ("a", (), {"poll": {**POLL, "options": ["x" * 26, "y"]}}, "platform_data.poll"),
        ("a", (), {"poll": {**POLL, "duration_minutes": 4}}, "platform_data.poll"),
        ("a", (), {"poll": {**POLL, "color": "red"}}, "platform_data.poll"),
        ("a", (), {"poll": "yes?"}, "platform_data.poll"),
        ("a", (), {"poll": {**POLL, "options": "ab"}}, "platform_data.poll"),
        ("a", (), {"poll": {**POLL, "duration_minutes": 60.0}}, "platform_data.poll"),
        ("a", (), {"tagged_user_ids": ["1"]}, "platform_data.tagged_user_ids"),
        ("a", (JPEG,), {"tagged_user_ids": [str(n) for n in range(11)]}, "platform_data.tagged_user_ids"),
        ("a", (JPEG,), {"tagged_user_ids": ["@rostrum"]}, "platform_data.tagged_user_ids"),
        ("a", (), {"quote_tweet_id": "https://x.com/rostrum/status/1"}, "platform_data.quote_tweet_id"),
        ("a", (), {"in_reply_to_tweet_id": "one"}, "platform_data.in_reply_to_tweet_id"),
        ("a", (), {"community_id": "one"}, "platform_data.community_id"),
    ],
)
def test_what_x_does_not_take(text: str, media: tuple[MediaFacts, ...], options: Any, field: str) -> None:
    """The refusal names the field."""
    with pytest.raises(Invalid) as refused:
        publish.choose_kind(text, media, options)
    assert refused.value.meta["field"] == field


# --------------------------------------------------------------------------------------------------- publishing


def test_a_text_needs_no_preparing(person: Person) -> None:
    """Ready at once, without a request; then one request makes it live, at X's own address."""
    before = len(person.http.sent)
    assert isinstance(publish.prepare(person.call, HELLO, {}), Ready)
    assert len(person.http.sent) == before
    published, _ = person.post(HELLO)
    assert len(person.http.sent) == before + 1
    assert published.permalink == f"https://x.com/rostrum/status/{published.id}"
    assert stored(person, published.id)["text"] == "Hello"
    assert publish.describe(person.call, replace(published, permalink=None)) == published


def test_four_images_with_alt_text(person: Person) -> None:
    """Each image is uploaded, described and attached, in order."""
    photos = tuple(simulated.image(b"photo" * n, alt_text=f"Photo {n}") for n in range(1, 5))
    published, armed = person.post(simulated.piece(Kind.IMAGE, "Four", photos))
    ids = [item["id"] for item in armed.state["media"]]
    assert stored(person, published.id)["media_keys"] == [f"3_{media_id}" for media_id in ids]
    kept = [person.world.get("x.media", media_id) or {} for media_id in ids]
    assert [item["alt_text"] for item in kept] == [f"Photo {n}" for n in range(1, 5)]


def test_a_video_goes_in_segments_and_is_waited_for(person: Person) -> None:
    """9 MB are three segments; the post is not sent before X has processed them."""
    clip = simulated.piece(Kind.VIDEO, "Clip", (simulated.video(b"v" * 9_000_000),))
    published, _ = person.post(clip)
    appended = [request for request in person.http.sent if request.url.endswith("/append")]
    assert [len(request.body) > 600_000 for request in appended if isinstance(request.body, bytes)] == [True] * 3
    assert stored(person, published.id)["media_keys"][0].startswith("7_")
    assert person.world.now > simulated.START + timedelta(seconds=3)


def test_a_gif_is_processed_like_a_video(person: Person) -> None:
    """GIFs go in as tweet_gif."""
    facts = MediaFacts(MediaType.IMAGE, "image/gif", 6)
    published, _ = person.post(simulated.piece(Kind.IMAGE, "", (simulated.media_file(facts, b"GIF89a"),)))
    assert stored(person, published.id)["media_keys"][0].startswith("16_")


def test_a_thread_and_a_first_comment(person: Person) -> None:
    """Each piece answers the one before it; all are one conversation."""
    first, _ = person.post(HELLO)
    second, _ = person.post(reply_to(simulated.piece(Kind.TEXT, "Second"), first))
    third, _ = person.post(reply_to(simulated.piece(Kind.TEXT, "Third"), second, first, role=Role.FIRST_COMMENT))
    assert stored(person, second.id)["references"] == [{"type": "replied_to", "id": first.id}]
    assert stored(person, third.id)["references"] == [{"type": "replied_to", "id": second.id}]
    assert stored(person, third.id)["conversation_id"] == first.id


def test_options_reach_x(person: Person) -> None:
    """A poll, an audience and a quote arrive."""
    polled, _ = person.post(simulated.piece(Kind.TEXT, "?", options={"poll": POLL, "reply_settings": "following"}))
    quoting, _ = person.post(simulated.piece(Kind.TEXT, "Look", options={"quote_tweet_id": polled.id}))
    assert len(stored(person, polled.id)["poll_ids"]) == 1
    assert stored(person, polled.id)["reply_settings"] == "following"
    assert stored(person, quoting.id)["references"] == [{"type": "quoted", "id": polled.id}]


def test_the_same_piece_is_the_same_bytes(person: Person) -> None:
    """A repeated commit sends the very same request."""
    photo = simulated.piece(Kind.IMAGE, "Ünïcode 🚀", (simulated.image(b"photo"),), options={"made_with_ai": True})
    state = person.prepare(photo)
    for _ in range(2):
        publish.commit(person.call, photo, state)
    first, second = [request for request in person.http.sent if request.url.endswith("/tweets")]
    assert first == second


def test_a_success_without_an_id_is_an_unknown_outcome(person: Person) -> None:
    """201 with only errors, or without anything, may have made a post."""
    for body in (b"", b"{}", b'{"errors": []}', b"<html>"):
        person.http.intercept = lambda _, body=body: Response(201, {}, body)
        with pytest.raises(AnswerLost):
            publish.commit(person.call, HELLO, {})


# ----------------------------------------------------------------------------------------------- sandbox faults


@pytest.mark.parametrize(
    ("marker", "fate", "code"),
    [
        ("rate_limited", Fate.LIMITED, "rate_limit"),
        ("token_expired", Fate.UNAUTHORISED, "auth"),
        ("rejected", Fate.REJECTED, "invalid_request"),
        ("server_error", Fate.TRANSIENT, "unavailable"),
    ],
)
def test_a_marker_makes_x_refuse(person: Person, marker: str, fate: Fate, code: str) -> None:
    """The refusal is X's own; nothing is published; all but «rejected» pass the second time."""
    piece = simulated.piece(Kind.TEXT, f"Hi [[sandbox:{marker}]]")
    with pytest.raises(Refused) as refused:
        publish.commit(person.call, piece, {})
    assert (refused.value.fate, refused.value.row.code) == (fate, code)
    assert person.stored() == []
    if marker == "rate_limited":
        assert refused.value.retry_at == person.world.now + timedelta(seconds=2)
    if marker != "rejected":
        publish.commit(person.call, piece, {})
        assert len(person.stored()) == 1


def test_a_slow_answer_arrives(person: Person) -> None:
    """It takes three seconds."""
    publish.commit(person.call, simulated.piece(Kind.TEXT, "Hi [[sandbox:slow]]"), {})
    assert person.world.now == simulated.START + timedelta(seconds=3)


# -------------------------------------------------------------------------------------------------------- find


PIECES: list[Callable[[Person], Any]] = [
    lambda _: simulated.piece(
        Kind.TEXT, "Q&A <live>: example.com/a?b=1&c=2 and https://example.org/ 🚀 [[sandbox:lost_reply]]"
    ),
    lambda _: simulated.piece(Kind.TEXT, "Poll [[sandbox:lost_reply]]", options={"poll": POLL}),
    lambda _: simulated.piece(Kind.IMAGE, "Photo [[sandbox:lost_reply]]", (simulated.image(b"photo"),)),
    lambda _: simulated.piece(Kind.VIDEO, "Clip [[sandbox:lost_reply]]", (simulated.video(b"v" * 100),)),
    lambda p: reply_to(simulated.piece(Kind.TEXT, "Reply [[sandbox:lost_reply]]"), p.post(HELLO)[0]),
    lambda p: simulated.piece(
        Kind.TEXT, "Quote [[sandbox:lost_reply]]", options={"quote_tweet_id": p.post(HELLO)[0].id}
    ),
]


@pytest.mark.parametrize("make", PIECES, ids=["text", "poll", "image", "video", "reply", "quote"])
def test_a_lost_answer_is_found(person: Person, make: Callable[[Person], Any]) -> None:
    """The post went live, the answer did not come: find names exactly that post, among others around it."""
    piece = make(person)
    state = person.prepare(piece)
    person.world.pass_time(1)
    armed = Armed(1, person.world.now, state)
    with pytest.raises(AnswerLost):
        publish.commit(person.call, piece, state)
    lost = person.stored()[-1]
    person.post(simulated.piece(Kind.TEXT, "Something else"))
    found = publish.find(person.call, piece, armed)
    assert isinstance(found, Published)
    assert found.id == lost
    assert found.permalink == wire.permalink("rostrum", lost)


def test_absence_is_proven_by_the_whole_timeline(person: Person) -> None:
    """What was never sent is absent; what an older post says does not count; 250 posts on three pages are read."""
    person.post(HELLO)
    person.world.pass_time(60)
    armed = Armed(1, person.world.now, {})
    for number in range(250):
        person.world.pass_time(30)
        if number % 90 == 0:
            person.world.pass_time(900)
        if person.call.now > person.connected.tokens.expires_at - timedelta(minutes=20):  # type: ignore[operator]
            person.refresh()
        person.post(simulated.piece(Kind.TEXT, f"Post {number}"))
    assert isinstance(publish.find(person.call, HELLO, armed), Absent)
    assert sum("pagination_token" in request.url for request in person.http.sent) == 2


def test_a_post_of_an_earlier_attempt_counts_for_the_later_one(person: Person) -> None:
    """Attempt 2 is refused as a duplicate of attempt 1, which came through late: find sees it."""
    state = person.prepare(HELLO)
    publish.commit(person.call, HELLO, state)
    person.world.pass_time(300)
    again = person.prepare(HELLO, state)
    armed = Armed(2, person.world.now, again)
    with pytest.raises(Refused) as refused:
        publish.commit(person.call, HELLO, again)
    assert (refused.value.fate, refused.value.row.code) == (Fate.UNKNOWN, "duplicate")
    found = publish.find(person.call, HELLO, armed)
    assert isinstance(found, Published)
    assert found.id == person.stored()[0]


def test_a_duplicate_of_somebody_elses_making_is_absent(person: Person) -> None:
    """The text stands there since yesterday: this piece is proven absent, so that the attempts end in failure."""
    person.post(HELLO)
    person.world.pass_time(300)
    state = person.prepare(HELLO)
    with pytest.raises(Refused):
        publish.commit(person.call, HELLO, state)
    assert isinstance(publish.find(person.call, HELLO, Armed(1, person.world.now, state)), Absent)


def test_media_of_an_earlier_upload_still_identify_the_post(person: Person) -> None:
    """The first upload was published late, the second was made because the first ran out: it is the same piece."""
    photo = simulated.piece(Kind.IMAGE, "Photo", (simulated.image(b"photo"),))
    state = person.prepare(photo)
    publish.commit(person.call, photo, state)
    person.world.pass_time(90_000)
    person.refresh()
    again = person.prepare(photo, state)
    assert again["media"][0]["id"] != state["media"][0]["id"]
    found = publish.find(person.call, photo, Armed(2, person.world.now, again))
    assert isinstance(found, Published)
    assert found.id == person.stored()[0]


@pytest.mark.parametrize(
    "listing",
    [
        b"{}",
        b'{"data": [], "meta": {"result_count": 0}, "errors": [{"title": "Internal", "parameter": "id"}]}',
        b'{"data": [], "meta": {"result_count": 0, "next_token": "more"}}',
    ],
    ids=["no meta", "with errors", "never ends"],
)
def test_a_listing_in_part_proves_nothing(person: Person, listing: bytes) -> None:
    """Without an end, with errors, or without its own count, a listing leaves the outcome open."""
    person.http.intercept = lambda _: Response(200, {}, listing)
    assert isinstance(publish.find(person.call, HELLO, Armed(1, person.world.now, {})), Unsure)
    assert len(person.http.sent) <= 2 + timeline._PAGES


def test_a_missing_parent_does_not_make_the_listing_partial(person: Person) -> None:
    """X reports referenced posts that are gone as errors of the expansion."""
    listing = b'{"meta": {"result_count": 0}, "errors": [{"parameter": "referenced_posts", "resource_id": "1"}]}'
    person.http.intercept = lambda _: Response(200, {}, listing)
    assert isinstance(publish.find(person.call, HELLO, Armed(1, person.world.now, {})), Absent)


def test_of_several_matches_it_is_the_first(person: Person) -> None:
    """Two posts with the text: the earlier one is what our request made, whatever X lists first."""
    posts = b'[{"id": "30", "text": "Hello"}, {"id": "20", "text": "Hello"}, {"id": "10", "text": "Hi"}]'
    listing = b'{"data": ' + posts + b', "meta": {"result_count": 3}}'
    person.http.intercept = lambda _: Response(200, {}, listing)
    found = publish.find(person.call, HELLO, Armed(1, person.world.now, {}))
    assert isinstance(found, Published)
    assert found.id == "20"


def test_find_only_reads(person: Person) -> None:
    """Nothing but GET leaves."""
    _, armed = person.post(HELLO)
    before = len(person.http.sent)
    publish.find(person.call, HELLO, armed)
    assert {request.method for request in person.http.sent[before:]} == {"GET"}


# ------------------------------------------------------------------------------------------------------ delete


def test_deleting_twice_is_fine(person: Person) -> None:
    """The second time there is nothing to do; the text is free again."""
    published, _ = person.post(HELLO)
    publish.delete(person.call, published)
    publish.delete(person.call, published)
    assert person.stored() == []
    person.post(HELLO)


def test_a_deletion_that_x_denies_is_an_error(person: Person) -> None:
    """«deleted: false» and another's post are refusals."""
    other = Person("other", person.http)
    published, _ = other.post(HELLO)
    with pytest.raises(Refused):
        publish.delete(person.call, published)
    person.http.intercept = lambda _: Response(200, {}, b'{"data": {"deleted": false}}')
    with pytest.raises(Refused):
        publish.delete(other.call, published)


# ----------------------------------------------------------------------------------------- what X refuses itself


def refusal(person: Person, piece: Any, state: Mapping[str, Any] | None = None) -> Refused:
    with pytest.raises(Refused) as refused:
        publish.commit(person.call, piece, state or {})
    return refused.value


def test_definite_refusals(person: Person) -> None:
    """Too long, a dead parent, a foreign conversation and dead media are rejections, each with its code."""
    other = Person("other", person.http)
    theirs, _ = other.post(simulated.piece(Kind.TEXT, "Mine alone"))
    invited, _ = other.post(simulated.piece(Kind.TEXT, "What do you say, @rostrum?"))
    to = lambda post_id: simulated.piece(Kind.TEXT, "Me too", options={"in_reply_to_tweet_id": post_id})  # noqa: E731
    photo = simulated.piece(Kind.IMAGE, "", (simulated.image(b"p"),))
    cases = {
        "text_too_long": refusal(person, simulated.piece(Kind.TEXT, "あ" * 141)),
        "not_found": refusal(person, replace(HELLO, role=Role.REPLY, parent=Parent("1", {}))),
        "permission_denied": refusal(person, to(theirs.id)),
        "media_invalid": refusal(person, photo, {"media": [{"id": "1"}]}),
    }
    assert {code: (error.fate, error.row.code) for code, error in cases.items()} == {
        code: (Fate.REJECTED, code) for code in cases
    }
    publish.commit(person.call, to(invited.id), {})


def test_the_duplicate_window_ends(person: Person) -> None:
    """After an hour the simulated X takes the same text again."""
    person.post(HELLO)
    person.world.pass_time(simulator_posts.DUPLICATE_SECONDS + 1)
    person.post(HELLO)
    assert len(person.stored()) == 2


def test_intercepted_requests_are_what_the_adapter_sent(person: Person) -> None:
    """The visible request carries the token, JSON, and the manifest's deadline."""
    seen: list[Request] = []
    person.http.intercept = seen.append
    publish.commit(person.call, HELLO, {})
    assert seen[0].headers["Authorization"] == f"Bearer {person.connected.tokens.access}"
    assert seen[0].headers["Content-Type"] == "application/json"
    assert seen[0].read_timeout == MANIFEST.timing.send_deadline
    assert seen[0].body == b'{"text":"Hello"}'


def test_a_repost_of_one_s_own_post_is_found_though_its_id_is_another_s(person: Person) -> None:
    """X gives a repost the id of its source, which is a piece of ours too: what is found is live, under no id of its own."""
    source, _ = person.post(simulated.piece(Kind.TEXT, "Original"))
    piece = simulated.piece(Kind.REPOST, "", options={"repost_of": source.id})
    publish.commit(person.call, piece, {})
    person.world.pass_time(10)
    at = person.world.now - timedelta(seconds=10)
    named = publish.find(person.call, piece, Armed(1, at, {}))
    assert isinstance(named, Published)
    assert named.id == source.id
    found = publish.find(person.call, piece, Armed(1, at, {}, lambda one: one == source.id))
    assert isinstance(found, Published)
    assert (found.id, found.state) == ("", {"repost_of": source.id})
