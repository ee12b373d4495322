"""Videos in chunks, photos, drafts, privacy: on the simulated TikTok, with answers that are lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from shared.domain.content import Kind, MediaFacts, MediaFile, MediaType, Piece
from shared.platforms.contract import Absent, Accepted, Armed, Fate, Published, Ready, Refused, Unsure, Wait
from shared.platforms.tiktok import metrics, publish, simulator, uploads, wire
from shared.platforms.tiktok.tests.person import PHOTO, Person
from shared.ports.http import AnswerLost, Request, Response
from tests.support import files, simulated

SIZE = 12_000_000  # two chunks


def video(size: int = SIZE, text: str = "A video", seconds: float = 10.0, **options: Any) -> Piece:
    facts = MediaFacts(MediaType.VIDEO, "video/mp4", size, 1080, 1920, seconds)
    file = MediaFile(facts, "", lambda start, length: bytes(min(length, size - start)))
    return simulated.piece(Kind.VIDEO, text, (file,), options=options)


def photos(count: int = 2, text: str = "Photos", url: str = PHOTO, **options: Any) -> Piece:
    data = files.jpeg()
    facts = MediaFacts(MediaType.IMAGE, "image/jpeg", len(data), 1080, 1080)
    media = tuple(simulated.media_file(facts, data, f"{url}?n={number}") for number in range(count))
    return simulated.piece(Kind.CAROUSEL, text, media, options=options)


def test_only_the_last_chunk_posts() -> None:
    """Ranges as documented, no token on the upload host, and nothing visible before the last one."""
    person, piece = Person(), video()
    state = person.prepare(piece)
    puts = [request for request in person.http.sent if request.method == "PUT"]
    assert [put.headers["Content-Range"] for put in puts] == ["bytes 0-5242879/12000000"]
    assert all("Authorization" not in put.headers for put in puts)
    person.world.pass_time(60)
    assert not simulator.seen(person.world, person.connected.platform_account_id)
    outcome = publish.commit(person.call, piece, person.prepare(piece, state))
    assert isinstance(outcome, Accepted)
    assert person.http.sent[-1].headers["Content-Range"] == "bytes 5242880-11999999/12000000"
    published = person.confirm(piece, outcome)
    assert published.permalink == f"https://www.tiktok.com/@rostrum/video/{published.id}"
    assert metrics.post(person.call, published).views is not None


def test_a_chunk_whose_answer_was_lost_is_not_sent_twice() -> None:
    """TikTok has it already and says 416: its own count decides where to go on."""
    person, piece = Person(), video(3 * uploads.CHUNK)
    state: dict[str, Any] = {}
    for _ in range(2):
        state = dict(publish.prepare(person.call, piece, state).state)
    publish.prepare(person.call, piece, state)  # the first chunk, and its answer is never saved
    doubtful = publish.prepare(person.call, piece, state)
    assert isinstance(doubtful, Wait)
    assert doubtful.state["doubtful"]
    after = publish.prepare(person.call, piece, doubtful.state)
    assert (after.state["sent"], "doubtful" in after.state) == (1, False)
    assert person.publish(piece).id


def test_an_address_that_died_is_replaced() -> None:
    """After an hour the upload begins anew; only the second one posts."""
    person, piece = Person(), video()
    first = person.prepare(piece)
    person.world.pass_time(3700)
    second = person.prepare(piece, first)
    assert second["publish_id"] != first["publish_id"]
    assert person.confirm(piece, _accepted(person, piece, second)).id
    assert len(simulator.seen(person.world, person.connected.platform_account_id)) == 1


def test_what_has_all_its_bytes_is_never_sent_again() -> None:
    """Its answer was lost, nobody looked for an hour: prepare sees it, commit refuses, find names the post."""
    person, piece = Person(), video()
    state, at = person.prepare(piece), person.world.now
    _accepted(person, piece, state)
    person.world.pass_time(3700)
    whole = person.prepare(piece, state)
    assert whole["whole"]
    with pytest.raises(Refused) as refused:
        publish.commit(person.call, piece, whole)
    assert refused.value.fate is Fate.UNKNOWN
    assert isinstance(publish.find(person.call, piece, Armed(2, at, whole)), Published)


def test_what_was_accepted_and_never_confirmed_is_not_uploaded_again() -> None:
    """A person has it sent again, hours later: its upload is known, and TikTok is asked before anything is sent."""
    person, piece = Person(), video()
    at, outcome = person.world.now, _accepted(person, piece, person.prepare(piece))
    person.world.pass_time(7300)
    person.refresh()
    again = person.prepare(piece, outcome.state)
    assert (again["publish_id"], again["whole"]) == (outcome.state["publish_id"], True)
    with pytest.raises(Refused) as refused:
        publish.commit(person.call, piece, again)
    assert refused.value.fate is Fate.UNKNOWN
    assert isinstance(publish.find(person.call, piece, Armed(2, at, again)), Published)


def test_a_last_chunk_that_never_arrived_is_proven_absent() -> None:
    """TikTok's own count of bytes proves it; the same chunk goes to the same upload."""
    person, piece = Person(), video()
    state, at = person.prepare(piece), person.world.now
    _lose(person, reaches=False)
    with pytest.raises(AnswerLost):
        publish.commit(person.call, piece, state)
    person.http.intercept = None
    found = person.find(piece, state, at=at)
    assert isinstance(found, Absent)
    assert "5242880 of 12000000" in found.proof
    again = person.prepare(piece, state)
    assert again["publish_id"] == state["publish_id"]
    assert person.confirm(piece, _accepted(person, piece, again)).id


def test_a_failed_post_is_absent_and_says_why() -> None:
    """FAILED is final; preparing again refuses with TikTok's reason instead of sending it again."""
    person, piece = Person(), video(text="[[sandbox:rejected]]")
    state, at = person.prepare(piece), person.world.now
    _accepted(person, piece, state)
    assert isinstance(person.find(piece, state, at=at), Absent)
    person.world.pass_time(60)
    with pytest.raises(Refused) as refused:
        person.prepare(piece, state)
    assert (refused.value.fate, refused.value.platform_code) == (Fate.REJECTED, "spam_risk_text")


@pytest.mark.parametrize("piece", [video(), photos()], ids=["video", "photos"])
def test_a_lost_answer_is_found(piece: Piece) -> None:
    """By its publish_id, or by the public list."""
    person = Person()
    state, at = person.prepare(piece), person.world.now
    _lose(person, reaches=True)
    with pytest.raises(AnswerLost):
        publish.commit(person.call, piece, state)
    person.http.intercept = None
    found = person.find(piece, state, at=at)
    assert isinstance(found, Published)
    seen = simulator.seen(person.world, person.connected.platform_account_id)
    assert (found.id, found.permalink) == (seen[0].id, seen[0].permalink)


def test_photos_are_never_proven_absent() -> None:
    """Not listed, listed twice, another piece's, or private: a person decides."""
    person, piece = Person(), photos()
    state = person.prepare(piece)
    assert isinstance(person.find(piece, state), Unsure)
    first = person.publish(piece)
    at = person.world.now
    assert isinstance(person.find(piece, state, at=at, taken=lambda one: one == first.id), Unsure)
    person.publish(piece)
    assert isinstance(person.find(piece, state, at=at), Unsure)
    private = {"settings": {"privacy_level": "SELF_ONLY"}}
    before = len(person.http.sent)
    assert isinstance(person.find(piece, private), Unsure)
    assert len(person.http.sent) == before


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ({"text": ""}, {"text": "Something", "title": ""}),
        ({"text": ""}, {"text": "", "title": "Something"}),
        ({"text": "Fish", "title": "Daily menu"}, {"text": "Soup", "title": "Daily menu"}),
        ({"text": "Fish", "title": "Daily menu"}, {"text": "", "title": "Daily menu"}),
        ({"text": "Fish"}, {"text": "Fish", "title": "Daily menu"}),
    ],
)
def test_photos_of_other_words_are_somebody_else_s(ours: dict[str, Any], theirs: dict[str, Any]) -> None:
    """All that is listed must be ours, and all of ours be listed: a title alone is shared by many."""
    person, piece = Person(), photos(**ours)
    state, at = person.prepare(piece), person.world.now
    person.publish(photos(**theirs))
    assert isinstance(person.find(piece, state, at=at), Unsure)
    mine = person.publish(piece)
    found = person.find(piece, state, at=at)
    assert isinstance(found, Published)
    assert found.id == mine.id


def test_a_video_is_not_taken_for_photos() -> None:
    """The same words, in the same minute."""
    person, piece = Person(), photos(text="The same")
    state, at = person.prepare(piece), person.world.now
    person.publish(video(text="The same"))
    assert isinstance(person.find(piece, state, at=at), Unsure)


@pytest.mark.parametrize("make", [video, photos], ids=["video", "photos"])
def test_a_draft_ends_in_the_inbox(make: Callable[..., Piece]) -> None:
    """No creator_info, no privacy; published means delivered, and nobody but the creator sees it."""
    person, piece = Person(), make(post_mode="MEDIA_UPLOAD")
    published = person.publish(piece)
    assert published.state["draft"]
    assert publish.describe(person.call, published).permalink is None
    assert not person.sent("post/publish/creator_info")
    assert not simulator.seen(person.world, person.connected.platform_account_id)


def test_privacy_is_the_creator_s() -> None:
    """Everyone by default, followers on a private account, and only what is offered."""
    assert _privacy(Person(), video()) == wire.PUBLIC
    assert _privacy(Person("private.alice"), video()) == "FOLLOWER_OF_CREATOR"
    assert _privacy(Person(), video(privacy_level="SELF_ONLY")) == "SELF_ONLY"
    assert _privacy(Person(), video(visibility="connections_only")) == "MUTUAL_FOLLOW_FRIENDS"
    with pytest.raises(Refused) as refused:
        Person("private.alice").prepare(video(privacy_level=wire.PUBLIC))
    assert (refused.value.fate, refused.value.row.code) == (Fate.REJECTED, "privacy_not_available")


def test_nobody_is_shown_less_than_they_think() -> None:
    """Where neither everyone nor followers are offered, the person has to choose."""
    person = Person()
    person.http.intercept = _creator_info(privacy_level_options=["SELF_ONLY"])
    with pytest.raises(Refused) as refused:
        person.prepare(video())
    assert refused.value.row.code == "privacy_level_required"
    with pytest.raises(Refused) as branded:
        person.prepare(video(privacy_level="SELF_ONLY", brand_content_toggle=True))
    assert branded.value.row.code == "branded_content_private"


def test_the_creator_s_switches_win() -> None:
    """What is off in the creator's settings stays off; what the caller switches off is off, too."""
    person = Person()
    person.http.intercept = _creator_info(privacy_level_options=[wire.PUBLIC], stitch_disabled=True)
    state = publish.prepare(person.call, video(disable_comment=True), {}).state
    assert state["settings"] == {
        "privacy_level": wire.PUBLIC,
        "disable_comment": True,
        "disable_duet": False,
        "disable_stitch": True,
    }


def test_a_creator_s_longest_video_is_kept() -> None:
    """Some may post three minutes, some ten."""
    person = Person()
    person.http.intercept = _creator_info(privacy_level_options=[wire.PUBLIC], max_video_post_duration_sec=180)
    with pytest.raises(Refused) as refused:
        person.prepare(video(seconds=181))
    assert refused.value.row.code == "video_too_long"


def test_a_private_post_has_no_id_but_its_upload_s() -> None:
    """TikTok tells ids of public posts only: the publish_id stands for it, and there are no figures."""
    person = Person()
    published = person.publish(video(privacy_level="SELF_ONLY"))
    assert published.id == published.state["publish_id"]
    assert publish.describe(person.call, published).permalink is None
    with pytest.raises(Refused) as refused:
        metrics.post(person.call, published)
    assert refused.value.row.code == "not_public"


def test_a_long_review_does_not_hold_a_post_up() -> None:
    """After a quarter of an hour it counts as published without its id, which metrics and describe ask for later."""
    person, piece = Person(), video()
    outcome = _accepted(person, piece, person.prepare(piece))
    shown: dict[str, Any] = {"status": "PUBLISH_COMPLETE", "publicaly_available_post_id": []}
    person.http.intercept = _status(shown)
    first = publish.confirm(person.call, piece, outcome.state)
    assert isinstance(first, Wait)
    person.world.pass_time(901)
    published = publish.confirm(person.call, piece, first.state)
    assert isinstance(published, Published)
    assert published.id == outcome.state["publish_id"]
    shown["publicaly_available_post_id"] = [7654321]
    assert publish.describe(person.call, published).permalink == "https://www.tiktok.com/@rostrum/video/7654321"


@pytest.mark.parametrize(
    ("url", "reason"), [("https://sandbox.rostrum.test/media/gone.jpg", "photo_pull_failed")], ids=["gone"]
)
def test_photos_that_cannot_be_fetched_fail(url: str, reason: str) -> None:
    """TikTok takes the request, and says later that it failed."""
    person = Person()
    with pytest.raises(Refused) as refused:
        person.publish(photos(url=url))
    assert (refused.value.fate, refused.value.platform_code) == (Fate.REJECTED, reason)


def test_addresses_of_nobody_s_domain_are_refused() -> None:
    """The operator must verify the media address in TikTok's portal."""
    with pytest.raises(Refused) as refused:
        Person().publish(photos(url="https://unverified.example/photo.jpg"))
    assert (refused.value.fate, refused.value.row.code) == (Fate.REJECTED, "media_host_unverified")


def test_settings_that_waited_are_asked_again() -> None:
    """TikTok wants the latest creator_info before each post."""
    person, piece = Person(), photos()
    state = person.prepare(piece)
    person.world.pass_time(700)
    assert person.prepare(piece, state)["asked_at"] > state["asked_at"]


def test_the_sixteenth_post_of_a_day_waits() -> None:
    """creator_info says so with status 200, and nothing is begun."""
    person = Person()
    for number in range(15):
        person.publish(video(2000, f"Post {number}"))
        person.world.pass_time(15)
    with pytest.raises(Refused) as refused:
        person.prepare(video())
    assert (refused.value.status, refused.value.fate) == (200, Fate.LIMITED)
    assert refused.value.retry_at


def test_an_upload_address_must_be_tiktok_s() -> None:
    """Bytes go nowhere else, whoever says so."""
    person = Person()
    forged = {"publish_id": "v_pub_file~v2-1.1", "upload_url": "https://tiktokapis.com.evil.example/video/"}
    person.http.intercept = lambda request: _ok(forged) if "video/init" in request.url else None
    with pytest.raises(AnswerLost):
        person.prepare(video())


def _accepted(person: Person, piece: Piece, state: dict[str, Any]) -> Accepted:
    outcome = publish.commit(person.call, piece, state)
    assert isinstance(outcome, Accepted)
    return outcome


def _privacy(person: Person, piece: Piece) -> str:
    step = publish.prepare(person.call, piece, {})
    assert not isinstance(step, Ready)
    return str(step.state["settings"]["privacy_level"])


def _lose(person: Person, *, reaches: bool) -> None:
    def lose(request: Request) -> Response | None:
        if reaches:
            simulator.handle(request, person.world)
        raise AnswerLost("the connection was reset")

    person.http.intercept = lose


def _creator_info(**data: Any) -> Callable[[Request], Response | None]:
    return lambda request: _ok(data) if "creator_info" in request.url else None


def _status(data: dict[str, Any]) -> Callable[[Request], Response | None]:
    return lambda request: _ok(data) if "status/fetch" in request.url else None


def _ok(data: dict[str, Any]) -> Response:
    return Response(200, {}, wire.encoded({"data": data, "error": {"code": "ok", "message": "", "log_id": "1"}}))
