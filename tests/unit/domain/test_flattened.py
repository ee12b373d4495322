"""A payload on one level: what it is called, and what is left of lists."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from shared.domain import event_types
from shared.domain.flat import MAX_ITEMS, flattened
from shared.domain.webhooks import MAX_BODY, Event, payload

AT = datetime(2026, 11, 22, 18, tzinfo=UTC)


def said(data: dict[str, Any], raw: dict[str, Any] | None = None, flat: bool = True) -> dict[str, Any]:
    shown: dict[str, Any] = json.loads(payload(Event("evt_1", "post.published", AT, data, raw), flat))
    return shown


def test_what_is_inside_is_named_by_its_way_and_what_is_on_top_keeps_its_name() -> None:
    data = {"author": {"name": "Robin", "id": None}, "n": 3, "ok": True, "none": {}}
    shown = said(data)
    assert shown.pop("sequence", 0) >= 0
    assert shown == {
        "id": "evt_1",
        "event": "post.published",
        "created_at": "2026-11-22T18:00:00Z",
        "data__author__name": "Robin",
        "data__author__id": None,
        "data__n": 3,
        "data__ok": True,
    }


def test_a_list_of_plain_values_is_one_text_and_a_list_of_things_is_numbered_and_both_are_counted() -> None:
    data = {"fields": ["text", 2, True], "results": [{"status": "published"}, {"status": "failed"}], "media": []}
    assert {name: value for name, value in said(data).items() if name.startswith("data__")} == {
        "data__fields": "text,2,true",
        "data__fields__count": 3,
        "data__results__0__status": "published",
        "data__results__1__status": "failed",
        "data__results__count": 2,
        "data__media": "",
        "data__media__count": 0,
    }


def test_a_long_list_is_cut_and_says_how_long_it_is() -> None:
    flat = flattened({"results": [{"n": number} for number in range(40)]})
    assert flat["results__count"] == 40
    assert sum(name.endswith("__n") for name in flat) == MAX_ITEMS


def test_names_that_meet_are_told_apart_and_nothing_is_lost() -> None:
    """What is inside may be called as callers and networks like."""
    met = {"a": {"b": 1, "c": [1, 2]}, "a__b": 2, "a__b_": 3, "a__c__count": "mine"}
    flat = flattened(met)
    assert flat == {"a__b": 1, "a__c__count": 2, "a__c": "1,2", "a__b_": 2, "a__b__": 3, "a__c__count_": "mine"}


def test_the_networks_own_fragment_stays_with_the_nested_form() -> None:
    raw = {"entry": [{"id": "1"}]}
    assert said({}, raw, flat=False)["raw_payload"] == raw
    assert not [name for name in said({}, raw) if name.startswith("raw_payload")]


def test_what_is_too_large_even_flat_is_refused() -> None:
    with pytest.raises(ValueError, match="at most"):
        said({"text": "x" * MAX_BODY})


@pytest.mark.parametrize("name", event_types.by_name())
def test_every_event_of_the_catalogue_has_one_level_and_no_two_fields_of_one_name(name: str) -> None:
    example = event_types.by_name()[name].example
    flat = flattened({"data": example})
    assert all(value is None or isinstance(value, str | int | float) for value in flat.values())
    assert len(flat) >= len(example)
