"""Uploads survive every interruption."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from shared.domain.content import Kind, MediaFacts, MediaType
from shared.platforms.contract import Fate, Ready, Refused
from shared.platforms.x import publish, uploads
from shared.platforms.x.tests.person import Person
from shared.ports.http import AnswerLost, Request, Response
from tests.support import simulated

CONTENT = b"0123456789" * 900_000  # 9 MB: three segments
CLIP = simulated.piece(Kind.VIDEO, "Clip", (simulated.video(CONTENT),))
PHOTOS = simulated.piece(Kind.IMAGE, "Photos", tuple(simulated.image(b"p" * n, alt_text="A photo") for n in (1, 2)))


@pytest.fixture
def person() -> Person:
    return Person()


def states(person: Person, piece: Any) -> list[Mapping[str, Any]]:
    """Every state that preparing passes through, from none to ready."""
    seen: list[Mapping[str, Any]] = [{}]
    while True:
        step = publish.prepare(person.call, piece, seen[-1])
        seen.append(json.loads(json.dumps(step.state)))  # states are kept as JSON
        if isinstance(step, Ready):
            return seen
        person.world.pass_time(step.seconds)


@pytest.mark.parametrize("piece", [CLIP, PHOTOS], ids=["video", "images"])
def test_from_every_state_preparing_ends_ready(person: Person, piece: Any) -> None:
    """Going on from any saved state, even one that is long passed, leads to a post with these media."""
    seen = states(person, piece)
    for state in seen:
        ready = person.prepare(piece, state)
        assert len(ready["media"]) == len(piece.media)
        published = publish.commit(person.call, piece, ready)
        assert len((person.world.get("x.post", published.id) or {})["media_keys"]) == len(piece.media)


@pytest.mark.parametrize("piece", [CLIP, PHOTOS], ids=["video", "images"])
def test_any_lost_answer_is_repeated(person: Person, piece: Any) -> None:
    """Each upload request in turn has its effect without an answer; preparing from the last saved state succeeds."""
    steps = len(states(person, piece))
    for lost in range(steps):
        state: Mapping[str, Any] = {}
        for number in range(steps * 3):
            person.http.intercept = loses(person) if number == lost else None
            try:
                step = publish.prepare(person.call, piece, state)
            except AnswerLost:
                continue
            state = step.state
            if isinstance(step, Ready):
                break
            person.world.pass_time(step.seconds)
        person.http.intercept = None
        assert isinstance(publish.prepare(person.call, piece, state), Ready), f"lost answer {lost}"


def loses(person: Person) -> Any:
    def intercept(request: Request) -> Response | None:
        person.http._simulate(request)
        raise AnswerLost("in a test")

    return intercept


def test_each_call_sends_at_most_one_request(person: Person) -> None:
    """So that every handle is saved before the next request."""
    state: Mapping[str, Any] = {}
    while True:
        before = len(person.http.sent)
        step = publish.prepare(person.call, CLIP, state)
        assert len(person.http.sent) - before <= 1
        if isinstance(step, Ready):
            break
        state = step.state
        person.world.pass_time(step.seconds)


def test_the_segments_are_the_file(person: Person) -> None:
    """In order, without gap or overlap, and the same bytes when a segment is sent twice."""
    begun = publish.prepare(person.call, CLIP, {}).state
    for _ in range(2):
        publish.prepare(person.call, CLIP, begun)
    assert person.http.sent[-1] == person.http.sent[-2]
    person.http.sent.clear()
    person.prepare(CLIP, begun)
    sent = [request for request in person.http.sent if request.url.endswith("/append")]
    parts = [bytes(request.body).split(b"\r\n\r\n")[-1].rsplit(b"\r\n--", 1)[0] for request in sent]  # type: ignore[arg-type]
    assert b"".join(parts) == CONTENT


def test_an_upload_that_runs_out_is_made_again(person: Person) -> None:
    """A day later the media are gone: prepare notices before anything is sent with them."""
    state = person.prepare(PHOTOS)
    person.world.pass_time(86_400 - 300)
    person.refresh()
    again = person.prepare(PHOTOS, state)
    assert not {item["id"] for item in state["media"]} & {item["id"] for item in again["media"]}
    assert set(again["former"]) == {item["id"] for item in state["media"]}
    publish.commit(person.call, PHOTOS, again)


def test_a_file_that_x_cannot_process_is_rejected(person: Person) -> None:
    """Processing fails: no post is tried, and the code says that it is the media."""
    broken = simulated.piece(Kind.VIDEO, "Clip", (simulated.video(b"corrupt" * 10),))
    with pytest.raises(Refused) as refused:
        person.prepare(broken)
    assert (refused.value.fate, refused.value.row.code) == (Fate.REJECTED, "media_invalid")
    assert person.posts_sent() == 0


def test_a_file_that_x_does_not_take_is_rejected_at_once(person: Person) -> None:
    """A type that is no video is refused at the first step, without starting over."""
    facts = MediaFacts(MediaType.VIDEO, "video/x-msvideo", 10)
    before = len(person.http.sent)
    with pytest.raises(Refused) as refused:
        person.prepare(simulated.piece(Kind.VIDEO, "", (simulated.media_file(facts, b"0123456789"),)))
    assert refused.value.fate is Fate.REJECTED
    assert len(person.http.sent) == before + 1


def test_starting_over_ends(person: Person) -> None:
    """When X refuses the upload again and again, the third refusal stands."""
    refusing = lambda request: Response(400, {}, b"{}") if request.url.endswith("/append") else None  # noqa: E731
    person.http.intercept = refusing
    with pytest.raises(Refused):
        person.prepare(CLIP)
    begun = [request for request in person.http.sent if request.url.endswith("/initialize")]
    assert len(begun) == 1 + uploads._RESTARTS


@pytest.mark.parametrize("status", [401, 429, 503])
def test_a_refusal_that_passes_leaves_the_upload_alone(person: Person, status: int) -> None:
    """Expired tokens, rate limits and X's own trouble are not the upload's fault."""
    state = publish.prepare(person.call, CLIP, {}).state
    person.http.intercept = lambda _: Response(status, {}, b"{}")
    with pytest.raises(Refused):
        publish.prepare(person.call, CLIP, state)
    person.http.intercept = None
    assert person.prepare(CLIP, state)["media"][0]["id"] == state["media"][0]["id"]


@pytest.mark.parametrize("piece", [CLIP, PHOTOS], ids=["video", "images"])
def test_every_step_may_run_twice(person: Person, piece: Any) -> None:
    """Each step's first outcome is never saved: the second leads on, without starting over for ever."""
    state: Mapping[str, Any] = {}
    for _ in range(30):
        publish.prepare(person.call, piece, state)
        step = publish.prepare(person.call, piece, state)
        state = step.state
        if isinstance(step, Ready):
            break
        person.world.pass_time(step.seconds)
    assert publish.commit(person.call, piece, state).id
    assert not state["former"]


def test_a_file_that_x_never_finalized_starts_over(person: Person) -> None:
    """Finalize is refused, and the status knows of no processing: a new upload is begun."""
    state: Mapping[str, Any] = {}
    while not state or state["media"][0]["phase"] != "finalize":
        state = publish.prepare(person.call, CLIP, state).state
    person.http.intercept = lambda _: Response(400, {}, b"{}")
    doubtful = publish.prepare(person.call, CLIP, state).state
    answers = [Response(200, {}, b'{"data": {"id": "1"}}')]
    person.http.intercept = lambda _: answers.pop() if answers else None
    again = publish.prepare(person.call, CLIP, doubtful).state
    assert again["media"][0]["id"] != state["media"][0]["id"]
    assert person.prepare(CLIP, again)["media"][0]["phase"] == "ready"
