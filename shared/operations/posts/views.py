"""A post as callers see it: its document and its targets, in their order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from shared.domain import codec
from shared.domain.callers import Caller
from shared.domain.errors import Missing
from shared.domain.posts import Post, Target, post_path
from shared.operations import lookup
from shared.ports.store import Doc, Query
from shared.ports.world import Ports

_IN = 30  # values that one ``in`` takes
_ALL = 1000  # above any post's targets, times _IN


@dataclass(frozen=True, slots=True)
class PostView:
    """A post and the targets it has now (those that an edit took away are not among them)."""

    post: Post
    targets: tuple[Target, ...]


def view(post: Post, targets: Iterable[Target]) -> PostView:
    """The post with those of the targets that are its own, by position."""
    own = [target for target in targets if target.id in post.targets]
    return PostView(post, tuple(sorted(own, key=lambda target: target.position)))


def load_post(ports: Ports, caller: Caller, post_id: str) -> tuple[Post, Doc]:
    """The post and its document. Raises Missing (also for another workspace's)."""
    doc = ports.store.get(post_path(caller.space, post_id)) if plain_id(post_id) else None
    if doc is None:
        raise no_post(post_id)
    return codec.decode(Post, doc.data), doc


def load_targets(ports: Ports, caller: Caller, post_ids: Sequence[str]) -> list[Target]:
    """The targets of these posts, by post and position; a read per 30 posts."""
    found: list[Doc] = []
    for start in range(0, len(post_ids), _IN):
        found += ports.store.query(targets_query(caller.space, post_ids[start : start + _IN]))
    return [codec.decode(Target, doc.data) for doc in found]


def targets_query(space: str, post_ids: Sequence[str]) -> Query:
    """The targets of at most 30 posts, in their order."""
    one = len(post_ids) == 1
    condition = ("post_id", "==", post_ids[0]) if one else ("post_id", "in", list(post_ids))
    return Query(
        collection=f"workspaces/{space}/targets",
        where=(condition,),  # type: ignore[arg-type]
        order_by=(("position", "asc"),),
        limit=_ALL,
    )


def no_post(post_id: str) -> Missing:
    """There is no such post in the caller's workspace and mode."""
    return Missing("post.not_found", f"There is no post {post_id[:64]!r} here.", resource="post", id=post_id[:128])


def plain_id(value: str) -> bool:
    """Whether it can be an id at all: what cannot is never made part of a path."""
    return lookup.plain(value)
