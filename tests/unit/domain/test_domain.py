"""States, statuses, names, the codec and callers: small total functions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain import codec, errors, states, targets
from shared.domain.callers import Caller
from shared.domain.content import Kind, Role
from shared.domain.posts import SHARDS, PieceDoc, Target, event_id, fingerprint, shard_of, task_name
from shared.domain.states import ALLOWED, TERMINAL, State, Status, overall, status_of

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True)
class Inner:
    at: datetime
    colour: Colour = Colour.RED


@dataclass(frozen=True)
class Outer:
    name: str
    inner: Inner | None = None
    many: tuple[Inner, ...] = ()
    by_name: Mapping[str, Inner] = field(default_factory=dict)
    anything: Mapping[str, Any] = field(default_factory=dict)


inners = st.builds(Inner, st.datetimes(timezones=st.just(UTC)), st.just(Colour.RED))
plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


@given(
    st.builds(
        Outer,
        st.text(),
        st.none() | inners,
        st.lists(inners).map(tuple),
        st.dictionaries(st.text(), inners),
        st.dictionaries(st.text(), plain),
    )
)
def test_what_is_written_reads_back(value: Outer) -> None:
    """Nested dataclasses, enums, tuples, mappings and None survive the document."""
    document = codec.encode(value)
    assert codec.decode(Outer, document) == value
    assert type(document) is dict


def test_documents_of_other_versions_read() -> None:
    """Unknown keys are ignored, absent ones take their default; a required one that is missing is named."""
    assert codec.decode(Outer, {"name": "a", "of_tomorrow": 1}) == Outer("a")
    with pytest.raises(TypeError, match="Inner: document lacks at"):
        codec.decode(Outer, {"name": "a", "inner": {"colour": "red"}})
    with pytest.raises(ValueError, match="blue"):
        codec.decode(Inner, {"at": NOW, "colour": "blue"})


def test_every_state_has_its_moves_and_its_status() -> None:
    """No state is forgotten; nothing leaves a terminal state but by a person's word; cancelled is for ever."""
    assert set(ALLOWED) == set(State)
    assert ALLOWED[State.CANCELLED] == frozenset()
    for state in TERMINAL - {State.CANCELLED}:
        assert ALLOWED[state] <= {State.SCHEDULED, State.PUBLISHED, State.CANCELLED}
    for state in State:
        assert status_of(state) in Status
    sendable = {state for state in State if State.ARMED in ALLOWED[state]}
    assert sendable == {State.SCHEDULED, State.PREPARING}
    assert not any(State.CANCELLED in ALLOWED[state] for state in states.IN_DOUBT | {State.CONFIRMING})


OVERALL = [
    ((), "draft"),
    (("published", "published"), "published"),
    (("published", "failed"), "partial"),
    (("published", "missed"), "partial"),
    (("failed", "missed"), "failed"),
    (("published", "cancelled"), "published"),
    (("cancelled", "cancelled"), "cancelled"),
    (("published", "needs_review"), "needs_review"),
    (("published", "scheduled"), "publishing"),
    (("draft", "scheduled"), "scheduled"),
    (("draft", "failed"), "publishing"),
    (("publishing", "needs_review"), "publishing"),
]


@pytest.mark.parametrize(("seen", "expected"), OVERALL)
def test_a_posts_status(seen: tuple[str, ...], expected: str) -> None:
    assert overall(Status(one) for one in seen) == expected


def test_a_posts_status_is_total_and_knows_no_order() -> None:
    for one, two, three in product([s for s in Status if s is not Status.PARTIAL], repeat=3):
        assert overall([one, two, three]) is overall([three, one, two])


@pytest.mark.parametrize(
    ("ahead", "wake"),
    [
        (timedelta(0), timedelta(seconds=10)),
        (timedelta(days=-1), timedelta(seconds=10)),
        (timedelta(days=29), timedelta(days=29, seconds=10)),
        (timedelta(days=29, seconds=1), timedelta(days=28, seconds=1)),
        (timedelta(days=700), timedelta(days=699)),
    ],
)
def test_when_the_sweeper_looks(ahead: timedelta, wake: timedelta) -> None:
    assert targets.wake_for(NOW + ahead, NOW) == NOW + wake


def target(**fields: Any) -> Target:
    base: dict[str, Any] = {"id": "tgt_1", "post_id": "post_1", "space": "ws.test", "account_id": "acc_1"}
    base |= {"platform": "plain", "sandbox": True, "position": 0, "state": State.SCHEDULED, "created_at": NOW}
    base |= {"pieces": (piece(),), "due_at": NOW, "next_at": NOW}
    return Target(**(base | fields))


def piece(**fields: Any) -> PieceDoc:
    base: dict[str, Any] = {"role": Role.POST, "kind": Kind.TEXT, "text": "a", "key": "k", "created_at": 1}
    return PieceDoc(**(base | fields))


def test_names_differ_by_each_of_their_parts() -> None:
    """A task's name by target, generation, attempt and tick; an event's by what happened, not by how often it is told."""
    varied: list[dict[str, Any]] = [{"id": "tgt_2"}, {"generation": 1}, {"attempt": 1}, {"tick": 1}]
    assert len({task_name(target(**one)) for one in ({}, *varied)}) == 5
    assert event_id(target(), "target.failed") == event_id(target(tick=9, swept=3, probes=2), "target.failed")
    assert event_id(target(), "target.failed") != event_id(target(generation=1), "target.failed")
    assert event_id(target(), "target.failed") != event_id(target(), "target.published")


def test_a_fingerprint_is_of_what_is_sent() -> None:
    same = fingerprint(piece())
    assert fingerprint(piece(key="other", created_at=9, attempt=3, text=" a ")) == same
    assert len({same, fingerprint(piece(text="b")), fingerprint(piece(options={"x": 1}))}) == 3


def test_shards_are_spread() -> None:
    assert {shard_of(f"tgt_{number}") for number in range(500)} == set(range(SHARDS))


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({}, Status.SCHEDULED),
        ({"immediate": True}, Status.PUBLISHING),
        ({"current": 1}, Status.PUBLISHING),
        ({"refusals": 1}, Status.PUBLISHING),
        ({"attempt": 1, "next_at": NOW + timedelta(seconds=5)}, Status.PUBLISHING),
        ({"attempt": 1}, Status.SCHEDULED),
        ({"state": State.ARMED}, Status.PUBLISHING),
        ({"state": State.MISSED, "immediate": True}, Status.MISSED),
    ],
)
def test_what_callers_see(fields: dict[str, Any], status: Status) -> None:
    assert target(**fields).status is status


def test_an_edit_after_a_piece_is_live_is_refused() -> None:
    from shared.domain.posts import Live

    half = target(current=1, pieces=(piece(live=Live("1", NOW)), piece(role=Role.REPLY)))
    with pytest.raises(targets.WrongState):
        targets.edited(half, (piece(),))


def test_callers_keep_to_their_space_and_scopes() -> None:
    test, live = Caller("ws_1", "test", "k"), Caller("ws_1", "live", "k", ("posts:read",))
    assert (test.space, test.sandbox, live.space, live.sandbox) == ("ws_1.test", True, "ws_1.live", False)
    assert test.may("anything")
    assert live.may("posts:read")
    assert not live.may("posts:write")


def test_the_error_tree_says_who_must_act() -> None:
    """Every class is below the root; what may be retried is ours or a limit."""
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.RostrumError)]
    assert {kind.__name__ for kind in kinds if kind.retryable} == {"Limited", "Broken"}
    made = errors.TooLong("validation.text_too_long", "Too long.", field="text", limit=300)
    assert (made.code, made.message, made.meta["limit"], str(made)) == (
        "validation.text_too_long",
        "Too long.",
        300,
        "Too long.",
    )
    for kind in kinds:
        assert kind.category in ("validation", "auth", "rate_limit", "platform", "system")
        assert kind.caused_by in ("user", "platform", "system")
