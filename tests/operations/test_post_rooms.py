"""What is accepted leaves room in its documents: an outcome that cannot be written would be live and never say so."""

from __future__ import annotations

import pytest

from shared.domain.callers import Caller
from shared.domain.errors import Invalid
from shared.operations.posts import actions, approvals, creating, editing, reading, settings
from shared.operations.posts.commands import CreatePost, TargetOrder
from shared.operations.posts.views import PostView
from shared.operations.publishing import advance
from tests.operations.flows import TEST, signed_in
from tests.support import memory_ports
from tests.support.memory_ports import Rig

WRITER = Caller("ws_1", "test", "key_w", scopes=("posts:read", "posts:write"))
WIDE = "\N{GRINNING FACE}"  # four bytes in a document


def made(rig: Rig, characters: int, caller: Caller = TEST) -> PostView:
    """A post whose own text, which no account uses, has so many characters; its document holds it twice."""
    order = TargetOrder(signed_in(rig).id, text="Hello")
    return creating.create(rig.ports, caller, CreatePost("x" * characters, targets=(order,), publish_now=True))


def largest(rig: Rig) -> int:
    """Characters of the longest text that is accepted."""
    low, high = 1, 1 << 20
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if accepted(rig, middle) else (low, middle)
    return low


def accepted(rig: Rig, characters: int) -> bool:
    try:
        return bool(made(rig, characters))
    except Invalid:
        return False


@pytest.fixture(scope="module")
def most() -> int:
    return largest(memory_ports.rig())


def worked(rig: Rig, post: PostView) -> str:
    while (at := rig.queue.next_at()) is not None and rig.clock.now().timestamp() + 60 >= at.timestamp():
        rig.clock.move_to(max(at, rig.clock.now()))
        for task in rig.queue.take(rig.clock.now()):
            advance(rig.ports, dict(task.body))
    return str(reading.get(rig.ports, TEST, post.post.id).post.status)


def test_the_largest_post_that_is_accepted_is_published_and_says_so(most: int) -> None:
    rig = memory_ports.rig()
    assert worked(rig, made(rig, most)) == "published"


def test_the_largest_post_keeps_a_full_history_of_long_reasons_and_is_published(most: int) -> None:
    rig = memory_ports.rig()
    settings.change(rig.ports, TEST, "required")
    post = made(rig, most - 500, WRITER)  # its history begins longer
    for _ in range(60):
        approvals.reject(rig.ports, TEST, post.post.id, WIDE * 1000)
        approvals.submit(rig.ports, WRITER, post.post.id)
    approvals.approve(rig.ports, TEST, post.post.id)
    assert worked(rig, post) == "published"


def test_an_edit_that_leaves_no_room_is_refused_and_changes_nothing(most: int) -> None:
    rig = memory_ports.rig()
    order = TargetOrder(signed_in(rig).id, text="Hello")
    draft = creating.create(rig.ports, TEST, CreatePost("Small", targets=(order,)))
    with pytest.raises(Invalid) as caught:
        editing.update(rig.ports, TEST, draft.post.id, {"text": "x" * (most + 1000)})
    assert caught.value.code == "validation.body_too_large"
    assert reading.get(rig.ports, TEST, draft.post.id).post.text == "Small"
    assert str(actions.publish(rig.ports, TEST, draft.post.id).post.status) == "publishing"
