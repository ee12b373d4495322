"""What was made through us, by the id that its network gave: the target, and what its adapter kept of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared.domain import codec
from shared.domain.callers import Caller
from shared.domain.posts import Live, Target
from shared.ports.store import Op, Query
from shared.ports.world import Ports

MOST_ALIKE = 10  # targets with one id: networks count for themselves


def target(ports: Ports, caller: Caller, platform: str, platform_id: str) -> Target | None:
    """What of ours has this id on the network, None when nothing has. One query."""
    return target_in(ports, caller.space, platform, platform_id)


def target_in(ports: Ports, space: str, platform: str, platform_id: str) -> Target | None:
    """The same for a space, where nobody calls."""
    if not platform_id:
        return None
    where: tuple[tuple[str, Op, Any], ...] = (("live_ids", "array_contains", platform_id),)
    docs = ports.store.query(Query(f"workspaces/{space}/targets", where=where, limit=MOST_ALIKE))
    found = (codec.decode(Target, doc.data) for doc in docs)
    return next((one for one in found if one.platform == platform), None)


def live(made: Target | None, platform_id: str) -> Live | None:
    """The piece of it that has this id."""
    pieces = made.pieces if made else ()
    return next((one.live for one in pieces if one.live and one.live.id == platform_id), None)


def handles(ports: Ports, caller: Caller, platform: str, platform_id: str) -> Mapping[str, Any]:
    """What an adapter kept of something that was made through us; empty when it was not. One query."""
    known = live(target(ports, caller, platform, platform_id), platform_id)
    return known.state if known else {}
