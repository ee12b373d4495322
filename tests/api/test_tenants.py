"""Another workspace's things do not exist: the matrix is made from the route table."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from typing import Any

import pytest

from shared.api.engine.routes import Route
from shared.api.v1.dialect import V1
from shared.domain.accounts import Connected, Tokens
from shared.operations import choosing, redirect_uris
from shared.operations.inbox import ids
from shared.operations.linking import Owner
from shared.ports.http import Response
from tests.api.client import Api, api
from tests.security import goals
from tests.support import files

TEMPLATE: dict[str, Any] = {"components": [{"type": "BODY", "text": "x"}]}
BODIES: dict[str, Any] = {
    "PATCH /v1/posts/{pid}": {"text": "mine now"},
    "POST /v1/posts/{pid}/resolve": {"outcome": "retry"},
    "PATCH /v1/keys/{id}": {"name": "mine now"},
    "PATCH /v1/accounts/{id}": {"brand_id": "default"},
    "PATCH /v1/accounts/{id}/pages/{pageId}": {"is_default": True},
    "POST /v1/accounts/{id}/boards": {"name": "mine now"},
    "PATCH /v1/accounts/{id}/boards/{boardId}": {"name": "mine now"},
    "PATCH /v1/brands/{id}": {"name": "mine now"},
    "PUT /v1/platforms/{platform}/credentials/brand/{brand_id}": {"client_id": "mine", "client_secret": "now"},
    "POST /v1/accounts/pending/{connection_id}/select": {"page_ids": ["100"]},
    "POST /v1/actions/{id}/resolve": {"outcome": "retry"},
    "PATCH /v1/webhooks/{id}": {"is_active": False},
    "POST /v1/webhooks/{id}/recover": {"since": "2026-11-01T00:00:00Z"},
    "POST /v1/webhooks/{id}/test": {"event_type": "post.published"},
    "POST /v1/inbox/comments/{postId}": {"account_id": "{thing}", "text": "x"},
    "POST /v1/inbox/comments/{postId}/{commentId}/hide": {"account_id": "{thing}"},
    "POST /v1/inbox/comments/{postId}/{commentId}/like": {"account_id": "{thing}"},
    "POST /v1/inbox/comments/{postId}/{commentId}/private-reply": {"account_id": "{thing}", "text": "x"},
    "PATCH /v1/inbox/conversations/{id}": {"status": "archived"},
    "POST /v1/inbox/conversations/{id}/messages": {"account_id": "{thing}", "text": "x"},
    "POST /v1/inbox/reviews/{id}/reply": {"account_id": "{thing}", "text": "x"},
    "POST /v1/accounts/{id}/mentions/reply": {"media_id": "1", "text": "x"},
    "POST /v1/platforms/whatsapp/phone-numbers/{id}/request-code": {"method": "SMS", "language": "en_US"},
    "POST /v1/platforms/whatsapp/phone-numbers/{id}/verify-code": {"code": "123456"},
    "POST /v1/platforms/whatsapp/phone-numbers/{id}/register": {"pin": "123456"},
    "PUT /v1/platforms/whatsapp/phone-numbers/{id}/business-profile": {"about": "mine now"},
    "POST /v1/platforms/whatsapp/accounts/{id}/templates": {
        **TEMPLATE,
        "name": "mine",
        "language": "en",
        "category": "UTILITY",
    },
    "PUT /v1/platforms/whatsapp/templates/{id}": TEMPLATE,
    "POST /v1/platforms/whatsapp/accounts/{id}/send-template": {
        "to": "15551234567",
        "template_name": "x",
        "language": "en",
    },
}
QUERIES = {
    "GET /v1/accounts/{id}/comments": "?post_id=1",
    "DELETE /v1/platforms/whatsapp/accounts/{id}/templates": "?name=x",
    "GET /v1/accounts/{id}/messages": "?conversation_id=1",
    "GET /v1/accounts/{id}/ads": "?level=campaign&ad_account_id=1",
    "GET /v1/accounts/{id}/ads/stats": "?level=account&ad_account_id=1&since=2026-11-01&until=2026-11-02",
}
QUERIES |= {
    f"{route.method} {route.path}": "?account_id={thing}"
    for route in V1.routes()
    if "{postId}" in route.path and route.method != "POST"
}
KNOWN = {"name": "boards", "postId": "1", "commentId": "2", "boardId": "3", "pageId": "4", "platform": "twitter"}
# A hook that is not there is removed already, says 204: test_hooks has that it is nobody else's.
REPEATABLE = {"DELETE /v1/hooks/{id}"}
WITH_IDS = [
    route
    for route in V1.routes()
    if re.search(r"{(?!platform)", route.path) and route.scope is not None
    if f"{route.method} {route.path}" not in REPEATABLE
]


def _things(other: Api) -> dict[str, str]:
    """One of each kind, of another workspace."""
    upload = {"file": (io.BytesIO(files.jpeg()), "a.jpg", "image/jpeg")}
    post = "at://did:plc:ewvi7nxzyoun6zhxrhs64oiz/app.bsky.feed.post/3k43tv4rft22g"
    like = {"account_id": other.connect("bluesky"), "verb": "post.like", "on": post}
    page = Connected("100", "page", "Page", Tokens("token"))
    owner = Owner(other.caller.space, sandbox=True)
    invite = {"brand_id": "default", "platform": "threads", "expires_in_days": 7}
    other.rig.outside.hosts["hooks.example.com"] = lambda _: Response(200, {}, b"")
    hook = {"url": "https://hooks.example.com/", "events": ["post.published"]}
    return {
        "pending": choosing.offer(other.rig.ports, owner, "instagram", [page]).id,
        "actions": other("POST", "/v1/actions", like).json["id"],
        "posts": other.post(publish_now=True)["id"],
        "accounts": other.connect("bluesky"),
        "media": other("POST", "/v1/media/upload", data=upload).json["media_id"],
        "keys": other("POST", "/v1/keys", {"name": "theirs"}).json["id"],
        "redirect_uri": redirect_uris.add(other.rig.ports, other.caller, "https://theirs.example.com/").id,
        "brands": other("POST", "/v1/brands", {"name": "theirs"}).json["id"],
        "invites": other("POST", "/v1/invites", invite).json["id"],
        "webhooks": other("POST", "/v1/webhooks", hook).json["id"],
        "hooks": other("POST", "/v1/hooks", hook).json["id"],
        "exports": other("POST", f"/v1/accounts/{other.connect('bluesky')}/export").json["id"],
        "inbox": other.accounts["bluesky"],
        "platforms": other.connect("whatsapp"),
        "conversation": ids.encode("conversation", ids.Named("bluesky", "3kconvo", other.accounts["bluesky"])),
    }


@pytest.fixture(scope="module")
def quiet() -> Api:
    """One world for requests that change nothing."""
    return api()


def _path(route: Route, identifier: str) -> str:
    path = re.sub(r"\{(pid|id|did|connection_id|account_id|brand_id)\}", lambda _: identifier, route.path)
    for name, value in KNOWN.items():
        path = path.replace(f"{{{name}}}", value)
    return path + QUERIES.get(f"{route.method} {route.path}", "").replace("{thing}", identifier)


def _body(route: Route, identifier: str) -> Any:
    """The route's body, about this thing where the path does not say."""
    body = BODIES.get(f"{route.method} {route.path}")
    return body and {name: identifier if value == "{thing}" else value for name, value in body.items()}


def _alike(thing: str, kind: str) -> str:
    """An id of the same form that nobody has."""
    if kind == "conversation":
        named = ids.decode("conversation", thing)
        assert named is not None
        return ids.encode("conversation", replace(named, account_id=_alike(named.account_id, "")))
    return thing[:-1] + ("0" if thing[-1] != "0" else "1")


@pytest.mark.parametrize("route", WITH_IDS, ids=lambda route: f"{route.method} {route.path}")
def test_another_workspaces_id_is_a_404(call: Api, route: Route) -> None:
    other = api(call.rig)
    things = _things(other)
    kinds = {
        "/brand/": "brands",
        "/pending/": "pending",
        "/redirect-uris/": "redirect_uri",
        "/conversations/": "conversation",
    }
    kind = next((kind for part, kind in kinds.items() if part in route.path), route.path.split("/")[2])
    thing = things[kind]
    before = _everything(other)

    def ask(identifier: str) -> Any:
        return call(route.method, _path(route, identifier), _body(route, identifier))

    def asked(identifier: str) -> tuple[Any, list[str]]:
        began = len(call.rig.faults.calls)
        return ask(identifier), call.rig.faults.calls[began:]

    ask("absent")  # a key's first request counts and notes its use
    (theirs, theirs_calls), (nobodys, _) = asked(thing), asked("nobody")
    goals.count(14, "foreign ids, v1: in paths", 1, theirs.status != 404)
    assert theirs.status == nobodys.status == 404, theirs.json
    assert theirs.error["code"] == nobodys.error["code"]
    assert theirs.error["message"].replace(thing, "?") == nobodys.error["message"].replace("nobody", "?")
    assert _everything(other) == before
    _, absent_calls = asked(_alike(thing, kind))
    assert theirs_calls == absent_calls, "the time that it takes tells whether somebody has it"


@pytest.mark.parametrize(
    "route",
    [route for route in WITH_IDS if "{postId}" not in route.path],  # a network's ids, which it refuses itself
    ids=lambda route: f"{route.method} {route.path}",
)
@pytest.mark.parametrize("identifier", ["..", "a b", "é", "x" * 200, "__proto__", "%2e%2e"])
def test_what_is_no_id_is_a_404(quiet: Api, route: Route, identifier: str) -> None:
    assert quiet(route.method, _path(route, identifier), _body(route, "nobody")).status == 404


def test_lists_hold_the_callers_own_things_only(call: Api) -> None:
    other = api(call.rig)
    _things(other)
    for path in ("/v1/posts", "/v1/accounts", "/v1/media"):
        assert call("GET", path).json["data"] == []
    assert all(row["name"] != "theirs" for row in call("GET", "/v1/keys").json["data"])
    assert call("GET", "/v1/media/storage").json["count"] == 0
    assert call("GET", f"/v1/posts?account_ids={other.accounts['bluesky']}").json["data"] == []


@pytest.mark.parametrize(
    "route",
    [route for route in V1.routes() if route.scope is not None],
    ids=lambda route: f"{route.method} {route.path}",
)
def test_every_route_refuses_whoever_has_no_key(quiet: Api, route: Route) -> None:
    path = route.path.replace("{pid}", "post_1").replace("{id}", "x_1")
    answer = quiet(route.method, path, BODIES.get(f"{route.method} {route.path}", {}), key=None)
    assert (answer.status, answer.error["code"]) == (401, "auth.missing_header")


def _everything(other: Api) -> Any:
    kinds = ("posts", "accounts", "media", "targets", "brands")
    return {kind: [(doc.path, doc.data) for doc in other.stored(kind)] for kind in kinds}
