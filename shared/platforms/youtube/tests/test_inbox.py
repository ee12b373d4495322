"""Comments page by page, what may be done with them, and resources that callers look up."""

from __future__ import annotations

import json
from typing import Any

import pytest

from shared.domain.content import Act, Kind
from shared.domain.errors import Invalid
from shared.platforms.contract import Absent, Armed, Published, Refused, Unsure
from shared.platforms.contract_inbox import Comment
from shared.platforms.youtube import inbox, metrics, oauth, resources, simulator
from shared.platforms.youtube.tests.person import Person, film
from shared.ports.http import AnswerLost, Request, Response
from tests.support import files, simulated


@pytest.fixture
def person() -> Person:
    return Person()


@pytest.fixture
def video(person: Person) -> Published:
    made, _ = person.post(simulated.piece(Kind.VIDEO, "Talk", (film(),)))
    return made


def _all(person: Person, video: Published) -> list[Comment]:
    found: list[Comment] = []
    cursor = ""
    while True:
        page = inbox.comments(person.call, video, cursor)
        assert len(page.items) <= 50
        found += page.items
        cursor = page.next
        if not cursor:
            return found


def test_every_comment_and_reply_is_read(person: Person, video: Published) -> None:
    """More threads than a page has, and more replies than a thread shows."""
    ids = {simulator.visit(person.world, video.id, f"Comment {number}") for number in range(20)}
    top = min(ids)
    for number in range(60):
        made, _ = person.do("inbox", Act("comment.reply", top, f"Reply {number}"))
        ids.add(made.id)
    read = _all(person, video)
    assert sorted(comment.id for comment in read) == sorted(ids)  # each once
    assert {comment.parent_id for comment in read if comment.own} == {top}
    assert all("comment.delete" in comment.can for comment in read if comment.own)
    assert all("comment.hide" in comment.can for comment in read if not comment.own)


@pytest.mark.parametrize(
    "cursor", ["x", "[]", '{"t": ""}', '{"t": "", "p": 5, "r": ""}', '{"t": 1, "p": [{}], "r": ""}', "[" * 100_000]
)
def test_a_cursor_of_somebody_else_s_is_refused(person: Person, video: Published, cursor: str) -> None:
    """In words."""
    with pytest.raises(Invalid):
        inbox.comments(person.call, video, cursor)


def test_others_cannot_be_deleted(person: Person, video: Published) -> None:
    """Only hidden."""
    theirs = simulator.visit(person.world, video.id, "Spam")
    with pytest.raises(Refused) as refused:
        person.do("inbox", Act("comment.delete", theirs))
    assert refused.value.row.code == "forbidden"
    person.do("inbox", Act("comment.hide", theirs, handles={"video": video.id, "thread": theirs}))
    assert _all(person, video) == []


def test_two_comments_alike_are_told_apart_by_nobody(person: Person, video: Published) -> None:
    """The same words twice since the arming: somebody has to look."""
    armed = Armed(1, person.world.now, {})
    act = Act("comment.create", video.id, "Thanks")
    for _ in range(2):
        person.do("inbox", act)
    assert isinstance(inbox.find(person.call, act, armed), Unsure)


def test_a_caption_track_is_there_once(person: Person, video: Published) -> None:
    """A second one of its language and name is refused; what was never added is absent."""
    act = Act("caption.insert", video.id, "", {"language": "en", "captions": "WEBVTT"}, key="a" * 32)
    other = Act("caption.insert", video.id, "", {"language": "de", "captions": "WEBVTT"}, key="b" * 32)
    made, armed = person.do("resources", act)
    with pytest.raises(Refused) as refused:
        person.do("resources", act)
    assert refused.value.row.code == "duplicate"
    found = resources.find(person.call, act, armed)
    assert isinstance(found, Published)
    assert found.id == made.id
    assert isinstance(resources.find(person.call, other, armed), Absent)
    assert len(resources.read(person.call, "captions", {"video_id": video.id}, "").items) == 1


def test_a_thumbnail_is_one_image(person: Person, video: Published) -> None:
    """Without one there is nothing to set."""
    with pytest.raises(Invalid):
        person.do("resources", Act("thumbnail.set", video.id))
    act = Act("thumbnail.set", video.id, media=(simulated.image(files.jpeg()),))
    armed = Armed(1, person.world.now, resources.prepare(person.call, act, {}).state)
    assert isinstance(resources.find(person.call, act, armed), Absent)
    person.do("resources", act)
    assert isinstance(resources.find(person.call, act, armed), Published)


def test_a_second_thumbnail_is_set_again_rather_than_lost(person: Person, video: Published) -> None:
    """YouTube does not say which picture it shows: the one before proves nothing."""
    act = Act("thumbnail.set", video.id, media=(simulated.image(files.jpeg()),))
    person.do("resources", act)
    armed = Armed(1, person.world.now, resources.prepare(person.call, act, {}).state)
    assert isinstance(resources.find(person.call, act, armed), Absent)
    person.http.intercept = lambda request: Response(200, {}, b"{}") if "thumbnails/set" in request.url else None
    with pytest.raises(AnswerLost):
        resources.commit(person.call, act, armed.state)


def _told_as(person: Person, **changes: Any) -> None:
    """From now on YouTube tells of comments with these changes of the snippet; None takes a field away."""

    def tell(request: Request) -> Response | None:
        if request.method != "GET" or "omment" not in request.url:
            return None
        answer = simulator.handle(request, person.world)
        body = json.loads(answer.body)
        for item in body["items"]:
            snippet = item["snippet"].get("topLevelComment", item)["snippet"]
            snippet.update(changes)
            for name in [name for name, value in snippet.items() if value is None]:
                del snippet[name]
        return Response(answer.status, answer.headers, json.dumps(body).encode())

    person.http.intercept = tell


def test_words_that_youtube_shows_otherwise_are_no_absence(person: Person, video: Published) -> None:
    """«Even the plain text representation may differ from the text originally posted» (commentThreads' reference)."""
    act = Act("comment.create", video.id, "See  https://youtu.be/x\r\n")
    made, armed = person.do("inbox", act)
    _told_as(person, textOriginal="See https://youtu.be/x")
    found = inbox.find(person.call, act, armed)
    assert isinstance(found, Published)
    assert found.id == made.id
    _told_as(person, textOriginal=None, textDisplay="See A film")
    assert isinstance(inbox.find(person.call, act, armed), Unsure)
    known = Armed(1, armed.at, {}, lambda one: one == made.id)
    assert isinstance(inbox.find(person.call, act, known), Absent)
    _told_as(person, textOriginal=act.text, publishedAt=None)
    assert isinstance(inbox.find(person.call, act, armed), Unsure)


def test_a_comment_that_youtube_holds_back_is_found(person: Person, video: Published) -> None:
    """Its own list is empty of it, and still it is there: it must not be written twice."""
    act = Act("comment.create", video.id, "Hello")
    made, armed = person.do("inbox", act)
    person.do("inbox", Act("comment.hide", made.id))
    found = inbox.find(person.call, act, armed)
    assert isinstance(found, Published)
    assert found.id == made.id


def test_under_somebody_else_s_video_absence_is_never_proven(person: Person) -> None:
    """Its owner may hold comments back, and does not show them to their author."""
    other = Person("somebody", person.http)
    video, _ = other.post(simulated.piece(Kind.VIDEO, "Theirs", (film(),)))
    thread = simulator.visit(person.world, video.id, "Hi")
    armed = Armed(1, person.world.now, {})
    assert isinstance(inbox.find(person.call, Act("comment.create", video.id, "Hello"), armed), Unsure)
    assert isinstance(inbox.find(person.call, Act("comment.reply", thread, "Hello"), armed), Unsure)
    made, armed = person.do("inbox", Act("comment.create", video.id, "Hello"))
    other.do("inbox", Act("comment.hide", made.id))
    assert isinstance(inbox.find(person.call, Act("comment.create", video.id, "Hello"), armed), Unsure)


def test_too_many_held_threads_prove_nothing(person: Person, video: Published) -> None:
    """Showing one is done again rather than taken for done."""
    held = simulator.visit(person.world, video.id, "Spam")
    act = Act("comment.unhide", held, handles={"video": video.id, "thread": held})
    page = {"kind": "youtube#commentThreadListResponse", "items": [{"id": "x"}], "nextPageToken": "more"}
    person.http.intercept = lambda request: Response(200, {}, json.dumps(page).encode())
    assert isinstance(inbox.find(person.call, act, Armed(1, person.world.now, {})), Absent)


@pytest.mark.parametrize("told", [{"name": None}, {"language": "EN"}, {"name": " "}])
def test_a_track_as_youtube_tells_it_is_ours(person: Person, video: Published, told: dict[str, Any]) -> None:
    """An empty name may be left out: a track that is there must not be refused as a duplicate."""
    act = Act("caption.insert", video.id, "", {"language": "en", "captions": "WEBVTT"}, key="a" * 32)
    made, armed = person.do("resources", act)
    track = {"id": made.id, "snippet": {"language": "en", "lastUpdated": made.raw["snippet"]["lastUpdated"], **told}}
    person.http.intercept = lambda request: Response(200, {}, json.dumps({"items": [track]}).encode())
    assert isinstance(resources.find(person.call, act, armed), Published)


def test_a_playlist_s_title_is_told_without_its_margins(person: Person) -> None:
    """It is the same playlist, and is not made twice."""
    act = Act("playlist.create", "", " My list\n")
    made, armed = person.do("resources", act)
    told = {**made.raw, "snippet": {**made.raw["snippet"], "title": "My list"}}
    person.http.intercept = lambda request: Response(200, {}, json.dumps({"items": [told]}).encode())
    assert isinstance(resources.find(person.call, act, armed), Published)


def test_counts_without_analytics_stand_alone(person: Person, video: Published) -> None:
    """A person who unticked that box sees the public figures."""
    person.world.pass_time(3000)
    whole = metrics.post(person.call, video)
    person.http.intercept = lambda request: Response(403, {}, b"{}") if "youtubeanalytics" in request.url else None
    without = metrics.post(person.call, video)
    assert whole.shares is not None
    assert without.shares is None
    assert (without.views, without.likes) == (whole.views, whole.likes)


def test_a_video_that_is_gone_has_no_counts(person: Person) -> None:
    """YouTube answers an empty list."""
    with pytest.raises(Refused) as refused:
        metrics.post(person.call, Published("00000000000"))
    assert refused.value.row.code == "not_found"


def test_an_account_without_the_scope_is_not_connected() -> None:
    """Google lets people untick boxes."""
    person = Person()
    seed = simulator.seed(person.world, "rostrum")
    only = "https://www.googleapis.com/auth/yt-analytics.readonly"
    held = dict(person.world.values)
    for (kind, key), value in held.items():
        if kind == "yt.code" and value["scope"]:
            person.world.put(kind, key, {**value, "scope": only})
    nobody = simulated.call_for(person.http, None)
    with pytest.raises(Refused) as refused:
        oauth.exchange(nobody, seed["code"], seed["redirect_uri"], seed["verifier"])
    assert refused.value.row.code == "permission_denied"


@pytest.mark.parametrize(
    "act",
    [
        Act("playlist.create", "", "My list"),
        Act("playlist_item.add", "PL", "", {"video_id": "v"}),
        Act("caption.insert", "v", "", {"language": "en", "captions": "WEBVTT"}),
    ],
)
def test_what_is_told_without_its_time_may_be_ours(person: Person, act: Act) -> None:
    """Neither taken for ours nor for absent."""
    told = {"title": "My list", "language": "en", "name": "", "resourceId": {"videoId": "v"}}
    body = json.dumps({"items": [{"id": "x", "snippet": told}]}).encode()
    person.http.intercept = lambda request: Response(200, {}, body)
    assert isinstance(resources.find(person.call, act, Armed(1, person.world.now, {})), Unsure)


def test_the_same_words_later_are_somebody_else_s(person: Person, video: Published) -> None:
    """A request that was armed ten minutes before cannot have made them; nor are they nothing."""
    armed = Armed(1, person.world.now, {})
    person.world.pass_time(600)
    act = Act("comment.create", video.id, "Thanks")
    person.do("inbox", act)
    assert isinstance(inbox.find(person.call, act, armed), Unsure)
