"""The audit over HTTP: what people and keys did in one workspace, and that the chain of it holds."""

from __future__ import annotations

import json
from typing import Any

from tests.api.client import Api


def acts(call: Api, query: str = "", key: str = "") -> list[Any]:
    answer = call("GET", f"/v1/audit?limit=100{query}", key=key)
    assert answer.status == 200, answer.json
    return [(one["act"], one.get("resource_id")) for one in reversed(answer.json["data"])]


def test_a_token_that_was_shown_is_told_with_the_account_and_the_key(call: Api) -> None:
    account = call.connect("facebook")
    made = call("POST", "/v1/keys", {"name": "tokens", "scopes": ["accounts:read", "tokens:read"]}).json
    plain = call("POST", "/v1/keys", {"name": "plain", "scopes": ["accounts:read"]}).json
    call("GET", "/v1/social/facebook/pages", key=plain["raw_key"])
    assert acts(call, "&act=token.shown") == []
    shown = call("GET", "/v1/social/facebook/pages", key=made["raw_key"])
    assert "access_token" in json.dumps(shown.json)
    (entry,) = call("GET", "/v1/audit?act=token.shown").json["data"]
    assert (entry["resource_id"], entry["actor"]) == (account, made["id"])


def test_webhooks_and_hooks_are_told_without_their_addresses_paths(call: Api) -> None:
    made = call("POST", "/v1/hooks", {"url": "https://hooks.example.com/secret/1", "event": "dm.received"}).json
    call("DELETE", f"/v1/hooks/{made['id']}")
    assert acts(call) == [("hook.subscribed", made["id"]), ("hook.removed", made["id"])]
    text = json.dumps(call("GET", "/v1/audit").json)
    assert "hooks.example.com" in text
    assert "secret/1" not in text
    assert made["secret"] not in text


def test_what_is_sent_again_under_its_key_is_one_act(call: Api) -> None:
    made, again = (call("POST", "/v1/keys", {"name": "CI"}, Idempotency_Key="k").json for _ in range(2))
    assert again == made
    assert acts(call) == [("key.created", made["id"])]
    checked = call("GET", "/v1/audit/verify").json
    head = call("GET", "/v1/audit/head").json
    assert (checked["intact"], checked["last"], checked["last_hash"]) == (True, 1, head["hash"])


def test_the_modes_have_chains_of_their_own(call: Api) -> None:
    call("POST", "/v1/keys", {"name": "CI"})
    assert acts(call, key=call.live_key) == []
    assert call("GET", "/v1/audit/head", key=call.live_key).json == {"seq": 0, "hash": "0" * 64}
