"""Whose turn it is costs what concerns the thing at hand, and not what else the account has waiting."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from shared.domain.posts import subject_of
from shared.operations.publishing import turns
from shared.ports.store import Doc, Query
from tests.operations import engaged
from tests.operations.engaged import Stage
from tests.simulation import plain


@pytest.fixture
def stage() -> Iterator[Stage]:
    """With the plain network."""
    plain.install()
    yield engaged.stage()
    plain.uninstall()


def test_a_turn_reads_only_what_is_about_this_thing(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fifty messages wait for tomorrow; a like reads itself and what was wished of the same comment before."""
    comment = stage.comment()
    tomorrow = (stage.rig.clock.now() + timedelta(days=1)).isoformat()
    for number in range(50):
        stage.act("message.send", text=f"Good morning {number}", scheduled_at=tomorrow)
    stage.act("comment.like", on=comment)
    stage.rig.clock.advance(1)
    second = stage.act("comment.like", on=comment)
    read: list[int] = []
    asked = stage.rig.store.query

    def counted(query: Query) -> list[Doc]:
        found = asked(query)
        read.append(len(found))
        return found

    monkeypatch.setattr(stage.rig.store, "query", counted)
    assert turns.wait_until(stage.rig.ports, second) is not None
    assert read == [2]


def test_a_subject_is_an_accounts_thing(stage: Stage) -> None:
    """Whatever is done to it; another account's, or another kind of thing with this id, is another subject."""
    deed = stage.act("comment.like", on="c-1").piece.deed
    assert deed is not None
    same = subject_of("acc_1", replace(deed, verb="comment.unlike", handles={"x": 1}))
    assert same == subject_of("acc_1", deed)
    others = {subject_of("acc_2", deed), subject_of("acc_1", replace(deed, verb="campaign.status"))}
    others.add(subject_of("acc_1", replace(deed, on="c-2")))
    assert same not in others
    assert len(others) == 3
