"""The filter by page or board: wherever in the request it was named."""

from __future__ import annotations

import pytest

from shared.operations.posts import creating, listing
from shared.operations.posts.commands import CreatePost, TargetOrder
from shared.operations.posts.listing import ListPosts
from tests.operations.flows import TEST, redirected
from tests.support import memory_ports


@pytest.mark.parametrize("place", ["board_id", "target", "post"])
def test_posts_for_a_board_are_found(place: str) -> None:
    rig = memory_ports.rig()
    options = {"board_id": "b1"}
    account = redirected(rig, "pinterest")
    order = TargetOrder(
        account.id,
        board_id="b1" if place == "board_id" else None,
        platform_data=options if place == "target" else {},
    )
    command = CreatePost(
        "A pin", targets=(order,), platform_data={"pinterest": options} if place == "post" else {}, skip_validation=True
    )
    made = creating.create(rig.ports, TEST, command)
    creating.create(rig.ports, TEST, CreatePost("Elsewhere", targets=(TargetOrder(account.id),), skip_validation=True))
    found = listing.list_(rig.ports, TEST, ListPosts(page_id="b1"))
    assert [one.post.id for one in found.posts] == [made.post.id]
