"""What the simulated Google Business Profile keeps: people, their accounts and locations, posts and reviews.

State: ``gbp.person/{id}`` with its locations, ``gbp.place/{location}``, ``gbp.posts/{location}`` (the last 300),
``gbp.replies/{location}`` (answers by review), ``gbp.visits/{location}`` (reviews that tests caused), ``gbp.setting/{account}``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from shared.platforms import _alive, _faults
from shared.platforms._google.simulator import Asked, Denied, rpc_error
from shared.platforms._google.simulator_oauth import Accounts
from shared.platforms.contract import World
from shared.ports.http import Response

KEPT: Final = 300
SCOPE: Final = "https://www.googleapis.com/auth/business.manage"
_TOWNS: Final = ("Riverside", "Hillcrest", "Lakeview")
_PHONE: Final = re.compile(r"\+\d[\d ()-]{7,}\d")
_WORDS: Final = ("ONE", "TWO", "THREE", "FOUR", "FIVE")


@dataclass(frozen=True, slots=True)
class Said:
    """A review as it stands: ``stars`` in Google's word."""

    id: str
    name: str
    stars: str
    text: str
    at: datetime


def person(world: World, name: str) -> dict[str, Any]:
    """The simulated person of that name with their business, made at first sight: one location, three for ``many``."""
    plain = re.sub(r"[^a-z0-9]", "-", name.lower())[:40] or "someone"
    known = world.get("gbp.person", plain)
    if known:
        return known
    account = _alive.digits(f"gbp/account/{plain}", 21)
    towns = _TOWNS if plain == "many" else _TOWNS[:1]
    places = [_alive.digits(f"gbp/location/{plain}/{town}", 20) for town in towns]
    title = plain.replace("-", " ").title()
    made = {"id": plain, "account": account, "places": places, "title": title}
    world.put("gbp.person", plain, made)
    for place, town in zip(places, towns, strict=True):
        fields = {"id": place, "account": account, "title": title, "town": town, "since": world.now.isoformat()}
        world.put("gbp.place", place, fields)
    return made


ACCOUNTS: Final = Accounts("gbp", person, (SCOPE,))


def place_of(asked: Asked, location: str, account: str = "-") -> dict[str, Any]:
    """A location that the person manages. Raises Denied."""
    found = asked.world.get("gbp.place", location) if location in asked.user["places"] else None
    if not found or account not in {"-", found["account"]}:
        raise Denied(not_found())
    return found


def posts(world: World, location: str) -> list[dict[str, Any]]:
    """The location's posts, oldest first."""
    found: list[dict[str, Any]] = (world.get("gbp.posts", location) or {"posts": []})["posts"]
    return found


def keep_posts(world: World, location: str, found: list[dict[str, Any]]) -> None:
    """Put them back."""
    world.put("gbp.posts", location, {"posts": found[-KEPT:]})


def reviews(world: World, place: Mapping[str, Any]) -> list[Said]:
    """What customers wrote so far, the latest first."""
    since = datetime.fromisoformat(place["since"])
    found = [
        Said(_id(place, one.number), one.who.name, _WORDS[one.stars - 1], one.text, one.at)
        for one in _alive.reviews(f"gbp/{place['id']}", since, world.now)
    ]
    caused = (world.get("gbp.visits", str(place["id"])) or {"reviews": []})["reviews"]
    found += [
        Said(v["id"], v["name"], _WORDS[v["stars"] - 1], v["text"], datetime.fromisoformat(v["at"])) for v in caused
    ]
    return sorted(found, key=lambda one: one.at, reverse=True)


def replies(world: World, location: str) -> dict[str, dict[str, str]]:
    """The location's answers by review: ``comment`` and ``at``."""
    return dict((world.get("gbp.replies", location) or {"replies": {}})["replies"])


def state_of(world: World, post: Mapping[str, Any]) -> str:
    """Google looks at a post for two seconds; a phone number in the text is against its policy."""
    if (world.now - datetime.fromisoformat(post["at"])) < timedelta(seconds=2):
        return "PROCESSING"
    return "REJECTED" if _PHONE.search(str(post["body"].get("summary", ""))) else "LIVE"


def _id(place: Mapping[str, Any], number: int) -> str:
    seed = f"gbp/{place['id']}/{number}"
    return f"AbFvOq{_alive.digits(seed, 18)}"


def not_found() -> Response:
    """A 404."""
    return rpc_error(404, "Requested entity was not found.")


def invalid(field: str, message: str, code: int = 3) -> Denied:
    """A 400 as v4 has it."""
    detail = {"code": code, "field": field, "message": message}
    kind = "type.googleapis.com/google.mybusiness.v4.ValidationError"
    return Denied(rpc_error(400, "Request contains an invalid argument.", {"@type": kind, "errorDetails": [detail]}))


def limited() -> Response:
    """Too many requests; when to come back, as google.rpc has it."""
    about = {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": "RATE_LIMIT_EXCEEDED",
        "domain": "googleapis.com",
    }
    retry = {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": f"{_faults.LIMITED_SECONDS}s"}
    return rpc_error(429, "Quota exceeded for quota metric 'Requests' and limit 'Requests per minute'.", about, retry)


def broken() -> Response:
    """Google's own trouble."""
    return rpc_error(503, "The service is currently unavailable.")
