"""A file on its way: chunks, interruptions, sessions that end; and that one piece is one video whatever happens."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from shared.domain.content import Kind, Piece
from shared.platforms.contract import Absent, Armed, Fate, Published, Refused, Unsure
from shared.platforms.youtube import publish, simulator, simulator_comments, uploads
from shared.platforms.youtube.tests.person import Person, film
from shared.platforms.youtube.uploads import CHUNK, QUANTUM
from shared.ports.http import AnswerLost, Request, Response
from tests.support import simulated

BIG = 2 * CHUNK + QUANTUM + 17


def _piece(size: int = BIG, **fields: Any) -> Piece:
    return simulated.piece(Kind.VIDEO, "A film", (film(size),), **fields)


def _sizes(person: Person) -> list[str]:
    return [sent.headers["Content-Range"] for sent in person.http.sent if sent.method == "PUT"]


@pytest.mark.parametrize("size", [1, 3000, QUANTUM, QUANTUM + 1, CHUNK, BIG])
def test_everything_but_the_last_bytes_is_sent_before(size: int) -> None:
    """Nothing is live until they come, and they are few."""
    person = Person()
    piece = _piece(size)
    state = person.prepare(piece)
    assert simulator.seen(person.world, person.id) == []
    assert 0 < size - uploads.tail_at(size) <= QUANTUM
    publish.commit(person.call, piece, state)
    assert len(simulator.seen(person.world, person.id)) == 1
    assert _sizes(person)[-1] == f"bytes {uploads.tail_at(size)}-{size - 1}/{size}"


def test_a_chunk_whose_answer_was_lost_is_not_sent_twice() -> None:
    """YouTube has it already and refuses it; the session says how far it is, and the upload goes on."""
    person, piece = Person(), _piece()
    started = publish.prepare(person.call, piece, {})
    publish.prepare(person.call, piece, started.state)
    state = person.prepare(piece, started.state)
    assert state["sent"] == uploads.tail_at(BIG)
    assert _sizes(person).count(f"bytes */{BIG}") == 1
    publish.commit(person.call, piece, state)
    assert len(simulator.seen(person.world, person.id)) == 1


def test_a_session_that_youtube_forgot_is_begun_anew() -> None:
    """At most twice: then something else is wrong."""
    person, piece = Person(), _piece()
    state = dict(publish.prepare(person.call, piece, {}).state)
    person.http.intercept = lambda request: Response(404, {}, b"") if request.method == "PUT" else None
    again = publish.prepare(person.call, piece, state).state
    assert again == {"restarts": 1}
    with pytest.raises(AnswerLost):
        person.prepare(piece, state)
    person.http.intercept = None
    publish.commit(person.call, piece, person.prepare(piece, again))
    assert len(simulator.seen(person.world, person.id)) == 1


def test_a_session_ends_after_a_week() -> None:
    """A piece that waited for longer is uploaded again, and is still one video."""
    person, piece = Person(), _piece(3000)
    state = person.prepare(piece)
    person.world.pass_time(7 * 86_400)
    person.refresh()
    renewed = person.prepare(piece, state)
    assert renewed["session"] != state["session"]
    publish.commit(person.call, piece, renewed)
    assert len(simulator.seen(person.world, person.id)) == 1


def test_committing_twice_is_one_video() -> None:
    """The session answers the same video again; the channel has one."""
    person, piece = Person(), _piece()
    state = person.prepare(piece)
    first, second = (publish.commit(person.call, piece, state) for _ in range(2))
    assert first.state["id"] == second.state["id"]
    assert len(simulator.seen(person.world, person.id)) == 1


def test_a_lost_ending_is_found_by_the_session() -> None:
    """200 names the video, 308 says that there is none."""
    person, piece = Person(), _piece(3000)
    state = person.prepare(piece)
    armed = Armed(1, person.world.now, state)
    assert isinstance(publish.find(person.call, piece, armed), Absent)
    made = publish.commit(person.call, piece, state)
    found = publish.find(person.call, piece, armed)
    assert isinstance(found, Published)
    assert found.id == made.state["id"]


def test_without_its_session_a_video_is_found_by_its_file() -> None:
    """The owner sees under which name each file came: ours has the piece's key in it."""
    person, piece = Person(), _piece(3000)
    other = replace(piece, key="f" * 32)
    state = person.prepare(piece)
    publish.commit(person.call, other, person.prepare(other))
    made = publish.commit(person.call, piece, state)
    armed = Armed(1, person.world.now, state)
    person.http.intercept = lambda request: Response(410, {}, b"") if request.method == "PUT" else None
    found = publish.find(person.call, piece, armed)
    assert isinstance(found, Published)
    assert found.id == made.state["id"]


def test_without_its_name_a_video_is_found_by_its_looks() -> None:
    """Should YouTube not keep the name: title, size and time tell, unless it is another piece's."""
    person, piece = Person(), _piece(3000)
    state = person.prepare(piece)
    made = publish.commit(person.call, piece, state)
    video = person.world.get("yt.video", made.state["id"]) or {}
    person.world.put("yt.video", video["id"], {**video, "file": {**video["file"], "name": "unknown"}})
    person.http.intercept = lambda request: Response(404, {}, b"") if request.method == "PUT" else None
    found = publish.find(person.call, piece, Armed(1, person.world.now, state))
    assert isinstance(found, Published)
    assert found.id == made.state["id"]
    assert isinstance(publish.find(person.call, piece, Armed(1, person.world.now, state, lambda _: True)), Unsure)


def test_without_its_session_absence_is_never_proven() -> None:
    """The list of uploads may be late, and so may a file's name and size: nobody knows how late."""
    person, piece = Person(), _piece(3000)
    armed = Armed(1, person.world.now, person.prepare(piece))
    person.http.intercept = lambda request: Response(404, {}, b"") if request.method == "PUT" else None
    assert isinstance(publish.find(person.call, piece, armed), Unsure)
    person.world.pass_time(3700)
    person.refresh()
    assert isinstance(publish.find(person.call, piece, armed), Unsure)


def test_another_piece_s_file_is_never_ours() -> None:
    """Same title, same size, same minute: the name has the other's key."""
    person, piece = Person(), _piece(3000)
    armed = Armed(1, person.world.now, person.prepare(piece))
    other = replace(piece, key="f" * 32)
    publish.commit(person.call, other, person.prepare(other))
    person.http.intercept = lambda request: Response(404, {}, b"") if request.method == "PUT" else None
    assert isinstance(publish.find(person.call, piece, armed), Unsure)


def test_a_session_that_has_every_byte_is_not_without_a_video() -> None:
    """308 with the whole range: YouTube may be making it at this moment."""
    person, piece = Person(), _piece(3000)
    armed = Armed(1, person.world.now, person.prepare(piece))
    person.http.intercept = lambda request: Response(308, {"range": "bytes=0-2999"}, b"")
    assert isinstance(publish.find(person.call, piece, armed), Unsure)
    person.http.intercept = lambda request: Response(308, {"range": "bytes=0-1999"}, b"")
    assert isinstance(publish.find(person.call, piece, armed), Absent)


def test_a_long_upload_may_stumble_often() -> None:
    """What was refused before the last progress is forgotten: only standing still ends it."""
    person, piece = Person(), _piece(6 * CHUNK)
    state = dict(publish.prepare(person.call, piece, {}).state)
    for _ in range(5):
        publish.prepare(person.call, piece, state)  # its answer is lost: the state stays as it was
        while state["sent"] < 6 * CHUNK and state.get("doubtful", True):
            state = dict(publish.prepare(person.call, piece, state).state)
            if not state.get("doubtful"):
                break
    publish.commit(person.call, piece, person.prepare(piece, state))
    assert len(simulator.seen(person.world, person.id)) == 1


def test_a_file_that_cannot_be_processed_is_refused() -> None:
    """YouTube says why; nothing is live."""
    person = Person()
    broken = simulated.piece(Kind.VIDEO, "Broken", (film(3000, start=b"corrupt"),))
    with pytest.raises(Refused) as refused:
        person.post(broken)
    assert refused.value.fate is Fate.REJECTED
    assert (refused.value.row.code, refused.value.platform_code) == ("processing_failed", "failed/invalidFile")
    assert simulator.seen(person.world, person.id) == []


@pytest.mark.parametrize("where", ["https://evil.example/upload", "http://www.googleapis.com/u", "", "file:///etc"])
def test_the_token_goes_to_google_only(where: str) -> None:
    """A session's address comes from outside: it is looked at before anything is sent there."""
    person, piece = Person(), _piece(3000)
    answer = Response(200, {"location": where}, b"")
    person.http.intercept = lambda request: answer if request.method == "POST" else None
    before = len(person.http.sent)
    with pytest.raises(AnswerLost):
        publish.prepare(person.call, piece, {})
    assert len(person.http.sent) == before + 1
    with pytest.raises(AnswerLost):
        publish.commit(person.call, piece, {"session": where, "total": 3000})
    assert len(person.http.sent) == before + 1


def test_the_day_has_a_hundred_uploads() -> None:
    """The hundred-and-first waits for midnight, Pacific time."""
    person = Person()
    for number in range(100):
        publish.prepare(person.call, _piece(10, key=f"{number:032x}"), {})
    with pytest.raises(Refused) as refused:
        publish.prepare(person.call, _piece(10), {})
    assert refused.value.fate is Fate.LIMITED
    assert refused.value.retry_at is not None
    assert refused.value.retry_at.isoformat() == "2026-11-23T08:00:00+00:00"


def test_what_has_ended_takes_no_room() -> None:
    """Sessions of weeks ago, and comments that are no longer shown."""
    person = Person()
    for number in range(4):
        publish.prepare(person.call, _piece(10, key=f"{number:032x}"), {})
        person.world.pass_time(8 * 86_400)
        person.refresh()
    publish.prepare(person.call, _piece(10), {})
    video, _ = person.post(_piece(10))
    for number in range(simulator_comments.KEPT + 5):
        simulator.visit(person.world, video.id, f"Comment {number}")
    kinds = [kind for kind, _ in person.world.values]
    assert kinds.count("yt.session") == 2
    assert kinds.count("yt.comment") == simulator_comments.KEPT


def test_the_same_file_asked_twice_sends_the_same_bytes() -> None:
    """Chunks are read afresh each time; what is read is what is sent."""
    person, piece = Person(), _piece()
    person.prepare(piece)
    chunks = [sent for sent in person.http.sent if sent.method == "PUT"]
    sent = b"".join(_body(request) for request in chunks)
    assert sent == piece.media[0].bytes()[: uploads.tail_at(BIG)]


def _body(request: Request) -> bytes:
    body = request.body
    assert body is not None
    return body if isinstance(body, bytes) else b"".join(body.chunks())
