"""Which posts in the list may be the one that was sent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from shared.domain.content import Kind, Piece
from shared.platforms.contract import Absent, Armed, Published, Unsure
from shared.platforms.google_business import likeness, publish
from shared.platforms.google_business.likeness import Likeness
from shared.platforms.google_business.tests.person import Person
from tests.support import files, simulated
from tests.support.simulated import START

EVENT = {"title": "Open evening", "start": "2026-12-24T18:00", "end": "2026-12-25"}
SCHEDULE = {"startDate": {"year": 2026, "month": 12, "day": 24}, "endDate": {"year": 2026, "month": 12, "day": 25}}
TOLD_EVENT = {"title": "Open evening", "schedule": {**SCHEDULE, "startTime": {"hours": 18}, "endTime": {}}}
AN_EVENT = simulated.piece(Kind.EVENT, "Come", options={"event": EVENT})
AN_OFFER = simulated.piece(Kind.OFFER, "Come", options={"event": EVENT, "offer": {"coupon_code": "TEN"}})
A_TEXT = simulated.piece(Kind.TEXT, "Come  in\nnow ")
A_PHOTO = simulated.piece(Kind.IMAGE, "", (simulated.image(files.jpeg()),))
SENT_FROM = A_PHOTO.media[0].url


def _told(topic: str = "STANDARD", seconds: float = 1.0, **fields: Any) -> dict[str, Any]:
    return {"topicType": topic, "createTime": (START + timedelta(seconds=seconds)).isoformat(), **fields}


@pytest.mark.parametrize(
    ("piece", "post", "likely"),
    [
        (A_TEXT, _told(summary="Come in now"), Likeness.OURS),
        (A_TEXT, _told(summary="Come in now", seconds=-29), Likeness.OURS),
        (A_TEXT, _told(summary="Come in now", seconds=-31), Likeness.NO),
        (A_TEXT, _told(summary="Come in now", seconds=301), Likeness.PERHAPS),
        (A_TEXT, {"topicType": "STANDARD", "summary": "Come in now"}, Likeness.PERHAPS),
        (A_TEXT, _told(summary="Something else"), Likeness.PERHAPS),
        (A_TEXT, _told(summary="Something else", seconds=301), Likeness.NO),
        (A_TEXT, _told("EVENT", summary="Come in now"), Likeness.NO),
        (A_TEXT, _told(summary="Come in now", media=[{"googleUrl": "https://g"}]), Likeness.NO),
        (AN_EVENT, _told("EVENT", summary="Come", event=TOLD_EVENT), Likeness.OURS),
        (AN_EVENT, _told("EVENT", summary="Come"), Likeness.PERHAPS),
        (AN_EVENT, _told("EVENT", summary="Come", event={**TOLD_EVENT, "title": "Sale"}), Likeness.NO),
        (AN_EVENT, _told("EVENT", summary="Come", event={"title": "Open evening", "schedule": {}}), Likeness.NO),
        (AN_OFFER, _told("OFFER", summary="Come", event=TOLD_EVENT, offer={"couponCode": "TEN"}), Likeness.OURS),
        (AN_OFFER, _told("OFFER", summary="Come", event=TOLD_EVENT, offer={"couponCode": "HALF"}), Likeness.NO),
        (AN_OFFER, _told("OFFER", summary="Come", event=TOLD_EVENT), Likeness.PERHAPS),
        (A_PHOTO, _told(media=[{"googleUrl": "https://g"}]), Likeness.OURS),
        (A_PHOTO, _told(media=[{"sourceUrl": SENT_FROM}]), Likeness.OURS),
        (A_PHOTO, _told(media=[{"sourceUrl": "https://elsewhere.example/photo.jpg"}]), Likeness.NO),
        (A_PHOTO, _told(media=[{"googleUrl": "https://g"}] * 2), Likeness.NO),
        (A_PHOTO, _told(), Likeness.PERHAPS),
        (A_PHOTO, _told(media=5), Likeness.PERHAPS),
    ],
)
def test_what_may_be_ours(piece: Piece, post: Mapping[str, Any], likely: Likeness) -> None:
    """Ours only where everything agrees; not ours only where something differs that Google tells as it was given."""
    assert likeness.of(piece, START, post) is likely


def test_somebody_s_own_event_of_the_same_words_is_not_ours() -> None:
    """The owner made one by hand: ours is absent, and theirs is not taken for it."""
    person = Person()
    armed = Armed(1, person.world.now, {})
    theirs = simulated.piece(Kind.EVENT, "Come", options={"event": {**EVENT, "title": "Another"}})
    person.post(theirs)
    assert isinstance(publish.find(person.call, AN_EVENT, armed), Absent)
    assert isinstance(publish.find(person.call, theirs, armed), Published)


def test_a_post_in_other_words_is_no_absence() -> None:
    """Unless it is known to be another piece's."""
    person = Person()
    armed = Armed(1, person.world.now, {})
    other, _ = person.post(simulated.piece(Kind.TEXT, "Something else"))
    assert isinstance(publish.find(person.call, A_TEXT, armed), Unsure)
    known = Armed(1, armed.at, {}, lambda one: one == other.id)
    assert isinstance(publish.find(person.call, A_TEXT, known), Absent)
