"""Webhook endpoints over the API: as documented, and the secret is shown once."""

from __future__ import annotations

import json

from shared.operations.webhooks import fanning_out
from shared.ports.http import Response
from tests.api.client import Api

URL = "https://hooks.example.com/in"


def test_an_endpoint_from_registration_to_removal(call: Api) -> None:
    call.rig.outside.hosts["hooks.example.com"] = lambda _: Response(200, {}, b"thanks")
    body = {"url": URL, "events": ["post.published"]}
    made = call("POST", "/v1/webhooks", body, Idempotency_Key="once")
    assert made.status == 201
    assert made.headers["Location"] == f"/v1/webhooks/{made.json['id']}"
    assert call("POST", "/v1/webhooks", body, Idempotency_Key="once").data == made.data
    assert call("GET", "/v1/webhooks").json["count"] == 1
    path, secret = f"/v1/webhooks/{made.json['id']}", made.json["secret"]

    tried = call("POST", f"{path}/test", {"event_type": "dm.received"})
    assert (tried.json["status"], tried.json["response_status_code"]) == ("success", 200)
    assert tried.json["response_body"] == "thanks"
    delivery = f"{path}/deliveries/{tried.json['delivery_id']}"
    shown = [call("GET", path), call("GET", f"{path}/deliveries"), call("GET", delivery), call("GET", "/v1/webhooks")]
    shown += [call("PATCH", path, {"events": ["post.failed"]}), call("POST", f"{delivery}/retry")]
    assert shown[0].json["secret_hint"] == secret[-4:]
    assert shown[0].json["stats"]["last_24h"] == {"delivered": 1, "failed": 0}
    assert shown[1].json["data"][0]["event_type"] == "dm.received"
    assert shown[2].json["payload"]["event"] == "dm.received"
    assert shown[5].json["status"] == "pending"
    assert all(secret not in json.dumps(one.json) for one in shown)
    assert call("DELETE", path).json == {"ok": True}
    assert call("GET", path).error["code"] == "resource.not_found"


def test_a_receiver_that_refuses_the_ping_is_told_with_its_answer(call: Api) -> None:
    call.rig.outside.hosts["hooks.example.com"] = lambda _: Response(403, {}, b"who are you?")
    answer = call("POST", "/v1/webhooks", {"url": URL, "events": ["post.published"]})
    assert (answer.status, answer.error["code"]) == (400, "webhook_verification_failed")
    assert answer.meta["status_code"] == 403
    assert answer.meta["response_body"] == "who are you?"
    assert call("GET", "/v1/webhooks").json["count"] == 0


def test_the_catalogue_is_open_to_any_key_and_managing_is_not(call: Api) -> None:
    key = call("POST", "/v1/keys", {"name": "posts only", "scopes": ["posts:read"]}).json["raw_key"]
    listed = call("GET", "/v1/webhooks/events", key=key).json
    assert {"posts", "inbox", "accounts", "exports", "webhooks"} == {one["category"] for one in listed["data"]}
    assert call("GET", "/v1/webhooks", key=key).error["code"] == "auth.insufficient_scope"


def test_a_secret_is_rotated_and_what_failed_is_recovered(call: Api) -> None:
    """Each answer as documented; a receiver that was away gets what it missed once it is switched on again."""
    call.rig.outside.hosts["hooks.example.com"] = lambda _: Response(200, {}, b"")
    made = call("POST", "/v1/webhooks", {"url": URL, "events": ["post.published"], "brand_ids": ["default"]}).json
    path = f"/v1/webhooks/{made['id']}"
    rotated = call("POST", f"{path}/secret/rotate").json
    assert rotated["secret"].startswith("whsec_")
    assert rotated["secret"] != made["secret"]
    assert call("GET", path).json["previous_valid_until"] == rotated["previous_valid_until"]
    call.rig.outside.hosts["hooks.example.com"] = lambda _: Response(410, {}, b"")
    call.post("Good morning", publish_now=True)
    told(call)
    off = call("GET", path).json
    assert (off["is_active"], off["disabled_reason"]) == (False, "gone")
    since = {"since": off["created_at"]}
    assert call("POST", f"{path}/recover", since).error["code"] == "webhook.inactive"
    call.rig.outside.hosts["hooks.example.com"] = lambda _: Response(200, {}, b"")
    assert call("PATCH", path, {"is_active": True}).json.get("disabled_reason") is None
    assert call("POST", f"{path}/recover", {"since": "yesterday"}).error["code"] == "validation.time_invalid"
    assert (
        call("POST", f"{path}/recover", {"since": "2999-01-01T00:00:00Z"}).error["code"] == "validation.field_invalid"
    )
    begun = call("POST", f"{path}/recover", since)
    assert (begun.status, begun.json["recovery"]["status"]) == (202, "running")
    other = call("POST", f"{path}/recover", {"since": made_at(off)})
    assert other.error["code"] == "webhook.recovery_running"
    told(call)
    recovery = call("GET", path).json["recovery"]
    assert (recovery["status"], recovery["queued"]) == ("completed", 1)
    odd = call("GET", f"{path}/deliveries?event_type=post.publish")
    assert (odd.status, "did you mean" in odd.error["message"]) == (400, True)
    [one] = call("GET", f"{path}/deliveries?status=success&event_type=post.published").json["data"]
    assert (one["event_type"], one["attempt_count"]) == ("post.published", 2)


def made_at(endpoint: dict[str, str]) -> str:
    return endpoint["created_at"].replace("2026", "2025")


def told(call: Api) -> None:
    """What is queued is done, and what was announced is told to endpoints."""
    for _ in range(3):
        call.settle()
        for message in call.rig.bus.messages:
            fanning_out.notify(call.rig.ports, message.data, message.attributes)
    call.settle()
