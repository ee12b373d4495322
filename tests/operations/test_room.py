"""What is accepted can be settled: a document leaves room for all that is still to be written into it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from shared.domain.errors import Invalid
from shared.domain.states import TERMINAL
from shared.operations.engaging import acting
from shared.operations.posts import creating
from shared.operations.posts.commands import CreatePost, TargetOrder
from shared.operations.posts.storable import MAX_SIZE
from tests.operations import engaged, flows
from tests.operations.engaged import Stage
from tests.simulation import plain


@pytest.fixture
def stage() -> Iterator[Stage]:
    """With the plain network."""
    plain.install()
    yield engaged.stage()
    plain.uninstall()


def test_the_largest_handles_are_sent_and_settled(stage: Stage) -> None:
    """What is accepted comes to its end."""
    made = stage.act("message.send", text="Hi", handles={"of": "x" * (MAX_SIZE - 20)})
    stage.pass_time(120)
    assert stage.read(made).state in TERMINAL


@pytest.mark.parametrize("field", ["handles", "arguments"])
@pytest.mark.parametrize("characters", [MAX_SIZE, 1_047_500])
def test_larger_ones_are_refused(stage: Stage, field: str, characters: int) -> None:
    """Before anything is stored: nearly as large as a document may be, they would be sent and never settled."""
    order = replace(stage.order("message.send", text="Hi"), **{field: {"of": "x" * characters}})  # type: ignore[arg-type]
    with pytest.raises(Invalid) as refused:
        acting.act(stage.rig.ports, flows.TEST, order)
    assert refused.value.meta["field"] == field
    assert stage.done() == []


def test_a_posts_free_form_values_leave_room_too(stage: Stage) -> None:
    """Named by their field."""
    command = CreatePost(
        "Hi",
        targets=(TargetOrder(stage.account.id),),
        platform_data={"plain": {"x": "x" * 1_000_000}},
        publish_now=True,
    )
    with pytest.raises(Invalid) as refused:
        creating.create(stage.rig.ports, flows.TEST, command)
    said = [refused.value.meta, *refused.value.meta.get("errors", ())]
    assert "platform_data" in {one.get("field") for one in said}
