"""``make explore``: fail every port call of every scenario, alone and in pairs, and see whether the promise holds.

    python -m tests.simulation.explore [--short] [--seed N] [--random N] [--platform NAME] [--replay SCENARIO PLAN]

It prints plans run, duplicates, losses, other broken promises, and the seeded bugs that it caught; a failure comes with
the scenario and the plan that replay it.
"""

from __future__ import annotations

import argparse
import logging
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain, islice
from random import Random
from unittest import mock
from zlib import crc32

from shared.domain import posts
from shared.domain.states import State
from shared.operations.publishing import sweeping
from shared.platforms import registry
from tests.simulation import acts, bugs, invariants, plain, plans, scenarios
from tests.simulation.interleaving import deliver_interleaved
from tests.simulation.invariants import Broken
from tests.simulation.plans import Fault, Mode, Plan
from tests.simulation.run import Deliver, Run, begin, deliver_hinted, deliver_twice, until_quiet
from tests.simulation.scenarios import Scenario

PAIRS = 800  # pairs of faults tried per scenario of a real network
SHARDS = 2  # of the sweeper's index: sixteen equal queries a minute would be half of all port calls, and of the time


@dataclass
class Tally:
    """What an exploration found. ``broken``: per kind; ``examples``: the first failure of each kind, with its plan."""

    runs: int = 0
    crashes: int = 0
    broken: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)

    def add(self, scenario: Scenario, plan: Plan, run: Run, found: list[Broken]) -> None:
        """Count one run."""
        self.runs += 1
        self.crashes += run.crashes
        for broken in found:
            self.broken[broken.kind] += 1
            where = f"{broken.what}\n      replay: --replay {scenario.name!r} {str(plan)!r} --seed {plan.seed}"
            self.examples.setdefault(broken.kind, where)


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


def length(scenario: Scenario) -> int:
    """How many port calls the scenario makes when nothing fails, and everything ends as its caller wished."""
    run, found = play(scenario, Plan(()))
    ends = {target.state for target in run.targets()}
    wished = {State.PUBLISHED, State.CANCELLED} | ({State.FAILED} if scenario.refusable else set())
    if found or not ends or ends - wished:
        raise AssertionError(f"{scenario.name} fails without a fault: {found or sorted(ends)}")
    return run.calls


def explore(scenario: Scenario, chosen: Iterable[Plan], tally: Tally, **how: bool) -> None:
    """Play every plan."""
    for plan in chosen:
        run, found = play(scenario, plan, **how)
        tally.add(scenario, plan, run, found)


def catalogue(names: tuple[str, ...]) -> list[Scenario]:
    """Every scenario over these networks."""
    made: list[Scenario] = []
    for name in names:
        made += acts.catalogue(name, everything=name == "plain")
        if not registry.manifest(name).publishes:
            continue
        made += [scenarios.one_now(name), scenarios.thread(name), scenarios.rescheduled(name)]
        made += [scenarios.cancelled(name), scenarios.cancelled(name, 4), scenarios.twins(name)]
    publishing = tuple(name for name in names if registry.manifest(name).publishes)
    return [*made, scenarios.everywhere(publishing)] if len(publishing) > 1 else made


def full(names: tuple[str, ...], seed: int, randoms: int, pair_modes: tuple[Mode, ...]) -> Iterator[tuple[str, Tally]]:
    """The whole exploration, part by part."""
    for scenario in catalogue(names):
        calls = length(scenario)
        tally = Tally()
        explore(scenario, plans.singles(calls + 8), tally)
        explore(scenario, _interleavings(seed, 60), tally, interleave=True)
        explore(scenario, plans.randoms(seed, randoms, calls + 8), tally)
        yield f"{scenario.name} ({calls} calls)", tally
    for scenario in (one for one in catalogue(names) if one.name.endswith(" now")):
        tally, every = Tally(), list(plans.pairs(min(24, length(scenario)), pair_modes))
        merciless = scenario.platforms == ("plain",)  # all pairs there; of the others, each its own
        drawn = (
            every if merciless else Random(seed + crc32(scenario.name.encode())).sample(every, min(PAIRS, len(every)))
        )
        explore(scenario, drawn, tally)
        yield f"{scenario.name}, pairs", tally


def short(names: tuple[str, ...], seed: int) -> Iterator[tuple[str, Tally]]:
    """What fits into the test suite: every single fault of the plain network's main scenarios, samples of the rest.

    Each network draws other plans, so that together they draw most.
    """
    thorough = names == ("plain",)
    few = 8 if thorough else 3
    for scenario in catalogue(names):
        own, calls = seed + crc32(scenario.name.encode()), length(scenario)
        tally, every = Tally(), list(plans.singles(calls + 2))
        explore(scenario, Random(own).sample(every, min(_sampled(scenario, thorough=thorough), len(every))), tally)
        explore(scenario, _interleavings(own, few), tally, interleave=True)
        explore(scenario, plans.randoms(own, few, calls + 8), tally)
        yield f"{scenario.name} ({calls} calls)", tally


def _sampled(scenario: Scenario, *, thorough: bool) -> int:
    """How many single faults the short form tries. The engine's own are the plain network's: a real one's acts need a few."""
    if scenario.name in ("plain: one post now", "plain: comment.reply now"):
        return 1_000  # all
    if thorough or scenario.name.endswith(": one post now") or _main_act(scenario):
        return 24
    return 12 if scenario.name.endswith(" now") else 6


def _main_act(scenario: Scenario) -> bool:
    """What comes first on a network that publishes nothing."""
    (name, *others) = scenario.platforms
    return not others and not registry.manifest(name).publishes and scenario.name.endswith(" now")


def _interleavings(seed: int, count: int) -> Iterator[Plan]:
    """Two handlers at once, without a fault and with one."""
    random = Random(seed)
    for number in range(count):
        faults = () if number % 2 else (Fault(random.randrange(40), random.choice(list(Mode))),)
        yield Plan(faults, seed * 7919 + number)


def caught(bug: bugs.Bug, names: tuple[str, ...], seed: int) -> tuple[bool, int]:
    """Whether the explorer sees this bug by what it breaks, and after how many runs."""
    runs = 0
    with bugs.planted(bug):
        for runs, (_, _, found) in enumerate(hunted(names, seed, about=bug.about), 1):
            if any(broken.kind == bug.betrayed for broken in found):
                return True, runs
    return False, runs


def hunted(
    names: tuple[str, ...], seed: int, about: bugs.About = "posts", every: int = 1
) -> Iterator[tuple[Scenario, Plan, list[Broken]]]:
    """Play the hunt's runs one after the other, with whatever is planted at the time; what a bug is ``about`` first.

    ``every``: one run in so many.
    """
    parts = {
        "posts": _hunt(names),
        "races": _hunt_races(names, seed),
        "twins": _hunt_twins(names),
        "cancelling": _hunt_cancelled(names, seed),
        "actions": _hunt_acts(names),
    }
    chosen = parts.pop(about)
    for scenario, plan, interleave in islice(chain(chosen, *parts.values()), 0, None, every):
        try:
            _, found = play(scenario, plan, interleave=interleave)
        except Exception as error:  # noqa: BLE001 - a run that breaks outright: it counts in the control, and not as a bug seen
            found = [Broken("broke", repr(error))]
        yield scenario, plan, found


Hunt = Iterator[tuple[Scenario, Plan, bool]]


def _hunt(names: tuple[str, ...]) -> Hunt:
    """Cheap and telling runs first; round robin over the networks."""
    for name in names:
        for scenario in (scenarios.one_now(name), scenarios.cancelled(name), scenarios.rescheduled(name)):
            yield scenario, Plan(()), False
    for name in names:
        for plan in plans.singles(28):
            yield scenarios.one_now(name), plan, False
        for plan in plans.singles(48):
            yield scenarios.rescheduled(name), plan, False


def _hunt_races(names: tuple[str, ...], seed: int) -> Hunt:
    for name in names:
        for plan in _interleavings(seed, 60):
            yield scenarios.one_now(name), plan, True


def _hunt_twins(names: tuple[str, ...]) -> Hunt:
    for name in names:
        for plan in plans.singles(40):
            yield scenarios.twins(name), plan, False


def _hunt_cancelled(names: tuple[str, ...], seed: int) -> Hunt:
    for name in names:
        for plan in plans.randoms(seed, 60, 50):
            yield scenarios.cancelled(name), plan, True
        for plan in plans.singles(32):
            yield scenarios.cancelled(name, 4), plan, False


def _hunt_acts(names: tuple[str, ...]) -> Hunt:
    for name in names:
        for plan in plans.singles(40):
            yield acts.wishes(name), plan, False
            if plan.faults[0].call < 28:
                yield acts.one(name, "comment.reply"), plan, False


def report(parts: Iterable[tuple[str, Tally]]) -> Tally:
    """Print each part as it ends; answer the sum."""
    total, began = Tally(), time.perf_counter()
    for name, tally in parts:
        total.runs += tally.runs
        total.crashes += tally.crashes
        total.broken += tally.broken
        total.examples |= {kind: text for kind, text in tally.examples.items() if kind not in total.examples}
        verdict = "kept" if not tally.broken else f"BROKEN {dict(tally.broken)}"
        print(f"  {name:44} {tally.runs:6} plans  {tally.crashes:6} crashes  {verdict}", flush=True)
    print(
        f"\n  {total.runs} plans in {time.perf_counter() - began:.0f} s, {total.crashes} crashes survived: "
        f"{total.broken['duplicate']} duplicates, {total.broken['loss'] + total.broken['silence']} silent losses, "
        f"{total.broken.total() - total.broken['duplicate'] - total.broken['loss'] - total.broken['silence']} other"
    )
    for kind, text in total.examples.items():
        print(f"    {kind}: {text}")
    return total


def hunt(names: tuple[str, ...], seed: int) -> int:
    """Plant every bug in turn; answer how many lived. First a control: nothing planted, nothing found."""
    alive = sum(bool(found) for _, _, found in hunted(names, seed))
    print(f"  {'(nothing planted)':24} {'nothing found' if not alive else f'{alive} RUNS FAILED'}", flush=True)
    for bug in bugs.BUGS:
        seen, runs = caught(bug, names, seed)
        alive += not seen
        print(f"  {bug.name:24} {'caught' if seen else 'ALIVE':7} after {runs:5} runs   {bug.why}", flush=True)
    print(f"\n  {len(bugs.BUGS) - alive} of {len(bugs.BUGS)} seeded bugs caught")
    return alive


def replay(name: str, plan: str, seed: int, names: tuple[str, ...]) -> int:
    """One plan again, told call by call."""
    scenario = next(s for s in catalogue(names) if s.name == name)
    parts = [] if plan == "no fault" else [part.split("@") for part in plan.split("+")]
    faults = tuple(Fault(int(call), Mode(mode)) for mode, call in parts)
    status = 0
    for interleave in (False, True):
        run, found = play(scenario, Plan(faults, seed), interleave=interleave)
        print(f"interleaved: {interleave}; calls: {', '.join(f'{i} {c}' for i, c in enumerate(run.rig.faults.calls))}")
        print("\n".join(f"  {broken.kind}: {broken.what}" for broken in found) or "  nothing broken")
        status |= bool(found)
    return status


def _with_writes() -> list[str]:
    """The networks that have anything to explore."""
    return [name for name in registry.all_names() if registry.manifest(name).publishes or acts.catalogue(name)]


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true", help="what the test suite runs")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--random", type=int, default=150, help="plans with three to five faults, per scenario")
    parser.add_argument("--platform", action="append", help="only this network (repeatable)")
    parser.add_argument("--replay", nargs=2, metavar=("SCENARIO", "PLAN"))
    given = parser.parse_args()
    names = tuple(given.platform or _with_writes())
    with prepared():
        if given.replay:
            return replay(given.replay[0], given.replay[1], given.seed, names)
        return everything(names, given)


def everything(names: tuple[str, ...], given: argparse.Namespace) -> int:
    """Explore, then hunt; 1 when a promise was broken or a bug lives."""
    print(f"Exploring {', '.join(names)}; seed {given.seed}; every task is delivered twice.\n")
    pair_modes = (Mode.CRASH_AFTER, Mode.ERROR_BEFORE, Mode.ERROR_AFTER, Mode.LATE)
    each = [(name,) for name in names] if given.short else [names]
    parts = [
        short(part, given.seed) if given.short else full(part, given.seed, given.random, pair_modes)
        for part in (*each, ("plain",))
    ]
    total = report(chain.from_iterable(parts))
    print("\nPlanting bugs:\n")
    alive = hunt(("plain",), given.seed)  # a kind network would hide a bug behind its own duplicate refusal
    return 1 if total.broken or alive else 0


if __name__ == "__main__":
    sys.exit(main())
