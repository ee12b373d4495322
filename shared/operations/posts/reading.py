"""One post with its targets."""

from __future__ import annotations

from operator import is_not

from shared.domain import codec
from shared.domain.callers import Caller
from shared.domain.errors import Clash
from shared.domain.posts import Target
from shared.operations import brands
from shared.operations.posts.views import PostView, load_post, load_targets, no_post, plain_id, view
from shared.ports.store import Op, Query
from shared.ports.world import Ports

MANY = 20  # posts that an ambiguous id names at most
MAX_ID = 512  # characters of a network's id


def get(ports: Ports, caller: Caller, post_id: str) -> PostView:
    """The post as it is now: two reads. Raises Missing."""
    post, doc = load_post(ports, caller, post_id)
    targets = load_targets(ports, caller, [post])
    known: tuple[list[Target], PostView] | None = doc.memo.get(PostView)
    if known is None or len(known[0]) != len(targets) or any(map(is_not, known[0], targets)):
        known = doc.memo[PostView] = (targets, view(post, targets))
    return known[1]


def find(ports: Ports, caller: Caller, id: str) -> PostView:
    """The post by its own id, or by the id that a network gave to what was made of it.

    Raises Missing, and Clash (``ambiguous_post_id``) where that id is of several posts: ids are a network's own.
    """
    if plain_id(id) and id.startswith("post_"):
        return get(ports, caller, id)
    found = _by_platform_id(ports, caller, id)
    if len(found) > 1:
        message = f"The id {id[:64]!r} is of {len(found)} posts, on one network or several. Name one by its own id."
        raise Clash("ambiguous_post_id", message, id=id[:128], post_ids=found)
    if not found:
        raise no_post(id)
    return get(ports, caller, found[0])


def _by_platform_id(ports: Ports, caller: Caller, id: str) -> list[str]:
    """The posts, oldest id first, of which a piece has this id on its network."""
    if not 0 < len(id) <= MAX_ID:
        return []
    where: tuple[tuple[str, Op, str], ...] = (("live_ids", "array_contains", id),)
    docs = ports.store.query(Query(f"workspaces/{caller.space}/targets", where=where, limit=MANY))
    targets = [codec.of(Target, doc) for doc in docs]
    mine = (one for one in targets if one.post_id and brands.sees_account(ports, caller, one.account_id))
    return sorted({target.post_id for target in mine})
