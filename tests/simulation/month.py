"""A month of posts in the simulated networks, as the schedule reads them: what is learned, and whether it is true.

    .venv/bin/python -m tests.simulation.month --days 30 --posts 6

The simulated people look most at planted hours (``_alive.interest``), and one post in forty goes round (``_alive.goes_round``).
Prints per network: the series that are kept, the month's distribution, the best hours that were found, and how many of the
spikes were told and how many of what was told was none.
"""

from __future__ import annotations

import argparse
import random
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from shared.domain.numbers import AGES
from shared.operations.analytics import distribution, history, readings, spikes, timing
from shared.operations.posts import listing
from shared.operations.posts.listing import ListPosts
from shared.operations.syncing import running
from shared.platforms import _alive, registry
from shared.ports.store import Doc, Query
from tests.api.client import VIDEO, Api, api
from tests.support import memory_ports

START = datetime(2026, 10, 5, tzinfo=UTC)  # a Monday
PLANTED = ("19:00", "20:00", "21:00")
# Networks, and what their simulators know a post by when they ask how it does (the seed of ``_alive``).
SEEDS = {"threads": "{id}", "youtube": "yt/{id}"}
EVERY = timedelta(minutes=10)  # between runs of the schedule


@dataclass(frozen=True, slots=True)
class Learned:
    """What one network's month has taught. ``planted``: spikes among posts that had enough others before them to be judged."""

    platform: str
    posts: int
    readings: tuple[int, int]
    best_hours: tuple[str, ...]
    best_slot: str
    planted: int
    found: int
    false: int
    ordinary: int
    impressions: int | None
    rate: float | None

    @property
    def hours_found(self) -> int:
        """How many of the three best hours are planted ones."""
        return len({*self.best_hours} & {*PLANTED})


def live(platforms: tuple[str, ...], days: int, posts_a_day: int, seed: int = 1) -> Api:
    """A workspace whose month has passed: posts at all hours of the day, read on schedule."""
    call, dice = api(memory_ports.rig(seed, START)), random.Random(seed)
    for platform in platforms:
        call.connect(platform)
    due = sorted(
        START + timedelta(days=day, minutes=dice.randrange(1440)) for day in range(days) for _ in range(posts_a_day)
    )
    end = START + timedelta(days=days) + spikes.AGES[-1][1] * spikes.LATE
    number = 0
    while (now := call.rig.clock.now()) < end:
        while number < len(due) and due[number] <= now:
            _post(call, platforms, number)
            number += 1
        running.hand_out(call.rig.ports, {})
        call.sleep(EVERY.total_seconds())
        if now.date() != call.rig.clock.now().date():
            print(f"  {now.date()}: {number} of {len(due)} posts", file=sys.stderr)
    return call


def learned(call: Api, platform: str) -> Learned:
    """What is known of one network after it."""
    ports, caller = call.rig.ports, call.caller
    outcomes = history.outcomes(ports, caller, platform)
    rhythm = registry.manifest(platform).rhythm
    best = [(slot.score, day.day, slot.time) for day in timing.advise(outcomes, UTC, rhythm).days for slot in day.times]
    ids = _live_ids(call, platform)
    judged = ids[spikes.FEWEST :]
    told = {row.data["resource_id"] for row in _events(call) if row.data["platform"] == platform}
    round_ = {post for post, id_ in judged if _goes_round(platform, id_)}
    known = readings.of_posts(ports, caller.space, [post for post, _ in ids][:100])
    lengths = [
        len(row.at)
        for one in known.values()
        for target_id, row in one.series.items()
        if one.known[target_id].platform == platform
    ]
    today = call.rig.clock.now().date()
    month = distribution.summarise(ports, caller, START.date(), today, platform)
    return Learned(
        platform,
        len(ids),
        (min(lengths), max(lengths)),
        timing.best_hours(outcomes, UTC, rhythm),
        " ".join(max(best)[1:]),
        len(round_),
        len(round_ & told),
        len(told - {post for post, id_ in ids if _goes_round(platform, id_)}),
        len(judged) - len(round_),
        month.counts.impressions,
        month.rate,
    )


def _goes_round(platform: str, id_: str) -> bool:
    return _alive.goes_round(SEEDS[platform].format(id=id_))


def _post(call: Api, platforms: tuple[str, ...], number: int) -> None:
    media = [{"source_type": "url", "source": VIDEO}] if "youtube" in platforms else []
    call.post(f"Post {number}", platforms, publish_now=True, media=media)


def _live_ids(call: Api, platform: str) -> list[tuple[str, str]]:
    """Posts and the network's ids of them, in the order in which they went out."""
    found: list[tuple[datetime, str, str]] = []
    cursor: str | None = None
    while True:
        page = listing.list_(call.rig.ports, call.caller, ListPosts(platform=platform, limit=100, cursor=cursor))
        for view in page.posts:
            found += [
                (t.first.at, view.post.id, t.first.id) for t in view.targets if t.first and t.platform == platform
            ]
        cursor = page.next_cursor
        if cursor is None:
            return [(post, id_) for _, post, id_ in sorted(found)]


def _events(call: Api) -> list[Doc]:
    query = Query(
        f"workspaces/{call.caller.space}/events",
        where=(("action", "==", "engagement.spike"),),
        order_by=(("created_at", "desc"),),
        limit=1000,
    )
    return list(call.rig.store.query(query))


def main() -> None:
    """Print it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--posts", type=int, default=6, help="a day")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    print(
        f"{chosen.days} days, {chosen.posts} posts a day on {', '.join(tuple(SEEDS))}; read until {AGES[-1][0].days} days old"
    )
    call = live(tuple(SEEDS), chosen.days, chosen.posts, chosen.seed)
    for platform in tuple(SEEDS):
        one = learned(call, platform)
        print(f"{platform}: {one.posts} posts, {one.readings[0]} to {one.readings[1]} readings kept of each")
        print(f"  distribution: {one.impressions} impressions, rate {one.rate} %")
        print(
            f"  best hours found {', '.join(one.best_hours)}, planted {', '.join(PLANTED)}: {one.hours_found} of 3; best slot {one.best_slot}"
        )
        print(
            f"  spikes planted {one.planted}, found {one.found}; false alarms {one.false} of {one.ordinary} other posts"
        )


if __name__ == "__main__":
    main()
