"""The same request twice is one effect and one answer, on every dialect and for every kind of request."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from shared.backends import indexes
from shared.backends.embedded.store import EmbeddedStore
from shared.runtime.api_edge import DIALECTS
from tests.api.client import Answer, Api, api
from tests.support import files, memory_ports

PAGE = {"network": "facebook", "page_id": "p", "page_name": "P", "page_url": "https://example.com/p"}
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Kind:
    """One request per dialect and kind: ``commit``, ``claim``, ``secret``, ``upload``, ``form``. ``makes``: a collection."""

    name: str
    path: str
    body: Mapping[str, Any]
    other: str
    makes: str
    sent_as: str = "json"

    @property
    def dialect(self) -> str:
        return self.name.partition(" ")[0]

    def send(self, call: Api, *, other: bool = False, key: str = "k") -> Answer:
        body = json.loads(json.dumps(self.body).replace("{own}", call.accounts.get("bluesky", "")))
        changed: Any = {"text": "Another"} if self.other == "content" else "https://another.example.com/"
        body |= {self.other: changed} if other else {}
        if self.sent_as == "upload":
            file = files.jpeg() + (b"\\0" if other else b"")
            data: Any = {"file": (io.BytesIO(file), "a.jpg", "image/jpeg")}
            return call("POST", self.path, data=data, Idempotency_Key=key)
        if self.sent_as == "form":
            return call("POST", self.path, data=body, Content_Type=FORM, Idempotency_Key=key)
        return call("POST", self.path, body, Idempotency_Key=key)


CREATOR = "/api/v1/creator/social"
KINDS = (
    Kind("v1 commit", "/v1/posts", {"text": "x", "targets": [{"account_id": "{own}"}]}, "text", "posts"),
    Kind("v1 claim", "/v1/brands", {"name": "x"}, "name", "brands"),
    Kind("v1 secret", "/v1/keys", {"name": "x"}, "name", "api_keys"),
    Kind("v1 upload", "/v1/media/upload", {}, "file", "media", "upload"),
    Kind("social commit", "/v1/social/bluesky/publish", {"account_id": "{own}", "text": "x"}, "text", "posts"),
    Kind(
        "creator commit",
        f"{CREATOR}/publish",
        {"content": {"text": "x"}, "platforms": [{"platform": "bluesky", "account_id": "{own}"}]},
        "content",
        "posts",
    ),
    Kind("creator claim", f"{CREATOR}/accounts/connect", {"platform": "twitter"}, "redirect_uri", "connections"),
    Kind("creator upload", f"{CREATOR}/media/upload", {}, "file", "media", "upload"),
    Kind("connect claim", "/api/add/social-page/", PAGE, "page_name", "listings"),
    Kind("connect form", "/api/add/social-page/", PAGE, "page_name", "listings", "form"),
)


@pytest.fixture
def call() -> Api:
    made = api()
    made.connect("bluesky")
    return made


def _made(call: Api, kind: Kind) -> int:
    """How many of them there are."""
    return sum(f"/{kind.makes}/" in f"/{path}" for path, _ in call.rig.store.everything())


def _said(answer: Answer) -> str:
    """An error's code, in v1's words."""
    said = answer.json
    code = said.get("code") or said.get("error_code") or said["error"]["code"]
    return str(code).lower().replace("/", ".").replace("idempotency_", "idempotency.")


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_request_that_comes_again_is_answered_the_same(call: Api, kind: Kind) -> None:
    before = _made(call, kind)
    first = kind.send(call)
    assert first.status < 300, first.json
    made = _made(call, kind)
    assert made == before + 1
    call.rig.clock.advance(3600)
    again = kind.send(call)
    assert (again.status, again.data) == (first.status, first.data)
    assert (first.headers.get("Idempotent-Replayed"), again.headers["Idempotent-Replayed"]) == (None, "true")
    assert _made(call, kind) == made


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_another_body_under_the_same_key_is_refused_and_says_where_it_differs(call: Api, kind: Kind) -> None:
    assert kind.send(call).status < 300
    made = _made(call, kind)
    other = kind.send(call, other=True)
    assert (other.status, _said(other)) == (409, "idempotency.key_reused"), other.json
    assert kind.other in str(other.json) or kind.sent_as == "upload"
    assert _made(call, kind) == made
    assert kind.send(call, other=True, key="another").status != 409


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_of_several_at_once_one_does_the_work(kind: Kind, tmp_path: Path) -> None:
    """On the store of one machine. Those that come while it is being done are told so, or get its answer."""
    rig = memory_ports.rig()
    store = EmbeddedStore(tmp_path / "store.sqlite3", rig.clock, indexes.load(), durability="normal")
    call = api(replace(rig, ports=replace(rig.ports, store=store)))
    call.connect("bluesky")
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: kind.send(call), range(6)))
    done = [answer for answer in answers if answer.status < 300]
    final = [answer for answer in done if answer.status != 202 or kind.dialect != "social"]  # 202: it is waited for
    assert len({answer.data for answer in final}) == 1
    assert {_said(answer) for answer in answers if answer.status >= 300} <= {"idempotency.in_progress"}
    assert sum("Idempotent-Replayed" not in answer.headers for answer in done) == 1
    assert kind.send(call).data == final[0].data


def test_every_dialect_is_tried() -> None:
    assert {kind.dialect for kind in KINDS} == {dialect.name for dialect in DIALECTS}
