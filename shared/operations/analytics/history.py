"""What an account's own posts tell: when each went out, and how it did."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from shared.domain.callers import Caller
from shared.domain.content import Kind
from shared.domain.numbers import Counts
from shared.domain.states import Status
from shared.operations.analytics import readings
from shared.operations.posts import listing
from shared.operations.posts.listing import ListPosts
from shared.ports.world import Ports

MOST = 100  # posts that are looked at: the newest


@dataclass(frozen=True, slots=True)
class Outcome:
    """One published post on one account."""

    at: datetime
    kind: Kind | None
    counts: Counts


def outcomes(ports: Ports, caller: Caller, platform: str, kind: Kind | None = None) -> list[Outcome]:
    """The newest published posts on this network whose numbers somebody has read. Asks no network.

    ``kind``: only what is one. Two reads.
    """
    wanted = ListPosts(status=str(Status.PUBLISHED), platform=platform, sort="created_desc", limit=MOST)
    views = listing.list_(ports, caller, wanted).posts
    known = readings.of_posts(ports, caller.space, [view.post.id for view in views])
    found = []
    for view in views:
        for target in view.targets:
            numbers = known.get(view.post.id)
            row = numbers.known.get(target.id) if numbers else None
            if row and target.first and target.platform == platform and kind in (None, target.pieces[0].kind):
                found.append(Outcome(target.first.at, target.pieces[0].kind, row.counts))
    return found
