"""What no parser should guess about, sent to every route of every dialect: refused by name, before anything is done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from shared.api.engine import bodies
from shared.api.engine.routes import load
from tests.api.client import Answer, Api, api
from tests.api.matrix import CLOSED, Row

JSON, FORM = "application/json", "application/x-www-form-urlencoded"
DEEP = b'{"a":' * 200 + b"1" + b"}" * 200
MANY = b"".join(b'--b\r\nContent-Disposition: form-data; name="f%d"\r\n\r\nx\r\n' % n for n in range(10_000)) + b"--b--"

BODIES: Mapping[str, tuple[int, str, bytes, str]] = {
    "over the limit": (413, JSON, b'{"a": "' + b"x" * bodies.MAX_JSON + b'"}', "bytes"),
    "not JSON": (415, "text/xml", b"<a/>", "application/json"),
    "a list": (400, JSON, b"[]", "object"),
    "cut off": (400, JSON, b'{"a": ', "line 1"),
    "not UTF-8": (400, JSON, b'{"a": "\xff"}', "UTF-8"),
    "with a byte order mark": (400, JSON, b'\xef\xbb\xbf{"a": 1}', "byte order mark"),
    "too deep": (400, JSON, DEEP, "levels"),
    "a name twice": (400, JSON, b'{"name": 1, "name": 2}', "twice"),
    "NaN": (400, JSON, b'{"a": NaN}', "NaN"),
    "a number of thousands of digits": (400, JSON, b'{"a": ' + b"9" * 5000 + b"}", "too long"),
    "a NUL": (400, JSON, b'{"a": "\\u0000"}', "NUL"),
}
WITH_JSON = tuple(row for row in CLOSED if row.route.method != "GET" and row.route.upload is None)
WITH_FORMS = tuple(row for row in CLOSED if row.route.form)
WITH_FILES = tuple(row for row in CLOSED if row.route.upload is not None)
WITH_FIELDS = tuple(row for row in CLOSED if row.route.method != "GET" and row.route.body)


@pytest.fixture(scope="module")
def call() -> Api:
    """One world for all: nothing of what is sent may change it."""
    made = api()
    made("GET", "/v1/accounts")
    return made


def _said(answer: Answer) -> str:
    """The words of an error, in any dialect."""
    said = answer.json
    return str(said["message"] if isinstance(said.get("error", ""), str) else said["error"]["message"])


def _changes(call: Api) -> list[tuple[str, Any]]:
    """What is stored, but for the requests' counters."""
    return [(path, data) for path, data in call.rig.store.everything() if "/windows/" not in path]


@pytest.mark.parametrize("row", WITH_JSON, ids=lambda row: row.label)
def test_a_body_that_is_none_is_refused(call: Api, row: Row) -> None:
    before = _changes(call)
    for name, (status, kind, data, word) in BODIES.items():
        answer = call(row.route.method, row.anywhere, data=data, Content_Type=kind, Idempotency_Key="k")
        assert (answer.status, name) == (status, name), answer.json
        assert word in _said(answer), (name, answer.json)
    assert _changes(call) == before


@pytest.mark.parametrize("row", WITH_FIELDS, ids=lambda row: row.label)
def test_an_unknown_field_is_named_with_the_nearest(call: Api, row: Row) -> None:
    before = _changes(call)
    known = load(str(row.route.body)).model_fields
    name = max((field.alias or one for one, field in known.items()), key=len)
    typo = f"{name}x"
    if row.route.upload is None:
        answer = call(row.route.method, row.anywhere, {typo: "x"})
    else:
        form = {"file": (_stream(b"x"), "a.jpg", "image/jpeg"), typo: "x"}
        answer = call(row.route.method, row.anywhere, data=form)
    assert answer.status == 400, answer.json
    assert name in str(answer.json)
    assert typo in str(answer.json)
    assert _changes(call) == before


@pytest.mark.parametrize("row", CLOSED, ids=lambda row: row.label)
def test_a_parameter_that_comes_twice_or_is_unknown_is_named(call: Api, row: Row) -> None:
    for query in ("a=1&a=2", "nonsense=1"):
        answer = call(row.route.method, f"{row.anywhere}?{query}", _least(row))
        if row.route.foreign_query and "nonsense" in query:
            continue
        assert answer.status in (400, 415), answer.json
        if answer.status == 400 and (row.route.method == "GET" or not row.route.body):
            assert f"'{query.partition('=')[0]}'" in str(answer.json)


@pytest.mark.parametrize("row", [row for row in CLOSED if row.route.idempotency != "none"], ids=lambda row: row.label)
def test_a_key_for_repeating_that_is_none_is_named(call: Api, row: Row) -> None:
    before, spoken = _changes(call), row.dialect.name == "social"
    for key in ("x" * 256, "tab\there"):
        form = {"file": (_stream(b"x"), "a.jpg", "image/jpeg")} if row.route.upload else None
        body = dict(row.route.example) if row.route.body and not form else None
        answer = call(row.route.method, row.anywhere, body, data=form, Idempotency_Key=key)
        assert answer.status == 400, answer.json
        assert spoken or "Idempotency-Key" in _said(answer), answer.json
    assert _changes(call) == before


def test_a_cursor_of_another_list_is_refused(call: Api) -> None:
    """Wherever a list of ours goes on by a cursor; what goes on by a network's own has the network to refuse it."""
    for _ in range(2):
        call.post()
    cursors = [call("GET", "/v1/posts?limit=1").json["pagination"]["next_cursor"], "AAAA", "x" * 3000]
    lists = [row for row in CLOSED if _has_cursor(row) and "{" not in row.route.path and row.dialect.name != "social"]
    assert len(lists) >= 7
    for row in lists:
        needed = f"account_id={call.connect('bluesky')}&" if "actions" in row.route.path else ""
        for cursor in cursors[row.route.path == "/v1/posts" :]:
            answer = call("GET", f"{row.route.path}?{needed}cursor={cursor}")
            assert (answer.status, "cursor" in str(answer.json)) == (400, True), (row.label, answer.json)


@pytest.mark.parametrize("row", WITH_FORMS, ids=lambda row: row.label)
def test_a_form_of_ten_thousand_parts_is_refused(call: Api, row: Row) -> None:
    before = _changes(call)
    plain = "&".join(f"f{n}=x" for n in range(10_000)).encode()
    for kind, data in ((FORM, plain), ("multipart/form-data; boundary=b", MANY)):
        answer = call(row.route.method, row.anywhere, data=data, Content_Type=kind)
        assert answer.status in (400, 413), answer.json
    assert _changes(call) == before


@pytest.mark.parametrize("row", WITH_FILES, ids=lambda row: row.label)
def test_an_upload_of_ten_thousand_parts_or_of_json_is_refused(call: Api, row: Row) -> None:
    before = _changes(call)
    many = call(row.route.method, row.anywhere, data=MANY, Content_Type="multipart/form-data; boundary=b")
    assert many.status in (400, 413), many.json
    assert "1000 fields" in _said(many)
    plain = call(row.route.method, row.anywhere, {"file": "x"})
    assert (plain.status, "multipart/form-data" in _said(plain)) == (415, True), plain.json
    assert _changes(call) == before


def _least(row: Row) -> Any:
    """A body that is JSON, where one is read at all."""
    return None if row.route.method == "GET" or row.route.upload else {}


def _has_cursor(row: Row) -> bool:
    return bool(row.route.query) and "cursor" in load(str(row.route.query)).model_fields


def _stream(data: bytes) -> Any:
    import io

    return io.BytesIO(data)
