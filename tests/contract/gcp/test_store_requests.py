"""What the Firestore store sends, and what it makes of answers that the emulator never gives."""

from __future__ import annotations

import random
from collections.abc import Iterator

import grpc
import pytest
from google.cloud.firestore_v1 import types

from shared.backends.gcp.store import ATTEMPTS, FirestoreStore
from shared.backends.indexes import Index
from shared.ports.store import (
    AlreadyExists,
    Conflict,
    InvalidWrite,
    MissingIndex,
    NotFound,
    Query,
    Transaction,
    Unavailable,
    Write,
)
from tests.contract.gcp.recorder import Method, Recorder, serve

METHODS = {
    "Commit": Method(types.CommitRequest, types.CommitResponse),
    "BeginTransaction": Method(types.BeginTransactionRequest, types.BeginTransactionResponse),
    "Rollback": Method(types.RollbackRequest, types.WriteResult),
    "BatchGetDocuments": Method(types.BatchGetDocumentsRequest, types.BatchGetDocumentsResponse, stream=True),
    "RunQuery": Method(types.RunQueryRequest, types.RunQueryResponse, stream=True),
}
INDEX = Index("targets", "group", (("shard", "asc"), ("wake_at", "asc")))
CREATE = Write("create", "w/a", {"n": 1})


@pytest.fixture
def server() -> Iterator[Recorder]:
    recorder, running = serve("google.firestore.v1.Firestore", METHODS)
    yield recorder
    running.stop(None)


@pytest.fixture
def store(server: Recorder, monkeypatch: pytest.MonkeyPatch) -> FirestoreStore:
    monkeypatch.setattr(random, "uniform", lambda low, _high: low)  # no waiting between attempts
    return FirestoreStore("p", emulator=server.address, timeout=5, declared=[INDEX])


@pytest.mark.parametrize("code", ["UNAVAILABLE", "DEADLINE_EXCEEDED", "INTERNAL", "UNKNOWN", "CANCELLED", "DATA_LOSS"])
def test_a_commit_whose_answer_is_lost_is_not_sent_again(server: Recorder, store: FirestoreStore, code: str) -> None:
    """A second copy of a create that succeeded would be told AlreadyExists."""
    server.answers["Commit"] = [grpc.StatusCode[code]]
    with pytest.raises(Unavailable):
        store.commit([CREATE])
    assert len(server.requests["Commit"]) == 1


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("ALREADY_EXISTS", AlreadyExists),
        ("NOT_FOUND", NotFound),
        ("FAILED_PRECONDITION", Conflict),
        ("INVALID_ARGUMENT", InvalidWrite),
        ("PERMISSION_DENIED", Unavailable),
        ("RESOURCE_EXHAUSTED", Unavailable),
    ],
)
def test_errors_of_a_commit(server: Recorder, store: FirestoreStore, code: str, error: type[Exception]) -> None:
    server.answers["Commit"] = [grpc.StatusCode[code]]
    with pytest.raises(error) as raised:
        store.commit([CREATE])
    assert type(raised.value) is error


def test_an_aborted_commit_was_not_written_and_is_sent_again(server: Recorder, store: FirestoreStore) -> None:
    server.answers["Commit"] = [grpc.StatusCode.ABORTED, grpc.StatusCode.ABORTED]
    store.commit([CREATE])
    assert len(server.requests["Commit"]) == 3


def test_contention_without_end_is_unavailable(server: Recorder, store: FirestoreStore) -> None:
    server.answers["Commit"] = [grpc.StatusCode.ABORTED] * (ATTEMPTS + 5)
    with pytest.raises(Unavailable, match="contention"):
        store.commit([CREATE])
    assert len(server.requests["Commit"]) == ATTEMPTS


def test_an_aborted_transaction_runs_again_in_the_same_line(server: Recorder, store: FirestoreStore) -> None:
    server.answers["BeginTransaction"] = [types.BeginTransactionResponse(transaction=b"1")]
    server.answers["Commit"] = [grpc.StatusCode.ABORTED]
    runs: list[int] = []

    def body(transaction: Transaction) -> None:
        runs.append(1)
        transaction.write(CREATE)

    store.transact(body)
    assert len(runs) == 2
    assert [request.transaction for request in server.requests["Rollback"]] == [b"1"]
    assert server.requests["BeginTransaction"][1].options.read_write.retry_transaction == b"1"


def test_a_transaction_whose_commit_is_lost_does_not_run_again(server: Recorder, store: FirestoreStore) -> None:
    server.answers["Commit"] = [grpc.StatusCode.UNAVAILABLE]
    runs: list[int] = []
    with pytest.raises(Unavailable):
        store.transact(lambda _: runs.append(1))
    assert len(runs) == 1
    assert len(server.requests["Commit"]) == 1


def test_a_body_that_raises_rolls_back(server: Recorder, store: FirestoreStore) -> None:
    server.answers["BeginTransaction"] = [types.BeginTransactionResponse(transaction=b"1")]

    def body(transaction: Transaction) -> None:
        transaction.write(CREATE)
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        store.transact(body)
    assert [request.transaction for request in server.requests["Rollback"]] == [b"1"]
    assert not server.requests["Commit"]


def test_reads_are_asked_again(server: Recorder, store: FirestoreStore) -> None:
    server.answers["BatchGetDocuments"] = [grpc.StatusCode.UNAVAILABLE]
    assert store.get("w/a") is None
    assert len(server.requests["BatchGetDocuments"]) == 2


def test_an_undeclared_index_is_refused_before_anything_is_sent(server: Recorder, store: FirestoreStore) -> None:
    query = Query(group="targets", where=(("other", "==", 1),), order_by=(("wake_at", "asc"),))
    with pytest.raises(MissingIndex):
        store.query(query)
    with pytest.raises(MissingIndex):
        store.count(query)
    with pytest.raises(MissingIndex):
        store.transact(lambda transaction: transaction.query(query))
    assert not server.requests["RunQuery"]


def test_field_names_with_dots_are_names(server: Recorder, store: FirestoreStore) -> None:
    store.commit([Write("update", "w/a", {"a.b": {"c.d": 1}, "plain": 2})])
    write = server.requests["Commit"][0].writes[0]
    assert sorted(write.update_mask.field_paths) == ["`a.b`", "plain"]
    assert sorted(types.Document.pb(write.update).fields) == ["a.b", "plain"]
    store.query(Query(collection="w", where=(("a.b", "==", None),)))
    asked = server.requests["RunQuery"][0].structured_query.where.composite_filter.filters[0].unary_filter
    assert asked.field.field_path == "`a.b`"


def test_one_round_trip_for_many_documents(server: Recorder, store: FirestoreStore) -> None:
    assert store.get_many(["w/a", "w/b", "w/a"]) == [None, None, None]
    (request,) = server.requests["BatchGetDocuments"]
    assert list(request.documents) == [f"projects/p/databases/(default)/documents/w/{name}" for name in "ab"]


def test_nothing_is_sent_for_nothing(server: Recorder, store: FirestoreStore) -> None:
    store.commit([])
    assert store.get_many([]) == []
    assert not server.requests


def test_a_server_that_is_not_there_is_unavailable() -> None:
    store = FirestoreStore("p", emulator="127.0.0.1:9", timeout=0.5, declared=[])
    with pytest.raises(Unavailable):
        store.get("w/a")
    with pytest.raises(Unavailable):
        store.commit([CREATE])
