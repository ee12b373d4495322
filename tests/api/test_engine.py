"""The engine: what is true of every request, whatever it asks."""

from __future__ import annotations

import re

import pytest

from shared.ports.store import Unavailable
from tests.api.client import Api
from tests.support.faults import once
from tests.support.logged import logged


def test_a_request_id_is_taken_or_minted(call: Api) -> None:
    assert call("GET", "/v1/accounts", X_Request_ID="mine-1").headers["X-Request-ID"] == "mine-1"
    assert call("GET", "/v1/accounts", X_Request_ID="no good!").headers["X-Request-ID"].startswith("req_")
    refused = call("GET", "/v1/nothing", X_Request_ID="mine-2")
    assert refused.json["request_id"] == "mine-2"


def test_an_unknown_path_names_the_nearest(call: Api) -> None:
    answer = call("GET", "/v1/acounts")
    assert answer.status == 404
    assert answer.error["code"] == "http.404"
    assert answer.meta["nearest"] == "/v1/accounts"


def test_a_wrong_method_names_the_right_ones(call: Api) -> None:
    answer = call("PUT", "/v1/posts")
    assert answer.status == 405
    assert answer.headers["Allow"] == "GET, HEAD, OPTIONS, POST"


def test_head_and_options_are_answered(call: Api) -> None:
    assert call("HEAD", "/healthz", key=None).status == 200
    options = call("OPTIONS", "/v1/posts/post_1", key=None)
    assert (options.status, options.headers["Allow"]) == (204, "DELETE, GET, HEAD, OPTIONS, PATCH")


def test_every_answer_has_the_security_headers_and_no_cors(call: Api) -> None:
    for answer in (call("GET", "/v1/accounts"), call("GET", "/nowhere"), call("GET", "/docs", key=None)):
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        assert not [name for name in answer.headers if name.startswith("Access-Control")]


@pytest.mark.parametrize(
    ("authorization", "code"),
    [
        (None, "auth.missing_header"),
        ("Bearer ", "auth.empty_token"),
        ("Bearer nonsense", "auth.invalid_key"),
        ("Basic YTpi", "auth.invalid_key"),
        ("Bearer rst_test_" + "a" * 36, "auth.invalid_key"),
    ],
)
def test_who_has_no_key_learns_how_to_send_one(call: Api, authorization: str | None, code: str) -> None:
    headers = {"Authorization": authorization} if authorization else {}
    answer = call("GET", "/v1/accounts", key=None, **headers)
    assert (answer.status, answer.error["code"]) == (401, code)
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_revoked_key_is_refused_from_the_next_request_on(call: Api) -> None:
    made = call("POST", "/v1/keys", {"name": "short lived"}).json
    assert call("GET", "/v1/accounts", key=made["raw_key"]).status == 200
    assert call("DELETE", f"/v1/keys/{made['id']}").json == {"ok": True}
    assert call("GET", "/v1/accounts", key=made["raw_key"]).status == 401


def test_a_missing_scope_is_named(call: Api) -> None:
    made = call("POST", "/v1/keys", {"name": "reader", "scopes": ["posts:read"]}).json
    answer = call("POST", "/v1/posts", {"text": "hi"}, key=made["raw_key"])
    assert (answer.status, answer.error["code"]) == (403, "auth.insufficient_scope")
    assert answer.meta["required_scope"] == "posts:write"
    assert call("GET", "/v1/posts", key=made["raw_key"]).status == 200
    assert call("GET", "/v1/keys", key=made["raw_key"]).status == 403


BODIES = [
    (b'{"text": "\xff"}', "not UTF-8"),
    (b'{"text": "a", "text": "b"}', "twice"),
    (b"[" * 40 + b"]" * 40, "levels deep"),
    (b'{"a":' * 40 + b"1" + b"}" * 40, "levels deep"),
    (b"[" * 20_000, "levels deep"),
    (b'{"max_lateness": NaN}', "NaN"),
    (b'{"max_lateness": Infinity}', "Infinity"),
    (b'{"max_lateness": ' + b"9" * 5000 + b"}", "too long"),
    (b'{"max_lateness": 1e999}', "too large"),
    (b'{"text": "\\ud800"}', "surrogate"),
    (b'{"text": "\\u0000"}', "NUL"),
    (b'["text"]', "a list"),
    (b'"text"', "a text"),
    (b"null", "null"),
    (b"{", "not JSON"),
    (b"{} {}", "not JSON"),
    (b"", "empty"),
]


@pytest.mark.parametrize(("body", "says"), BODIES)
def test_json_is_read_strictly(call: Api, body: bytes, says: str) -> None:
    answer = call("POST", "/v1/posts", data=body, Content_Type="application/json")
    assert (answer.status, answer.error["code"]) == (400, "validation.body_invalid")
    assert says in answer.error["message"]
    assert call.stored("posts") == []


def test_a_body_over_a_megabyte_is_refused_before_it_is_read(call: Api) -> None:
    answer = call("POST", "/v1/posts", data=b" " * 1_048_577, Content_Type="application/json")
    assert (answer.status, answer.error["code"], answer.meta["limit"]) == (413, "http.413", 1_048_576)


def test_a_file_over_the_limit_names_the_other_way(call: Api) -> None:
    large = b"--b" + bytes(50_200_000)
    answer = call("POST", "/v1/media/upload", data=large, Content_Type="multipart/form-data; boundary=b")
    assert (answer.status, "upload-url" in answer.error["message"]) == (413, True)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"--b\r\n", 400, "validation."),
        (
            b'--b\r\nContent-Disposition: form-data; name="fiel"; filename="a"\r\n\r\nx\r\n--b--',
            400,
            "validation.field_unknown",
        ),
        (b"--b--", 400, "validation.field_required"),
    ],
)
def test_a_broken_form_is_refused(call: Api, body: bytes, status: int, code: str) -> None:
    answer = call("POST", "/v1/media/upload", data=body, Content_Type="multipart/form-data; boundary=b")
    assert (answer.status, answer.error["code"].startswith(code)) == (status, True), answer.json


def test_a_form_is_not_json(call: Api) -> None:
    answer = call("POST", "/v1/posts", data=b'{"text": "hi"}', Content_Type="application/x-www-form-urlencoded")
    assert (answer.status, answer.error["code"]) == (415, "http.415")
    assert "Content-Type: application/json" in answer.error["message"]


def test_what_breaks_inside_stays_inside(call: Api) -> None:
    call.rig.faults.hook = once(1, "before", lambda: RuntimeError("the secret plan is in /etc/plan"))
    with logged() as lines:
        answer = call("GET", "/v1/accounts")
    assert (answer.status, answer.error["code"]) == (500, "system.internal")
    assert b"secret plan" not in answer.data
    assert b"Traceback" not in answer.data
    (told,) = [line for line in lines if line["severity"] == "ERROR"]
    assert answer.json["request_id"] == told["request_id"]
    assert told["stack_trace"].splitlines()[-1] == "RuntimeError: the secret plan is in /etc/plan"


def test_a_store_that_does_not_answer_is_a_503_to_be_tried_again(call: Api) -> None:
    call.rig.faults.hook = once(2, "before", lambda: Unavailable("down"))  # after the key's two
    answer = call("GET", "/v1/accounts")
    assert (answer.status, answer.error["code"]) == (503, "system.unavailable")
    assert int(answer.headers["Retry-After"]) > 0


def test_a_request_is_one_log_line_without_its_secrets(call: Api) -> None:
    with logged() as lines:
        call("GET", "/v1/accounts?brand_id=canary-in-the-query")
    (line,) = [line for line in lines if line["message"] == "request"]
    assert line["route"] == "GET /v1/accounts"
    shown = {"requestMethod": "GET", "requestUrl": "/v1/accounts", "status": 200}
    assert {**line["httpRequest"], "latency": ""} == {**shown, "latency": ""}
    assert re.fullmatch(r"\d+\.\d{4}s", line["httpRequest"]["latency"])
    assert (line["workspace"], line["mode"], line["dialect"]) == (call.workspace, "test", "v1")
    assert "canary" not in str(lines)
    assert call.test_key not in str(lines)


def test_health_needs_no_key_and_readiness_says_when_the_store_is_away(call: Api) -> None:
    assert call("GET", "/healthz", key=None).json == {"status": "ok"}
    assert call("GET", "/readyz", key=None).json == {"status": "ok"}
    call.rig.faults.hook = once(0, "before", lambda: Unavailable("the name of a host"))
    assert call("GET", "/healthz", key=None).status == 200, "it asks nothing of the store"
    away = call("GET", "/readyz", key=None)
    assert (away.status, away.json["error"]["code"]) == (503, "system.unavailable")
    assert "host" not in str(away.json)
    assert call("GET", "/readyz", key=None).status == 200
