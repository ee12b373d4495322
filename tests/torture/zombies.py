"""Senders that froze and wake up late, on the virtual clock, with the redelivered task and the sweeper at work beside them.

A timeout of a function does not end it: the instance goes on, or stands still until it is given a processor again. So a sender
may be frozen anywhere between its arm and its report, for any time. Tried: every publishing network's plainest post and every
network's main action, frozen in each stage (:data:`STAGES`), for times between a second and far beyond the settling time.

What must hold is one visible effect at most, told as it is, where the request leaves within the settling time less the time
that the network's listing lags behind; where the network knows a repetition by a key, at any time; and a sender that wakes up
before it has sent sends only within the send window.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from random import Random

from shared.domain.states import State
from shared.operations.publishing import reconciling, sending
from shared.platforms import registry
from shared.ports.http import AnswerLost, Request, Response
from shared.ports.queue import Task
from tests.simulation import acts, invariants, plain, playing, run, scenarios, staging
from tests.simulation.invariants import Broken
from tests.simulation.plans import Plan
from tests.simulation.run import Run
from tests.simulation.scenarios import Scenario
from tests.support.faults import Crash
from tests.support.memory_parts import ManualClock
from tests.torture.figures import Figures, Options

STAGES: Mapping[str, str] = {
    "armed": "armed, frozen before it looks at the clock",
    "suspended": "the same, and the machine slept: its monotonic clock stood still",
    "sending": "frozen when it had looked, before the request left",
    "under way": "the request left, its effect comes late, the sender hears nothing",
    "died": "the request left, its effect comes late, the sender is dead",
    "answered": "the network answered, frozen before it reports",
}
REQUEST_IS_LATE = ("sending", "under way", "died")  # what no clock of ours can hold back
STEP = 10.0  # seconds
QUICK = 15  # subjects of a sample: one case of each


@dataclass(frozen=True, slots=True)
class Case:
    """One zombie: what it sends, where it freezes, for how many seconds; ``promised``: what follows is our promise."""

    scenario: Scenario
    stage: str
    seconds: float
    promised: bool

    def __str__(self) -> str:
        return f"{self.scenario.name}, {self.stage}, {self.seconds:.0f} s"


class SleepyClock:
    """The run's clock, on a machine that can be suspended: its monotonic clock does not count that time (as Linux's does
    not)."""

    def __init__(self, inner: ManualClock) -> None:
        self._inner = inner
        self.slept = 0.0
        self.now, self.sleep = inner.now, inner.sleep

    def monotonic(self) -> float:
        """Seconds in which the machine was awake."""
        return self._inner.monotonic() - self.slept


@dataclass
class Zombie:
    """Freezes once, in its stage, and lets the others work meanwhile. ``sent_late``: what it then sent against its clock."""

    case: Case
    run: Run
    random: Random
    clock: SleepyClock
    task: Task | None = None
    frozen: bool = False
    woke: bool = False
    sent_late: list[str] = field(default_factory=list)

    def step(self, now: Run, task: Task) -> None:
        """Deliver a task to whoever becomes the zombie."""
        if self.frozen:
            run.deliver_twice(now, task)
            return
        self.task = task
        run.deliver(now, task)
        self.woke = False

    def hook(self, call: str, phase: str) -> None:
        """Freeze where the case says."""
        if self.woke and call == "sandbox.send" and phase == "before" and self.case.stage in ("armed", "suspended"):
            self.sent_late += [f"sent {self.case.seconds:.0f} s after its arm"] * (
                self.case.seconds > sending.SEND_WINDOW
            )
        if not self.frozen and self._here(call, phase):
            self.freeze()

    def intercept(self, request: Request) -> Response | None:
        """The network keeps the visible request for a while."""
        if self.frozen or self.case.stage not in ("under way", "died") or not self._armed():
            return None
        self.frozen = True
        self.run.late.append((self.run.rig.clock.monotonic() + self.case.seconds, request))
        self._redelivered()
        if self.case.stage == "died":
            raise Crash("the sender's instance is gone")
        self.run.rig.clock.advance(request.read_timeout)
        raise AnswerLost("no answer in time")

    def freeze(self) -> None:
        """Time passes, and everybody else works: the same task comes again, and the sweeper each minute."""
        self.frozen = True
        clock = self.run.rig.clock
        began, swept = clock.monotonic(), 0
        self._redelivered()
        while (left := self.case.seconds - (clock.monotonic() - began)) > 0:
            run.work(self.run, self.random)
            clock.advance(min(STEP, left))
            if (minutes := int(clock.monotonic() - began) // 60) > swept:
                swept = minutes
                run.sweep(self.run)
        run.work(self.run, self.random)
        self.woke = True
        self.clock.slept += self.case.seconds if self.case.stage == "suspended" else 0.0

    def _here(self, call: str, phase: str) -> bool:
        wanted = {
            "armed": ("store.commit", "after"),
            "suspended": ("store.commit", "after"),
            "sending": ("sandbox.send", "before"),
            "answered": ("sandbox.send", "after"),
        }.get(self.case.stage)
        return (call, phase) == wanted and self._armed()

    def _armed(self) -> bool:
        return any(target.state is State.ARMED for target in self.run.targets())

    def _redelivered(self) -> None:
        assert self.task is not None
        self.run.rig.queue.put_back(replace(self.task, at=self.run.rig.clock.now()))


def torture(options: Options) -> Figures:
    """Every case of the grid; with ``quick`` a few of each subject."""
    with playing.prepared():
        return tried(list(_cases(options)), options)


def tried(cases: Sequence[Case], options: Options) -> Figures:
    """Try these."""
    did, ends, beyond, twice = Counter[str](), Counter[str](), 0, Counter[str]()
    duplicates, losses, lies = 0, 0, list[str]()
    for number, one in enumerate(cases, 1):
        found, told = wake(one, options.seed)
        ends.update(told)
        did["frozen senders"] += 1
        broken = found if one.promised else [fault for fault in found if fault.kind != "duplicate"]
        beyond += not one.promised
        twice[one.scenario.platforms[0]] += len(found) != len(broken)
        kinds = Counter(fault.kind for fault in broken)
        duplicates += kinds["duplicate"]
        losses += kinds["loss"] + kinds["silence"]
        lies += [f"{one}: {fault.what}" for fault in broken]
        if number % 250 == 0:
            options.say(f"{number} of {len(cases)} woke up")
    did["networks"], did["stages"] = len({one.scenario.platforms for one in cases}), len({one.stage for one in cases})
    did["requests later than the settling time"] = beyond
    names = [registry.manifest(name).title for name, count in sorted(twice.items()) if count]
    note = (
        f"Not promised, and not counted as broken: a request that leaves, or that the network acts upon, later than the \
network's settling time. Of those {beyond}, {twice.total()} were live twice ({', '.join(names) or 'nowhere'})."
    )
    return Figures(did, duplicates, losses, tuple(lies), dict(sorted(ends.items())), note)


def wake(case: Case, seed: int) -> tuple[list[Broken], list[str]]:
    """One zombie: what it broke, and how its target ended. Raises AssertionError where it never froze."""
    world = run.begin(Plan((), seed), case.scenario.platforms, stage=case.scenario.stage)
    clock = SleepyClock(world.rig.clock)
    world.ports = replace(world.ports, clock=clock)
    case.scenario.accept(world)
    zombie = Zombie(case, world, Random(seed), clock)
    world.rig.faults.hook, world.rig.sandbox.intercept = zombie.hook, zombie.intercept
    steps = run.until_quiet(world, zombie.random, zombie.step)
    world.rig.faults.hook = world.rig.sandbox.intercept = None
    if not zombie.frozen:
        raise AssertionError(f"{case}: it never froze, so nothing was tried")
    found = invariants.check(world, steps) + [Broken("lie", what) for what in zombie.sent_late]
    return found, [str(target.status) for target in world.targets()]


# ---------------------------------------------------------------------------------------------------- the grid


def _cases(options: Options) -> Iterator[Case]:
    for number, scenario in enumerate(_subjects()[: QUICK if options.quick else None]):
        every = [case(scenario, stage, late) for stage in STAGES for late in latenesses(scenario.platforms[0])]
        yield from Random(options.seed + number).sample(every, 1) if options.quick else every


def case(scenario: Scenario, stage: str, seconds: float) -> Case:
    """One case, with what is promised of it."""
    return Case(scenario, stage, seconds, _promised(scenario, stage, seconds))


def _subjects() -> list[Scenario]:
    names = registry.all_names()
    posts = [scenarios.one_now(name) for name in names if registry.manifest(name).publishes]
    return posts + [acts.one(name, verb) for name in names for verb in staging.verbs(name)]


def latenesses(name: str) -> list[float]:
    """Seconds: within the send window, about the end of any request, about the settling time, and long after all is over."""
    timing = registry.manifest(name).timing
    over = sending.SEND_WINDOW + sending.reach(timing)
    asked = timing.settle + reconciling.GIVE_UP.total_seconds()
    late = [timing.settle + more for more in (1.0, 60.0, 600.0)]
    within = timing.settle - lag(name) - 1.0
    return sorted({1.0, 4.0, 6.0, 30.0, over / 2, over + 1.0, within / 2, within, *late, asked + 120.0, 2 * asked})


def lag(name: str) -> float:
    """Seconds until the simulated network's listing shows an effect: most show it at once, the merciless one lags."""
    return float(plain.LAG) if name == "plain" else 0.0


def _promised(scenario: Scenario, stage: str, seconds: float) -> bool:
    """A sender that has not sent obeys the clock, and one that was answered is fenced: at any time. A late request is the
    network's doing: until the settling time, and at any time under a native key."""
    name = scenario.platforms[0]
    timing = registry.manifest(name).timing
    by_key = timing.native_key and scenario.name.endswith("post now")
    return stage not in REQUEST_IS_LATE or by_key or seconds < timing.settle - lag(name)
