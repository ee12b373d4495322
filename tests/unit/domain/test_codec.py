"""Documents: what is encoded reads back the same, and a document of another version still reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any

import pytest

from shared.domain import codec


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True, slots=True)
class Wheel:
    size: int
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Car:
    name: str
    colour: Colour
    wheels: tuple[Wheel, ...] = ()
    by_place: Mapping[str, Wheel] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    spare: Wheel | None = None
    weight: float | None = None


WHEN = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
CAR = Car(
    "one",
    Colour.BLUE,
    (Wheel(17, WHEN), Wheel(18)),
    {"left": Wheel(17)},
    ("a", "b"),
    {"deep": [{"x": 1}]},
    Wheel(15),
    1.5,
)


def test_what_is_encoded_reads_back_the_same() -> None:
    assert codec.decode(Car, codec.encode(CAR)) == CAR


def test_documents_hold_plain_values_only() -> None:
    data = codec.encode(CAR)
    assert type(data["colour"]) is str
    assert data["wheels"] == [{"size": 17, "at": WHEN}, {"size": 18, "at": None}]
    assert data["by_place"] == {"left": {"size": 17, "at": None}}
    assert data["tags"] == ["a", "b"]


def test_other_mappings_and_sets_become_dicts_and_lists() -> None:
    assert codec.encode(MappingProxyType({"a": (Colour.RED,)})) == {"a": ["red"]}
    assert codec.encode(frozenset({Colour.RED})) == ["red"]


def test_what_is_read_does_not_share_the_documents_containers() -> None:
    data = codec.encode(CAR)
    car = codec.decode(Car, data)
    data["options"]["more"] = True
    data["tags"].append("c")
    assert "more" not in car.options
    assert car.tags == ("a", "b")


def test_an_unknown_field_is_ignored_and_an_absent_one_takes_its_default() -> None:
    assert codec.decode(Car, {"name": "two", "colour": "red", "doors": 5}) == Car("two", Colour.RED)


def test_a_missing_field_without_default_is_named() -> None:
    with pytest.raises(TypeError, match="Car: document lacks colour, name"):
        codec.decode(Car, {"tags": []})


def test_a_missing_field_of_something_within_is_named_too() -> None:
    with pytest.raises(TypeError, match="Wheel: document lacks size"):
        codec.decode(Car, {"name": "three", "colour": "red", "spare": {}})


def test_a_value_that_no_enum_has_is_refused() -> None:
    with pytest.raises(ValueError, match="green"):
        codec.decode(Car, {"name": "four", "colour": "green"})
