"""A post as callers see it: its document and its targets, in their order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from shared.domain import codec
from shared.domain.callers import Caller
from shared.domain.errors import Missing
from shared.domain.posts import Post, Target, post_path, target_path
from shared.operations import brands, lookup
from shared.ports.store import Doc, Query
from shared.ports.world import Ports

_BATCH = 300  # documents of one round trip
_ALL = 1000  # above any post's targets, times its edits


@dataclass(frozen=True, slots=True)
class PostView:
    """A post and the targets it has now (those that an edit took away are not among them).

    ``memo``: what a dialect made of it, for whoever is shown the same again.
    """

    post: Post
    targets: tuple[Target, ...]
    memo: dict[str, bytes] = field(default_factory=dict, compare=False, repr=False)


def view(post: Post, targets: Iterable[Target]) -> PostView:
    """The post with those of the targets that are its own, by position."""
    own = [target for target in targets if target.id in post.targets]
    return PostView(post, tuple(sorted(own, key=lambda target: target.position)))


def load_post(ports: Ports, caller: Caller, post_id: str, *, whole: bool = False) -> tuple[Post, Doc]:
    """The post and its document. Raises Missing (also for another workspace's, or other brands': a caller of some brands
    sees what has a target in one of them, and changes (``whole``) only what has all its targets there)."""
    doc = ports.store.get(post_path(caller.space, post_id)) if plain_id(post_id) else None
    if doc is None:
        raise no_post(post_id)
    post = codec.of(Post, doc)
    if not brands.sees_accounts(ports, caller, post.accounts, whole=whole):
        raise no_post(post_id)
    return post, doc


def load_targets(ports: Ports, caller: Caller, posts: Sequence[Post]) -> list[Target]:
    """The targets that these posts have now, by the ids that they name; one round trip per 300."""
    paths = [target_path(caller.space, target_id) for post in posts for target_id in post.targets]
    found: list[Doc | None] = []
    for start in range(0, len(paths), _BATCH):
        found += ports.store.get_many(paths[start : start + _BATCH])
    return [codec.of(Target, doc) for doc in found if doc]


def targets_query(space: str, post_id: str) -> Query:
    """The targets of a post, in their order; also those that an edit took away."""
    return Query(
        collection=f"workspaces/{space}/targets",
        where=(("post_id", "==", post_id),),
        order_by=(("position", "asc"),),
        limit=_ALL,
    )


def no_post(post_id: str) -> Missing:
    """There is no such post in the caller's workspace and mode."""
    return Missing("post.not_found", f"There is no post {post_id[:64]!r} here.", resource="post", id=post_id[:128])


def plain_id(value: str) -> bool:
    """Whether it can be an id at all: what cannot is never made part of a path."""
    return lookup.plain(value)
