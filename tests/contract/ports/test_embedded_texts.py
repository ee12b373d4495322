"""Dataclasses as stored text: the very text that their encoded form has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from typing import Any, Literal

import pytest

from shared.backends.embedded import texts, values
from shared.domain import codec
from shared.ports.store import MAX_DOCUMENT_BYTES, InvalidWrite, TooLarge

AT = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


class Mood(StrEnum):
    GOOD = "good"


@dataclass(frozen=True, slots=True)
class Leaf:
    value: Any


@dataclass(frozen=True, slots=True)
class Tree:
    """A field of every kind that documents have."""

    id: str
    mood: Mood | None = None
    choice: Literal["a", "b"] = "a"
    count: int = 0
    share: float = 0.5
    yes: bool = True
    raw: bytes = b""
    at: datetime | None = None
    leaf: Leaf | None = None
    leaves: tuple[Leaf, ...] = ()
    words: tuple[str, ...] = ()
    by_name: Mapping[str, Leaf] = field(default_factory=dict)
    marks: Mapping[str, str] = field(default_factory=dict)
    free: Mapping[str, Any] = field(default_factory=dict)
    nested: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


TREES = [
    Tree("plain"),
    Tree('quoted "\\\n\t\x01 and ünïcödé \u2028 🙂'),
    Tree("$dollar", Mood.GOOD, "b", -(1 << 63), 1e300, False, b"\x00\xff", AT, Leaf(None), (Leaf(1), Leaf("two"))),
    Tree("elsewhere", at=AT.astimezone(timezone(timedelta(hours=5, minutes=30))), words=("a", "b"), marks={"$k": "v"}),
    Tree("free", by_name={"$x": Leaf([1, {"at": AT}])}, free={"$a": {"$b": [AT, b"x", None]}}, nested={"n": {"$t": "no"}}),
    Tree("odd", leaf=Leaf({"deep": {"er": [{"est": 1.5}]}}), free={"list": [], "map": {}, "no": 0}),
]  # fmt: skip


@pytest.mark.parametrize("tree", TREES, ids=lambda tree: tree.id[:5])
def test_a_dataclass_is_the_text_of_its_encoded_form(tree: Tree) -> None:
    made = texts.text("rows/one", codec.Document(tree))
    assert made == values.text("rows/one", values.tag(codec.encode(tree)))
    assert values.load(made) == {**codec.encode(tree), "at": tree.at and tree.at.astimezone(UTC)}


def deep(levels: int) -> dict[str, Any]:
    made: dict[str, Any] = {"end": 1}
    for _ in range(levels - 1):
        made = {"down": made}
    return made


def test_depth_counts_from_the_top_of_the_document() -> None:
    deepest = Tree("deep", leaf=Leaf(deep(values.MAX_DEPTH - 1)))
    assert texts.text("rows/one", codec.Document(deepest))
    for tree in (
        Tree("deep", leaf=Leaf(deep(values.MAX_DEPTH))),
        Tree("deep", leaves=(Leaf(deep(values.MAX_DEPTH - 1)),)),
    ):
        with pytest.raises(InvalidWrite):
            values.tag(codec.encode(tree))
        with pytest.raises(InvalidWrite):
            texts.text("rows/one", codec.Document(tree))


@pytest.mark.parametrize(
    "tree",
    [
        Tree("half \ud83d of a pair"),
        Tree("long", count=1 << 63),
        Tree("naive", at=AT.replace(tzinfo=None)),
        Tree("lists", leaf=Leaf([[1]])),
        Tree("reserved", marks={"__x__": "v"}),
        Tree("nameless", free={"": 1}),
        Tree("odd", leaf=Leaf(object())),
    ],
    ids=lambda tree: tree.id[:6],
)
def test_what_no_store_keeps_is_refused(tree: Tree) -> None:
    with pytest.raises(InvalidWrite):
        texts.text("rows/one", codec.Document(tree))


def test_a_document_over_the_limit_is_refused() -> None:
    with pytest.raises(TooLarge):
        texts.text("rows/one", codec.Document(Tree("x" * MAX_DOCUMENT_BYTES)))
    assert texts.text("rows/one", codec.Document(Tree("x" * (MAX_DOCUMENT_BYTES - 1000))))


def test_a_document_is_the_mapping_of_its_fields() -> None:
    made = codec.Document(TREES[2])
    assert dict(made) == codec.encode(TREES[2])
    assert made.field("mood") == "good"
    with pytest.raises(KeyError):
        made.field("absent")
