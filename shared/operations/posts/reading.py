"""One post with its targets."""

from __future__ import annotations

from shared.domain.callers import Caller
from shared.operations.posts.views import PostView, load_post, load_targets, view
from shared.ports.world import Ports


def get(ports: Ports, caller: Caller, post_id: str) -> PostView:
    """The post as it is now: two reads. Raises Missing."""
    post, _ = load_post(ports, caller, post_id)
    return view(post, load_targets(ports, caller, [post]))
