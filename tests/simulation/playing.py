"""One scenario under one plan, judged; many of them, counted; and the scenarios that there are."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from unittest import mock

from shared.domain import posts
from shared.domain.states import State
from shared.operations.publishing import sweeping
from shared.platforms import registry
from tests.simulation import acts, invariants, plain, scenarios, writes
from tests.simulation.interleaving import Stuck, deliver_interleaved
from tests.simulation.invariants import Broken
from tests.simulation.plans import Fault, Mode, Plan
from tests.simulation.run import Deliver, Run, begin, deliver_hinted, deliver_twice, until_quiet
from tests.simulation.scenarios import Scenario

SHARDS = 2  # of the sweeper's index: sixteen equal queries a minute would be half of all port calls, and of the time


@dataclass
class Tally:
    """What an exploration found. ``broken``: per kind; ``examples``: the first failure of each kind, with its plan.

    ``writes``: by network, what the scenarios do when nothing fails (:mod:`tests.simulation.writes`).
    """

    runs: int = 0
    crashes: int = 0
    broken: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)
    writes: dict[str, set[str]] = field(default_factory=dict)

    def add(self, scenario: Scenario, plan: Plan, run: Run, found: list[Broken]) -> None:
        """Count one run."""
        self.crashes += run.crashes
        self.count(scenario, plan, found)

    def count(self, scenario: Scenario, plan: Plan, found: list[Broken]) -> None:
        """One run, and what it broke."""
        self.runs += 1
        for broken in found:
            self.broken[broken.kind] += 1
            where = f"{broken.what}\n      replay: --replay {scenario.name!r} {str(plan)!r} --seed {plan.seed}"
            self.examples.setdefault(broken.kind, where)

    def join(self, other: Tally) -> None:
        """Count another's runs, too."""
        self.runs += other.runs
        self.crashes += other.crashes
        self.broken += other.broken
        self.examples = other.examples | self.examples
        for name, done in other.writes.items():
            self.writes.setdefault(name, set()).update(done)

    @property
    def losses(self) -> int:
        """Targets that neither ended nor were told of."""
        return self.broken["loss"] + self.broken["silence"]

    @property
    def others(self) -> int:
        """Broken promises that are neither duplicates nor losses."""
        return self.broken.total() - self.broken["duplicate"] - self.losses


@contextmanager
def prepared() -> Iterator[None]:
    """The plain network is known, the sweeper has few shards, and thousands of injected faults are no news."""
    logging.disable(logging.CRITICAL)
    plain.install()
    try:
        with mock.patch.object(posts, "SHARDS", SHARDS), mock.patch.object(sweeping, "SHARDS", SHARDS):
            yield
    finally:
        plain.uninstall()
        logging.disable(logging.NOTSET)


def play(
    scenario: Scenario, plan: Plan, *, interleave: bool = False, embedded: bool = True, hinted: bool = False
) -> tuple[Run, list[Broken]]:
    """One run of one scenario under one plan, judged. ``hinted``: the network tells of posts at every turn."""
    run = begin(plan, scenario.platforms, embedded=embedded, stage=scenario.stage)
    step: Deliver = deliver_interleaved(plan.seed) if interleave else deliver_hinted if hinted else deliver_twice
    scenario.accept(run)
    steps = until_quiet(run, Random(plan.seed), step, scenario.actions)
    run.counting = False
    lies = scenario.check(run) if scenario.check else []
    return run, invariants.check(run, steps) + [Broken("lie", lie) for lie in lies]


def length(scenario: Scenario, tally: Tally | None = None) -> int:
    """How many port calls the scenario makes when nothing fails, and everything ends as its caller wished.

    ``tally`` learns what writes those are.
    """
    run, found = play(scenario, Plan(()))
    ends = {target.state for target in run.targets()}
    wished = {State.PUBLISHED, State.CANCELLED} | ({State.FAILED} if scenario.refusable else set())
    if found or not ends or ends - wished:
        raise AssertionError(f"{scenario.name} fails without a fault: {found or sorted(ends)}")
    if tally:
        tally.join(Tally(writes=writes.made(run)))
    return run.calls


def explore(scenario: Scenario, chosen: Iterable[Plan], tally: Tally, **how: bool) -> None:
    """Play every plan. One that comes to no end is broken like any other: it must not cost the rest."""
    for plan in chosen:
        try:
            run, found = play(scenario, plan, **how)
        except (Exception, Stuck) as error:  # noqa: BLE001 - whatever escaped from it, it is told and replayed
            tally.count(scenario, plan, [Broken("error", f"{type(error).__name__}: {error}")])
        else:
            tally.add(scenario, plan, run, found)


def catalogue(names: tuple[str, ...]) -> list[Scenario]:
    """The scenarios over these networks that show the engine's ways."""
    made: list[Scenario] = []
    for name in names:
        made += acts.catalogue(name, everything=name == "plain")
        if not registry.manifest(name).publishes:
            continue
        made += [scenarios.one_now(name), scenarios.thread(name), scenarios.rescheduled(name)]
        made += [scenarios.cancelled(name), scenarios.cancelled(name, 4), scenarios.twins(name)]
    publishing = tuple(name for name in names if registry.manifest(name).publishes)
    return [*made, scenarios.everywhere(publishing)] if len(publishing) > 1 else made


def all_writes(names: tuple[str, ...]) -> list[Scenario]:
    """One scenario for each write that the networks offer and the catalogue leaves out: the other actions, each kind of post,
    a first comment beside a thread."""
    made: list[Scenario] = []
    for name in (name for name in names if name != "plain"):
        manifest = registry.manifest(name)
        made += acts.others(name) if manifest.actions else []
        if not manifest.publishes:
            continue
        made += [scenarios.of_kind(name, limit.kind) for limit in manifest.kinds]
        made += [scenarios.commented(name)] if manifest.thread and manifest.first_comment else []
    return made


def interleavings(seed: int, count: int) -> Iterator[Plan]:
    """Two handlers at once, without a fault and with one."""
    random = Random(seed)
    for number in range(count):
        faults = () if number % 2 else (Fault(random.randrange(40), random.choice(list(Mode))),)
        yield Plan(faults, seed * 7919 + number)
