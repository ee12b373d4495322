"""Reviews of the location: reading them, answering, and taking an answer back.

An answer is put, not posted: putting it again changes nothing, and reading the review tells whether it stands.
https://developers.google.com/my-business/content/review-data, read 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from shared.domain.content import Act
from shared.platforms.contract import Absent, Armed, Call, Published, Ready, Unsure, Wait
from shared.platforms.contract_inbox import Page, Person, Review
from shared.platforms.google_business import api, wire
from shared.ports.http import AnswerLost

PAGE: Final = 50  # Google's most


def reviews(call: Call, cursor: str) -> Page[Review]:
    """The location's reviews, the latest change first."""
    query = {"pageSize": PAGE, "orderBy": "updateTime desc", "pageToken": cursor or None}
    page = api.read(call, f"{api.V4}/{api.place(call)}/reviews", **query)
    found = tuple(_review(call, review) for review in api.items(page, "reviews"))
    return Page(found, str(page.get("nextPageToken") or ""))


def prepare(call: Call, act: Act, state: Mapping[str, Any]) -> Ready | Wait:
    """Nothing of this needs preparing."""
    return Ready(state)


def commit(call: Call, act: Act, state: Mapping[str, Any]) -> Published:
    """The one visible request."""
    return _ACTS[act.verb][0](call, act)


def confirm(call: Call, act: Act, state: Mapping[str, Any]) -> Published | Wait:
    """Never needed: Google answers when it is done."""
    raise TypeError("commit never answers Accepted here")


def find(call: Call, act: Act, armed: Armed) -> Published | Absent | Unsure:
    """Whether the wished answer stands, or is gone."""
    shown = api.read(call, f"{api.V4}/{_name(call, act)}")
    if not shown.get("reviewId"):
        raise AnswerLost("a success that is no review")
    answer = (shown.get("reviewReply") or {}).get("comment")
    return _ACTS[act.verb][1](act, answer)


def _reply(call: Call, act: Act) -> Published:
    answer = api.write(call, "PUT", f"{api.V4}/{_name(call, act)}/reply", {"comment": act.text})
    if not isinstance(answer.get("comment"), str):
        raise AnswerLost("a success that is no answer to a review")
    return Published(act.on, None, {}, answer)


def _replied(act: Act, answer: str | None) -> Published | Absent:
    if answer is not None and wire.plain(answer) == wire.plain(act.text):
        return Published(act.on)
    return Absent("the review has no answer" if answer is None else "the review has another answer")


def _unreply(call: Call, act: Act) -> Published:
    api.remove(call, f"{api.V4}/{_name(call, act)}/reply")
    return Published(act.on)


def _unreplied(act: Act, answer: str | None) -> Published | Absent:
    return Published(act.on) if answer is None else Absent("the review still has an answer")


_Steps = tuple[Callable[[Call, Act], Published], Callable[[Act, str | None], Published | Absent]]
_ACTS: Final[Mapping[str, _Steps]] = {"review.reply": (_reply, _replied), "review.unreply": (_unreply, _unreplied)}


def _name(call: Call, act: Act) -> str:
    """Of its id alone: ``handles`` are what a caller says they are."""
    return api.part_of(call, "reviews", act.on)


def _review(call: Call, review: Mapping[str, Any]) -> Review:
    reviewer, answer = review.get("reviewer") or {}, review.get("reviewReply") or {}
    replied = answer.get("comment")
    return Review(
        id=str(review.get("reviewId")),
        author=Person("", str(reviewer.get("displayName") or ""), "", str(reviewer.get("profilePhotoUrl") or "")),
        text=str(review.get("comment") or ""),
        at=wire.instant(review.get("createTime")) or call.now,
        stars=wire.STARS.get(str(review.get("starRating"))),
        reply=replied,
        reply_state=str(answer.get("reviewReplyState") or "").lower(),
        reply_at=wire.instant(answer.get("updateTime")) if replied is not None else None,
        permalink=str(call.who.metadata.get("maps_url") or ""),
        can=frozenset({"review.reply", "review.unreply"} if replied is not None else {"review.reply"}),
        raw=dict(review),
    )
