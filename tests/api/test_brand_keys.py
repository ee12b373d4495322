"""What is in other brands does not exist for a key that is bound to some: the matrix is made from the route table."""

from __future__ import annotations

from typing import Any

import pytest

from shared.api.engine.routes import ADMIN, Route
from shared.domain.accounts import Connected, Tokens
from shared.domain.callers import ACCOUNT_LEVEL
from shared.operations import choosing
from shared.operations.inbox import ids
from shared.operations.linking import Owner
from tests.api import test_tenants
from tests.api.client import Api

SHARED = ("/v1/media", "/v1/oauth")  # the media pool is everybody's, and so is where consents may lead back to
ROUTES = [route for route in test_tenants.WITH_IDS if not route.path.startswith(SHARED)]
LIKED = "at://did:plc:ewvi7nxzyoun6zhxrhs64oiz/app.bsky.feed.post/3k43tv4rft22g"


def _brands(call: Api) -> tuple[str, str, str]:
    """A key that is bound to one brand, that brand, and another."""
    mine, theirs = (call("POST", "/v1/brands", {"name": name}).json["id"] for name in ("Mine", "Theirs"))
    made = call("POST", "/v1/keys", {"name": "Bound", "brand_ids": [mine]})
    assert made.status == 201, made.json
    return made.json["raw_key"], mine, theirs


def test_a_key_of_some_brands_learns_that_what_covers_all_is_not_for_it(call: Api) -> None:
    key, _, _ = _brands(call)
    answer = call("GET", "/v1/events", key=key)
    assert (answer.status, answer.meta["required_scope"]) == (403, "analytics:read")
    assert "covers all brands" in answer.error["message"]
    assert "Make a key" not in answer.error["message"]


def _things(call: Api, brand_id: str) -> dict[str, str]:
    account = call.connect("bluesky")
    assert call("PATCH", f"/v1/accounts/{account}", {"brand_id": brand_id}).json["brand_id"] == brand_id
    page = Connected("100", "page", "Page", Tokens("token"))
    owner = Owner(call.caller.space, True, brand_id)
    return {
        "pending": choosing.offer(call.rig.ports, owner, "instagram", [page]).id,
        "actions": call("POST", "/v1/actions", {"account_id": account, "verb": "post.like", "on": LIKED}).json["id"],
        "posts": call.post(publish_now=True)["id"],
        "accounts": account,
        "inbox": account,
        "conversation": ids.encode("conversation", ids.Named("bluesky", "3kconvo", account)),
        "brands": brand_id,
        "platforms": account,
    }


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_another_brands_id_is_a_404(call: Api, route: Route) -> None:
    key, _, theirs = _brands(call)
    things = _things(call, theirs)
    parts = {"/pending/": "pending", "/conversations/": "conversation"}
    kind = next((kind for part, kind in parts.items() if part in route.path), route.path.split("/")[2])
    thing = things.get(kind, "x_1")
    before = test_tenants._everything(call)
    path, body = test_tenants._path(route, thing), test_tenants._body(route, thing)
    answer = call(route.method, path, body, key=key)
    expected = 403 if route.scope in (ADMIN, *ACCOUNT_LEVEL) else 404
    assert answer.status == expected, answer.json
    assert test_tenants._everything(call) == before


def test_lists_hold_the_brands_own_things_only(call: Api) -> None:
    key, mine, theirs = _brands(call)
    things = _things(call, theirs)

    def rows(path: str) -> list[Any]:
        return [row["id"] for row in call("GET", path, key=key).json["data"]]

    account = things["accounts"]
    for path in ("/v1/posts", "/v1/accounts", f"/v1/accounts?brand_id={theirs}", f"/v1/actions?account_id={account}"):
        assert rows(path) == []
    assert rows("/v1/brands") == [mine]
    call("PATCH", f"/v1/accounts/{account}", {"brand_id": mine})
    assert rows("/v1/accounts") == rows(f"/v1/accounts?brand_id={mine}") == [account]
    assert rows("/v1/posts") == [things["posts"]]
    assert rows(f"/v1/actions?account_id={account}") == [things["actions"]]


def test_a_post_of_two_brands_is_seen_by_both_and_changed_by_neither(call: Api) -> None:
    """Of its targets, those elsewhere cannot be touched; nor can they be added."""
    key, mine, theirs = _brands(call)
    here, there = call.connect("bluesky"), call.connect("twitter")
    for account, brand_id in ((here, mine), (there, theirs)):
        call("PATCH", f"/v1/accounts/{account}", {"brand_id": brand_id})
    later = {"scheduled_at": "2027-01-01T09:00:00Z"}
    both = call.post(platforms=("bluesky", "twitter"), **later)["id"]
    assert call("GET", f"/v1/posts/{both}", key=key).status == 200
    assert call("PATCH", f"/v1/posts/{both}", {"text": "mine now"}, key=key).status == 404
    assert call("DELETE", f"/v1/posts/{both}", key=key).status == 404
    targets = [{"account_id": here}, {"account_id": there}]
    refused = call("POST", "/v1/posts", {"text": "Hi", "targets": targets, **later}, key=key)
    assert (refused.status, refused.error["code"]) == (404, "account.not_found")
    assert call("POST", "/v1/posts", {"text": "A draft of nobody"}, key=key).meta["field"] == "targets"
    own = call("POST", "/v1/posts", {"text": "Hi", "targets": targets[:1], **later}, key=key).json["id"]
    assert call("PATCH", f"/v1/posts/{own}", {"targets": targets}, key=key).status == 404
    assert call("PATCH", f"/v1/posts/{own}", {"text": "Hello"}, key=key).status == 200


def test_what_a_bound_key_connects_is_in_its_brand(call: Api) -> None:
    """Its only one by itself; of several one has to be named; accounts of other brands are not taken away."""
    key, mine, theirs = _brands(call)
    begun = call("POST", "/v1/accounts/connect", {"platform": "twitter"}, key=key)
    assert begun.status == 202, begun.json
    assert call("POST", "/v1/accounts/connect", {"platform": "twitter", "brand_id": theirs}, key=key).status == 404
    several = call("POST", "/v1/keys", {"name": "Two", "brand_ids": [mine, "default"]}).json["raw_key"]
    asked = call("POST", "/v1/accounts/connect", {"platform": "twitter"}, key=several)
    assert (asked.status, asked.meta["field"]) == (400, "brand_id")
