"""The same request twice is one effect and one answer."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from shared.ports.store import Unavailable
from tests.api.client import Answer, Api
from tests.support import files
from tests.support.faults import once


def _post(call: Api, text: str = "hi", key: str = "key-1", **fields: Any) -> Answer:
    body = {"text": text, "targets": [{"account_id": call.connect("bluesky")}], "publish_now": True, **fields}
    return call("POST", "/v1/posts", body, Idempotency_Key=key)


def test_a_repeated_request_gets_the_same_bytes(call: Api) -> None:
    first, again = _post(call), _post(call)
    assert first.status == again.status == 201
    assert first.data == again.data
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert len(call.stored("posts")) == 1


def test_the_answer_stays_the_same_while_the_post_moves_on(call: Api) -> None:
    first = _post(call)
    call.settle()
    assert _post(call).data == first.data


def test_spaces_and_order_of_names_do_not_matter(call: Api) -> None:
    account = call.connect("bluesky")
    first = call("POST", "/v1/posts", {"text": "hi", "targets": [{"account_id": account}]}, Idempotency_Key="k")
    raw = b'{ "targets": [ {"account_id": "%s"} ],\n"text": "hi" }' % account.encode()
    again = call("POST", "/v1/posts", data=raw, Content_Type="application/json", Idempotency_Key="k")
    assert first.data == again.data


def test_another_body_is_refused_naming_what_differs(call: Api) -> None:
    _post(call)
    answer = _post(call, "something else", title="T")
    assert (answer.status, answer.error["code"]) == (409, "idempotency.key_reused")
    assert answer.meta["differs"] == ["text", "title"]
    assert "text, title differ." in answer.error["message"]
    assert len(call.stored("posts")) == 1


def test_another_path_is_refused(call: Api) -> None:
    made = _post(call).json
    answer = call("POST", f"/v1/posts/{made['id']}/publish", Idempotency_Key="key-1")
    assert (answer.status, answer.meta["differs"]) == (409, ["path"])


def test_fifty_at_once_make_one_post(call: Api) -> None:
    call.connect("bluesky")
    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(lambda _: _post(call), range(50)))
    assert {answer.status for answer in answers} == {201}
    assert len({answer.data for answer in answers}) == 1
    assert len(call.stored("posts")) == len(call.stored("targets")) == len(call.stored("idempotency")) == 1
    assert sum("Idempotent-Replayed" not in answer.headers for answer in answers) == 1


def test_a_refused_request_leaves_no_record(call: Api) -> None:
    assert _post(call, "x" * 301).status == 400
    assert call.stored("idempotency") == []
    assert _post(call, "shorter").status == 201


def test_a_record_lasts_seven_days(call: Api) -> None:
    first = _post(call)
    call.rig.clock.advance(7 * 86_400 - 1)
    assert _post(call).data == first.data
    call.rig.clock.advance(2)
    assert _post(call).json["id"] != first.json["id"]
    assert len(call.stored("posts")) == 2


def test_without_a_key_there_is_no_record(call: Api) -> None:
    call.post()
    call.post()
    assert len(call.stored("posts")) == 2
    assert call.stored("idempotency") == []


@pytest.mark.parametrize("key", ["x" * 256, "", "tab\there", "é"])
def test_a_key_that_is_none_is_refused(call: Api, key: str) -> None:
    answer = _post(call, key=key)
    assert (answer.status, answer.meta["field"]) == (400, "Idempotency-Key")


def test_keys_are_a_workspaces_own(call: Api) -> None:
    from tests.api.client import api

    other = api(call.rig)
    assert _post(call).json["id"] != _post(other).json["id"]


def test_a_commit_whose_answer_was_lost_is_found_to_have_happened(call: Api) -> None:
    call.connect("bluesky")
    call("GET", "/v1/accounts")
    call.rig.faults.hook = once(4, "after", lambda: Unavailable("the answer was lost"))
    first = _post(call)
    assert first.status == 201
    assert _post(call).data == first.data
    assert len(call.stored("posts")) == 1


def test_a_commit_that_did_not_happen_is_a_503_and_can_be_repeated(call: Api) -> None:
    call.connect("bluesky")
    call("GET", "/v1/accounts")
    call.rig.faults.hook = once(4, "before", lambda: Unavailable("down"))
    assert _post(call).status == 503
    call.rig.faults.hook = None
    assert _post(call).status == 201
    assert len(call.stored("posts")) == 1


def test_a_new_keys_text_is_repeated_but_not_stored(call: Api) -> None:
    first = call("POST", "/v1/keys", {"name": "one"}, Idempotency_Key="k")
    again = call("POST", "/v1/keys", {"name": "one"}, Idempotency_Key="k")
    assert first.data == again.data
    record = call.stored("idempotency")[0].data
    assert record["body"] == b""
    assert first.json["raw_key"] not in str(record)


def test_a_credential_in_a_body_cannot_be_guessed_from_its_record(call: Api) -> None:
    import hashlib
    import json

    from shared.platforms import registry

    credentials = dict(registry.simulator("bluesky").seed(call.rig.sandbox.world("bluesky"), "carol"))
    body = {"platform": "bluesky", "metadata": credentials}
    first = call("POST", "/v1/accounts/connect", body, Idempotency_Key="k")
    assert first.status == 201
    assert call("POST", "/v1/accounts/connect", body, Idempotency_Key="k").data == first.data
    record = str(call.stored("idempotency")[0].data)
    plain = hashlib.sha256(json.dumps(credentials, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
    assert plain[:32] not in record
    assert credentials["app_password"] not in record


def test_a_claim_that_is_being_worked_on_is_a_409_and_an_old_one_is_taken_over(call: Api) -> None:
    made = call.post()
    path = f"/v1/posts/{made['id']}/publish"
    from tests.support.faults import Crash

    call("GET", "/v1/accounts")

    def die(name: str, phase: str) -> None:
        if name == "store.transact" and phase == "before":
            raise Crash

    call.rig.faults.hook = die
    with pytest.raises(Crash):
        call("POST", path, Idempotency_Key="k")
    call.rig.faults.hook = None
    busy = call("POST", path, Idempotency_Key="k")
    assert (busy.status, busy.error["code"]) == (409, "idempotency.in_progress")
    assert busy.headers["Retry-After"] == "1"
    call.rig.clock.advance(61)
    assert call("POST", path, Idempotency_Key="k").status == 201
    assert call("POST", path, Idempotency_Key="k").headers["Idempotent-Replayed"] == "true"


def test_an_upload_is_compared_by_its_content(call: Api) -> None:
    def upload(data: bytes) -> Answer:
        form = {"file": (io.BytesIO(data), "a.jpg", "image/jpeg")}
        return call("POST", "/v1/media/upload", data=form, Idempotency_Key="k")

    first = upload(files.jpeg())
    assert upload(files.jpeg()).data == first.data
    assert upload(files.jpeg() + b"\0").status == 409
    assert len(call.stored("media")) == 1
