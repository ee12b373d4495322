"""What a workspace's own posts tell: when each went out, and how it did by the same age as the others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.domain.callers import Caller
from shared.domain.content import Kind
from shared.domain.numbers import Counts, Known, PostNumbers
from shared.domain.states import Status
from shared.operations.analytics import readings
from shared.operations.posts import listing
from shared.operations.posts.listing import ListPosts
from shared.operations.posts.views import PostView
from shared.ports.world import Ports

MOST = 300  # posts that are looked at: the newest
PAGE = 100
AGE = timedelta(hours=24)  # by then a post has had most of what it gets; a younger one would look worse than it is
LATE = timedelta(hours=24)  # a reading so much later still counts as one of that age


@dataclass(frozen=True, slots=True)
class Outcome:
    """One published post on one account. ``counts``: about a day after it went out, where it was read then."""

    at: datetime
    kind: Kind | None
    counts: Counts
    account_id: str = ""


def outcomes(ports: Ports, caller: Caller, platform: str, kind: Kind | None = None) -> list[Outcome]:
    """The newest published posts on this network whose numbers somebody has read, a day old or older. Asks no network.

    ``kind``: only what is one. At most three pages of posts, and their numbers. While there are none of that age, the younger
    ones are all there is.
    """
    found: list[Outcome] = []
    cursor: str | None = None
    for _ in range(MOST // PAGE):
        wanted = ListPosts(
            status=str(Status.PUBLISHED), platform=platform, sort="created_desc", limit=PAGE, cursor=cursor
        )
        page = listing.list_(ports, caller, wanted)
        known = readings.of_posts(ports, caller.space, [view.post.id for view in page.posts])
        found += [one for view in page.posts for one in _of(view, known.get(view.post.id), platform, kind)]
        cursor = page.next_cursor
        if cursor is None:
            break
    ripe = ports.clock.now() - AGE
    return [one for one in found if one.at <= ripe] or found


def _of(view: PostView, numbers: PostNumbers | None, platform: str, kind: Kind | None) -> Iterator[Outcome]:
    """A post's targets on this network of which numbers are known."""
    for target in view.targets:
        row = numbers.known.get(target.id) if numbers else None
        wanted = target.platform == platform and kind in (None, target.pieces[0].kind)
        if numbers and row and target.first and wanted:
            counts = of_age(numbers, target.id, row, target.first.at)
            yield Outcome(target.first.at, target.pieces[0].kind, counts, target.account_id)


def of_age(numbers: PostNumbers, target_id: str, row: Known, published: datetime) -> Counts:
    """The counts of the first reading a day after a target went out; of the last one where there is no such reading."""
    series = numbers.series.get(target_id)
    for at, told in series.rows() if series else ():
        if AGE <= at - published <= AGE + LATE:
            return Counts(**{name: int(value) for name, value in told.items() if name in Counts.__slots__})
    return row.counts
