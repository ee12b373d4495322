"""The API over the real embedded store, vault and blobs: every query has its index, and fifty at once are one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from shared.backends import indexes
from shared.backends.embedded.blobs import EmbeddedBlobs
from shared.backends.embedded.store import EmbeddedStore
from shared.backends.embedded.vault import EmbeddedVault
from tests.api.client import PHOTO, Api, api
from tests.support import memory_ports
from tests.support.memory_ports import PUBLIC_URL

SORTS = ("scheduled_asc", "scheduled_desc", "created_asc", "created_desc")


@pytest.fixture
def call(tmp_path: Path) -> Api:
    """A workspace whose data are on disk."""
    made = memory_ports.rig()
    store = EmbeddedStore(tmp_path / "store.sqlite3", made.clock, indexes.load(), durability="normal")
    blobs = EmbeddedBlobs(tmp_path / "blobs", PUBLIC_URL, tmp_path / "blobs.key", made.clock)
    vault = EmbeddedVault(tmp_path / "vault.key")
    return api(replace(made, ports=replace(made.ports, store=store, blobs=blobs, vault=vault)))


def test_a_post_lives_through_it_all(call: Api) -> None:
    made = call.post("Hello", ("bluesky", "twitter"), media=[{"source_type": "url", "source": PHOTO}], publish_now=True)
    call.settle()
    path = f"/v1/posts/{made['id']}"
    assert call("GET", path).json["status"] == "published"
    assert all("metrics" in row for row in call("GET", f"{path}/metrics").json["data"]["targets"])
    assert call("DELETE", path).json["deleted"] is True
    assert call("GET", path).json["status"] == "cancelled"
    draft = call.post("Draft", scheduled_at="2026-11-23T12:00:00Z")
    edited = call("PATCH", f"/v1/posts/{draft['id']}", {"text": "Edited", "scheduled_at": None})
    assert (edited.status, edited.json["status"]) == (200, "draft")


@pytest.mark.parametrize("sort", SORTS)
def test_every_combination_of_filters_has_its_index(call: Api, sort: str) -> None:
    made = call.post(scheduled_at="2026-11-23T12:00:00Z")
    parts: dict[str, list[str]] = {
        "status": ["", "status=scheduled"],
        "platform": ["", "platform=bluesky"],
        "account": ["", f"account_ids={call.accounts['bluesky']}"],
        "span": ["", "from=2026-11-22T00:00:00Z&to=2026-11-24T00:00:00Z"],
    }
    queries = [""]
    for options in parts.values():
        queries = [f"{query}&{option}" for query in queries for option in options]
    for query in queries:
        clean = "&".join(part for part in f"sort={sort}{query}".split("&") if part)
        answer = call("GET", f"/v1/posts?{clean}")
        assert answer.status == 200, (clean, answer.json)
        assert [row["id"] for row in answer.json["data"]] == [made["id"]], clean


def test_pages_go_on_where_they_stopped(call: Api) -> None:
    made = {call.post(f"number {i}", scheduled_at=f"2026-11-23T12:{i:02}:00Z")["id"] for i in range(7)}
    found: list[str] = []
    cursor = ""
    for _ in range(4):
        page = call("GET", f"/v1/posts?limit=2{cursor}").json
        found += [row["id"] for row in page["data"]]
        cursor = f"&cursor={page['pagination'].get('next_cursor')}"
    assert (len(found), set(found)) == (7, made)


def test_fifty_at_once_make_one_post(call: Api) -> None:
    body = {"text": "hi", "targets": [{"account_id": call.connect("bluesky")}], "publish_now": True}

    def send(_: int) -> Any:
        return call("POST", "/v1/posts", body, Idempotency_Key="key-1")

    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(send, range(50)))
    assert {answer.status for answer in answers} == {201}
    assert len({answer.data for answer in answers}) == 1
    assert len(call("GET", "/v1/posts").json["data"]) == 1


def test_twelve_at_once_get_a_slot_of_the_queue_each(call: Api) -> None:
    slots = [{"weekday": day, "time": "09:30"} for day in ("monday", "wednesday", "friday")]
    assert call("PUT", "/v1/queue/slots", {"slots": slots, "timezone": "America/New_York"}).status == 200
    targets = [{"account_id": call.connect("bluesky")}]

    def send(number: int) -> Any:
        return call("POST", "/v1/posts", {"text": f"post {number}", "targets": targets, "queue": True}).json

    with ThreadPoolExecutor(12) as pool:
        made = list(pool.map(send, range(12)))
    assert len({one["scheduled_at"] for one in made}) == 12
    taken = {row["at"]: row["post"]["id"] for row in call("GET", "/v1/queue?limit=12").json["data"]}
    assert taken == {one["scheduled_at"]: one["id"] for one in made}


def test_labels_and_likeness_are_indexed(call: Api) -> None:
    made = call.post(
        "one", tags=["a"], campaign_id="c", scheduled_at="2026-11-23T12:00:00Z", skip_duplicate_check=False
    )
    for label in ("tag=a", "campaign_id=c"):
        for status in ("", "&status=scheduled"):
            for sort in ("scheduled_asc", "scheduled_desc", "created_asc", "created_desc"):
                rows = call("GET", f"/v1/posts?{label}{status}&sort={sort}").json["data"]
                assert [row["id"] for row in rows] == [made["id"]]
    again = {"text": "one", "targets": [{"account_id": call.connect(name)} for name in ("bluesky", "twitter")]}
    answer = call("POST", "/v1/posts", {**again, "scheduled_at": "2026-11-23T13:00:00Z"})
    assert answer.error["code"] == "publishing.duplicate_content"


def test_edits_and_deletes_at_once_leave_one_truth(call: Api) -> None:
    made = call.post(scheduled_at="2026-11-23T12:00:00Z")
    path = f"/v1/posts/{made['id']}"

    def act(number: int) -> int:
        if number == 10:
            return call("DELETE", path).status
        return call("PATCH", path, {"text": f"text {number}"}).status

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(act, range(20)))
    assert set(statuses) <= {200, 409}
    assert statuses[10] == 200
    assert call("GET", path).json["status"] == "cancelled"
