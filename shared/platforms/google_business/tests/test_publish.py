"""Local posts, answers to reviews, and which locations a consent gives."""

from __future__ import annotations

from typing import Any

import pytest

from shared.domain.content import Act, Kind, MediaFacts, MediaType
from shared.domain.errors import Invalid
from shared.platforms._google import simulator as google
from shared.platforms.contract import Absent, Accepted, Armed, Fate, Published, Refused, Unsure, Wait
from shared.platforms.google_business import api, inbox, metrics, oauth, publish, simulator
from shared.platforms.google_business.tests.person import Person
from shared.ports.http import AnswerLost, Request, Response
from tests.support import files, simulated

EVENT = {"title": "Open evening", "start": "2026-12-24T18:00", "end": "2026-12-24T22:00"}
PHOTO = MediaFacts(MediaType.IMAGE, "image/jpeg", 20_000)


@pytest.mark.parametrize(
    ("media", "options", "kind"),
    [
        ([], {}, Kind.TEXT),
        ([PHOTO], {}, Kind.IMAGE),
        ([PHOTO], {"event": EVENT}, Kind.EVENT),
        ([], {"event": EVENT, "offer": {}}, Kind.OFFER),
    ],
)
def test_the_options_make_the_kind(media: list[MediaFacts], options: dict[str, Any], kind: Kind) -> None:
    """An offer is an event with something off."""
    assert publish.choose_kind("Hello", media, options) is kind


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"event": {**EVENT, "end": "2026-12-23"}}, "platform_data.event.end"),
        ({"event": {**EVENT, "end": "2026-12-24T17:59"}}, "platform_data.event.end"),
        ({"event": {**EVENT, "start": "2026-12-24T18:00:00Z"}}, "platform_data.event.start"),
        ({"event": {"title": "No times"}}, "platform_data.event"),
        ({"event": {**EVENT, "title": "x" * 59}}, "platform_data.event.title"),
        ({"offer": {"coupon_code": "A"}}, "platform_data.event"),
        ({"offer": {"price": "1"}}, "platform_data.offer"),
        ({"call_to_action": {"type": "DANCE"}}, "platform_data.call_to_action"),
        ({"call_to_action": {"type": "BOOK"}}, "platform_data.call_to_action.url"),
        ({"call_to_action": {"type": "CALL", "url": "https://a.example"}}, "platform_data.call_to_action.url"),
        ({"language_code": 5}, "platform_data.language_code"),
    ],
)
def test_what_is_wrong_is_said_before(options: dict[str, Any], field: str) -> None:
    """The field is named, and the remedy."""
    with pytest.raises(Invalid) as invalid:
        publish.choose_kind("Hello", [], options)
    assert invalid.value.meta["field"] == field


def test_a_day_ends_in_the_evening() -> None:
    """From six on until the end of the same day."""
    assert publish.choose_kind("Hello", [], {"event": {**EVENT, "end": "2026-12-24"}}) is Kind.EVENT


TINY = MediaFacts(MediaType.IMAGE, "image/png", 9_999)


@pytest.mark.parametrize("media", [[PHOTO, PHOTO], [MediaFacts(MediaType.VIDEO, "video/mp4", 20_000)], [TINY]])
def test_a_post_has_one_photo(media: list[MediaFacts]) -> None:
    """Or none."""
    with pytest.raises(Invalid):
        publish.choose_kind("Hello", media, {})


def test_a_post_is_looked_at_first() -> None:
    """PROCESSING, then LIVE, with its address."""
    person = Person()
    published, _ = person.post(simulated.piece(Kind.TEXT, "Open on Sunday"))
    assert published.raw["state"] == "LIVE"
    assert published.permalink
    assert person.id in published.permalink


def test_what_google_rejects_is_refused() -> None:
    """After it was taken; and looking for it does not send it again."""
    person = Person()
    piece = simulated.piece(Kind.TEXT, "Call +1 415 555 0132 now")
    armed = Armed(1, person.world.now, {})
    with pytest.raises(Refused) as refused:
        person.post(piece)
    assert (refused.value.fate, refused.value.row.code) == (Fate.REJECTED, "post_rejected")
    assert isinstance(publish.find(person.call, piece, armed), Unsure)


def test_a_photo_that_cannot_be_fetched_is_refused() -> None:
    """Google fetches it itself."""
    person = Person()
    nowhere = simulated.media_file(PHOTO, b"", "https://sandbox.rostrum.test/media/nothing.jpg")
    with pytest.raises(Refused) as refused:
        person.post(simulated.piece(Kind.IMAGE, "Look", (nowhere,)))
    assert (refused.value.fate, refused.value.row.code) == (Fate.REJECTED, "media_unfetchable")
    small = simulated.image(files.jpeg())
    person.world.media[small.url] = ("image/jpeg", b"x" * 100)
    with pytest.raises(Refused) as refused:
        person.post(simulated.piece(Kind.IMAGE, "Look", (small,)))
    assert refused.value.row.code == "media_invalid"


def test_two_posts_alike_are_told_apart_by_who_has_them() -> None:
    """One is another piece's: the other is ours. Both nobody's: somebody has to look."""
    person = Person()
    piece = simulated.piece(Kind.TEXT, "Open on Sunday")
    armed = Armed(1, person.world.now, {})
    first, _ = person.post(piece)
    second, _ = person.post(piece)
    assert isinstance(publish.find(person.call, piece, armed), Unsure)
    told = publish.find(person.call, piece, Armed(1, armed.at, {}, lambda one: one == first.id))
    assert isinstance(told, Published)
    assert told.id == second.id


def test_an_empty_answer_is_no_empty_list() -> None:
    """Absence is proven only where Google answers for the location as well."""
    person = Person()
    piece = simulated.piece(Kind.TEXT, "Never sent")
    armed = Armed(1, person.world.now, {})
    assert isinstance(publish.find(person.call, piece, armed), Absent)
    person.http.intercept = lambda request: Response(200, {}, b"{}")
    assert isinstance(publish.find(person.call, piece, armed), Unsure)


def test_many_locations_are_candidates() -> None:
    """Each is complete; one alone is connected at once."""
    many = Person("many")
    assert len({one.platform_account_id for one in many.all}) == 3
    assert all(one.tokens.refresh and one.metadata["account"].startswith("accounts/") for one in many.all)
    assert len(Person().all) == 1


def test_disconnecting_one_leaves_the_others() -> None:
    """Nothing is asked of Google."""
    many = Person("many")
    before = len(many.http.sent)
    oauth.revoke(many.call)
    assert len(many.http.sent) == before
    assert oauth.refresh(many.call).access


def test_an_answer_to_a_review_is_put_and_taken_back() -> None:
    """And the list of reviews shows it."""
    person = Person()
    review = inbox.reviews(person.call, "").items[0]
    reply = Act("review.reply", review.id, "Thank you", handles=review.handles)
    _, armed = person.do(reply)
    shown = inbox.reviews(person.call, "").items[0]
    assert (shown.id, shown.reply) == (review.id, "Thank you")
    assert "review.unreply" in shown.can
    assert isinstance(inbox.find(person.call, reply, armed), Published)
    other = Act("review.reply", review.id, "Something else")
    assert isinstance(inbox.find(person.call, other, armed), Absent)
    person.do(Act("review.unreply", review.id))
    person.do(Act("review.unreply", review.id))
    assert inbox.reviews(person.call, "").items[0].reply is None


def test_reviews_come_page_by_page() -> None:
    """All of them, each once."""
    person = Person()
    for number in range(70):
        simulator.visit(person.world, person.id, 1 + number % 5, f"Visit {number}", f"guest {number}")
    first = inbox.reviews(person.call, "")
    second = inbox.reviews(person.call, first.next)
    ids = [review.id for review in (*first.items, *second.items)]
    assert len(first.items) == 50
    assert second.next == ""
    assert len(set(ids)) == len(ids) >= 70
    assert {review.stars for review in first.items} == {1, 2, 3, 4, 5}


def test_a_location_s_figures_are_whole_numbers() -> None:
    """Posts and reviews counted, views and actions summed."""
    person = Person()
    person.post(simulated.piece(Kind.TEXT, "Open on Sunday"))
    counts = metrics.account(person.call)
    assert counts.extra["posts"] == 1
    assert counts.extra["reviews"] > 0
    assert counts.extra["website_clicks"] >= 0
    assert counts.raw["averageRating"]


def test_a_post_that_google_still_looks_at_is_not_live_yet() -> None:
    """It may be rejected; but it is ours, and after half an hour it is taken for published."""
    person = Person()
    piece = simulated.piece(Kind.TEXT, "Open on Sunday")
    armed = Armed(1, person.world.now, {})
    publish.commit(person.call, piece, {})
    listed = simulator.handle(_asked_for(person), person.world)
    person.http.intercept = lambda request: listed
    assert b"PROCESSING" in listed.body
    assert isinstance(publish.find(person.call, piece, armed), Unsure)
    person.world.pass_time(31 * 60)
    assert isinstance(publish.find(person.call, piece, armed), Published)


def _asked_for(person: Person) -> Request:
    url = f"{api.V4}/{api.place(person.call)}/localPosts"
    return Request("GET", url, {"Authorization": f"Bearer {person.connected.tokens.access}"})


@pytest.mark.parametrize("id", ["../../locations/9/reviews/r", "r1/reply?x=", "r1#", "", ".", "..", "r%2F1"])
def test_an_id_is_an_id(id: str) -> None:
    """Whatever else a caller says never becomes another request with the account's token."""
    person = Person()
    before = len(person.http.sent)
    for act in (Act("review.reply", id, "Thanks"), Act("review.unreply", id)):
        with pytest.raises(Invalid):
            person.do(act)
        with pytest.raises(Invalid):
            inbox.find(person.call, act, Armed(1, person.world.now, {}))
    for ask in (publish.delete, publish.describe, metrics.post):
        with pytest.raises(Invalid):
            ask(person.call, Published(id))
    assert len(person.http.sent) == before


def test_handles_name_nobody_else_s_review() -> None:
    """They come from callers: the review is the one that the id says, of this location."""
    person = Person()
    review = inbox.reviews(person.call, "").items[0]
    person.do(Act("review.reply", review.id, "Thanks", handles={"name": "accounts/9/locations/9/reviews/9"}))
    assert person.http.sent[-1].url == f"{api.V4}/{api.place(person.call)}/reviews/{review.id}/reply"


def test_a_success_without_an_answer_is_no_success() -> None:
    """What any broken proxy says is not taken for Google's word."""
    person = Person()
    review = inbox.reviews(person.call, "").items[0]
    person.http.intercept = lambda request: Response(200, {}, b"{}")
    with pytest.raises(AnswerLost):
        person.do(Act("review.reply", review.id, "Thanks"))


REFUSALS = (
    google.rpc_error(404, "Requested entity was not found."),
    google.rpc_error(403, "The caller does not have permission"),
    google.rpc_error(403, "Disabled.", {"reason": "SERVICE_DISABLED"}),
)


@pytest.mark.parametrize("answer", REFUSALS, ids=["gone", "forbidden", "disabled"])
def test_a_question_that_is_refused_says_nothing_of_the_post(answer: Response) -> None:
    """It was taken: calling it failed would have it sent twice."""
    person = Person()
    piece = simulated.piece(Kind.TEXT, "Open on Sunday")
    outcome = publish.commit(person.call, piece, {})
    assert isinstance(outcome, Accepted)
    person.http.intercept = lambda request: answer
    waiting = publish.confirm(person.call, piece, outcome.state)
    assert isinstance(waiting, Wait)
    person.http.intercept = None
    person.world.pass_time(600)
    assert isinstance(publish.confirm(person.call, piece, waiting.state), Published)
