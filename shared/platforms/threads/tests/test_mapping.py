"""Mapping by example: what Threads documents and sends, beside what it becomes."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from shared.platforms.threads import errors, webhooks, wire
from shared.ports.http import Response
from tests.support.simulated import START

FIXTURES = Path(__file__).parents[1] / "fixtures"


def _error(payload: dict[str, Any]) -> dict[str, Any]:
    refused = errors.refusal(Response(400, {}, json.dumps(payload).encode()), START)
    told = {"platform_code": refused.platform_code, "platform_message": refused.platform_message}
    return {"fate": refused.fate.value, "code": refused.row.code, **told}


def _listed(payload: dict[str, Any]) -> dict[str, Any]:
    item = wire.listed(payload)
    assert item
    return asdict(item) | {"at": item.at.isoformat(), "kind": item.kind.value}


def _insights(payload: dict[str, Any]) -> dict[str, Any]:
    known = asdict(wire.metrics(wire.insights(payload)))
    return {name: value for name, value in known.items() if name != "raw"}


def _webhook(payload: dict[str, Any]) -> dict[str, Any]:
    (event,) = webhooks.parse({}, json.dumps(payload).encode())
    told = {"kind": event.kind, "id": event.id, "account": event.platform_account_id, "at": event.at.isoformat()}
    return told | {"data": dict(event.data)}


MAPPINGS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "error": _error,
    "insights": _insights,
    "listed": _listed,
    "webhook": _webhook,
}
CASES = sorted(path.name.removesuffix(".threads.json") for path in FIXTURES.glob("*.threads.json"))


@pytest.mark.parametrize("case", CASES)
def test_a_real_payload_in_our_words(case: str) -> None:
    """The mapping that the fixture's name begins with."""
    theirs = json.loads((FIXTURES / f"{case}.threads.json").read_text("utf-8"))
    ours = json.loads((FIXTURES / f"{case}.canonical.json").read_text("utf-8"))
    assert MAPPINGS[case.partition(".")[0]](theirs) == ours


def test_every_mapping_has_a_case() -> None:
    """And every pair is whole."""
    assert {case.partition(".")[0] for case in CASES} == set(MAPPINGS)
    assert len(list(FIXTURES.glob("*.canonical.json"))) == len(CASES)


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {"id": "1", "media_type": "TEXT_POST"},
        {"id": "1", "timestamp": "yesterday", "media_type": "TEXT_POST"},
        {"id": "1", "timestamp": "2024-09-12T23:17:39+0000", "media_type": "REPOST_FACADE"},
    ],
)
def test_an_item_that_cannot_be_recognised_is_left_out(broken: dict[str, Any]) -> None:
    """None, never a guess; a repost is no post of one's own."""
    assert wire.listed(broken) is None


@pytest.mark.parametrize(
    ("ours", "theirs", "same"),
    [("Hi #tea", "Hi tea", True), (" Hi \n", "Hi", True), ("Hi\n\nyou", "Hi you", True), ("Hi", "Hi there", False)],
)
def test_texts_are_compared_as_threads_shows_them(ours: str, theirs: str, same: bool) -> None:
    """A tag may have lost its sign, blanks may have changed."""
    assert wire.same_text(ours, theirs) is same


@pytest.mark.parametrize(
    ("answer", "after"),
    [
        ({"data": [{"id": "1"}], "paging": {"cursors": {"before": "b", "after": "a"}}}, "a"),
        ({"data": [], "paging": {"cursors": {"before": "b", "after": "a"}}}, None),
        ({"data": [{"id": "1"}]}, None),
        ({}, None),
    ],
)
def test_only_an_empty_page_is_the_end(answer: dict[str, Any], after: str | None) -> None:
    """Threads has no ``next``."""
    assert wire.next_page(answer) == after
