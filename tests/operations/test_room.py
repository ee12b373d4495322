"""What is accepted can be settled: a document leaves room for all that is still to be written into it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from shared.domain.errors import Invalid
from shared.domain.states import TERMINAL
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


@pytest.mark.parametrize("characters", [MAX_SIZE - 20, MAX_SIZE, 1_000_000, 1_047_500])
def test_whatever_is_accepted_comes_to_its_end(stage: Stage, characters: int) -> None:
    """The largest handles, or larger ones: refused before anything is stored, or sent and settled; never stuck in between."""
    try:
        made = stage.act("message.send", text="Hi", handles={"of": "x" * characters})
    except Invalid as refused:
        assert refused.meta["field"] == "handles"
        assert characters > MAX_SIZE - 20
        assert stage.done() == []
    else:
        stage.pass_time(120)
        assert stage.read(made).state in TERMINAL


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
