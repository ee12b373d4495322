"""What a deleted post is: readable by its id as cancelled, out of the lists, and no longer to be changed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.client import Api


def _draft(call: Api) -> str:
    return str(call("POST", "/v1/posts", {"text": "no targets"}).json["id"])


def _failed(call: Api) -> str:
    made = call.post("[[sandbox:rejected]]", ("twitter",), publish_now=True)
    call.settle()
    return str(made["id"])


def _live(call: Api) -> str:
    made = call.post(publish_now=True)
    call.settle()
    return str(made["id"])


def _scheduled(call: Api) -> str:
    return str(call.post(scheduled_at="2026-11-22T13:00:00Z")["id"])


@pytest.mark.parametrize("make", [_draft, _failed, _live, _scheduled])
def test_a_deleted_post_is_cancelled_for_good(call: Api, make: Any) -> None:
    path = f"/v1/posts/{make(call)}"
    first = call("DELETE", path)
    assert (first.status, first.json["deleted"]) == (200, True)
    gone = call("GET", path).json
    assert (gone["status"], gone["hidden"]) == ("cancelled", False)
    assert gone["deleted_at"]
    refused: tuple[tuple[str, str, Any], ...] = (
        ("PATCH", path, {"text": "again"}),
        ("PATCH", path, {"hidden": False}),
        ("POST", f"{path}/publish", None),
        ("POST", f"{path}/retry", None),
        ("POST", f"{path}/unpublish", None),
        ("POST", f"{path}/resolve", {"outcome": "retry"}),
    )
    for method, where, body in refused:
        answer = call(method, where, body)
        assert (answer.status, answer.error["code"]) == (409, "post.state_invalid"), (method, where, answer.json)
    sent = len(call.rig.sandbox.sent)
    call.settle(86_400)
    assert len(call.rig.sandbox.sent) == sent
    assert call("GET", path).json == gone
    again = call("DELETE", path)
    assert (again.status, again.json) == (200, first.json)


def test_deleted_and_archived_posts_are_listed_apart(call: Api) -> None:
    kept, archived, deleted = _draft(call), _draft(call), _draft(call)
    call("PATCH", f"/v1/posts/{archived}", {"hidden": True})
    call("DELETE", f"/v1/posts/{deleted}")

    def ids(query: str) -> set[str]:
        return {row["id"] for row in call("GET", f"/v1/posts?{query}").json["data"]}

    assert ids("") == {kept}
    assert ids("hidden=false") == {kept}
    assert ids("hidden=true") == {archived, deleted}
    assert ids("status=cancelled") == {deleted}
    assert ids("status=draft") == {kept}
    assert ids("status=draft&hidden=true") == {archived}
