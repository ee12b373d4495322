"""Pins, boards and tokens against the simulated Pinterest."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from shared.domain.content import Act, Kind, Piece
from shared.domain.errors import Invalid
from shared.platforms.contract import Absent, Armed, Fate, Published, Refused, Unsure
from shared.platforms.pinterest import metrics, oauth, publish, resources, simulator, uploads
from shared.platforms.pinterest.tests.person import BOARD, Person
from shared.ports.http import AnswerLost, Request, Response
from tests.support import simulated


@pytest.fixture
def person() -> Person:
    return Person()


def pin(text: str = "Hello", **options: Any) -> Piece:
    return simulated.piece(Kind.IMAGE, text, (simulated.image(b"jpeg"),), options={"board_id": BOARD, **options})


def test_a_pin_in_a_section_is_found_there(person: Person) -> None:
    """The section's own list settles it."""
    section = resources.read(person.call, "board_sections", {"board_id": BOARD}, "").items[0]["id"]
    piece = pin(board_section_id=section, title="In spring", link="https://example.com/spring")
    made, armed = person.post(piece)
    found = person.find(piece, armed)
    assert isinstance(found, Published)
    assert found.id == made.id
    assert isinstance(person.find(pin("Elsewhere", board_section_id=section), armed), Absent)


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"board_id": "1"}, "board_unknown"),
        ({"board_section_id": "1"}, "board_unknown"),
    ],
)
def test_what_is_not_there_is_named(person: Person, options: dict[str, Any], code: str) -> None:
    """A board or a section of somebody else's."""
    with pytest.raises(Refused) as refused:
        person.post(pin(**options))
    assert (refused.value.fate, refused.value.row.code) == (Fate.REJECTED, code)


def test_an_image_that_cannot_be_fetched(person: Person) -> None:
    """Pinterest gets it before it answers."""
    person.world.media.clear()
    with pytest.raises(Refused) as refused:
        person.post(pin())
    assert (refused.value.fate, refused.value.row.code) == (Fate.REJECTED, "media_invalid")


def test_a_corrupt_video_fails_in_processing(person: Person) -> None:
    """Its status says so, with a 200."""
    piece = simulated.piece(Kind.VIDEO, "Hi", (simulated.video(b"corrupt"),), options={"board_id": BOARD})
    with pytest.raises(Refused) as refused:
        person.prepare(piece)
    assert (refused.value.fate, refused.value.row.code) == (Fate.REJECTED, "media_invalid")


def test_a_registration_that_ran_out_is_made_again(person: Person) -> None:
    """The storage service refuses the old one."""
    piece = simulated.piece(Kind.VIDEO, "Hi", (simulated.video(b"video"),), options={"board_id": BOARD})
    first = publish.prepare(person.call, piece, {})
    person.world.pass_time(7200)
    again = publish.prepare(person.call, piece, first.state)
    assert again.state["media"]["tries"] == 2
    assert person.post(piece)[0].id


def test_a_registration_for_a_stranger_s_host_is_not_used(person: Person) -> None:
    """A file goes to Pinterest's storage and nowhere else."""
    body = {
        "media_id": "1",
        "media_type": "video",
        "upload_url": "https://evil.example/",
        "upload_parameters": {"key": "k"},
    }
    answer = Response(201, {"content-type": "application/json"}, json.dumps(body).encode())
    person.http.intercept = lambda _: answer
    with pytest.raises(AnswerLost, match=r"evil\.example"):
        uploads.step(person.call, simulated.video(b"v"), None, "tag")


def test_a_board_with_more_pins_than_are_read_proves_nothing(person: Person) -> None:
    """Absence needs the whole list."""
    piece, armed = pin("Elsewhere"), person.post(pin())[1]

    def endless(request: Request) -> Response | None:
        body = {"items": [{"id": "1", "created_at": "2020-01-01T00:00:00"}], "bookmark": "more"}
        return Response(200, {"content-type": "application/json"}, json.dumps(body).encode())

    person.http.intercept = endless
    assert isinstance(person.find(piece, armed), Unsure)


@pytest.mark.parametrize(
    "changes",
    [
        {"description": "In other words"},
        {"link": "https://example.com/else"},
        {"media": {"media_type": "multiple_images"}},
        {"created_at": None},
    ],
)
def test_what_may_be_it_in_other_words_is_no_absence(person: Person, changes: dict[str, Any]) -> None:
    """Only what is known as another piece's, is older, or is somebody else's, is passed over."""
    piece = pin(title="Spring", link="https://example.com/spring")
    made, armed = person.post(piece)
    person.http.intercept = _changed(person, changes)
    assert isinstance(person.find(piece, armed), Unsure)
    assert isinstance(person.find(piece, replace(armed, taken=lambda one: one == made.id)), Absent)
    for elsewhere in ({"created_at": "2020-01-01T00:00:00"}, {"is_owner": False}):
        person.http.intercept = _changed(person, {**changes, **elsewhere})
        assert isinstance(person.find(piece, armed), Absent)


def test_a_page_with_what_is_no_pin_proves_nothing(person: Person) -> None:
    """It may have been the one."""
    piece, armed = pin("Elsewhere"), person.post(pin())[1]
    person.http.intercept = lambda _: Response(200, {}, b'{"items": ["549"], "bookmark": null}')
    with pytest.raises(AnswerLost):
        person.find(piece, armed)


def test_a_board_is_recognised_by_name_time_and_owner(person: Person) -> None:
    """One of the name that does not say when it was made leaves it open; somebody else's is none."""
    at = person.world.now
    act, mine = Act("board.create", "", "Spring"), person.act(resources, "board.create", "", "Spring")
    found = resources.find(person.call, act, Armed(1, at, {}))
    assert isinstance(found, Published)
    assert found.id == mine.id
    person.http.intercept = _changed(person, {"created_at": None})
    assert isinstance(resources.find(person.call, act, Armed(1, at, {})), Unsure)
    person.http.intercept = _changed(person, {"owner": {"username": "somebody_else"}})
    assert isinstance(resources.find(person.call, act, Armed(1, at, {})), Absent)


@pytest.mark.parametrize("given", ["1/../../boards/2", "1?x=1", "x", "", "١٢٣"])
def test_an_id_is_no_path(person: Person, given: str) -> None:
    """It would be another request with the account's token: the deletion of a board, for one."""
    before = len(person.http.sent)
    for step in (publish.delete, metrics.post):
        with pytest.raises(Invalid):
            step(person.call, Published(given))
    with pytest.raises(Invalid):
        resources.read(person.call, "board_sections", {"board_id": given}, "")
    with pytest.raises(Invalid):
        publish.choose_kind("", [], {"board_id": given})
    assert len(person.http.sent) == before


def test_wrong_keys_of_the_app_end_nobody_s_connection(person: Person) -> None:
    """Only the grant's own code says that the grant is dead."""
    person.http.intercept = lambda _: Response(401, {}, b'{"code": 2, "message": "Authentication failed."}')
    with pytest.raises(Refused) as refused:
        oauth.refresh(person.call)
    assert (refused.value.row.code, refused.value.row.reconnect) == ("app_invalid", False)


def test_twins_are_told_apart(person: Person) -> None:
    """Of two Pins of one text the second is not the first."""
    piece = pin()
    first, armed = person.post(piece)
    second = replace(armed, taken=lambda one: one == first.id)
    assert isinstance(person.find(piece, second), Absent)


def test_refresh_tokens_rotate_and_last_sixty_days(person: Person) -> None:
    """Each refresh brings the next one; after sixty days without one the connection is over."""
    old = person.connected.tokens
    person.world.pass_time(29 * 86_400)
    person.refresh()
    assert person.connected.tokens.refresh != old.refresh
    person.world.pass_time(59 * 86_400)
    person.refresh()
    person.world.pass_time(61 * 86_400)
    with pytest.raises(Refused) as dead:
        person.refresh()
    assert dead.value.row.reconnect


def test_a_spent_refresh_token_is_dead(person: Person) -> None:
    """Pinterest says that the grant is invalid; only the owner can help."""
    spent = person.connected
    person.refresh()
    person.connected = spent
    with pytest.raises(Refused) as dead:
        oauth.refresh(person.call)
    assert dead.value.row.reconnect
    assert dead.value.platform_message == "The authorization grant is invalid"


def test_figures_follow_the_pin(person: Person) -> None:
    """Views, saves and clicks of the last ninety days; none for a Pin that is gone."""
    made, _ = person.post(pin())
    person.world.pass_time(7200)
    figures = metrics.post(person.call, made)
    assert figures.views
    assert figures.extra["clicks"] >= figures.extra["link_clicks"]
    publish.delete(person.call, made)
    with pytest.raises(Refused) as refused:
        metrics.post(person.call, made)
    assert refused.value.row.code == "not_found"


def test_sections_need_their_board(person: Person) -> None:
    """Named, before anything is sent."""
    with pytest.raises(Invalid) as invalid:
        resources.read(person.call, "board_sections", {}, "")
    assert invalid.value.meta["field"] == "arguments.board_id"


def _changed(person: Person, changes: Mapping[str, Any]) -> Callable[[Request], Response | None]:
    """A list of Pins or boards, each of them changed like that."""

    def listed(request: Request) -> Response | None:
        if request.method != "GET":
            return None
        answer = simulator.handle(request, person.world)
        page = json.loads(answer.body)
        page["items"] = [{**item, **changes} for item in page["items"]]
        return Response(200, answer.headers, json.dumps(page).encode())

    return listed
