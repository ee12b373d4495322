"""Request limits and allowances as callers meet them: headers on every answer, 429, and nothing half-made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from shared.api.engine.routes import Dialect
from shared.domain.plans import PLANS
from shared.ports.store import Write
from shared.runtime.api_edge import DIALECTS
from tests.api.client import Answer, Api, api

NAMES = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")
FREE = PLANS["free"]
_POST = "at://did:plc:abc/app.bsky.feed.post/3kabc"


@pytest.fixture
def call() -> Api:
    """A workspace on the plan Free; it speaks with its live key."""
    made = api()
    made.serve_on = replace(made.rig.ports, default_plan="free", memory={})
    made.test_key = made.live_key
    return made


def counted(answer: Answer) -> list[int]:
    return [int(answer.headers[name]) for name in NAMES]


def test_every_answer_to_a_known_caller_counts(call: Api) -> None:
    """200, 400, 403, 404 and a replayed one; each costs one request."""
    narrow = call("POST", "/v1/keys", {"name": "n", "scopes": ["posts:read"]}).json["raw_key"]
    asked: list[tuple[int, Callable[[], Answer]]] = [
        (200, lambda: call("GET", "/v1/posts")),
        (400, lambda: call("POST", "/v1/posts", {"nonsense": 1})),
        (403, lambda: call("GET", "/v1/keys", key=narrow)),
        (404, lambda: call("GET", "/v1/posts/post_nobody")),
        (201, lambda: call("POST", "/v1/posts", {"text": "hi"}, Idempotency_Key="k")),
        (201, lambda: call("POST", "/v1/posts", {"text": "hi"}, Idempotency_Key="k")),
    ]
    left = counted(call("GET", "/v1/keys"))[1]
    answers = [ask() for _, ask in asked]
    assert [one.status for one in answers] == [status for status, _ in asked]
    budget = FREE.requests_per_minute
    assert [counted(one)[:2] for one in answers] == [[budget, left - turn] for turn in range(1, len(asked) + 1)]
    assert answers[-1].headers["Idempotent-Replayed"] == "true"


def test_strangers_are_not_counted(call: Api) -> None:
    """No caller, no workspace, no budget: public pages, unknown paths and refused keys say nothing of limits."""
    for answer in (
        call("GET", "/healthz", key=None),
        call("GET", "/readyz", key=None),
        call("GET", "/v1/posts", key=None),
        call("GET", "/v1/posts", key="rst_live_nonsense"),
        call("GET", "/v1/nothing-here"),
    ):
        assert not set(NAMES) & set(answer.headers)


def test_who_used_the_minute_waits_for_the_next(call: Api) -> None:
    """All keys and both modes share it; nothing is done for the refused request."""
    test = call("POST", "/v1/keys", {"name": "t", "mode": "test"}).json["raw_key"]
    call.rig.clock.advance(20)
    for turn in range(FREE.requests_per_minute - 1):
        assert call("GET", "/v1/posts", key=(test, "")[turn % 2]).status == 200
    refused = call("POST", "/v1/posts", {"text": "hi"}, key=test)
    assert (refused.status, refused.error["code"]) == (429, "ratelimit.exceeded")
    assert refused.meta == {"limit": FREE.requests_per_minute, "retry_after_seconds": 40}
    assert (refused.headers["Retry-After"], counted(refused)) == ("40", [FREE.requests_per_minute, 0, 40])
    assert call.stored("posts") == []
    call.rig.clock.advance(40)
    assert call("POST", "/v1/posts", {"text": "hi"}, key=test).status == 201


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda one: one.name)
def test_every_dialect_counts_and_refuses(call: Api, dialect: Dialect) -> None:
    """Whatever it answers otherwise, in its own words."""
    routes = [route for route in dialect.routes() if route.scope is not None and "{" not in route.path]
    first = call(routes[0].method, routes[0].path)
    assert counted(first)[:2] == [FREE.requests_per_minute, FREE.requests_per_minute - 1]
    while counted(call("GET", "/v1/posts"))[1]:
        pass
    refused = call(routes[0].method, routes[0].path)
    assert (refused.status, refused.headers["Retry-After"]) == (429, refused.headers["X-RateLimit-Reset"])


def test_posts_of_a_month_are_counted_where_they_leave_the_draft(call: Api) -> None:
    """Publish, schedule and publish-draft cost one; drafts, edits and the sandbox nothing; refused ones make nothing."""
    at = {"scheduled_at": "2026-12-24T18:00:00Z"}
    in_the_sandbox = call("POST", "/v1/keys", {"name": "t", "mode": "test"}).json["raw_key"]
    assert "X-Posts-Limit" not in call("POST", "/v1/posts", {"text": "hi"}, key=in_the_sandbox).headers
    call.serve_on = replace(call.rig.ports, default_plan="pro", memory={})
    accounts = _live_account(call)
    call.serve_on = replace(call.rig.ports, default_plan="free", memory={})
    targets = [{"account_id": accounts}]
    draft = _made(call, {"text": "later", "targets": targets})
    for number in range(FREE.posts):
        _made(call, {"text": f"post {number}", "targets": targets, **at})
    assert _used(call) == (FREE.posts, FREE.posts)
    drafted = call("POST", "/v1/posts", {"text": "a draft"})
    assert (drafted.headers["X-Posts-Limit"], drafted.headers["X-Posts-Remaining"]) == (str(FREE.posts), "0")
    count = len(_live(call, "posts"))
    refused = call("POST", "/v1/posts", {"text": "one more", "targets": targets, **at})
    assert (refused.status, refused.error["code"]) == (429, "validation.post_limit_exhausted")
    assert (refused.meta["plan"], refused.meta["max"]) == ("free", FREE.posts)
    assert int(refused.headers["Retry-After"]) > 0
    for method, path, body in (
        ("POST", f"/v1/posts/{draft}/publish", None),
        ("PATCH", f"/v1/posts/{draft}", at),
    ):
        call.rig.clock.advance(60)
        assert call(method, path, body).error["code"] == "validation.post_limit_exhausted"
    assert call("PATCH", f"/v1/posts/{draft}", {"text": "another"}).status == 200
    assert call("POST", "/v1/posts", {"text": "a draft", "targets": targets}).status == 201
    assert len(_live(call, "posts")) == count + 1
    assert call("GET", f"/v1/posts/{draft}").json["status"] == "draft"
    call.rig.clock.advance(31 * 86_400)
    assert call("POST", f"/v1/posts/{draft}/publish").status == 201
    assert _used(call) == (1, FREE.posts)


def test_deleting_a_post_gives_nothing_back(call: Api) -> None:
    """And deleting the draft that never went out costs nothing."""
    targets = [{"account_id": _live_account(call)}]
    draft = _made(call, {"text": "later", "targets": targets})
    sent = _made(call, {"text": "a", "targets": targets, "scheduled_at": "2026-12-24T18:00:00Z"})
    for post in (draft, sent):
        assert call("DELETE", f"/v1/posts/{post}").status == 200
    assert _used(call)[0] == 1


def _live_account(call: Api) -> str:
    """An account in live mode; the network that vouches for it is none of this test's business."""
    from shared.domain.accounts import Connected, Tokens
    from shared.operations import linking

    owner = linking.Owner(f"{call.workspace}.live", sandbox=True)
    known = Connected("did:plc:abc", "bo.bsky.social", "Bo", Tokens("access"))
    return linking.link(call.serve_on or call.rig.ports, owner, "bluesky", known).id


def _made(call: Api, body: dict[str, Any]) -> str:
    answer = call("POST", "/v1/posts", body)
    assert answer.status == 201, answer.json
    return str(answer.json["id"])


def _used(call: Api) -> tuple[int, int]:
    found = call("GET", "/v1/usage").json
    return found["posts_used"], found["posts_limit"]


def _live(call: Api, collection: str) -> list[Any]:
    prefix = f"workspaces/{call.workspace}.live/{collection}/"
    return [path for path, _ in call.rig.store.everything() if path.startswith(prefix)]


def test_interactions_of_a_month_are_counted_where_they_are_accepted(call: Api) -> None:
    """A comment costs one, a like nothing; what is refused is not kept."""
    comment = {"account_id": _live_account(call), "verb": "comment.create", "on": _POST, "text": "well said"}
    like = {"account_id": comment["account_id"], "verb": "post.like", "on": _POST}
    first = call("POST", "/v1/actions", comment)
    assert first.status == 201, first.json
    names = ("X-Interactions-Limit", "X-Interactions-Remaining")
    assert [first.headers[name] for name in names] == [str(FREE.interactions), str(FREE.interactions - 1)]
    at = {"metered_at": call.rig.clock.now()}
    space = f"workspaces/{call.workspace}.live"
    call.rig.store.commit([Write("set", f"{space}/targets/act_{n}", at) for n in range(1, FREE.interactions)])
    kept = len(_live(call, "targets"))
    refused = call("POST", "/v1/actions", comment)
    assert (refused.status, refused.error["code"]) == (429, "validation.interaction_limit_exhausted")
    assert len(_live(call, "targets")) == kept
    assert call("POST", "/v1/actions", like).status == 201
    assert call("GET", "/v1/usage").json["interactions_used"] == FREE.interactions
