"""How the posts of a period did: by what was read on schedule. Networks are asked within the request only for what nobody has
read yet, and for what the schedule should have read long ago; as far as a request's time allows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from shared.domain.callers import Caller
from shared.domain.errors import Invalid, RostrumError
from shared.domain.numbers import AccountNumbers, Counts, PostNumbers, interval
from shared.domain.posts import Target
from shared.operations import accounts, networks, recent
from shared.operations.analytics import counting, history, measuring, readings, timing
from shared.operations.analytics.history import Outcome
from shared.operations.engaging import reading
from shared.operations.hurrying import hurried
from shared.operations.posts import listing
from shared.operations.posts.listing import ListPosts
from shared.operations.posts.views import PostView
from shared.operations.syncing import thrift
from shared.operations.syncing.watching import SELDOM
from shared.platforms import registry
from shared.platforms.contract import Metrics
from shared.ports.world import Ports

LONGEST = timedelta(days=366)
MAX_PAGES = 5  # of a hundred posts each
MAX_READ = 10  # posts, and accounts, that one request asks networks about
READ_FOR = 10.0  # seconds that it asks about the ones, and then about the others
FRESH = timedelta(hours=1)  # what was asked for within it is not asked for again
REMEMBERED = 10_000  # posts and accounts, by a process, of which it was asked
LATE = 2  # times the interval after which the schedule has missed something
ACCOUNTS_LATE = timedelta(hours=48)
TOP = 5


@dataclass(frozen=True, slots=True)
class Group:
    """The posts on one network. ``rate``: their engagements per hundred impressions. ``followers_gained`` None: its followers
    were not read before and after the period's days."""

    platform: str
    posts: int
    measured: int
    counts: Counts
    rate: float | None
    best: PostView | None
    followers_gained: int | None


@dataclass(frozen=True, slots=True)
class Ranked:
    """A post, its totals and what they are the sum of."""

    view: PostView
    counts: Counts
    rows: tuple[Counts, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """A period, first and last day included. ``measured``: of how many posts somebody has read numbers. ``complete``: whether
    all posts of the period were looked at."""

    start: date
    end: date
    posts: int
    measured: int
    counts: Counts
    rate: float | None
    followers_gained: int | None
    platforms: tuple[Group, ...]
    top: tuple[Ranked, ...]
    times: Mapping[str, tuple[str, ...]]
    complete: bool


def summarise(
    ports: Ports, caller: Caller, start: date | None = None, end: date | None = None, platform: str | None = None
) -> Summary:
    """The posts that went out between two days (UTC; the last 30 if left out), on one network or on all.

    What nobody has read, or not for twice the time after which it should have been, is read now: of at most ten posts and
    accounts, and for 10 seconds each; of all others the last numbers count. Raises Invalid.
    """
    first, last = _period(ports.clock.now().date(), start, end)
    ports = hurried(ports)
    name = networks.resolved(platform) if platform else None
    posts, complete = _published(ports, caller, first, last, name)
    known = _refreshed(ports, caller, posts)
    gained = _gained(ports, caller, name, (first, last))
    groups = tuple(_group(one, posts, known, gained) for one in _platforms(posts, name, gained))
    top = sorted(_ranked(posts, known, name), key=_weight, reverse=True)
    counts = counting.added(one.counts for one in top)
    times = {one.platform: _times(ports, caller, one.platform) for one in groups}
    total = counting.total(gained.get(one.platform) for one in groups)
    rate = _rate(top)
    return Summary(first, last, len(posts), len(top), counts, rate, total, groups, tuple(top[:TOP]), times, complete)


def _period(today: date, start: date | None, end: date | None) -> tuple[date, date]:
    last = end or max(today, start or today)
    first = start or date.fromordinal(max(1, last.toordinal() - 29))
    if first > last:
        raise Invalid("validation.field_invalid", "start_date: after end_date. Swap them.", field="start_date")
    if last - first > LONGEST:
        raise Invalid("validation.field_invalid", "start_date: more than a year before end_date.", field="start_date")
    return first, last


def _published(
    ports: Ports, caller: Caller, first: date, last: date, platform: str | None
) -> tuple[list[PostView], bool]:
    """Posts that are live, by the time that they were made or sent at; at most five pages are looked through."""
    begin, until = datetime.combine(first, time.min, UTC), datetime.combine(last, time.max, UTC)
    wanted = ListPosts(platform=platform, sort="created_desc", until=until.isoformat(), limit=100)
    found: list[PostView] = []
    for _ in range(MAX_PAGES):
        page = listing.list_(ports, caller, wanted)
        found += [view for view in page.posts if any(begin <= one <= until for one in _went_out(view, platform))]
        if page.next_cursor is None:
            return found, True
        wanted = replace(wanted, cursor=page.next_cursor)
    return found, False


def _went_out(view: PostView, platform: str | None) -> list[datetime]:
    return [one.first.at for one in _live(view, platform) if one.first]


def _live(view: PostView, platform: str | None) -> list[Target]:
    return [
        one for one in view.targets if one.first and one.unpublished_at is None and platform in (None, one.platform)
    ]


def _refreshed(ports: Ports, caller: Caller, posts: Sequence[PostView]) -> dict[str, PostNumbers]:
    """What is known of the posts; the newest of those that nobody has read (in time) are read now."""
    known = readings.of_posts(ports, caller.space, [view.post.id for view in posts])
    until, now = ports.clock.monotonic() + READ_FOR, ports.clock.now()
    late = (view.post.id for view in posts if _is_stale(ports, view, known.get(view.post.id), now))
    asked = recent.of(ports, "analytics_asked", REMEMBERED)
    stale = [one for one in late if not _is_fresh(asked.get(f"{caller.space}/{one}"), now)]
    for post_id in stale[:MAX_READ]:
        if ports.clock.monotonic() >= until:
            break
        asked.put(f"{caller.space}/{post_id}", now)
        measuring.measure(ports, caller, post_id)
    if not stale:
        return known
    return known | readings.of_posts(ports, caller.space, stale[:MAX_READ])


def _is_fresh(asked: datetime | None, now: datetime) -> bool:
    """Whether a network was asked so lately that it would not say anything else: of a post that is gone, it never will."""
    return asked is not None and now - asked <= FRESH


def _is_stale(ports: Ports, view: PostView, numbers: PostNumbers | None, now: datetime) -> bool:
    """Whether the schedule has not read it on one of its networks, or should have read it there again long ago."""
    return any(_is_late(ports, target, numbers, now) for target in _live(view, None) if target.first)


def _is_late(ports: Ports, target: Target, numbers: PostNumbers | None, now: datetime) -> bool:
    row = numbers.known.get(target.id) if numbers else None
    if target.first is None or row is None:
        return numbers is None
    by = thrift.ages(ports, target.platform)
    every = interval(row.at - target.first.at, by)
    return every is not None and now - row.at > max(FRESH, LATE * every)


def _seen(numbers: PostNumbers | AccountNumbers | None) -> datetime:
    return numbers.updated_at if numbers else datetime.min.replace(tzinfo=UTC)


def _gained(ports: Ports, caller: Caller, platform: str | None, period: tuple[date, date]) -> dict[str, int | None]:
    """Followers won per network of the caller's accounts; None where nobody read them at both ends."""
    connected = [one for one in accounts.list_(ports, caller, platform) if one.status == "active"]
    known = readings.of_accounts(ports, caller.space, [one.id for one in connected])
    until, now = ports.clock.monotonic() + READ_FOR, ports.clock.now()
    late = {one.platform: 2 * SELDOM if thrift.sparing(ports, one.platform) else ACCOUNTS_LATE for one in connected}
    asked = recent.of(ports, "analytics_asked", REMEMBERED)
    stale = [one for one in connected if now - _seen(known.get(one.id)) > late[one.platform]]
    stale = [one for one in stale if not _is_fresh(asked.get(f"{caller.space}/{one.id}"), now)]
    for account in stale[:MAX_READ]:
        if ports.clock.monotonic() >= until:
            break
        asked.put(f"{caller.space}/{account.id}", now)
        if (metrics := _metrics(ports, account.id, caller)) is not None:
            known[account.id] = readings.keep_account(ports, account, metrics)
    gained: dict[str, list[int | None]] = defaultdict(list)
    for account in connected:
        gained[account.platform].append(_difference(known.get(account.id), period))
    return {name: counting.total(found) for name, found in gained.items()}


def _metrics(ports: Ports, account_id: str, caller: Caller) -> Metrics | None:
    """An account's numbers, read now; None where the network does not say, or not at present."""
    try:
        account = reading.offering(ports, caller, account_id, "metrics.account")
        measurer = registry.measurer(account.platform)
        return reading.asked(ports, account, measurer.account) if measurer else None
    except RostrumError:
        return None


def _difference(numbers: AccountNumbers | None, period: tuple[date, date]) -> int | None:
    """Between the last reading before the period (or the first within it) and the last one within it, if these are two."""
    if numbers is None:
        return None
    begin, until = period
    within = [one for one in numbers.readings if begin <= one.at.date() <= until]
    before = [one for one in numbers.readings if one.at.date() < begin][-1:]
    row = [*before, *within]
    return row[-1].followers - row[0].followers if within and len(row) > 1 else None


def _platforms(posts: Sequence[PostView], only: str | None, gained: Mapping[str, int | None]) -> list[str]:
    """Networks that something went out on, or whose followers changed."""
    names = {one.platform for view in posts for one in _live(view, only)}
    return sorted(names | {name for name, count in gained.items() if count is not None})


def _group(
    platform: str, posts: Sequence[PostView], known: Mapping[str, PostNumbers], gained: Mapping[str, int | None]
) -> Group:
    mine = [view for view in posts if _live(view, platform)]
    ranked = _ranked(mine, known, platform)
    best = max(ranked, key=_weight, default=None)
    counts = counting.added(one.counts for one in ranked)
    view = best.view if best else None
    return Group(platform, len(mine), len(ranked), counts, _rate(ranked), view, gained.get(platform))


def _ranked(posts: Sequence[PostView], known: Mapping[str, PostNumbers], platform: str | None) -> list[Ranked]:
    """The posts of which there are numbers."""
    found = []
    for view in posts:
        numbers = known.get(view.post.id)
        rows = [numbers.known[one.id].counts for one in _live(view, platform) if numbers and one.id in numbers.known]
        if rows:
            found.append(Ranked(view, counting.added(rows), tuple(rows)))
    return found


def _rate(ranked: Sequence[Ranked]) -> float | None:
    return counting.joint_rate(row for one in ranked for row in one.rows)


def _weight(one: Ranked) -> tuple[int, int]:
    return (counting.engagements(one.counts) or 0, one.counts.impressions or 0)


def _times(ports: Ports, caller: Caller, platform: str) -> tuple[str, ...]:
    outcomes: list[Outcome] = history.outcomes(ports, caller, platform)
    return timing.best_hours(outcomes, UTC, registry.manifest(platform).rhythm)
