"""The simulated reviews: customers write them by themselves; the owner's answer is put and taken back.

https://developers.google.com/my-business/reference/rest/v4/accounts.locations.reviews, read 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from shared.platforms import _alive
from shared.platforms._google.simulator import Asked, Denied, answer, visible
from shared.platforms.contract import World
from shared.platforms.google_business import limits, wire
from shared.platforms.google_business import simulator_state as state
from shared.platforms.google_business.simulator_state import Said
from shared.ports.http import Response

_ORDERS: Final = ("updateTime desc", "rating", "rating desc")
KEPT: Final = 300


def listed(asked: Asked, account: str, location: str) -> Response:
    """GET reviews."""
    asked.allow("pageSize", "pageToken", "orderBy")
    place = state.place_of(asked, location, account)
    most, start = int(asked.query.get("pageSize", "50")), asked.query.get("pageToken", "0")
    if not 1 <= most <= 50 or not start.isdecimal() or asked.query.get("orderBy", _ORDERS[0]) not in _ORDERS:
        raise state.invalid("page_size", "page_size must be from 1 to 50.")
    found = state.reviews(asked.world, place)
    if asked.query.get("orderBy", "").startswith("rating"):
        found.sort(key=lambda one: wire.STARS[one.stars], reverse=asked.query["orderBy"].endswith("desc"))
    shown = [_shape(asked.world, place, review) for review in found[int(start) : int(start) + most]]
    body: dict[str, Any] = {"reviews": shown} if shown else {}
    if found:
        body["averageRating"] = round(sum(wire.STARS[one.stars] for one in found) / len(found), 1)
        body["totalReviewCount"] = len(found)
    if int(start) + most < len(found):
        body["nextPageToken"] = str(int(start) + most)
    return answer(body)


def show(asked: Asked, account: str, location: str, review_id: str) -> Response:
    """GET a review."""
    asked.allow()
    place, review = _one(asked, account, location, review_id)
    return answer(_shape(asked.world, place, review))


def put_reply(asked: Asked, account: str, location: str, review_id: str) -> Response:
    """PUT the owner's answer: made, or put in the place of the one before."""
    asked.allow()
    _one(asked, account, location, review_id)
    body = asked.json()
    comment = body.get("comment")
    if set(body) != {"comment"} or not isinstance(comment, str) or not comment.strip():
        raise state.invalid("comment", "comment is required.", 2)
    if limits.count_bytes(comment) > limits.REPLY_BYTES:
        raise state.invalid("comment", f"The comment must be at most {limits.REPLY_BYTES} bytes.")

    def appear() -> Response:
        kept = state.replies(asked.world, location)
        if (kept.get(review_id) or {}).get("comment") != comment:
            kept[review_id] = {"comment": comment, "at": asked.world.now.isoformat()}
        _keep(asked.world, location, kept)
        return answer(_reply(kept[review_id]))

    return visible(
        asked,
        comment,
        f"{location}.{review_id}.{comment}",
        appear,
        rejected=lambda: state.invalid("comment", "The comment violates a policy.").response,
        limited=state.limited,
        broken=state.broken,
    )


def delete_reply(asked: Asked, account: str, location: str, review_id: str) -> Response:
    """DELETE the owner's answer."""
    asked.allow()
    _one(asked, account, location, review_id)
    kept = state.replies(asked.world, location)
    if review_id not in kept:
        raise Denied(state.not_found())
    del kept[review_id]
    _keep(asked.world, location, kept)
    return answer({})


def visit(world: World, location: str, stars: int, text: str, who: str = "somebody") -> str:
    """Somebody reviews the location now; the review's id."""
    number = world.serial("gbp.visit")
    person = _alive.someone(f"visit/{who}")
    made = {
        "id": f"AbFvOqVisit{number:08d}",
        "name": person.name,
        "stars": stars,
        "text": text,
        "at": world.now.isoformat(),
    }
    before = (world.get("gbp.visits", location) or {"reviews": []})["reviews"]
    world.put("gbp.visits", location, {"reviews": [*before, made][-KEPT:]})
    return str(made["id"])


def _one(asked: Asked, account: str, location: str, review_id: str) -> tuple[dict[str, Any], Said]:
    place = state.place_of(asked, location, account)
    for review in state.reviews(asked.world, place):
        if review.id == review_id:
            return place, review
    raise Denied(state.not_found())


def _keep(world: World, location: str, kept: Mapping[str, Mapping[str, str]]) -> None:
    latest = sorted(kept.items(), key=lambda one: one[1]["at"])[-KEPT:]
    world.put("gbp.replies", location, {"replies": dict(latest)})


def _shape(world: World, place: Mapping[str, Any], review: Said) -> dict[str, Any]:
    """A Review; one without words has no comment."""
    at = wire.rfc3339(review.at)
    shown: dict[str, Any] = {
        "name": f"accounts/{place['account']}/locations/{place['id']}/reviews/{review.id}",
        "reviewId": review.id,
        "reviewer": {
            "displayName": review.name,
            "profilePhotoUrl": f"https://lh3.googleusercontent.com/a/{review.id}",
            "isAnonymous": False,
        },
        "starRating": review.stars,
        "createTime": at,
        "updateTime": at,
    }
    if review.text:
        shown["comment"] = review.text
    if kept := state.replies(world, str(place["id"])).get(review.id):
        shown["reviewReply"] = _reply(kept)
    return shown


def _reply(kept: Mapping[str, str]) -> dict[str, str]:
    return {"comment": kept["comment"], "updateTime": wire.rfc3339(datetime.fromisoformat(kept["at"]))}
