"""Which kind a post is, what is refused before YouTube is asked, and how broadcasts and first comments go."""

from __future__ import annotations

import json
from typing import Any

import pytest

from shared.domain.content import Kind, MediaFacts, MediaType, Parent, Role
from shared.domain.errors import Invalid
from shared.platforms._google import simulator as google
from shared.platforms.contract import Absent, Accepted, Armed, Fate, Published, Refused, Unsure, Wait
from shared.platforms.youtube import live, publish, simulator, wire
from shared.platforms.youtube.tests.person import Person, film
from shared.ports.http import AnswerLost, Request, Response
from tests.support import files, simulated

START = {"scheduled_start_time": "2026-12-24T18:00:00Z"}


def _video(width: int | None, height: int | None, seconds: float | None) -> MediaFacts:
    return MediaFacts(MediaType.VIDEO, "video/mp4", 1, width, height, seconds)


@pytest.mark.parametrize(
    ("facts", "kind"),
    [
        (_video(1080, 1920, 60), Kind.SHORT),
        (_video(1080, 1080, 180), Kind.SHORT),
        (_video(1080, 1920, 181), Kind.VIDEO),
        (_video(1920, 1080, 20), Kind.VIDEO),
        (_video(None, None, None), Kind.VIDEO),
    ],
)
def test_the_shape_makes_a_short(facts: MediaFacts, kind: Kind) -> None:
    """Upright or square, three minutes at most."""
    assert publish.choose_kind("Hello", [facts], {}) is kind


def test_a_start_makes_a_broadcast() -> None:
    """With a thumbnail or without; never with a film."""
    image = MediaFacts(MediaType.IMAGE, "image/jpeg", 1)
    assert publish.choose_kind("Tonight", [], START) is Kind.LIVE
    assert publish.choose_kind("Tonight", [image], START) is Kind.LIVE
    with pytest.raises(Invalid):
        publish.choose_kind("Tonight", [_video(1, 1, 1)], START)


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"title": "x" * 101}, "platform_data.title"),
        ({"title": "a < b"}, "platform_data.title"),
        ({"tags": ["x" * 501]}, "platform_data.tags"),
        ({"tags": "one,two"}, "platform_data.tags"),
        ({"privacy_status": "secret"}, "platform_data.privacy_status"),
        ({"privacy_status": "public", "publish_at": "2026-12-24T18:00:00Z"}, "platform_data.privacy_status"),
        ({"publish_at": "tomorrow"}, "platform_data.publish_at"),
        ({"publish_at": "2026-12-24T18:00:00"}, "platform_data.publish_at"),
        ({"made_for_kids": "yes"}, "platform_data.made_for_kids"),
        ({"stream_id": "abc"}, "platform_data.stream_id"),
        ({**START, "publish_at": "2026-12-24T18:00:00Z"}, "platform_data.publish_at"),
    ],
)
def test_what_is_wrong_is_said_before(options: dict[str, Any], field: str) -> None:
    """The field is named, and the remedy."""
    with pytest.raises(Invalid) as invalid:
        publish.choose_kind("Hello", [_video(1920, 1080, 20)], options)
    assert invalid.value.meta["field"] == field


@pytest.mark.parametrize("media", [(), (MediaFacts(MediaType.IMAGE, "image/jpeg", 1),), (_video(1, 1, 1),) * 2])
def test_a_post_is_one_video(media: tuple[MediaFacts, ...]) -> None:
    """Nothing, an image, or two videos are none."""
    with pytest.raises(Invalid):
        publish.choose_kind("Hello", media, {})


@pytest.mark.parametrize(
    ("text", "title"),
    [("One\nTwo", "One"), ("", "Untitled"), ("  \n x", "x"), ("a" * 150, "a" * 99 + "…")],
)
def test_without_a_title_the_first_line_is_one(text: str, title: str) -> None:
    """As far as a title may go."""
    assert wire.title(simulated.piece(Kind.VIDEO, text)) == title


def test_what_youtube_publishes_later_is_private_until_then() -> None:
    """publish_at: nothing to see, and then there is."""
    person = Person()
    options = {"publish_at": "2026-11-22T15:00:00Z"}
    made, _ = person.post(simulated.piece(Kind.VIDEO, "Later", (film(),), options=options))
    assert simulator.seen(person.world, person.id) == []
    person.world.pass_time(3 * 3600)
    assert [seen.id for seen in simulator.seen(person.world, person.id)] == [made.id]


class TestBroadcasts:
    def test_a_draft_is_private_until_it_is_announced(self) -> None:
        """With its thumbnail and its stream; one stream for all of them."""
        person = Person()
        first = simulated.piece(Kind.LIVE, "Tonight", (simulated.image(files.jpeg()),), options=START)
        state = person.prepare(first)
        assert simulator.seen(person.world, person.id) == []
        published = publish.commit(person.call, first, state)
        assert isinstance(published, Published)
        assert published.permalink == f"https://www.youtube.com/watch?v={published.id}"
        assert [seen.text for seen in simulator.seen(person.world, person.id)] == ["Tonight"]
        second = person.prepare(simulated.piece(Kind.LIVE, "Tomorrow", key="b" * 32, options=START))
        assert second["stream"] == state["stream"]
        assert person.requests("POST", "liveStreams") == 1

    def test_an_unlisted_one_is_told_from_its_draft(self) -> None:
        """Not by its privacy but by its description."""
        person = Person()
        piece = simulated.piece(Kind.LIVE, "Tonight", options={**START, "privacy_status": "private"})
        state = person.prepare(piece)
        armed = Armed(1, person.world.now, state)
        assert isinstance(publish.find(person.call, piece, armed), Absent)
        publish.commit(person.call, piece, state)
        assert isinstance(publish.find(person.call, piece, armed), Published)

    def test_a_draft_whose_answer_was_lost_is_found_again(self) -> None:
        """It is not made twice."""
        person = Person()
        piece = simulated.piece(Kind.LIVE, "Tonight", options=START)
        state: dict[str, Any] = {}
        while "stream" not in state:
            state = dict(publish.prepare(person.call, piece, state).state)

        def lose(request: Request) -> Response | None:
            simulator.handle(request, person.world)
            raise AnswerLost("reset")

        person.http.intercept = lose
        state = dict(publish.prepare(person.call, piece, state).state)
        person.http.intercept = None
        assert state["doubtful"]
        publish.commit(person.call, piece, person.prepare(piece, state))
        assert person.requests("POST", "liveBroadcasts?") == 1
        assert len(simulator.seen(person.world, person.id)) == 1

    def test_a_start_that_is_over_is_refused(self) -> None:
        """By YouTube, in words that we know."""
        person = Person()
        past = {"scheduled_start_time": "2026-11-01T00:00:00Z"}
        with pytest.raises(Refused) as refused:
            person.prepare(simulated.piece(Kind.LIVE, "Too late", options=past))
        assert (refused.value.fate, refused.value.row.code) == (Fate.REJECTED, "start_time_invalid")

    def test_a_stream_of_one_s_own_is_bound(self) -> None:
        """A stream that is not the channel's is refused."""
        person = Person()
        with pytest.raises(Refused) as refused:
            person.prepare(simulated.piece(Kind.LIVE, "Hi", options={**START, "stream_id": "nobody's"}))
        assert refused.value.row.code == "not_found"


def test_a_first_comment_is_found_and_deleted() -> None:
    """Among those of others."""
    person = Person()
    video, _ = person.post(simulated.piece(Kind.VIDEO, "A film", (film(),)))
    parent = Parent(video.id, video.state)
    comment = simulated.piece(Kind.TEXT, "First!", role=Role.FIRST_COMMENT, root=parent, parent=parent)
    armed = Armed(1, person.world.now, {})
    assert isinstance(publish.find(person.call, comment, armed), Absent)
    simulator.visit(person.world, video.id, "First!")
    assert isinstance(publish.find(person.call, comment, armed), Absent)
    made = publish.commit(person.call, comment, {})
    assert isinstance(made, Published)
    found = publish.find(person.call, comment, armed)
    assert isinstance(found, Published)
    assert found.id == made.id
    publish.delete(person.call, found)
    publish.delete(person.call, found)
    assert isinstance(publish.find(person.call, comment, armed), Absent)


def test_comments_are_off_on_what_is_made_for_kids() -> None:
    """YouTube says so."""
    person = Person()
    video, _ = person.post(simulated.piece(Kind.VIDEO, "For kids", (film(),), options={"made_for_kids": True}))
    parent = Parent(video.id, video.state)
    with pytest.raises(Refused) as refused:
        person.post(simulated.piece(Kind.TEXT, "First!", role=Role.FIRST_COMMENT, root=parent, parent=parent))
    assert (refused.value.fate, refused.value.row.code) == (Fate.REJECTED, "comments_disabled")


def test_a_broadcast_is_announced_by_one_request_that_may_be_repeated() -> None:
    """The same bytes, the same broadcast."""
    person = Person()
    piece = simulated.piece(Kind.LIVE, "Tonight", options=START)
    state = person.prepare(piece)
    assert live.commit(person.call, piece, state).id == live.commit(person.call, piece, state).id
    assert len(simulator.seen(person.world, person.id)) == 1


def test_a_broadcast_that_is_told_in_part_is_not_known_to_be_announced() -> None:
    """Without its description nobody knows."""
    person = Person()
    piece = simulated.piece(Kind.LIVE, "Tonight", options=START)
    armed = Armed(1, person.world.now, person.prepare(piece))
    body = {"items": [{"id": armed.state["broadcast"], "status": {"privacyStatus": "private"}}]}
    person.http.intercept = lambda request: Response(200, {}, json.dumps(body).encode())
    assert isinstance(publish.find(person.call, piece, armed), Unsure)


def test_a_comment_of_which_only_the_id_is_known_is_deleted_as_one() -> None:
    """A person said that it is live: as a video it would be «gone already», and stay."""
    person = Person()
    video, _ = person.post(simulated.piece(Kind.VIDEO, "A film", (film(),)))
    parent = Parent(video.id, video.state)
    first, _ = person.post(simulated.piece(Kind.TEXT, "First!", role=Role.FIRST_COMMENT, root=parent, parent=parent))
    told = publish.describe(person.call, Published(first.id, None, {}))
    assert told.permalink is None
    publish.delete(person.call, told)
    assert [seen.id for seen in simulator.seen(person.world, person.id)] == [video.id]


REFUSALS = (
    google.error(404, "videoNotFound", "No.", "youtube.video"),
    google.error(403, "forbidden", "No.", "youtube.video"),
    google.error(403, "accessNotConfigured", "No.", "usageLimits"),
)


@pytest.mark.parametrize("answer", REFUSALS, ids=["gone", "forbidden", "disabled"])
def test_a_question_that_is_refused_says_nothing_of_the_post(answer: Response) -> None:
    """It was taken: calling it failed would have it sent twice."""
    person = Person()
    piece = simulated.piece(Kind.VIDEO, "A film", (film(),))
    outcome = publish.commit(person.call, piece, person.prepare(piece))
    assert isinstance(outcome, Accepted)
    person.http.intercept = lambda request: answer
    waiting = publish.confirm(person.call, piece, outcome.state)
    assert isinstance(waiting, Wait)
    person.http.intercept = None
    person.world.pass_time(600)
    assert isinstance(publish.confirm(person.call, piece, waiting.state), Published)
