"""What happened to a post, and by whom: what callers did, and what came of it on each account."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from shared.domain.callers import Caller
from shared.domain.posts import Target
from shared.domain.states import State
from shared.operations.posts.reading import find
from shared.ports.world import Ports

_ENDS = {State.FAILED: "failed", State.MISSED: "missed", State.NEEDS_REVIEW: "needs_review"}


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened. ``actor`` is empty for what the publishing did by itself."""

    at: datetime
    actor: str
    action: str
    detail: dict[str, Any] = field(default_factory=dict)


def history(ports: Ports, caller: Caller, post_id: str) -> list[Line]:
    """Oldest first, with how each target's latest attempts ended. Raises Missing, Clash."""
    found = find(ports, caller, post_id)
    said = [Line(one.at, one.actor, one.action, dict(one.detail)) for one in found.post.history]
    lines = [*said, *(line for target in found.targets for line in _outcomes(target))]
    return sorted(lines, key=lambda line: line.at)


def _outcomes(target: Target) -> Iterator[Line]:
    about: dict[str, Any] = {"target_id": target.id, "account_id": target.account_id, "platform": target.platform}
    for one in target.past:
        why = {"code": one.code, "message": one.message} if one.code else {}
        yield Line(one.at, "", _ENDS.get(one.state, str(one.state)), about | why)
    if target.published_at and target.first:
        live = {"platform_post_id": target.first.id or None, "permalink": target.first.permalink}
        yield Line(target.published_at, "", "published", about | live)
    if target.settled_at and target.state in _ENDS:
        why = {"code": target.error.code, "message": target.error.message} if target.error else {}
        yield Line(target.settled_at, "", _ENDS[target.state], about | why)
