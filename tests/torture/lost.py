"""An hour without the scheduler, the queue, both, the bus or all of them, in the midst of what is due, on the virtual clock.

On every network something is due before, in and after that hour (some of it welcome for a quarter of an hour only), and some is
asked for while it lasts. A queue is lost in three ways: it takes tasks, which vanish (Cloud Tasks drops one silently when its
attempts are spent), or all but those of the sweeper, or it refuses them. Afterwards the scheduler comes twice at once. Everything must then be published once
and told, or ``missed`` with its event because it was too late to be welcome; nothing may be silent.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from random import Random

from shared.domain.posts import Target
from shared.domain.states import State
from shared.operations.posts.commands import CreatePost
from shared.platforms import registry
from shared.ports.bus import BusUnavailable
from shared.ports.queue import HORIZON, QueueUnavailable
from tests.simulation import interleaving, invariants, playing, run, scenarios
from tests.simulation.invariants import Broken
from tests.simulation.plans import Plan
from tests.simulation.run import Run
from tests.torture.figures import Figures, Options

HOUR = 60  # minutes
BEGINS = 5  # the outage's first minute
DUE = (1, 4, 5, 12, 35, 58, 64, 90)  # minutes; each on every network
ASKED = (6, 40)  # minutes of the outage in which a caller asks for a post now
WELCOME = (60, 15)  # minutes of lateness in which a post is still welcome, in turn
SLACK = timedelta(
    minutes=5
)  # from the end of the outage until the last post has had its turn: the sweeper's longest pause


@dataclass(frozen=True, slots=True)
class Outage:
    """What is lost. ``queue``: ``vanishes`` (it takes tasks and forgets them), ``forgets`` (all but the sweeper's) or
    ``refuses``."""

    scheduler: bool = False
    queue: str = ""
    bus: bool = False


OUTAGES: Mapping[str, Outage] = {
    "the scheduler": Outage(scheduler=True),
    "the queue, its tasks vanish": Outage(queue="vanishes"),
    "the queue, but for the sweeper's tasks": Outage(queue="forgets"),
    "the queue, it refuses": Outage(queue="refuses"),
    "scheduler and queue, tasks vanish": Outage(scheduler=True, queue="vanishes"),
    "scheduler and queue, it refuses": Outage(scheduler=True, queue="refuses"),
    "the bus": Outage(bus=True),
    "all three": Outage(scheduler=True, queue="refuses", bus=True),
}


@dataclass
class Ended:
    """What became of one outage: the run, what it broke, and how late a post was sent at worst."""

    world: Run
    broken: list[Broken]
    late: timedelta


def torture(options: Options) -> Figures:
    """Every outage on every network, with three seeds; with ``quick`` three outages on two networks."""
    did, ends, late = Counter[str](), Counter[str](), dict[str, timedelta]()
    duplicates, losses, lies = 0, 0, list[str]()
    with playing.prepared():
        names = tuple(name for name in registry.all_names() if registry.manifest(name).publishes)
        names = names[3:5] if options.quick else names
        for name, outage in islice(OUTAGES.items(), 0, None, 3 if options.quick else 1):
            for seed in range(options.seed, options.seed + (1 if options.quick else 3)):
                ended = lose(outage, names, seed)
                did.update({"outages of an hour": 1, "targets": len(ended.world.targets())})
                ends.update(str(target.status) for target in ended.world.targets())
                late[name] = max(late.get(name, timedelta(0)), ended.late)
                kinds = Counter(one.kind for one in ended.broken)
                duplicates += kinds["duplicate"]
                losses += kinds["loss"] + kinds["silence"]
                lies += [f"without {name}, seed {seed}: {one.what}" for one in ended.broken]
            options.say(f"an hour without {name}: sent {late[name].total_seconds():,.0f} s late at worst")
    did["networks"] = len(names)
    worst = "; ".join(f"{name} {late[name].total_seconds():,.0f} s" for name in late)
    return Figures(did, duplicates, losses, tuple(lies), dict(ends), f"Sent late at worst, without {worst}")


def lose(outage: Outage, names: tuple[str, ...], seed: int) -> Ended:
    """One outage, from accepting the posts to the last event."""
    world, random = run.begin(Plan((), seed), names), Random(seed)
    for number, minutes in enumerate(DUE):
        _ask(world, names, f"due in {minutes}", WELCOME[number % len(WELCOME)], minutes)
    for minute in range(BEGINS + HOUR):
        _minute(world, random, outage if minute >= BEGINS else Outage())
        if minute in ASKED:
            _ask(world, names, f"asked in {minute}", WELCOME[0], None)
    world.rig.faults.hook = None
    over = world.rig.clock.now()
    interleaving.at_once(world, random, [partial(run.sweep, world), partial(run.sweep, world)])
    steps = run.until_quiet(world, random)
    broken = invariants.check(world, steps)
    targets = world.targets()
    return Ended(world, broken + _misplaced(targets, outage, over), max(map(_lateness, targets)))


def _ask(world: Run, names: tuple[str, ...], text: str, welcome: int, minutes: int | None) -> None:
    """A post on every network, as an SDK asks for it: due in so many minutes, or now."""
    at = None if minutes is None else (world.ports.clock.now() + timedelta(minutes=minutes)).isoformat()
    orders = tuple(scenarios.order(world, name) for name in names)
    world.asked.update((name, text) for name in names)
    command = CreatePost(text, targets=orders, publish_now=at is None, scheduled_at=at, max_lateness=welcome)
    scenarios.insist_on(world, command, text)


def _minute(world: Run, random: Random, outage: Outage) -> None:
    """A minute of the world with what is left of it."""
    world.rig.faults.hook = partial(_refused, outage)
    for _second in range(0, 60, 10):
        _vanish(world, outage)
        run.work(world, random)
        world.rig.clock.advance(10)
    _vanish(world, outage)
    if not outage.scheduler:
        run.sweep(world)
        if outage.queue == "forgets":
            run.work(world, random)


def _vanish(world: Run, outage: Outage) -> None:
    if outage.queue in ("vanishes", "forgets"):
        world.rig.queue.take(world.rig.clock.now() + HORIZON)


def _refused(outage: Outage, call: str, phase: str) -> None:
    if phase == "before" and call == "queue.enqueue" and outage.queue == "refuses":
        raise QueueUnavailable("the queue is lost")
    if phase == "before" and call == "bus.publish" and outage.bus:
        raise BusUnavailable("the bus is lost")


def _misplaced(targets: list[Target], outage: Outage, over: datetime) -> list[Broken]:
    """What ended otherwise than it should: published when it was no longer welcome, or missed though there was time."""
    found = []
    for target in targets:
        assert target.due_at is not None
        until = target.due_at + timedelta(seconds=target.max_lateness)
        lost_turn = (
            (outage.scheduler or outage.queue in ("vanishes", "refuses"))
            and target.due_at < over
            and until < over + SLACK
        )
        if target.state is State.MISSED and not lost_turn:
            found.append(Broken("lie", f"{target.id} was missed, and there was time until {until}"))
        if target.arm and target.arm.at > until:
            found.append(Broken("lie", f"{target.id} was sent at {target.arm.at}, welcome until {until}"))
        if target.state not in (State.PUBLISHED, State.MISSED):
            found.append(Broken("lie", f"{target.id} on {target.platform} ended {target.state}: {target.error}"))
    return found


def _lateness(target: Target) -> timedelta:
    """How long after its time it was sent. (Some networks take a while from there.)"""
    return max(target.arm.at - target.due_at, timedelta(0)) if target.arm and target.due_at else timedelta(0)
