"""The store port's documents, commits and transactions: every sentence of its docstrings that is not about queries."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from shared.ports.store import (
    AlreadyExists,
    Conflict,
    InvalidWrite,
    NotFound,
    ReadAfterWrite,
    Store,
    TooLarge,
    Transaction,
    Write,
    utc,
)

A, B = "workspaces/w/posts/a", "workspaces/w/posts/b"
VALUES: dict[str, Any] = {
    "none": None,
    "true": True,
    "int": 7,
    "big": 2**63 - 1,
    "small": -(2**63),
    "float": 1.5,
    "whole": 2.0,
    "text": "ünïcode 🎻 \x00 'quoted' \\ \"",
    "bytes": b"\x00\xff",
    "instant": datetime(2026, 11, 22, 9, 30, 1, 123456, tzinfo=UTC),
    "list": [1, "two", {"three": [3]}],
    "dict": {"inner": {"at": datetime(2000, 1, 1, tzinfo=UTC)}, "dotted.key": 1, "$t": "a user's own", "$b": "x"},
    "empty": {},
    "none_left": [],
    "dotted.name": "a field, not a path",
    "$dollar": "kept",
}


def data(store: Store, path: str) -> dict[str, Any]:
    doc = store.get(path)
    assert doc is not None
    return doc.data


def test_values_come_back_as_they_went_in(store: Store) -> None:
    store.commit([Write("create", A, VALUES)])
    assert data(store, A) == VALUES
    assert type(data(store, A)["whole"]) is float
    assert type(data(store, A)["int"]) is int
    assert type(data(store, A)["true"]) is bool


def test_instants_come_back_in_utc_with_microseconds(store: Store) -> None:
    local = datetime(2026, 7, 1, 12, 0, 0, 1, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    store.commit([Write("create", A, {"at": local})])
    assert data(store, A)["at"] == local
    assert data(store, A)["at"].utcoffset() == timedelta()
    assert data(store, A)["at"].microsecond == 1


def test_absent_documents_are_none(store: Store) -> None:
    assert store.get(A) is None
    assert store.get_many([A, B]) == [None, None]
    assert store.get_many([]) == []


def test_get_many_keeps_the_order_and_repeats(store: Store) -> None:
    store.commit([Write("create", A, {"n": 1}), Write("create", B, {"n": 2})])
    found = store.get_many([B, "workspaces/w/posts/absent", A, B])
    assert [doc and doc.id for doc in found] == ["b", None, "a", "b"]


def test_create_refuses_an_existing_document(store: Store) -> None:
    store.commit([Write("create", A, {"n": 1})])
    with pytest.raises(AlreadyExists):
        store.commit([Write("create", A, {"n": 2})])
    assert data(store, A) == {"n": 1}


def test_set_replaces_or_creates(store: Store) -> None:
    store.commit([Write("set", A, {"n": 1, "old": True})])
    store.commit([Write("set", A, {"n": 2})])
    assert data(store, A) == {"n": 2}


def test_update_replaces_top_level_fields_and_keeps_the_others(store: Store) -> None:
    store.commit([Write("create", A, {"keep": 1, "map": {"x": 1, "y": 2}})])
    store.commit([Write("update", A, {"map": {"z": 3}, "map.x": "a field of its own"})])
    assert data(store, A) == {"keep": 1, "map": {"z": 3}, "map.x": "a field of its own"}


def test_update_refuses_an_absent_document(store: Store) -> None:
    with pytest.raises(NotFound):
        store.commit([Write("update", A, {"n": 1})])
    assert store.get(A) is None


def test_delete_is_content_with_absence(store: Store) -> None:
    store.commit([Write("delete", A)])
    store.commit([Write("create", A, {"n": 1})])
    store.commit([Write("delete", A)])
    assert store.get(A) is None


@pytest.mark.parametrize("op", ["update", "delete"])
def test_if_version_refuses_once_the_document_changed(store: Store, op: Any) -> None:
    store.commit([Write("create", A, {"n": 1})])
    seen = store.get(A)
    assert seen is not None
    store.commit([Write("update", A, {"n": 2})])
    with pytest.raises(Conflict):
        store.commit([Write(op, A, {}, if_version=seen.version)])
    assert data(store, A) == {"n": 2}
    now = store.get(A)
    assert now is not None
    store.commit([Write(op, A, {"n": 3} if op == "update" else {}, if_version=now.version)])


@pytest.mark.parametrize("op", ["update", "delete"])
def test_if_version_refuses_an_absent_document(store: Store, op: Any) -> None:
    store.commit([Write("create", A, {"n": 1})])
    seen = store.get(A)
    assert seen is not None
    store.commit([Write("delete", A)])
    with pytest.raises(Conflict):
        store.commit([Write(op, A, {}, if_version=seen.version)])
    assert store.get(A) is None


def test_a_version_does_not_return_with_a_recreated_document(store: Store) -> None:
    store.commit([Write("create", A, {"n": 1})])
    seen = store.get(A)
    assert seen is not None
    store.commit([Write("delete", A)])
    store.commit([Write("create", A, {"n": 1})])
    with pytest.raises(Conflict):
        store.commit([Write("update", A, {"n": 2}, if_version=seen.version)])


@pytest.mark.parametrize(
    ("bad", "error"),
    [
        (Write("create", B, {"n": 2}), AlreadyExists),
        (Write("update", "workspaces/w/posts/absent", {"n": 2}), NotFound),
        (Write("create", "workspaces/w/posts/c", {"n": datetime(2026, 1, 1)}), InvalidWrite),  # noqa: DTZ001
        (Write("create", "workspaces/w/posts/c", {"n": "x" * 1_048_576}), TooLarge),
    ],
)
def test_a_commit_is_all_or_nothing(store: Store, bad: Write, error: type[Exception]) -> None:
    store.commit([Write("create", B, {"n": 1})])
    with pytest.raises(error):
        store.commit([Write("create", A, {"n": 1}), Write("update", B, {"n": 9}), bad])
    assert store.get(A) is None
    assert data(store, B) == {"n": 1}


def test_documents_may_have_a_mebibyte_and_no_more(store: Store) -> None:
    store.commit([Write("create", A, {"n": "x" * 1_048_000})])
    with pytest.raises(TooLarge):
        store.commit([Write("set", A, {"n": "x" * 1_048_576})])
    with pytest.raises(TooLarge):
        store.commit([Write("set", A, {"n": [0] * 140_000})])  # 8 bytes each, however short they are written
    with pytest.raises(TooLarge):
        store.commit([Write("update", A, {"m": "x" * 2_000})])
    assert len(data(store, A)["n"]) == 1_048_000


def test_writes_of_one_commit_see_those_before_them(store: Store) -> None:
    store.commit([Write("create", A, {"n": 1, "keep": 1}), Write("update", A, {"n": 2})])
    assert data(store, A) == {"n": 2, "keep": 1}
    with pytest.raises(AlreadyExists):
        store.commit([Write("set", B, {}), Write("create", B, {})])
    assert store.get(B) is None


def test_a_commit_has_at_most_500_writes(store: Store) -> None:
    with pytest.raises(TooLarge):
        store.commit([Write("set", f"workspaces/w/posts/p{n}", {}) for n in range(501)])
    assert store.get("workspaces/w/posts/p0") is None


@pytest.mark.parametrize(
    "value",
    [[[1]], {"a": [[1]]}, datetime(2026, 1, 1), {1: "x"}, {"": 1}, {"__x__": 1}, 2**63, object(), {1, 2}, "\ud800"],  # noqa: DTZ001
)
def test_values_that_firestore_refuses(store: Store, value: Any) -> None:
    with pytest.raises(InvalidWrite):
        store.commit([Write("create", A, {"field": value})])
    assert store.get(A) is None


@pytest.mark.parametrize(
    "path", ["", "posts", "a/b/c", "a//b/c", "/a", "a/", "a/..", "./b", "a/__id__", "a/" + "x" * 1501]
)
def test_paths_that_firestore_refuses(store: Store, path: str) -> None:
    with pytest.raises(InvalidWrite):
        store.commit([Write("set", path, {})])
    with pytest.raises(InvalidWrite):
        store.get(path)


def test_writes_that_make_no_sense(store: Store) -> None:
    with pytest.raises(InvalidWrite):
        store.commit([Write("create", A, {}, if_version="1")])
    with pytest.raises(InvalidWrite):
        store.commit([Write("upsert", A, {})])  # type: ignore[arg-type]


def test_utc_refuses_naive_instants() -> None:
    with pytest.raises(InvalidWrite):
        utc(datetime(2026, 1, 1))  # noqa: DTZ001


def test_a_transaction_reads_then_writes_and_answers(store: Store) -> None:
    store.commit([Write("create", A, {"n": 1})])

    def body(tx: Transaction) -> str:
        doc = tx.get(A)
        assert doc is not None
        assert tx.get(B) is None
        tx.write(Write("update", A, {"n": doc.data["n"] + 1}))
        tx.write(Write("create", B, {"from": "a"}))
        return "done"

    assert store.transact(body) == "done"
    assert data(store, A) == {"n": 2}
    assert data(store, B) == {"from": "a"}


def test_a_transaction_cannot_read_after_its_first_write(store: Store) -> None:
    def body(tx: Transaction) -> None:
        tx.write(Write("set", A, {}))
        tx.get(A)

    with pytest.raises(ReadAfterWrite):
        store.transact(body)
    assert store.get(A) is None


def test_what_a_body_raises_comes_through_and_nothing_is_written(store: Store) -> None:
    def body(tx: Transaction) -> None:
        tx.write(Write("set", A, {}))
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        store.transact(body)
    assert store.get(A) is None


def test_a_transaction_raises_what_its_commit_raises(store: Store) -> None:
    store.commit([Write("create", A, {})])
    with pytest.raises(AlreadyExists):
        store.transact(lambda tx: tx.write(Write("create", A, {})))
    with pytest.raises(NotFound):
        store.transact(lambda tx: tx.write(Write("update", B, {})))


def test_one_of_many_creators_wins(store: Store) -> None:
    gate = threading.Barrier(8)

    def create(n: int) -> bool:
        gate.wait()
        try:
            store.commit([Write("create", A, {"by": n}), Write("set", f"workspaces/w/posts/by{n}", {})])
        except AlreadyExists:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(create, range(8)))
    assert won.count(True) == 1
    assert data(store, A) == {"by": won.index(True)}
    assert [store.get(f"workspaces/w/posts/by{n}") is not None for n in range(8)] == won


def test_threads_lose_no_increment(store: Store) -> None:
    store.commit([Write("create", A, {"n": 0})])

    def increment(tx: Transaction) -> None:
        doc = tx.get(A)
        assert doc is not None
        tx.write(Write("update", A, {"n": doc.data["n"] + 1}))

    def work(_: int) -> None:
        for _ in range(5):
            store.transact(increment)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    assert data(store, A)["n"] == 20


def test_reads_see_every_commit_that_returned(store: Store) -> None:
    def write_then_read(n: int) -> bool:
        path = f"workspaces/w/posts/t{n}"
        store.commit([Write("create", path, {"n": n})])
        with ThreadPoolExecutor(1) as other:
            doc = other.submit(store.get, path).result()
        return doc is not None and doc.data["n"] == n

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(write_then_read, range(20)))
