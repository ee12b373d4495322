"""The whole machine: lateness, bursts, the lost queue, targets per second, and posts to several networks.

``make run``'s process on a temporary folder, its networks simulated; what is measured is read off the targets'
documents afterwards (``published_at`` against ``due_at``), so that the looking does not disturb.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from bench.processes import Failed
from bench.rates import bare_rate
from bench.report import Row, at_least, at_most, median, percentile
from bench.world import World, create_many, in_seconds, running, wait_until_done, world
from shared.domain.content import Kind
from shared.domain.posts import Target
from shared.domain.states import State
from shared.operations.posts.commands import MediaInput
from shared.platforms import registry

PHOTO = "https://sandbox.rostrum.test/media/photo.jpg"
SLOW = "Slowly [[sandbox:slow]]"
PER_SECOND, SECONDS = 20, 15
BURST, QUICK_BURST = 3000, 600
LEAD = 0.012  # seconds of lead per post that is made before its time comes
AT_ONCE = 1.0  # seconds, the first call of a process included
ACCOUNTS = 30  # per network: the simulators keep the networks' own limits per account


def lateness() -> list[Row]:
    """A steady stream: so many a second, each due at its own instant."""
    with world(each=4) as at, running(at):
        accounts = _prompt(at)
        start = in_seconds(6)
        dues = [start + timedelta(seconds=n / PER_SECOND) for n in range(PER_SECOND * SECONDS)]
        create_many(at, dues, accounts)
        late = sorted(_late(one) for one in _published(at, SECONDS + 40) if one.due_at and one.due_at >= start)
    p50, p99 = percentile(late, 50), percentile(late, 99)
    detail = f"p50 {p50 * 1000:.0f} ms, p99 {p99 * 1000:.0f} ms, worst {late[-1] * 1000:.0f} ms of {len(late)}"
    print(f"  lateness: {detail}", flush=True)
    return [Row("lateness", f"lateness, p99 at {PER_SECOND} due/s", p99, "s", at_most(1.0), detail)]


def burst(posts: int) -> list[Row]:
    """All due within one second; how long it takes until the last one is live, and so how many a second."""
    bare = bare_rate()
    with world(each=ACCOUNTS) as at, running(at):
        accounts = _prompt(at)
        start = in_seconds(5 + posts * LEAD)
        dues = [start + timedelta(seconds=n / posts) for n in range(posts)]
        create_many(at, dues, accounts)
        if (over := (in_seconds(0) - start).total_seconds()) > 0:
            raise Failed(f"making the posts took {over:.1f} s longer than thought: raise LEAD")
        done = _published(at, 180 + posts * LEAD)
    took = max(one.published_at for one in done if one.published_at) - start
    rate = posts / took.total_seconds()
    print(f"  {posts} due in one second: drained in {took.total_seconds():.1f} s, {rate:.0f}/s; bare {bare:.0f}/s")
    drained = (
        f"{rate:.0f} a second; scaled to {BURST:,}: {BURST / rate:.0f} s" if posts != BURST else f"{rate:.0f} a second"
    )
    return [
        Row("burst", f"{posts:,} due in one second, drained", took.total_seconds(), "s", at_most(60 * posts / BURST), drained),
        Row("burst", "targets published / requests of the bare function", rate / bare, "×", at_least(0.2), f"{rate:.0f} / {bare:.0f} a second"),
    ]  # fmt: skip


def lost_queue() -> list[Row]:
    """Every task vanished: only the sweeper, each minute on the minute, knows of the posts. Takes two minutes."""
    with world(each=4) as at, running(at):
        start = in_seconds(5)
        create_many(at, [start + timedelta(seconds=n) for n in range(60)], _accounts(at))
        at.lose_queue()
        late = sorted(_late(one) for one in _published(at, 160))
    detail = f"p50 {median(late):.0f} s, worst {late[-1]:.0f} s of {len(late)}"
    print(f"  queue lost: {detail}", flush=True)
    return [Row("lost", "queue lost, sweeper alone, worst lateness", late[-1], "s", at_most(75), detail)]


def fan_out() -> list[Row]:
    """Each slow network alone, then all of them in one post."""
    with world() as at, running(at):
        names = _networks(at, Kind.IMAGE)
        alone = {name: _once(at, [name]) for name in names}
        together = _once(at, names)
    slowest, total = max(alone.values()), sum(alone.values())
    each = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in alone.items())
    detail = f"together {together:.1f} s; alone {each} (sum {total:.1f} s)"
    print(f"  fan-out: {detail}", flush=True)
    return [
        Row(
            "fanout",
            f"a post to {len(alone)} slow networks / the slowest alone",
            together / slowest,
            "×",
            at_most(1.25),
            detail,
        )
    ]


def _once(at: World, platforms: list[str]) -> float:
    began, ids = in_seconds(0), [at.connected[name][0].id for name in platforms]
    made = at.create(SLOW, ids, None, media=(MediaInput("url", PHOTO, "image"),))
    _published(at, 60, every=0.1)
    mine = [one for one in at.targets() if one.post_id == made.post.id]
    return max((one.published_at or datetime.max.replace(tzinfo=began.tzinfo)) - began for one in mine).total_seconds()


def _accounts(at: World) -> list[str]:
    """The accounts of the networks that take a text without media, networks in turn."""
    rows = zip(*(at.connected[name] for name in _networks(at, Kind.TEXT)), strict=True)
    return [account.id for row in rows for account in row]


def _prompt(at: World) -> list[str]:
    """The accounts of the networks that answer at once: a post to each says which take a time of their own."""
    first = {name: at.connected[name][0].id for name in _networks(at, Kind.TEXT)}
    for account in first.values():
        at.create("Who answers at once?", [account], None)
    slow = {one.account_id for one in _published(at, 60, every=0.1) if _late(one) > AT_ONCE}
    prompt = [name for name, account in first.items() if account not in slow]
    if not prompt:
        raise Failed(
            f"no network showed its post within {AT_ONCE:g} s: this machine has too much else to do for the row"
        )
    print(f"  answering at once: {', '.join(prompt)}", flush=True)
    return [account.id for row in zip(*(at.connected[name] for name in prompt), strict=True) for account in row]


def _networks(at: World, kind: Kind) -> list[str]:
    """The connected networks that publish this kind without being told more."""
    known = ((name, registry.manifest(name)) for name in sorted(at.connected))
    return [name for name, one in known if one.kind(kind) and not any(option.required for option in one.options)]


def _published(at: World, seconds: float, every: float = 0.5) -> list[Target]:
    """Wait for the end; every target has to be published. Raises Failed."""
    began = time.monotonic()
    done = wait_until_done(at, seconds, every)
    found = at.targets()
    left = [one for one in found if one.state is not State.PUBLISHED]
    if not done or left:
        why = {(str(one.state), one.error.code if one.error else "") for one in left}
        raise Failed(f"{len(left)} of {len(found)} not published after {time.monotonic() - began:.0f} s: {sorted(why)}")
    return found


def _late(target: Target) -> float:
    if target.published_at is None or target.due_at is None:
        raise Failed(f"{target.id} was published at no time")
    return (target.published_at - target.due_at).total_seconds()
