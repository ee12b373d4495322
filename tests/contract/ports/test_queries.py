"""The store port's queries: what is found, in which order, with which index, and what is refused."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.ports.store import InvalidWrite, MissingIndex, Query, Store, Transaction, Write

T0 = datetime(2026, 11, 22, tzinfo=UTC)
C = "workspaces/w/rows"
ROWS: dict[str, dict[str, Any]] = {
    "a": {"kind": "x", "rank": 3, "name": "n1", "tags": ["red", "blue"], "at": T0},
    "b": {"kind": "x", "rank": 1, "name": "n2", "tags": ["red", "red"], "at": T0 + timedelta(microseconds=1)},
    "c": {"kind": "y", "rank": 2, "name": "n3", "tags": [], "at": T0 - timedelta(days=9999)},
    "d": {"kind": "x", "rank": 2, "name": "n4", "at": None},
    "e": {"kind": "y", "rank": -5, "name": "n5", "tags": "red"},
    "f": {"kind": "x", "name": "n6", "rank": 2.5},
    "g": {"kind": None},
    "h": {"kind": "x", "rank": "text", "name": "n7"},
}


@pytest.fixture
def rows(store: Store) -> Store:
    store.commit([Write("create", f"{C}/{name}", row) for name, row in ROWS.items()])
    store.commit([Write("create", "workspaces/other/rows/z", {"kind": "x", "rank": 0})])
    store.commit([Write("create", f"{C}/a/rows/deep", {"kind": "x", "rank": 9})])
    return store


def ids(store: Store, **query: Any) -> str:
    return "".join(doc.id for doc in store.query(Query(**{"collection": C, **query})))


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ((), "abcdefgh"),
        ((("kind", "==", "x"),), "abdfh"),
        ((("kind", "==", None),), "g"),
        ((("kind", "==", "x"), ("rank", "==", 2)), "d"),
        ((("rank", "==", 2.0),), "cd"),
        ((("kind", "in", ["y", None, "y"]),), "ceg"),
        ((("kind", "in", ["x", "y"]), ("rank", "in", [2, 3])), "acd"),
        ((("tags", "array_contains", "red"),), "ab"),
        ((("at", "==", T0),), "a"),
        ((("tags", "==", ["red", "blue"]),), "a"),
        ((("kind", "==", "nothing"),), ""),
        ((("absent", "==", 1),), ""),
    ],
)
def test_equalities_need_no_index_and_come_in_the_order_of_paths(rows: Store, where: Any, found: str) -> None:
    assert ids(rows, where=where) == found
    assert rows.count(Query(collection=C, where=where, limit=1)) == len(found)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"where": (("rank", ">", 2),)}, "fa"),
        ({"where": (("rank", ">=", 2),)}, "cdfa"),
        ({"where": (("rank", "<", 2),)}, "eb"),
        ({"where": (("rank", "<=", 2),), "order_by": (("rank", "desc"),)}, "dcbe"),
        ({"where": (("rank", ">", -5), ("rank", "<", 3)), "order_by": (("rank", "asc"),)}, "bcdf"),
        ({"where": (("rank", ">=", "t"),)}, "h"),
        ({"where": (("at", ">", T0),)}, "b"),
        ({"where": (("at", "<=", T0),)}, "ca"),
        ({"order_by": (("rank", "asc"),)}, "ebcdfah"),
        ({"order_by": (("rank", "desc"),)}, "hafdcbe"),
        ({"order_by": (("at", "asc"),)}, "dcab"),
        ({"order_by": (("rank", "asc"), ("name", "desc"))}, "ebdcfah"),
        ({"where": (("kind", "==", "x"),), "order_by": (("rank", "asc"),)}, "bdfah"),
        ({"where": (("kind", "==", "x"),), "order_by": (("rank", "desc"),)}, "hafdb"),
        ({"where": (("kind", "==", "x"), ("rank", "<", 3)), "order_by": (("rank", "desc"),)}, "fdb"),
        ({"where": (("kind", "in", ["x", "y"]),), "order_by": (("rank", "desc"),)}, "hafdcbe"),
        ({"where": (("kind", "in", ["y", "x"]), ("rank", ">=", 2)), "order_by": (("rank", "asc"),), "limit": 3}, "cdf"),
        ({"where": (("tags", "array_contains", "red"),), "order_by": (("rank", "asc"),)}, "ba"),
    ],
)
def test_ranges_and_orders(rows: Store, query: Any, found: str) -> None:
    """Documents that lack an ordered field, or hold another type than the range's, are not found."""
    assert ids(rows, **query) == found
    full = {key: value for key, value in query.items() if key != "limit"}
    assert rows.count(Query(collection=C, **query)) == len(ids(rows, **full))


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"where": (("kind", "==", "x"),)},
        {"order_by": (("rank", "asc"),)},
        {"order_by": (("rank", "desc"),)},
        {"order_by": (("rank", "asc"), ("name", "desc"))},
        {"where": (("kind", "in", ["x", "y"]),), "order_by": (("rank", "desc"),)},
        {"where": (("rank", "<=", 2),), "order_by": (("rank", "desc"),)},
    ],
)
@pytest.mark.parametrize("limit", [1, 2])
def test_pages_continue_where_the_last_one_ended(rows: Store, query: Any, limit: int) -> None:
    whole, paged, last = ids(rows, **query), "", None
    for _ in range(len(whole)):
        page = rows.query(Query(collection=C, limit=limit, start_after=last, **query))
        paged += "".join(doc.id for doc in page)
        if not page:
            break
        last = page[-1]
    assert paged == whole
    assert whole


def test_a_group_query_crosses_parents_in_order(rows: Store) -> None:
    found = rows.query(Query(group="rows", where=(("kind", "==", "x"), ("rank", "<=", 2)), order_by=(("rank", "asc"),)))
    assert [doc.path for doc in found] == ["workspaces/other/rows/z", f"{C}/b", f"{C}/d"]
    assert rows.count(Query(group="rows", where=(("kind", "==", "x"), ("rank", "==", 9)))) == 1


def test_indexes_follow_the_documents(rows: Store) -> None:
    query = {"where": (("kind", "==", "x"),), "order_by": (("rank", "asc"),)}
    assert ids(rows, **query) == "bdfah"
    rows.commit(
        [Write("update", f"{C}/b", {"rank": 10}), Write("delete", f"{C}/d"), Write("set", f"{C}/f", {"kind": "y"})]
    )
    rows.commit([Write("create", f"{C}/i", {"kind": "x", "rank": -1})])
    assert ids(rows, **query) == "iabh"
    assert ids(rows, where=(("tags", "array_contains", "red"),)) == "ab"
    rows.commit([Write("update", f"{C}/a", {"tags": ["green"]})])
    assert ids(rows, where=(("tags", "array_contains", "red"),)) == "b"
    assert ids(rows, where=(("tags", "array_contains", "green"),)) == "a"


@pytest.mark.parametrize(
    "query",
    [
        {"where": (("name", "==", "n1"),), "order_by": (("rank", "asc"),)},
        {"order_by": (("name", "asc"), ("rank", "asc"))},
        {"order_by": (("rank", "desc"), ("name", "desc"))},
        {"where": (("kind", "==", "x"), ("name", ">", "n"))},
        {"where": (("tags", "array_contains", "red"), ("kind", "==", "x"))},
        {"where": (("tags", "array_contains", "red"),), "order_by": (("rank", "desc"),)},
        {"collection": None, "group": "rows"},
        {"collection": None, "group": "rows", "where": (("kind", "==", "x"),)},
        {"collection": None, "group": "rows", "order_by": (("rank", "asc"),)},
        {"collection": "workspaces/w/others", "where": (("kind", "==", "x"),), "order_by": (("rank", "asc"),)},
    ],
)
def test_undeclared_indexes_are_missing(store: Store, query: Any) -> None:
    with pytest.raises(MissingIndex, match=r"indexes\.json"):
        store.query(Query(**{"collection": C, **query}))
    with pytest.raises(MissingIndex):
        store.count(Query(**{"collection": C, **query}))


@pytest.mark.parametrize(
    "query",
    [
        {"group": "rows"},
        {"collection": None},
        {"collection": "workspaces/w"},
        {"collection": None, "group": "a/b"},
        {"limit": 0},
        {"where": (("rank", ">", 1), ("name", "<", "x"))},
        {"where": (("rank", ">", 1),), "order_by": (("name", "asc"),)},
        {"where": (("kind", "==", "x"), ("kind", "==", "y"))},
        {"where": (("kind", "in", []),)},
        {"where": (("kind", "in", list(range(31))),)},
        {"where": (("kind", "!=", "x"),)},
        {"where": (("tags", "array_contains", "a"), ("tags", "array_contains", "b"))},
        {"where": (("at", ">", datetime(2026, 1, 1)),)},  # noqa: DTZ001
        {"order_by": (("rank", "up"),)},
        {"order_by": (("rank", "asc"), ("rank", "desc"))},
    ],
)
def test_malformed_queries(store: Store, query: Any) -> None:
    with pytest.raises(InvalidWrite):
        store.query(Query(**{"collection": C, **query}))


def test_a_transaction_and_a_newcomer_come_one_after_the_other(rows: Store) -> None:
    """A document that would now be found is as much a conflict as one that changed."""
    others: list[threading.Thread] = []
    newcomer = Write("create", f"{C}/new", {"kind": "y"})

    def body(tx: Transaction) -> int:
        found = len(tx.query(Query(collection=C, where=(("kind", "==", "y"),))))
        seen = tx.get(f"{C}/new")
        if not others:
            others.append(threading.Thread(target=lambda: rows.commit([newcomer])))
            others[0].start()
            others[0].join(1)  # a store that locks what was read lets it in only afterwards
        assert found == (2 if seen is None else 3)
        tx.write(Write("set", "workspaces/w/counts/y", {"n": found}))
        return found

    counted = rows.transact(body)
    others[0].join(30)
    doc = rows.get("workspaces/w/counts/y")
    assert doc is not None
    assert doc.data["n"] == counted
    assert rows.get(newcomer.path) is not None
