"""Whatever a network answers with can be kept: an outcome must not get lost because its payload fits no document."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.backends.embedded import values
from shared.domain.payloads import MAX_TEXT, plain_text, storable
from shared.domain.states import State
from shared.platforms.contract import ErrorRow, Fate, Published, Refused
from tests.unit.publishing.scripted import Stage

AWKWARD: list[dict[str, Any]] = [
    {"errors": [["a", "list"], ["of", "lists"]]},
    {"id": 2**64},
    {"echo": "half an emoji \ud83d"},
    {"__type__": "reserved", "": "unnamed", "\udc00": 1},
    {"deep": {"a": {"b": {"c": {"d": {"e": {"f": {"g": {"h": {"i": {"j": 1}}}}}}}}}}},
    {"page": "x" * 2_000_000},
    {"score": float("nan")},
]


def _refusal(raw: dict[str, Any]) -> Refused:
    row = ErrorRow(Fate.REJECTED, "said_no", "The network said no.")
    return Refused(row, platform="bluesky", status=400, platform_message="half \ud83d", raw=raw)


@pytest.mark.parametrize("raw", AWKWARD, ids=lambda raw: next(iter(raw)))
def test_a_success_is_kept_whatever_came_with_it(stage: Stage, raw: dict[str, Any]) -> None:
    """Published at once, and sent once."""
    stage.network.commits = [Published("live-1", raw=raw)]
    stage.post()
    stage.deliver()
    assert stage.ended(State.PUBLISHED).first is not None
    assert stage.network.count("commit") == 1


@pytest.mark.parametrize("raw", AWKWARD, ids=lambda raw: next(iter(raw)))
@pytest.mark.parametrize("when", ["prepares", "commits"])
def test_a_refusal_is_kept_whatever_came_with_it(stage: Stage, when: str, raw: dict[str, Any]) -> None:
    """Failed at once with the network's own words, neither in doubt nor missed."""
    setattr(stage.network, when, [_refusal(raw)])
    stage.post()
    stage.deliver()
    error = stage.ended(State.FAILED).error
    assert error is not None
    assert (error.code, error.platform_message) == ("platform.bluesky.said_no", "half ?")


def test_what_fits_is_kept_as_it_is() -> None:
    """Ordinary payloads are not touched."""
    raw = {"error": {"code": 190, "list": [{"a": [1, 2.5, None, True]}], "text": "Grüße 👋"}}
    assert storable(raw) == raw
    assert plain_text("Grüße 👋") == "Grüße 👋"


def test_what_is_too_long_is_cut_off() -> None:
    """A page of echo is kept as the beginning of its text."""
    kept = storable({"page": "x" * (MAX_TEXT + 1)})
    assert list(kept) == ["cut_off"]
    assert len(kept["cut_off"]) == MAX_TEXT


_TEXT = st.text(st.characters(), max_size=8)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | _TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXT, inner, max_size=3),
    max_leaves=30,
)


@given(st.dictionaries(_TEXT, _JSON, max_size=4))
def test_a_document_holds_it(raw: dict[str, Any]) -> None:
    """By the strict rules of the embedded store, whatever JSON it is."""
    values.text("workspaces/ws_1/targets/t", values.tag({"error": {"raw": storable(raw)}}))
