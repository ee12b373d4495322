"""Another workspace's ids in bodies and queries, and in the paths of creator and connect: they are nobody's.

Every name in the documents that means an id stands in one of the tables below, or its test says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import pytest

from tests.api import test_tenants
from tests.api.client import Api, api, document
from tests.api.matrix import ROWS, held, plain
from tests.security import goals

_ID = re.compile(r"(_ids?|Ids?|^id|^pid|^did)$")
KINDS: Mapping[str, str] = {
    "account_id": "accounts",
    "account_ids": "accounts",
    "brand_id": "brands",
    "brand_ids": "brands",
    "queue_brand_id": "brands",
    "media_ids": "media",
    "media_id": "media",
    "post_id": "posts",
    "network_id": "listing",
}
FOREIGN: Mapping[str, str] = {  # names of what is not ours to know, and why
    "campaign_id": "a label of the caller's own choice, nothing that is kept under it",
    "client_id": "an app at the network",
    "user_id": "whose token it is, at the network",
    "comment_id": "the network's",
    "ad_account_id": "the network's",
    "parent_id": "the network's",
    "conversation_id": "the network's",
    "page_id": "the network's, or what the caller enters",
    "page_ids": "the network's, among those that a pending choice offers",
    "platform_account_id": "the network's, among those that a pending choice offers",
    "board_id": "the network's",
    "wall_id": "what the caller enters",
    "channel_id": "what the caller enters",
    "platform_id": "the network's word on what became of it",
    "platform_post_id": "the network's word on what became of it",
    "reply_to_message_id": "the network's",
    "session_id": "the payment service's",
    "id": "the caller's own name for a row of a list",
    "target_id": "within the post that the path names",
    "resource_id": "a filter of the caller's own events",
    "item_ids": "items of the inbox: what the caller cannot see is passed over (test_inbox_stored)",
}
OWN_MEANING: Mapping[str, str] = {  # where a name of KINDS means something else
    "v1 POST /v1/accounts/{id}/mentions/reply media_id": "the network's",
    "v1 GET /v1/accounts/{id}/comments post_id": "the network's",
    "connect POST /api/action/network/approval/ network_id": "the network's name for it",
}
FOUND_NOTHING = {  # filters: nothing of the caller's is there, and that is the answer
    "v1 GET /v1/posts account_ids",
    "v1 GET /v1/posts brand_id",
    "v1 GET /v1/accounts brand_id",
    "v1 GET /v1/actions account_id",
    "v1 GET /v1/events account_id",
    "v1 GET /v1/inbox brand_id",
    "v1 GET /v1/inbox/comments brand_id",
    "v1 GET /v1/inbox/conversations brand_id",
}
NOT_LOOKED_AT = {  # a slot is taken when the post is made, and what names no slot yet is judged by its content
    "v1 POST /v1/posts/validate queue_brand_id",
    "v1 POST /v1/posts/preview queue_brand_id",
}
REFUSED_AS_WRONG = {"v1 POST /v1/keys brand_ids": "validation.brand_invalid"}  # as the documented API says it
SAID_IN_THE_ANSWER = {"v1 POST /v1/posts/validate", "v1 POST /v1/posts/preview", "v1 POST /v1/posts/bulk"}
BASES: Mapping[str, Any] = {
    "v1 POST /v1/posts": {"text": "x", "targets": [{"account_id": "{own}"}]},
    "v1 PATCH /v1/posts/{pid}": {"text": "x"},
    "v1 POST /v1/posts/bulk": {"posts": [{"text": "x", "targets": [{"account_id": "{own}"}]}]},
    "v1 POST /v1/posts/validate": {"text": "x"},
    "v1 POST /v1/posts/preview": {"text": "x"},
    "creator POST /api/v1/creator/social/posts": {
        "content": {"text": "x"},
        "platforms": [{"platform": "bluesky", "account_id": "{own}"}],
    },
    "creator POST /api/v1/creator/social/publish": {
        "content": {"text": "x"},
        "platforms": [{"platform": "bluesky", "account_id": "{own}"}],
    },
}
ITEMS: Mapping[str, Any] = {
    "targets": {"account_id": "{own}"},
    "segments": {"text": "x"},
    "platforms": {"platform": "bluesky"},
    "media": {"type": "image"},
    "posts": {"text": "x"},
}


@dataclass(frozen=True)
class Place:
    """Where a request carries an id."""

    label: str
    method: str
    path: str
    where: str  # path, query or body
    at: tuple[str, ...]
    many: bool = False

    @property
    def name(self) -> str:
        return self.at[-1]

    @property
    def spot(self) -> str:
        return f"{self.label} {'.'.join(self.at)}"


def _places() -> Iterator[Place]:
    for row in ROWS:
        if row.dialect.name == "social" or row.route.scope is None:
            continue
        paths, route = document(row.dialect.name), row.route
        operation = paths["paths"][route.path][route.method.lower()]
        for one in operation.get("parameters", ()):
            if "$ref" not in one and one["in"] in ("path", "query") and _ID.search(one["name"]):
                yield Place(row.label, route.method, route.path, one["in"], (one["name"],))
        for content in list(operation.get("requestBody", {}).get("content", {}).values())[:1]:
            for at, many in _named(paths["components"]["schemas"], content["schema"]):
                yield Place(row.label, route.method, route.path, "body", at, many)


def _named(
    schemas: Mapping[str, Any], schema: Mapping[str, Any], at: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], bool]]:
    """The names of ids in a body, at any depth; and whether each is a list."""
    if "$ref" in schema:
        yield from _named(schemas, schemas[schema["$ref"].rpartition("/")[2]], at)
    for one in (*schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("allOf", ())):
        yield from _named(schemas, one, at)
    for name, inner in schema.get("properties", {}).items():
        if _ID.search(name):
            yield (*at, name), any(one.get("type") == "array" for one in (inner, *inner.get("anyOf", ())))
        else:
            yield from _named(schemas, inner, (*at, name))
    if isinstance(schema.get("items"), dict):
        yield from _named(schemas, schema["items"], (*at, "[]"))


PLACES = tuple(dict.fromkeys(_places()))
TRIED = tuple(
    place
    for place in PLACES
    if place.name in KINDS
    and place.spot not in OWN_MEANING
    and not (place.where == "path" and place.label.startswith("v1 "))  # test_tenants
)


@dataclass(frozen=True)
class World:
    """Two workspaces, and what the other one's things are called."""

    mine: Api
    theirs: Api
    things: Mapping[str, str]


@pytest.fixture(scope="module")
def world() -> World:
    theirs = api()
    mine = api(theirs.rig)
    mine.connect("bluesky")
    mine.connect("instagram")
    entered = {"network": "facebook", "page_id": "p", "page_name": "P", "page_url": "https://example.com/p"}
    listing = theirs("POST", "/api/add/social-page/", entered).json["page_id"]
    return World(mine, theirs, {**test_tenants._things(theirs), "listing": str(listing)})


def _ask(world: World, place: Place, thing: str) -> Any:
    call = world.mine
    path = place.path
    if place.where == "path":
        path = path.replace(f"{{{place.name}}}", thing)
    own = {"id": call.accounts["bluesky"], "postId": "1", "commentId": "2", "network": "twitter"}
    if "{pid}" in path:
        path = path.replace("{pid}", call.post()["id"])
    if "{post_id}" in path:
        path = path.replace("{post_id}", call.post()["id"])
    path = re.sub(r"\{(\w+)\}", lambda found: own.get(found[1], "x_1"), path)
    if place.where == "query":
        body = None if place.method in ("GET", "DELETE") else _body(world, place, thing)
        return call(place.method, f"{path}?{place.name}={thing}", body)
    return call(place.method, path, _body(world, place, thing))


def _body(world: World, place: Place, thing: str) -> Any:
    row = next(row for row in ROWS if row.label == place.label)
    known = test_tenants.BODIES.get(f"{place.method} {place.path}")
    body = _own(deepcopy(BASES.get(place.label) or known or dict(row.route.example)), world)
    if place.where != "body":
        return body or None
    value: Any = int(thing) if place.name == "network_id" else thing
    _put(body, place.at, [value] if place.many else value, world)
    if place.name == "queue_brand_id":
        (body["posts"][0] if "posts" in body else body)["queue"] = True
    return body


def _put(body: Any, at: tuple[str, ...], value: Any, world: World) -> None:
    """The value at its place; what is on the way is made."""
    name, *rest = at
    if not rest:
        body[name] = value
    elif rest[0] == "[]":
        if not body.get(name):
            body[name] = [_own(deepcopy(ITEMS[name]), world)]
        _put(body[name][0], tuple(rest[1:]), value, world)
    else:
        _put(body.setdefault(name, {}), tuple(rest), value, world)


def _own(value: Any, world: World) -> Any:
    """With the caller's own account where an example names one."""
    if isinstance(value, dict):
        return {name: _own(inner, world) for name, inner in value.items()}
    if isinstance(value, list):
        return [_own(inner, world) for inner in value]
    if value == "{own}" or (isinstance(value, str) and value.startswith("acc_")):
        return world.mine.accounts["bluesky"]
    return value


@pytest.mark.parametrize("place", TRIED, ids=lambda place: place.spot)
def test_another_workspaces_id_is_nobodys(world: World, place: Place) -> None:
    thing = world.things[KINDS[place.name]]
    nobody = "999999" if place.name == "network_id" else f"{thing.split('_')[0]}_nobody"
    before = held(world.theirs)
    theirs, nobodys = _ask(world, place, thing), _ask(world, place, nobody)
    goals.count(
        14,
        f"foreign ids, {place.label.split()[0]}: in bodies, queries, paths",
        1,
        plain(theirs, thing) != plain(nobodys, nobody),
    )
    assert plain(theirs, thing) == plain(nobodys, nobody)
    if place.spot in FOUND_NOTHING:
        assert (theirs.status, theirs.json.get("data", theirs.json.get("events"))) == (200, [])
    elif place.spot in REFUSED_AS_WRONG:
        assert (theirs.status, theirs.error["code"]) == (400, REFUSED_AS_WRONG[place.spot])
    elif place.spot in NOT_LOOKED_AT:
        assert theirs.status == 200
    elif place.label in SAID_IN_THE_ANSWER and theirs.status < 300:
        assert "not_found" in str(theirs.json), theirs.json
    else:
        assert theirs.status == 404, theirs.json
    assert held(world.theirs) == before


def test_every_name_of_an_id_is_known() -> None:
    """A new field that means an id has to be tried, or to say what else it means."""
    named = {place.name for place in PLACES if place.where != "path" or not place.label.startswith("v1 ")}
    assert named == {*KINDS, *FOREIGN}
    assert {place.spot for place in PLACES} >= set(OWN_MEANING)


def test_what_takes_no_ids_is_listed() -> None:
    """The routes of creator and connect that name nothing of anybody's."""
    with_ids = {place.label for place in PLACES}
    listed = {row.label for row in ROWS if row.dialect.name in ("creator", "connect")} - with_ids
    assert listed == {
        "creator GET /api/v1/creator/social/accounts",
        "creator GET /api/v1/creator/social/distribution/metrics",
        "creator GET /api/v1/creator/social/scheduling/queue",
        "creator GET /api/v1/creator/social/scheduling/optimal-times",
        "creator POST /api/v1/creator/social/media/upload",
        "creator POST /api/v1/creator/social/accounts/connect",
        "creator GET /api/v1/auth/oauth/{platform}",
        "connect POST /api/get/networks/",
        "connect POST /api/get/social-pages/",
        "connect POST /api/get/social-walls/",
        "connect POST /api/get/social-channels/",
    }
